"""Sums over the cells of every pair of packed people, in one pass and in double precision."""

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.compiling import compiled


def weighted_sums(
    people: FloatArray, weights: FloatArray, row: IntArray, group: IntArray, groups: int
) -> FloatArray:
    """``sum over cells c of group g of weights[row[p], c] people[p, c]``, ``(P, groups)``.

    >>> people, group = np.array([[1.0, 2.0, 4.0]]), np.array([0, 1, 0])
    >>> weighted_sums(people, np.ones((1, 3)), np.array([0]), group, 2).tolist()
    [[5.0, 2.0]]

    Args:
        people: packed, ``(P, M)``, in single or double precision.
        weights: by row and cell, ``(R, M)``.
        row: of each pair, ``(P,)``; -1 for pairs whose sums are zero.
        group: of each cell, ``(M,)``; -1 for cells in no sum.
        groups: how many.
    """
    sums = np.zeros((people.shape[0], groups))
    starts = np.flatnonzero(np.diff(group, prepend=-2))
    ends, group_of_run = np.append(starts[1:], group.size), group[starts]
    runs = tuple(each[group_of_run >= 0] for each in (starts, ends, group_of_run))
    _add_up(people, np.asarray(weights, dtype=np.float64), row, runs, sums)
    return sums


@compiled()
def _add_up(  # type: ignore[no-untyped-def]
    people, weights, row, runs, sums
):
    """Add every run of cells of one group to its sum, in four parts that do not wait for another.

    Args:
        people: packed, ``(P, M)``.
        weights: by row and cell, ``(R, M)``.
        row: of each pair, ``(P,)``; -1 for none.
        runs: first cell, cell after the last, and group of each run of cells.
        sums: by pair and group, added to.
    """
    firsts, ends, groups = runs
    for pair in range(people.shape[0]):
        place = row[pair]
        if place < 0:
            continue
        for run in range(firsts.size):
            first, end, group = firsts[run], ends[run], groups[run]
            sum_0 = sum_1 = sum_2 = sum_3 = 0.0
            whole = first + (end - first) // 4 * 4
            for cell in range(first, whole, 4):
                sum_0 += weights[place, cell] * people[pair, cell]
                sum_1 += weights[place, cell + 1] * people[pair, cell + 1]
                sum_2 += weights[place, cell + 2] * people[pair, cell + 2]
                sum_3 += weights[place, cell + 3] * people[pair, cell + 3]
            for cell in range(whole, end):
                sum_0 += weights[place, cell] * people[pair, cell]
            sums[pair, group] += (sum_0 + sum_1) + (sum_2 + sum_3)
