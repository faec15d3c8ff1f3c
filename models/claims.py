"""Claims: what care costs, where it is given and which fund pays.

For every pair, status and service the expected claims of the year are split by place of
treatment, priced there, and paid by the insuring county's rule:

``paid = claims * relativity * place share * E[benefit(cost at the place's price)]``.

Dual cover is settled by the local work-based scheme and the home scheme in the order that the
rules say; the second adds what its rule allows, and both together never exceed the cost. Where a
scheme has packages, ``cover`` is the part of a member's claims that they cover. Margins of the
settlement matrix are the claims by payer and the claims by place. This module is the readable
specification; :mod:`fundpool.models.claims_kernel` computes the same compiled.
"""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.schemes import Scheme
from fundpool.inputs.vocabulary import REGIMES, STATUSES
from fundpool.models.benefits_paid import (
    Coordination,
    coordinated_payments,
    expected_payments,
    mean_costs,
    scheme_rules,
    severities,
)
from fundpool.models.opening import next_level
from fundpool.models.pairs import IntArray, PairIndex, sum_by
from fundpool.models.participation import package_cover
from fundpool.models.rates import FloatArray
from fundpool.models.retiree_register import by_payer, shares_of_payers
from fundpool.models.treatment import (
    HOME,
    REFERRAL,
    RESIDENCE,
    Referral,
    frequency_relativities,
    place_shares,
    referral_centres,
)

K = len(STATUSES)
DUAL = STATUSES.index("dual")
ELSEWHERE = STATUSES.index("retired_elsewhere")
PAID_AT_HOME = tuple(
    STATUSES.index(s) for s in ("home_resident", "rural_resident", "retired_elsewhere")
)
"""Statuses whose fund is that of the home; ``retired_elsewhere`` until the register is asked."""

MOST_IN_DETAIL = 400
"""Counties up to which payments are kept by county of treatment; beyond, by its next level."""


@dataclass(frozen=True)
class ClaimTerms:
    """Everything that turns expected claims into money, for years with the same rules.

    ``S`` schemes, ``F`` distinct rule sets, ``C`` services, ``J`` age classes, ``M`` referral
    centres; money in base-year prices.

    Attributes:
        pairs: the pairs.
        row: row of ``relativity`` that each pair uses, by tie and residence, ``(P,)``.
        relativity: of claim frequency, ``(ties * (n + 1), K, C)``.
        places: share of wanted care by tie and place, ``(ties, K, C, 3)``.
        referral: referral centres.
        mean_cost: mean cost of a claim, ``(C, J)``.
        price: price level by place, ``(n + 1,)``.
        payments: expected payment for a claim, ``(S, F, 2, C, J, n + 1)``.
        formula_of: rule set of each county, ``(S, n + 1)``.
        together: what the local and the home scheme pay for a claim of a doubly covered person
            made to both (:func:`fundpool.models.benefits_paid.coordinated_payments`).
        cover: part of a member's claims that the packages of the scheme cover, by insuring
            county, ``(S, n + 1, C, J)``; one without packages.
        scheme_of: scheme that pays for each status, for dual cover where the person works,
            ``(K,)``; -1 none.
        second_scheme: home scheme of dual cover; -1 none.
        share_claimed: share of off-site claims ever claimed, by scheme, ``(S,)``.
        territory: region within which care counts as on-site, ``(n + 1,)``.
        level: multiplier of care by first-paying scheme and county, ``(S, n + 1)``.
        column: column of the settlement matrix that a place counts in, ``(n + 1,)``: the place
            itself, or in large cases the region of the next level that it lies in.
    """

    pairs: PairIndex
    row: IntArray
    relativity: FloatArray
    places: FloatArray
    referral: Referral
    mean_cost: FloatArray
    price: FloatArray
    payments: FloatArray
    formula_of: IntArray
    together: FloatArray
    cover: FloatArray
    scheme_of: IntArray
    second_scheme: int
    share_claimed: FloatArray
    territory: IntArray
    level: FloatArray
    column: IntArray

    @property
    def columns(self) -> int:
        """Number of columns of the settlement matrix."""
        return int(self.column.max()) + 1

    def at_level(self, level: FloatArray) -> "ClaimTerms":
        """The same terms with other multipliers of care."""
        return replace(self, level=level)


