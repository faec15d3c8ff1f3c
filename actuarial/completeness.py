"""Completeness: what share of the claims of a period has been booked by now (chain ladder)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, ratio


@dataclass(frozen=True)
class Completeness:
    """How claims of ``n`` periods come in.

    >>> chain_ladder([[60.0, 40.0], [90.0, 0.0]]).factors.round(4).tolist()
    [1.6667]

    Attributes:
        factors: cumulative claims after one more period of delay over those before, ``(n - 1,)``.
        complete_by_delay: share booked by the end of each delay, ``(n,)``; the last is 1.
        complete: share booked of each period so far, ``(n,)``.
        completed: claims of each period when all are booked, ``(n,)``.
    """

    factors: FloatArray
    complete_by_delay: FloatArray
    complete: FloatArray
    completed: FloatArray


def chain_ladder(booked: ArrayLike) -> Completeness:
    """Development of claims over delays, by the volume-weighted chain ladder.

    With ``C[i, d]`` the claims of period ``i`` booked with a delay of at most ``d``, seen for
    ``i + d < n``: ``f[d] = sum_i C[i, d + 1] / sum_i C[i, d]`` over periods that have both, and
    ``C[i, n - 1 - i]`` times the factors to come is what the period comes to (Mack,
    Distribution-free calculation of the standard error of chain ladder reserve estimates, ASTIN
    Bulletin 23, 1993).
    A delay before which nothing was booked has the factor 1; nothing comes after the longest delay.

    >>> result = chain_ladder([[60.0, 40.0], [90.0, 0.0]])
    >>> result.complete.tolist(), result.completed.tolist()
    ([1.0, 0.6], [100.0, 150.0])

    Args:
        booked: claims by period and delay, ``(n, n)``; what lies after the diagonal is not read.

    Raises:
        ValueError: another shape, or a negative number.
    """
    table = not_negative(booked, "claims booked")
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not table.size:
        raise ValueError("claims booked must be a square table of periods and delays")
    n = len(table)
    seen = np.add.outer(np.arange(n), np.arange(n)) < n
    cumulative = np.where(seen, table, 0.0).cumsum(axis=1)
    factors = np.ones(n - 1)
    for delay in range(n - 1):
        rows = n - 1 - delay  # periods that are seen with one more period of delay
        factors[delay] = ratio(
            cumulative[:rows, delay + 1].sum(), cumulative[:rows, delay].sum(), 1.0
        )
    to_come = np.append(np.cumprod(factors[::-1])[::-1], 1.0)
    by_delay = 1.0 / to_come
    complete = by_delay[::-1]
    latest = cumulative[np.arange(n), n - 1 - np.arange(n)]
    return Completeness(factors, by_delay, complete, latest / complete)
