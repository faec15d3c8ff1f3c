"""One year of the population in a single pass over memory, compiled.

Does what :func:`models.population.step` does, in place. Homes do not interact within a year, so
one home's slab is read once, carried through the whole year in cache and written once; homes
are shared out over a fixed number of chunks, each with sums of its own that are added in a fixed
order, so the result does not depend on the number of threads.
"""

import numba
import numpy as np

from inputs.vocabulary import AGES, CELLS
from models.cell_blocks import (
    LANES,
    LOOSE,
    SCRATCH,
    K,
    add_mapped,
    blocks_of,
    change_cover,
    changes_made,
    claims_by_class,
    frequency_blocks,
    reached,
)
from models.holdings import (
    CONTRIBUTING,
    LAYERS,
    MONEY,
    share_elsewhere_in_territory,
    staying_by_cell,
)
from models.kernel_holdings import (
    add_entrants,
    add_leaving,
    arrived_amounts,
    carry_on,
    survive_amounts,
    to_means,
)
from models.kernel_people import (
    add_to,
    add_up,
    born_to,
    dead_among,
    retire,
    stay_and_leave,
    survive_and_age,
    times,
)
from models.pairs import CHUNKS, PairIndex, side_by_side
from models.population import RETIRED, lapsed_on_move
from models.rates import CareWeights, FloatArray, YearCount, YearRates

