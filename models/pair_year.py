"""What a year does to the people of one pair, compiled: the pieces of :mod:`models.kernel`.

Arrays hold statuses by cells (sex and age), cells side by side, so that every inner loop is
vectorised. Loops over part of the cells count with unsigned numbers: a signed index might be
negative, and the compiler would have to look at each.
"""

import numba
import numpy as np

from inputs.vocabulary import AGES, CELLS, OLDEST_AGE, STATUSES

EMPLOYEE, DUAL = STATUSES.index("employee"), STATUSES.index("dual")
FIRST_FERTILE, LAST_FERTILE = 10, 54
U = np.uint64


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def survive(x, survival, scratch):  # type: ignore[no-untyped-def]
    """Age one pair in place; returns the deaths."""
    deaths = 0.0
    zero = x.dtype.type(0.0)
    for k in range(x.shape[0]):
        row = x[k]
        before = zero
        for c in range(CELLS):
            before += row[c]
        if before == zero:
            continue
        after = zero
        for c in range(CELLS):
            scratch[c] = row[c] * survival[c]
            after += scratch[c]
        for first in (0, AGES):
            row[first] = 0.0
            for c in range(first, first + OLDEST_AGE):
                row[c + 1] = scratch[c]
            row[first + OLDEST_AGE] += scratch[first + OLDEST_AGE]
        deaths += before - after
    return deaths


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def fertile_women(x, fertility):  # type: ignore[no-untyped-def]
    """Women of one pair weighted with the birth rate of their age."""
    total = x.dtype.type(0.0)
    for k in range(x.shape[0]):
        for a in range(FIRST_FERTILE, LAST_FERTILE + 1):
            total += x[k, AGES + a] * fertility[a]
    return total


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def add_mapped(target, mapping, source, chance, factor):  # type: ignore[no-untyped-def]
    """``target[j] += factor * mapping[k, j] * source[k] * chance`` over all statuses."""
    for k in range(source.shape[0]):
        for j in range(target.shape[0]):
            weight = target.dtype.type(factor * mapping[k, j])
            if weight != 0.0:
                for c in range(CELLS):
                    target[j, c] += weight * source[k, c] * chance[c]


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def turn_cover(target, source, matrices, runs):  # type: ignore[no-untyped-def]
    """Coverage transition of one pair: ``target`` becomes ``source`` moved on by its matrices.

    Four statuses at a time, so that each target is written twice and not once a status.
    """
    statuses = source.shape[0]
    for run in range(runs.shape[0]):
        first, cells, band = U(runs[run, 0]), U(runs[run, 1] - runs[run, 0]), runs[run, 2]
        for j in range(target.shape[0]):
            for i in range(cells):
                target[j, first + U(i)] = 0.0
            for k in range(0, statuses - 3, 4):
                w0, w1 = matrices[band, k, j], matrices[band, k + 1, j]
                w2, w3 = matrices[band, k + 2, j], matrices[band, k + 3, j]
                if w0 != 0.0 or w1 != 0.0 or w2 != 0.0 or w3 != 0.0:
                    for i in range(cells):
                        c = first + U(i)
                        target[j, c] += (w0 * source[k, c] + w1 * source[k + 1, c]) + (
                            w2 * source[k + 2, c] + w3 * source[k + 3, c]
                        )
            for k in range(statuses - statuses % 4, statuses):
                weight = matrices[band, k, j]
                if weight != 0.0:
                    for i in range(cells):
                        target[j, first + U(i)] += weight * source[k, first + U(i)]


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def wanted_care(claims, people, frequency, class_runs):  # type: ignore[no-untyped-def]
    """Expected claims of one pair and status by service and age class; two services at a time."""
    services = frequency.shape[0]
    zero = people.dtype.type(0.0)
    for s in range(services):
        for j in range(claims.shape[1]):
            claims[s, j] = zero
    for run in range(class_runs.shape[0]):
        first, j = U(class_runs[run, 0]), class_runs[run, 2]
        cells = U(class_runs[run, 1] - class_runs[run, 0])
        for s in range(0, services - 1, 2):
            one, two = zero, zero
            for i in range(cells):
                c = first + U(i)
                one += people[c] * frequency[s, c]
                two += people[c] * frequency[s + 1, c]
            claims[s, j] += one
            claims[s + 1, j] += two
        if services % 2 == 1:
            one = zero
            for i in range(cells):
                one += people[first + U(i)] * frequency[services - 1, first + U(i)]
            claims[services - 1, j] += one


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def still_contributing(total, two, matrices, runs, retirement_cells):  # type: ignore[no-untyped-def]
    """Add the contributors of ``two`` (employee, dual) who still contribute after the year."""
    for i in range(2):
        for sex in range(2):
            two[i, retirement_cells[sex]] = 0.0
    for run in range(runs.shape[0]):
        first, cells, band = U(runs[run, 0]), U(runs[run, 1] - runs[run, 0]), runs[run, 2]
        employee = matrices[band, EMPLOYEE, EMPLOYEE] + matrices[band, EMPLOYEE, DUAL]
        dual = matrices[band, DUAL, EMPLOYEE] + matrices[band, DUAL, DUAL]
        for i in range(cells):
            c = first + U(i)
            total[c] += employee * two[0, c] + dual * two[1, c]
