"""Credited years: who has enough insured time for retiree cover."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincc, gammaincc

from actuarial.arrays import FloatArray, not_negative, same_kind

NO_SPREAD = 1e-12
"""Variance, relative to the squared mean, under which everybody has the mean."""


def eligible_share(
    mean: ArrayLike, variance: ArrayLike, required: ArrayLike, longest: ArrayLike | None = None
) -> float | FloatArray:
    """Share of a group with at least ``required`` credited years, by moment matching.

    Where the ``longest`` possible career is given, credited years are taken as beta distributed
    on ``[0, longest]``: with ``p = mean / longest`` and ``k = p (1 - p) longest^2 / variance - 1``
    the share is that of ``Beta(p k, (1 - p) k)`` above ``required / longest``. Without it they
    are gamma distributed: ``shape = mean^2 / variance``. Without variance everybody has the mean.

    Raises:
        ValueError: an argument is negative, or a mean lies above the longest career.
    """
    m, v, need = np.broadcast_arrays(
        not_negative(mean, "the mean"),
        not_negative(variance, "the variance"),
        not_negative(required, "the required years"),
    )
    spread = (v > NO_SPREAD * np.maximum(m, 1.0) ** 2) & (m > 0)
    share = (m >= need).astype(float)
    if longest is None:
        safe_m, safe_v = np.where(spread, m, 1.0), np.where(spread, v, 1.0)
        matched = gammaincc(safe_m**2 / safe_v, need * safe_m / safe_v)
    else:
        matched = _beta_share(m, v, need, not_negative(longest, "the longest career"), spread)
    result = np.where(spread, matched, share)
    return same_kind(np.asarray(result), mean, variance, required)


def _beta_share(
    m: FloatArray, v: FloatArray, need: FloatArray, most: FloatArray, spread: np.ndarray
) -> FloatArray:
    if (m > most * (1.0 + 1e-12)).any():
        raise ValueError("the mean of credited years must not exceed the longest career")
    part = np.where(spread, np.clip(m / np.where(most > 0, most, 1.0), 1e-9, 1.0 - 1e-9), 0.5)
    scaled = np.where(spread, v / np.where(most > 0, most, 1.0) ** 2, 0.1)
    # a variance at the bound means careers of nothing or everything
    weight = np.maximum(part * (1.0 - part) / scaled - 1.0, 1e-6)
    at = np.clip(need / np.where(most > 0, most, 1.0), 0.0, 1.0)
    return np.asarray(betaincc(part * weight, (1.0 - part) * weight, at))
