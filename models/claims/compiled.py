"""The claims of a year, compiled: what :func:`fundpool.models.claims.year.claims_of_year`
specifies.

Homes are shared out over a fixed number of chunks, each with sums of its own that are added in a
fixed order, so the result does not depend on the number of threads.

Functions take the fields that they use out of their tables once, at the top: numba counts the
references of a field wherever it is read, and with a counter shared by all processors that takes
longer than the work.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.claims.payments import (
    add_elsewhere,
    add_together,
    add_up_together,
    distance_between,
    kinds_of_site,
    paid_by_rule,
    paid_elsewhere,
    paid_together,
    settle_elsewhere,
    shares_of_rules,
)
from fundpool.models.claims.tables import care_tables, home_pairs, payment_rules, places_of
from fundpool.models.claims.terms import DUAL, ELSEWHERE, PAID_AT_HOME, ClaimTerms, K
from fundpool.models.claims.treatment import HOME, REFERRAL, RESIDENCE
from fundpool.models.claims.year import YearClaims


class ClaimSums(NamedTuple):
    """What is filled, in base-year money; see
    :class:`fundpool.models.claims.year.YearClaims` for what each holds.

    Attributes:
        settlement: by chunk, ``(CHUNKS, S, n + 1, columns)``.
        by_distance: by chunk, ``(CHUNKS, S, n + 1, L + 1, 2, L)``.
        cost, paid, paid_second, at_mean_cost: by pair and status, ``(P, K)``.
        uncoordinated: ``(P,)``.
        cost_at_place: by chunk, ``(CHUNKS, n + 1)``.
    """

    settlement: FloatArray
    by_distance: FloatArray
    cost: FloatArray
    paid: FloatArray
    paid_second: FloatArray
    at_mean_cost: FloatArray
    uncoordinated: FloatArray
    cost_at_place: FloatArray


@compiled(LOOSE)
def _claims(  # type: ignore[no-untyped-def]
    chunk, homes, expected, pairs, care, rules, places, sums
):
    """Claims of the homes of one chunk, added to ``sums``, which is nil for their pairs.

    Args:
        chunk: which sums of ``settlement``, ``by_distance`` and ``cost_at_place`` are the chunk's.
        homes: first home, and that behind the last.
        expected: claims a year by pair, status and kind, before relativities, ``(P, K, N)``.
        pairs: :class:`fundpool.models.claims.tables.ClaimPairs`.
        care: :class:`fundpool.models.claims.tables.CareTables`.
        rules: :class:`fundpool.models.claims.tables.PaymentRules`.
        places: :class:`fundpool.models.claims.tables.Places`.
        sums: :class:`ClaimSums`.
    """
    start, residence, tie = pairs.start, pairs.residence, pairs.tie
    relativity_row, relativity, place_share = care.relativity_row, care.relativity, care.place_share
    centre, centre_share = care.centre, care.centre_share
    mean_cost, status_cost, price = care.mean_cost, care.status_cost, care.price
    payments, together, cover = rules.payments, rules.together, rules.cover
    rule_set, share_claimed = rules.rule_set, rules.share_claimed
    scheme_of, second_scheme, level = rules.scheme_of, rules.second_scheme, rules.level
    territory, regions, column = places.territory, places.regions, places.column
    by_distance = sums.by_distance[chunk]
    settlement, cost_at_place, cost = sums.settlement, sums.cost_at_place, sums.cost
    paid, paid_second, uncoordinated = sums.paid, sums.paid_second, sums.uncoordinated
    at_mean_cost = sums.at_mean_cost
    outside = territory.size - 1
    kinds = mean_cost.size
    centres = centre.shape[1]
    claims, covered = np.empty(kinds), np.empty(kinds)
    paying, rule_sets, fund = payments.shape[1], payments.shape[3], rules.fund
    # of dual cover: see add_up_together and paid_together
    dots = np.zeros((2, 3)), np.zeros((2, 2, 2))
    seen = np.ones((2, 2))
    # of one home: shares of its retired members living elsewhere, and what rule sets pay for them
    whole = np.zeros(rule_sets)
    # the highest numbers by hand: array.max() takes a second to compile
    last_territory = last_region = -1
    for county in range(territory.size):
        last_territory = max(last_territory, territory[county])
        for wider in range(regions.shape[0]):
            last_region = max(last_region, regions[wider, county])
    shares = np.zeros((rule_sets, last_territory + 2))
    for_payer = np.zeros((paying, rule_sets, 2, settlement.shape[3]))
    levels = regions.shape[0]
    by_region = np.zeros((paying, rule_sets, 2, levels + 1, last_region + 2))
    for h in range(homes[0], homes[1]):
        claimed_elsewhere = False
        shares_of_rules(whole, shares, h, pairs, rules, places)
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
                    row, pair_tie = relativity_row[p], tie[p]
                    share *= factor
                    amount = 0.0
                    for n in range(kinds):
                        claims[n] = (
                            expected[p, k, n]
                            * relativity[row, k, n]
                            * place_share[pair_tie, kind, k, n]
                            * share
                        )
                        amount += claims[n] * mean_cost[n] * status_cost[k, n]
                    if amount == 0.0:
                        continue
                    amount *= price[place]
                    cost[p, k] += amount
                    cost_at_place[chunk, place] += amount
                    if scheme < 0:
                        continue
                    claimed_elsewhere |= k == ELSEWHERE
                    if k == DUAL:
                        for n in range(kinds):
                            covered[n] = claims[n] * cover[scheme, payer, n]
                    for part in range(paying):
                        first_fund = fund[part] if part > 0 else scheme
                        amount = 0.0
                        if k == ELSEWHERE:
                            amount = paid_elsewhere(
                                claims,
                                part,
                                place,
                                (whole, shares),
                                for_payer,
                                by_region,
                                rules,
                                places,
                            )
                        elif k == DUAL and second_scheme >= 0:
                            here = distance_between(r, place, regions)
                            away = distance_between(h, place, regions)
                            sites = kinds_of_site(here, levels), kinds_of_site(away, levels)
                            seen[0, 0] = 1.0 if r != outside else 0.0
                            seen[0, 1] = share_claimed[scheme] * seen[0, 0]
                            seen[1, 0] = 1.0 if h != outside else 0.0
                            seen[1, 1] = share_claimed[second_scheme] * seen[1, 0]
                            add_up_together(
                                dots,
                                (claims, covered),
                                (payments, together),
                                (part, place),
                                (scheme, second_scheme, rule_set[scheme, r],
                                 rule_set[second_scheme, h]),
                                sites,
                            )  # fmt: skip
                            near = 1 if territory[r] != territory[place] else 0
                            far = 1 if territory[h] != territory[place] else 0
                            amount, second, apart = paid_together(dots, near, far, seen)
                            second_fund = fund[part] if part > 0 else second_scheme
                            add_together(by_distance, dots, seen, sites, (first_fund, r, here),
                                         (second_fund, h, away), levels)  # fmt: skip
                            uncoordinated[p] += apart
                            paid_second[p, k] += second
                            settlement[chunk, second_fund, h, column[place]] += second
                        elif payer != outside:
                            distance = distance_between(payer, place, regions)
                            within = 0 if territory[payer] == territory[place] else 1
                            first, behind = kinds_of_site(distance, levels)
                            for off_site in range(first, behind):
                                pays = paid_by_rule(
                                    claims,
                                    part,
                                    place,
                                    scheme,
                                    payer,
                                    off_site,
                                    (payments, cover, rule_set, share_claimed),
                                )
                                for other in range(levels):
                                    by_distance[first_fund, payer, distance, off_site, other] += (
                                        pays
                                    )
                                if off_site == within:
                                    amount = pays
                        paid[p, k] += amount
                        if k != ELSEWHERE:
                            settlement[chunk, first_fund, payer, column[place]] += amount
        if claimed_elsewhere:
            for part in range(paying):
                settle_elsewhere(settlement, chunk, part, h, for_payer, pairs, rules, places)
                add_elsewhere(by_distance, part, h, by_region, pairs, rules, places)


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
    cost, paid, paid_second, at_mean_cost = room.by_pair
    levels = terms.regions.shape[0]
    sums = ClaimSums(
        room.settlement,
        np.zeros((CHUNKS, len(terms.formula_of), n + 1, levels + 1, 2, levels)),
        cost, paid, paid_second, at_mean_cost,
        uncoordinated=np.zeros(pairs.count), cost_at_place=np.zeros((CHUNKS, n + 1)),
    )  # fmt: skip
    by_kind = expected.reshape(*expected.shape[:2], terms.mean_cost.size)
    tables = (
        home_pairs(terms, retiree_pool), care_tables(terms), payment_rules(terms), places_of(terms),
    )  # fmt: skip
    # whole homes to a chunk, about as many pairs to each
    edges = np.searchsorted(pairs.start, np.linspace(0, pairs.count, CHUNKS + 1))

    def run(chunk: int) -> None:
        first, behind = edges[chunk], edges[chunk + 1]
        room.settlement[chunk] = 0.0
        room.by_pair[:, pairs.start[first] : pairs.start[behind]] = 0.0
        _claims(chunk, (first, behind), by_kind, *tables, sums)

    side_by_side(run, range(CHUNKS))
    total = _sum_of_chunks(room.settlement)
    return YearClaims(
        total, sums.by_distance.sum(axis=0), cost, paid, paid_second, sums.uncoordinated,
        sums.cost_at_place.sum(axis=0), at_mean_cost,
    )  # fmt: skip


def _sum_of_chunks(values: FloatArray) -> FloatArray:
    """Sum over the first axis, in order."""
    result = np.empty(values.shape[1:])
    flat, into = values.reshape(values.shape[0], -1), result.reshape(-1)
    edges = np.linspace(0, into.size, CHUNKS + 1).astype(np.int64)

    def add(part: int) -> None:
        share_of_thread = slice(edges[part], edges[part + 1])
        into[share_of_thread] = flat[0, share_of_thread]
        for chunk in range(1, flat.shape[0]):
            into[share_of_thread] += flat[chunk, share_of_thread]

    side_by_side(add, range(CHUNKS))
    return result
