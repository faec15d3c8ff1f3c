"""Rebuilds the tables of the Jiangsu case from the published figures beside it.

The people of the census of 2020 are carried to the end of 2024 by the model; the rest is of 2024.

``python -m fundpool.building.jiangsu.build`` writes them; ``--check`` compares what it would write
with what is there and ends with status 1 if a table differs.
"""

import sys
import tomllib

import pandas as pd

from fundpool.building.files import build_command
from fundpool.building.jiangsu import funds, insured
from fundpool.building.jiangsu.census_case import (
    census_case,
    census_tables,
    people_tables,
    rounded_rates,
    vital_tables,
)
from fundpool.building.jiangsu.economy import economy_table, place_tables
from fundpool.building.jiangsu.people import demography_table, people
from fundpool.building.jiangsu.published import BASE_YEAR, CENSUS_YEAR, HERE, Published
from fundpool.building.jiangsu.rolled import COUNTED_YEAR, Rolled, rolled


def rolled_people(published: Published) -> Rolled:
    """People at the end of 2024, from those of the census."""
    census = people(published, vital_tables(published, CENSUS_YEAR)[0])
    return rolled(published, census, census_case(census_tables(published, census)))


def tables(published: Published, carried: Rolled | None = None) -> dict[str, pd.DataFrame]:
    """Every table of the case; ``carried`` are its people, where they are known already."""
    carried = carried or rolled_people(published)
    counted = carried.people
    mortality, births = vital_tables(published, BASE_YEAR)
    economy = economy_table(published, BASE_YEAR)
    base = insured.insured(published, counted, BASE_YEAR)
    rules = tomllib.loads((HERE / "schemes" / "resident.toml").read_text("utf-8"))["rules"]
    amounts = {rule: rules[rule]["value"] for rule in ("premium", "subsidy")}
    return (
        place_tables(published)
        | births
        | people_tables(published, counted)
        | insured.care_tables(published, counted, BASE_YEAR)
        | {
            "mortality": rounded_rates(mortality),
            "demography": demography_table(
                published, carried.counted, COUNTED_YEAR, mortality, births["fertility"]
            ),
            "economy": economy,
            "coverage": base.coverage,
            "fund_balances": funds.fund_balances(
                published, base, economy, counted.residents, BASE_YEAR
            ),
            "fund_totals": funds.fund_totals(published, base, BASE_YEAR),
            "scheme_rules": funds.resident_rules(published, economy, amounts, BASE_YEAR),
        }
    )


if __name__ == "__main__":
    sys.exit(build_command(__doc__ or "", lambda: tables(Published()), HERE / "tables"))
