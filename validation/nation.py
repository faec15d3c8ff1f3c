"""A nation as one region, built from what was published of one year.

Everything is of the start year or older, but for what the case cannot do without and no page of
that year gave; those items are listed in ``ASSUMED`` and printed.
"""

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building import ages, cover, vital
from fundpool.building.jiangsu.published import HERE as JIANGSU
from fundpool.building.jiangsu.published import Published
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES
from fundpool.models.axes.arrays import FloatArray
from tests.cases.small import SmallCase
from validation.cohort_component import VitalRates, projected
from validation.one_region import one_region

HERE = Path(__file__).parent
NATION = "china"
LAST_YEAR = 2025
ACCOUNT_SHARE = 0.4
"""Share of employee-scheme revenue and expenditure that runs through personal accounts."""

ASSUMED = {
    "personal accounts": "0.4 of the employee scheme's revenue and expenditure, near 0.39 and 0.40 "
    "in Sheyang County 2023, the only place published",
    "active members": "0.75 of members pay, as in the nation in 2008",
    "price and use of care": "6 % a year to 2025 and by age as the Jiangsu case has them",
    "resident premium and subsidy": "grow as the national minimum, remembered",
    "wages": "as published to 2023 (2020 between its neighbours), then 4.5 % a year",
    "interest": "none beside published revenue, which holds it",
}


@dataclass(frozen=True)
class Start:
    """What is known of a start year.

    Attributes:
        year: the start year.
        participants: members by scheme, persons.
        revenue, expenditure: of the year by scheme, accounts included, CNY.
        pooled, accounts: balances at the end of the year: pooled by scheme, CNY.
    """

    year: int
    participants: Mapping[str, float]
    revenue: Mapping[str, float]
    expenditure: Mapping[str, float]
    pooled: Mapping[str, float]
    accounts: float


def figures() -> pd.DataFrame:
    """Published national figures: scheme, year, measure, value, unit, source, status, note."""
    published = pd.read_csv(HERE / "published.csv").fillna({"note": ""})
    other = Published().table("funds")
    other = other[other["region"] == "nation"]
    # 2024 and later stand in this folder as what they are: whole funds, not pooled ones
    whole = published.loc[
        published["measure"].isin(["revenue", "expenditure"]) & (published["year"] > 2023), "year"
    ]
    kept = ~other["year"].isin(whole.unique()) | (other["measure"] == "participants")
    other = other[kept]
    other = other.drop(columns="region").assign(status="published").fillna({"note": ""})
    return pd.concat([published, other], ignore_index=True)[list(published.columns)]


