"""Every table of a case of counties, from their census units: the nation's, or synthetic ones."""

import tomllib
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building import ages, care, cover, migration, money, vital
from fundpool.building.jiangsu.funds import national_per_head
from fundpool.building.jiangsu.published import CENSUS_YEAR, Published
from fundpool.building.nation.people import People, gross_rates, people_of
from fundpool.building.nation.units import AGES_FROM, HERE, INDUSTRIES, FloatArray, Units
from fundpool.inputs.format.vocabulary import AGES, SEXES


def tables_of(units: Units, assumed: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Every table of the case."""
    published = Published()  # its national figures
    mortality = vital.mortality_table(published.of_nation("mortality"), CENSUS_YEAR)
    rates = vital.at_year(mortality, "death_rate", ["sex", "age"], CENSUS_YEAR)
    deaths = np.array([[rates[(sex, age)] for age in range(AGES)] for sex in SEXES])
    nation = published.of_nation("population_2020")
    people = people_of(units, ages.national_bands(nation, AGES_FROM), deaths, assumed)
    fertility = vital.fertility_table(
        published.of_nation("total_fertility"), published.of_nation("fertility_ages"),
        vital.FERTILITY_YEARS,
    )  # fmt: skip
    ratio = published.of_nation("sex_ratio_at_birth")
    economy = economy_table(units, assumed)
    members, active = members_of(units, published)
    result = {
        "regions": units.regions(),
        "population": ages.people_table(units.codes, people.residents),
        "migrants": pd.DataFrame(
            {
                "home": np.array(units.codes)[people.home],
                "residence": np.array(units.codes)[people.place],
                "persons": people.migrants.round(2),
            }
        ),
        "migrant_ages": migration.profile_table(people.profiles),
        "mobility": mobility_table(units, people, assumed),
        "mortality": mortality,
        "fertility": fertility,
        "sex_ratio_at_birth": ratio[ratio["year"].isin(vital.FERTILITY_YEARS)],
        "demography": demography_table(units, people, fertility),
        "economy": economy,
        "employment": employment_table(units),
        "industries": industries_table(units),
        "industry_factors": industry_factors(assumed),
        "coverage": coverage_table(units, people, members, active, published, assumed),
        "fund_balances": fund_balances(units, members, economy, published),
        "fund_totals": fund_totals(published, assumed, units.residents.sum()),
    }
    return result | care_tables(units, people, published, assumed)


def mobility_table(units: Units, people: People, assumed: dict[str, Any]) -> pd.DataFrame:
    """Hazards of moving that would hold the base-year stocks."""
    settings = tomllib.loads((HERE / "case.toml").read_text("utf-8"))
    back = assumed["return_rate"]["value"]
    return pd.DataFrame(
        {
            "home": units.codes,
            "gross_migraproduction_rate": gross_rates(
                people, len(units.codes), settings["mobility"]["schedule"], back
            ),
            "return_rate": back,
            "onward_rate": assumed["onward_rate"]["value"],
        }
    )


def demography_table(units: Units, people: People, fertility: pd.DataFrame) -> pd.DataFrame:
    """Fertility levels that follow the children under five, one on average."""
    by_age = vital.at_year(fertility, "rate", ["age"], CENSUS_YEAR)
    births = np.zeros(AGES)
    births[by_age.index.to_numpy(dtype=int)] = by_age.to_numpy()
    expected = people.residents[:, 1] @ births
    crude = expected.sum() / units.residents.sum()
    levels = vital.fertility_levels(
        people.residents[:, 1], people.residents[:, :, :5].sum(axis=(1, 2)), births, crude,
        float(units.residents.sum()),
    )  # fmt: skip
    return pd.DataFrame(
        {"region": units.codes, "mortality_level": 1.0, "fertility_level": levels.round(4)}
    )


def economy_table(units: Units, assumed: dict[str, Any]) -> pd.DataFrame:
    """Wages, incomes and prices by urban share."""
    urban = units.column("urban_share")
    incomes = assumed["incomes"]
    income = urban * incomes["urban"] + (1.0 - urban) * incomes["rural"]
    relative = (income / np.average(income, weights=units.residents)) ** (
        assumed["wage_power"]["value"]
    )
    return pd.DataFrame(
        {
            "region": units.codes,
            "contribution_wage": (assumed["mean_wage"]["value"] * relative).round(0),
            "wage_cv": assumed["wage_cv"]["value"],
            "disposable_income": income.round(0),
            "price_level": money.price_levels(
                income, units.residents, assumed["price_power"]["value"]
            ).round(4),
        }
    )


def employment_table(units: Units) -> pd.DataFrame:
    """Employed share of those of working age."""
    return pd.DataFrame(
        {"region": units.codes, "employed_share": units.column("employed_share").clip(0, 1)}
    )


def industries_table(units: Units) -> pd.DataFrame:
    """Workers by industry as shares of a county's."""
    return pd.DataFrame(
        {
            "region": np.repeat(units.codes, len(INDUSTRIES)),
            "industry": np.tile(INDUSTRIES, len(units.codes)),
            "share": units.industry_shares.ravel(),
        }
    )


def industry_factors(assumed: dict[str, Any]) -> pd.DataFrame:
    """How industries compare."""
    inpatient = assumed["industry_inpatient"]["value"]
    return pd.DataFrame(
        {
            "industry": INDUSTRIES,
            "wage": [assumed["industry_wage"]["value"][name] for name in INDUSTRIES],
            "contract_share": [assumed["industry_contract"]["value"][name] for name in INDUSTRIES],
            "outpatient": 1.0,
            "inpatient": [inpatient.get(name, 1.0) for name in INDUSTRIES],
        }
    )


def members_of(units: Units, published: Published) -> tuple[FloatArray, float]:
    """Members of the employee scheme by county, and the share who pay.

    The national share of residents who are members, spread by workers outside farming.
    """
    adults = 1.0 - units.column("age_0") - units.column("age_1")
    adults -= units.column("age_5") + units.column("age_10")
    workers = units.residents * adults * units.column("employed_share").clip(0, 1)
    outside_farming = workers * (1.0 - units.industry_shares[:, 0])
    whole = published.fund("all", "nation", CENSUS_YEAR, "participants")
    share = published.fund("employee", "nation", CENSUS_YEAR, "participants") / whole
    active = published.fund("employee", "nation", 2008, "participants_active") / published.fund(
        "employee", "nation", 2008, "participants"
    )
    total = share * insured(published, units.residents.sum())
    return total * outside_farming / outside_farming.sum(), active


NATION = 1_409_778_724.0
"""Residents of China in the census of 2020, to scale national totals to other populations."""


def insured(published: Published, residents: float) -> float:
    """People insured in the base year in a population of so many residents."""
    return published.fund("all", "nation", CENSUS_YEAR, "participants") * residents / NATION


def coverage_table(
    units: Units, people: People, members: FloatArray, active: float, published: Published,
    assumed: dict[str, Any],
) -> pd.DataFrame:  # fmt: skip
    """Cover by city, the same in all of its counties."""
    size = len(units.cities)
    by_tie = np.zeros((size, *people.by_tie.shape[1:]))
    np.add.at(by_tie, units.city, people.by_tie)
    table, _ = cover.coverage_table(
        units.cities,
        by_tie,
        np.asarray(np.bincount(units.city, members, minlength=size), dtype=np.float64),
        active,
        insured(published, units.residents.sum()),
        cover.CoverAssumptions.of(assumed),
    )
    counties = pd.DataFrame({"city": units.table["city"], "unit": units.table["unit"]})
    merged = counties.merge(table.rename(columns={"region": "city"}), on="city")
    return merged.drop(columns="city").rename(columns={"unit": "region"})


def fund_balances(
    units: Units, members: FloatArray, economy: pd.DataFrame, published: Published
) -> pd.DataFrame:
    """Balances at the end of the base year, spread by members and wages, or by residents."""
    scale = units.residents.sum() / NATION
    accounts = scale * published.fund(
        "employee", "nation", CENSUS_YEAR, "personal_accounts_balance_end"
    )
    pooled = scale * published.fund("all", "nation", CENSUS_YEAR, "balance_end") - accounts
    later = published.fund("all", "nation", 2022, "balance_end") - published.fund(
        "employee", "nation", 2022, "personal_accounts_balance_end"
    )
    share = published.fund("resident", "nation", 2022, "balance_end") / later
    by_members = members * economy["contribution_wage"].to_numpy(float)
    by_members /= by_members.sum()
    others = units.residents - members
    frames = [
        pd.DataFrame(
            {
                "region": units.codes,
                "scheme": scheme,
                "pooled_balance": (amount * weight).round(0),
                "account_balance": (account_total * by_members).round(0),
            }
        )
        for scheme, amount, weight, account_total in (
            ("employee", pooled * (1.0 - share), by_members, accounts),
            ("resident", pooled * share, others / others.sum(), 0.0),
        )
    ]
    return pd.concat(frames, ignore_index=True)


def fund_totals(published: Published, assumed: dict[str, Any], residents: float) -> pd.DataFrame:
    """National totals of the base year, to be met."""
    heads = national_per_head(published)
    number = {
        scheme: published.fund(scheme, "nation", CENSUS_YEAR, "participants") * residents / NATION
        for scheme in ("employee", "resident")
    }
    income, outgo = heads["employee"]
    premium, paid = heads["resident"]
    subsidy = assumed["subsidy_share"]["value"]
    rows = [
        ("employee", "contributions",
         income * (1.0 - assumed["account_share_of_revenue"]["value"]) * number["employee"]),
        ("employee", "claims",
         outgo * (1.0 - assumed["account_share_of_expenditure"]["value"]) * number["employee"]),
        ("resident", "contributions", premium * (1.0 - subsidy) * number["resident"]),
        ("resident", "subsidies", premium * subsidy * number["resident"]),
        ("resident", "claims", paid * number["resident"]),
    ]  # fmt: skip
    return pd.DataFrame(
        [
            ("nation", scheme, CENSUS_YEAR, what, round(value), "fit")
            for scheme, what, value in rows
        ],
        columns=["region", "scheme", "year", "measure", "value", "use"],
    )  # fmt: skip


def care_tables(
    units: Units, people: People, published: Published, assumed: dict[str, Any]
) -> dict[str, pd.DataFrame]:
    """Morbidity, severity, relativities, treatment and referral."""
    tables = care.care_tables(published.table("facts"), assumed, people.residents.sum(axis=0))
    return tables | {"referral": referral_table(units, assumed["referral_care"]["local"])}


def referral_table(units: Units, local: float) -> pd.DataFrame:
    """Referral centres: the own city's and the own province's county with most health workers."""
    workers = units.residents * units.industry_shares[:, INDUSTRIES.index("health_social")]
    frames = []
    for province in range(len(units.provinces)):
        counties = np.flatnonzero(units.province == province)
        _, city = np.unique(units.city[counties], return_inverse=True)
        frames.append(
            care.referral_table([units.codes[i] for i in counties], city, workers[counties], local)
        )
    return pd.concat(frames, ignore_index=True)