EMPLOYEE, DUAL = CONTRIBUTING


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
def _year(  # type: ignore[no-untyped-def]
    chunk,
    people,
    holdings,
    start,
    own,
    residence,
    territory,
    own_territory,
    near,
    survival,
    fertility,
    newborn_survival,
    newborn_sex,
    newborn_status,
    child_accompanies,
    home_stay,
    home_to_away,
    away_to_home,
    onward_chance,
    persistence,
    share,
    move_out,
    move_onward,
    move_return,
    retirement_cells,
    retired_share,
    home_cover,
    carry,
    prior_credit,
    transition,
    transition_row,
    staying,
    blocks,
    moves_made,
    changes,
    frequency,
    frequency_starts,
    frequency_edges,
    persons,
    claims,
    births,
    deaths,
    arrivals,
    onward,
    returned,
    retiring,
    lapsed,
    money_out,
    money_in,
    released,
    residents,
):
    homes = start.shape[0] - 1
    outside = homes - 1
    kind = people.dtype
    nil = kind.type(0.0)
    scratch = np.empty(CELLS, kind)
    everyone = np.empty(CELLS, kind)
    kept = np.empty(CELLS, kind)
    chances = np.zeros((5, SCRATCH), kind)
    stay, out, back, on, persist = chances[0], chances[1], chances[2], chances[3], chances[4]
    rows = np.zeros((7, K + 1, SCRATCH), kind)
    total_away, at_home, arriving, moving = rows[0], rows[1], rows[2], rows[3]
    moved, here, end = rows[4], rows[5], rows[6]
    numbers = np.empty(K, kind)
    held = np.zeros(K, np.bool_)
    gathered = np.empty(frequency_starts.shape[0] * LANES, kind)
    leaving = np.zeros((territory.max() + 1, LAYERS + 1, CELLS), kind)
    everywhere = np.zeros((LAYERS + 1, CELLS), kind)
    returning = np.zeros((2, LAYERS + 1, CELLS), kind)
    brought = np.empty((2, LAYERS + 1, CELLS), kind)
    mine = residents[chunk]
    for h in range(chunk, homes, CHUNKS):
        first_pair, last_pair, own_pair = start[h], start[h + 1], own[h]
        for c in range(CELLS):
            stay[c] = home_stay[h, c]
            out[c] = home_to_away[h, c]
            back[c] = away_to_home[h, c]
            on[c] = onward_chance[h, c]
            persist[c] = persistence[h, c]
        if h == outside:
            kept_reservoir = people[own_pair].copy()

        left_behind = 0.0
        for k in range(K):
            held[k] = newborn_status[h, k] > 0.0 or home_cover[h, k] > 0.0
        for p in range(first_pair, last_pair):
            r = residence[p]
            add_up(everyone, people[p], numbers)
            deaths[p] = dead_among(everyone, survival[r])
            born = born_to(everyone, survival[r], fertility[r])
            for k in range(K):
                if numbers[k] != 0.0:
                    held[k] = True
                    survive_and_age(people[p, k], survival[r], scratch)
            released[p] = survive_amounts(holdings[p], survival[r], scratch)
            if p == own_pair:
                births[p] = born if h != outside else 0.0
            else:
                births[p] = born * child_accompanies
                left_behind += born * (1.0 - child_accompanies)
        if h != outside:
            births[own_pair] += left_behind
        held[RETIRED] |= held[EMPLOYEE] or held[DUAL]
        reached(held, changes)
        for k in range(K):
            if not held[k]:
                rows[:, k] = 0.0
        total_away[:] = 0.0
        leaving[:] = 0.0
        returning[:] = 0.0
        for p in range(first_pair, last_pair):
            r = residence[p]
            x = people[p]
            for sex in range(2):
                infants = births[p] * newborn_sex[sex] * newborn_survival[r, sex]
                deaths[p] += births[p] * newborn_sex[sex] - infants
                for k in range(K):
                    x[k, sex * AGES] = infants * newborn_status[h, k]
            to_means(holdings[p], x)
            same = 0 if territory[p] == own_territory[h] else 1
            if p == own_pair:
                for k in range(K):
                    if held[k]:
                        for c in range(CELLS):
                            at_home[k, c] = x[k, c]
                money = add_leaving(
                    leaving[territory[p]], x, holdings[p], out, move_out[h], scratch
                )
                money_out[p, 0] = near[p] * money
                money_out[p, 1] = (1.0 - near[p]) * money
            else:
                for k in range(K):
                    if held[k]:
                        for c in range(CELLS):
                            total_away[k, c] += x[k, c]
                money = add_leaving(
                    leaving[territory[p]], x, holdings[p], on, move_onward[h], scratch
                )
                money_out[p, 0] = near[p] * money
                money_out[p, 1] = (1.0 - share[p] - near[p]) * money
                money_out[p, same] += add_leaving(
                    returning[same], x, holdings[p], back, move_return[h], scratch
                )
        everywhere[:] = 0.0
        for place in range(leaving.shape[0]):
            for layer in range(LAYERS + 1):
                for c in range(CELLS):
                    everywhere[layer, c] += leaving[place, layer, c]

        arriving[:] = 0.0
        times(moving, total_away, on, held)
        add_mapped(arriving, move_onward[h], moving, 1.0, held, moves_made)
        times(moving, at_home, out, held)
        add_mapped(arriving, move_out[h], moving, 1.0, held, moves_made)

        for p in range(first_pair, last_pair):
            r, row, x = residence[p], transition_row[p], people[p]
            if p == own_pair and h == outside:  # the reservoir stays as it is and counts nowhere
                x[:] = kept_reservoir
                holdings[p] = 0.0
                births[p] = 0.0
                deaths[p] = 0.0
                arrivals[p] = 0.0
                retiring[p, :] = 0.0
                lapsed[p] = 0.0
                money_out[p, :] = 0.0
                for side in range(2):  # account money taken out of the case
                    total = nil
                    for c in range(CELLS):
                        total += returning[side, MONEY, c]
                    money_in[p, side] = total
                released[p] = 0.0
                onward[p, :] = 0.0
                returned[p, :] = 0.0
                persons[p, :] = 0.0
                claims[p] = 0.0
                continue
            moved[:] = 0.0
            if p == own_pair:
                stay_and_leave(x, held, stay, out, back, 0.0, here, moving, onward[p], returned[p])
                returned[p, :] = 0.0
                times(moving, total_away, back, held)
                add_mapped(moved, move_return[h], moving, 1.0, held, moves_made)
                brought[:] = returning
            else:
                d = share[p]
                stay_and_leave(x, held, persist, on, back, d, here, moving, onward[p], returned[p])
                add_mapped(moved, move_onward[h], moving, -d, held, moves_made)
                for k in range(K):
                    if held[k]:
                        for c in range(CELLS):
                            moved[k, c] = max(moved[k, c] + d * arriving[k, c], nil)  # rounding
                arrived_amounts(
                    brought, leaving[territory[p]], everywhere, d, x, holdings[p], on,
                    move_onward[h], scratch,
                )  # fmt: skip

            carry_on(holdings[p], here, moved, brought, carry[:, r], staying[row], kept)
            for side in range(2):
                total = nil
                for c in range(CELLS):
                    total += brought[side, MONEY, c]
                money_in[p, side] = total
            arrivals[p] = add_to(moved, here, held)
            retire(moved, retirement_cells, retired_share[p], home_cover[h], retiring[p])
            lapsed[p] = change_cover(end, moved, transition[row], blocks, held)
            money = add_entrants(holdings[p], end, kept, brought, prior_credit)
            released[p] += (
                money_in[p, 0] + carry[1, r] * money_in[p, 1] - money_out[p, 0] - money_out[p, 1]
            ) - money
            add_up(everyone, end, numbers)
            for k in range(K):
                if not held[k]:  # and what was counted of it stays nil
                    continue
                for c in range(CELLS):
                    x[k, c] = end[k, c]
                persons[p, k] = numbers[k]
                if numbers[k] != 0.0:
                    claims_by_class(
                        claims[p, k], end[k], frequency, frequency_starts, frequency_edges, gathered
                    )
            for c in range(CELLS):
                mine[r, c] += everyone[c]


