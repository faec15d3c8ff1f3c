"""One year of the population in a single pass over memory, compiled.

Does what :func:`fundpool.models.population.year.step` does, in place. Homes do not interact within
a year, so one home's slab is read once, carried through the whole year in cache and written once;
homes are shared out over a fixed number of chunks, so the result does not depend on the number of
threads. People are packed (:mod:`fundpool.models.population.held_cells`): cells of a status that
nobody can have are left out.
"""

import numpy as np

from fundpool.inputs.format.vocabulary import CELLS
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.axes.threads import CHUNKS
from fundpool.models.population.compiled.blocks import (
    SCRATCH,
    K,
    change_cover,
    claims_by_class,
    reached,
)
from fundpool.models.population.compiled.holdings import (
    add_entrants,
    add_leaving,
    arrived_amounts,
    carry_on,
    clear_amounts,
    contributors_moving,
    copy_amounts,
    go_on_contributing,
    money_before,
    money_of,
    sum_of_places,
    to_means,
)
from fundpool.models.population.compiled.people import (
    DUAL,
    EMPLOYEE,
    Chances,
    add_arriving,
    add_infants,
    add_mapped,
    add_rows,
    add_to,
    add_up,
    born_to,
    clear,
    dead_among,
    pack,
    retire,
    stay_and_leave,
    sum_statuses,
    survive_and_age,
    times,
)
from fundpool.models.population.holdings import (
    LAYERS,
    MONEY,
)
from fundpool.models.population.year import RETIRED


