"""Sums over the cells of every pair of packed people, in one pass and in double precision.

:func:`weighted_sums` makes one kind of sum; :func:`sums_together` makes several and reads people
once, which takes nearly all of the time.
"""

from collections.abc import Sequence
from typing import NamedTuple

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


class CellSum(NamedTuple):
    """Sums over cells that are asked for; arguments of :func:`weighted_sums`.

    Attributes:
        weights: by row and cell, ``(R, M)``.
        row: of each pair, ``(P,)``; -1 for pairs whose sums are zero.
        group: of each cell, ``(M,)``; -1 for cells in no sum.
        groups: how many.
    """

    weights: FloatArray
    row: IntArray
    group: IntArray
    groups: int


def sums_together(people: FloatArray, asked: Sequence[CellSum]) -> list[FloatArray]:
    """:func:`weighted_sums` of each that is asked for, ``(P, groups)``, in one pass over people.

    People are added up over runs of cells that no sum tells apart, then weighted.

    >>> people, group = np.array([[1.0, 2.0, 4.0]]), np.array([0, 0, 1])
    >>> plain = CellSum(np.ones((1, 3)), np.array([0]), group, 2)
    >>> heavy = plain._replace(weights=np.array([[1.0, 3.0, 3.0]]))
    >>> [sums.tolist() for sums in sums_together(people, [plain, heavy])]
    [[[3.0, 4.0]], [[7.0, 12.0]]]
    """
    if not asked:
        return []
    keys = [np.vstack([each.group[None], each.weights]) for each in asked]
    told_apart = np.any([(np.diff(key, axis=1) != 0.0).any(axis=0) for key in keys], axis=0)
    starts = np.append(0, np.flatnonzero(told_apart) + 1)
    rows_before = np.cumsum([0, *(len(each.weights) for each in asked)])
    rows = [
        np.where(each.row < 0, -1, each.row + before)
        for each, before in zip(asked, rows_before, strict=False)
    ]
    sizes = [people.shape[0] * each.groups for each in asked]
    edges = np.cumsum([0, *sizes])
    sums = np.zeros(edges[-1])
    _add_up_together(
        people,
        np.append(starts, people.shape[1]),
        np.vstack([each.weights[:, starts] for each in asked]).astype(np.float64),
        np.array(rows),
        _stretches([each.group[starts] for each in asked]),
        (np.array([each.groups for each in asked]), edges),
        sums,
    )
    return [
        sums[first:behind].reshape(-1, each.groups)
        for each, first, behind in zip(asked, edges, edges[1:], strict=False)
    ]


def _stretches(groups: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Stretches of runs that one sum puts in one group; runs in no group are left out.

    Args:
        groups: of each run, by sum; -1 for none.

    Returns:
        first run, run after the last, and group of each stretch, ``(L, 3)``; first stretch of each
        sum, and their number, ``(A + 1,)``.
    """
    listed, first_of_sum = [], [0]
    for group in groups:
        firsts = np.flatnonzero(np.diff(group, prepend=-2))
        of_sum = np.column_stack([firsts, np.append(firsts[1:], group.size), group[firsts]])
        listed.append(of_sum[of_sum[:, 2] >= 0])
        first_of_sum.append(first_of_sum[-1] + len(listed[-1]))
    return np.concatenate(listed), np.array(first_of_sum)


@compiled()
def _add_up_together(  # type: ignore[no-untyped-def]
    people, edges, weights, rows, stretches, places, sums
):
    """Add every run of cells to the sums that it is in.

    Args:
        people: packed, ``(P, M)``.
        edges: first cell of each run, and the number of cells, ``(U + 1,)``.
        weights: by row and run, rows of one sum after those of another, ``(R, U)``.
        rows: of each sum and pair, ``(A, P)``; -1 for none.
        stretches: from :func:`_stretches`.
        places: groups of each sum, and where its first pair and group stand in ``sums``.
        sums: by sum, pair and group, laid flat; added to.
    """
    width, base = places
    listed, first_of_sum = stretches
    runs = edges.size - 1
    totals = np.empty(runs)
    for pair in range(people.shape[0]):
        for run in range(runs):
            first, end = edges[run], edges[run + 1]
            # double among singles too, as plain Python
            sum_0 = sum_1 = sum_2 = sum_3 = np.float64(0.0)
            whole = first + (end - first) // 4 * 4
            for cell in range(first, whole, 4):
                sum_0 += people[pair, cell]
                sum_1 += people[pair, cell + 1]
                sum_2 += people[pair, cell + 2]
                sum_3 += people[pair, cell + 3]
            for cell in range(whole, end):
                sum_0 += people[pair, cell]
            totals[run] = (sum_0 + sum_1) + (sum_2 + sum_3)
        for number in range(rows.shape[0]):
            place = rows[number, pair]
            if place < 0:
                continue
            here = base[number] + pair * width[number]
            for stretch in range(first_of_sum[number], first_of_sum[number + 1]):
                of_stretch = 0.0
                for run in range(listed[stretch, 0], listed[stretch, 1]):
                    of_stretch += weights[place, run] * totals[run]
                sums[here + listed[stretch, 2]] += of_stretch
