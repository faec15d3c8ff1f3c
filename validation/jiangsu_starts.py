"""The case of Jiangsu at the end of 2018 and of 2022, of what was published by then.

As the case of 2020 but for people, members, money and wages of the year. What is used of a later
year is listed in :data:`BORROWED` and printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building import cover
from fundpool.building.jiangsu import funds, insured
from fundpool.building.jiangsu.census_case import (
    case_of_tables,
    census_case,
    census_tables,
    files_with,
    overlaid,
    settings_of_2020,
    vital_tables,
)
from fundpool.building.jiangsu.funds import DIVIDED_AS, PerHead, expenses_ratio
from fundpool.building.jiangsu.people import People, death_rates, people, stocks_by_tie
from fundpool.building.jiangsu.published import BASE_YEAR, CENSUS_YEAR, PROVINCE, Published
from fundpool.building.jiangsu.rolled import carried_on, people_of_pairs
from fundpool.inputs.case.case import Case
from fundpool.inputs.format.vocabulary import AGES
from fundpool.models.axes.arrays import FloatArray
from validation.from_2020 import EARLIER
from validation.nation import figure_of, figures, wage_path

MINIMUM = {2018: 710, 2019: 770, 2020: 830}
"""National minimum premium and subsidy, remembered, CNY."""
USE_OF = {2018: 2019, 2022: 2022}
"""Year whose use and cost of care by scheme a start year has: of residents none is published of
2018."""
BORROWED = {
    2018: "people of the census of 2020, carried back two years by survival with migrants as they "
    "were then; births and deaths of 2021; product and wages by city of 2022 and incomes of 2023; "
    "members in three places, of 2017 and 2023, brought to 2018 by the nation's; shares of "
    "personal accounts and of the state, of Sheyang County in 2023; the division of "
    "expenditure and pooled balance between the schemes, of 2022, expenditure with what medical "
    "expenses a member moved apart from 2019 to 2022; care away, fitted to 2020 and carried back; "
    "use and cost of care by scheme, of 2019",
    2022: "incomes by city of 2023; members in three places, of 2017 and 2023, brought to 2022 by "
    "the nation's; shares of personal accounts and of the state, of Sheyang County in 2023; care "
    "away, fitted to 2020 and carried on",
}
"""What the start years take from others."""


@dataclass(frozen=True)
class FiguresOf(Published):
    """Published figures with the nation's of a start year beside those of 2020 and later.

    Attributes:
        year: the start year.
    """

    year: int = CENSUS_YEAR

    @cached_property
    def _earlier(self) -> pd.Series:
        return pd.read_csv(EARLIER).set_index(["scheme", "measure", "year"])["value"].astype(float)

    def of_bulletin(self, scheme: str, measure: str, year: int) -> float:
        """A figure of the nation's funds; active members from the ratio to the retired."""
        if measure == "participants_active" and year == self.year:
            share = active_share(self.of_bulletin(scheme, "active_per_retired", year))
            return share * self.of_bulletin(scheme, "participants", year)
        if scheme == "all" and measure == "participants":
            return figure_of(figures(), "all", year, measure)
        if year < CENSUS_YEAR:
            return float(self._earlier[scheme, measure, year])
        return super().of_bulletin(scheme, measure, year)


def active_share(per_retired: float) -> float:
    """Share of members who pay, from active members a retired one.

    >>> active_share(3.0)
    0.75
    """
    return per_retired / (1.0 + per_retired)


def people_at(published: Published, year: int) -> People:
    """People at the end of 2018 or 2022, from those of the census."""
    census = people(published, vital_tables(published, CENSUS_YEAR)[0])
    if year > CENSUS_YEAR:
        case = census_case(census_tables(published, census))
        pairs, by_year = carried_on(case, year - CENSUS_YEAR)
        return people_of_pairs(published, census, pairs, by_year[year - CENSUS_YEAR])
    rates = death_rates(vital_tables(published, year)[0], year)
    residents = carried_back(census.residents, rates, CENSUS_YEAR - year)
    by_tie = cover.people_by_tie(
        residents, stocks_by_tie(published, census.migrants), census.profiles
    )
    return People(residents, census.outside, census.migrants, census.profiles, by_tie)


