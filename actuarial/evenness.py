"""Evenness between regions: population forms, weighted by persons or money.

Sources: Cowell, *Measuring Inequality*; Theil, *Economics and Information Theory* (1967).
"""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, one_row, ratio


def _weighted(x: ArrayLike, weights: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    values = one_row(x, "x")
    if weights is None:
        return values, np.full(values.size, 1.0 / values.size)
    weight = not_negative(one_row(weights, "weights"), "weights")
    if weight.size != values.size:
        raise ValueError("x and weights must have one length")
    if not weight.sum() > 0:
        raise ValueError("the weights must not all be zero")
    return values, weight / weight.sum()


def _shares(x: ArrayLike, weights: ArrayLike | None) -> tuple[FloatArray, FloatArray, float]:
    values, weight = _weighted(x, weights)
    not_negative(values, "x")
    mean = float(values @ weight)
    if not mean > 0:
        raise ValueError("x must have a positive mean")
    return values, weight, mean


def value_range(x: ArrayLike) -> float:
    """Largest less smallest value.

    >>> value_range([0.06, 0.08, 0.11])
    0.05
    """
    values = one_row(x, "x")
    return float(values.max() - values.min())


def mean_absolute_deviation(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Weighted mean of ``|x - mean|``.

    >>> mean_absolute_deviation([1.0, 3.0], weights=[3.0, 1.0])
    0.75
    """
    values, weight = _weighted(x, weights)
    return float(np.abs(values - values @ weight) @ weight)


def coefficient_of_variation(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Population standard deviation over the mean.

    >>> coefficient_of_variation([1.0, 3.0])
    0.5

    Raises:
        ValueError: the mean is zero.
    """
    values, weight = _weighted(x, weights)
    mean = float(values @ weight)
    if mean == 0:
        raise ValueError("the coefficient of variation needs a mean that is not zero")
    return float(np.sqrt(((values - mean) ** 2) @ weight) / abs(mean))


def gini(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Gini coefficient: ``sum_ij w_i w_j |x_i - x_j| / (2 mean)``.

    >>> gini([0.0, 1.0])
    0.5

    Raises:
        ValueError: a value is negative, or all are zero.
    """
    values, weight, mean = _shares(x, weights)
    order = np.argsort(values, kind="stable")
    values, weight = values[order], weight[order]
    below = np.cumsum(weight) - 0.5 * weight
    return float(max(0.0, 2.0 * (weight * values * (below - 0.5)).sum() / mean))


def theil(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Theil's T: ``sum w (x/mean) ln(x/mean)``, with ``0 ln 0 = 0``.

    >>> round(theil([0.0, 1.0]), 4)  # ln 2
    0.6931

    Raises:
        ValueError: a value is negative, or all are zero.
    """
    values, weight, mean = _shares(x, weights)
    relative = values / mean
    logs = np.log(relative, out=np.zeros_like(relative), where=relative > 0)
    return float(max(0.0, (weight * relative * logs).sum()))


def theil_decomposition(
    x: ArrayLike, weights: ArrayLike | None, groups: ArrayLike
) -> tuple[float, float]:
    """Theil's T as (within groups, between groups); the two add up to it exactly.

    ``within = sum_g s_g T_g`` with ``s_g`` the group's share of the total,
    ``between = sum_g s_g ln(mean_g / mean)``.

    >>> within, between = theil_decomposition([1.0, 1.0, 3.0, 3.0], None, ["a", "a", "b", "b"])
    >>> round(within, 4), round(between, 4), round(theil([1.0, 3.0]), 4)
    (0.0, 0.1308, 0.1308)

    Raises:
        ValueError: as :func:`theil`, or groups of another length.
    """
    values, weight, mean = _shares(x, weights)
    label = np.asarray(groups)
    if label.shape != values.shape:
        raise ValueError("groups must name one group for each value")
    _, member = np.unique(label, return_inverse=True)
    mass = np.bincount(member, weight)
    money = np.bincount(member, weight * values)
    group_mean = ratio(money, mass)
    relative = ratio(values, group_mean[member])
    logs = np.log(relative, out=np.zeros_like(relative), where=relative > 0)
    within = (weight * values * logs).sum() / mean
    level = np.log(group_mean / mean, out=np.zeros_like(group_mean), where=group_mean > 0)
    between = (money * level).sum() / mean
    return float(max(0.0, within)), float(max(0.0, between))
