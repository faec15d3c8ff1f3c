"""Credibility: how far observed experience is believed against what was expected of all.

Limited fluctuation (square-root rule) needs only a number of claims; Bühlmann and Straub's model
estimates its own standard from the spread of experience between and within groups.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from fundpool.actuarial.arrays import FloatArray, numbers, ratio


def full_credibility_claims(
    probability: float = 0.9, tolerance: float = 0.05, severity_cv: float = 0.0
) -> float:
    """Number of claims at which experience is believed in full.

    ``(z / tolerance)^2 * (1 + severity_cv^2)``, ``z`` the normal quantile at
    ``(1 + probability) / 2``: then total cost lies within ``tolerance`` of its expectation with
    the given probability, when claim numbers are Poisson (Klugman, Panjer and Willmot, Loss
    Models, chapter on limited fluctuation credibility).

    >>> round(full_credibility_claims(0.9, 0.05))
    1082

    Raises:
        ValueError: probability outside 0 to 1, or a tolerance or variation that makes no sense.
    """
    if not (0.0 < probability < 1.0 and tolerance > 0.0 and severity_cv >= 0.0):
        raise ValueError(
            "full credibility needs a probability between 0 and 1, a positive tolerance and a "
            "coefficient of variation of at least 0"
        )
    quantile = float(norm.ppf(0.5 * (1.0 + probability)))
    return (quantile / tolerance) ** 2 * (1.0 + severity_cv**2)


def limited_fluctuation(claims: ArrayLike, full: float) -> FloatArray:
    """Credibility of experience with a number of claims: ``min(1, sqrt(claims / full))``.

    >>> limited_fluctuation([0.0, 25.0, 400.0], 100.0).tolist()
    [0.0, 0.5, 1.0]

    Raises:
        ValueError: a negative number of claims, or a standard that is not positive.
    """
    number = numbers(claims, "claims")
    if (number < 0).any() or not full > 0:
        raise ValueError("claims must be at least 0 and the standard for full credibility above 0")
    return np.minimum(1.0, np.sqrt(number / full))


@dataclass(frozen=True)
class Credibility:
    """Bühlmann and Straub's credibility of each of ``r`` groups.

    >>> groups = buhlmann_straub([[1.0, 1.2], [0.5, 0.7]], [[10.0, 10.0], [10.0, 10.0]])
    >>> groups.factor.round(3).tolist(), groups.estimate.round(3).tolist()
    ([0.92, 0.92], [1.08, 0.62])

    Attributes:
        factor: weight of the group's own experience, ``(r,)``, 0 to 1.
        experience: the group's own mean, ``(r,)``.
        collective: mean of all, groups weighted by their credibility.
        within: expected variance of one unit of weight within a group.
        between: variance between the groups' true means, zero if the data show none; NaN for a
            single group.
        squared_error: mean squared error of each estimate, ``(r,)``.
        estimate: ``factor * experience + (1 - factor) * collective``, ``(r,)``.
    """

    factor: FloatArray
    experience: FloatArray
    collective: float
    within: float
    between: float
    squared_error: FloatArray

    @property
    def estimate(self) -> FloatArray:
        """The credibility estimate of each group."""
        return self.factor * self.experience + (1.0 - self.factor) * self.collective


def buhlmann_straub(ratios: ArrayLike, weights: ArrayLike) -> Credibility:
    """Credibility of groups from their own experience over several periods.

    With weights ``w[i, j]``, group means ``x[i]`` and the mean of all ``x``:

    ``within = sum w[i,j] (ratio[i,j] - x[i])^2 / sum (n[i] - 1)``;
    ``between = (sum w[i] (x[i] - x)^2 - (r - 1) within) / (w - sum w[i]^2 / w)``, at least 0;
    ``factor[i] = w[i] / (w[i] + within / between)``;
    ``squared_error[i] = between (1 - factor[i]) (1 + (1 - factor[i]) / sum factor)``, the
    collective mean being estimated as well; ``within / w`` where the groups show no difference

    (Bühlmann and Straub, 1970; unbiased estimators as in Klugman, Panjer and Willmot; error by
    Bühlmann and Gisler, A Course in Credibility Theory, theorem 4.6.)

    >>> groups = buhlmann_straub([[1.0, 1.2], [0.5, 0.7]], [[10.0, 10.0], [10.0, 10.0]])
    >>> round(groups.collective, 3), round(groups.within, 3), round(groups.between, 3)
    (0.85, 0.2, 0.115)

    Args:
        ratios: such as actual over expected, ``(r, n)``; ignored where the weight is zero.
        weights: such as expected money, ``(r, n)``, at least 0.

    Raises:
        ValueError: fewer than two groups with experience, no group with two periods, or shapes
            that do not fit.
    """
    x, w = np.asarray(ratios, dtype=np.float64), numbers(weights, "weights")
    if x.ndim != 2 or x.shape != w.shape:
        raise ValueError("ratios and weights must be two tables of the same shape")
    if (w < 0).any():
        raise ValueError("weights must be at least 0")
    seen = w > 0
    if not np.isfinite(x[seen]).all():
        raise ValueError("ratios must be finite wherever there is weight")
    x = np.where(seen, x, 0.0)
    by_group = w.sum(axis=1)
    present = by_group > 0
    degrees = int((seen.sum(axis=1) - 1)[present].sum())
    if present.sum() < 2 or degrees < 1:
        raise ValueError("credibility needs at least two groups, and one of them two periods")
    group_means = ratio((w * x).sum(axis=1), by_group)
    total = float(by_group.sum())
    mean = float((by_group * group_means).sum() / total)
    within = float((w * (x - group_means[:, None]) ** 2 * seen).sum() / degrees)
    spread = float((by_group * (group_means - mean) ** 2).sum())
    scale = total - float((by_group**2).sum()) / total
    between = max(0.0, (spread - (int(present.sum()) - 1) * within) / scale)
    factor = np.zeros_like(by_group)
    if between > 0:
        factor = np.where(present, by_group / (by_group + within / between), 0.0)
    collective = float((factor * group_means).sum() / factor.sum()) if factor.sum() > 0 else mean
    rest = 1.0 - factor
    error = np.full_like(rest, within / total)
    if between > 0:
        error = between * rest * (1.0 + rest / factor.sum())
    return Credibility(factor, group_means, collective, within, between, error)


def limited_by_periods(
    ratios: ArrayLike, weights: ArrayLike, probability: float = 0.9, tolerance: float = 0.05
) -> Credibility:
    """Limited fluctuation credibility of each group by itself, from the spread of its periods.

    ``Z = min(1, sqrt(n / full))`` with the number of periods ``n`` and the standard
    ``full = (z / tolerance)^2 cv^2`` (Klugman, Panjer and Willmot, Loss Models, full credibility
    by number of exposures), where ``cv^2 = n within / (w x^2)`` is that of a period's ratio; the
    complement goes to a ratio of one: the expectation is right. For a single group, which Bühlmann
    and Straub's model cannot judge.

    >>> limited_by_periods([[0.9, 1.1, 1.0, 1.0]], [[10.0] * 4]).factor.round(2).tolist()
    [0.74]

    Args:
        ratios: such as actual over expected, ``(1, n)``; ignored where the weight is zero.
        weights: such as expected money, ``(1, n)``, at least 0.

    Raises:
        ValueError: fewer than two periods, more than one group, or shapes that do not fit.
    """
    x, w = np.asarray(ratios, dtype=np.float64), numbers(weights, "weights")
    if x.ndim != 2 or x.shape != w.shape or x.shape[0] != 1:
        raise ValueError("ratios and weights must be two tables of the same shape with one row")
    seen = w > 0
    periods, total = int(seen.sum()), float(w.sum())
    if (w < 0).any() or periods < 2 or not np.isfinite(x[seen]).all():
        raise ValueError("credibility of a single group needs two periods with weight")
    x = np.where(seen, x, 0.0)
    mean = float((w * x).sum() / total)
    within = float((w * (x - mean) ** 2).sum() / (periods - 1))
    factor = 1.0
    if within > 0:
        quantile = float(norm.ppf(0.5 * (1.0 + probability)))
        # (z / k)^2 cv^2 divided by n, so that a mean of zero needs no exception
        spread = (quantile / tolerance) ** 2 * within / total
        factor = float(limited_fluctuation(mean**2, spread))
    error = np.array([factor**2 * within / total])
    return Credibility(np.array([factor]), np.array([mean]), 1.0, within, float("nan"), error)
