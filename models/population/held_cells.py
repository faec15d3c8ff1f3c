"""Which ages of which coverage statuses anybody can have, and a state that keeps no others.

A child is not employed and a pensioner of 30 does not exist: of nine statuses by 202 cells of sex
and age a case holds people in about half. A state is kept packed, the cells that somebody has or
can come to have side by side in one row a pair, so that the others take neither memory nor time.

What can be reached is followed through a year by the rules of the year themselves
(:func:`reached_in`): ageing, births, moves, retirement and changes of cover, wherever their chance
is not zero in some county. A state with room for a year therefore loses nobody in it.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from fundpool.inputs.format.vocabulary import AGES, CELLS, OLDEST_AGE, STATUSES
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.pairs import slices
from fundpool.models.axes.threads import side_by_side
from fundpool.models.population.holdings import CONTRIBUTING, LAYERS
from fundpool.models.population.rates import Changes
from fundpool.models.population.year import RETIRED

K = len(STATUSES)

LANES = 16
"""Spans are as many cells long, or a multiple: two vectors of eight, the least that pays."""

NEARLY_ALL = 176
"""Cells from which on a row is kept whole."""


@dataclass(frozen=True)
class HeldCells:
    """The cells that a packed state keeps.

    Attributes:
        reach: cells of each status in which there may be people in the course of a year,
            ``(K, 202)``.
        settled: those in which there may be people after moves and retirement, before the year's
            changes of cover, ``(K, 202)``.
        spans: runs of kept cells as rows (status, first cell, cells, place in the packed row),
            by status and cell; both statuses of contributors have the same.
        amounts: runs of kept cells of contributors as rows (first cell, cells, place).
    """

    reach: BoolArray
    settled: BoolArray
    spans: IntArray
    amounts: IntArray

    @property
    def width(self) -> int:
        """Cells of a packed row of people, ``M``."""
        return int(self.spans[:, 2].sum())

    @property
    def amount_width(self) -> int:
        """Cells of a packed row of what contributors hold, ``H``."""
        return int(self.amounts[:, 1].sum())

    @cached_property
    def layers(self) -> IntArray:
        """Runs of what contributors hold in a row of layers laid flat, as :attr:`spans`."""
        rows = [
            (layer, first, count, layer * self.amount_width + place)
            for layer in range(LAYERS)
            for first, count, place in self.amounts
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 4)

    @cached_property
    def index(self) -> IntArray:
        """Where a packed row lies in a whole one of ``K * 202``, ``(M,)``."""
        return _laid_flat(self.spans[:, 0] * CELLS + self.spans[:, 1], self.spans[:, 2])

    @cached_property
    def amount_index(self) -> IntArray:
        """The same for a row of amounts of 202, ``(H,)``."""
        return _laid_flat(self.amounts[:, 0], self.amounts[:, 1])

    def amount_place(self, cell: int) -> int:
        """Where a packed row of amounts has a cell; -1 if it is not kept."""
        places = np.flatnonzero(self.amount_index == cell)
        return int(places[0]) if places.size else -1

    def packed(self, people: FloatArray) -> FloatArray:
        """People ``(P, K, 202)`` as rows ``(P, M)``.

        Raises:
            ValueError: somebody is in a cell that is not kept.
        """
        flat = people.reshape(people.shape[0], -1)
        result = np.ascontiguousarray(flat[:, self.index])
        if np.count_nonzero(result) != np.count_nonzero(flat):
            raise ValueError("people in cells that the packed state does not keep")
        return result

    def spread(self, people: FloatArray) -> FloatArray:
        """Packed people ``(P, M)`` as ``(P, K, 202)``."""
        result = np.zeros((people.shape[0], K * CELLS), people.dtype)
        result[:, self.index] = people
        return result.reshape(-1, K, CELLS)

    def packed_amounts(self, holdings: FloatArray) -> FloatArray:
        """What contributors hold, ``(P, 3, 202)``, as ``(P, 3, H)``."""
        return np.ascontiguousarray(holdings[..., self.amount_index])

    def spread_amounts(self, holdings: FloatArray) -> FloatArray:
        """Packed amounts ``(P, 3, H)`` as ``(P, 3, 202)``."""
        result = np.zeros((holdings.shape[0], LAYERS, CELLS), holdings.dtype)
        result[..., self.amount_index] = holdings
        return result

    @property
    def contributors_from(self) -> tuple[int, ...]:
        """Where employees and the doubly insured begin in a packed row."""
        return tuple(
            int(self.spans[self.spans[:, 0] == status, 3].min(initial=self.width))
            for status in CONTRIBUTING
        )

    def contributors(self, people: FloatArray, place: int | None = None) -> FloatArray:
        """Contributors of packed people ``(P, M)`` by kept cell, ``(P, H)``.

        Args:
            people: packed.
            place: of one cell among the amounts, for that cell's alone, ``(P,)``.
        """
        begins = self.contributors_from
        if place is not None:
            return np.asarray(people[:, begins[0] + place] + people[:, begins[1] + place])
        first, second = (slice(begin, begin + self.amount_width) for begin in begins)
        return np.asarray(people[:, first] + people[:, second])

    def has_room_for(self, during: BoolArray, settled: BoolArray) -> bool:
        """Whether all cells are kept that can be reached in a year (:func:`reached_in`)."""
        return not ((during & ~self.reach).any() or (settled & ~self.settled).any())


def _laid_flat(first: IntArray, count: IntArray) -> IntArray:
    runs = [np.arange(begin, begin + n) for begin, n in zip(first, count, strict=True)]
    return np.concatenate([np.empty(0, dtype=np.int64), *runs]).astype(np.int64)


def held_cells(reach: BoolArray, settled: BoolArray) -> HeldCells:
    """A packed state for cells that can be reached, as :class:`HeldCells` has them."""
    together = np.asarray(reach[list(CONTRIBUTING)].any(axis=0))
    rows: list[tuple[int, int, int, int]] = []
    amounts: list[tuple[int, int, int]] = []
    place = 0
    for status in range(K):
        for first, count in _spans(together if status in CONTRIBUTING else reach[status]):
            rows.append((status, first, count, place))
            place += count
    place_of_layer = 0
    for first, count in _spans(together):
        amounts.append((first, count, place_of_layer))
        place_of_layer += count
    return HeldCells(
        reach,
        settled,
        np.array(rows, dtype=np.int64).reshape(-1, 4),
        np.array(amounts, dtype=np.int64).reshape(-1, 3),
    )


def every_cell() -> HeldCells:
    """A state that keeps all cells: its rows are those of ``(P, K, 202)`` laid flat."""
    every = np.ones((K, CELLS), dtype=bool)
    return held_cells(every, every)


def _spans(reach: BoolArray) -> list[tuple[int, int]]:
    """Runs of cells as (first, cells), each a multiple of ``LANES`` long, or the whole row.

    >>> import numpy as np
    >>> reach = np.zeros(202, dtype=bool)
    >>> reach[16:61] = reach[156:] = True
    >>> _spans(reach)
    [(16, 48), (154, 48)]
    """
    result: list[tuple[int, int]] = []
    cells = np.flatnonzero(reach)
    while cells.size:
        first = int(cells[0])
        last = first  # of a run without gaps that a block would bridge
        for cell in cells:
            if cell > last + LANES:
                break
            last = int(cell)
        count = -(-(last + 1 - first) // LANES) * LANES
        first = min(first, CELLS - count)
        if result and first < sum(result[-1]):  # pushed back into the run before
            count = -(-(last + 1 - result[-1][0]) // LANES) * LANES
            first = min(result.pop()[0], CELLS - count)
        result.append((first, count))
        cells = cells[cells >= first + count]
    kept = sum(count for _, count in result)
    overlap = any(a + n > b for (a, n), (b, _) in pairwise(result))
    if kept >= NEARLY_ALL or overlap or any(first < 0 for first, _ in result):
        return [(0, CELLS)]
    return result


def reached_in(reach: BoolArray, changes: Changes) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Cells in which there may be people in a year, before its changes of cover, and at its end.

    Args:
        reach: cells in which there may be people at its beginning, ``(K, 202)``.
        changes: what is possible in the year.
    """
    aged = np.zeros_like(reach)
    aged[:, 1:] = reach[:, :-1]
    aged[:, [OLDEST_AGE, CELLS - 1]] |= reach[:, [OLDEST_AGE, CELLS - 1]]
    aged[:, [0, AGES]] = changes.newborn[:, None]
    settled = aged.copy()
    for before, after in np.argwhere(changes.on_move):
        settled[after] |= aged[before]
    during = settled.copy()
    two = list(CONTRIBUTING)
    for cell, everyone in zip(changes.retirement_cells, changes.all_retire, strict=True):
        if settled[two, cell].any():
            if everyone:
                settled[two, cell] = False
            settled[RETIRED, cell] = True
            settled[:, cell] |= changes.fallback
    of_cell = changes.of_cover[changes.band]  # of the band of each cell, (cells, before, after)
    end = np.any(of_cell & settled.T[:, :, None], axis=1).T
    return reach | during | settled | end, settled, end


