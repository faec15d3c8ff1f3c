"""Risk of a fund over scenarios: ruin, value at risk, required reserves.

Definitions: Klugman, Panjer and Willmot, *Loss Models*, chapter 3 (VaR, TVaR); atoms are split
as in Acerbi and Tasche (2002).
"""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, numbers, one_row

CLOSE = 1e-9
"""Relative slack when a number of scenarios is compared with a level times their count."""


def _scenarios(values: ArrayLike, name: str) -> FloatArray:
    array = numbers(values, name)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} must be a table of scenarios by years")
    return array


def ruin_probability(balances: ArrayLike) -> FloatArray:
    """Share of scenarios that have been negative at a year end by each year, ``(years,)``.

    >>> ruin_probability([[1.0, -1.0], [2.0, 3.0], [-1.0, 4.0], [1.0, 1.0]]).tolist()
    [0.25, 0.5]

    Args:
        balances: closing balances, ``(scenarios, years)``.
    """
    closing = _scenarios(balances, "balances")
    return np.asarray(np.logical_or.accumulate(closing < 0, axis=1).mean(axis=0))


def ruin_standard_error(probability: ArrayLike, scenarios: int) -> FloatArray:
    """Standard error of a ruin probability from independent scenarios: ``sqrt(p (1-p) / n)``.

    >>> ruin_standard_error(0.05, 10_000).round(5).tolist()
    0.00218
    """
    p = numbers(probability, "the probability")
    if (p < 0).any() or (p > 1).any():
        raise ValueError("a probability must lie between 0 and 1")
    if scenarios < 1:
        raise ValueError("there must be at least one scenario")
    return np.asarray(np.sqrt(p * (1.0 - p) / scenarios))


def _level(level: float) -> float:
    value = float(numbers(level, "the level"))
    if not 0 <= value <= 1:
        raise ValueError("the level must lie between 0 and 1")
    return value


def value_at_risk(losses: ArrayLike, level: float) -> float:
    """Smallest loss ``x`` with ``F(x) >= level``.

    >>> value_at_risk([1.0, 2.0, 3.0, 4.0], 0.5)
    2.0
    """
    ordered = np.sort(one_row(losses, "losses"))
    wanted = _level(level) * ordered.size
    place = int(np.ceil(wanted - CLOSE * max(1.0, wanted)))
    return float(ordered[min(max(place, 1), ordered.size) - 1])


def tail_value_at_risk(losses: ArrayLike, level: float) -> float:
    """Mean of the worst ``1 - level`` of the losses; a loss at the edge counts with its part.

    At level 1 the largest loss.

    >>> tail_value_at_risk([1.0, 2.0, 3.0, 4.0], 0.5)
    3.5
    """
    ordered = np.sort(one_row(losses, "losses"))[::-1]
    tail = (1.0 - _level(level)) * ordered.size
    if tail <= CLOSE:
        return float(ordered[0])
    weight = np.clip(tail - np.arange(ordered.size), 0.0, 1.0)
    return float((ordered * weight).sum() / weight.sum())


def required_reserve(net_outgo: ArrayLike, probability: float) -> float:
    """Smallest opening reserve that keeps the chance of ever falling negative low enough.

    A scenario falls negative at some year end if its largest cumulated net outgo exceeds the
    reserve; no interest. At most a share ``probability`` of the scenarios may. Never below zero:
    a fund cannot open in debt.

    >>> required_reserve([[1.0, 2.0], [5.0, -3.0], [-1.0, -1.0], [0.0, 1.0]], probability=0.25)
    3.0

    Args:
        net_outgo: outgo less income, ``(scenarios, years)``.
        probability: share of scenarios that may fall negative.
    """
    worst = np.sort(np.cumsum(_scenarios(net_outgo, "net outgo"), axis=1).max(axis=1))
    allowed = _level(probability) * worst.size
    ruined = int(np.floor(allowed + CLOSE * max(1.0, allowed)))
    if ruined >= worst.size:
        return 0.0
    return max(0.0, float(worst[worst.size - 1 - ruined]))