def figure_of(table: pd.DataFrame, scheme: str, year: int, measure: str) -> float:
    """One figure; NaN where nothing is published."""
    rows = table[
        (table["scheme"] == scheme) & (table["year"] == year) & (table["measure"] == measure)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")


def start_of_2022(table: pd.DataFrame) -> Start:
    """2022, published by scheme throughout."""

    def of(scheme: str, measure: str) -> float:
        return figure_of(table, scheme, 2022, measure)

    accounts = of("employee", "personal_accounts_balance_end")
    residents = of("resident", "balance_end")
    schemes = ("employee", "resident")
    return Start(
        year=2022,
        participants={name: of(name, "participants") for name in schemes},
        revenue={name: of(name, "revenue") for name in schemes},
        expenditure={name: of(name, "expenditure") for name in schemes},
        pooled={"employee": of("all", "balance_end") - residents - accounts, "resident": residents},
        accounts=accounts,
    )


def start_of_2018(table: pd.DataFrame, cost_ratio: float, resident_share: float) -> Start:
    """2018: revenue by scheme, the rest of both schemes together.

    Args:
        table: the published figures.
        cost_ratio: modelled claims of the resident scheme over those of the employee scheme's
            pooled fund, before any calibration; divides the year's expenditure.
        resident_share: share of the pooled balance that is the resident scheme's.
    """

    def of(scheme: str, measure: str) -> float:
        return figure_of(table, scheme, 2018, measure)

    employee = of("employee", "revenue_per_head") * of("employee", "participants")
    pooled_claims = of("all", "expenditure") / (1.0 / (1.0 - ACCOUNT_SHARE) + cost_ratio)
    pooled = of("all", "pooled_balance_end")
    return Start(
        year=2018,
        participants={name: of(name, "participants") for name in ("employee", "resident")},
        revenue={"employee": employee, "resident": of("all", "revenue") - employee},
        expenditure={
            "employee": pooled_claims / (1.0 - ACCOUNT_SHARE),
            "resident": pooled_claims * cost_ratio,
        },
        pooled={
            "employee": pooled * (1.0 - resident_share), "resident": pooled * resident_share
        },
        accounts=of("all", "balance_end") - pooled,
    )  # fmt: skip


def wage_path(table: pd.DataFrame) -> dict[int, float]:
    """Published mean wages by year; a gap is filled by even growth."""
    rows = table[(table["scheme"] == "wages") & (table["measure"] == "mean")]
    known = rows.set_index("year")["value"].sort_index()
    years = np.arange(int(known.index.min()), int(known.index.max()) + 1)
    logs = np.interp(years, known.index.to_numpy(dtype=float), np.log(known.to_numpy(dtype=float)))
    return {int(year): float(value) for year, value in zip(years, np.exp(logs), strict=True)}


def vital_tables(from_year: int) -> dict[str, pd.DataFrame]:
    """Mortality, fertility and sex ratio at birth of the nation by single age."""
    published = Published()
    years = [*range(2010, 2031), 2040, 2050, 2060, 2070]
    ratio = published.of_nation("sex_ratio_at_birth")
    return {
        "mortality": vital.mortality_table(published.of_nation("mortality"), from_year),
        "fertility": vital.fertility_table(
            published.of_nation("total_fertility"), published.of_nation("fertility_ages"), years
        ),
        "sex_ratio_at_birth": ratio[ratio["year"].isin(years)].reset_index(drop=True),
    }


def population(year: int) -> FloatArray:
    """Official population by sex and single age in 2015 or 2020, ``(2, 101)``."""
    bands = pd.read_csv(JIANGSU.parent / "national" / f"population_{year}.csv")
    starts = bands["age_from"].to_numpy(dtype=float)
    return np.stack(
        [ages.single_ages(starts, bands[sex].to_numpy(dtype=float), np.ones(1)) for sex in SEXES]
    )


def rates_by_year(tables: Mapping[str, pd.DataFrame], year: int) -> VitalRates:
    """Rates of a year as plain lists, interpolated as the case format says."""
    deaths = tables["mortality"].assign(death_rate=np.log(tables["mortality"]["death_rate"]))
    logs = vital.at_year(deaths, "death_rate", ["sex", "age"], year)
    births = vital.at_year(tables["fertility"], "rate", ["age"], year)
    ratio = tables["sex_ratio_at_birth"].sort_values("year")
    return VitalRates(
        deaths={sex: [float(np.exp(logs[(sex, age)])) for age in range(AGES)] for sex in SEXES},
        births=[float(births.get(age, 0.0)) for age in range(AGES)],
        males_per_female=float(np.interp(year, ratio["year"], ratio["males_per_female"])),
    )


def people_of(year: int) -> FloatArray:
    """People at the end of a start year: between 2015 and 2020, or carried on from 2020."""
    if year <= 2020:
        later = (year - 2015) / 5
        return (1.0 - later) * population(2015) + later * population(2020)
    tables = vital_tables(2015)
    start = population(2020)
    path = projected(
        {sex: start[number].tolist() for number, sex in enumerate(SEXES)},
        lambda t: rates_by_year(tables, t), 2020, year,
    )  # fmt: skip
    return np.array([path[year][sex] for sex in SEXES])


def nation_case(start: Start, calibrated: bool = True) -> SmallCase:
    """The case of a start year, ready to be written.

    Args:
        start: what is known of it.
        calibrated: whether claims are fitted; without, they are what the tables say.
    """
    settings = _settings(start)
    schemes = {
        name: tomllib.loads((JIANGSU / "schemes" / f"{name}.toml").read_text("utf-8"))
        for name in settings["schemes"]
    }
    _set_rules(schemes, start)
    return SmallCase(settings, schemes, _tables(start, calibrated))


def _settings(start: Start) -> dict[str, Any]:
    settings = copy.deepcopy(tomllib.loads((JIANGSU / "case.toml").read_text("utf-8")))
    wages = wage_path(figures())
    growth = {
        str(year): wages[year] / wages[year - 1] - 1.0
        for year in wages
        if year > start.year and year - 1 in wages
    } | {str(year): 0.045 for year in range(max(wages) + 1, LAST_YEAR + 1)}
    minimum = {2018: 710, 2019: 770, 2020: 830, 2021: 900, 2022: 960, 2023: 1020, 2024: 1070,
               2025: 1100}  # fmt: skip
    premium = {
        str(year): minimum[year] / minimum[year - 1] - 1.0
        for year in minimum if year > start.year and year - 1 in minimum
    }  # fmt: skip
    given = {"source": "published figures of the years themselves", "status": "derived"}
    kept = {key: settings[key] for key in ("schema_version", "currency", "services", "mobility",
                                           "coverage", "participation", "solvency")}  # fmt: skip
    kept["coverage"]["employee_enrolment_growth"] = {
        "value": 0.0, "source": "none: later membership is not to be known", "status": "assumed",
    }  # fmt: skip
    none = {"values": {}, "source": "one pool", "status": "assumed"}
    source = {"source": f"published figures to {start.year}", "status": "derived"}
    return kept | {
        "name": f"nation_{start.year}",
        "title": f"China from {start.year}",
        "base_year": start.year,
        "levels": ["nation"],
        "schemes": ["employee", "resident"],
        "economy": {
            "wage_growth": {"value": 0.045, "by_year": growth, **given},
            "medical_inflation": {
                "value": 0.06, "source": "as the Jiangsu case to 2025", "status": "assumed",
            },
            "interest": {"value": 0.0, "source": ASSUMED["interest"], "status": "assumed"},
            "consumer_inflation": settings["economy"]["consumer_inflation"],
            "premium_growth": {"value": 0.03, "by_year": premium, **given},
        },
        "pooling": {"moral_hazard": none, "moral_hazard_published": none},
        "tables": {name: dict(source) for name in settings["tables"]},
    }  # fmt: skip


def _set_rules(schemes: dict[str, dict[str, Any]], start: Start) -> None:
    source = {"source": f"published figures of {start.year}", "status": "derived"}
    spent = ACCOUNT_SHARE * start.expenditure["employee"]
    credited = ACCOUNT_SHARE * start.revenue["employee"]
    opening = start.accounts - credited + spent
    schemes["employee"]["rules"] |= {
        "retiree_account_credit": {"value": 0.0, **source},
        "employer_rate": {"value": 0.08, **source},  # without the relief of 2020
        "account_share": {"value": ACCOUNT_SHARE, **source},
        "account_spending": {"value": spent / (opening + credited), **source},
    }
    a_head = start.revenue["resident"] / start.participants["resident"]
    schemes["resident"]["rules"] |= {
        "premium": {"value": a_head / 3, **source},
        "subsidy": {"value": 2 * a_head / 3, **source},
    }
    for scheme in schemes.values():
        scheme["settlement"]["regime"] = {"value": "direct", **source}


def _tables(start: Start, calibrated: bool) -> dict[str, pd.DataFrame]:
    people = people_of(start.year)[None]
    jiangsu = {
        name: pd.read_csv(JIANGSU / "tables" / f"{name}.csv")
        for name in ("migrant_ages", "morbidity", "severity", "relativities", "treatment")
    }
    profiles = np.full((len(TIES) - 1, len(SEXES), AGES), 1.0 / (len(SEXES) * AGES))
    by_tie = cover.people_by_tie(people, np.zeros((1, len(TIES) - 1)), profiles)
    funds = figures()
    active = figure_of(funds, "employee", 2008, "participants_active") / figure_of(
        funds, "employee", 2008, "participants"
    )
    published = Published()
    coverage, _ = cover.coverage_table(
        [NATION], by_tie, np.array([start.participants["employee"]]), active,
        sum(start.participants.values()),
        cover.CoverAssumptions.of(published.assumptions),
    )  # fmt: skip
    wages = wage_path(funds)
    wage = wages.get(start.year, wages[min(wages)])
    pooled = 1.0 - ACCOUNT_SHARE
    totals = [
        ("employee", "contributions", start.revenue["employee"] * pooled, "fit"),
        ("resident", "contributions", start.revenue["resident"] / 3, "fit"),
        ("resident", "subsidies", 2 * start.revenue["resident"] / 3, "fit"),
    ]
    if calibrated:
        totals += [
            ("employee", "claims", start.expenditure["employee"] * pooled, "fit"),
            ("resident", "claims", start.expenditure["resident"], "fit"),
        ]
    one = {"region": [NATION]}
    return jiangsu | vital_tables(start.year) | one_region(NATION, "China", "nation", people[0]) | {
        "economy": pd.DataFrame(
            {**one, "contribution_wage": wage, "wage_cv": 0.55, "disposable_income": 0.4 * wage,
             "price_level": 1.0}
        ),
        "employment": pd.DataFrame({**one, "employed_share": 0.6}),
        "industry_factors": pd.DataFrame(
            {"industry": ["all"], "wage": 1.0, "contract_share": 0.5, "outpatient": 1.0,
             "inpatient": 1.0}
        ),
        "coverage": coverage,
        "fund_balances": pd.DataFrame(
            {
                "region": NATION,
                "scheme": ["employee", "resident"],
                "pooled_balance": [start.pooled["employee"], start.pooled["resident"]],
                "account_balance": [start.accounts, 0.0],
            }
        ),
        "fund_totals": pd.DataFrame(
            [(NATION, scheme, start.year, measure, value, use)
             for scheme, measure, value, use in totals],
            columns=["region", "scheme", "year", "measure", "value", "use"],
        ),
    }  # fmt: skip
