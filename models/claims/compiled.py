"""The claims of a year, compiled: what :func:`fundpool.models.claims.year.claims_of_year`
specifies.

Homes are shared out over a fixed number of chunks, each with sums of its own that are added in a
fixed order, so the result does not depend on the number of threads.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.claims.register import shares_of_payers
from fundpool.models.claims.terms import DUAL, ELSEWHERE, PAID_AT_HOME, ClaimTerms, K
from fundpool.models.claims.treatment import HOME, REFERRAL, RESIDENCE
from fundpool.models.claims.year import YearClaims


@compiled(LOOSE)
def _claims(  # type: ignore[no-untyped-def]
    chunk,
    first_home,
    last_home,
    start,
    expected,
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
    territory_of_column,
    payer_share,
    settlement,
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
    rules, columns = payments.shape[2], settlement.shape[3]
    # of one home: shares of its retirees elsewhere by rule set of the paying pool, in all and by
    # its territory (the last, which -1 finds, is empty); what rule sets pay on and off site
    whole = np.zeros(rules)
    shares = np.zeros((rules, territory.max() + 2))
    for_payer = np.zeros((rules, 2, columns))
    for h in range(first_home, last_home):
        claimed_elsewhere = False
        whole[:] = 0.0
        shares[:] = 0.0
        scheme = max(scheme_of[ELSEWHERE], 0)
        for q in range(start[h], start[h + 1]):
            payer = residence[q]
            if payer != outside:
                f = formula_of[scheme, payer]
                shares[f, territory[payer]] += payer_share[q]
                whole[f] += payer_share[q]
        for p in range(start[h], start[h + 1]):
            r = residence[p]
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
                        for f in range(rules):
                            if whole[f] == 0.0:
                                continue
                            on = shares[f, territory[place]]
                            near_pay, far_pay = 0.0, 0.0
                            for n in range(kinds):
                                near_pay += claims[n] * payments[place, scheme, f, 0, n]
                                far_pay += claims[n] * payments[place, scheme, f, 1, n]
                            far_pay *= share_claimed[scheme]
                            amount += on * near_pay + (whole[f] - on) * far_pay
                            for_payer[f, 0, column[place]] += near_pay
                            for_payer[f, 1, column[place]] += far_pay
                        claimed_elsewhere = True
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
                            amount += (
                                claims[n] * by_local * (at_home * one + (1.0 - at_home) * alone)
                            )
                            other += (
                                claims[n]
                                * at_home
                                * (by_local * two + (1.0 - by_local) * alone_home)
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
                    if k != ELSEWHERE:
                        settlement[chunk, scheme, payer, column[place]] += amount
        if claimed_elsewhere:
            scheme = scheme_of[ELSEWHERE]
            for q in range(start[h], start[h + 1]):
                payer = residence[q]
                if payer == outside or payer_share[q] == 0.0:
                    continue
                f = formula_of[scheme, payer]
                for c in range(columns):
                    off_site = 0 if territory[payer] == territory_of_column[c] else 1
                    settlement[chunk, scheme, payer, c] += (
                        payer_share[q] * for_payer[f, off_site, c]
                    )
            for_payer[:] = 0.0


@dataclass(frozen=True)
class ClaimRoom:
    """Memory for the claims of a year, to be used again for the next.

    A nation's would take longer to be had from the machine than to be filled. What is made in it
    (:class:`fundpool.models.claims.year.YearClaims`) holds until it is used again.

    Attributes:
        settlement: by chunk, ``(CHUNKS, S, n + 1, columns)``.
        by_pair: cost, paid, paid by the second fund and cost at mean, ``(4, P, K)``.
    """

    settlement: FloatArray
    by_pair: FloatArray


def claim_room(terms: ClaimTerms) -> ClaimRoom:
    """Memory for the claims of a year."""
    places = (terms.pairs.counties + 1, terms.columns)
    return ClaimRoom(
        np.empty((CHUNKS, len(terms.formula_of), *places)),
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
    territory_of_column = np.empty(terms.columns, dtype=np.int64)
    territory_of_column[terms.column] = terms.territory
    # whole homes to a chunk, about as many pairs to each
    edges = np.searchsorted(pairs.start, np.linspace(0, pairs.count, CHUNKS + 1))
    cost_at_place = np.zeros((CHUNKS, n + 1))
    services, classes = terms.mean_cost.shape
    kinds = services * classes
    shared = (
        pairs.start, expected.reshape(*expected.shape[:2], kinds), pairs.residence,
        pairs.tie, terms.row, np.repeat(terms.relativity, classes, axis=2),
        np.repeat(np.ascontiguousarray(terms.places.transpose(0, 3, 1, 2)), classes, axis=3),
        terms.referral.centre,
        terms.referral.share, terms.mean_cost.ravel(), terms.price, _place_first(terms.payments),
        terms.formula_of, _place_first(terms.together),
        terms.cover.reshape(*terms.cover.shape[:2], kinds), terms.scheme_of, terms.second_scheme,
        terms.share_claimed, terms.territory, terms.level, terms.column,
        territory_of_column, share, room.settlement, cost, paid, added, uncoordinated,
        cost_at_place, at_mean_cost,
    )  # fmt: skip

    def run(chunk: int) -> None:
        room.settlement[chunk] = 0.0
        room.by_pair[:, pairs.start[edges[chunk]] : pairs.start[edges[chunk + 1]]] = 0.0
        _claims(chunk, edges[chunk], edges[chunk + 1], *shared)

    side_by_side(run, range(CHUNKS))
    total = _sum_of_chunks(room.settlement)
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
