"""The least cost of a staged partition by dynamic programming, for the certificate.

Branch and bound is the solver's word. The same minimum follows from the tree alone: up to the stage
in which a region becomes a pool, the regions inside it do not depend on each other, and all that
the merger takes over from them is their money. So each region needs only its *histories* up to each
stage: what the pools inside have cost so far, and what they hold together. Histories of the regions
inside add up; a history is dropped where another costs no more, if need be after buying at the
price of money from outside what it holds less, as nothing held is worth more than that.
"""

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.problem.candidates import Candidates

MOST = 20_000
"""Most histories of a region that are looked at; with more there is no bound."""

Histories = FloatArray
"""Cost and money held, ``(n, 2)``."""


def least_cost(given: Candidates) -> float | None:
    """Least cost of all staged partitions; None where there are too many histories.

    Args:
        given: the candidates, a forest in which each contains whole candidates of the level below.
    """
    tree = _Tree(given)
    total = 0.0
    for region in tree.roots:
        histories = tree.histories(region, len(given.starts))
        if histories is None:
            return None
        total += float(histories[:, 0].min())
    return total


class _Tree:
    """Histories of every region by stage, each found once."""

    def __init__(self, given: Candidates) -> None:
        """The regions inside each region, and the years in which stages begin and the last ends."""
        self.given = given
        self.limits = (*given.starts, given.years.size)
        self.inside: list[list[int]] = [[] for _ in given.codes]
        sizes = given.contains.sum(axis=1)
        order = list(dict.fromkeys(given.levels))
        rank = np.array([order.index(level) for level in given.levels])
        self.roots: list[int] = []
        for region in range(len(given.codes)):
            around = [
                a for a in range(len(given.codes))
                if rank[a] > rank[region] and sizes[a] >= sizes[region]
                and given.contains[a][given.contains[region]].all()
            ]  # fmt: skip
            if around:
                self.inside[min(around, key=lambda a: int(rank[a]))].append(region)
            else:
                self.roots.append(region)
        self.known: dict[tuple[int, int], Histories | None] = {}

    def histories(self, region: int, stage: int) -> Histories | None:
        """Histories up to the start of a stage, whatever the pools inside the region."""
        key = region, stage
        if key not in self.known:
            self.known[key] = self._found(region, stage)
        return self.known[key]

    def _found(self, region: int, stage: int) -> Histories | None:
        if stage == 0:
            opening = float(self.given.opening[self.given.contains[region]].sum())
            return np.array([[0.0, opening]])
        choices = []
        if self.inside[region]:
            apart = self._apart(region, stage)
            if apart is None:
                return None
            choices.append(apart)
        for first in range(stage):
            if first and not self.inside[region]:
                break  # a region with none inside is a pool from the start
            before = self._apart(region, first) if first else self.histories(region, 0)
            if before is None:
                return None
            choices.append(self._pooled(region, before, first, stage))
        return self._best(np.concatenate(choices), stage)

    def _apart(self, region: int, stage: int) -> Histories | None:
        """Histories in which the region itself has been no pool."""
        total = np.zeros((1, 2))
        for one in self.inside[region]:
            more = self.histories(one, stage)
            if more is None or len(total) * len(more) > MOST:
                return None
            total = self._best((total[:, None] + more).reshape(-1, 2), stage)
        return total

    def _pooled(self, region: int, before: Histories, first: int, stage: int) -> Histories:
        """Each history carried on as one pool from the start of one stage to that of another."""
        given = self.given
        cost, balance = before[:, 0].copy(), before[:, 1].copy()
        value = 1.0
        for t in range(self.limits[stage]):
            growth = 1.0 + float(given.interest[t])
            value /= growth  # of a unit at the end of the year
            if t < self.limits[first]:
                continue
            balance = balance * growth + given.flow[t, region] * growth**0.5
            bought = np.maximum(given.floor[t, region] - balance, 0.0)
            balance = balance + bought
            cost += given.rescue_price * bought * value
            cost += given.added[t, region] * value * growth**0.5
        return np.column_stack([cost, balance])

    def _best(self, histories: Histories, stage: int) -> Histories:
        """Those that no other replaces."""
        price = self.given.rescue_price / float(np.prod(1.0 + self.given.interest[
            : self.limits[stage]]))  # fmt: skip
        # one replaces another if it costs no more and holds no less, or no more with what it lacks
        histories = histories[np.lexsort((-histories[:, 1], histories[:, 0]))]
        more_held = np.maximum.accumulate(np.r_[-np.inf, histories[:-1, 1]])
        histories = histories[histories[:, 1] > more_held]
        net = histories[:, 0] - price * histories[:, 1]
        less_dear = np.minimum.accumulate(np.r_[np.inf, net[:-1]])
        return np.asarray(histories[net < less_dear])
