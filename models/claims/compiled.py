"""The claims of a year, compiled: what :func:`fundpool.models.claims.year.claims_of_year`
specifies.

Pairs are shared out over a fixed number of chunks, each with sums of its own that are added in a
fixed order, so the result does not depend on the number of threads.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.claims.register import by_payer, shares_of_payers
from fundpool.models.claims.terms import DUAL, ELSEWHERE, PAID_AT_HOME, ClaimTerms, K
from fundpool.models.claims.treatment import HOME, REFERRAL, RESIDENCE
from fundpool.models.claims.year import YearClaims, share_on_site, shares_by_rule


@compiled(LOOSE)
def _claims(  # type: ignore[no-untyped-def]
    chunk,
    first_pair,
    last_pair,
    expected,
    home,
    residence,
    tie,
    row,
    relativity,
    places,
    centre,
    centre_share,
    mean_cost,
    price,
    payments,
    formula_of,
    together,
    cover,
    scheme_of,
    second_scheme,
    share_claimed,
    territory,
    level,
    column,
    by_set,
    onsite_share,
    settlement,
    elsewhere,
    cost,
    paid,
    added,
    uncoordinated,
    cost_at_place,
    at_mean_cost,
):
    """Kinds of claim, services by age classes, lie side by side in one axis ``n``."""
    outside = price.shape[0] - 1
    kinds = mean_cost.size
    centres = centre.shape[1]
    claims = np.empty(kinds)
    each = np.empty(kinds)
    for p in range(first_pair, last_pair):
        h, r = home[p], residence[p]
        for k in range(relativity.shape[1]):
            at_mean = 0.0
            for n in range(kinds):
                at_mean += expected[p, k, n] * mean_cost[n]
            at_mean_cost[p, k] = at_mean
            if at_mean == 0.0:
                continue
            scheme = scheme_of[k]
            payer = h if k in PAID_AT_HOME else r
            factor = level[scheme, payer] if scheme >= 0 else 1.0
            for which in range(2 + centres):
                if which == RESIDENCE:
                    kind, place, share = RESIDENCE, r, 1.0
                elif which == HOME:
                    kind, place, share = HOME, h, 1.0
                else:
                    kind = REFERRAL
                    place, share = centre[r, which - 2], centre_share[r, which - 2]
                if share == 0.0:
                    continue
                often, here = row[p], tie[p]
                share *= factor
                amount = 0.0
                for n in range(kinds):
                    claims[n] = (
                        expected[p, k, n]
                        * relativity[often, k, n]
                        * places[here, kind, k, n]
                        * share
                    )
                    amount += claims[n] * mean_cost[n]
                if amount == 0.0:
                    continue
                amount *= price[place]
                cost[p, k] += amount
                cost_at_place[chunk, place] += amount
                if scheme < 0:
                    continue
                amount = 0.0
                if k == ELSEWHERE:
                    for n in range(kinds):
                        each[n] = 0.0
                    on = onsite_share[h, territory[place]]
                    off = (1.0 - on) * share_claimed[scheme]
                    for f in range(payments.shape[2]):
                        weight = by_set[h, f]
                        if weight == 0.0:
                            continue
                        for n in range(kinds):
                            each[n] += weight * (
                                on * payments[place, scheme, f, 0, n]
                                + off * payments[place, scheme, f, 1, n]
                            )
                    for n in range(kinds):
                        amount += claims[n] * each[n]
                elif k == DUAL and second_scheme >= 0:
                    near = 1 if territory[r] != territory[place] else 0
                    far = 1 if territory[h] != territory[place] else 0
                    seen = share_claimed[scheme] if near == 1 else 1.0
                    if r == outside:
                        seen = 0.0
                    at_home = share_claimed[second_scheme] if far == 1 else 1.0
                    if h == outside:
                        at_home = 0.0
                    first, second = formula_of[scheme, r], formula_of[second_scheme, h]
                    other, apart = 0.0, 0.0
                    for n in range(kinds):
                        by_local = seen * cover[scheme, r, n]
                        alone = payments[place, scheme, first, near, n]
                        alone_home = payments[place, second_scheme, second, far, n]
                        one = together[place, 0, first, second, near, far, n]
                        two = together[place, 1, first, second, near, far, n]
                        amount += claims[n] * by_local * (at_home * one + (1.0 - at_home) * alone)
                        other += (
                            claims[n] * at_home * (by_local * two + (1.0 - by_local) * alone_home)
                        )
                        apart += claims[n] * (by_local * alone + at_home * alone_home)
                    uncoordinated[p] += apart
                    added[p, k] += other
                    settlement[chunk, second_scheme, h, column[place]] += other
                elif payer != outside:
                    off_site = 1 if territory[payer] != territory[place] else 0
                    rule = formula_of[scheme, payer]
                    for n in range(kinds):
                        amount += (
                            claims[n]
                            * cover[scheme, payer, n]
                            * payments[place, scheme, rule, off_site, n]
                        )
                    if off_site == 1:
                        amount *= share_claimed[scheme]
                paid[p, k] += amount
                if k == ELSEWHERE:
                    elsewhere[chunk, h, column[place]] += amount
                else:
                    settlement[chunk, scheme, payer, column[place]] += amount


@dataclass(frozen=True)
class ClaimRoom:
    """Memory for the claims of a year, to be used again for the next.

    A nation's would take longer to be had from the machine than to be filled. What is made in it
    (:class:`fundpool.models.claims.year.YearClaims`) holds until it is used again.

    Attributes:
        settlement: by chunk, ``(CHUNKS, S, n + 1, columns)``; ``elsewhere`` without schemes.
        by_pair: cost, paid, paid by the second fund and cost at mean, ``(4, P, K)``.
    """

    settlement: FloatArray
    elsewhere: FloatArray
    by_pair: FloatArray


def claim_room(terms: ClaimTerms) -> ClaimRoom:
    """Memory for the claims of a year."""
    places = (terms.pairs.counties + 1, terms.columns)
    return ClaimRoom(
        np.empty((CHUNKS, len(terms.formula_of), *places)),
        np.empty((CHUNKS, *places)),
        np.empty((4, terms.pairs.count, K)),
    )


def claims_of_year(
    expected: FloatArray,
    terms: ClaimTerms,
    retiree_pool: FloatArray,
    room: ClaimRoom | None = None,
) -> YearClaims:
    """Cost and payment of a year's claims; see :func:`fundpool.models.claims.year.claims_of_year`.

    ``room`` is memory to work in, whose old contents are lost; new unless given.
    """
    pairs = terms.pairs
    n = pairs.counties
    room = room or claim_room(terms)
    cost, paid, added, at_mean_cost = room.by_pair
    uncoordinated = np.zeros(pairs.count)
    share = shares_of_payers(retiree_pool, pairs)
    scheme = max(int(terms.scheme_of[ELSEWHERE]), 0)
    edges = np.linspace(0, pairs.count, CHUNKS + 1).astype(np.int64)
    cost_at_place = np.zeros((CHUNKS, n + 1))
    services, classes = terms.mean_cost.shape
    kinds = services * classes
    shared = (
        expected.reshape(*expected.shape[:2], kinds), pairs.home, pairs.residence,
        pairs.tie, terms.row, np.repeat(terms.relativity, classes, axis=2),
        np.repeat(np.ascontiguousarray(terms.places.transpose(0, 3, 1, 2)), classes, axis=3),
        terms.referral.centre,
        terms.referral.share, terms.mean_cost.ravel(), terms.price, _place_first(terms.payments),
        terms.formula_of, _place_first(terms.together),
        terms.cover.reshape(*terms.cover.shape[:2], kinds), terms.scheme_of, terms.second_scheme,
        terms.share_claimed, terms.territory, terms.level, terms.column,
        shares_by_rule(terms, scheme, share), share_on_site(terms, share),
        room.settlement, room.elsewhere, cost, paid, added, uncoordinated, cost_at_place,
        at_mean_cost,
    )  # fmt: skip

    def run(chunk: int) -> None:
        room.settlement[chunk] = 0.0
        room.elsewhere[chunk] = 0.0
        room.by_pair[:, edges[chunk] : edges[chunk + 1]] = 0.0
        _claims(chunk, edges[chunk], edges[chunk + 1], *shared)

    side_by_side(run, range(CHUNKS))
    total = _sum_of_chunks(room.settlement)
    total[scheme] += by_payer(share, pairs, _sum_of_chunks(room.elsewhere))
    return YearClaims(
        total, cost, paid, added, uncoordinated, cost_at_place.sum(axis=0), at_mean_cost
    )


def _sum_of_chunks(values: FloatArray) -> FloatArray:
    """Sum over the first axis, in order."""
    result = np.empty(values.shape[1:])
    flat, into = values.reshape(values.shape[0], -1), result.reshape(-1)
    edges = np.linspace(0, into.size, CHUNKS + 1).astype(np.int64)

    def add(part: int) -> None:
        own = slice(edges[part], edges[part + 1])
        into[own] = flat[0, own]
        for chunk in range(1, flat.shape[0]):
            into[own] += flat[chunk, own]

    side_by_side(add, range(CHUNKS))
    return result


def _place_first(payments: FloatArray) -> FloatArray:
    """With all that one place pays side by side, kinds of claim in one axis."""
    first = np.ascontiguousarray(np.moveaxis(payments, -1, 0))
    return first.reshape(*first.shape[:-2], -1)
