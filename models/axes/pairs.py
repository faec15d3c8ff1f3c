"""Who lives where: pairs of home and residence, as a sparse list.

A person belongs to one pair ``(home, residence)``. The list is sorted by home, so that all
places where the people of one home live stand side by side: homes do not interact within a
year, and one home's slab of the population fits a core's cache.

Index ``n`` (the number of counties) stands for everywhere outside the case, as a home and as
a residence. The pair ``(outside, outside)`` is a reservoir: the source of in-migrants, not part
of the population.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import TIES
from fundpool.models.axes.arrays import FloatArray, IntArray


def sum_by(index: IntArray, weights: FloatArray, minlength: int) -> FloatArray:
    """Sum of ``weights`` that share an index, ``(minlength,)``; indices lie below it.

    >>> sum_by(np.array([0, 0, 1]), np.array([1.0, 2.0, 4.0]), 2).tolist()
    [3.0, 4.0]
    """
    return np.asarray(np.bincount(index, weights, minlength=minlength), dtype=np.float64)


PAIRS_AT_ONCE = 1024


def slices(count: int) -> list[slice]:
    """Pairs in groups, so that working copies of large cases stay small."""
    return [slice(i, min(i + PAIRS_AT_ONCE, count)) for i in range(0, count, PAIRS_AT_ONCE)]


@dataclass(frozen=True)
class PairIndex:
    """The pairs of a case.

    Attributes:
        counties: number of counties, ``n``.
        home: home of each pair, shape ``(P,)``, ascending; ``n`` is outside.
        residence: residence of each pair, shape ``(P,)``, ascending within a home.
        start: first pair of each home, shape ``(n + 2,)``; home ``h`` owns
            ``start[h]:start[h + 1]``.
        own_pair: the pair ``(h, h)`` of each home, shape ``(n + 1,)``.
        tie: index into ``TIES`` of each pair, shape ``(P,)``.
        territory: number, within its home, of the next-level region that each pair's residence
            lies in, shape ``(P,)``; the same number means the same territory.
        own_territory: territory number of the home itself, shape ``(n + 1,)``.
    """

    counties: int
    home: IntArray
    residence: IntArray
    start: IntArray
    own_pair: IntArray
    tie: IntArray
    territory: IntArray
    own_territory: IntArray

    @property
    def same_territory(self) -> NDArray[np.bool_]:
        """Whether a pair's residence lies in the territory of its home, ``(P,)``."""
        return np.asarray(self.territory == self.own_territory[self.home])

    def territory_sum(self, values: FloatArray) -> FloatArray:
        """For each pair the sum of ``values`` over its home's pairs in its territory, ``(P,)``."""
        key = self.home * (int(self.territory.max()) + 1) + self.territory
        return np.asarray(sum_by(key, values, int(key.max()) + 1)[key])

    @property
    def count(self) -> int:
        """Number of pairs, ``P``."""
        return int(self.home.size)

    @property
    def reservoir(self) -> int:
        """The pair (outside, outside)."""
        return int(self.own_pair[self.counties])


def pair_index(
    counties: int, home: IntArray, residence: IntArray, next_level: IntArray
) -> PairIndex:
    """List the given pairs, with every county's own pair and the reservoir added.

    >>> home, residence = np.array([0]), np.array([1])  # migrants of county 0 in county 1
    >>> pairs = pair_index(2, home, residence, np.array([0, 0]))
    >>> pairs.home.tolist(), pairs.residence.tolist()  # each at home, and the reservoir outside
    ([0, 0, 1, 2], [0, 1, 1, 2])

    Args:
        counties: number of counties, ``n``.
        home: homes of the pairs that hold migrants, ``0 ... n`` (``n`` = outside).
        residence: their residences.
        next_level: for each county the region of the next level (city) it lies in, ``(n,)``.

    Raises:
        ValueError: an index lies outside ``0 ... n`` or ``next_level`` has another length.
    """
    home = np.asarray(home, dtype=np.int64)
    residence = np.asarray(residence, dtype=np.int64)
    if home.shape != residence.shape or home.ndim != 1:
        raise ValueError("home and residence must be two lists of the same length")
    if next_level.shape != (counties,):
        raise ValueError(f"next_level must name one region for each of {counties} counties")
    if home.size and (
        min(home.min(), residence.min()) < 0 or max(home.max(), residence.max()) > counties
    ):
        raise ValueError(f"pairs must name counties 0 to {counties}")
    every = np.arange(counties + 1, dtype=np.int64)
    key = np.unique(
        np.concatenate([home, every]) * (counties + 1) + np.concatenate([residence, every])
    )
    homes, residences = np.divmod(key, counties + 1)
    start = np.searchsorted(homes, np.arange(counties + 2)).astype(np.int64)
    own_pair = np.searchsorted(key, every * (counties + 2)).astype(np.int64)
    region = np.append(next_level, -1)
    tie = np.where(region[homes] == region[residences], TIES.index("within"), TIES.index("between"))
    tie[homes == counties] = TIES.index("inbound")
    tie[residences == counties] = TIES.index("outbound")
    tie[homes == residences] = TIES.index("stayer")
    # number the territories of each home's pairs 0, 1, ...: its slab needs no more places
    territories, of_pair = np.unique(
        np.stack([homes, region[residences]]), axis=1, return_inverse=True
    )
    first = np.searchsorted(territories[0], np.arange(counties + 1))
    local = (of_pair.ravel() - first[homes]).astype(np.int64)
    return PairIndex(
        counties, homes, residences, start, own_pair, tie.astype(np.int64), local, local[own_pair]
    )


def dense_pairs(next_level: IntArray) -> PairIndex:
    """Every home with every residence, outside included: ``(n + 1) ** 2`` pairs."""
    n = int(next_level.size)
    home, residence = np.divmod(np.arange((n + 1) ** 2, dtype=np.int64), n + 1)
    return pair_index(n, home, residence, next_level)


def next_level(case: Case) -> IntArray:
    """The region of the second level that each county lies in, ``(n,)``."""
    return np.asarray(case.regions.ancestor_index(case.second_level), dtype=np.int64)
