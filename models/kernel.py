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

from inputs.vocabulary import AGES, CELLS, STATUSES
from models.holdings import CONTRIBUTING, LAYERS, MONEY, share_elsewhere_in_territory
from models.kernel_holdings import add_leaving, arrived_amounts, carry_on, survive_amounts, to_means
from models.kernel_people import (
    add_mapped,
    apply_transition,
    fertile_women,
    lapsed_of_pair,
    survive,
)
from models.pairs import IntArray, PairIndex
from models.population import RETIRED, band_runs, lapsed_on_move
from models.rates import CareWeights, FloatArray, YearCount, YearRates

CHUNKS = 8
"""Number of independent groups of homes; fixed, so that sums come out the same bits."""

K = len(STATUSES)
EMPLOYEE, DUAL = CONTRIBUTING


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
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
    lapsed,
    money_out,
    money_in,
    released,
    residents,
):
    homes = start.shape[0] - 1
    outside = homes - 1
    scratch = np.empty(CELLS)
    total_away = np.empty((K, CELLS))
    at_home = np.empty((K, CELLS))
    arriving = np.empty((K, CELLS))
    moved = np.empty((K, CELLS))
    here = np.empty((K, CELLS))
    kept_reservoir = np.empty((K, CELLS))
    leaving = np.zeros((territory.max() + 1, LAYERS + 1, CELLS))
    returning = np.zeros((2, LAYERS + 1, CELLS))
    brought = np.empty((2, LAYERS + 1, CELLS))
    kept = np.empty((2, CELLS))
    left = np.empty(2)
    for h in range(chunk, homes, CHUNKS):
        first_pair, last_pair, own_pair = start[h], start[h + 1], own[h]
        if h == outside:
            kept_reservoir[:] = people[own_pair]

        left_behind = 0.0
        for p in range(first_pair, last_pair):
            r = residence[p]
            born = fertile_women(people[p], fertility[r])
            deaths[p] = survive(people[p], survival[r], scratch)
            released[p] = survive_amounts(holdings[p], survival[r], scratch)
            born = 0.5 * (born + fertile_women(people[p], fertility[r]))
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
            for sex in range(2):
                infants = births[p] * newborn_sex[sex] * newborn_survival[r, sex]
                deaths[p] += births[p] * newborn_sex[sex] - infants
                for k in range(K):
                    people[p, k, sex * AGES] = infants * newborn_status[h, k]
            x = people[p]
            to_means(holdings[p], x)
            same = 0 if territory[p] == own_territory[h] else 1
            if p == own_pair:
                at_home[:] = x
                add_leaving(
                    leaving[territory[p]], x, holdings[p], home_to_away[h], move_out[h], scratch
                )
            else:
                for k in range(K):
                    for c in range(CELLS):
                        total_away[k, c] += x[k, c]
                on = add_leaving(
                    leaving[territory[p]], x, holdings[p], onward_chance[h], move_onward[h], scratch
                )
                back = add_leaving(
                    returning[same], x, holdings[p], away_to_home[h], move_return[h], scratch
                )
                money_out[p, 0] = near[p] * on
                money_out[p, 1] = (1.0 - share[p] - near[p]) * on
                money_out[p, same] += back

        arriving[:] = 0.0
        add_mapped(arriving, move_onward[h], total_away, onward_chance[h], 1.0)
        add_mapped(arriving, move_out[h], at_home, home_to_away[h], 1.0)

        for p in range(first_pair, last_pair):
            r = residence[p]
            row = transition_row[p]
            x = people[p]
            if p == own_pair:
                moved[:] = 0.0
                add_mapped(moved, move_return[h], total_away, away_to_home[h], 1.0)
                arrived = 0.0
                for k in range(K):
                    gone = 0.0
                    for c in range(CELLS):
                        arrived += moved[k, c]
                        gone += at_home[k, c] * home_to_away[h, c]
                        here[k, c] = at_home[k, c] * home_stay[h, c]
                    onward[p, k] = gone
                    returned[p, k] = 0.0
                left[:] = 0.0
                out = add_leaving(
                    brought[0], at_home, holdings[p], home_to_away[h], move_out[h], scratch
                )
                left[0] = near[p] * out
                left[1] = (1.0 - near[p]) * out
                brought[:] = returning
            else:
                d = share[p]
                for k in range(K):
                    for c in range(CELLS):
                        moved[k, c] = d * arriving[k, c]
                add_mapped(moved, move_onward[h], x, onward_chance[h], -d)
                arrived = 0.0
                for k in range(K):
                    gone = 0.0
                    back = 0.0
                    for c in range(CELLS):
                        arrived += moved[k, c]
                        on = x[k, c] * onward_chance[h, c]
                        gone += on
                        back += x[k, c] * away_to_home[h, c]
                        here[k, c] = x[k, c] * persistence[h, c] + d * on
                    onward[p, k] = gone * (1.0 - d)
                    returned[p, k] = back
                left[:] = money_out[p]
                arrived_amounts(
                    brought, leaving, territory[p], d, x, holdings[p], onward_chance[h],
                    move_onward[h], scratch,
                )  # fmt: skip

            if p == own_pair and h == outside:
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
                        total += brought[side, MONEY, c]
                    money_in[p, side] = total
                released[p] = 0.0
                onward[p, :] = 0.0
                returned[p, :] = 0.0
                persons[p, :] = 0.0
                claims[p] = 0.0
                continue

            arrivals[p] = arrived
            carry_on(
                holdings[p], here, moved, brought, carry[:, r], transition[row], runs,
                retirement_cells, kept,
            )  # fmt: skip
            for side in range(2):
                money_out[p, side] = left[side]
                total = 0.0
                for c in range(CELLS):
                    total += brought[side, MONEY, c]
                money_in[p, side] = total
            for k in range(K):
                for c in range(CELLS):
                    moved[k, c] += here[k, c]
            for sex in range(2):
                cell = retirement_cells[sex]
                reaching = moved[EMPLOYEE, cell] + moved[DUAL, cell]
                earned = reaching * retired_share[p, sex]
                retiring[p, sex] = reaching
                moved[EMPLOYEE, cell] = 0.0
                moved[DUAL, cell] = 0.0
                moved[RETIRED, cell] += earned
                for k in range(K):
                    moved[k, cell] += (reaching - earned) * home_cover[h, k]
            lapsed[p] = lapsed_of_pair(moved, transition[row], runs)
            apply_transition(here, moved, transition[row], runs)
            held = 0.0
            for c in range(CELLS):
                entrants = max(here[EMPLOYEE, c] + here[DUAL, c] - kept[0, c], 0.0)
                years, squares = brought[0, 0, c], brought[0, 1, c]
                holdings[p, 0, c] += entrants * (prior_credit * years + 0.5)
                holdings[p, 1, c] += entrants * (
                    prior_credit * prior_credit * squares + prior_credit * years + 0.25
                )
                held += holdings[p, MONEY, c]
            released[p] += money_in[p, 0] + carry[1, r] * money_in[p, 1] - left[0] - left[1] - held
            mine = residents[chunk]
            for k in range(K):
                number = 0.0
                for c in range(CELLS):
                    number += here[k, c]
                    x[k, c] = here[k, c]
                    mine[r, c] += here[k, c]
                persons[p, k] = number
                for s in range(frequency.shape[0]):
                    claims[p, k, s, :] = 0.0
                    if number == 0.0:
                        continue
                    for run in range(class_runs.shape[0]):
                        total = 0.0
                        for c in range(class_runs[run, 0], class_runs[run, 1]):
                            total += here[k, c] * frequency[s, c]
                        claims[p, k, s, class_runs[run, 2]] += total


def _runs(index: IntArray) -> IntArray:
    return np.array(band_runs(index), dtype=np.int64)


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
        people: ``(P, K, 202)``, C-contiguous; changed in place.
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
    claims = np.empty((count, statuses, services, care.classes))
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
