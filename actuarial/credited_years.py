"""Credited years: who has enough insured time for retiree cover."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc

from actuarial.arrays import FloatArray, not_negative, same_kind


def eligible_share(mean: ArrayLike, variance: ArrayLike, required: ArrayLike) -> float | FloatArray:
    """Share of a group with at least ``required`` credited years.

    Credited years are taken as gamma distributed with the group's mean and variance (moment
    matching): ``shape = mean^2 / variance``, ``share = Q(shape, required * mean / variance)``.
    Without variance everybody has the mean.

    Raises:
        ValueError: an argument is negative.
    """
    m, v, need = np.broadcast_arrays(
        not_negative(mean, "the mean"),
        not_negative(variance, "the variance"),
        not_negative(required, "the required years"),
    )
    spread = (v > 1e-12 * np.maximum(m, 1.0) ** 2) & (m > 0)
    safe_m, safe_v = np.where(spread, m, 1.0), np.where(spread, v, 1.0)
    share = np.where(
        spread,
        gammaincc(safe_m**2 / safe_v, need * safe_m / safe_v),
        (m >= need).astype(float),
    )
    return same_kind(np.asarray(share), mean, variance, required)
