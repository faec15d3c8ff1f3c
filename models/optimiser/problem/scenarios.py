"""Fewer scenarios that stand for many, where the whole program would be too large.

Fast forward selection (Heitsch and Römisch, 2003): scenarios are taken one by one, each time the
one that brings the probability-weighted distance of all to their nearest taken scenario down
most; those left out give their probability to the nearest. A plan made on them is checked on all
and on fresh ones.
"""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.paths import PoolPaths


def features(paths: Sequence[PoolPaths]) -> FloatArray:
    """What makes scenarios alike: each pool's running need, ``(s, features)``.

    ``sum over years to t of (outgo - subsidies - income)``, over the pool's mean outgo of a
    year, at every fifth year, weighted by the root of the pool's share of the scheme's outgo.
    """
    columns = []
    for scheme in paths:
        need = np.cumsum(scheme.outgo - scheme.subsidies - scheme.income, axis=1)
        size = scheme.outgo.mean(axis=(0, 1))
        chosen = sorted({*range(4, scheme.years.size, 5), scheme.years.size - 1})
        part = ratio(need[:, chosen], size) * np.sqrt(ratio(size, size.sum()))
        columns.append(part.reshape(part.shape[0], -1))
    return np.concatenate(columns, axis=1)


def forward_selection(points: FloatArray, count: int) -> tuple[IntArray, FloatArray]:
    """Scenarios to keep, in the order taken, and their probabilities.

    Args:
        points: a row of features a scenario, all equally likely, ``(s, f)``.
        count: how many to keep.
    """
    total = points.shape[0]
    square = (points**2).sum(axis=1)
    apart = np.sqrt(np.maximum(square[:, None] + square - 2.0 * points @ points.T, 0.0))
    np.fill_diagonal(apart, 0.0)
    nearest = np.full(total, np.inf)
    taken: list[int] = []
    for _ in range(min(count, total)):
        cost = np.minimum(nearest[:, None], apart).sum(axis=0)
        cost[taken] = np.inf
        best = int(np.argmin(cost))
        taken.append(best)
        nearest = np.minimum(nearest, apart[best])
    owner = np.argmin(apart[:, taken], axis=1)
    weight = np.bincount(owner, minlength=len(taken)) / total
    return np.array(taken, dtype=np.int64), np.asarray(weight, dtype=np.float64)


def chosen_scenarios(paths: PoolPaths, keep: IntArray) -> PoolPaths:
    """The same scheme in some scenarios only."""
    by_scenario = {
        f.name: getattr(paths, f.name)[keep]
        for f in fields(paths)
        if f.name in ("contribution_base", "income", "subsidies", "outgo", "outstanding",
                      "outgo_next_year", "interest")
    }  # fmt: skip
    return replace(paths, **by_scenario)
