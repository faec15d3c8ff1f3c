"""The opening population counted in one pass, compiled.

:func:`counted` gives what ``people.sum``, :func:`models.population.expected_claims` and
:func:`models.population.by_residence` give, which a nation's people would have to be read three
times for. Homes are shared out over a fixed number of chunks, each with sums of its own that are
added in a fixed order, so the result does not depend on the number of threads.
"""

from typing import NamedTuple

import numba
import numpy as np

from inputs.vocabulary import CELLS
from models.cell_blocks import LANES, LOOSE, SCRATCH, K, claims_by_class, frequency_blocks
from models.kernel_people import add_up
from models.pairs import CHUNKS, PairIndex, side_by_side
from models.rates import CareWeights, FloatArray


class Counted(NamedTuple):
    """A population counted; nobody in the reservoir.

    Attributes:
        persons: by pair and status, ``(P, K)``.
        expected_claims: claims a year, before relativities, ``(P, K, C, J)``, as precise as people.
        residents: by residence and cell, ``(n + 1, 202)``.
    """

    persons: FloatArray
    expected_claims: FloatArray
    residents: FloatArray


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
def _count(  # type: ignore[no-untyped-def]
    chunk, people, start, residence, frequency, starts, edges, persons, claims, residents
):
    kind = people.dtype
    everyone = np.empty(CELLS, kind)
    row = np.zeros(SCRATCH, kind)
    gathered = np.empty(starts.shape[0] * LANES, kind)
    numbers = np.empty(K, kind)
    mine = residents[chunk]
    for h in range(chunk, start.shape[0] - 1, residents.shape[0]):
        for p in range(start[h], start[h + 1]):
            if h == start.shape[0] - 2 and residence[p] == h:
                continue  # the reservoir
            add_up(everyone, people[p], numbers)
            for c in range(CELLS):
                mine[residence[p], c] += everyone[c]
            for k in range(K):
                persons[p, k] = numbers[k]
                if numbers[k] == 0.0:
                    continue
                for c in range(CELLS):
                    row[c] = people[p, k, c]
                claims_by_class(claims[p, k], row, frequency, starts, edges, gathered)


def counted(people: FloatArray, pairs: PairIndex, care: CareWeights) -> Counted:
    """Count people ``(P, K, 202)`` by pair, by claims and by residence."""
    frequency, starts, edges = frequency_blocks(care)
    services = frequency.shape[0]
    persons = np.zeros((pairs.count, K))
    claims = np.zeros((pairs.count, K, services, care.classes), people.dtype)
    residents = np.zeros((CHUNKS, pairs.counties + 1, CELLS))
    frequency = frequency.astype(people.dtype)

    def run(chunk: int) -> None:
        _count(
            chunk, people, pairs.start, pairs.residence, frequency, starts, edges, persons, claims,
            residents,
        )  # fmt: skip

    side_by_side(run, range(CHUNKS))
    return Counted(persons, claims, residents.sum(axis=0))
