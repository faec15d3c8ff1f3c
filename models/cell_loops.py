"""Loops over sex-by-age rows that a compiler turns into vector instructions.

A row of 202 cells is not a multiple of a vector's length, and a band of ages is shorter than
most: what is left over would run cell by cell and take most of the time. So scratch rows are
``SCRATCH`` long with zeros behind the last cell, and bands are walked in blocks of ``LANES``
cells; what a block writes past the end of its band the next band writes again.

The sums over statuses are written out, because a loop over them would keep the compiler from
vectorising over cells.
"""

import numba
import numpy as np

from inputs.vocabulary import AGES, CELLS, OLDEST_AGE, STATUSES
from models.pairs import IntArray
from models.population import band_runs
from models.rates import CareWeights, FloatArray

K = len(STATUSES)
assert K == 8, "the sums below are written out for eight statuses"

LANES = 16
"""Cells of a block: two vectors of eight, the least that compilers vectorise."""

WIDTH = -(-CELLS // LANES) * LANES
"""Cells of a row with what is needed to fill its last block."""

SCRATCH = WIDTH + LANES
"""Length of a scratch row: the last band's last block may begin anywhere."""

LOOSE = {"reassoc", "contract", "nsz"}
"""Liberties the compiler may take with sums; NaN and infinity keep their meaning."""


def blocks_of(index: IntArray) -> IntArray:
    """Runs of equal ``index`` as rows (first cell, number of blocks, value)."""
    runs = [(first, -(-(last - first) // LANES), value) for first, last, value in band_runs(index)]
    return np.array(runs, dtype=np.int64)


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


@numba.njit(cache=True, fastmath=LOOSE)
def column_sums(total, rows):  # type: ignore[no-untyped-def]
    """``total[c] = sum of rows[k, c]`` over statuses."""
    for c in range(CELLS):
        number = 0.0
        for k in range(K):
            number += rows[k, c]
        total[c] = number


@numba.njit(cache=True, fastmath=LOOSE)
def survive_and_age(target, source, survival):  # type: ignore[no-untyped-def]
    """``target`` becomes ``source`` a year older, nobody at age 0."""
    for k in range(K):
        for c in range(CELLS - 1):
            target[k, c + 1] = source[k, c] * survival[c]
        for last in (OLDEST_AGE, CELLS - 1):
            target[k, last] += source[k, last] * survival[last]
        target[k, 0] = 0.0
        target[k, AGES] = 0.0


@numba.njit(cache=True, fastmath=LOOSE)
def add_survivors(target, source, survival, scratch):  # type: ignore[no-untyped-def]
    """Add ``source`` a year older to ``target``; what is left at age 0 means nothing."""
    for k in range(K):
        for c in range(CELLS):
            scratch[c] = source[k, c] * survival[c]
        for c in range(CELLS):
            target[k, c + 1] += scratch[c]
        for last in (OLDEST_AGE, CELLS - 1):
            target[k, last] += scratch[last]
        target[k, CELLS] = 0.0


@numba.njit(cache=True, fastmath=LOOSE)
def add_mapped(target, mapping, source, factor):  # type: ignore[no-untyped-def]
    """``target[j] += factor * sum of mapping[k, j] * source[k]`` over statuses."""
    for j in range(K):
        a, b = factor * mapping[0, j], factor * mapping[1, j]
        d, e = factor * mapping[2, j], factor * mapping[3, j]
        f, g = factor * mapping[4, j], factor * mapping[5, j]
        m, n = factor * mapping[6, j], factor * mapping[7, j]
        for c in range(WIDTH):
            target[j, c] += (
                (a * source[0, c] + b * source[1, c]) + (d * source[2, c] + e * source[3, c])
            ) + ((f * source[4, c] + g * source[5, c]) + (m * source[6, c] + n * source[7, c]))


@numba.njit(cache=True, fastmath=LOOSE)
def change_cover(target, source, matrices, blocks):  # type: ignore[no-untyped-def]
    """``target[j] = sum of matrices[band, k, j] * source[k]`` over statuses, band by band."""
    for block in range(blocks.shape[0]):
        first, number, band = np.uint64(blocks[block, 0]), blocks[block, 1], blocks[block, 2]
        for j in range(K):
            a, b = matrices[band, 0, j], matrices[band, 1, j]
            d, e = matrices[band, 2, j], matrices[band, 3, j]
            f, g = matrices[band, 4, j], matrices[band, 5, j]
            m, n = matrices[band, 6, j], matrices[band, 7, j]
            for part in range(number):
                start = first + np.uint64(LANES * part)
                for lane in range(LANES):
                    c = start + np.uint64(lane)  # unsigned: an index that may be negative is slow
                    target[j, c] = (
                        (a * source[0, c] + b * source[1, c])
                        + (d * source[2, c] + e * source[3, c])
                    ) + (
                        (f * source[4, c] + g * source[5, c])
                        + (m * source[6, c] + n * source[7, c])
                    )


@numba.njit(cache=True, fastmath=LOOSE)
def claims_by_class(claims, row, frequency, starts, edges, gathered):  # type: ignore[no-untyped-def]
    """``claims[s, j]`` of one row of people; arguments from :func:`frequency_blocks`."""
    for block in range(starts.shape[0]):
        start, place = np.uint64(starts[block]), np.uint64(LANES * block)
        for lane in range(LANES):
            gathered[place + np.uint64(lane)] = row[start + np.uint64(lane)]
    for s in range(frequency.shape[0]):
        for j in range(edges.shape[0] - 1):
            total = 0.0
            for c in range(edges[j], edges[j + 1]):
                total += gathered[np.uint64(c)] * frequency[s, np.uint64(c)]
            claims[s, j] = total
