"""Payments of funds for claims made at a place, compiled: the parts of
:mod:`fundpool.models.claims.compiled`, which loops over people and places.

Claims come by kind, ``(N,)``; money is that of the base year. ``part`` is what is paid: 0 by the
benefits of the schemes, others by layers above them, which another fund pays
(:class:`fundpool.models.claims.tables.PaymentRules`).
"""

from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.claims.terms import ELSEWHERE


@compiled(LOOSE)
def distance_between(payer, place, regions):  # type: ignore[no-untyped-def]
    """See :func:`fundpool.models.claims.terms.distance`."""
    for level in range(regions.shape[0]):
        if regions[level, payer] == regions[level, place]:
            return level
    return regions.shape[0]


@compiled(LOOSE)
def kinds_of_site(distance, levels):  # type: ignore[no-untyped-def]
    """First and behind last of on-site (0) and off-site (1) that care at a distance may be."""
    return 0 if distance < levels else 1, 2 if distance > 0 else 1


@compiled(LOOSE)
def paid_by_rule(  # type: ignore[no-untyped-def]
    claims, part, place, scheme, payer, off_site, terms
):
    """Payment of one fund for claims ``(N,)`` made at a place, in base-year money.

    ``sum over kinds of claims * cover * payments``, times the share claimed if off-site.
    """
    payments, cover, rule_set, share_claimed = terms
    rule = rule_set[scheme, payer]
    amount = 0.0
    for n in range(claims.size):
        pays = payments[place, part, scheme, rule, off_site, n]
        amount += claims[n] * cover[scheme, payer, n] * pays
    if off_site == 1:
        amount *= share_claimed[scheme]
    return amount


@compiled(LOOSE)
def add_up_together(  # type: ignore[no-untyped-def]
    dots, amounts, terms, at, by, sites
):
    """Claims of dual cover made at a place times what two funds pay, for each site that may be.

    Args:
        dots: ``alone`` of each fund by its site, ``(2, 3)``, becomes what the local fund pays for
            covered claims, what the home fund does, and what the home fund pays for others;
            ``both`` by site of the local and of the home fund, ``(2, 2, 2)``, what each of them
            pays for covered claims beside the other.
        amounts: claims, and those of them that the local packages cover, ``(N,)`` each.
        terms: payments of one fund, and of two together.
        at: part and place.
        by: schemes and rule sets of the local and of the home fund.
        sites: kinds of site that may be, of the local and of the home fund.
    """
    (alone, both), (claims, covered), (payments, together) = dots, amounts, terms
    (part, place), (scheme, second, first_rule, second_rule), (here, away) = at, by, sites
    for near in range(here[0], here[1]):
        local = 0.0
        for n in range(claims.size):
            local += covered[n] * payments[place, part, scheme, first_rule, near, n]
        alone[near, 0] = local
    for far in range(away[0], away[1]):
        home, others = 0.0, 0.0
        for n in range(claims.size):
            pays = payments[place, part, second, second_rule, far, n]
            home += covered[n] * pays
            others += (claims[n] - covered[n]) * pays
        alone[far, 1] = home
        alone[far, 2] = others
    for near in range(here[0], here[1]):
        for far in range(away[0], away[1]):
            local, home = 0.0, 0.0
            for n in range(claims.size):
                local += (
                    covered[n] * together[place, part, 0, first_rule, second_rule, near, far, n]
                )
                home += covered[n] * together[place, part, 1, first_rule, second_rule, near, far, n]
            both[near, far, 0] = local
            both[near, far, 1] = home


@compiled(LOOSE)
def paid_together(dots, near, far, seen):  # type: ignore[no-untyped-def]
    """Payments for claims of dual cover made at a place, in base-year money.

    See :func:`fundpool.models.claims.year.paid_together` for the equations.

    Args:
        dots: from :func:`add_up_together`.
        near, far: 1 where the care is off-site for the local and for the home fund.
        seen: share of claims that each fund sees, by fund and site, ``(2, 2)``.

    Returns:
        what the local fund pays, what the home fund pays, and what both would pay if neither knew
        of the other.
    """
    alone, both = dots
    here, at_home = seen[0, near], seen[1, far]
    local = here * (at_home * both[near, far, 0] + (1.0 - at_home) * alone[near, 0])
    other = at_home * (here * both[near, far, 1] + (1.0 - here) * alone[far, 1] + alone[far, 2])
    return local, other, here * alone[near, 0] + at_home * (alone[far, 1] + alone[far, 2])


@compiled(LOOSE)
def add_together(  # type: ignore[no-untyped-def]
    by_distance, dots, seen, sites, local_fund, home_fund, levels
):
    """Add payments for dual cover to ``by_distance`` of a chunk, ``(S, n + 1, L + 1, 2, L)``.

    Each fund pays as if its own care were on-site and off-site, beside the other fund with each
    level of territory.

    Args:
        by_distance: added to.
        dots, seen: as :func:`paid_together` has them.
        sites: kinds of site that may be, of the local and of the home fund.
        local_fund, home_fund: scheme, payer, and distance of the care from it.
        levels: of territories.
    """
    (here_sites, away_sites) = sites
    first_fund, residence, here = local_fund
    second_fund, home, away = home_fund
    for near in range(here_sites[0], here_sites[1]):
        for far in range(away_sites[0], away_sites[1]):
            local, other, _ = paid_together(dots, near, far, seen)
            for level in range(levels):
                if (1 if away > level else 0) == far:
                    by_distance[first_fund, residence, here, near, level] += local
                if (1 if here > level else 0) == near:
                    by_distance[second_fund, home, away, far, level] += other