def carried_back(residents: FloatArray, rates: FloatArray, years: int) -> FloatArray:
    """People so many years before: each age is the age then, with those who died since.

    ``L(a, t - 1) = L(a + 1, t) exp(m(a + 1/2))``; the open age keeps its share of the age below.

    >>> flat = np.full((1, 2, 101), 2.0)
    >>> bool((carried_back(flat, np.zeros((2, 101)), 2) == flat).all())
    True

    Args:
        residents: by county, sex and age, ``(n, 2, 101)``.
        rates: death rates by sex and age, ``(2, 101)``.
        years: how many.
    """
    for _ in range(years):
        middle = (rates[:, :-1] + rates[:, 1:]) / 2.0
        earlier = residents[..., 1:] * np.exp(middle)
        last = residents[..., -1:] * earlier[..., -1:] / np.maximum(residents[..., -2:-1], 1e-9)
        residents = np.concatenate([earlier, last], axis=-1)
    assert residents.shape[-1] == AGES
    return residents


def money_of(published: FiguresOf) -> dict[str, PerHead]:
    """Money a member in the nation in the start year.

    Of 2018 revenue is published by scheme. Expenditure and the pooled balance of both schemes
    together are divided as those of 2022, a member, as they are for the case of 2020: expenditure
    with what medical expenses a member have moved apart since the year whose use the start has.
    """
    table = figures()

    def of(scheme: str, measure: str, year: int = published.year) -> float:
        return figure_of(table, scheme, year, measure)

    credited = published.assumed("account_share_of_revenue")
    spent = published.assumed("account_share_of_expenditure")
    number = {
        name: published.of_bulletin(name, "participants", published.year) for name in funds.SCHEMES
    }
    later = {
        name: of(name, "expenditure", DIVIDED_AS) / of(name, "participants", DIVIDED_AS)
        for name in funds.SCHEMES
    }
    flat, accounts = (of("resident", "balance_end", DIVIDED_AS),
                      of("employee", "personal_accounts_balance_end", DIVIDED_AS))  # fmt: skip
    pooled = of("all", "balance_end", DIVIDED_AS) - accounts
    if published.year == DIVIDED_AS:
        revenue = {name: of(name, "revenue") for name in funds.SCHEMES}
        a_head = later
    else:
        employee = of("employee", "revenue_per_head") * number["employee"]
        revenue = {"employee": employee, "resident": of("all", "revenue") - employee}
        moved = expenses_ratio(published, USE_OF[published.year])
        moved /= expenses_ratio(published, DIVIDED_AS)
        apart = {"employee": later["employee"], "resident": later["resident"] * moved}
        level = of("all", "expenditure") / sum(apart[name] * number[name] for name in number)
        a_head = {name: level * value for name, value in apart.items()}
        share = flat / pooled
        pooled = of("all", "pooled_balance_end")
        accounts, flat = of("all", "balance_end") - pooled, share * pooled
    n, m = number["employee"], number["resident"]
    return {
        "employee": PerHead(revenue["employee"] * (1.0 - credited) / n,
                            a_head["employee"] * (1.0 - spent), (pooled - flat) / n, accounts / n),
        "resident": PerHead(revenue["resident"] / m, a_head["resident"], flat / m),
    }  # fmt: skip


@dataclass(frozen=True)
class StartParts:
    """What the case of a start year is made of.

    Attributes:
        tables: by name.
        settings: of case.toml.
        schemes: scheme files by name.
    """

    tables: dict[str, pd.DataFrame]
    settings: dict[str, Any]
    schemes: dict[str, dict[str, Any]]


@cache
def start_case(year: int) -> Case:
    """The case at the end of 2018 or 2022."""
    made = start_parts(year)
    name = f"jiangsu at the end of {year}"
    return case_of_tables(made.tables, made.settings, made.schemes, name)


