"""Mobility: migration schedules, Markov transitions, job turnover.

Sources: Rogers and Castro, *Model Migration Schedules* (IIASA RR-81-30, 1981); Rogers,
*Multiregional Demography* (1995).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, numbers, ratio, same_kind

TERMS = 20
"""Terms of the uniformised series at a rate of at most one: the rest is under 1e-18."""


def rogers_castro(
    ages: ArrayLike,
    a1: float,
    alpha1: float,
    a2: float,
    mu2: float,
    alpha2: float,
    lambda2: float,
    c: float,
) -> float | FloatArray:
    """Seven-parameter model migration schedule at each age.

    ``m(x) = a1 exp(-alpha1 x) + a2 exp(-alpha2 (x - mu2) - exp(-lambda2 (x - mu2))) + c``:
    childhood, labour force, constant.

    >>> labour = dict(a2=0.06, mu2=20.0, alpha2=0.1, lambda2=0.4)
    >>> rogers_castro([0, 20, 23, 60], a1=0.02, alpha1=0.1, c=0.003, **labour).round(4).tolist()
    [0.023, 0.0278, 0.0379, 0.0041]

    Args:
        ages: ages, any shape.
        a1: level of the childhood part. alpha1: its rate of descent.
        alpha1: rate of descent of the childhood part.
        a2: level of the labour-force part.
        mu2: its position.
        alpha2: its rate of descent.
        lambda2: its rate of ascent.
        c: constant part.

    Raises:
        ValueError: a level is negative or a parameter is not a number.
    """
    x = numbers(ages, "ages")
    for name, value in (("a1", a1), ("a2", a2), ("c", c)):
        not_negative(value, name)
    numbers([alpha1, mu2, alpha2, lambda2], "the parameters of the schedule")
    labour = a2 * np.exp(-alpha2 * (x - mu2) - np.exp(-lambda2 * (x - mu2)))
    return same_kind(np.asarray(a1 * np.exp(-alpha1 * x) + labour + c), ages)


def transition_matrix(generator: ArrayLike, years: float = 1.0) -> FloatArray:
    """Transition probabilities ``expm(Q * years)`` of a continuous-time Markov chain.

    >>> transition_matrix([[-0.462, 0.462], [0.0, 0.0]], years=3).round(3).tolist()
    [[0.25, 0.75], [0.0, 1.0]]

    Args:
        generator: ``Q``, ``(..., K, K)``: hazards off the diagonal, rows that sum to zero.
        years: length of time.

    Returns:
        probabilities, ``(..., K, K)``; rows sum to one.

    Raises:
        ValueError: not square, a hazard is negative, a row does not sum to zero, or ``years`` is
            negative.
    """
    q = numbers(generator, "the generator")
    if q.ndim < 2 or q.shape[-1] != q.shape[-2]:
        raise ValueError("the generator must be a square matrix")
    if not years >= 0:
        raise ValueError("years must not be negative")
    states = q.shape[-1]
    scale = np.maximum(1.0, np.abs(q).max(initial=0.0))
    if (q[..., ~np.eye(states, dtype=bool)] < 0).any():
        raise ValueError("hazards off the diagonal of the generator must not be negative")
    if np.abs(q.sum(axis=-1)).max(initial=0.0) > 1e-9 * scale:
        raise ValueError("every row of the generator must sum to zero")
    p = _uniformised(q * years)
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def _uniformised(q: FloatArray) -> FloatArray:
    """``expm(q)`` of generators by uniformisation, scaling and squaring (Jensen 1953).

    With ``rate`` at least every hazard of leaving and ``P = I + q / rate``,
    ``expm(q) = sum_k exp(-rate) rate^k / k! P^k``. All terms are probabilities, so nothing
    cancels; many small matrices are multiplied at once, without a linear-algebra library's
    threads.
    """
    states = q.shape[-1]
    rate = float(np.abs(q).max(initial=0.0))
    squarings = max(0, int(np.ceil(np.log2(max(rate, 1.0)))))
    rate /= 2.0**squarings  # now at most one
    if rate == 0.0:
        return np.broadcast_to(np.eye(states), q.shape).copy()
    step = np.eye(states) + q / (rate * 2.0**squarings)
    term = np.broadcast_to(np.eye(states) * np.exp(-rate), q.shape)
    total = term.copy()
    for k in range(1, TERMS):
        term = np.matmul(term, step) * (rate / k)
        total += term
    for _ in range(squarings):
        total = np.matmul(total, total)
    return total


def turnover_hazard(share_remaining: ArrayLike, years: ArrayLike) -> float | FloatArray:
    """Yearly hazard of leaving when a share still remains after some years: ``-ln(share)/years``.

    >>> round(turnover_hazard(0.25, 3), 3)
    0.462

    Raises:
        ValueError: the share does not lie in (0, 1] or the years are not positive.
    """
    share, time = numbers(share_remaining, "the share remaining"), numbers(years, "years")
    if (share <= 0).any() or (share > 1).any():
        raise ValueError("the share remaining must lie above 0 and at most at 1")
    if (time <= 0).any():
        raise ValueError("years must be positive")
    return same_kind(np.asarray(-np.log(share) / time) + 0.0, share_remaining, years)


@dataclass(frozen=True)
class HomeAwayProbabilities:
    """A year's moves between a home and its destinations; arrays of one shape.

    >>> year = home_away_probabilities(out_rate=0.1, return_rate=0.2, onward_rate=0.05)
    >>> float(year.home_stay + year.home_to_away), float(year.away_to_home + year.away_to_away)
    (1.0, 1.0)

    Attributes:
        home_stay: at home and at home a year later.
        home_to_away: from home to the destinations together.
        away_to_home: from a destination to home.
        away_to_away: away and away a year later, the same destination included.
        persistence: ``exp(-(return + onward))``: away without any event.
    """

    home_stay: FloatArray
    home_to_away: FloatArray
    away_to_home: FloatArray
    away_to_away: FloatArray
    persistence: FloatArray


def home_away_probabilities(
    out_rate: ArrayLike, return_rate: ArrayLike, onward_rate: ArrayLike, years: float = 1.0
) -> HomeAwayProbabilities:
    """Exact solution of the home / destinations migration chain.

    At home ``y``, at destination ``r`` ``x[r]``, away ``A = sum x``, destination shares ``d``:
    ``y' = -o y + rho A``; ``x[r]' = o y d[r] - rho x[r] - w x[r] + w A d[r]``. The pair ``(y, A)``
    is a two-state chain, and ``x[r] - A d[r]`` decays at ``rho + w``. So the matrix exponential of
    the whole chain has entries: home to ``r``: ``home_to_away * d[r]``; ``r`` to home:
    ``away_to_home``; ``r`` to ``r'``:
    ``persistence * (r == r') + (away_to_away - persistence) * d[r']``.

    >>> year = home_away_probabilities(out_rate=0.1, return_rate=0.2, onward_rate=0.05)
    >>> year.home_to_away.round(4).tolist(), year.away_to_home.round(4).tolist()
    (0.0864, 0.1728)

    Args:
        out_rate: ``o``, hazard of leaving home, any shape.
        return_rate: ``rho``, hazard of going home.
        onward_rate: ``w``, hazard of choosing a destination anew.
        years: length of time.

    Raises:
        ValueError: a hazard is negative.
    """
    o, rho, w = np.broadcast_arrays(
        not_negative(out_rate, "the out-migration hazard"),
        not_negative(return_rate, "the return hazard"),
        not_negative(onward_rate, "the onward hazard"),
    )
    total = o + rho
    moved = -np.expm1(-total * years)
    part = ratio(moved, total, float(years))
    out, back = o * part, rho * part
    return HomeAwayProbabilities(1.0 - out, out, back, 1.0 - back, np.exp(-(rho + w) * years))
