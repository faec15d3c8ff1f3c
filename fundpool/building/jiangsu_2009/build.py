"""Rebuilds the tables of the 2009 case from the published figures beside it.

``python -m fundpool.building.jiangsu_2009.build`` writes them; ``--check`` compares what it would
write with what is there and ends with status 1 if a table differs.
"""

import sys

import numpy as np
import pandas as pd

from fundpool.building import care, migration, vital
from fundpool.building.files import build_command
from fundpool.building.jiangsu import economy as of_jiangsu
from fundpool.building.jiangsu.people import (
    People,
    migrants_table,
    mobility_table,
    population_table,
    six_figures,
)
from fundpool.building.jiangsu.published import Published
from fundpool.building.jiangsu_2009 import funds, insured
from fundpool.building.jiangsu_2009.people import demography_table, people
from fundpool.building.jiangsu_2009.published import BASE_YEAR, HERE, Published2009

FERTILITY_YEARS = [*range(BASE_YEAR, 2026), 2030, 2035, 2040, 2050, 2060]


def tables(published: Published2009) -> dict[str, pd.DataFrame]:
    """Every table of the case."""
    mortality = vital.mortality_table(published.of_nation("mortality"), BASE_YEAR)
    counted = people(published, mortality)
    fertility = vital.fertility_table(
        published.of_nation("total_fertility"), published.of_nation("fertility_ages"),
        FERTILITY_YEARS,
    )  # fmt: skip
    ratio = published.of_nation("sex_ratio_at_birth")
    base = insured.insured(published, counted)
    economy = economy_table(published)
    residents = counted.residents.sum(axis=1)
    old = residents[:, 60:].sum(axis=1) / residents.sum(axis=1)
    return care_tables(published, counted) | {
        "regions": published.regions,
        "population": population_table(published, counted),
        "migrants": migrants_table(published, counted),
        "migrant_ages": migration.profile_table(counted.profiles).round({"share": 10}),
        "mobility": mobility_table(published, counted),
        "mortality": mortality.assign(death_rate=mortality["death_rate"].map(six_figures)),
        "fertility": fertility.assign(rate=fertility["rate"].round(7)),
        "sex_ratio_at_birth": ratio[ratio["year"].isin(FERTILITY_YEARS)],
        "demography": demography_table(published, counted, mortality, fertility, base.rural),
        "economy": economy,
        "employment": of_jiangsu.employment_table(published),
        "industries": of_jiangsu.industries_table(published),
        "industry_factors": of_jiangsu.industry_factors(published),
        "coverage": insured.coverage_table(published.counties, base),
        "fund_balances": funds.fund_balances(published, base, economy, old),
        "fund_totals": funds.fund_totals(published),
        "scheme_rules": funds.scheme_rules(published, economy),
    }


def economy_table(published: Published2009) -> pd.DataFrame:
    """Wages and incomes of 2020 by county, brought to the level of 2009 as a whole."""
    table = of_jiangsu.economy_table(Published())
    workers = published.units["workers"].to_numpy(float)
    mean = np.average(table["contribution_wage"].to_numpy(float), weights=workers)
    level = published.assumed("mean_wage") / mean
    return table.assign(
        contribution_wage=(table["contribution_wage"] * level).round(0),
        disposable_income=(table["disposable_income"] * level).round(0),
    )


def care_tables(published: Published2009, counted: People) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, treatment and referral."""
    nation = counted.outside + counted.residents.sum(axis=0)
    per_head = {
        "admission_rate": published.assumed("admission_rate"),
        "outpatient_visits": published.assumed("outpatient_visits"),
    }
    result = care.care_tables(published.table("facts"), published.assumptions, nation, per_head)
    return result | {
        "referral": care.referral_table(
            published.counties, published.city, published.units["health_social"].to_numpy(float),
            published.assumptions["referral_care"]["local"],
        )
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(build_command(__doc__ or "", lambda: tables(Published2009()), HERE / "tables"))
