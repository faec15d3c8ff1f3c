"""Funds that pools merge into on the way."""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.paths import PoolPaths


@dataclass(frozen=True)
class Mergers:
    """Pools in merged funds, an entry for each such pool and year, ``N``; ``M`` funds and years.

    Attributes:
        year, pool, fund: numbers of each entry, ``(N,)``.
        first: first pool of the entry's fund, ``(N,)``.
    """

    year: IntArray
    pool: IntArray
    fund: IntArray
    first: IntArray

    @property
    def funds(self) -> int:
        """How many merged funds there are, counted in every year."""
        return int(self.fund.max()) + 1

    def together(self, values: FloatArray) -> FloatArray:
        """Sums of ``(..., T, p)`` over the pools of each merged fund and year, ``(..., M)``."""
        total = np.zeros((*values.shape[:-2], self.funds))
        np.add.at(np.moveaxis(total, -1, 0), self.fund,
                  np.moveaxis(values[..., self.year, self.pool], -1, 0))  # fmt: skip
        return total


def mergers_of(paths: PoolPaths) -> Mergers | None:
    """The merged funds of a scheme; None where pools stay the same."""
    if paths.merged is None:
        return None
    entries: list[tuple[int, int, int, int]] = []
    count = 0
    for t, funds in enumerate(paths.merged):
        for number in np.unique(funds):
            pools = np.flatnonzero(funds == number)
            if pools.size > 1:
                entries += [(t, int(pool), count, int(pools[0])) for pool in pools]
                count += 1
    if not entries:
        return None
    return Mergers(*np.array(entries, dtype=np.int64).T)


def netted_together(
    paths: PoolPaths, grants: FloatArray, levies: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Grants and levies with no merged fund paying and drawing in one year, ``(s, T, p)`` each."""
    mergers = mergers_of(paths)
    if mergers is None:
        return grants, levies
    drawn, paid = mergers.together(grants), mergers.together(levies)
    both = np.minimum(drawn, paid)
    result = []
    for swaps, whole in ((grants, drawn), (levies, paid)):
        left = np.where(whole > 0, 1.0 - both / np.where(whole > 0, whole, 1.0), 1.0)
        swaps = swaps.copy()
        swaps[:, mergers.year, mergers.pool] *= left[:, mergers.fund]
        result.append(swaps)
    return result[0], result[1]
