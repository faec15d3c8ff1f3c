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
def _distance(payer, place, regions):  # type: ignore[no-untyped-def]
    """See :func:`fundpool.models.claims.terms.distance`."""
    for level in range(regions.shape[0]):
        if regions[level, payer] == regions[level, place]:
            return level
    return regions.shape[0]


@compiled(LOOSE)
def _kinds_of_site(distance, levels):  # type: ignore[no-untyped-def]
    """First and behind last of on-site (0) and off-site (1) that care at a distance may be."""
    return 0 if distance < levels else 1, 2 if distance > 0 else 1


@compiled(LOOSE)
def _paid_by_rule(claims, place, scheme, payer, off_site, rules):  # type: ignore[no-untyped-def]
    """Payment of one fund for claims ``(N,)`` made at a place, in base-year money.

    ``sum over kinds of claims * cover * payments``, times the share claimed if off-site.
    """
    payments, cover = rules.payments, rules.cover
    rule_set, share_claimed = rules.rule_set, rules.share_claimed
    rule = rule_set[scheme, payer]
    amount = 0.0
    for n in range(claims.size):
        amount += claims[n] * cover[scheme, payer, n] * payments[place, scheme, rule, off_site, n]
    if off_site == 1:
        amount *= share_claimed[scheme]
    return amount


@compiled(LOOSE)
def _paid_together(  # type: ignore[no-untyped-def]
    claims, place, residence, home, near, far, rules
):
    """Payments for claims ``(N,)`` of dual cover made at a place, in base-year money.

    See :func:`fundpool.models.claims.year.paid_together` for the equations; ``near`` and ``far``
    are 1 where the care is off-site for the local and for the home fund.

    Returns:
        what the local fund pays, what the home fund pays, and what both would pay if neither knew
        of the other.
    """
    payments, together, cover = rules.payments, rules.together, rules.cover
    rule_set, share_claimed = rules.rule_set, rules.share_claimed
    scheme_of, second_scheme = rules.scheme_of, rules.second_scheme
    scheme = scheme_of[DUAL]
    outside = rule_set.shape[1] - 1
    seen = share_claimed[scheme] if near == 1 else 1.0
    if residence == outside:
        seen = 0.0
    at_home = share_claimed[second_scheme] if far == 1 else 1.0
    if home == outside:
        at_home = 0.0
    first, second = rule_set[scheme, residence], rule_set[second_scheme, home]
    local, other, apart = 0.0, 0.0, 0.0
    for n in range(claims.size):
        by_local = seen * cover[scheme, residence, n]
        alone = payments[place, scheme, first, near, n]
        alone_home = payments[place, second_scheme, second, far, n]
        one = together[place, 0, first, second, near, far, n]
        two = together[place, 1, first, second, near, far, n]
        local += claims[n] * by_local * (at_home * one + (1.0 - at_home) * alone)
        other += claims[n] * at_home * (by_local * two + (1.0 - by_local) * alone_home)
        apart += claims[n] * (by_local * alone + at_home * alone_home)
    return local, other, apart


@compiled(LOOSE)
def _add_together(  # type: ignore[no-untyped-def]
    by_distance, claims, place, residence, home, rules, places
):
    """Add payments for dual cover to ``by_distance`` of a chunk, ``(S, n + 1, L + 1, 2, L)``.

    Each fund pays as if its own care were on-site and off-site, beside the other fund with each
    level of territory.
    """
    scheme_of, second_scheme, regions = rules.scheme_of, rules.second_scheme, places.regions
    levels, scheme = regions.shape[0], scheme_of[DUAL]
    here, away = _distance(residence, place, regions), _distance(home, place, regions)
    first_near, behind_near = _kinds_of_site(here, levels)
    first_far, behind_far = _kinds_of_site(away, levels)
    for near in range(first_near, behind_near):
        for far in range(first_far, behind_far):
            local, other, _ = _paid_together(claims, place, residence, home, near, far, rules)
            for level in range(levels):
                if (1 if away > level else 0) == far:
                    by_distance[scheme, residence, here, near, level] += local
                if (1 if here > level else 0) == near:
                    by_distance[second_scheme, home, away, far, level] += other


