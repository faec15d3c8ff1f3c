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
        group: of each cell, ``(M,)``.
        groups: how many.
    """
    sums = np.zeros((people.shape[0], groups))
    _add_up(people, np.asarray(weights, dtype=np.float64), row, group, sums)
    return sums


@compiled()
def _add_up(  # type: ignore[no-untyped-def]
    people, weights, row, group, sums
):
    for pair in range(people.shape[0]):
        place = row[pair]
        if place < 0:
            continue
        for cell in range(people.shape[1]):
            sums[pair, group[cell]] += weights[place, cell] * people[pair, cell]
