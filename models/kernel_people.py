"""People of one pair, compiled: the pieces that :mod:`models.kernel` calls for each pair."""

import numba

from inputs.vocabulary import AGES, CELLS, OLDEST_AGE
from models.population import NONE

FIRST_FERTILE, LAST_FERTILE = 10, 54


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def survive(x, survival, scratch):  # type: ignore[no-untyped-def]
    """Age one pair in place; returns the deaths."""
    deaths = 0.0
    for k in range(x.shape[0]):
        row = x[k]
        before = 0.0
        for c in range(CELLS):
            before += row[c]
        if before == 0.0:
            continue
        after = 0.0
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
    total = 0.0
    for k in range(x.shape[0]):
        for a in range(FIRST_FERTILE, LAST_FERTILE + 1):
            total += x[k, AGES + a] * fertility[a]
    return total


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def add_mapped(target, mapping, source, chance, factor):  # type: ignore[no-untyped-def]
    """``target[j] += factor * mapping[k, j] * source[k] * chance`` over all statuses."""
    for k in range(source.shape[0]):
        for j in range(target.shape[0]):
            weight = factor * mapping[k, j]
            if weight != 0.0:
                for c in range(CELLS):
                    target[j, c] += weight * source[k, c] * chance[c]


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def apply_transition(target, source, matrices, runs):  # type: ignore[no-untyped-def]
    """Coverage transition of one pair: ``target`` becomes ``source`` moved on by its matrices."""
    target[:] = 0.0
    for run in range(runs.shape[0]):
        first, last, band = runs[run, 0], runs[run, 1], runs[run, 2]
        for k in range(source.shape[0]):
            for j in range(target.shape[0]):
                weight = matrices[band, k, j]
                if weight != 0.0:
                    for c in range(first, last):
                        target[j, c] += weight * source[k, c]


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def lapsed_of_pair(source, matrices, runs):  # type: ignore[no-untyped-def]
    """People of one pair who lose all cover in the year's transition."""
    total = 0.0
    for run in range(runs.shape[0]):
        first, last, band = runs[run, 0], runs[run, 1], runs[run, 2]
        for k in range(source.shape[0]):
            weight = matrices[band, k, NONE]
            if k != NONE and weight != 0.0:
                for c in range(first, last):
                    total += weight * source[k, c]
    return total