@compiled(LOOSE)
def year_of_homes(  # type: ignore[no-untyped-def]
    chunk, state, layout, pairs, rates, of_claims, counts
):
    """The year of the homes of one chunk.

    In this order: survive and age, births, move, retire, change of cover, and what contributors
    hold on the way; equations in :mod:`fundpool.models.population.year` and
    :mod:`fundpool.models.population.holdings`.

    Args:
        chunk: every ``CHUNKS``-th home from this one on is the chunk's.
        state: :class:`fundpool.models.population.compiled.tables.State`, changed in place.
        layout: :class:`fundpool.models.population.compiled.tables.CellLayout`.
        pairs: :class:`fundpool.models.population.compiled.tables.HomePairs`.
        rates: :class:`fundpool.models.population.compiled.tables.RateTables`.
        of_claims: :class:`fundpool.models.population.compiled.blocks.ClaimRuns`.
        counts: :class:`fundpool.models.population.rates.YearCount`; rows of the chunk's
            pairs are filled.
    """
    people, holdings = state.people, state.holdings
    spans, layers, work = layout.people, layout.layers, layout.work
    start, own_of_home, residence = pairs.start, pairs.own_pair, pairs.residence
    territory, own_territory, most_places = pairs.territory, pairs.own_territory, pairs.most_places
    share, near = pairs.destination, pairs.near
    vital, moves, cover, credit = rates.vital, rates.moves, rates.cover, rates.credit
    survival, fertility = vital.survival, vital.fertility
    newborn_survival, newborn_sex = vital.newborn_survival, vital.newborn_sex
    newborn_status, child_accompanies = vital.newborn_status, vital.child_accompanies
    home_stay, home_to_away, persistence = moves.home_stay, moves.home_to_away, moves.persistence
    away_to_home, onward_chance, moves_made = moves.away_to_home, moves.onward, moves.plan
    move_out, move_onward, move_return = moves.status_out, moves.status_onward, moves.status_return
    retiring_groups, retired_share = cover.retiring_groups, cover.retired_share
    home_cover, transition, transition_row = cover.home_cover, cover.transition, cover.row
    staying, plan, changes = cover.staying, cover.plan, cover.changes
    carry, prior_credit = credit.carry, credit.prior_credit
    persons, claims = counts.persons, counts.expected_claims
    births, deaths, arrivals = counts.births, counts.deaths, counts.arrivals
    onward, returned = counts.onward, counts.returned
    retiring, lapsed, released = counts.retiring, counts.lapsed, counts.money_released
    money_out, money_in = counts.money_out, counts.money_in
    homes = start.shape[0] - 1
    outside = homes - 1
    kind = people.dtype
    scratch, movers = np.empty(SCRATCH, kind), np.empty(SCRATCH, kind)
    everyone = np.empty(CELLS, kind)
    kept, still, part = (np.empty(SCRATCH, kind), np.empty(SCRATCH, kind), np.empty(SCRATCH, kind))
    of_moves = np.zeros((5, SCRATCH), kind)
    stay, out, back, on, persist = of_moves[0], of_moves[1], of_moves[2], of_moves[3], of_moves[4]
    from_home, from_away = Chances(stay, out, back), Chances(persist, on, back)
    leavers = np.empty((2, K))
    rows = np.zeros((8, K + 1, SCRATCH), kind)
    total_away, arriving, moving, moved = rows[0], rows[1], rows[2], rows[3]
    here, end, x, older = rows[4], rows[5], rows[6], rows[7]
    mean = np.zeros((LAYERS, SCRATCH), kind)
    numbers = np.empty(K, kind)
    occupied = np.zeros(K + 1, np.bool_)  # and nobody
    leaving = np.zeros((most_places, LAYERS + 1, SCRATCH), kind)
    everywhere = np.zeros((LAYERS + 1, SCRATCH), kind)
    returning = np.zeros((2, LAYERS + 1, SCRATCH), kind)
    brought = np.zeros((2, LAYERS + 1, SCRATCH), kind)
    for h in range(chunk, homes, CHUNKS):
        first_pair, last_pair, own_pair = start[h], start[h + 1], own_of_home[h]
        for c in range(CELLS):
            stay[c] = home_stay[h, c]
            out[c] = home_to_away[h, c]
            back[c] = away_to_home[h, c]
            on[c] = onward_chance[h, c]
            persist[c] = persistence[h, c]
        left_behind = 0.0
        for k in range(K):
            occupied[k] = newborn_status[h, k] > 0.0 or home_cover[h, k] > 0.0
        total_away[:] = 0.0
        places = 0
        for p in range(first_pair, last_pair):
            places = max(places, territory[p] + 1)
        clear_amounts(leaving, places, work)
        returning[:] = 0.0
        # the own pair comes last, with the children that migrants leave behind
        for n in range(first_pair, last_pair):
            p = n if n < own_pair else n + 1
            if n == last_pair - 1:
                p = own_pair
            r = residence[p]
            sum_statuses(everyone, people, p, spans)
            deaths[p] = dead_among(everyone, survival, r)
            born = born_to(everyone, survival, fertility, r)
            survive_and_age(older, people, p, spans, survival, r)
            if p == own_pair:
                births[p] = born + left_behind if h != outside else 0.0
            else:
                births[p] = born * child_accompanies
                left_behind += born * (1.0 - child_accompanies)
            deaths[p] += add_infants(
                older, births[p], newborn_sex, newborn_survival, r, newborn_status, h
            )
            survive_and_age(mean, holdings, p, layers, survival, r)
            to_means(mean, older, scratch, work)
            same = 0 if territory[p] == own_territory[h] else 1
            if p == own_pair:
                contributors_moving(movers, older, out, move_out, h, work)
                money = add_leaving(leaving, territory[p], mean, movers, work)
                money_out[p, 0] = near[p] * money
                money_out[p, 1] = (1.0 - near[p]) * money
            else:
                add_rows(total_away, older, spans)
                contributors_moving(movers, older, on, move_onward, h, work)
                money = add_leaving(leaving, territory[p], mean, movers, work)
                money_out[p, 0] = near[p] * money
                money_out[p, 1] = (1.0 - share[p] - near[p]) * money
                contributors_moving(movers, older, back, move_return, h, work)
                money_out[p, same] += add_leaving(returning, same, mean, movers, work)
        at_home = older  # of the pair that came last
        for those in (total_away, at_home):
            add_up(those, spans, numbers)
            for k in range(K):
                occupied[k] |= numbers[k] != 0.0
        occupied[RETIRED] |= occupied[EMPLOYEE] or occupied[DUAL]
        reached(occupied, changes)
        for k in range(K):
            if not occupied[k]:
                rows[:, k] = 0.0
        sum_of_places(everywhere, leaving, places, work)

        arriving[:] = 0.0
        times(moving, total_away, on, spans, occupied)
        add_mapped(arriving, move_onward, h, moving, 1.0, spans, occupied, moves_made)
        times(moving, at_home, out, spans, occupied)
        add_mapped(arriving, move_out, h, moving, 1.0, spans, occupied, moves_made)

        for p in range(first_pair, last_pair):
            r, row = residence[p], transition_row[p]
            if p == own_pair and h == outside:  # the reservoir stays as it is and counts nowhere
                holdings[p] = 0.0
                births[p] = 0.0
                deaths[p] = 0.0
                arrivals[p] = 0.0
                retiring[p, :] = 0.0
                lapsed[p] = 0.0
                money_out[p, :] = 0.0
                for side in range(2):  # account money taken out of the case
                    money_in[p, side] = money_of(returning[side, MONEY], work)
                released[p] = 0.0
                onward[p, :] = 0.0
                returned[p, :] = 0.0
                persons[p, :] = 0.0
                claims[p] = 0.0
                continue
            # aged again: recomputing is cheaper than storing the aged people of all pairs
            survive_and_age(x, people, p, spans, survival, r)
            add_infants(x, births[p], newborn_sex, newborn_survival, r, newborn_status, h)
            released[p] = money_before(holdings, p, layers)
            survive_and_age(mean, holdings, p, layers, survival, r)
            to_means(mean, x, scratch, work)
            clear(moved, spans)
            if p == own_pair:
                stay_and_leave(here, moving, x, from_home, 0.0, spans, occupied, leavers)
                leavers[1] = 0.0
                times(moving, total_away, back, spans, occupied)
                add_mapped(moved, move_return, h, moving, 1.0, spans, occupied, moves_made)
                copy_amounts(brought, returning, work)
            else:
                d = share[p]
                stay_and_leave(here, moving, x, from_away, d, spans, occupied, leavers)
                add_mapped(moved, move_onward, h, moving, -d, spans, occupied, moves_made)
                add_arriving(moved, arriving, d, spans, occupied)
                contributors_moving(movers, x, on, move_onward, h, work)
                arrived_amounts(brought, leaving, territory[p], everywhere, d, mean, movers, work)

            go_on_contributing(kept, still, part, here, moved, staying, row, work)
            carry_on(mean, brought, still, part, carry, r, work)
            for k in range(K):
                onward[p, k], returned[p, k] = leavers[0, k], leavers[1, k]
            for side in range(2):
                money_in[p, side] = money_of(brought[side, MONEY], work)
            arrivals[p] = add_to(moved, here, spans, occupied)
            retire(moved, retiring_groups, retired_share, p, home_cover, h, retiring)
            lapsed[p] = change_cover(end, moved, transition, row, plan)
            money = add_entrants(mean, end, kept, brought, prior_credit, work)
            released[p] += (
                money_in[p, 0] + carry[1, r] * money_in[p, 1] - money_out[p, 0] - money_out[p, 1]
            ) - money
            add_up(end, spans, numbers)
            pack(people, p, end, spans)
            pack(holdings, p, mean, layers)
            for k in range(K):
                persons[p, k] = numbers[k]
            claims_by_class(claims, p, end, numbers, of_claims)