@compiled(LOOSE)
def _shares_of_rules(whole, shares, h, pairs, rules, places):  # type: ignore[no-untyped-def]
    """Shares of a home's retired members living elsewhere by the rule set of their pool.

    Args:
        whole: becomes the share of each rule set, ``(F,)``.
        shares: becomes the share by rule set and territory of the pool, ``(F, m + 2)``; the last
            territory, which -1 (outside) finds, stays empty.
        h: the home.
        pairs, rules, places: the tables.
    """
    start, residence, register_share = pairs.start, pairs.residence, pairs.register_share
    rule_set, scheme_of, territory = rules.rule_set, rules.scheme_of, places.territory
    whole[:] = 0.0
    shares[:] = 0.0
    outside = territory.size - 1
    scheme = max(scheme_of[ELSEWHERE], 0)
    for p in range(start[h], start[h + 1]):
        payer = residence[p]
        if payer != outside:
            f = rule_set[scheme, payer]
            shares[f, territory[payer]] += register_share[p]
            whole[f] += register_share[p]


@compiled(LOOSE)
def _paid_elsewhere(  # type: ignore[no-untyped-def]
    claims, place, whole, shares, for_payer, by_region, rules, places
):
    """Payment for claims ``(N,)`` of retired members living outside their pool.

    Each pool of the home pays its share by its own rule, on site where the care is given in its own
    territory: ``sum over f of on_f * near_f + (whole_f - on_f) * claimed * far_f``.

    Args:
        claims: claims by kind.
        place: where they are made.
        whole, shares: from :func:`_shares_of_rules`.
        for_payer: what each rule set pays on and off site is added, by column of the place,
            ``(F, 2, columns)``.
        by_region: the same is added, by level and region around the place, ``(F, 2, L + 1, ...)``;
            behind the highest level all together.
        rules, places: the tables.
    """
    payments, share_claimed, scheme_of = rules.payments, rules.share_claimed, rules.scheme_of
    territory, column, regions = places.territory, places.column, places.regions
    scheme, levels = scheme_of[ELSEWHERE], places.regions.shape[0]
    amount = 0.0
    for f in range(whole.size):
        if whole[f] == 0.0:
            continue
        on = shares[f, territory[place]]
        near_pay, far_pay = 0.0, 0.0
        for n in range(claims.size):
            near_pay += claims[n] * payments[place, scheme, f, 0, n]
            far_pay += claims[n] * payments[place, scheme, f, 1, n]
        far_pay *= share_claimed[scheme]
        amount += on * near_pay + (whole[f] - on) * far_pay
        for_payer[f, 0, column[place]] += near_pay
        for_payer[f, 1, column[place]] += far_pay
        for level in range(levels):
            by_region[f, 0, level, regions[level, place]] += near_pay
            by_region[f, 1, level, regions[level, place]] += far_pay
        by_region[f, 0, levels, 0] += near_pay
        by_region[f, 1, levels, 0] += far_pay
    return amount


@compiled(LOOSE)
def _settle_elsewhere(  # type: ignore[no-untyped-def]
    settlement, chunk, h, for_payer, pairs, rules, places
):
    """Add what each pool pays for a home's retired members living elsewhere to ``settlement``.

    ``register share * for_payer`` of the pool's rule set, on site in the columns of its territory;
    ``for_payer`` (from :func:`_paid_elsewhere`) is empty afterwards.
    """
    start, residence, register_share = pairs.start, pairs.residence, pairs.register_share
    rule_set, scheme_of = rules.rule_set, rules.scheme_of
    territory, territory_of_column = places.territory, places.territory_of_column
    outside = territory.size - 1
    scheme = scheme_of[ELSEWHERE]
    for p in range(start[h], start[h + 1]):
        payer = residence[p]
        if payer == outside or register_share[p] == 0.0:
            continue
        f = rule_set[scheme, payer]
        for c in range(for_payer.shape[2]):
            off_site = 0 if territory[payer] == territory_of_column[c] else 1
            settlement[chunk, scheme, payer, c] += register_share[p] * for_payer[f, off_site, c]
    for_payer[:] = 0.0