@dataclass(frozen=True)
class YearClaims:
    """Claims of a year in base-year money.

    Attributes:
        settlement: incurred payments by scheme, payer county and column of the place,
            ``(S, n + 1, columns)``.
        cost: cost of care by pair and status, ``(P, K)``.
        paid: paid by the fund of the status, for dual cover the fund where the person works,
            ``(P, K)``.
        paid_second: paid by the home fund under dual cover, ``(P, K)``.
        uncoordinated: what the two funds would pay for dual cover if neither knew of the other,
            ``(P,)``.
        cost_at_place: cost of care given in each county, ``(n + 1,)``.
        at_mean_cost: the same claims before relativities at mean costs, ``(P, K)``.
    """

    settlement: FloatArray
    cost: FloatArray
    paid: FloatArray
    paid_second: FloatArray
    uncoordinated: FloatArray
    cost_at_place: FloatArray
    at_mean_cost: FloatArray


def claim_terms(
    case: Case, pairs: PairIndex, year: int, price_factor: FloatArray | None = None
) -> ClaimTerms:
    """The case's rules of a year as arrays.

    Args:
        case: the case.
        pairs: its pairs.
        year: the year.
        price_factor: what shocks have made of the price of care by place, ``(n + 1,)``; rules do
            not follow it.
    """
    n = pairs.counties
    economy = case.tables["economy"]
    price = np.ones(n + 1)
    price[[case.regions.index(code) for code in economy["region"]]] = economy["price_level"]
    if price_factor is not None:
        price = price * price_factor
    costs = severities(case)
    rules = [scheme_rules(case, scheme, year) for scheme in case.schemes]
    most = max(len(r.formulas) for r in rules)
    payments = np.zeros((len(rules), most, 2, len(costs), len(costs[0]), n + 1))
    for number, (scheme, rule) in enumerate(zip(case.schemes, rules, strict=True)):
        payments[number, : len(rule.formulas)] = expected_payments(
            rule, costs, price, scheme.offsite_penalty(year)
        )

    scheme_of = np.full(K, -1, dtype=np.int64)
    regime = np.full(K, REGIMES.index("direct"), dtype=np.int64)
    for number, scheme in enumerate(case.schemes):
        for status in scheme.covers(year):
            if status == "dual" and scheme.settlement_pool == "home":
                continue  # the other fund
            scheme_of[STATUSES.index(status)] = number
            regime[STATUSES.index(status)] = REGIMES.index(scheme.regime(year))
    second = [
        number
        for number, scheme in enumerate(case.schemes)
        if "dual" in scheme.covers(year) and number != scheme_of[DUAL]
    ]
    second_scheme = second[0] if second and scheme_of[DUAL] >= 0 else -1
    together = np.zeros((2, 1, 1, 2, 2, *payments.shape[3:]))
    if second_scheme >= 0:
        local, home = case.schemes[scheme_of[DUAL]], case.schemes[second_scheme]
        together = coordinated_payments(
            rules[scheme_of[DUAL]],
            rules[second_scheme],
            costs,
            price,
            coordination_of(local, home, year),
        )
    return ClaimTerms(
        pairs=pairs,
        row=pairs.tie * (n + 1) + pairs.residence,
        relativity=frequency_relativities(case),
        places=place_shares(case, regime, year),
        referral=referral_centres(case),
        mean_cost=mean_costs(case),
        price=price,
        payments=payments,
        formula_of=np.stack([rule.formula_of for rule in rules]),
        together=together,
        cover=np.stack([package_cover(case, scheme) for scheme in case.schemes]),
        scheme_of=scheme_of,
        second_scheme=second_scheme,
        share_claimed=np.array([s.share_claimed(s.regime(year)) for s in case.schemes]),
        territory=np.append(next_level(case), -1),
        level=np.ones((len(rules), n + 1)),
        column=settlement_columns(case),
    )


def coordination_of(local: Scheme, home: Scheme, year: int) -> Coordination:
    """How two schemes settle the claims of people with double cover; the home scheme says."""
    return Coordination(
        home.coordination,
        home.coordination_order == "home_first",
        home.reimbursement_quota,
        local.offsite_penalty(year),
        home.offsite_penalty(year),
    )


