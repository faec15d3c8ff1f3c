"""A year of months: the share of each, what twelve months come to, and the year's end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from fundpool.actuarial.arrays import FloatArray, numbers
from fundpool.actuarial.credibility import Credibility

MONTHS = 12


def monthly_shares(full_years: ArrayLike) -> FloatArray:
    """Share of each month in a year, the mean over full years; equal months without any.

    ``share[m] = mean over y of x[y, m] / sum_m x[y, m]``: each year is scaled to one first, so that
    growth between years does not weigh.

    >>> monthly_shares([[1.0] * 11 + [5.0]])[[0, 11]].tolist()
    [0.0625, 0.3125]
    >>> monthly_shares(np.zeros((0, 12))).round(4).tolist()[:2]
    [0.0833, 0.0833]

    Args:
        full_years: flows of full years, ``(Y, 12)``.

    Raises:
        ValueError: another shape, or a year whose flows do not sum to more than zero.
    """
    flows = np.asarray(full_years, dtype=np.float64)
    if flows.ndim != 2 or flows.shape[1] != MONTHS:
        raise ValueError("full years must be a table with twelve columns")
    if not flows.size:
        return np.full(MONTHS, 1.0 / MONTHS)
    sums = numbers(flows, "full years").sum(axis=1, keepdims=True)
    if not (sums > 0).all():
        raise ValueError("the flows of a full year must sum to more than zero")
    return np.asarray((flows / sums).mean(axis=0))


@dataclass(frozen=True)
class YearEnd:
    """Flows of a whole year seen from within it, of each of ``r`` funds.

    >>> YearEnd(np.array([12.0]), np.array([11.0]), np.array([13.0])).estimate.tolist()
    [12.0]

    Attributes:
        estimate: what is expected, ``(r,)``.
        low, high: ends of the interval, ``(r,)``.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray


def year_end(
    actual: ArrayLike, remaining: ArrayLike, credibility: Credibility, probability: float = 0.9
) -> YearEnd:
    """The year's end: what came, and the rest of the expectation times the credible ratio.

    ``estimate = actual + remaining * ratio``; the variance of the rest is
    ``remaining * within + remaining^2 * squared_error``, both of the credibility, and the interval
    is the normal one. A full year (nothing remaining) is what it was.

    >>> from fundpool.actuarial.credibility import buhlmann_straub
    >>> groups = buhlmann_straub([[1.0, 1.2], [0.5, 0.7]], [[10.0, 10.0], [10.0, 10.0]])
    >>> year_end([22.0, 12.0], [100.0, 0.0], groups).estimate.round(1).tolist()
    [130.0, 12.0]

    Args:
        actual: flows so far, ``(r,)``.
        remaining: expected flows of the months to come, ``(r,)``, at least 0.
        credibility: of the ratio of actual to expected flows, weighted by expected flows.
        probability: that the interval holds the year's flows.

    Raises:
        ValueError: a negative expectation or a probability outside 0 to 1.
    """
    so_far, rest = numbers(actual, "actual"), numbers(remaining, "remaining")
    if (rest < 0).any() or not 0.0 < probability < 1.0:
        raise ValueError("the rest must be at least 0 and the probability between 0 and 1")
    estimate = so_far + rest * credibility.estimate
    variance = rest * credibility.within + rest**2 * credibility.squared_error
    reach = float(norm.ppf(0.5 * (1.0 + probability))) * np.sqrt(variance)
    return YearEnd(estimate, estimate - reach, estimate + reach)
