"""One year of the population in a single pass over memory, compiled.

Does what :func:`models.population.step` does, in place. Homes do not interact within a year, so
one home's slab is read once, carried through the whole year in cache and written once; homes
are shared out over a fixed number of chunks, each with sums of its own that are added in a fixed
order, so the result does not depend on the number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor

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
    claims_by_class,
    frequency_blocks,
)
from models.holdings import LAYERS, MONEY, share_elsewhere_in_territory, staying_shares
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
from models.pairs import IntArray, PairIndex
from models.population import lapsed_on_move
from models.rates import CareWeights, FloatArray, YearCount, YearRates

CHUNKS = 8
"""Number of independent groups of homes; fixed, so that sums come out the same bits."""


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
    scratch = np.empty(CELLS)
    everyone = np.empty(CELLS)
    kept = np.empty(CELLS)
    chances = np.zeros((5, SCRATCH))
    stay, out, back, on, persist = chances[0], chances[1], chances[2], chances[3], chances[4]
    rows = np.zeros((7, K, SCRATCH))
    total_away, at_home, arriving, moving = rows[0], rows[1], rows[2], rows[3]
    moved, here, end = rows[4], rows[5], rows[6]
    part = np.empty((K, LANES)), np.empty(SCRATCH)
    gathered = np.empty(frequency_starts.shape[0] * LANES)
    leaving = np.zeros((territory.max() + 1, LAYERS + 1, CELLS))
    everywhere = np.zeros((LAYERS + 1, CELLS))
    returning = np.zeros((2, LAYERS + 1, CELLS))
    brought = np.empty((2, LAYERS + 1, CELLS))
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
        for p in range(first_pair, last_pair):
            r = residence[p]
            add_up(everyone, people[p])
            deaths[p] = dead_among(everyone, survival[r])
            born = born_to(everyone, survival[r], fertility[r])
            for k in range(K):
                survive_and_age(people[p, k], survival[r], scratch)
            released[p] = survive_amounts(holdings[p], survival[r], scratch)
            if p == own_pair:
                births[p] = born if h != outside else 0.0
            else:
                births[p] = born * child_accompanies
                left_behind += born * (1.0 - child_accompanies)
        if h != outside:
            births[own_pair] += left_behind
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
                    for c in range(CELLS):
                        at_home[k, c] = x[k, c]
                money = add_leaving(
                    leaving[territory[p]], x, holdings[p], out, move_out[h], scratch
                )
                money_out[p, 0] = near[p] * money
                money_out[p, 1] = (1.0 - near[p]) * money
            else:
                for k in range(K):
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
        times(moving, total_away, on)
        add_mapped(arriving, move_onward[h], moving, 1.0)
        times(moving, at_home, out)
        add_mapped(arriving, move_out[h], moving, 1.0)

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
                    total = 0.0
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
                stay_and_leave(x, stay, out, back, 0.0, here, moving, onward[p], returned[p])
                returned[p, :] = 0.0
                times(moving, total_away, back)
                add_mapped(moved, move_return[h], moving, 1.0)
                brought[:] = returning
            else:
                d = share[p]
                stay_and_leave(x, persist, on, back, d, here, moving, onward[p], returned[p])
                add_mapped(moved, move_onward[h], moving, -d)
                for k in range(K):
                    for c in range(CELLS):
                        moved[k, c] += d * arriving[k, c]
                arrived_amounts(
                    brought, leaving[territory[p]], everywhere, d, x, holdings[p], on,
                    move_onward[h], scratch,
                )  # fmt: skip

            carry_on(holdings[p], here, moved, brought, carry[:, r], staying[row], kept)
            for side in range(2):
                total = 0.0
                for c in range(CELLS):
                    total += brought[side, MONEY, c]
                money_in[p, side] = total
            arrivals[p] = add_to(moved, here)
            retire(moved, retirement_cells, retired_share[p], home_cover[h], retiring[p])
            lapsed[p] = change_cover(end, moved, transition[row], blocks, part)
            held = add_entrants(holdings[p], end, kept, brought, prior_credit)
            released[p] += (
                money_in[p, 0] + carry[1, r] * money_in[p, 1] - money_out[p, 0] - money_out[p, 1]
            ) - held
            for k in range(K):
                number = 0.0
                for c in range(CELLS):
                    number += end[k, c]
                    x[k, c] = end[k, c]
                persons[p, k] = number
                if number == 0.0:
                    claims[p, k] = 0.0
                else:
                    claims_by_class(
                        claims[p, k], end[k], frequency, frequency_starts, frequency_edges, gathered
                    )
            add_up(everyone, end)
            for c in range(CELLS):
                mine[r, c] += everyone[c]


def _staying(rates: YearRates, retirement_cells: IntArray) -> FloatArray:
    """Share of employees and of the doubly insured who go on contributing, ``(rows, 2, 202)``.

    By row of the coverage matrices; nobody at retirement age.
    """
    by_band = staying_shares(rates.transition).transpose(0, 2, 1)
    by_cell = np.ascontiguousarray(by_band[:, :, rates.band])
    by_cell[:, :, retirement_cells] = 0.0
    return by_cell


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
        people: ``(P, K, 202)``, C-contiguous; changed in place. Kept in single precision, if it
            comes so, and worked on in double; expected claims come out in the same precision.
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
    persons = np.empty((count, statuses))
    claims = np.empty((count, statuses, services, care.classes), people.dtype)
    births, deaths, arrivals, lapsed, released = (np.empty(count) for _ in range(5))
    onward, returned = np.empty((count, statuses)), np.empty((count, statuses))
    retiring, money_out, money_in = (np.empty((count, 2)) for _ in range(3))
    residents = np.zeros((CHUNKS, pairs.counties + 1, CELLS))
    retirement_cells = np.array([age + sex * AGES for sex, age in enumerate(rates.retirement_age)])
    movement = rates.movement
    arguments = (
        people,
        holdings,
        pairs.start,
        pairs.own,
        pairs.residence,
        pairs.territory,
        pairs.own_territory,
        share_elsewhere_in_territory(pairs, rates.destination),
        rates.survival,
        rates.fertility,
        rates.newborn_survival,
        rates.newborn_sex,
        rates.newborn_status,
        rates.child_accompanies,
        movement.home_stay,
        movement.home_to_away,
        movement.away_to_home,
        movement.onward,
        movement.persistence,
        rates.destination,
        rates.move_out,
        rates.move_onward,
        rates.move_return,
        retirement_cells,
        rates.retired_share,
        rates.home_cover,
        rates.carry,
        rates.prior_credit,
        rates.transition,
        rates.transition_row,
        _staying(rates, retirement_cells),
        blocks_of(rates.band),
        *frequency_blocks(care),
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
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count()) as pool:
        list(pool.map(lambda chunk: _year(chunk, *arguments), range(CHUNKS)))
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
