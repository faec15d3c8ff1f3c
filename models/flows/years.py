"""Flows of every county and year, before any pooling.

One pass through the years: people move and change cover, their care costs money, they and the
state pay in. What comes out does not depend on how counties are pooled, so that every pooling
plan is judged on the same people, and is linear in rates and premiums, so that a changed rate
needs no new pass.
"""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.statuses import EMPLOYEE
from fundpool.models.claims.compiled import ClaimRoom, claim_room, claims_of_year
from fundpool.models.claims.provider_payments import ProviderBudgets
from fundpool.models.claims.register import next_register, opening_register
from fundpool.models.claims.rule_book import RuleBook
from fundpool.models.claims.terms import ClaimTables, ClaimTerms, claim_tables, claim_terms
from fundpool.models.claims.year import YearClaims
from fundpool.models.contributions.between_funds import (
    with_layer_subsidies,
    with_paid_into_others,
)
from fundpool.models.contributions.books import AccountBooks
from fundpool.models.contributions.cash_benefits import births_by_cover, cash_benefits
from fundpool.models.contributions.members import (
    care_of_named,
    members_of,
    paying_people,
    share_of,
)
from fundpool.models.contributions.premiums import Premiums, premium_sums, premiums_paid
from fundpool.models.contributions.year import (
    SchemeYear,
    scheme_year,
    with_years_bought,
)
from fundpool.models.coverage.base_year import BaseCoverage
from fundpool.models.economy import EconomicPaths, economic_paths
from fundpool.models.flows.record import (
    CountyFlows,
    Multipliers,
    empty_record,
    record_events,
    record_money,
    record_named,
    record_people,
    record_retiring,
)
from fundpool.models.flows.year_people import YearPeople, after_shock, mean_of_year
from fundpool.models.population.compiled.count import counted, residents_by_cell
from fundpool.models.population.compiled.sums import sums_together
from fundpool.models.population.credited_years import years_bought_in_base_year
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import LAYERS
from fundpool.models.population.moving import MovingPeople, YearMoved
from fundpool.models.population.preparation import Prepared
from fundpool.models.population.rates import YearRates
from fundpool.models.population.waiting import (
    Joined,
    anybody_waits,
    care_not_paid,
    joined,
    still_waiting,
    sum_by_band,
)
from fundpool.models.terms.cash_benefits import benefits_of
from fundpool.models.terms.schemes import SchemeTerms
from fundpool.models.terms.subsidies import funds_paid_into, payers_of
from fundpool.models.terms.years import YearTerms, terms_of_years


@dataclass(frozen=True)
class OpeningYear:
    """The opening population, counted once.

    Attributes:
        people: their numbers; nobody in the reservoir.
        cells: residents by sex and age, ``(n + 1, 202)``.
        base: terms of the base year.
        tables: what the case says of care in every year.
        terms: the claim terms of the base year.
        joined: who joined the schemes in it, taken to be as many as join in a year under its
            rules; None without waiting periods.
        known: claim terms of later years, once a projection has made them
            (:class:`fundpool.models.claims.rule_book.RuleBook`).
    """

    people: YearPeople
    cells: FloatArray
    base: YearTerms
    tables: ClaimTables
    terms: ClaimTerms
    joined: Joined | None = None
    known: dict[Hashable, ClaimTerms] = field(default_factory=dict, repr=False)

    @property
    def exposure(self) -> FloatArray:
        """Claims by those who are entitled, before relativities, ``(P, K, C, J)``."""
        if self.joined is None:
            return self.people.exposure
        exposure, persons = self.people.exposure.copy(), self.people.persons
        waiting = still_waiting(self.joined, self.joined, persons)
        care_not_paid(exposure, persons, waiting, self.base.schemes)
        return exposure


