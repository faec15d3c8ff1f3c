"""A scheme's flows county by county, with claims run off and opening balances.

Claims incurred are paid by a lag pattern: care within the insuring territory by the short lag of
direct settlement, care elsewhere by the lag of the regime in force. What is unpaid is a liability.
A scheme that takes another in pays its open claims from then on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.coverage import base_year
from fundpool.models.flows.record import CountyFlows

OTHER_INCOME = ("subsidies", "from_accounts", "missing_years_paid")
"""What a pooled fund takes in beside contributions: it needs no rate."""


@dataclass(frozen=True)
class CountyBook:
    """One scheme's flows by county with run-off, ``(T, n)`` each; outside is left out."""

    persons: FloatArray
    contributors: FloatArray
    contribution_base: FloatArray
    contributions: FloatArray
    account_credits: FloatArray
    from_accounts: FloatArray
    missing_years_paid: FloatArray
    subsidies: FloatArray
    claims_incurred: FloatArray
    claims_paid: FloatArray
    outstanding: FloatArray
    administration: FloatArray
    expected_cost: FloatArray


def run_off(incurred: FloatArray, lag: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Claims paid and outstanding by year, when every year pays by the same-shaped lag rows.

    Args:
        incurred: ``(T + 1, n)``, the base year first; years before it are taken to equal it.
        lag: share of a year's claims paid in that year, the next, ..., one row a year of
            incurral, ``(T + 1, L)``, rows summing to one.

    Returns:
        paid and outstanding in years 1 ... T, ``(T, n)`` each;
        ``paid[t] = incurred[t] + outstanding[t-1] - outstanding[t]``.
    """
    years, length = incurred.shape[0] - 1, lag.shape[1]
    paid = np.zeros_like(incurred)
    outstanding = np.zeros_like(incurred)
    for late in range(length):
        for t in range(years + 1):
            source = max(t - late, 0)
            paid[t] += incurred[source] * lag[source, late]
            outstanding[t] += incurred[source] * lag[source, late + 1 :].sum()
    return paid[1:], outstanding[1:]


def county_book(
    case: Case, flows: CountyFlows, scheme: int, claims: FloatArray | None = None
) -> CountyBook:
    """One scheme's flows by county, with claims run off.

    Args:
        case: the case.
        flows: its flows.
        scheme: number of the scheme.
        claims: what pooling makes of claims by year of care, base year first, ``(T + 1, n)``;
            nothing without. Administration does not rise with it.
    """
    n = flows.residents.shape[1] - 1
    terms = case.schemes[scheme]
    years = [int(year) for year in flows.years]
    lags = [terms.lag(terms.regime(year)) for year in years]
    length = max(len(lag) for lag in (*lags, terms.lag("direct")))
    by_regime = np.array([np.pad(lag, (0, length - len(lag))) for lag in lags])
    direct = np.pad(terms.lag("direct"), (0, length - len(terms.lag("direct"))))
    away = flows.claims_offsite[scheme, :, :n]
    near = flows.claims_incurred[scheme, :, :n] - away
    paid, outstanding = _near_and_away(near, away, direct, by_regime)
    usual, incurred = paid, flows.claims_incurred[scheme, :, :n]
    if claims is not None:
        paid, outstanding = _near_and_away(near * claims, away * claims, direct, by_regime)
        incurred = incurred * claims
    share = np.stack([terms.rule_array("administration", case.regions, y) for y in years[1:]])
    return CountyBook(
        persons=flows.persons[scheme, 1:, :n],
        contributors=flows.contributors[scheme, 1:, :n],
        contribution_base=flows.contribution_base[scheme, 1:, :n],
        contributions=flows.contributions[scheme, 1:, :n],
        account_credits=flows.account_credits[scheme, 1:, :n],
        from_accounts=flows.accounts_to_pool[scheme, 1:, :n],
        missing_years_paid=flows.missing_years_paid[scheme, 1:, :n],
        subsidies=flows.subsidies[scheme, 1:, :n],
        claims_incurred=incurred[1:],
        claims_paid=paid,
        outstanding=outstanding,
        administration=usual * share,
        expected_cost=flows.expected_cost[scheme, 1:, :n],
    )


def _near_and_away(
    near: FloatArray, away: FloatArray, direct: FloatArray, by_regime: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Claims paid and outstanding of care in the territory and elsewhere together."""
    paid_near, owed_near = run_off(near, np.tile(direct, (near.shape[0], 1)))
    paid_away, owed_away = run_off(away, by_regime)
    return paid_near + paid_away, owed_near + owed_away


def with_taken_in(
    case: Case,
    flows: CountyFlows,
    scheme: int,
    claims: Mapping[str, FloatArray] | None = None,
) -> CountyBook:
    """One scheme's book, with the open claims of the schemes it takes in from their year on.

    Args:
        case: the case.
        flows: its flows.
        scheme: number of the scheme.
        claims: what pooling makes of claims, as :func:`county_book` has it, by name of scheme.
    """
    factors = claims or {}
    book = county_book(case, flows, scheme, factors.get(case.schemes[scheme].name))
    for since, file in case.schemes[scheme].taken_in:
        number = [s.name for s in case.schemes].index(file.name)
        other = county_book(case, flows, number, factors.get(file.name))
        later = (flows.years[1:] >= since)[:, None]
        book = replace(
            book,
            **{
                name: getattr(book, name) + getattr(other, name) * later
                for name in ("claims_paid", "outstanding", "administration")
            },
        )
    return book


def opening_balances(case: Case, scheme: str) -> FloatArray:
    """Pooled balance of each county at the end of the base year, ``(n,)``.

    Where a rural scheme is kept apart that the table does not know, the balance of the scheme that
    insures people at home is divided between the two as its insured are.
    """
    table = case.tables["fund_balances"]
    own = table[table["scheme"] == scheme]
    rural = base_year.rural_shares(case)[:-1]
    part: FloatArray = np.ones_like(rural)
    covered = case.scheme(scheme).statuses_covered
    if own.empty and "rural_resident" in covered:
        others = [s.name for s in case.schemes if "home_resident" in s.statuses_covered]
        own, part = table[table["scheme"].isin(others)], rural
    elif "home_resident" in covered and "rural_resident" not in covered:
        part = 1.0 - rural
    balances = np.zeros(rural.size)
    balances[[case.regions.index(code) for code in own["region"]]] = own["pooled_balance"]
    return balances * part
