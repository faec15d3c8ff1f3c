"""Sex-by-age rows in blocks of cells, worked on as vectors (:mod:`models.vector_blocks`).

A row of 202 cells is not a multiple of a vector's length, and a band of ages is shorter than
most: what is left over would run cell by cell and take most of the time. So scratch rows are
``SCRATCH`` long with zeros behind the last cell, and bands are walked in blocks of ``LANES``
cells; what is written past the end of a band the next band writes again.
"""

from typing import NamedTuple

import numba
import numpy as np

from inputs.vocabulary import CELLS, STATUSES
from models.held_cells import LANES, HeldCells
from models.pairs import IntArray
from models.population import NONE, band_runs
from models.rates import BoolArray, CareWeights, FloatArray
from models.vector_blocks import FOUR, add_combined, dot_four, set_combined

K = len(STATUSES)

SCRATCH = -(-CELLS // LANES) * LANES + LANES
"""Length of a scratch row: the last band's last block may begin anywhere."""

LOOSE = {"reassoc", "contract", "nsz"}
"""Liberties the compiler may take with sums; NaN and infinity keep their meaning."""

FIRST_SOURCE = 5
"""Column of a row of :func:`cover_plan` from which on statuses before stand."""

AT_ONCE = 3
"""Statuses before that are combined at a time."""


class ClaimBlocks(NamedTuple):
    """Claim frequencies in blocks of ``LANES`` cells, for each kind of kept row.

    Statuses of which the same cells are kept share a kind. The blocks of an age class stand side
    by side; frequencies are zero where a block reaches past its class.

    Attributes:
        frequency: by service, ``(C, B * LANES)``, with rows of nil to a multiple of four.
        starts: first cell of each block, ``(B,)``.
        edges: first block of each class of each kind, and that behind the last,
            ``(kinds, J + 1)``.
        kind: kind of each status, ``(K,)``.
    """

    frequency: FloatArray
    starts: IntArray
    edges: IntArray
    kind: IntArray


def claim_blocks(care: CareWeights, cells: HeldCells) -> ClaimBlocks:
    """Lay the claim frequencies out for the cells that are kept of each status."""
    kinds: dict[bytes, int] = {}
    kind = np.zeros(K, dtype=np.int64)
    starts: list[int] = []
    services = -(-care.frequency.shape[0] // FOUR) * FOUR
    edges, parts = [], [np.empty((services, 0))]
    for status in range(K):
        kept = np.zeros(CELLS, dtype=bool)
        for begin, count in cells.spans[cells.spans[:, 0] == status, 1:3]:
            kept[begin : begin + count] = True
        kind[status] = kinds.setdefault(kept.tobytes(), len(kinds))
        if kind[status] < len(edges):
            continue
        own = [len(starts)]
        for klass in range(care.classes):
            # runs of the class's kept cells; -1 stands for all others
            runs = band_runs(np.where(kept & (care.severity_class == klass), klass, -1))
            for begin, end, value in runs:
                for start in range(begin, end, LANES) if value == klass else ():
                    part = np.zeros((services, LANES))
                    of_class = care.frequency[:, start : min(end, start + LANES)]
                    part[: of_class.shape[0], : of_class.shape[1]] = of_class
                    parts.append(part)
                    starts.append(start)
            own.append(len(starts))
        edges.append(own)
    return ClaimBlocks(
        np.concatenate(parts, axis=1),
        np.array(starts, dtype=np.int64),
        np.array(edges, dtype=np.int64),
        kind,
    )


def cover_plan(of_cover: BoolArray, band: IntArray, cells: HeldCells) -> IntArray:
    """What a yearly change of cover has to compute, in order.

    Args:
        of_cover: changes that are possible, by band, ``(bands, K, K)``.
        band: band of each cell, ``(202,)``.
        cells: the cells that are kept.

    Returns:
        rows (first cell, blocks, band, status after, statuses before, which they are ...); the
        status after ``K`` stands for insured people who become uninsured.
    """
    rows = []
    for begin, end, number in band_runs(band):
        blocks = -(-(end - begin) // LANES)
        here = [k for k in range(K) if cells.reach[k, begin:end].any()]
        kept = [
            k
            for k in range(K)
            if any(
                first < begin + LANES * blocks and begin < first + length
                for first, length in cells.spans[cells.spans[:, 0] == k, 1:3]
            )
        ]
        for after in (*kept, K):
            into = NONE if after == K else after
            before = [k for k in here if of_cover[number, k, into] and (after, k) != (K, NONE)]
            filled = before + [0] * (K - len(before))
            rows.append([begin, blocks, number, after, len(before), *filled])
    return np.array(rows, dtype=np.int64)


@numba.njit(cache=True)
def reached(held, changes):  # type: ignore[no-untyped-def]
    """Mark in ``held`` the statuses that those held can change into, directly or by others."""
    for _ in range(K):
        for n in range(changes.shape[0]):
            if held[changes[n, 0]]:
                held[changes[n, 1]] = True


@numba.njit(cache=True, fastmath=LOOSE)
def change_cover(target, source, matrices, row, plan, held):  # type: ignore[no-untyped-def]
    """Coverage transition of one pair; returns those insured before and uninsured after.

    Args:
        target: becomes ``source`` moved on by the matrix of each band, scratch rows; a last row
            becomes those who lapse.
        source: people, scratch rows.
        matrices: by row and band, ``(rows, bands, K, K)``.
        row: the pair's row of it.
        plan: from :func:`cover_plan`.
        held: statuses that anybody has or comes to have, ``(K,)``; rows of others are left alone.
    """
    nil = target.dtype.type(0.0)
    for n in range(plan.shape[0]):
        j, several = np.uint64(plan[n, 3]), plan[n, 4]
        if plan[n, 3] < K and not held[j]:
            continue
        start, blocks = np.uint64(plan[n, 0]), plan[n, 1]
        into = NONE if plan[n, 3] == K else plan[n, 3]
        band = plan[n, 2]
        for first in range(0, max(several, 1), AT_ONCE):
            at = FIRST_SOURCE + first
            a, b, d = np.uint64(plan[n, at]), np.uint64(plan[n, at + 1]), np.uint64(plan[n, at + 2])
            wa = matrices[row, band, a, into] if first < several else nil
            wb = matrices[row, band, b, into] if first + 1 < several else nil
            wd = matrices[row, band, d, into] if first + 2 < several else nil
            for block in range(blocks):
                cell = start + np.uint64(LANES * block)
                if first == 0:
                    set_combined(target, source, j, a, b, d, wa, wb, wd, cell)
                else:
                    add_combined(target, source, j, a, b, d, wa, wb, wd, cell)
    lapsed = nil
    for cell in range(CELLS):
        lapsed += target[K, cell]
    return lapsed


@numba.njit(cache=True, fastmath=LOOSE)
def claims_by_class(  # type: ignore[no-untyped-def]
    claims, p, k, rows, frequency, starts, edges, kind, four
):
    """``claims[p, k, s, j]`` of row ``k`` of people, scratch rows.

    Args:
        claims: ``(P, K, C, J)``.
        p, k: pair and status.
        rows: people of the pair.
        frequency, starts, edges, kind: of :class:`ClaimBlocks`, in the precision of people.
        four: room for four numbers.
    """
    which = kind[k]
    services = claims.shape[2]
    for j in range(edges.shape[1] - 1):
        begin, end = edges[which, j], edges[which, j + 1]
        for first in range(0, services, FOUR):
            dot_four(four, rows, k, frequency, first, starts, begin, end)
            for s in range(first, min(first + FOUR, services)):
                claims[p, k, s, j] = four[s - first]
