"""A population counted in one pass, compiled.

:func:`counted` gives what ``people.sum`` and
:func:`fundpool.models.population.year.expected_claims` give, :func:`residents_by_cell` what
:func:`fundpool.models.population.year.by_residence` gives, for packed people too. Homes are shared
out over a fixed number of chunks, each with sums of its own that are added in a fixed order, so the
result does not depend on the number of threads.
"""

from typing import NamedTuple

import numpy as np

from fundpool.inputs.format.vocabulary import CELLS
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.population.compiled.blocks import (
    SCRATCH,
    K,
    claim_runs,
    claims_by_class,
)
from fundpool.models.population.compiled.people import add_up, lay_out
from fundpool.models.population.held_cells import HeldCells, every_cell
from fundpool.models.population.rates import CareWeights


class Counted(NamedTuple):
    """A population counted; nobody in the reservoir.

    Attributes:
        persons: by pair and status, ``(P, K)``.
        expected_claims: claims a year, before relativities, ``(P, K, C, J)``, as precise as people.
    """

    persons: FloatArray
    expected_claims: FloatArray


@compiled(LOOSE)
def _count(  # type: ignore[no-untyped-def]
    chunk, people, spans, start, residence, of_claims, persons, claims
):
    kind = people.dtype
    rows = np.zeros((K, SCRATCH), kind)
    numbers = np.empty(K, kind)
    for h in range(chunk, start.shape[0] - 1, CHUNKS):
        for p in range(start[h], start[h + 1]):
            if h == start.shape[0] - 2 and residence[p] == h:
                continue  # the reservoir
            lay_out(rows, people, p, spans)
            add_up(rows, spans, numbers)
            for k in range(K):
                persons[p, k] = numbers[k]
            claims_by_class(claims, p, rows, numbers, of_claims)


def counted(
    people: FloatArray, pairs: PairIndex, care: CareWeights, cells: HeldCells | None = None
) -> Counted:
    """Count people by pair and status, and their claims.

    Args:
        people: ``(P, K, 202)``, or packed rows ``(P, M)`` if ``cells`` says which cells they are.
        pairs: the pairs.
        care: claim frequencies.
        cells: the cells of packed rows; default: every cell.
    """
    cells = cells or every_cell()
    of_claims = claim_runs(care, cells, people.dtype)
    persons = np.zeros((pairs.count, K))
    claims = np.zeros((pairs.count, K, care.frequency.shape[0], care.classes), people.dtype)
    flat = people.reshape(pairs.count, -1)

    def run(chunk: int) -> None:
        _count(chunk, flat, cells.spans, pairs.start, pairs.residence, of_claims, persons, claims)

    side_by_side(run, range(CHUNKS))
    return Counted(persons, claims)


@compiled()
def _residents(chunk, people, spans, start, residence, residents):  # type: ignore[no-untyped-def]
    for h in range(chunk, start.shape[0] - 1, CHUNKS):
        for p in range(start[h], start[h + 1]):
            r = residence[p]
            if h == start.shape[0] - 2 and r == h:
                continue  # the reservoir
            for n in range(spans.shape[0]):
                first, place = np.uint64(spans[n, 1]), np.uint64(spans[n, 3])
                for i in range(spans[n, 2]):
                    residents[chunk, r, first + np.uint64(i)] += people[p, place + np.uint64(i)]


def residents_by_cell(
    people: FloatArray, pairs: PairIndex, cells: HeldCells | None = None
) -> FloatArray:
    """People by residence and cell, ``(n + 1, 202)``, from those that :func:`counted` takes."""
    cells = cells or every_cell()
    residents = np.zeros((CHUNKS, pairs.counties + 1, CELLS))
    flat = people.reshape(pairs.count, -1)
    side_by_side(
        lambda chunk: _residents(chunk, flat, cells.spans, pairs.start, pairs.residence, residents),
        range(CHUNKS),
    )
    return np.asarray(residents.sum(axis=0))
