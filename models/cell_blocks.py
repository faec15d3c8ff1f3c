"""Sex-by-age rows in blocks of cells, which a compiler turns into vector instructions.

A row of 202 cells is not a multiple of a vector's length, and a band of ages is shorter than
most: what is left over would run cell by cell and take most of the time. So scratch rows are
``SCRATCH`` long with zeros behind the last cell, and bands are walked in blocks of ``LANES``
cells; what a block writes past the end of its band the next band writes again.
"""

import numba
import numpy as np

from inputs.vocabulary import CELLS, STATUSES
from models.pairs import IntArray
from models.population import NONE, band_runs
from models.rates import CareWeights, FloatArray

K = len(STATUSES)

LANES = 16
"""Cells of a block: two vectors of eight, the least that compilers vectorise."""

WIDTH = -(-CELLS // LANES) * LANES
"""Cells of a row with what is needed to fill its last block."""

SCRATCH = WIDTH + LANES
"""Length of a scratch row: the last band's last block may begin anywhere."""

LOOSE = {"reassoc", "contract", "nsz"}
"""Liberties the compiler may take with sums; NaN and infinity keep their meaning."""


def blocks_of(index: IntArray) -> IntArray:
    """Runs of equal ``index`` in blocks, as rows (first cell, value)."""
    rows = [
        (start, value)
        for first, last, value in band_runs(index)
        for start in range(first, last, LANES)
    ]
    return np.array(rows, dtype=np.int64)


def frequency_blocks(care: CareWeights) -> tuple[FloatArray, IntArray, IntArray]:
    """Claim frequencies in blocks, those of an age class side by side.

    Returns:
        frequencies ``(C, B * LANES)``, zero where a block reaches past its run; first cell of
        each block ``(B,)``; where the blocks of each class begin and end, ``(J + 1,)``.
    """
    runs = band_runs(care.severity_class)
    starts: list[int] = []
    edges = [0]
    parts = []
    for klass in range(care.classes):
        for first, last, value in runs:
            if value != klass:
                continue
            for start in range(first, last, LANES):
                held = min(LANES, last - start)
                part = np.zeros((care.frequency.shape[0], LANES))
                part[:, :held] = care.frequency[:, start : start + held]
                parts.append(part)
                starts.append(start)
        edges.append(LANES * len(starts))
    return np.concatenate(parts, axis=1), np.array(starts), np.array(edges)


def changes_made(*matrices: FloatArray) -> IntArray:
    """Changes of status that some of the matrices ``(..., K, K)`` make, as rows (before, after)."""
    made = np.zeros((K, K), dtype=bool)
    for matrix in matrices:
        made |= (matrix != 0.0).any(axis=tuple(range(matrix.ndim - 2)))
    return np.argwhere(made)


@numba.njit(cache=True)
def reached(held, changes):  # type: ignore[no-untyped-def]
    """Mark in ``held`` the statuses that those held can change into, directly or by others."""
    for _ in range(K):
        for n in range(changes.shape[0]):
            if held[changes[n, 0]]:
                held[changes[n, 1]] = True


@numba.njit(cache=True, fastmath=LOOSE)
def add_mapped(target, mapping, source, factor, held, changes):  # type: ignore[no-untyped-def]
    """``target[j] += factor * sum of mapping[k, j] * source[k]`` over statuses; scratch rows.

    Args:
        target, source: scratch rows.
        mapping: ``(K, K)``.
        factor: a number.
        held: statuses that anybody has, ``(K,)``; the rows of others are left alone.
        changes: the elements of ``mapping`` that are not zero, from :func:`changes_made`.
    """
    for n in range(changes.shape[0]):
        k, j = np.uint64(changes[n, 0]), np.uint64(changes[n, 1])
        if held[k]:
            weight = target.dtype.type(factor * mapping[k, j])
            for c in range(WIDTH):
                target[j, c] += weight * source[k, c]


@numba.njit(cache=True, fastmath=LOOSE)
def change_cover(target, source, matrices, blocks, held):  # type: ignore[no-untyped-def]
    """Coverage transition of one pair; returns those insured before and uninsured after.

    Args:
        target: becomes ``source`` moved on by the matrix of each band, scratch rows; a last row
            becomes those who lapse.
        source: people, scratch rows.
        matrices: by band, ``(bands, K, K)``. The nine statuses are written out, ``none`` first:
            compilers make vectors of that and not of a loop.
        blocks: bands in blocks, from :func:`blocks_of`.
        held: statuses that anybody has or comes to have, ``(K,)``; rows of others are left alone.
    """
    for b in range(blocks.shape[0]):
        start = np.uint64(blocks[b, 0])  # unsigned: an index that may be negative is slow
        matrix = matrices[blocks[b, 1]]
        for j in range(K + 1):  # one more for those who lapse
            if j < K and not held[j]:
                continue
            into = j if j < K else NONE
            w0, w1, w2, w3 = matrix[0, into], matrix[1, into], matrix[2, into], matrix[3, into]
            w4, w5, w6, w7 = matrix[4, into], matrix[5, into], matrix[6, into], matrix[7, into]
            w8 = matrix[8, into]
            if j == K:
                w0 = target.dtype.type(0.0)  # has nothing to lose
            for lane in range(LANES):
                c = start + np.uint64(lane)
                target[j, c] = (
                    w0 * source[0, c]
                    + w1 * source[1, c]
                    + w2 * source[2, c]
                    + w3 * source[3, c]
                    + w4 * source[4, c]
                    + w5 * source[5, c]
                    + w6 * source[6, c]
                    + w7 * source[7, c]
                    + w8 * source[8, c]
                )
    lapsed = target.dtype.type(0.0)
    for cell in range(CELLS):
        lapsed += target[K, cell]
    return lapsed


@numba.njit(cache=True, fastmath=LOOSE)
def claims_by_class(claims, row, frequency, starts, edges, gathered):  # type: ignore[no-untyped-def]
    """``claims[s, j]`` of one scratch row of people; arguments from :func:`frequency_blocks`."""
    for block in range(starts.shape[0]):
        start, place = np.uint64(starts[block]), np.uint64(LANES * block)
        for lane in range(LANES):
            gathered[place + np.uint64(lane)] = row[start + np.uint64(lane)]
    for s in range(frequency.shape[0]):
        for j in range(edges.shape[0] - 1):
            total = row.dtype.type(0.0)
            for c in range(edges[j], edges[j + 1]):
                total += gathered[np.uint64(c)] * frequency[s, np.uint64(c)]
            claims[s, j] = total