def joined_in_base_year(prepared: Prepared) -> Joined | None:
    """Who joins in a year that begins with the opening population; None where nobody waits."""
    base = prepared.base
    if not anybody_waits(base.schemes):
        return None
    holdings = np.zeros((prepared.pairs.count, LAYERS, prepared.cells.amount_width))
    moving = MovingPeople(prepared, prepared.people.copy(), holdings)
    moved = moving.advance(base)
    (end,) = sums_together(moving.people, [sum_by_band(moving.cells, prepared.pairs, moved.rates)])
    return joined(end, prepared.pairs, moved.rates, moved.count, base.schemes)


def opening_year(prepared: Prepared) -> OpeningYear:
    """Count the opening population and lay out the base year's rules.

    >>> from fundpool import examples
    >>> opening_year(examples.prepared()).terms.pairs.counties
    4
    """
    pairs, tables = prepared.pairs, claim_tables(prepared.case)
    bought = years_bought_in_base_year(prepared.base, prepared.people, prepared.cells, pairs)
    people = counted(prepared.people, pairs, prepared.care, prepared.cells)
    state = (prepared.people, prepared.cells, pairs, prepared.cover)
    care_of_named(people.expected_claims, *state, prepared.care)
    members = members_of(*state)
    return OpeningYear(
        people=YearPeople(
            persons=people.persons,
            exposure=people.expected_claims,
            register=opening_register(pairs, people.persons, prepared.demography.destination),
            lapsed=np.zeros(pairs.count),
            years_bought=bought * share_of(members, "paying", people.persons)[:, EMPLOYEE],
            premiums=premiums_paid(
                paying_people(*state), prepared.cells, pairs, prepared.base.schemes
            ),
            members=members,
        ),
        cells=residents_by_cell(prepared.people, pairs, prepared.cells),
        base=prepared.base,
        tables=tables,
        terms=claim_terms(tables, pairs, prepared.base),
        joined=joined_in_base_year(prepared),
    )


def base_year_flows(
    prepared: Prepared,
    opening: OpeningYear,
    multipliers: Multipliers,
    paths: EconomicPaths,
    room: ClaimRoom | None = None,
) -> tuple[YearClaims, list[SchemeYear]]:
    """Claims and contributions of the opening population under base-year rules.

    ``room`` is memory for the claims (:func:`fundpool.models.claims.compiled.claims_of_year`).
    """
    terms = opening.terms.at_level(multipliers.claims)
    claims = claims_of_year(opening.exposure, terms, opening.people.register, room)
    collected = collect(prepared, opening.people, paths, prepared.base, multipliers)
    return claims, collected


def collect(
    prepared: Prepared,
    people: YearPeople,
    paths: EconomicPaths,
    terms: YearTerms,
    multipliers: Multipliers,
) -> list[SchemeYear]:
    """What every scheme collects in a year from the given mean numbers of people."""
    pairs, payroll = prepared.pairs, terms.payroll
    collected, levels = [], []
    insured = people.insured(pairs)
    for number, scheme in enumerate(terms.schemes):
        wages = terms.shocks.wages if scheme.payroll is not None else 1.0
        paid_in, subsidies = (
            multipliers.contributions[number] * wages,
            multipliers.subsidies[number],
        )
        level = np.stack([paid_in, subsidies], axis=1)
        levels.append(level)
        collected.append(
            scheme_year(
                terms,
                number,
                pairs,
                insured,
                paths,
                level,
                people.premiums[number],
            )
        )
    if payroll >= 0 and people.years_bought.any():
        collected[payroll] = with_years_bought(collected[payroll], people.years_bought, pairs)
    return with_layer_subsidies(collected, terms, paths, levels)