@compiled(LOOSE)
def shares_of_rules(whole, shares, h, pairs, rules, places):  # type: ignore[no-untyped-def]
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
def paid_elsewhere(  # type: ignore[no-untyped-def]
    claims, part, place, rule_shares, for_payer, by_region, rules, places
):
    """Payment for claims ``(N,)`` of retired members living outside their pool.

    Each pool of the home pays its share by its own rule, on site where the care is given in its own
    territory: ``sum over f of on_f * near_f + (whole_f - on_f) * claimed * far_f``.

    Args:
        claims: claims by kind.
        place: where they are made.
        rule_shares: ``whole`` and ``shares`` of :func:`shares_of_rules`.
        for_payer: what each rule set pays on and off site is added, by column of the place,
            ``(parts, F, 2, columns)``.
        by_region: the same is added, by level and region around the place,
            ``(parts, F, 2, L + 1, ...)``;
            behind the highest level all together.
        rules, places: the tables.
    """
    whole, shares = rule_shares
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
            near_pay += claims[n] * payments[place, part, scheme, f, 0, n]
            far_pay += claims[n] * payments[place, part, scheme, f, 1, n]
        far_pay *= share_claimed[scheme]
        amount += on * near_pay + (whole[f] - on) * far_pay
        for_payer[part, f, 0, column[place]] += near_pay
        for_payer[part, f, 1, column[place]] += far_pay
        for level in range(levels):
            by_region[part, f, 0, level, regions[level, place]] += near_pay
            by_region[part, f, 1, level, regions[level, place]] += far_pay
        by_region[part, f, 0, levels, 0] += near_pay
        by_region[part, f, 1, levels, 0] += far_pay
    return amount


@compiled(LOOSE)
def settle_elsewhere(  # type: ignore[no-untyped-def]
    settlement, chunk, part, h, for_payer, pairs, rules, places
):
    """Add what each pool pays for a home's retired members living elsewhere to ``settlement``.

    ``register share * for_payer`` of the pool's rule set, on site in the columns of its territory;
    ``for_payer`` (from :func:`paid_elsewhere`) is empty afterwards.
    """
    start, residence, register_share = pairs.start, pairs.residence, pairs.register_share
    rule_set, scheme_of = rules.rule_set, rules.scheme_of
    territory, territory_of_column = places.territory, places.territory_of_column
    outside = territory.size - 1
    scheme, fund = scheme_of[ELSEWHERE], rules.fund[part]
    if fund < 0:
        fund = scheme
    for p in range(start[h], start[h + 1]):
        payer = residence[p]
        if payer == outside or register_share[p] == 0.0:
            continue
        f = rule_set[scheme, payer]
        for c in range(for_payer.shape[3]):
            off_site = 0 if territory[payer] == territory_of_column[c] else 1
            pays = for_payer[part, f, off_site, c]
            settlement[chunk, fund, payer, c] += register_share[p] * pays
    for_payer[part] = 0.0


@compiled(LOOSE)
def add_elsewhere(  # type: ignore[no-untyped-def]
    by_distance, part, h, by_region, pairs, rules, places
):
    """Add what each pool pays for a home's retired members living elsewhere to ``by_distance``.

    Care at a distance from the pool lies in its region of that level and not in that of the level
    below; ``by_region`` (from :func:`paid_elsewhere`) is empty afterwards.
    """
    start, residence, register_share = pairs.start, pairs.residence, pairs.register_share
    rule_set, scheme_of, regions = rules.rule_set, rules.scheme_of, places.regions
    levels, outside = regions.shape[0], regions.shape[1] - 1
    scheme, fund = scheme_of[ELSEWHERE], rules.fund[part]
    if fund < 0:
        fund = scheme
    for p in range(start[h], start[h + 1]):
        payer = residence[p]
        if payer == outside or register_share[p] == 0.0:
            continue
        f = rule_set[scheme, payer]
        below_near, below_far = 0.0, 0.0
        for distance in range(levels + 1):
            region = regions[distance, payer] if distance < levels else 0
            near_pay = by_region[part, f, 0, distance, region]
            far_pay = by_region[part, f, 1, distance, region]
            for level in range(levels):
                if distance < levels:
                    by_distance[fund, payer, distance, 0, level] += register_share[p] * max(
                        near_pay - below_near, 0.0
                    )
                if distance > 0:
                    by_distance[fund, payer, distance, 1, level] += register_share[p] * max(
                        far_pay - below_far, 0.0
                    )
            below_near, below_far = near_pay, far_pay
    by_region[part] = 0.0
