"""Rebuilds the tables of the Jiangsu case from the published figures beside it.

``python -m fundpool.building.jiangsu.build`` writes them; ``--check`` compares what it would write
with what is there and ends with status 1 if a table differs.
"""

import sys

import pandas as pd

from fundpool.building import migration, vital
from fundpool.building.files import build_command
from fundpool.building.jiangsu.economy import (
    economy_table,
    employment_table,
    industries_table,
    industry_factors,
)
from fundpool.building.jiangsu.funds import fund_balances, fund_totals, scheme_rules
from fundpool.building.jiangsu.insured import care_tables, coverage_tables
from fundpool.building.jiangsu.people import (
    demography_table,
    migrants_table,
    mobility_table,
    people,
    population_table,
    six_figures,
)
from fundpool.building.jiangsu.published import BASE_YEAR, HERE, Published


def tables(published: Published) -> dict[str, pd.DataFrame]:
    """Every table of the case."""
    mortality = vital.mortality_table(published.of_nation("mortality"), BASE_YEAR)
    counted = people(published, mortality)
    fertility = vital.fertility_table(
        published.of_nation("total_fertility"),
        published.of_nation("fertility_ages"),
        vital.FERTILITY_YEARS,
    )
    ratio = published.of_nation("sex_ratio_at_birth")
    economy = economy_table(published)
    coverage, members, active = coverage_tables(published, counted)
    result = {
        "regions": published.regions,
        "population": population_table(published, counted),
        "migrants": migrants_table(published, counted),
        "migrant_ages": migration.profile_table(counted.profiles).round({"share": 10}),
        "mobility": mobility_table(published, counted),
        "mortality": mortality.assign(death_rate=mortality["death_rate"].map(six_figures)),
        "fertility": fertility.assign(rate=fertility["rate"].round(7)),
        "sex_ratio_at_birth": ratio[ratio["year"].isin(vital.FERTILITY_YEARS)],
        "demography": demography_table(published, counted, mortality, fertility),
        "economy": economy,
        "employment": employment_table(published),
        "industries": industries_table(published),
        "industry_factors": industry_factors(published),
        "coverage": coverage,
        "fund_balances": fund_balances(published, members, economy),
        "fund_totals": fund_totals(published, members, active),
        "scheme_rules": scheme_rules(published, economy),
    }
    return result | care_tables(published, counted)


if __name__ == "__main__":
    sys.exit(build_command(__doc__ or "", lambda: tables(Published()), HERE / "tables"))