@compiled(LOOSE)
def _add_elsewhere(  # type: ignore[no-untyped-def]
    by_distance, h, by_region, pairs, rules, places
):
    """Add what each pool pays for a home's retired members living elsewhere to ``by_distance``.

    Care at a distance from the pool lies in its region of that level and not in that of the level
    below; ``by_region`` (from :func:`_paid_elsewhere`) is empty afterwards.
    """
    start, residence, register_share = pairs.start, pairs.residence, pairs.register_share
    rule_set, scheme_of, regions = rules.rule_set, rules.scheme_of, places.regions
    levels, outside = regions.shape[0], regions.shape[1] - 1
    scheme = scheme_of[ELSEWHERE]
    for p in range(start[h], start[h + 1]):
        payer = residence[p]
        if payer == outside or register_share[p] == 0.0:
            continue
        f = rule_set[scheme, payer]
        below_near, below_far = 0.0, 0.0
        for distance in range(levels + 1):
            region = regions[distance, payer] if distance < levels else 0
            near_pay, far_pay = by_region[f, 0, distance, region], by_region[f, 1, distance, region]
            for level in range(levels):
                if distance < levels:
                    by_distance[scheme, payer, distance, 0, level] += register_share[p] * max(
                        near_pay - below_near, 0.0
                    )
                if distance > 0:
                    by_distance[scheme, payer, distance, 1, level] += register_share[p] * max(
                        far_pay - below_far, 0.0
                    )
            below_near, below_far = near_pay, far_pay
    by_region[:] = 0.0


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
    mean_cost, price, payments = care.mean_cost, care.price, rules.payments
    scheme_of, second_scheme, level = rules.scheme_of, rules.second_scheme, rules.level
    territory, regions, column = places.territory, places.regions, places.column
    by_distance = sums.by_distance[chunk]
    settlement, cost_at_place, cost = sums.settlement, sums.cost_at_place, sums.cost
    paid, paid_second, uncoordinated = sums.paid, sums.paid_second, sums.uncoordinated
    at_mean_cost = sums.at_mean_cost
    outside = territory.size - 1
    kinds = mean_cost.size
    centres = centre.shape[1]
    claims = np.empty(kinds)
    rule_sets = payments.shape[2]
    # of one home: shares of its retired members living elsewhere, and what rule sets pay for them
    whole = np.zeros(rule_sets)
    shares = np.zeros((rule_sets, territory.max() + 2))
    for_payer = np.zeros((rule_sets, 2, settlement.shape[3]))
    levels = regions.shape[0]
    by_region = np.zeros((rule_sets, 2, levels + 1, regions.max() + 2))
    for h in range(homes[0], homes[1]):
        claimed_elsewhere = False
        _shares_of_rules(whole, shares, h, pairs, rules, places)
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
                        amount = _paid_elsewhere(
                            claims, place, whole, shares, for_payer, by_region, rules, places
                        )
                        claimed_elsewhere = True
                    elif k == DUAL and second_scheme >= 0:
                        near = 1 if territory[r] != territory[place] else 0
                        far = 1 if territory[h] != territory[place] else 0
                        amount, second, apart = _paid_together(
                            claims, place, r, h, near, far, rules
                        )
                        _add_together(by_distance, claims, place, r, h, rules, places)
                        uncoordinated[p] += apart
                        paid_second[p, k] += second
                        settlement[chunk, second_scheme, h, column[place]] += second
                    elif payer != outside:
                        distance = _distance(payer, place, regions)
                        within = 0 if territory[payer] == territory[place] else 1
                        first, behind = _kinds_of_site(distance, levels)
                        for off_site in range(first, behind):
                            pays = _paid_by_rule(claims, place, scheme, payer, off_site, rules)
                            for other in range(levels):
                                by_distance[scheme, payer, distance, off_site, other] += pays
                            if off_site == within:
                                amount = pays
                    paid[p, k] += amount
                    if k != ELSEWHERE:
                        settlement[chunk, scheme, payer, column[place]] += amount
        if claimed_elsewhere:
            _settle_elsewhere(settlement, chunk, h, for_payer, pairs, rules, places)
            _add_elsewhere(by_distance, h, by_region, pairs, rules, places)


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