def county_flows(
    prepared: Prepared,
    opening: OpeningYear,
    years: int,
    multipliers: Multipliers,
    progress: Callable[[int], None] | None = None,
    in_place: bool = False,
) -> CountyFlows:
    """Project every county over ``years`` years.

    >>> from fundpool import examples
    >>> from fundpool.models.flows import opening_year
    >>> prepared, flows = examples.prepared(), examples.study().flows
    >>> again = county_flows(prepared, opening_year(prepared), 3, flows.multipliers)
    >>> bool(np.allclose(again.claims_incurred, flows.claims_incurred))
    True

    Args:
        prepared: the case as arrays (its opening people are copied, not changed).
        opening: the opening population, counted.
        years: number of projected years, at least one.
        multipliers: calibration.
        progress: called with each recorded year, from a thread of its own.
        in_place: let the opening people become those of the last year, and their claims the mean of
            the first, which saves copies.

    Raises:
        ValueError: fewer than one year asked for.
    """
    if years < 1:
        raise ValueError(f"a projection needs at least one year, not {years}")
    case, pairs = prepared.case, prepared.pairs
    paths = economic_paths(case, years)
    terms_by_year = terms_of_years(case, years)
    store = empty_record(
        len(case.schemes), years, pairs.counties, int(prepared.region[-1]) + 1, len(case.levels),
        len(payers_of(case.schemes)), len(benefits_of(case.schemes)), len(case.settings.statuses),
    )  # fmt: skip
    claim_memory = claim_room(opening.terms)
    claims, collected = base_year_flows(prepared, opening, multipliers, paths, claim_memory)
    record_people(store, 0, prepared, opening.people.persons)
    record_named(store, 0, pairs, opening.people.members)
    record_money(store, prepared.base, prepared, claims, collected, opening.people, 1.0)
    payroll = prepared.base.payroll
    books = AccountBooks(prepared, store, paths)
    moving = MovingPeople(
        prepared,
        prepared.people if in_place else prepared.people.copy(),
        books.opening_holdings(opening.people.persons),
    )
    rules = RuleBook(
        opening.tables, opening.terms, multipliers.claims, prepared.base, opening.known
    )
    budgets = ProviderBudgets(terms_by_year)
    budgets.begin(opening.exposure, rules.terms(prepared.base), opening.people.register)
    start, joined_before = opening.people, opening.joined
    by_cell = np.empty((years + 1, *opening.cells.shape))
    by_cell[0] = opening.cells
    del opening  # so that its claims can go when the first year is over

    def enter(
        terms: YearTerms, moved: YearMoved, mean: YearPeople, collected: list[SchemeYear]
    ) -> FloatArray:
        """Record a year; returns the memory of its claims."""
        t, price = terms.elapsed, float(paths.medical_price[terms.elapsed])
        in_force = rules.terms(terms)
        claims = claims_of_year(mean.exposure, in_force, mean.register, claim_memory)
        insured = np.stack([scheme.persons for scheme in collected])
        claims, store["claims_following"][:, t] = budgets.settle(
            claims, mean.exposure, in_force, mean.register, terms, insured, price
        )
        record_people(store, t, prepared, moved.count.persons)
        record_events(store, t, prepared, moved.count, moved.joined)
        record_retiring(store, t, prepared, moved.count, moved.retirement)
        record_money(store, terms, prepared, claims, collected, mean, price)
        if progress is not None:
            progress(terms.year)
        return mean.exposure

    # a year is recorded while people move on in the next
    free: list[FloatArray] = []
    with ThreadPoolExecutor(max_workers=1) as writer:
        entered: Future[FloatArray] | None = None
        for terms in terms_by_year[1:]:
            in_cash = any(scheme.cash_benefits is not None for scheme in terms.schemes)
            people_before = (moving.people.copy(), moving.cells) if in_cash else None
            moved = moving.advance(terms, free.pop() if free else None)
            by_cell[terms.elapsed] = residents_by_cell(moving.people, pairs, moving.cells)
            state = (moving.people, moving.cells, pairs, prepared.cover)
            care_of_named(moved.count.expected_claims, *state, prepared.care)
            members = members_of(*state)
            waits = joined_before is not None or anybody_waits(terms.schemes)
            premiums, by_band = premiums_and_bands(
                state, terms.schemes, moved.rates if waits else None
            )
            end = YearPeople(
                persons=moved.count.persons,
                exposure=moved.count.expected_claims,
                register=next_register(start.register, pairs, moved.count),
                lapsed=moved.count.lapsed,
                years_bought=(
                    (moved.count.retiring * moved.retirement.years_bought).sum(axis=1)
                    * share_of(members, "paying", moved.count.persons)[:, EMPLOYEE]
                ),
                premiums=premiums,
                members=members,
            )
            record_named(store, terms.elapsed, pairs, end.members)
            if moved.begun is not None:  # the person-years of the year are those after the shock
                start = after_shock(start, moved.begun)
            care = terms.shocks.care[pairs.residence] * terms.trends.volume
            mean = mean_of_year(start, end, care, in_place=in_place or terms.elapsed > 1)
            collected = collect(prepared, mean, paths, terms, multipliers)
            if people_before is not None:
                people_now = (moving.people, moving.cells)
                births = births_by_cover(
                    (people_before, people_now), pairs, moved.rates.fertility, moved.count.births
                )
                births *= share_of(end.members, "insured", end.persons)
                _record_cash_benefits(store, terms, pairs, births, collected, paths)
            if by_band is not None:
                joined_now = joined(by_band, pairs, moved.rates, moved.count, terms.schemes)
                waiting = still_waiting(joined_now, joined_before, mean.persons)
                care_not_paid(mean.exposure, mean.persons, waiting, terms.schemes)
                joined_before = joined_now
            if payroll >= 0:
                books.turn(terms, moved, moving, collected[payroll])
            if entered is not None:  # reuse the buffer: fresh pages cost page faults
                free.append(entered.result())
            entered = writer.submit(enter, terms, moved, mean, collected)
            start = end
            del (
                end,
                mean,
                collected,
                moved,
            )  # the writer thread keeps them until the year is recorded
        if entered is not None:
            entered.result()
    receiving = [case.scheme_number(name) for name in funds_paid_into(case.schemes)]
    store["cash_benefits"] = with_paid_into_others(
        store["cash_benefits"], store["granted"], terms_by_year, receiving
    )
    return CountyFlows(
        years=np.array([terms.year for terms in terms_by_year]),
        terms=terms_by_year,
        by_cell=by_cell,
        paths=paths,
        multipliers=multipliers,
        provider_payments=tuple(budgets.paid),
        **store,
    )


