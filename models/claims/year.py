"""Claims: what care costs, where it is given and which fund pays.

For every pair, status and service the expected claims of the year are split by place of
treatment, priced there, and paid by the insuring county's rule:

``paid = claims * relativity * place share * E[benefit(cost at the place's price)]``.

Dual cover is settled by the local work-based scheme and the home scheme in the order that the
rules say; the second adds what its rule allows, and both together never exceed the cost. Where a
scheme has packages, ``cover`` is the part of a member's claims that they cover. Margins of the
settlement matrix are the claims by payer and the claims by place.

Care is off-site where it is given outside the territory of the fund that pays. How large that is
depends on how funds are pooled, which a year's claims do not know; they are settled within the
territory of the base year, and ``by_distance`` holds what any other territory of the tree makes of
them. This module is the readable specification; :mod:`fundpool.models.claims.compiled` computes the
same compiled.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.claims.register import by_payer, shares_of_payers
from fundpool.models.claims.terms import (
    DUAL,
    ELSEWHERE,
    ClaimTerms,
    K,
    distance,
    payer_of,
    places_of_care,
)


@dataclass(frozen=True)
class YearClaims:
    """Claims of a year in base-year money.

    Attributes:
        settlement: incurred payments by scheme, payer county and column of the place,
            ``(S, n + 1, columns)``.
        by_distance: incurred payments by scheme and payer county, by distance of the place from the
            payer (:func:`fundpool.models.claims.terms.distance`), as if on-site and as if off-site,
            and by the level of the territory of the other fund of doubly covered people,
            ``(S, n + 1, L + 1, 2, L)``. A payer's own county is always on-site, what no region
            holds together with it off-site; the other of the two is zero there.
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
    by_distance: FloatArray
    cost: FloatArray
    paid: FloatArray
    paid_second: FloatArray
    uncoordinated: FloatArray
    cost_at_place: FloatArray
    at_mean_cost: FloatArray

    def add(self, fund: int, layer: "YearClaims") -> None:
        """Add what one fund pays for the same care above the benefits, in place.

        It counts as paid for the people that the fund of their status pays for, and as incurred by
        the county of that fund.

        Args:
            fund: number of the scheme that pays.
            layer: claims of the year by :meth:`fundpool.models.claims.terms.ClaimTerms.of_layer`.
        """
        self.settlement[fund] += layer.settlement.sum(axis=0)
        self.by_distance[fund] += layer.by_distance.sum(axis=0)
        self.paid[...] += layer.paid
        self.paid_second[...] += layer.paid_second
        self.uncoordinated[...] += layer.uncoordinated


def claims_of_year(expected: FloatArray, terms: ClaimTerms, retiree_pool: FloatArray) -> YearClaims:
    """Cost and payment of a year's claims.

    >>> from fundpool import examples
    >>> opening = examples.opening()
    >>> year = claims_of_year(opening.people.exposure, opening.terms, opening.people.register)
    >>> bool(year.paid.sum() <= year.cost.sum())
    True

    Args:
        expected: claims by pair, status, service and age class, ``(P, K, C, J)``.
        terms: the rules.
        retiree_pool: retired members living outside their pool, by home and paying county,
            ``(P,)``.
    """
    pairs = terms.pairs
    n = pairs.counties
    settlement = np.zeros((len(terms.formula_of), n + 1, terms.columns))
    levels = terms.regions.shape[0]
    by_distance = np.zeros((len(terms.formula_of), n + 1, levels + 1, 2, levels))
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
            mean_cost = terms.mean_cost * terms.status_cost[status][:, None]
            amount = (claims * mean_cost).sum(axis=(1, 2)) * terms.price[place]
            cost[:, status] += amount
            np.add.at(cost_at_place, place, amount)
            if scheme < 0:
                continue
            if status == ELSEWHERE:
                each = paid_elsewhere(terms, scheme, register, place)
                settlement[scheme] += settled_elsewhere(terms, scheme, register, place, claims)
                by_distance[scheme] += elsewhere_by_distance(terms, scheme, register, place, claims)
            elif status == DUAL and terms.second_scheme >= 0:
                each, other, apart = paid_together(terms, scheme, place)
                amount = (claims * other).sum(axis=(1, 2))
                added[:, status] += amount
                np.add.at(
                    settlement[terms.second_scheme], (pairs.home, terms.column[place]), amount
                )
                uncoordinated += (claims * apart).sum(axis=(1, 2))
                _add_together(by_distance, terms, scheme, place, claims)
            else:
                each = paid_by_rule(terms, scheme, payer, place)
                apart_by = distance(terms.regions, payer, place)
                for off in (0, 1):
                    rule = paid_by_rule(terms, scheme, payer, place, np.full(pairs.count, off))
                    amount = (claims * rule).sum(axis=(1, 2)) * _possible(apart_by, off, levels)
                    np.add.at(by_distance[scheme, ..., off, :], (payer, apart_by), amount[:, None])
            amount = (claims * each).sum(axis=(1, 2))
            paid[:, status] += amount
            if status != ELSEWHERE:
                np.add.at(settlement[scheme], (payer, terms.column[place]), amount)
    at_mean_cost = np.einsum("pksj,sj->pk", expected, terms.mean_cost)
    claims_paid = YearClaims(
        settlement, by_distance, cost, paid, added, uncoordinated, cost_at_place, at_mean_cost
    )
    for layer in terms.layers:
        claims_paid.add(layer.fund, claims_of_year(expected, terms.of_layer(layer), retiree_pool))
    return claims_paid


