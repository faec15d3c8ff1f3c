"""The claims of a year, compiled: what :func:`models.claims.claims_of_year` specifies.

Pairs are shared out over a fixed number of chunks, each with sums of its own that are added in a
fixed order, so the result does not depend on the number of threads.
"""

import numba
import numpy as np

from models.cell_blocks import LOOSE
from models.claims import (
    DUAL,
    ELSEWHERE,
    PAID_AT_HOME,
    ClaimTerms,
    K,
    YearClaims,
    share_on_site,
    shares_by_rule,
)
from models.pairs import CHUNKS, side_by_side
from models.rates import FloatArray
from models.retiree_register import by_payer, shares_of_payers
from models.treatment import HOME, REFERRAL, RESIDENCE


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
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
    """Kinds of claim, services by age classes, lie side by side in one axis ``n``."""
    outside = price.shape[0] - 1
    kinds = mean_cost.size
    centres = centre.shape[1]
    claims = np.empty(kinds)
    each = np.empty(kinds)
    for p in range(first_pair, last_pair):
        h, r = home[p], residence[p]
        for k in range(relativity.shape[1]):
            own = expected[p, k]
            number = 0.0
            for n in range(kinds):
                number += own[n]
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
                often, here = relativity[row[p], k], places[tie[p], kind, k]
                share *= factor
                amount = 0.0
                for n in range(kinds):
                    claims[n] = own[n] * often[n] * here[n] * share
                    amount += claims[n] * mean_cost[n]
                if amount == 0.0:
                    continue
                amount *= price[place]
                cost[p, k] += amount
                cost_at_place[place] += amount
                if scheme < 0:
                    continue
                amount = 0.0
                if k == ELSEWHERE:
                    each[:] = 0.0
                    on = onsite_share[h, territory[place]]
                    off = (1.0 - on) * share_claimed[scheme]
                    for f in range(payments.shape[2]):
                        weight = by_set[h, f]
                        if weight == 0.0:
                            continue
                        near_rule, far_rule = payments[place, scheme, f]
                        for n in range(kinds):
                            each[n] += weight * (on * near_rule[n] + off * far_rule[n])
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
                    alone = payments[place, scheme, first, near]
                    alone_home = payments[place, second_scheme, second, far]
                    both = together[place, :, first, second, near, far]
                    covered = cover[scheme, r]
                    other, apart = 0.0, 0.0
                    for n in range(kinds):
                        by_local = seen * covered[n]
                        amount += (
                            claims[n]
                            * by_local
                            * (at_home * both[0, n] + (1.0 - at_home) * alone[n])
                        )
                        other += (
                            claims[n]
                            * at_home
                            * (by_local * both[1, n] + (1.0 - by_local) * alone_home[n])
                        )
                        apart += claims[n] * (by_local * alone[n] + at_home * alone_home[n])
                    uncoordinated[p] += apart
                    added[p, k] += other
                    settlement[second_scheme, h, column[place]] += other
                elif payer != outside:
                    off_site = 1 if territory[payer] != territory[place] else 0
                    covered = cover[scheme, payer]
                    rule = payments[place, scheme, formula_of[scheme, payer], off_site]
                    for n in range(kinds):
                        amount += claims[n] * covered[n] * rule[n]
                    if off_site == 1:
                        amount *= share_claimed[scheme]
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
    share = shares_of_payers(retiree_pool, pairs)
    scheme = max(int(terms.scheme_of[ELSEWHERE]), 0)
    edges = np.linspace(0, pairs.count, CHUNKS + 1).astype(np.int64)
    settlement = np.zeros((CHUNKS, schemes, n + 1, terms.columns))
    elsewhere = np.zeros((CHUNKS, n + 1, terms.columns))
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
    )  # fmt: skip

    def run(chunk: int) -> None:
        _claims(
            edges[chunk], edges[chunk + 1], *shared, settlement[chunk], elsewhere[chunk], cost,
            paid, added, uncoordinated, cost_at_place[chunk],
        )  # fmt: skip

    side_by_side(run, range(CHUNKS))
    total = settlement.sum(axis=0)
    total[scheme] += by_payer(share, pairs, elsewhere.sum(axis=0))
    return YearClaims(total, cost, paid, added, uncoordinated, cost_at_place.sum(axis=0))


def _place_first(payments: FloatArray) -> FloatArray:
    """With all that one place pays side by side, kinds of claim in one axis."""
    first = np.ascontiguousarray(np.moveaxis(payments, -1, 0))
    return first.reshape(*first.shape[:-2], -1)
