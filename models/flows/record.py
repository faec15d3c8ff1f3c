"""The record of a projection: flows of every county and year, and how a year is entered."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes import statuses
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.claims.provider_payments import ProviderYear
from fundpool.models.claims.register import by_payer, shares_of_payers
from fundpool.models.claims.terms import MOST_IN_DETAIL
from fundpool.models.claims.year import YearClaims
from fundpool.models.contributions.members import Members
from fundpool.models.contributions.year import SchemeYear, pool_county
from fundpool.models.economy import EconomicPaths
from fundpool.models.flows.year_people import YearPeople
from fundpool.models.population.credited_years import RetirementCover
from fundpool.models.population.preparation import Prepared
from fundpool.models.population.rates import YearCount
from fundpool.models.terms.years import YearTerms

K = statuses.K
MIGRANT_MEASURES = (
    "persons", "contributions", "from_host", "from_home", "cost", "uninsured", "spells", "work",
    "account_credits",
)  # fmt: skip
"""Recorded of migrants by origin and destination: ``uninsured`` persons, ``spells`` without cover
begun, persons insured through ``work``, the part of contributions that goes to their accounts."""

CARE_GROUPS = ("locals", "migrants")
"""Whose care is recorded by residence: people at their home, and people from another region of the
case. People from outside are left out: what funds there pay is not known."""
CARE_MEASURES = ("persons", "cost", "paid")


@dataclass(frozen=True)
class Multipliers:
    """Calibration multipliers by scheme and county, ``(S, n + 1)``; 1 where nothing is known."""

    contributions: FloatArray
    subsidies: FloatArray
    claims: FloatArray


@dataclass(frozen=True)
class CountyFlows:
    """What the projection produces before pooling; ``S`` schemes, ``T`` years, ``n`` counties.

    Money in nominal currency. Arrays ``(S, T + 1, n + 1)`` start with the base year, whose flows
    are those of the opening population under base-year rules; the last county is outside.

    Attributes:
        years: base year and projected years, ``(T + 1,)``.
        terms: what held in each of them.
        persons, contributors, retirees: mean numbers in the year.
        contribution_base, contributions, subsidies, account_credits: money.
        granted: of subsidies, sums of the table ``subsidies`` by payer
            (:func:`fundpool.models.terms.subsidies.payers_of`), ``(Y, S, T + 1, n + 1)``.
        cash_benefits: paid in cash by benefit
            (:func:`fundpool.models.terms.cash_benefits.benefits_of`), ``(B, S, T + 1, n + 1)``;
            nothing in the base year.
        claims_incurred: payments for care given in the year.
        claims_following: per cent by which they rise where claims rise by one per cent: one but
            where services are paid for by budget.
        claims_offsite: the part for care outside the territory of the insuring county's fund; both
            as in the territory of the base year.
        claims_by_distance: the same for any territory of the tree, base-year territory or not, as
            :attr:`fundpool.models.claims.year.YearClaims.by_distance` has it,
            ``(S, T + 1, n + 1, L + 1, 2, L)``; see :mod:`fundpool.models.flows.territory`.
        settlement: incurred payments by payer and place, ``(S, T + 1, n + 1, n + 1)``; in cases
            too large for it by payer and place of the next level, ``(S, T + 1, m + 1, m + 1)``.
        accounts_opening: personal accounts, here and below zero in the base year.
        accounts_interest, accounts_spending, accounts_in, accounts_out: of personal accounts.
        accounts_closing: personal accounts at the end of the year, the base year included.
        account_credits: credited to personal accounts.
        accounts_to_pool: what pooled funds gained from accounts by forfeiture and conversion.
        accounts_surrendered: paid out of accounts to members on leaving.
        missing_years_paid: what pooled funds are paid for credited years missing at retirement.
        expected_cost: cost that the insured are expected to have by their ages and sexes at the
            case's mean price, by insuring county.
        duplicate_avoided: what the two funds of doubly covered people would have paid more if
            neither knew of the other, by home, ``(T + 1, n + 1)``.
        retiring: contributors who reached retirement age, those of them who had earned retiree
            cover and those who bought missing years, by home and residence region of the next
            level, ``(T + 1, 3, m + 1, m + 1)``.
        residents: people by county, ``(T + 1, n + 1)``; births, deaths, moved_in, moved_out alike.
        registered: people by home county.
        by_status: residents by coverage status, ``(T + 1, n + 1, K)``.
        by_named: residents by the statuses that the case names, ``(T + 1, n + 1, V)``.
        by_cell: residents by sex and age at the end of each year, ``(T + 1, n + 1, 202)``.
        migrants: by measure, home and residence region of the next level,
            ``(T + 1, 9, m + 1, m + 1)``; migrants only, measures in ``MIGRANT_MEASURES``.
        cost_of_care: total cost of care by residents' county, ``(T + 1, n + 1)``; without care of
            people whom a named status puts outside the schemes.
        care: people of ``CARE_GROUPS``, cost of their care and what funds pay of it, by residence,
            ``(T + 1, 2, 3, n + 1)``; measures in ``CARE_MEASURES``.
        provider_payments: what was paid for services otherwise than by claim.
        paths: economic paths.
        multipliers: the calibration.
    """

    years: IntArray
    terms: tuple[YearTerms, ...]
    persons: FloatArray
    contributors: FloatArray
    retirees: FloatArray
    contribution_base: FloatArray
    contributions: FloatArray
    subsidies: FloatArray
    granted: FloatArray
    cash_benefits: FloatArray
    claims_incurred: FloatArray
    claims_following: FloatArray
    claims_offsite: FloatArray
    claims_by_distance: FloatArray
    settlement: FloatArray
    account_credits: FloatArray
    accounts_opening: FloatArray
    accounts_interest: FloatArray
    accounts_spending: FloatArray
    accounts_in: FloatArray
    accounts_out: FloatArray
    accounts_closing: FloatArray
    residents: FloatArray
    births: FloatArray
    deaths: FloatArray
    moved_in: FloatArray
    moved_out: FloatArray
    registered: FloatArray
    by_status: FloatArray
    by_named: FloatArray
    by_cell: FloatArray
    migrants: FloatArray
    cost_of_care: FloatArray
    care: FloatArray
    accounts_to_pool: FloatArray
    accounts_surrendered: FloatArray
    missing_years_paid: FloatArray
    expected_cost: FloatArray
    duplicate_avoided: FloatArray
    retiring: FloatArray
    paths: EconomicPaths
    multipliers: Multipliers
    provider_payments: tuple[ProviderYear, ...] = ()

    def __repr__(self) -> str:
        """What it is, in a line."""
        schemes, _, counties = self.persons.shape
        span = f"{self.years[0]} to {self.years[-1]}"
        return f"<CountyFlows of {counties - 1} regions and {schemes} schemes, {span}>"


def no_multipliers(case: Case) -> Multipliers:
    """Multipliers of one."""
    ones = np.ones((len(case.schemes), len(case.regions.codes) + 1))
    return Multipliers(ones, ones, ones)


def empty_record(
    schemes: int,
    years: int,
    counties: int,
    regions: int,
    levels: int,
    payers: int = 0,
    benefits: int = 0,
    named: int = 0,
) -> dict[str, FloatArray]:
    """Arrays that the yearly loop fills, by the names of :class:`CountyFlows`."""
    width = counties + 1
    by_scheme = (
        "persons", "contributors", "retirees", "contribution_base", "contributions",
        "subsidies", "claims_incurred", "claims_offsite", "account_credits",
        "accounts_opening", "accounts_interest", "accounts_spending", "accounts_in",
        "accounts_out", "accounts_closing", "accounts_to_pool", "accounts_surrendered",
        "expected_cost", "missing_years_paid",
    )  # fmt: skip
    by_county = (
        "residents", "births", "deaths", "moved_in", "moved_out", "registered", "cost_of_care",
        "duplicate_avoided",
    )  # fmt: skip
    arrays = {name: np.zeros((schemes, years + 1, width)) for name in by_scheme}
    arrays |= {name: np.zeros((years + 1, width)) for name in by_county}
    arrays["claims_following"] = np.ones((schemes, years + 1, width))
    arrays["cash_benefits"] = np.zeros((benefits, schemes, years + 1, width))
    arrays["granted"] = np.zeros((payers, schemes, years + 1, width))
    places = width if counties <= MOST_IN_DETAIL else regions
    arrays["settlement"] = np.zeros((schemes, years + 1, places, places))
    arrays["claims_by_distance"] = np.zeros((schemes, years + 1, width, levels + 1, 2, levels))
    arrays["care"] = np.zeros((years + 1, len(CARE_GROUPS), len(CARE_MEASURES), width))
    arrays["by_status"] = np.zeros((years + 1, width, K))
    arrays["by_named"] = np.zeros((years + 1, width, named))
    arrays["migrants"] = np.zeros((years + 1, len(MIGRANT_MEASURES), regions, regions))
    arrays["retiring"] = np.zeros((years + 1, 3, regions, regions))
    return arrays


def record_people(
    store: dict[str, FloatArray], t: int, prepared: Prepared, persons: FloatArray
) -> None:
    """Residents, registered people and statuses at the end of year ``t``."""
    pairs = prepared.pairs
    size = pairs.counties + 1
    total = persons.sum(axis=1)
    store["residents"][t] = sum_by(pairs.residence, total, minlength=size)
    store["registered"][t] = sum_by(pairs.home, total, minlength=size)
    for status in range(K):
        store["by_status"][t, :, status] = sum_by(
            pairs.residence, persons[:, status], minlength=size
        )


def record_named(
    store: dict[str, FloatArray], t: int, pairs: PairIndex, members: Members | None
) -> None:
    """Residents of the statuses that the case names at the end of year ``t``."""
    if members is None:
        return
    for number, persons in enumerate(members.named.T):
        store["by_named"][t, :, number] = sum_by(
            pairs.residence, persons, minlength=pairs.counties + 1
        )


def record_money(
    store: dict[str, FloatArray],
    terms: YearTerms,
    prepared: Prepared,
    claims: YearClaims,
    collected: list[SchemeYear],
    people: YearPeople,
    price: float,
) -> None:
    """Contributions, claims and what migrants pay and draw in the year of the terms."""
    pairs, persons, t = prepared.pairs, people.persons, terms.elapsed
    insured = persons if people.members is None else people.members.insured
    size = pairs.counties + 1
    settled = claims.settlement * price
    store["claims_incurred"][:, t] = settled.sum(axis=2)
    store["claims_by_distance"][:, t] = claims.by_distance * price
    detailed = settled.shape[2] == size
    places = prepared.region if detailed else np.arange(settled.shape[2])
    onsite = prepared.region[:, None] == places[None, :]
    store["claims_offsite"][:, t] = (settled * ~onsite).sum(axis=2)
    if detailed:
        store["settlement"][:, t] = settled
    else:
        np.add.at(store["settlement"][:, t].transpose(1, 0, 2), prepared.region,
                  settled.transpose(1, 0, 2))  # fmt: skip
    store["cost_of_care"][t] = (
        sum_by(pairs.residence, claims.cost.sum(axis=1), minlength=size) * price
    )
    for number, scheme in enumerate(collected):
        for name in ("persons", "contributors", "retirees", "contribution_base", "contributions",
                     "subsidies", "account_credits", "missing_years_paid"):  # fmt: skip
            store[name][number, t] = getattr(scheme, name)
        if scheme.granted.size:
            store["granted"][:, number, t] = scheme.granted
    apart = (claims.uncoordinated - claims.paid[:, statuses.DUAL]
             - claims.paid_second[:, statuses.DUAL]) * price  # fmt: skip
    store["duplicate_avoided"][t] = sum_by(pairs.home, apart, minlength=size)
    _record_expected_cost(store, terms, prepared, claims, people, price)
    at_home = [statuses.HOME_RESIDENT, statuses.RURAL_RESIDENT, statuses.RETIRED_ELSEWHERE]
    from_home = (claims.paid[:, at_home].sum(axis=1) + claims.paid_second.sum(axis=1)) * price
    paid_in, paid_by_state, credited = sum(
        (scheme.by_pair for scheme in collected), np.zeros((pairs.count, 3))
    ).T
    measures = (
        persons.sum(axis=1),
        paid_in + paid_by_state,
        claims.paid.sum(axis=1) * price - claims.paid[:, at_home].sum(axis=1) * price,
        from_home,
        claims.cost.sum(axis=1) * price,
        persons[:, statuses.NONE],
        people.lapsed,
        insured[:, statuses.WORK_BASED].sum(axis=1),
        credited,
    )
    migrant = pairs.home != pairs.residence
    of_care = (measures[0], measures[4], measures[2] + from_home)
    for group, chosen in enumerate((~migrant, migrant & (pairs.home < pairs.counties))):
        for number, values in enumerate(of_care):
            store["care"][t, group, number] = sum_by(
                pairs.residence[chosen], values[chosen], minlength=size
            )
    origin, place = prepared.region[pairs.home[migrant]], prepared.region[pairs.residence[migrant]]
    regions = store["migrants"].shape[2]
    for number, values in enumerate(measures):
        table = sum_by(origin * regions + place, values[migrant], minlength=regions**2)
        store["migrants"][t, number] = table.reshape(regions, regions)


def _record_expected_cost(
    store: dict[str, FloatArray],
    terms: YearTerms,
    prepared: Prepared,
    claims: YearClaims,
    people: YearPeople,
    price: float,
) -> None:
    """What the insured are expected to cost by age and sex, at mean prices, by insuring county."""
    pairs, t = prepared.pairs, terms.elapsed
    size = pairs.counties + 1
    by_status = claims.at_mean_cost
    share = shares_of_payers(people.register, pairs)
    for number, scheme in enumerate(terms.schemes):
        for status in scheme.covers:
            k = statuses.Status.of(status)
            if k == statuses.RETIRED_ELSEWHERE:
                by_home = sum_by(pairs.home, by_status[:, k], minlength=size)
                store["expected_cost"][number, t] += by_payer(share, pairs, by_home) * price
                continue
            store["expected_cost"][number, t] += (
                sum_by(pool_county(scheme, status, pairs), by_status[:, k], minlength=size) * price
            )


def record_retiring(
    store: dict[str, FloatArray],
    t: int,
    prepared: Prepared,
    count: YearCount,
    retirement: RetirementCover,
) -> None:
    """Contributors who reached retirement age in year ``t``, and how they have retiree cover.

    Args:
        store: the record.
        t: year.
        prepared: the case.
        count: the year's count.
        retirement: shares who earned it and who bought it.
    """
    pairs = prepared.pairs
    regions = store["retiring"].shape[2]
    place = prepared.region[pairs.home] * regions + prepared.region[pairs.residence]
    retiring = count.retiring
    reaching = (retiring, retiring * retirement.earned, retiring * retirement.bought)
    for number, values in enumerate(reaching):
        table = sum_by(place, values.sum(axis=1), minlength=regions**2)
        store["retiring"][t, number] = table.reshape(regions, regions)


def record_events(
    store: dict[str, FloatArray], t: int, prepared: Prepared, count: YearCount, joined: FloatArray
) -> None:
    """Births, deaths and moves of year ``t`` by residence.

    Args:
        store: the record.
        t: year.
        prepared: the case.
        count: the year's count.
        joined: people who came from abroad and who left for it, ``(2, n + 1)``.
    """
    pairs = prepared.pairs
    size = pairs.counties + 1
    left = count.onward.sum(axis=1) + count.returned.sum(axis=1)
    for name, values in (
        ("births", count.births),
        ("deaths", count.deaths),
        ("moved_in", count.arrivals),
        ("moved_out", left),
    ):
        store[name][t] = sum_by(pairs.residence, values, minlength=size)
    store["moved_in"][t] += joined[0]
    store["moved_out"][t] += joined[1]