def _possible(apart: IntArray, off: int, levels: int) -> FloatArray:
    """One where care at a distance may be on-site (``off`` 0) or off-site (1), ``(P,)``."""
    return np.asarray(apart > 0 if off else apart < levels, dtype=np.float64)


def _add_together(
    by_distance: FloatArray, terms: ClaimTerms, scheme: int, place: IntArray, claims: FloatArray
) -> None:
    """Add payments for doubly covered people, as if either fund's care were on-site or off-site."""
    here, home, levels = terms.pairs.residence, terms.pairs.home, terms.regions.shape[0]
    apart_here = distance(terms.regions, here, place)
    apart_home = distance(terms.regions, home, place)
    for off_here, off_home in ((0, 0), (0, 1), (1, 0), (1, 1)):
        near, far = np.full(place.size, off_here), np.full(place.size, off_home)
        first, second, _ = paid_together(terms, scheme, place, near, far)
        for level in range(levels):
            for fund, payer, each, apart, off, other, off_other in (
                (scheme, here, first, apart_here, off_here, apart_home, off_home),
                (terms.second_scheme, home, second, apart_home, off_home, apart_here, off_here),
            ):
                so = _possible(apart, off, levels) * ((other > level) == off_other)
                amount = (claims * each).sum(axis=(1, 2)) * so
                np.add.at(by_distance[fund, ..., off, level], (payer, apart), amount)


def paid_by_rule(
    terms: ClaimTerms,
    scheme: int,
    payer: IntArray,
    place: IntArray,
    offsite: IntArray | None = None,
) -> FloatArray:
    """Expected payment for a claim by pair, ``(P, C, J)``; nothing where the payer is outside.

    ``offsite`` says of each pair whether its care is off-site, ``(P,)``; default: as in the
    territory of the base year.

    >>> from fundpool import examples
    >>> terms = examples.opening().terms
    >>> pairs = terms.pairs
    >>> bool((paid_by_rule(terms, 0, pairs.residence, pairs.residence) >= 0).all())
    True
    """
    if offsite is None:
        offsite = (terms.territory[payer] != terms.territory[place]).astype(np.int64)
    each = terms.payments[scheme, terms.formula_of[scheme, payer], offsite, :, :, place]
    claimed = np.where(offsite == 1, terms.share_claimed[scheme], 1.0)
    claimed[payer == terms.pairs.counties] = 0.0
    return np.asarray(each * terms.cover[scheme, payer] * claimed[:, None, None])


def shares_of_rules(terms: ClaimTerms, scheme: int, register: FloatArray) -> FloatArray:
    """Share of a home's retirees elsewhere by rule set and territory of their pool.

    ``(n + 1, F, m + 2)``; the last territory, which -1 (outside) finds, is empty, as pools outside
    pay by no rule known.

    >>> from fundpool import examples
    >>> opening = examples.opening()
    >>> shares = shares_of_rules(opening.terms, 0, np.zeros(opening.terms.pairs.count))
    >>> float(shares.sum())
    0.0
    """
    pairs, sets = terms.pairs, terms.payments.shape[1]
    n, width = pairs.counties, int(terms.territory.max()) + 2
    inside = pairs.residence < n
    pool = pairs.residence[inside]
    key = (pairs.home[inside] * sets + terms.formula_of[scheme, pool]) * width
    shares = sum_by(key + terms.territory[pool], register[inside], (n + 1) * sets * width)
    return shares.reshape(n + 1, sets, width)


def paid_elsewhere(
    terms: ClaimTerms, scheme: int, register: FloatArray, place: IntArray
) -> FloatArray:
    """Expected payment for a claim of a retired member living outside the paying pool.

    Which pool pays for whom is not known; every pool of a home pays its share of each claim by its
    own rule, on site where the care is given in its own territory, ``(P, C, J)``.

    >>> from fundpool import examples
    >>> opening = examples.opening()
    >>> terms, place = opening.terms, opening.terms.pairs.residence
    >>> bool((paid_elsewhere(terms, 0, opening.people.register, place) >= 0).all())
    True
    """
    home = terms.pairs.home
    shares = shares_of_rules(terms, scheme, register)
    each = np.zeros((home.size, *terms.payments.shape[3:5]))
    for number in range(shares.shape[1]):
        rule = terms.payments[scheme, number, :, :, :, place]  # (P, 2, C, J)
        onsite = shares[home, number, terms.territory[place]]
        claimed = (shares[home, number].sum(axis=1) - onsite) * terms.share_claimed[scheme]
        each += onsite[:, None, None] * rule[:, 0] + claimed[:, None, None] * rule[:, 1]
    return each