def step_in_place(
    people: FloatArray,
    holdings: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
    care: CareWeights,
    threads: int | None = None,
) -> YearCount:
    """One year of the population; ``people`` and ``holdings`` become those at the year's end.

    Args:
        people: ``(P, K, 202)``, C-contiguous; changed in place. Worked on in the precision that
            it comes in, which is that of expected claims too; counts are double.
        holdings: ``(P, 3, 202)``, C-contiguous; changed in place.
        pairs: the pairs of the case.
        rates: the year's rates.
        care: claim frequencies.
        threads: how many chunks run at once; one a processor unless told.

    Returns:
        what :func:`models.population.step` counts.
    """
    count, statuses, _ = people.shape
    services = care.frequency.shape[0]
    persons, onward, returned = (np.zeros((count, statuses)) for _ in range(3))
    claims = np.zeros((count, statuses, services, care.classes), people.dtype)
    births, deaths, arrivals, lapsed, released = (np.empty(count) for _ in range(5))
    retiring, money_out, money_in = (np.empty((count, 2)) for _ in range(3))
    residents = np.zeros((CHUNKS, pairs.counties + 1, CELLS))
    retirement_cells = np.array([age + sex * AGES for sex, age in enumerate(rates.retirement_age)])
    movement = rates.movement
    moves_made = changes_made(rates.move_out, rates.move_onward, rates.move_return)
    frequency, starts, edges = frequency_blocks(care)

    def same_kind(values: FloatArray) -> FloatArray:
        """In the precision of people."""
        return np.ascontiguousarray(values, people.dtype)

    arguments = (
        people,
        holdings,
        pairs.start,
        pairs.own,
        pairs.residence,
        pairs.territory,
        pairs.own_territory,
        share_elsewhere_in_territory(pairs, rates.destination),
        same_kind(rates.survival),
        same_kind(rates.fertility),
        rates.newborn_survival,
        rates.newborn_sex,
        rates.newborn_status,
        rates.child_accompanies,
        same_kind(movement.home_stay),
        same_kind(movement.home_to_away),
        same_kind(movement.away_to_home),
        same_kind(movement.onward),
        same_kind(movement.persistence),
        same_kind(rates.destination),
        same_kind(rates.move_out),
        same_kind(rates.move_onward),
        same_kind(rates.move_return),
        retirement_cells,
        rates.retired_share,
        rates.home_cover,
        same_kind(rates.carry),
        people.dtype.type(rates.prior_credit),
        same_kind(rates.transition),
        rates.transition_row,
        same_kind(staying_by_cell(rates, retirement_cells)),
        blocks_of(rates.band),
        moves_made,
        np.concatenate([moves_made, changes_made(rates.transition)]),
        same_kind(frequency),
        starts,
        edges,
        persons,
        claims,
        births,
        deaths,
        arrivals,
        onward,
        returned,
        retiring,
        lapsed,
        money_out,
        money_in,
        released,
        residents,
    )
    side_by_side(lambda chunk: _year(chunk, *arguments), range(CHUNKS), threads)
    return YearCount(
        persons=persons,
        expected_claims=claims,
        births=births,
        deaths=deaths,
        arrivals=arrivals,
        onward=onward,
        returned=returned,
        retiring=retiring,
        lapsed=lapsed + lapsed_on_move(onward, returned, pairs, rates),
        money_out=money_out,
        money_in=money_in,
        money_released=released,
        residents=residents.sum(axis=0),
    )
