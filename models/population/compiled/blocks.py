"""Sex-by-age rows in blocks of cells, worked on as vectors
(:mod:`fundpool.models.population.compiled.vectors`).

A row of 202 cells is not a multiple of a vector's length, and a band of ages is shorter than
most: what is left over would run cell by cell and take most of the time. So scratch rows are
``SCRATCH`` long with zeros behind the last cell, and bands are walked in blocks of ``LANES``
cells; what is written past the end of a band the next band writes again.
"""

from typing import Any, NamedTuple

import numpy as np

from fundpool.inputs.format.vocabulary import CELLS, STATUSES
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.population.compiled.plain import FEW, FEW_OR_MANY, MANY
from fundpool.models.population.compiled.vectors import combine_few, combine_many
from fundpool.models.population.held_cells import LANES, HeldCells
from fundpool.models.population.rates import CareWeights
from fundpool.models.population.year import NONE, band_runs

K = len(STATUSES)

SCRATCH = -(-CELLS // LANES) * LANES + LANES
"""Length of a scratch row: the last band's last block may begin anywhere."""

FOUR = 4
"""Services that a pass over cells takes at once."""


class ClaimRuns(NamedTuple):
    """Claim frequencies, and the runs of kept cells of each age class, for each kind of kept row.

    Statuses of which the same cells are kept share a kind.

    Attributes:
        frequency: by service and cell, ``(C, 202)``, with rows of nil to a multiple of ``FOUR``.
        runs: first cell and cells of each run, ``(R, 2)``; runs of a class stand side by side.
        edges: first run of each class of each kind, and that behind the last, ``(kinds, J + 1)``.
        kind: kind of each status, ``(K,)``.
    """

    frequency: FloatArray
    runs: IntArray
    edges: IntArray
    kind: IntArray


def claim_runs(care: CareWeights, cells: HeldCells, precision: np.dtype[Any]) -> ClaimRuns:
    """Lay out the claims of the cells that are kept of each status, in a precision."""
    services = care.frequency.shape[0]
    frequency = np.zeros((-(-services // FOUR) * FOUR, CELLS), precision)
    frequency[:services] = care.frequency
    kinds: dict[bytes, int] = {}
    kind = np.zeros(K, dtype=np.int64)
    runs: list[tuple[int, int]] = []
    edges: list[list[int]] = []
    for status in range(K):
        kept = np.zeros(CELLS, dtype=bool)
        for begin, count in cells.spans[cells.spans[:, 0] == status, 1:3]:
            kept[begin : begin + count] = True
        kind[status] = kinds.setdefault(kept.tobytes(), len(kinds))
        if kind[status] < len(edges):
            continue
        class_edges = [len(runs)]
        for klass in range(care.classes):
            # runs of the class's kept cells; -1 stands for all others
            of_class = np.where(kept & (care.severity_class == klass), klass, -1)
            runs += [
                (begin, end - begin) for begin, end, value in band_runs(of_class) if value >= 0
            ]
            class_edges.append(len(runs))
        edges.append(class_edges)
    return ClaimRuns(
        frequency,
        np.array(runs, dtype=np.int64).reshape(-1, 2),
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
        rows (first cell, blocks, band, whether many statuses before, whether to add to what is
        there, ``MANY`` statuses before, number of statuses after, statuses after ...). Statuses
        after that come from the same statuses before stand together. After, ``K`` stands for
        insured people who become uninsured, before for nobody.
    """
    rows = []
    for begin, end, number in band_runs(band):
        blocks = -(-(end - begin) // LANES)
        here = [k for k in range(K) if cells.settled[k, begin:end].any()]
        together: dict[tuple[int, ...], list[int]] = {}
        for after in (*_kept_in(cells, begin, begin + LANES * blocks), K):
            into = NONE if after == K else after
            before = tuple(k for k in here if of_cover[number, k, into])
            together.setdefault(before, []).append(after)
        for before, statuses in together.items():
            filled = statuses + [K] * (K + 1 - len(statuses))
            for first in range(0, max(len(before), 1), MANY):
                some = before[first : first + MANY]
                padded = [*some, *([K] * (MANY - len(some)))]
                kind = [begin, blocks, number, int(len(some) > FEW), int(first > 0)]
                rows.append([*kind, *padded, len(statuses), *filled])
    return np.array(rows, dtype=np.int64)


def moves_plan(on_move: BoolArray) -> IntArray:
    """Changes of status on a move as rows (after, three before), ``K`` standing for nobody.

    Args:
        on_move: changes that are possible, ``(K, K)``.
    """
    rows = []
    for after in range(K):
        before = [int(k) for k in np.flatnonzero(on_move[:, after])]
        for first in range(0, len(before), FEW):
            some = before[first : first + FEW]
            rows.append([after, *some, *([K] * (FEW - len(some)))])
    return np.array(rows, dtype=np.int64).reshape(-1, 1 + FEW)


def _kept_in(cells: HeldCells, begin: int, end: int) -> list[int]:
    """Statuses of which some cell of a run is kept."""
    return [
        k
        for k in range(K)
        if any(
            first < end and begin < first + count
            for first, count in cells.spans[cells.spans[:, 0] == k, 1:3]
        )
    ]


@compiled()
def reached(occupied, changes):  # type: ignore[no-untyped-def]
    """Mark in ``occupied`` the statuses that occupied ones can change into, also by others."""
    for _ in range(K):
        for n in range(changes.shape[0]):
            if occupied[changes[n, 0]]:
                occupied[changes[n, 1]] = True


def with_lapses(transition: FloatArray) -> FloatArray:
    """Coverage matrices with a column for those who lapse and a row of nil, ``(..., K+1, K+1)``."""
    result = np.zeros((*transition.shape[:-2], K + 1, K + 1), transition.dtype)
    result[..., :K, :K] = transition
    result[..., :K, K] = transition[..., NONE]
    result[..., NONE, K] = 0.0  # has nothing to lose
    return result


@compiled(LOOSE)
def change_cover(target, source, matrices, row, plan):  # type: ignore[no-untyped-def]
    """Coverage transition of one pair; returns those insured before and uninsured after.

    Args:
        target: becomes ``source`` moved on by the matrix of each band, scratch rows; a last row
            becomes those who lapse.
        source: people, scratch rows; nobody in the last.
        matrices: by row and band, from :func:`with_lapses`.
        row: the pair's row of it.
        plan: from :func:`cover_plan`.
    """
    for n in range(plan.shape[0]):
        first, few = np.uint64(plan[n, 0]), plan[n, FEW_OR_MANY] == 0
        for block in range(plan[n, 1]):
            cell = first + np.uint64(LANES * block)
            if few:
                combine_few(target, source, matrices, row, plan, n, cell)
            else:
                combine_many(target, source, matrices, row, plan, n, cell)
    lapsed = target.dtype.type(0.0)
    for c in range(CELLS):
        lapsed += target[K, c]
    return lapsed


@compiled(LOOSE)
def claims_by_class(claims, p, rows, numbers, of_claims):  # type: ignore[no-untyped-def]
    """``claims[p]`` of the people of a pair, by status, service and age class.

    Args:
        claims: ``(P, K, C, J)``.
        p: the pair.
        rows: its people, scratch rows.
        numbers: how many have each status, ``(K,)``.
        of_claims: :class:`ClaimRuns`, in the precision of people.
    """
    frequency, runs, edges, kind = of_claims
    services, classes = claims.shape[2], edges.shape[1] - 1
    nil = rows.dtype.type(0.0)
    for k in range(K):
        for j in range(classes):
            begin, end = edges[kind[k], j], edges[kind[k], j + 1]
            if numbers[k] == 0.0:
                end = begin
            for s in range(0, services, FOUR):
                s0, s1, s2, s3 = np.uint64(s), np.uint64(s + 1), np.uint64(s + 2), np.uint64(s + 3)
                a, b, d, e = nil, nil, nil, nil
                for run in range(begin, end):
                    first = np.uint64(runs[run, 0])
                    for i in range(runs[run, 1]):
                        c = first + np.uint64(i)
                        people = rows[k, c]
                        a += people * frequency[s0, c]
                        b += people * frequency[s1, c]
                        d += people * frequency[s2, c]
                        e += people * frequency[s3, c]
                claims[p, k, s, j] = a
                if s + 1 < services:
                    claims[p, k, s + 1, j] = b
                if s + 2 < services:
                    claims[p, k, s + 2, j] = d
                if s + 3 < services:
                    claims[p, k, s + 3, j] = e
