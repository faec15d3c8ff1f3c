"""Rebuilds the tables of the Jiangsu case from the published figures beside it.

The people of the census of 2020 are carried to the end of 2024 by the model; the rest is of 2024.

``python -m fundpool.building.jiangsu.build`` writes them; ``--check`` compares what it would write
with what is there and ends with status 1 if a table differs.
"""

import sys
import tomllib

import pandas as pd

from fundpool.building.files import build_command
from fundpool.building.jiangsu import funds
from fundpool.building.jiangsu.census_case import (
    census_case,
    census_tables,
    tables_of_year,
    vital_tables,
)
from fundpool.building.jiangsu.people import people
from fundpool.building.jiangsu.published import BASE_YEAR, CENSUS_YEAR, HERE, Published
from fundpool.building.jiangsu.rolled import COUNTED_YEAR, Rolled, rolled


def rolled_people(published: Published) -> Rolled:
    """People at the end of 2024, from those of the census."""
    census = people(published, vital_tables(published, CENSUS_YEAR)[0])
    return rolled(published, census, census_case(census_tables(published, census)))


def tables(published: Published, carried: Rolled | None = None) -> dict[str, pd.DataFrame]:
    """Every table of the case; ``carried`` are its people, where they are known already."""
    carried = carried or rolled_people(published)
    rules = tomllib.loads((HERE / "schemes" / "resident.toml").read_text("utf-8"))["rules"]
    amounts = {rule: rules[rule]["value"] for rule in ("premium", "subsidy")}
    made = tables_of_year(published, carried.people, BASE_YEAR, carried.counted, COUNTED_YEAR)
    by_city = funds.resident_rules(published, made["economy"], amounts, BASE_YEAR)
    return made | {"scheme_rules": by_city}


if __name__ == "__main__":
    sys.exit(build_command(__doc__ or "", lambda: tables(Published()), HERE / "tables"))