def with_room_for(ends: BoolArray, *changes: Changes) -> HeldCells:
    """A packed state with room for any number of years of the same rates, and of others after.

    Args:
        ends: cells in which there may be people at the beginning, ``(K, 202)``.
        changes: what is possible in a year of the first rates, of those that follow, ...
    """
    every, settled = ends.copy(), np.zeros_like(ends)
    for possible in changes:
        while True:
            during, before, end = reached_in(ends, possible)
            new = (during & ~every).any() or (before & ~settled).any() or (end & ~ends).any()
            if not new:
                break
            every, settled, ends = every | during, settled | before, ends | end
    return held_cells(every, settled)


def packed_anew(
    people: FloatArray,
    holdings: FloatArray,
    ends: BoolArray,
    cells: HeldCells,
    wider: HeldCells,
) -> tuple[FloatArray, FloatArray]:
    """Packed people and what contributors hold at a year's end, laid out for more cells.

    Args:
        people, holdings: packed by ``cells``.
        ends: cells in which there may be people then, ``(K, 202)``.
        cells: the cells so far.
        wider: cells that include all those.
    """
    contributing = np.asarray(ends[list(CONTRIBUTING)].any(axis=0))
    kept = np.flatnonzero(ends.ravel()[cells.index])
    kept_amounts = np.flatnonzero(contributing[cells.amount_index])
    into = np.searchsorted(wider.index, cells.index[kept])
    held_into = np.searchsorted(wider.amount_index, cells.amount_index[kept_amounts])
    result = np.empty((people.shape[0], wider.width), people.dtype)
    amounts = np.empty((*holdings.shape[:2], wider.amount_width), holdings.dtype)

    def lay_out(part: slice) -> None:
        result[part] = 0.0
        result[part, into] = people[part, kept]
        amounts[part] = 0.0
        amounts[part][..., held_into] = holdings[part][..., kept_amounts]

    side_by_side(lay_out, slices(people.shape[0]))
    return result, amounts
