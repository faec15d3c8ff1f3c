"""The terms of a year: everything that a case says of it, resolved before the projection."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.terms.coverage import (
    CoverageTerms,
    MigrantSchemeTerms,
    MobilityTerms,
    ParticipationTerms,
    coverage_terms,
    migrant_scheme_terms,
    mobility_terms,
    participation_terms,
    retirement_ages,
)
from fundpool.models.terms.schemes import SchemeTerms, scheme_terms
from fundpool.models.terms.shocks import ShockTerms, shock_terms
from fundpool.models.terms.trends import CareTrends, care_trends


@dataclass(frozen=True)
class CountyTables:
    """Counties in the base year.

    Attributes:
        codes: of the counties.
        contribution_wage, wage_cv: mean wage and its coefficient of variation, ``(n,)``.
        disposable_income: a head, ``(n + 1,)``; outside 0.
        account_balance: personal accounts at the end of the year by scheme, ``(S, n + 1)``.
    """

    codes: tuple[str, ...]
    contribution_wage: FloatArray
    wage_cv: FloatArray
    disposable_income: FloatArray
    account_balance: FloatArray


@dataclass(frozen=True)
class YearTerms:
    """What holds in a year.

    Attributes:
        year, elapsed: calendar year, and years since the base year.
        counties: tables of the base year.
        schemes: terms of every scheme.
        payroll: index of the scheme that gives retiree cover; -1 if none does.
        retirement_age: by sex, ``(2,)``.
        coverage, mobility, shocks, trends: assumptions.
        participation, participation_before: levers of participation in the year, and in the base
            year as it was observed, without policies; None where the case does not say.
        migrant_scheme: entry into the scheme of migrant workers; None without one in the year.
    """

    year: int
    elapsed: int
    counties: CountyTables
    schemes: tuple[SchemeTerms, ...]
    payroll: int
    retirement_age: FloatArray
    coverage: CoverageTerms
    mobility: MobilityTerms
    shocks: ShockTerms
    trends: CareTrends
    participation: ParticipationTerms | None
    participation_before: ParticipationTerms | None
    migrant_scheme: MigrantSchemeTerms | None


def year_terms(case: Case, year: int, before: YearTerms | None = None) -> YearTerms:
    """The terms of one year.

    >>> from fundpool import examples
    >>> terms = year_terms(examples.case(), 2021)
    >>> terms.elapsed, [scheme.name for scheme in terms.schemes]
    (1, ['employee', 'resident'])

    Args:
        case: the case.
        year: calendar year.
        before: terms of an earlier year, of which what has not changed is shared.
    """
    counties = county_tables(case) if before is None else before.counties
    earlier = [None] * len(case.schemes) if before is None else before.schemes
    return YearTerms(
        year=year,
        elapsed=year - case.base_year,
        counties=counties,
        schemes=tuple(
            scheme_terms(case, scheme, year, counties.contribution_wage, known)
            for scheme, known in zip(case.schemes, earlier, strict=True)
        ),
        payroll=payroll_scheme(case),
        retirement_age=retirement_ages(case, year),
        coverage=coverage_terms(case, year),
        mobility=mobility_terms(case, year),
        shocks=shock_terms(case, year),
        trends=care_trends(
            case.tables["service_trends"], tuple(case.services), case.base_year, year
        ),
        participation=participation_terms(case, year),
        participation_before=participation_terms(case.reference, case.base_year),
        migrant_scheme=migrant_scheme_terms(case, year),
    )


def terms_of_years(case: Case, years: int) -> tuple[YearTerms, ...]:
    """Terms of the base year and of each projected year.

    >>> from fundpool import examples
    >>> [terms.year for terms in terms_of_years(examples.case(), 2)]
    [2020, 2021, 2022]

    Args:
        case: the case.
        years: number of projected years.
    """
    resolved = [year_terms(case, case.base_year)]
    for year in range(case.base_year + 1, case.base_year + years + 1):
        resolved.append(year_terms(case, year, resolved[-1]))
    return tuple(resolved)


def county_tables(case: Case) -> CountyTables:
    """Wages, incomes and account balances of counties in the base year."""
    table = case.tables["economy"]
    order = [case.regions.index(code) for code in table["region"]]

    def column(name: str) -> FloatArray:
        values = np.zeros(len(case.regions.codes))
        values[order] = table[name].to_numpy(dtype=float)
        return values

    return CountyTables(
        codes=tuple(case.regions.codes),
        contribution_wage=column("contribution_wage"),
        wage_cv=column("wage_cv"),
        disposable_income=np.append(column("disposable_income"), 0.0),
        account_balance=account_balances(case),
    )


def account_balances(case: Case) -> FloatArray:
    """Personal accounts at the end of the base year by scheme and county, ``(S, n + 1)``."""
    table = case.tables["fund_balances"]
    balances = np.zeros((len(case.schemes), len(case.regions.codes) + 1))
    for scheme, region, balance in zip(
        table["scheme"], table["region"], table["account_balance"], strict=True
    ):
        balances[case.scheme_number(scheme), case.regions.index(region)] = balance
    return balances


def payroll_scheme(case: Case) -> int:
    """Index of the scheme that gives retiree cover; -1 if none does."""
    for number, scheme in enumerate(case.schemes):
        if scheme.kind == "payroll" and "retired" in scheme.statuses_covered:
            return number
    return -1
