"""Flows of every county and year, before any pooling.

One pass through the years: people move and change cover, their care costs money, they and the
state pay in. What comes out does not depend on how counties are pooled, so that every pooling
plan is judged on the same people, and is linear in rates and premiums, so that a changed rate
needs no new pass.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inputs.case import Case
from inputs.vocabulary import STATUSES
from models import accounts as personal
from models import coverage, credited_years
from models.claims import ClaimTerms, YearClaims, claim_terms
from models.claims_kernel import claims_of_year
from models.contributions import SchemeYear, scheme_year
from models.economy import EconomicPaths, economic_paths
from models.flow_record import (
    CountyFlows,
    Multipliers,
    cells_by_residence,
    empty_record,
    record_events,
    record_money,
    record_people,
)
from models.kernel import step_in_place
from models.pairs import sum_by
from models.population import expected_claims
from models.preparation import Prepared, payroll_scheme, year_rates
from models.rates import FloatArray, YearCount, YearRates
from models.retiree_register import next_register, opening_register

HOLDERS = [STATUSES.index(s) for s in ("employee", "dual", "retired")]
"""Statuses that hold a personal account."""


class RuleBook:
    """Claim terms by year; rebuilt only in years in which a rule changes."""

    def __init__(self, prepared: Prepared, level: FloatArray) -> None:
        """Keep the case whose rules are asked for."""
        self._prepared = prepared
        self._level = level
        self._signature: object = None
        self._terms: ClaimTerms | None = None

    def terms(self, year: int) -> ClaimTerms:
        """Claim terms in force in a year."""
        case = self._prepared.case
        signature = tuple(scheme.benefit_signature(year) for scheme in case.schemes)
        if self._terms is None or signature != self._signature:
            terms = claim_terms(case, self._prepared.pairs, year)
            self._terms, self._signature = terms.at_level(self._level), signature
        return self._terms


@dataclass(frozen=True)
class OpeningYear:
    """The opening population, counted once.

    Attributes:
        persons: by pair and status, ``(P, K)``; nobody in the reservoir.
        expected: their claims a year before relativities, ``(P, K, C, J)``.
        register: retired members living outside their pool.
        cells: residents by sex and age, ``(n + 1, 202)``.
        terms: the claim terms of the base year.
    """

    persons: FloatArray
    expected: FloatArray
    register: FloatArray
    cells: FloatArray
    terms: ClaimTerms


def opening_year(prepared: Prepared) -> OpeningYear:
    """Count the opening population and lay out the base year's rules."""
    case, pairs = prepared.case, prepared.pairs
    people = prepared.people
    persons = people.sum(axis=2, dtype=np.float64)
    persons[pairs.reservoir] = 0.0
    expected = expected_claims(people, prepared.care)
    expected[pairs.reservoir] = 0.0
    return OpeningYear(
        persons=persons,
        expected=expected,
        register=opening_register(pairs, persons, prepared.demography.destination),
        cells=cells_by_residence(people, prepared),
        terms=claim_terms(case, pairs, case.base_year),
    )


def base_year_flows(
    prepared: Prepared, opening: OpeningYear, multipliers: Multipliers, paths: EconomicPaths
) -> tuple[YearClaims, list[SchemeYear]]:
    """Claims and contributions of the opening population under base-year rules."""
    terms = opening.terms.at_level(multipliers.claims)
    claims = claims_of_year(opening.expected, terms, opening.register)
    collected = collect(
        prepared, opening.persons, opening.register, paths, prepared.case.base_year, multipliers
    )
    return claims, collected


def collect(
    prepared: Prepared,
    persons: FloatArray,
    register: FloatArray,
    paths: EconomicPaths,
    year: int,
    multipliers: Multipliers,
) -> list[SchemeYear]:
    """What every scheme collects in a year from the given mean numbers of people."""
    return [
        scheme_year(
            prepared.case,
            scheme,
            prepared.pairs,
            persons,
            register,
            paths,
            year,
            np.stack([multipliers.contributions[number], multipliers.subsidies[number]], axis=1),
        )
        for number, scheme in enumerate(prepared.case.schemes)
    ]


