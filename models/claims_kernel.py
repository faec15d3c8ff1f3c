"""The claims of a year, compiled: what :func:`models.claims.claims_of_year` specifies.

Pairs are shared out over a fixed number of chunks, each with sums of its own that are added in a
fixed order, so the result does not depend on the number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from models.claims import (
    DUAL,
    ELSEWHERE,
    PAID_AT_HOME,
    ClaimTerms,
    K,
    YearClaims,
    normalised,
)
from models.rates import FloatArray
from models.treatment import HOME, REFERRAL, RESIDENCE

CHUNKS = 8
"""Number of independent groups of pairs; fixed, so that sums come out the same bits."""


@numba.njit(cache=True, nogil=True)
def _claims(  # type: ignore[no-untyped-def]
    chunk,
    edges,
    expected,
    home,
    residence,
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
    by_set,
    onsite_share,
    settlements,
    elsewheres,
    cost,
    paid,
    added,
    uncoordinated,
    costs_at_place,
):
    settlement, elsewhere = settlements[chunk], elsewheres[chunk]
    cost_at_place = costs_at_place[chunk]
    outside = price.shape[0] - 1
    services, classes = mean_cost.shape
    centres = centre.shape[1]
    claims = np.empty((services, classes))
    each = np.empty((services, classes))
    for p in range(edges[chunk], edges[chunk + 1]):
        h, r = home[p], residence[p]
        for k in range(relativity.shape[1]):
            number = 0.0
            for s in range(services):
                for j in range(classes):
                    number += expected[p, k, s, j]
            if number == 0.0:
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
                amount = 0.0
                for s in range(services):
                    wanted = relativity[p, k, s] * places[p, k, s, kind] * share * factor
                    for j in range(classes):
                        claims[s, j] = expected[p, k, s, j] * wanted
                        amount += claims[s, j] * mean_cost[s, j]
                if amount == 0.0:
                    continue
                amount *= price[place]
                cost[p, k] += amount
                cost_at_place[place] += amount
                if scheme < 0:
                    continue
                each[:] = 0.0
                if k == ELSEWHERE:
                    on = onsite_share[h, place]
                    for f in range(payments.shape[1]):
                        weight = by_set[h, f]
                        if weight == 0.0:
                            continue
                        for s in range(services):
                            for j in range(classes):
                                each[s, j] += weight * (
                                    on * payments[scheme, f, 0, s, j, place]
                                    + (1.0 - on)
                                    * share_claimed[scheme]
                                    * payments[scheme, f, 1, s, j, place]
                                )
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
                    amount = 0.0
                    for s in range(services):
                        for j in range(classes):
                            by_local = seen * cover[scheme, r, s, j]
                            alone = payments[scheme, first, near, s, j, place]
                            alone_home = payments[second_scheme, second, far, s, j, place]
                            each[s, j] = by_local * (
                                at_home * together[0, first, second, near, far, s, j, place]
                                + (1.0 - at_home) * alone
                            )
                            amount += (
                                claims[s, j]
                                * at_home
                                * (
                                    by_local * together[1, first, second, near, far, s, j, place]
                                    + (1.0 - by_local) * alone_home
                                )
                            )
                            uncoordinated[p] += claims[s, j] * (
                                by_local * alone + at_home * alone_home
                            )
                    added[p, k] += amount
                    settlement[second_scheme, h, place] += amount
                elif payer != outside:
                    off = 1 if territory[payer] != territory[place] else 0
                    claimed = share_claimed[scheme] if off == 1 else 1.0
                    f = formula_of[scheme, payer]
                    for s in range(services):
                        for j in range(classes):
                            each[s, j] = (
                                claimed
                                * cover[scheme, payer, s, j]
                                * payments[scheme, f, off, s, j, place]
                            )
                amount = 0.0
                for s in range(services):
                    for j in range(classes):
                        amount += claims[s, j] * each[s, j]
                paid[p, k] += amount
                if k == ELSEWHERE:
                    elsewhere[scheme, h, place] += amount
                else:
                    settlement[scheme, payer, place] += amount


def claims_of_year(expected: FloatArray, terms: ClaimTerms, retiree_pool: FloatArray) -> YearClaims:
    """Cost and payment of a year's claims; see :func:`models.claims.claims_of_year`."""
    pairs = terms.pairs
    n = pairs.counties
    schemes = len(terms.formula_of)
    settlements = np.zeros((CHUNKS, schemes, n + 1, n + 1))
    elsewheres = np.zeros((CHUNKS, schemes, n + 1, n + 1))
    cost, paid, added = (np.zeros((pairs.count, K)) for _ in range(3))
    uncoordinated = np.zeros(pairs.count)
    costs_at_place = np.zeros((CHUNKS, n + 1))
    register = normalised(retiree_pool)
    scheme = max(int(terms.scheme_of[ELSEWHERE]), 0)
    by_set = np.zeros((n + 1, terms.payments.shape[1]))
    np.add.at(by_set.T, terms.formula_of[scheme, :n], register[:, :n].T)
    inside = by_set.sum(axis=1, keepdims=True)
    same = (terms.territory[:n, None] == terms.territory[None, :]).astype(float)
    # einsum, not a matrix product: a linear-algebra library's threads stall on a busy machine,
    # and how many there are would show in the last bits
    onsite = np.divide(
        np.einsum("hq,qp->hp", register[:, :n], same),
        inside,
        out=np.zeros((n + 1, n + 1)),
        where=inside > 0,
    )
    edges = np.linspace(0, pairs.count, CHUNKS + 1).astype(np.int64)
    arguments = (
        edges, expected, pairs.home, pairs.residence, terms.relativity, terms.places,
        terms.referral.centre, terms.referral.share, terms.mean_cost, terms.price,
        terms.payments, terms.formula_of, terms.together, terms.cover, terms.scheme_of,
        terms.second_scheme, terms.share_claimed, terms.territory, terms.level, by_set, onsite,
        settlements, elsewheres, cost, paid, added, uncoordinated, costs_at_place,
    )  # fmt: skip
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(lambda chunk: _claims(chunk, *arguments), range(CHUNKS)))
    settlement, elsewhere = settlements.sum(axis=0), elsewheres.sum(axis=0)
    for number in range(schemes):
        settlement[number] += np.einsum("hq,hp->qp", register, elsewhere[number])
    return YearClaims(settlement, cost, paid, added, uncoordinated, costs_at_place.sum(axis=0))
