"""One year of the population in a single pass over memory, compiled.

Does what :func:`models.population.step` does, in place. Homes do not interact within a year, so
one home's slab is read once, carried through the whole year in cache and written once; homes
are shared out over a fixed number of chunks, each with sums of its own that are added in a fixed
order, so the result does not depend on the number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numba
import numpy as np

from inputs.vocabulary import AGES, CELLS, STATUSES
from models.pair_year import (
    add_mapped,
    fertile_women,
    still_contributing,
    survive,
    turn_cover,
    wanted_care,
)
from models.pairs import IntArray, PairIndex
from models.population import CONTRIBUTING, HOME_RESIDENT, RETIRED, band_runs
from models.rates import CareWeights, FloatArray, YearCount, YearRates

CHUNKS = 8
"""Number of independent groups of homes; fixed, so that sums come out the same bits."""

Terms = TypeVar("Terms", bound=Any)
K = len(STATUSES)
EMPLOYEE, DUAL = CONTRIBUTING
KEPT, ARRIVED, LEFT, CONTRIBUTORS, RESIDENTS = range(5)


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
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
    runs,
    frequency,
    class_runs,
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
    kind = people.dtype
    zero, one = kind.type(0.0), kind.type(1.0)
    scratch = np.empty(CELLS, kind)
    total_away = np.empty((K, CELLS), kind)
    at_home = np.empty((K, CELLS), kind)
    arriving = np.empty((K, CELLS), kind)
    moved = np.empty((K, CELLS), kind)
    here = np.empty((K, CELLS), kind)
    two = np.empty((2, CELLS), kind)
    kept_reservoir = np.empty((K, CELLS), kind)
    for h in range(chunk, homes, CHUNKS):
        first_pair, last_pair, own_pair = start[h], start[h + 1], own[h]
        if h == outside:
            kept_reservoir[:] = people[own_pair]

        left_behind = 0.0
        for p in range(first_pair, last_pair):
            r = residence[p]
            born = fertile_women(people[p], fertility[r])
            deaths[p] = survive(people[p], survival[r], scratch)
            born = 0.5 * (born + fertile_women(people[p], fertility[r]))
            if p == own_pair:
                births[p] = born if h != outside else 0.0
            else:
                births[p] = born * child_accompanies
                left_behind += born * (1.0 - child_accompanies)
        if h != outside:
            births[own_pair] += left_behind
        total_away[:] = 0.0
        for p in range(first_pair, last_pair):
            r = residence[p]
            for sex in range(2):
                infants = births[p] * newborn_sex[sex] * newborn_survival[r, sex]
                deaths[p] += births[p] * newborn_sex[sex] - infants
                for k in range(K):
                    people[p, k, sex * AGES] = infants * newborn_status[k]
            if p == own_pair:
                at_home[:] = people[p]
            else:
                for k in range(K):
                    for c in range(CELLS):
                        total_away[k, c] += people[p, k, c]

        arriving[:] = 0.0
        add_mapped(arriving, move_onward, total_away, onward_chance[h], 1.0)
        add_mapped(arriving, move_out, at_home, home_to_away[h], 1.0)

        for p in range(first_pair, last_pair):
            r = residence[p]
            row = transition_row[p]
            x = people[p]
            if p == own_pair:
                moved[:] = 0.0
                add_mapped(moved, move_return, total_away, away_to_home[h], 1.0)
                arrived = zero
                for k in range(K):
                    gone = zero
                    for c in range(CELLS):
                        arrived += moved[k, c]
                        leaver = at_home[k, c] * home_to_away[h, c]
                        gone += leaver
                        here[k, c] = at_home[k, c] * home_stay[h, c]
                    onward[p, k] = gone
                    returned[p, k] = 0.0
                kept_employee = move_out[EMPLOYEE, EMPLOYEE] + move_out[EMPLOYEE, DUAL]
                kept_dual = move_out[DUAL, EMPLOYEE] + move_out[DUAL, DUAL]
                for c in range(CELLS):
                    scratch[c] = home_to_away[h, c] * (
                        kept_employee * at_home[EMPLOYEE, c] + kept_dual * at_home[DUAL, c]
                    )
            else:
                d = share[p]
                for k in range(K):
                    for c in range(CELLS):
                        moved[k, c] = d * arriving[k, c]
                add_mapped(moved, move_onward, x, onward_chance[h], -d)
                arrived = zero
                stays = one - d
                for k in range(K):
                    gone = zero
                    back = zero
                    for c in range(CELLS):
                        arrived += moved[k, c]
                        on = x[k, c] * onward_chance[h, c]
                        gone += on
                        back += x[k, c] * away_to_home[h, c]
                        here[k, c] = x[k, c] * persistence[h, c] + d * on
                    onward[p, k] = gone * (1.0 - d)
                    returned[p, k] = back
                on_employee = move_onward[EMPLOYEE, EMPLOYEE] + move_onward[EMPLOYEE, DUAL]
                on_dual = move_onward[DUAL, EMPLOYEE] + move_onward[DUAL, DUAL]
                back_employee = move_return[EMPLOYEE, EMPLOYEE] + move_return[EMPLOYEE, DUAL]
                back_dual = move_return[DUAL, EMPLOYEE] + move_return[DUAL, DUAL]
                for c in range(CELLS):
                    on_chance = onward_chance[h, c] * stays
                    back_chance = away_to_home[h, c]
                    scratch[c] = (on_chance * on_employee + back_chance * back_employee) * x[
                        EMPLOYEE, c
                    ] + (on_chance * on_dual + back_chance * back_dual) * x[DUAL, c]

            if p == own_pair and h == outside:
                x[:] = kept_reservoir
                births[p] = 0.0
                deaths[p] = 0.0
                arrivals[p] = 0.0
                retiring[p] = 0.0
                onward[p, :] = 0.0
                returned[p, :] = 0.0
                persons[p, :] = 0.0
                claims[p] = 0.0
                continue

            arrivals[p] = arrived
            mine = sums[chunk]
            for c in range(CELLS):
                mine[LEFT, r, c] += scratch[c]
            two[0] = here[EMPLOYEE]
            two[1] = here[DUAL]
            still_contributing(mine[KEPT, r], two, transition[row], runs, retirement_cells)
            two[0] = moved[EMPLOYEE]
            two[1] = moved[DUAL]
            still_contributing(mine[ARRIVED, r], two, transition[row], runs, retirement_cells)
            for k in range(K):
                for c in range(CELLS):
                    moved[k, c] += here[k, c]
            reaching = 0.0
            for sex in range(2):
                cell = retirement_cells[sex]
                for k in (EMPLOYEE, DUAL):
                    number = moved[k, cell]
                    reaching += number
                    moved[RETIRED, cell] += number * retired_share[r, sex]
                    moved[HOME_RESIDENT, cell] += number * (1.0 - retired_share[r, sex])
                    moved[k, cell] = 0.0
            retiring[p] = reaching
            turn_cover(x, moved, transition[row], runs)
            scratch[:] = zero
            for k in range(K):
                number = zero
                for c in range(CELLS):
                    number += x[k, c]
                    scratch[c] += x[k, c]
                persons[p, k] = number
                if number == zero:
                    claims[p, k] = zero
                    continue
                wanted_care(claims[p, k], x[k], frequency, class_runs)
            for c in range(CELLS):
                mine[CONTRIBUTORS, r, c] += x[EMPLOYEE, c] + x[DUAL, c]
                mine[RESIDENTS, r, c] += scratch[c]


def in_precision(terms: Terms, kind: np.dtype[Any]) -> Terms:
    """Rates with every array of numbers in another precision."""
    changes: dict[str, Any] = {}
    for item in fields(terms):
        value = getattr(terms, item.name)
        if isinstance(value, np.ndarray) and value.dtype == np.float64:
            changes[item.name] = value.astype(kind)
        elif is_dataclass(value) and not isinstance(value, type):
            changes[item.name] = in_precision(value, kind)
    return replace(terms, **changes)


def _runs(index: IntArray) -> IntArray:
    return np.array(band_runs(index), dtype=np.int64)


def step_in_place(
    people: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
    care: CareWeights,
    threads: int | None = None,
) -> YearCount:
    """One year of the population; ``people`` becomes the state at the end of the year.

    Args:
        people: ``(P, K, 202)``, C-contiguous; changed in place. In single precision everything
            within the year is, sums over homes excepted; expected claims come out in single too.
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
    births, deaths, arrivals, retiring = (np.empty(count) for _ in range(4))
    onward, returned = np.empty((count, statuses)), np.empty((count, statuses))
    sums = np.zeros((CHUNKS, 5, pairs.counties + 1, CELLS))
    retirement_cells = np.array([age + sex * AGES for sex, age in enumerate(rates.retirement_age)])
    if people.dtype != np.float64:
        rates, care = in_precision(rates, people.dtype), in_precision(care, people.dtype)
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
        _runs(rates.band),
        care.frequency,
        _runs(care.severity_class),
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