@cache
def start_parts(year: int) -> StartParts:
    """Tables, settings and scheme files at the end of 2018 or 2022."""
    published = FiguresOf(year=year)
    counted = people_at(published, year)
    tables = census_tables(published, counted)
    base = insured.insured(published, counted, year)
    other = settings_of_start(year)
    listed = other["settings"]["economy"]["wage_growth"]["by_year"]
    wages = published.wage_growth(BASE_YEAR) | {int(at): rate for at, rate in listed.items()}
    nation = money_of(published)
    economy = _economy(published, tables["economy"])
    flat = funds.in_province(published, year, nation)["resident"].revenue
    state = published.assumed("subsidy_share")
    amounts = {"premium": round(flat * (1.0 - state)), "subsidy": round(flat * state)}
    rules = tables["scheme_rules"]
    tables |= insured.care_tables(published, counted, USE_OF[year], base.coverage) | {
        "service_trends": insured.trends(published, wages),
        "economy": economy,
        "coverage": base.coverage,
        "fund_totals": funds.fund_totals(published, base, year, nation),
        "fund_balances": funds.fund_balances(
            published, base, economy, counted.residents, year, nation
        ),
        "scheme_rules": pd.concat(
            [rules[rules["scheme"] == "employee"],
             funds.resident_rules(published, economy, amounts, year)], ignore_index=True,
        ),
    }  # fmt: skip
    amounts_of = {"rules": {rule: {"value": value} for rule, value in amounts.items()}}
    settings, schemes = files_with(other)
    schemes["resident"] = overlaid(schemes["resident"], amounts_of)
    return StartParts(tables, settings, schemes)


def _economy(published: FiguresOf, of_2020: pd.DataFrame) -> pd.DataFrame:
    """Wages and incomes of the start year: those of 2020 at the year's level.

    Wages of 2018 by the nation's growth to 2020, incomes by the growth that brings them to 2020.
    """
    year = published.year
    wages = published.economy("wage_urban_non_private", CENSUS_YEAR)[PROVINCE]
    if year > CENSUS_YEAR:
        level = published.economy("wage_urban_non_private", year)[PROVINCE] / wages
    else:
        nation = wage_path(figures())
        level = nation[year] / nation[CENSUS_YEAR]
    income = (1.0 + published.assumed("income_growth_before")) ** (year - CENSUS_YEAR)
    return of_2020.assign(
        contribution_wage=(of_2020["contribution_wage"] * level).round(0),
        disposable_income=(of_2020["disposable_income"] * income).round(0),
    )


def settings_of_start(year: int) -> dict[str, Any]:
    """Settings and rules that were otherwise at the end of 2018 or 2022.

    Those of 2020, with wages and law of the years after the start as they came. Entry into the
    employee scheme is not fitted: members of later years are tested.
    """
    known = settings_of_2020()
    nation = wage_path(figures())
    by_year = {
        "wage_growth": {at: nation[at] / nation[at - 1] - 1.0 for at in (2019, 2020)},
        "premium_growth": {at: MINIMUM[at] / MINIMUM[at - 1] - 1.0 for at in (2019, 2020)},
    }
    settings = known["settings"] | {"base_year": year, "coverage": {}}
    economy = {}
    for name, earlier in by_year.items():
        later = {
            int(at): rate for at, rate in known["settings"]["economy"][name]["by_year"].items()
        }
        economy[name] = known["settings"]["economy"][name] | {
            "by_year": _after(year, earlier | later)
        }
    schemes = known["schemes"]
    rate = schemes["employee"]["rules"]["employer_rate"]
    relief = {} if year > CENSUS_YEAR else {CENSUS_YEAR: rate["value"], CENSUS_YEAR + 1: 0.08}
    rules = schemes["employee"]["rules"] | {
        "employer_rate": rate | {"value": 0.08, "by_year": _after(year, relief)}
    }
    return {
        "settings": settings | {"economy": economy},
        "schemes": schemes | {"employee": schemes["employee"] | {"rules": rules}},
    }


def _after(year: int, values: Mapping[int, float]) -> dict[str, float]:
    """Values of the years after one, as a case file has them."""
    return {str(at): float(value) for at, value in sorted(values.items()) if at > year}