def county_flows(
    prepared: Prepared,
    opening: OpeningYear,
    years: int,
    multipliers: Multipliers,
    progress: Callable[[int], None] | None = None,
    in_place: bool = False,
) -> CountyFlows:
    """Project every county over ``years`` years.

    Args:
        prepared: the case as arrays (its opening people are copied, not changed).
        opening: the opening population, counted.
        years: number of projected years, at least one.
        multipliers: calibration.
        progress: called with each finished year.
        in_place: let the opening people become those of the last year, which saves their copy.

    Raises:
        ValueError: fewer than one year asked for.
    """
    if years < 1:
        raise ValueError(f"a projection needs at least one year, not {years}")
    case, pairs = prepared.case, prepared.pairs
    n = pairs.counties
    paths = economic_paths(case, years)
    store = empty_record(len(case.schemes), years, n, int(prepared.region[-1]) + 1)
    claims, collected = base_year_flows(prepared, opening, multipliers, paths)
    people = prepared.people if in_place else prepared.people.copy()
    persons, expected, register = opening.persons, opening.expected, opening.register
    record_people(store, 0, prepared, persons)
    record_money(store, 0, prepared, claims, collected, persons, 1.0)
    _open_accounts(store, case)
    credits = credited_years.opening_credits(case)
    rules = RuleBook(prepared, multipliers.claims)
    payroll = payroll_scheme(case)
    transition, hazards = None, None
    count: YearCount | None = None
    for t in range(1, years + 1):
        year = case.base_year + t
        asked = coverage.coverage_hazards(case, year)
        if transition is None or not asked.same_as(hazards):
            transition, hazards = coverage.yearly_transition(prepared.cover, asked), asked
        retired = np.zeros((n + 1, 2))
        if payroll >= 0:
            retired = credited_years.retired_share(
                case, case.schemes[payroll], credits, coverage.retirement_ages(case, year), year
            )
        rates = year_rates(prepared, transition, retired, year)
        count = step_in_place(people, pairs, rates, prepared.care)
        new_register = next_register(register, pairs, count)
        # mean of the year, in the memory of the year before (but for the opening year's own)
        exposure = np.add(
            expected, count.expected_claims, out=None if expected is opening.expected else expected
        )
        exposure *= 0.5
        mean_persons = 0.5 * (persons + count.persons)
        mean_register = 0.5 * (register + new_register)
        claims = claims_of_year(exposure, rules.terms(year), mean_register)
        collected = collect(prepared, mean_persons, mean_register, paths, year, multipliers)
        store["retired_share"][t] = retired
        record_people(store, t, prepared, count.persons)
        record_events(store, t, prepared, count)
        record_money(
            store, t, prepared, claims, collected, mean_persons, float(paths.medical_price[t])
        )
        _turn_accounts(store, t, prepared, payroll, persons, count, rates, paths)
        credits = credited_years.next_credits(
            credits, count, case.value("coverage.prior_credit_share", year), recognised=True
        )
        persons, expected, register = count.persons, count.expected_claims, new_register
        if progress is not None:
            progress(year)
    assert count is not None
    return CountyFlows(
        years=np.arange(case.base_year, case.base_year + years + 1),
        by_cell_first=opening.cells,
        by_cell_last=count.residents,
        paths=paths,
        multipliers=multipliers,
        **store,
    )


def _open_accounts(store: dict[str, FloatArray], case: Case) -> None:
    table = case.tables["fund_balances"]
    names = [scheme.name for scheme in case.schemes]
    for scheme, region, balance in zip(
        table["scheme"], table["region"], table["account_balance"], strict=True
    ):
        store["accounts_closing"][names.index(scheme), 0, case.regions.index(region)] = balance


def _turn_accounts(
    store: dict[str, FloatArray],
    t: int,
    prepared: Prepared,
    payroll: int,
    before: FloatArray,
    count: YearCount,
    rates: YearRates,
    paths: EconomicPaths,
) -> None:
    """Carry the personal accounts through year ``t``."""
    if payroll < 0:
        return
    case, pairs = prepared.case, prepared.pairs
    scheme = case.schemes[payroll]
    opening = store["accounts_closing"][payroll, t - 1]
    members = sum_by(pairs.residence, before[:, HOLDERS].sum(axis=1), minlength=pairs.counties + 1)
    moved = personal.transfers(count, pairs, rates, personal.balance_per_member(opening, members))
    spending = scheme.rule_array("account_spending", case.regions, case.base_year + t)
    year = personal.account_year(
        opening,
        store["account_credits"][payroll, t],
        float(paths.interest[t - 1]),
        np.append(spending, 0.0),
        moved,
    )
    store["accounts_opening"][payroll, t] = opening
    store["accounts_interest"][payroll, t] = year.interest
    store["accounts_spending"][payroll, t] = year.spending
    store["accounts_in"][payroll, t] = year.transfers_in
    store["accounts_out"][payroll, t] = year.transfers_out
    store["accounts_closing"][payroll, t] = year.closing