def settlement_columns(case: Case) -> IntArray:
    """Column of the settlement matrix of each place, ``(n + 1,)``; outside has the last."""
    n = len(case.regions.codes)
    if n <= MOST_IN_DETAIL:
        return np.arange(n + 1)
    regions = next_level(case)
    return np.append(regions, int(regions.max()) + 1)


def payer_of(terms: ClaimTerms, status: int) -> IntArray:
    """County whose fund pays first, by pair, ``(P,)``.

    For ``retired_elsewhere`` the payers are spread by the retiree register; this returns home.
    """
    if status in PAID_AT_HOME:
        return terms.pairs.home
    return terms.pairs.residence


def places_of_care(terms: ClaimTerms) -> list[tuple[int, IntArray, FloatArray]]:
    """Every (kind of place, county by pair, share by pair); referral centres one by one."""
    pairs = terms.pairs
    every = np.ones(pairs.count)
    listed = [(RESIDENCE, pairs.residence, every), (HOME, pairs.home, every)]
    for number in range(terms.referral.centre.shape[1]):
        listed.append(
            (
                REFERRAL,
                terms.referral.centre[pairs.residence, number],
                terms.referral.share[pairs.residence, number],
            )
        )
    return listed


def claims_of_year(expected: FloatArray, terms: ClaimTerms, retiree_pool: FloatArray) -> YearClaims:
    """Cost and payment of a year's claims.

    Args:
        expected: claims by pair, status, service and age class, ``(P, K, C, J)``.
        terms: the rules.
        retiree_pool: retired members living outside their pool, by home and paying county,
            ``(P,)``.
    """
    pairs = terms.pairs
    n = pairs.counties
    settlement = np.zeros((len(terms.formula_of), n + 1, terms.columns))
    cost, paid, added = (np.zeros((pairs.count, K)) for _ in range(3))
    uncoordinated = np.zeros(pairs.count)
    cost_at_place = np.zeros(n + 1)
    register = shares_of_payers(retiree_pool, pairs)
    for status in range(K):
        scheme = int(terms.scheme_of[status])
        payer = payer_of(terms, status)
        level = terms.level[scheme, payer] if scheme >= 0 else np.ones(pairs.count)
        for kind, place, share in places_of_care(terms):
            wanted = terms.relativity[terms.row, status] * terms.places[pairs.tie, status, :, kind]
            claims = expected[:, status] * (wanted * (share * level)[:, None])[..., None]
            amount = (claims * terms.mean_cost).sum(axis=(1, 2)) * terms.price[place]
            cost[:, status] += amount
            np.add.at(cost_at_place, place, amount)
            if scheme < 0:
                continue
            if status == ELSEWHERE:
                each = paid_elsewhere(terms, scheme, register, place)
            elif status == DUAL and terms.second_scheme >= 0:
                each, other, apart = paid_together(terms, scheme, place)
                amount = (claims * other).sum(axis=(1, 2))
                added[:, status] += amount
                np.add.at(
                    settlement[terms.second_scheme], (pairs.home, terms.column[place]), amount
                )
                uncoordinated += (claims * apart).sum(axis=(1, 2))
            else:
                each = paid_by_rule(terms, scheme, payer, place)
            amount = (claims * each).sum(axis=(1, 2))
            paid[:, status] += amount
            if status == ELSEWHERE:
                by_home = np.zeros((n + 1, terms.columns))
                np.add.at(by_home, (pairs.home, terms.column[place]), amount)
                settlement[scheme] += by_payer(register, pairs, by_home)
            else:
                np.add.at(settlement[scheme], (payer, terms.column[place]), amount)
    at_mean_cost = np.einsum("pksj,sj->pk", expected, terms.mean_cost)
    return YearClaims(settlement, cost, paid, added, uncoordinated, cost_at_place, at_mean_cost)


