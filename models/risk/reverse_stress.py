"""Reverse stress: the least unlikely joint move of the drivers that empties a fund.

Deviations of the drivers are a linear map of independent standard normals ``z``, one a driver and
year (:class:`fundpool.models.scenarios.model.DriverModel`). The length of ``z`` is the size of a
joint move in standard deviations; of all paths that empty a fund the shortest is the likeliest.
A fund's margin ``g(z)`` is its opening balance less the reserve with which it would never run dry.
The first-order reliability method (Hasofer and Lind, 1974; Rackwitz and Fiessler, 1978) looks
for the shortest ``z`` with ``g(z) = 0``: in the direction in which the margin falls fastest on
the central path, then, a few times, in that in which it falls fastest at the move found so far,
measured for funds with similar moves together. Every move that is given was run: the fund is
empty there, and not at one a hundredth shorter.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.run import reserves_needed
from fundpool.models.scenarios.terms import ScenarioTerms

LARGEST_MOVE = 10.0
"""Longest move that is looked for, in standard deviations."""
HALVINGS = 12
ROUNDS = 4
"""How often directions are measured anew at the moves found so far."""
GROUPS = 4
"""Groups of a scheme's funds with similar moves, which share the point of measurement."""
PROBE = 0.25
"""Length of the moves by which slopes are measured."""
CLOSE = 0.99
"""Share of the move at which a fund must still hold, for it to count as the smallest."""
COLUMNS = ["scheme", "pool", "name", "level", "move", "verified",
           *(f"{name}_mean" for name in DRIVERS)]  # fmt: skip


@dataclass(frozen=True)
class ReverseStress:
    """The smallest joint moves that empty funds.

    Attributes:
        table: one row per scheme and fund: scheme, pool, name, level; move, length in standard
            deviations, 0 for a fund that is empty on the central path, NaN if no move up to
            :data:`LARGEST_MOVE` empties it; verified, whether the fund is empty at the move and
            not at one a hundredth shorter; ``<driver>_mean``, mean deviation of each driver over
            the years, in standard deviations of a year's deviation in the long run.
        deviations: of the drivers at the moves, row by row of the table, ``(r, T, 6)``.
    """

    table: pd.DataFrame
    deviations: FloatArray


@dataclass(frozen=True)
class _Runner:
    """Margins of the funds of a plan under moves.

    Attributes:
        study, plan, terms: what is run.
        response: deviations as a linear map of the normals, ``(6 T, 6 T)``.
    """

    study: Study
    plan: str | PoolingPlan
    terms: ScenarioTerms
    response: FloatArray

    def deviations(self, moves: FloatArray) -> FloatArray:
        """Deviations of the drivers under moves ``(N, 6 T)``, ``(N, T, 6)``."""
        return np.asarray((moves @ self.response.T).reshape(len(moves), -1, len(DRIVERS)))

    def margins(self, moves: FloatArray) -> FloatArray:
        """Opening balance less the reserve needed, ``(N, p)``, funds of all schemes in a row."""
        needed = reserves_needed(self.study, self.plan, self.deviations(moves), self.terms)
        return np.concatenate([pools.opening - need for pools, need in needed.values()], axis=1)


