"""Mistakes in the tables of a case: the change, and what every message begins with."""

import pandas as pd

from tests.inputs.broken.changes import (
    Change,
    cell,
    drop_row,
    fund_total,
    scheme_rules,
    second_service,
    table,
)

IN_TABLES: dict[str, tuple[Change, list[str]]] = {
    "missing column": (
        table("population", lambda t: t.drop(columns="persons")),
        ["tables/population.csv, row 1, column persons: expected the column persons (residents). "
         "Add the column."],
    ),
    "misspelt column": (
        table("population", lambda t: t.rename(columns={"persons": "person"})),
        ["tables/population.csv, row 1, column persons: expected the column persons (residents). "
         "Is it 'person'? Then rename that one.",
         "tables/population.csv, row 1, column person: found 'person'; expected a column of "
         "population. Did you mean 'persons'? Remove or rename it."],
    ),
    "unknown region": (
        cell("economy", 0, "region", "asch"),
        ["tables/economy.csv, row 2, column region: found 'asch'; expected a county of the table "
         "regions. Did you mean 'ash'?"],
    ),
    "migration pair of unknown regions": (
        cell("migrants", 0, "home", "elm"),
        ["tables/migrants.csv, row 2, column home: found 'elm'; expected a county of the table "
         "regions, or outside. Known: ash, birch, outside."],
    ),
    "negative persons": (
        cell("population", 30, "persons", -5),
        ["tables/population.csv, row 32, column persons: found '-5'; expected a number of at "
         "least 0. Correct the number."],
    ),
    "share over one": (
        cell("employment", 1, "employed_share", 1.6),
        ["tables/employment.csv, row 3, column employed_share: found '1.6'; expected a number "
         "from 0 to 1. Correct the number."],
    ),
    "duplicate key": (
        table("demography", lambda t: pd.concat([t, t.iloc[[0]]])),
        ["tables/demography.csv, row 4, column region: found 'ash'; expected each key once. "
         "Row 2 has it already; remove one of them."],
    ),
    "text in a number": (
        cell("economy", 0, "contribution_wage", "fifty"),
        ["tables/economy.csv, row 2, column contribution_wage: found 'fifty'; expected a number "
         "above 0. Write a plain number."],
    ),
    "thousands separators": (
        cell("economy", 0, "contribution_wage", "50,000"),
        ["tables/economy.csv, row 2, column contribution_wage: found '50,000'; expected a number "
         "above 0. Write numbers with a point and without separators, as in 1234.5."],
    ),
    "per cent sign": (
        cell("employment", 0, "employed_share", "60%"),
        ["tables/employment.csv, row 2, column employed_share: found '60%'; expected a number "
         "from 0 to 1. Write a share as a fraction, as in 0.05 for 5 %."],
    ),
    "not a number": (
        cell("economy", 1, "price_level", "nan"),
        ["tables/economy.csv, row 3, column price_level: found 'nan'; expected a number above 0 to "
         "10. Write a plain number."],
    ),
    "fraction of a year of age": (
        cell("population", 5, "age", 5.5),
        ["tables/population.csv, row 7, column age: found '5.5'; expected a whole number."],
    ),
    "empty cell": (
        cell("regions", 0, "name", ""),
        ["tables/regions.csv, row 2, column name: found ''; expected name. Fill the cell."],
    ),
    "unknown word": (
        cell("population", 0, "sex", "man"),
        ["tables/population.csv, row 2, column sex: found 'man'; expected one of male, female. "
         "Known: male, female."],
    ),
    "unknown status of a row": (
        table("economy", lambda t: t.assign(status=["guessed", ""])),
        ["tables/economy.csv, row 2, column status: found 'guessed'; expected one of published, "
         "derived, assumed. Known: published, derived, assumed."],
    ),
    "county without a city": (
        cell("regions", 0, "parent", ""),
        ["tables/regions.csv, row 2, column parent: found ''; expected the city it lies in. "
         "Fill the cell."],
    ),
    "unknown parent": (
        cell("regions", 0, "parent", "nord"),
        ["tables/regions.csv, row 2, column parent: found 'nord'; expected the code of a region. "
         "Did you mean 'north'?"],
    ),
    "cyclic parents": (
        cell("regions", 2, "parent", "ash"),
        ["tables/regions.csv, row 2, column parent: found 'north'; expected parents that lead to "
         "the top level. ash lies in itself; correct one parent on the way."],
    ),
    "parent of the wrong level": (
        cell("regions", 0, "parent", "land"),
        ["tables/regions.csv, row 2, column parent: found 'land'; expected a region of the level "
         "city. land has the level province."],
    ),
    "city without counties": (
        table("regions", lambda t: pd.concat(
            [t, pd.DataFrame([("west", "West", "city", "land", None, None)], columns=t.columns)])),
        ["tables/regions.csv, row 7, column region: found 'west'; expected a county that lies in "
         "it. Remove the region, or give it members."],
    ),
    "unknown level": (
        cell("regions", 1, "level", "district"),
        ["tables/regions.csv, row 3, column level: found 'district'; expected one of county, city, "
         "province."],
    ),
    "reserved code": (
        cell("regions", 0, "region", "outside"),
        ["tables/regions.csv, row 2, column region: found 'outside'; expected a code other than "
         "outside."],
    ),
    "region without population": (
        table("population", lambda t: t[t["region"] != "birch"]),
        ["tables/population.csv, column region: expected a row for birch. Add its people."],
    ),
    "an age missing": (
        drop_row("population", 44),
        ["tables/population.csv, column region + sex + age: expected a row for ash, male, 44. "
         "Give every sex and age; write 0 where nobody lives."],
    ),
    "shares that do not sum to one": (
        cell("coverage", 1, "share", 0.7),
        ["tables/coverage.csv, row 3, column share: found '1.1'; expected shares of ash, stayer, "
         "male, 16 that sum to 1. Correct the shares from this row on."],
    ),
    "places that do not sum to one": (
        cell("treatment", 1, "forgone", 0.3),
        ["tables/treatment.csv, row 3, column residence + home + referral + forgone: found '1.2'; "
         "expected shares that sum to 1. Correct the row."],
    ),
    "stayers treated at home": (
        table("treatment", lambda t: t.assign(
            home=t["home"].where(t.index != 0, 0.2),
            residence=t["residence"].where(t.index != 0, 0.8))),
        ["tables/treatment.csv, row 2, column home: found '0.2'; expected 0 for stayers. Their "
         "home is the residence; put the share there."],
    ),
    "age classes that differ by service": (
        second_service,
        ["tables/severity.csv, column age_from: expected the same age classes for every service. "
         "Split classes where they differ."],
    ),
    "migrant at home": (
        cell("migrants", 0, "home", "birch"),
        ["tables/migrants.csv, row 2, column home + residence: found 'birch'; expected a home "
         "other than the residence."],
    ),
    "more migrants than residents": (
        cell("migrants", 0, "persons", 1300),
        ["tables/migrants.csv, column persons: found '1300'; expected at most the 1200 residents "
         "of birch."],
    ),
    "ages of migrants missing": (
        table("migrant_ages", lambda t: t.assign(tie="within")),
        ["tables/migrant_ages.csv, column tie: expected ages of the tie between. There are "
         "migrants of that tie; add their age pattern."],
    ),
    "in-migrants from nowhere": (
        table("migrants", lambda t: pd.concat(
            [t, pd.DataFrame([("outside", "ash", 5.0)], columns=t.columns)])),
        ["tables/migrant_ages.csv, column tie: expected ages of the tie inbound.",
         "tables/mobility.csv, column home: expected a row for outside.",
         "tables/population.csv, column region: expected rows for outside."],
    ),
    "gap between age bands": (
        table("severity", lambda t: t.assign(age_to=80)),
        ["tables/severity.csv, column age_to: found '80'; expected the classes of outpatient to "
         "reach 100. Extend the last one."],
    ),
    "hole between age classes": (
        table("severity", lambda t: pd.concat([t.assign(age_to=49), t.assign(age_from=60)])),
        ["tables/severity.csv, column age_from + age_to: found '60 to 100'; expected the classes "
         "of outpatient without gap or overlap: one from 50. Correct the ages."],
    ),
    "unknown rule of a region": (
        scheme_rules("employer_rte", "", 0.09),
        ["tables/scheme_rules.csv, row 2, column rule: found 'employer_rte'; expected a rule of "
         "employee. Did you mean 'employer_rate'?"],
    ),
    "benefit rule without a service": (
        scheme_rules("rate", "", 0.5),
        ["tables/scheme_rules.csv, row 2, column service: found ''; expected a service for the "
         "rule rate. Fill the cell."],
    ),
    "fund total of a later year": (
        fund_total(2023),
        ["tables/fund_totals.csv, row 2, column year: found '2023'; expected the base year 2020 "
         "for a figure that is fitted. Set use to compare."],
    ),
    "unknown scheme": (
        cell("fund_balances", 0, "scheme", "employees"),
        ["tables/fund_balances.csv, row 2, column scheme: found 'employees'; expected a scheme of "
         "case.toml. Did you mean 'employee'?"],
    ),
}  # fmt: skip