def paid_by_rule(terms: ClaimTerms, scheme: int, payer: IntArray, place: IntArray) -> FloatArray:
    """Expected payment for a claim by pair, ``(P, C, J)``; nothing where the payer is outside."""
    offsite = (terms.territory[payer] != terms.territory[place]).astype(np.int64)
    each = terms.payments[scheme, terms.formula_of[scheme, payer], offsite, :, :, place]
    claimed = np.where(offsite == 1, terms.share_claimed[scheme], 1.0)
    claimed[payer == terms.pairs.counties] = 0.0
    return np.asarray(each * terms.cover[scheme, payer] * claimed[:, None, None])


def shares_by_rule(terms: ClaimTerms, scheme: int, register: FloatArray) -> FloatArray:
    """Share of a home's retirees elsewhere whose pool has each rule set, ``(n + 1, F)``."""
    pairs, sets = terms.pairs, terms.payments.shape[1]
    n = pairs.counties
    inside = pairs.residence < n  # pools outside pay by no rule known
    key = pairs.home * sets + terms.formula_of[scheme, pairs.residence]
    return sum_by(key[inside], register[inside], (n + 1) * sets).reshape(n + 1, sets)


def share_on_site(terms: ClaimTerms, register: FloatArray) -> FloatArray:
    """Share of a home's retirees elsewhere whose pool lies in each territory, ``(n + 1, m + 1)``.

    Among those whose pool is modelled; the last column, which territory -1 (outside) finds, is
    empty.
    """
    pairs = terms.pairs
    n, width = pairs.counties, int(terms.territory.max()) + 2
    inside = pairs.residence < n
    key = pairs.home * width + terms.territory[pairs.residence]
    share = sum_by(key[inside], register[inside], (n + 1) * width).reshape(n + 1, width)
    total = share.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(share, total, out=np.zeros_like(share), where=total > 0))


def paid_elsewhere(
    terms: ClaimTerms, scheme: int, register: FloatArray, place: IntArray
) -> FloatArray:
    """Expected payment for a claim of a retired member living outside the paying pool.

    The payers of a home's retirees are known as shares, so rule sets and on-site care enter by
    their shares too (exact where the rules are the same everywhere), ``(P, C, J)``.
    """
    home = terms.pairs.home
    by_set = shares_by_rule(terms, scheme, register)
    share_on = share_on_site(terms, register)[home, terms.territory[place]]
    each = np.zeros((home.size, *terms.payments.shape[3:5]))
    for number in range(by_set.shape[1]):
        rule = terms.payments[scheme, number, :, :, :, place]  # (P, 2, C, J)
        mixed = (
            share_on[:, None, None] * rule[:, 0]
            + ((1.0 - share_on) * terms.share_claimed[scheme])[:, None, None] * rule[:, 1]
        )
        each += by_set[home, number][:, None, None] * mixed
    return each


def paid_together(
    terms: ClaimTerms, scheme: int, place: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Expected payments for a claim of a doubly covered person, ``(P, C, J)`` each.

    A claim that the home fund never sees (the share not claimed of off-site care), or that the
    local package does not cover, is paid by the other fund alone.

    Returns:
        what the fund where the person works pays, what the home fund pays, and what both would
        pay if neither knew of the other.
    """
    pairs, second = terms.pairs, terms.second_scheme
    here, home = pairs.residence, pairs.home
    near = (terms.territory[here] != terms.territory[place]).astype(np.int64)
    far = (terms.territory[home] != terms.territory[place]).astype(np.int64)
    first, other = terms.formula_of[scheme, here], terms.formula_of[second, home]
    seen_here = np.where(near == 1, terms.share_claimed[scheme], 1.0) * (here != pairs.counties)
    seen_home = np.where(far == 1, terms.share_claimed[second], 1.0) * (home != pairs.counties)
    by_local = seen_here[:, None, None] * terms.cover[scheme, here]
    by_home = np.broadcast_to(seen_home[:, None, None], by_local.shape)
    alone = terms.payments[scheme, first, near, :, :, place]
    alone_home = terms.payments[second, other, far, :, :, place]
    both = terms.together[:, first, other, near, far, :, :, place]  # (P, 2, C, J)
    return (
        by_local * (by_home * both[:, 0] + (1.0 - by_home) * alone),
        by_home * (by_local * both[:, 1] + (1.0 - by_local) * alone_home),
        by_local * alone + by_home * alone_home,
    )