def settled_elsewhere(
    terms: ClaimTerms, scheme: int, register: FloatArray, place: IntArray, claims: FloatArray
) -> FloatArray:
    """What each pool pays for retired members who live outside it, ``(n + 1, columns)``.

    >>> from fundpool import examples
    >>> opening = examples.opening()
    >>> terms, register = opening.terms, opening.people.register
    >>> claims = np.zeros((terms.pairs.count, *terms.payments.shape[3:5]))
    >>> float(settled_elsewhere(terms, 0, register, terms.pairs.residence, claims).sum())
    0.0

    Args:
        terms: the rules.
        scheme: the scheme that pays.
        register: share of each home's retirees elsewhere that a pool has, ``(P,)``.
        place: where the claims are made, by pair, ``(P,)``.
        claims: claims by pair, service and age class, ``(P, C, J)``.
    """
    pairs = terms.pairs
    n = pairs.counties
    settled = np.zeros((n + 1, terms.columns))
    territory = np.empty(terms.columns, dtype=np.int64)
    territory[terms.column] = terms.territory  # a column lies in one territory
    onsite = terms.territory[:, None] == territory[None, :]
    for number in range(terms.payments.shape[1]):
        rule = terms.payments[scheme, number, :, :, :, place]  # (P, 2, C, J)
        paid_by_formula = (terms.formula_of[scheme, pairs.residence] == number) & (
            pairs.residence < n
        )
        for off, here, seen in ((0, onsite, 1.0), (1, ~onsite, terms.share_claimed[scheme])):
            by_home = np.zeros((n + 1, terms.columns))
            amount = (claims * rule[:, off]).sum(axis=(1, 2)) * seen
            np.add.at(by_home, (pairs.home, terms.column[place]), amount)
            settled += by_payer(register * paid_by_formula, pairs, by_home) * here
    return settled


def elsewhere_by_distance(
    terms: ClaimTerms, scheme: int, register: FloatArray, place: IntArray, claims: FloatArray
) -> FloatArray:
    """What each pool pays for retired members who live outside it, by distance of the place.

    ``(n + 1, L + 1, 2, L)``, as :attr:`YearClaims.by_distance` has it for a scheme; arguments as
    :func:`settled_elsewhere` has them.
    """
    pairs, levels = terms.pairs, terms.regions.shape[0]
    n = pairs.counties
    counties = np.arange(n + 1)
    apart = distance(terms.regions, counties[:, None], counties[None, :])
    result = np.zeros((n + 1, levels + 1, 2, levels))
    for number in range(terms.payments.shape[1]):
        rule = terms.payments[scheme, number, :, :, :, place]  # (P, 2, C, J)
        paid_by_formula = (terms.formula_of[scheme, pairs.residence] == number) & (
            pairs.residence < n
        )
        for off, seen in ((0, 1.0), (1, terms.share_claimed[scheme])):
            by_home = np.zeros((n + 1, n + 1))
            amount = (claims * rule[:, off]).sum(axis=(1, 2)) * seen
            np.add.at(by_home, (pairs.home, place), amount)
            settled = by_payer(register * paid_by_formula, pairs, by_home) * _possible(
                apart, off, levels
            )
            np.add.at(result[:, :, off], (counties[:, None], apart), settled[..., None])
    return result


def paid_together(
    terms: ClaimTerms,
    scheme: int,
    place: IntArray,
    near: IntArray | None = None,
    far: IntArray | None = None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Expected payments for a claim of a doubly covered person, ``(P, C, J)`` each.

    A claim that the home fund never sees (the share not claimed of off-site care), or that the
    local package does not cover, is paid by the other fund alone. ``near`` and ``far`` say of each
    pair whether its care is off-site for the local and for the home fund, ``(P,)``; default: as in
    the territory of the base year.

    >>> from fundpool import examples
    >>> terms = examples.opening().terms
    >>> first, second, apart = paid_together(terms, 0, terms.pairs.residence)
    >>> bool((first + second <= apart + 1e-6).all())
    True

    Returns:
        what the fund where the person works pays, what the home fund pays, and what both would
        pay if neither knew of the other.
    """
    pairs, second = terms.pairs, terms.second_scheme
    here, home = pairs.residence, pairs.home
    if near is None:
        near = (terms.territory[here] != terms.territory[place]).astype(np.int64)
    if far is None:
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
