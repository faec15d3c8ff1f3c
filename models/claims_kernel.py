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
    MOST_IN_DETAIL,
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
):
    outside = price.shape[0] - 1
    services, classes = mean_cost.shape
    centres = centre.shape[1]
    claims = np.empty((services, classes))
    each = np.empty((services, classes))
    for p in range(first_pair, last_pair):
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
                    wanted = relativity[row[p], k, s] * places[tie[p], k, s, kind]
                    wanted *= share * factor
                    if wanted == 0.0:
                        claims[s, :] = 0.0
                        continue
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
                    on = onsite_share[h, territory[place]]
                    for f in range(payments.shape[2]):
                        weight = by_set[h, f]
                        if weight == 0.0:
                            continue
                        for s in range(services):
                            for j in range(classes):
                                each[s, j] += weight * (
                                    on * payments[place, scheme, f, 0, s, j]
                                    + (1.0 - on)
                                    * share_claimed[scheme]
                                    * payments[place, scheme, f, 1, s, j]
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
                            alone = payments[place, scheme, first, near, s, j]
                            alone_home = payments[place, second_scheme, second, far, s, j]
                            each[s, j] = by_local * (
                                at_home * together[place, 0, first, second, near, far, s, j]
                                + (1.0 - at_home) * alone
                            )
                            amount += (
                                claims[s, j]
                                * at_home
                                * (
                                    by_local * together[place, 1, first, second, near, far, s, j]
                                    + (1.0 - by_local) * alone_home
                                )
                            )
                            uncoordinated[p] += claims[s, j] * (
                                by_local * alone + at_home * alone_home
                            )
                    added[p, k] += amount
                    settlement[second_scheme, h, column[place]] += amount
                elif payer != outside:
                    off = 1 if territory[payer] != territory[place] else 0
                    claimed = share_claimed[scheme] if off == 1 else 1.0
                    f = formula_of[scheme, payer]
                    for s in range(services):
                        for j in range(classes):
                            each[s, j] = (
                                claimed
                                * cover[scheme, payer, s, j]
                                * payments[place, scheme, f, off, s, j]
                            )
                amount = 0.0
                for s in range(services):
                    for j in range(classes):
                        amount += claims[s, j] * each[s, j]
                paid[p, k] += amount
                if k == ELSEWHERE:
                    elsewhere[h, column[place]] += amount
                else:
                    settlement[scheme, payer, column[place]] += amount


def claims_of_year(expected: FloatArray, terms: ClaimTerms, retiree_pool: FloatArray) -> YearClaims:
    """Cost and payment of a year's claims; see :func:`models.claims.claims_of_year`."""
    pairs = terms.pairs
    n = pairs.counties
    schemes = len(terms.formula_of)
    cost, paid, added = (np.zeros((pairs.count, K)) for _ in range(3))
    uncoordinated = np.zeros(pairs.count)
    register = normalised(retiree_pool)
    scheme = max(int(terms.scheme_of[ELSEWHERE]), 0)
    by_set = np.stack(
        [
            register[:, :n][:, terms.formula_of[scheme, :n] == number].sum(axis=1)
            for number in range(terms.payments.shape[1])
        ],
        axis=1,
    )
    edges = np.linspace(0, pairs.count, CHUNKS + 1).astype(np.int64)
    settlement = np.zeros((CHUNKS, schemes, n + 1, terms.columns))
    elsewhere = np.zeros((CHUNKS, n + 1, terms.columns))
    cost_at_place = np.zeros((CHUNKS, n + 1))
    shared = (
        expected, pairs.home, pairs.residence, pairs.tie, terms.row, terms.relativity,
        terms.places,
        terms.referral.centre, terms.referral.share, terms.mean_cost, terms.price,
        _place_first(terms.payments), terms.formula_of, _place_first(terms.together),
        terms.cover, terms.scheme_of, terms.second_scheme, terms.share_claimed, terms.territory,
        terms.level, terms.column, by_set, _onsite(terms, register, by_set.sum(axis=1)),
    )  # fmt: skip

    def run(chunk: int) -> None:
        _claims(
            edges[chunk], edges[chunk + 1], *shared, settlement[chunk], elsewhere[chunk], cost,
            paid, added, uncoordinated, cost_at_place[chunk],
        )  # fmt: skip

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(run, range(CHUNKS)))
    total = settlement.sum(axis=0)
    total[scheme] += spread_over_payers(register, elsewhere.sum(axis=0))
    return YearClaims(total, cost, paid, added, uncoordinated, cost_at_place.sum(axis=0))


def spread_over_payers(register: FloatArray, by_home: FloatArray) -> FloatArray:
    """``register' by_home``: payments of homes as payments of the pools of their retired members.

    In detail without a linear-algebra library, whose threads stall on a busy machine and whose
    number would show in the last bits; large cases cannot do without.
    """
    if register.shape[0] <= MOST_IN_DETAIL + 1:
        return np.asarray(np.einsum("hq,hp->qp", register, by_home))
    return np.asarray(register.T @ by_home)


def _place_first(payments: FloatArray) -> FloatArray:
    """With all that one place pays side by side, so that it is read in one go."""
    return np.ascontiguousarray(np.moveaxis(payments, -1, 0))


def _onsite(terms: ClaimTerms, register: FloatArray, inside: FloatArray) -> FloatArray:
    """Share of a home's retirees elsewhere whose pool lies in each territory, ``(n + 1, m + 1)``.

    The last column, which territory -1 (outside) finds, is empty.
    """
    n = terms.pairs.counties
    order = np.argsort(terms.territory[:n], kind="stable")
    starts = np.searchsorted(terms.territory[:n][order], np.arange(terms.territory.max() + 1))
    by_territory = np.add.reduceat(register[:, order], starts, axis=1)
    share = np.zeros((n + 1, starts.size + 1))
    np.divide(by_territory, inside[:, None], out=share[:, :-1], where=inside[:, None] > 0)
    return share