def premiums_and_bands(
    state: tuple[FloatArray, HeldCells, PairIndex, BaseCoverage],
    schemes: tuple[SchemeTerms, ...],
    rates: YearRates | None,
) -> tuple[Premiums, FloatArray | None]:
    """What is summed over the cells of people at the end of a year, in one pass where it can be.

    Args:
        state: packed people, their cells, the pairs, and cover of the base year.
        schemes: terms of the schemes.
        rates: the year's rates; None if nobody waits.

    Returns:
        :func:`fundpool.models.contributions.premiums.premiums_paid`, and the people by band
        (:func:`fundpool.models.population.waiting.sum_by_band`) if there are rates.
    """
    people, cells, pairs, _ = state
    paying = paying_people(*state)
    by_band = [] if rates is None else [sum_by_band(cells, pairs, rates)]
    if paying is not people:
        sums = sums_together(people, by_band)
        return premiums_paid(paying, cells, pairs, schemes), sums[0] if sums else None
    premiums = premium_sums(cells, pairs, schemes)
    sums = sums_together(people, [*premiums.values(), *by_band])
    paid = dict(zip(premiums, sums, strict=False))
    return (
        tuple(paid.get(number) for number in range(len(schemes))),
        sums[-1] if by_band else None,
    )


def _record_cash_benefits(
    store: dict[str, FloatArray],
    terms: YearTerms,
    pairs: PairIndex,
    births: FloatArray,
    collected: list[SchemeYear],
    paths: EconomicPaths,
) -> None:
    """Enter what schemes pay in cash in a year; ``births`` by pair and status of the mother."""
    for number, scheme in enumerate(terms.schemes):
        if scheme.cash_benefits is not None:
            store["cash_benefits"][:, number, terms.elapsed] = cash_benefits(
                terms, scheme, collected[number], births, pairs, paths
            )