def reverse_stress(study: Study, plan: str | PoolingPlan, terms: ScenarioTerms) -> ReverseStress:
    """The smallest joint move of the drivers that empties each fund.

    Funds of later stages of a plan, which have no opening balance, are left out.

    Args:
        study: a projected case with a section ``scenarios``.
        plan: level or plan.
        terms: the study's coefficients.
    """
    years = terms.years.size
    drivers = terms.model.drivers
    runner = _Runner(study, plan, terms, drivers.response(years))
    size = years * len(DRIVERS)
    moves = np.concatenate([np.zeros((1, size)), PROBE * np.eye(size)])
    needed = reserves_needed(study, plan, runner.deviations(moves), terms)
    margins = np.concatenate([pools.opening - need for pools, need in needed.values()], axis=1)
    central = margins[0]
    slopes = (margins[1:] - central).T / PROBE
    asked = np.isfinite(central) & (central > 0)
    best_length, best_way = _shortest(runner, slopes, asked)
    for scheme_slice in _slices([len(pools.codes) for pools, _ in needed.values()]) * ROUNDS:
        again = _slopes_nearby(runner, best_length, best_way, scheme_slice)
        length, way = _shortest(runner, again, asked & (np.abs(again).sum(axis=1) > 0))
        shorter = np.nan_to_num(length, nan=np.inf) < np.nan_to_num(best_length, nan=np.inf)
        best_length = np.where(shorter, length, best_length)
        best_way = np.where(shorter[:, None], way, best_way)
    verified = _verified(runner, best_length, best_way, asked)
    moved = np.nan_to_num(best_length)[:, None] * best_way
    deviations = runner.deviations(moved)
    means = deviations.mean(axis=1)
    spread = np.sqrt(np.diag(drivers.stationary_covariance()))
    means = ratio(means, spread)
    rows = []
    place = 0
    for scheme, (pools, _) in needed.items():
        for code, name, level in zip(pools.codes, pools.names, pools.levels, strict=True):
            if np.isfinite(central[place]):
                rows.append(
                    (scheme, code, name, level,
                     best_length[place] if asked[place] else 0.0,
                     bool(verified[place]) if asked[place] else True, *means[place])
                )  # fmt: skip
            place += 1
    return ReverseStress(pd.DataFrame(rows, columns=COLUMNS), deviations[np.isfinite(central)])


def _slopes_nearby(
    runner: _Runner, length: FloatArray, way: FloatArray, of_scheme: slice
) -> FloatArray:
    """Slopes of a scheme's funds ``(p, 6 T)``, each at the move of a fund with a similar one.

    Zero for funds of other schemes and where no fund of the scheme is emptied.
    """
    slopes = np.zeros_like(way)
    emptied = np.flatnonzero(np.isfinite(length[of_scheme])) + of_scheme.start
    groups = np.array_split(emptied[np.argsort(length[emptied])], min(GROUPS, emptied.size or 1))
    for group in groups:
        if not group.size:
            continue
        middle = group[group.size // 2]
        point = length[middle] * way[middle]
        around = runner.margins(np.concatenate([point[None], point + PROBE * np.eye(point.size)]))
        slopes[group] = ((around[1:] - around[0]).T / PROBE)[group]
    return slopes


def _slices(sizes: list[int]) -> list[slice]:
    ends = np.cumsum(sizes)
    return [slice(int(end - size), int(end)) for end, size in zip(ends, sizes, strict=True)]


def _shortest(
    runner: _Runner, slopes: FloatArray, asked: np.ndarray
) -> tuple[FloatArray, FloatArray]:
    """Lengths ``(p,)`` at which margins reach zero down their slopes ``(p, 6 T)``, and the ways.

    NaN where :data:`LARGEST_MOVE` does not reach it.
    """
    steepness = np.linalg.norm(slopes, axis=1)
    finite = np.where(np.isfinite(steepness), steepness, 0.0)
    way = -ratio(slopes, finite[:, None])
    length = np.full(len(way), np.nan)
    funds = np.flatnonzero(asked & (np.abs(way).sum(axis=1) > 0))
    if not funds.size:
        return length, way

    def margin(lengths: FloatArray) -> FloatArray:
        return np.asarray(np.diagonal(runner.margins(lengths[:, None] * way[funds])[:, funds]))

    low, high = np.zeros(funds.size), np.full(funds.size, LARGEST_MOVE)
    empty = margin(high) < 0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        gone = margin(middle) < 0
        low, high = np.where(gone, low, middle), np.where(gone, middle, high)
    length[funds] = np.where(empty, high, np.nan)
    return length, way


def _verified(
    runner: _Runner, length: FloatArray, way: FloatArray, asked: np.ndarray
) -> np.ndarray:
    """Whether each fund is empty at its move and not at a shorter one, both run anew."""
    result = np.zeros(len(length), dtype=bool)
    funds = np.flatnonzero(asked & np.isfinite(length))
    if funds.size:
        moves = length[funds, None] * way[funds]
        at = np.diagonal(runner.margins(moves)[:, funds])
        before = np.diagonal(runner.margins(CLOSE * moves)[:, funds])
        result[funds] = (at < 0) & (before >= 0)
    return result
