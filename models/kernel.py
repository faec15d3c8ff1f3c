"""One year of the population in a single pass over memory, compiled.

Does what :func:`models.population.step` does, in place. Homes do not interact within a year, so
one home's slab is read, carried through the whole year in cache and written once; homes are
shared out over a fixed number of chunks, each with sums of its own that are added in a fixed
order, so the result does not depend on the number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from inputs.vocabulary import AGES, CELLS
from models.cell_loops import (
    LANES,
    LOOSE,
    SCRATCH,
    WIDTH,
    K,
    add_mapped,
    add_survivors,
    blocks_of,
    change_cover,
    claims_by_class,
    column_sums,
    frequency_blocks,
    survive_and_age,
)
from models.pairs import IntArray, PairIndex
from models.population import CONTRIBUTING, HOME_RESIDENT, RETIRED
from models.rates import CareWeights, FloatArray, YearCount, YearRates

CHUNKS = 8
"""Number of independent groups of homes; fixed, so that sums come out the same bits."""

EMPLOYEE, DUAL = CONTRIBUTING
FIRST_FERTILE, LAST_FERTILE = 10, 54
KEPT, ARRIVED, LEFT, CONTRIBUTORS, RESIDENTS = range(5)


@numba.njit(cache=True, fastmath=LOOSE)
def _born(women, survival, fertility):  # type: ignore[no-untyped-def]
    """Births to the women among ``women`` (all statuses), by their mean over the year."""
    total = 0.0
    for age in range(FIRST_FERTILE, LAST_FERTILE + 1):
        c = AGES + age
        total += fertility[age] * (women[c] + women[c - 1] * survival[c - 1])
    return 0.5 * total


@numba.njit(cache=True, fastmath=LOOSE)
def _deaths(people, survival):  # type: ignore[no-untyped-def]
    """Deaths among ``people`` (all statuses)."""
    total = 0.0
    for c in range(CELLS):
        total += people[c] * (1.0 - survival[c])
    return total


@numba.njit(cache=True)
def _put_newborn(rows, infants, newborn_status):  # type: ignore[no-untyped-def]
    """Infants by sex enter at age 0."""
    for k in range(K):
        for sex in range(2):
            rows[k, sex * AGES] = infants[sex] * newborn_status[k]


@numba.njit(cache=True)
def _still_contributing(mapping):  # type: ignore[no-untyped-def]
    """Share of the employees and of the doubly insured who contribute after a move."""
    return (
        mapping[EMPLOYEE, EMPLOYEE] + mapping[EMPLOYEE, DUAL],
        mapping[DUAL, EMPLOYEE] + mapping[DUAL, DUAL],
    )


@numba.njit(cache=True)
def _retire(rows, retirement_cells, retired_share):  # type: ignore[no-untyped-def]
    """Contributors at retirement age stop contributing; returns how many."""
    reaching = 0.0
    for sex in range(2):
        cell = retirement_cells[sex]
        for k in (EMPLOYEE, DUAL):
            number = rows[k, cell]
            reaching += number
            rows[RETIRED, cell] += number * retired_share[sex]
            rows[HOME_RESIDENT, cell] += number * (1.0 - retired_share[sex])
            rows[k, cell] = 0.0
    return reaching


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
def _year(  # type: ignore[no-untyped-def]
    chunk,
    people,
    start,
    own,
    residence,
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
    transition,
    transition_row,
    blocks,
    contributing,
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
    sums,
):
    homes = start.shape[0] - 1
    outside = homes - 1
    chances = np.zeros((5, SCRATCH))
    stay, out, back, on, persist = chances[0], chances[1], chances[2], chances[3], chances[4]
    everyone = np.zeros(SCRATCH)
    gathered = np.zeros(frequency_starts.shape[0] * LANES)
    total_away = np.zeros((K, SCRATCH))
    at_home = np.zeros((K, SCRATCH))
    arriving = np.zeros((K, SCRATCH))
    aged = np.zeros((K, SCRATCH))
    moving = np.zeros((K, SCRATCH))
    moved = np.zeros((K, SCRATCH))
    here = np.zeros((K, SCRATCH))
    end = np.zeros((K, SCRATCH))
    infants = np.zeros(2)
    infants_away = np.zeros(2)
    mine = sums[chunk]
    out_employee, out_dual = _still_contributing(move_out)
    on_employee, on_dual = _still_contributing(move_onward)
    back_employee, back_dual = _still_contributing(move_return)
    for h in range(chunk, homes, CHUNKS):
        first_pair, last_pair, own_pair = start[h], start[h + 1], own[h]
        for c in range(CELLS):
            stay[c] = home_stay[h, c]
            out[c] = home_to_away[h, c]
            back[c] = away_to_home[h, c]
            on[c] = onward_chance[h, c]
            persist[c] = persistence[h, c]

        # all who live away a year older: what the moves of every pair of this home need
        left_behind = 0.0
        total_away[:] = 0.0
        infants_away[:] = 0.0
        for p in range(first_pair, last_pair):
            r = residence[p]
            column_sums(everyone, people[p])
            deaths[p] = _deaths(everyone, survival[r])
            born = _born(everyone, survival[r], fertility[r])
            if p == own_pair:
                births[p] = born if h != outside else 0.0
                continue
            births[p] = born * child_accompanies
            left_behind += born * (1.0 - child_accompanies)
            for sex in range(2):
                infants_away[sex] += births[p] * newborn_sex[sex] * newborn_survival[r, sex]
            add_survivors(total_away, people[p], survival[r], everyone)
        if h != outside:
            births[own_pair] += left_behind
        _put_newborn(total_away, infants_away, newborn_status)
        own_residence = residence[own_pair]
        survive_and_age(at_home, people[own_pair], survival[own_residence])
        for sex in range(2):
            born = births[own_pair] * newborn_sex[sex]
            infants[sex] = born * newborn_survival[own_residence, sex]
        _put_newborn(at_home, infants, newborn_status)

        arriving[:] = 0.0
        for k in range(K):
            for c in range(WIDTH):
                moving[k, c] = total_away[k, c] * on[c]
        add_mapped(arriving, move_onward, moving, 1.0)
        for k in range(K):
            for c in range(WIDTH):
                moving[k, c] = at_home[k, c] * out[c]
        add_mapped(arriving, move_out, moving, 1.0)

        for p in range(first_pair, last_pair):
            r, row, x = residence[p], transition_row[p], people[p]
            if p == own_pair and h == outside:  # the reservoir stays as it is and counts nowhere
                births[p], deaths[p], arrivals[p], retiring[p] = 0.0, 0.0, 0.0, 0.0
                onward[p, :] = 0.0
                returned[p, :] = 0.0
                persons[p, :] = 0.0
                claims[p] = 0.0
                continue
            for sex in range(2):
                born = births[p] * newborn_sex[sex]
                infants[sex] = born * newborn_survival[r, sex]
                deaths[p] += born - infants[sex]
            if p == own_pair:
                for k in range(K):
                    gone = 0.0
                    for c in range(WIDTH):
                        gone += at_home[k, c] * out[c]
                        here[k, c] = at_home[k, c] * stay[c]
                        moving[k, c] = total_away[k, c] * back[c]
                        moved[k, c] = 0.0
                    onward[p, k] = gone
                    returned[p, k] = 0.0
                add_mapped(moved, move_return, moving, 1.0)
                for c in range(CELLS):
                    mine[LEFT, r, c] += out[c] * (
                        out_employee * at_home[EMPLOYEE, c] + out_dual * at_home[DUAL, c]
                    )
            else:
                survive_and_age(aged, x, survival[r])
                _put_newborn(aged, infants, newborn_status)
                d = share[p]
                for k in range(K):
                    gone = 0.0
                    home = 0.0
                    for c in range(WIDTH):
                        leaver = aged[k, c] * on[c]
                        gone += leaver
                        home += aged[k, c] * back[c]
                        moving[k, c] = leaver
                        here[k, c] = aged[k, c] * persist[c] + d * leaver
                        moved[k, c] = d * arriving[k, c]
                    onward[p, k] = gone * (1.0 - d)
                    returned[p, k] = home
                add_mapped(moved, move_onward, moving, -d)
                for c in range(CELLS):
                    elsewhere = on[c] * (1.0 - d)
                    mine[LEFT, r, c] += (elsewhere * on_employee + back[c] * back_employee) * aged[
                        EMPLOYEE, c
                    ] + (elsewhere * on_dual + back[c] * back_dual) * aged[DUAL, c]

            for c in range(CELLS):
                employee, dual = contributing[row, 0, c], contributing[row, 1, c]
                mine[KEPT, r, c] += employee * here[EMPLOYEE, c] + dual * here[DUAL, c]
                mine[ARRIVED, r, c] += employee * moved[EMPLOYEE, c] + dual * moved[DUAL, c]
            arrived = 0.0
            for k in range(K):
                for c in range(WIDTH):
                    arrived += moved[k, c]
                    moved[k, c] += here[k, c]
            arrivals[p] = arrived
            retiring[p] = _retire(moved, retirement_cells, retired_share[r])
            change_cover(end, moved, transition[row], blocks)
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
            column_sums(everyone, end)
            for c in range(CELLS):
                mine[RESIDENTS, r, c] += everyone[c]
                mine[CONTRIBUTORS, r, c] += end[EMPLOYEE, c] + end[DUAL, c]


def _contributing(rates: YearRates, retirement_cells: IntArray) -> FloatArray:
    """Share of employees and of the doubly insured who contribute at the end of the year.

    By row of the coverage matrices and cell, ``(rows, 2, 202)``; nobody at retirement age.
    """
    kept = rates.transition[:, :, CONTRIBUTING, :][..., CONTRIBUTING].sum(axis=-1)
    by_cell = np.ascontiguousarray(kept.transpose(0, 2, 1)[:, :, rates.band])
    by_cell[:, :, retirement_cells] = 0.0
    return by_cell


def step_in_place(
    people: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
    care: CareWeights,
    threads: int | None = None,
) -> YearCount:
    """One year of the population; ``people`` becomes the state at the end of the year.

    Args:
        people: ``(P, K, 202)``, C-contiguous; changed in place.
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
    claims = np.empty((count, statuses, services, care.classes))
    births, deaths, arrivals, retiring = (np.empty(count) for _ in range(4))
    onward, returned = np.empty((count, statuses)), np.empty((count, statuses))
    sums = np.zeros((CHUNKS, 5, pairs.counties + 1, CELLS))
    retirement_cells = np.array([age + sex * AGES for sex, age in enumerate(rates.retirement_age)])
    movement = rates.movement
    arguments = (
        people,
        pairs.start,
        pairs.own,
        pairs.residence,
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
        rates.transition,
        rates.transition_row,
        blocks_of(rates.band),
        _contributing(rates, retirement_cells),
        *frequency_blocks(care),
        persons,
        claims,
        births,
        deaths,
        arrivals,
        onward,
        returned,
        retiring,
        sums,
    )
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count()) as pool:
        list(pool.map(lambda chunk: _year(chunk, *arguments), range(CHUNKS)))
    total = sums.sum(axis=0)
    return YearCount(
        persons=persons,
        expected_claims=claims,
        births=births,
        deaths=deaths,
        arrivals=arrivals,
        onward=onward,
        returned=returned,
        retiring=retiring,
        contributors=total[CONTRIBUTORS],
        contributors_kept=total[KEPT],
        contributors_arrived=total[ARRIVED],
        contributors_left=total[LEFT],
        residents=total[RESIDENTS],
    )
