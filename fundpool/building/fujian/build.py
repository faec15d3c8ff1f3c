"""Rebuilds the tables of the Fujian case from the census and national figures.

``python -m fundpool.building.fujian.build`` writes them; ``--check`` compares what it would write
with what is there and ends with status 1 if a table differs.
"""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd

from fundpool.building import ages, cover, migration, vital
from fundpool.building.files import build_command
from fundpool.building.fujian.people import (
    Province,
    migrants_table,
    nation_by_age,
    outside_rows,
    province_people,
)
from fundpool.building.jiangsu.people import six_figures
from fundpool.building.jiangsu.published import CENSUS_YEAR, Published
from fundpool.building.nation import tables as nation
from fundpool.building.nation.units import (
    AGES_FROM,
    FloatArray,
    Units,
    assumptions,
    published_units,
)
from fundpool.inputs.case.bundled import case_root
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.format.vocabulary import AGES, OUTSIDE, SEXES

HERE = case_root("fujian")
PROVINCE = "350000"


def tables() -> dict[str, pd.DataFrame]:
    """Every table of the case."""
    assumed, published = assumptions(), Published()  # of which the national figures serve
    mortality = vital.mortality_table(published.of_nation("mortality"), CENSUS_YEAR)
    rates = vital.at_year(mortality, "death_rate", ["sex", "age"], CENSUS_YEAR)
    deaths = np.array([[rates[(sex, age)] for age in range(AGES)] for sex in SEXES])
    bands = published.of_nation("population_2020")
    people = province_people(
        published_units(),
        PROVINCE,
        ages.national_bands(bands, AGES_FROM),
        nation_by_age(bands),
        deaths,
        assumed,
    )
    units, within = people.units, people.within
    fertility = vital.fertility_table(
        published.of_nation("total_fertility"), published.of_nation("fertility_ages"),
        vital.FERTILITY_YEARS,
    )  # fmt: skip
    ratio = published.of_nation("sex_ratio_at_birth")
    economy = nation.economy_table(units, assumed)
    members, active = nation.members_of(units, published)
    everyone = np.concatenate([within.residents, people.outside[None]])
    care = nation.care_tables(units, replace(within, residents=everyone), published, assumed)
    return care | {
        "regions": regions_table(units),
        "population": pd.concat(
            [ages.people_table(units.codes, within.residents), outside_rows(people)],
            ignore_index=True,
        ),
        "migrants": migrants_table(people),
        "migrant_ages": migration.profile_table(within.profiles).round({"share": 10}),
        "mobility": mobility_table(people, assumed["return_rate"]["value"],
                                   assumed["onward_rate"]["value"]),
        "mortality": mortality.assign(death_rate=mortality["death_rate"].map(six_figures)),
        "fertility": fertility.assign(rate=fertility["rate"].round(7)),
        "sex_ratio_at_birth": ratio[ratio["year"].isin(vital.FERTILITY_YEARS)],
        "demography": nation.demography_table(units, within, fertility),
        "economy": economy,
        "employment": nation.employment_table(units),
        "industries": nation.industries_table(units).round({"share": 9}),
        "industry_factors": nation.industry_factors(assumed),
        "coverage": coverage_table(people, members, active, published),
        "fund_balances": nation.fund_balances(units, members, economy, published),
        "fund_totals": nation.fund_totals(
            published, assumed, units.residents.sum()
        ).assign(region=PROVINCE),
    }  # fmt: skip


def regions_table(units: Units) -> pd.DataFrame:
    """Counties, cities, the province."""
    cities = pd.read_csv(HERE / "published" / "cities.csv", dtype={"region": str})
    unit_table = units.table
    counties = pd.DataFrame(
        {
            "region": unit_table["unit"], "name": unit_table["name_local"],
            "name_local": unit_table["name_local"],
            "level": "county", "parent": unit_table["city"], "latitude": unit_table["latitude"],
            "longitude": unit_table["longitude"], "area_km2": unit_table["area_km2"],
        }
    )  # fmt: skip
    top = pd.DataFrame(
        [{"region": PROVINCE, "name": "Fujian", "name_local": "福建省", "level": "province",
          "parent": ""}]
    )  # fmt: skip
    return pd.concat(
        [counties, cities.assign(level="city", parent=PROVINCE), top], ignore_index=True
    )


def mobility_table(people: Province, back: float, onward: float) -> pd.DataFrame:
    """Hazards of moving that would hold the base-year stocks, for the people outside too."""
    contents = read_raw(HERE).settings
    assert contents is not None
    curve = migration.leaving_by_age(contents["mobility"]["schedule"])
    within, n = people.within, len(people.units.codes)
    at_home = np.append(
        within.by_tie[:, 0].sum(axis=1) @ curve, people.outside.sum(axis=0) @ curve
    )  # fmt: skip
    away = np.append(
        np.bincount(within.home, within.migrants, minlength=n) + people.outbound,
        people.inbound.sum(),
    )
    return pd.DataFrame(
        {
            "home": [*people.units.codes, OUTSIDE],
            "gross_migraproduction_rate": [six_figures(v) for v in back * away / at_home],
            "return_rate": back,
            "onward_rate": onward,
        }
    )


def coverage_table(
    people: Province, members: FloatArray, active: float, published: Published
) -> pd.DataFrame:
    """Cover by county."""
    table, _ = cover.coverage_table(
        people.units.codes, people.within.by_tie, members, active,
        nation.insured(published, people.units.residents.sum()),
        cover.CoverAssumptions.of(published.assumptions),
    )  # fmt: skip
    return table


if __name__ == "__main__":
    sys.exit(build_command(__doc__ or "", tables, HERE / "tables"))
