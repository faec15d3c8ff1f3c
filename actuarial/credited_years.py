"""Credited years: who has enough insured time for retiree cover, and what the others lack."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import RectBivariateSpline
from scipy.special import betainc, gammaincc

from fundpool.actuarial.arrays import FloatArray, not_negative, same_kind

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

    >>> round(eligible_share(15.0, 80.0, 15.0, longest=40.0), 4)
    0.4634
    >>> eligible_share([10.0, 20.0], 0.0, 15.0).tolist()  # everybody has the mean
    [0.0, 1.0]

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
    part, weight = _matched(m, v, most, spread)
    at = np.clip(need / np.where(most > 0, most, 1.0), 0.0, 1.0)
    return _above(part, weight, at)


def _above(part: FloatArray, weight: FloatArray, at: FloatArray | float) -> FloatArray:
    """Share of ``Beta(p k, (1 - p) k)`` above ``at``.

    The share of the mirrored distribution below ``1 - at``: scipy takes a seventh of the time of
    ``betaincc`` for it.
    """
    return np.asarray(betainc((1.0 - part) * weight, part * weight, 1.0 - at))


def _matched(
    m: FloatArray, v: FloatArray, most: FloatArray, spread: np.ndarray
) -> tuple[FloatArray, FloatArray]:
    """``p`` and ``k`` of the beta distribution with the given moments."""
    part = np.where(spread, np.clip(m / np.where(most > 0, most, 1.0), 1e-9, 1.0 - 1e-9), 0.5)
    scaled = np.where(spread, v / np.where(most > 0, most, 1.0) ** 2, 0.1)
    # a variance at the bound means careers of nothing or everything
    return part, np.maximum(part * (1.0 - part) / scaled - 1.0, 1e-6)


def missing_years(
    mean: FloatArray,
    variance: FloatArray,
    required: FloatArray,
    longest: float,
    enough: FloatArray | None = None,
) -> FloatArray:
    """Mean years short of those required, ``E[max(required - Y, 0)]``, over a whole group.

    Credited years ``Y`` are distributed as in :func:`eligible_share` with a longest career:
    ``required * P(Y < required) - mean * P(Y* < required)``, ``Y* / longest`` having the
    size-biased distribution ``Beta(p k + 1, (1 - p) k)``.

    >>> mean, variance = np.array([10.0, 15.0]), np.array([0.0, 80.0])
    >>> required = np.array([15.0, 15.0])
    >>> missing_years(mean, variance, required, longest=40.0).round(4).tolist()
    [5.0, 3.7409]

    Args:
        mean: of credited years, by group, ``(N,)``.
        variance: of credited years, ``(N,)``.
        required: years, ``(N,)``.
        longest: longest possible career, positive.
        enough: :func:`eligible_share` of the same, where it is known.

    Returns:
        years by group, ``(N,)``; those with enough years count with zero.

    Raises:
        ValueError: as :func:`eligible_share`.
    """
    if enough is None:
        enough = np.asarray(eligible_share(mean, variance, required, longest))
    spread = (variance > NO_SPREAD * np.maximum(mean, 1.0) ** 2) & (mean > 0)
    part, weight = _matched(mean, variance, np.full(mean.shape, longest), spread)
    at = np.clip(required / longest, 0.0, 1.0)
    below = betainc(part * weight + 1.0, (1.0 - part) * weight, at)
    short = required * (1.0 - enough) - mean * below
    return np.asarray(np.maximum(np.where(spread, short, required - mean), 0.0))


KNOTS = 72
"""Points a side of the grid on which the share is known for many groups."""

DEGREE = 5
"""Degree of the splines on it."""

MANY = 50_000
"""Groups with the same required years from which a grid is quicker than the beta function."""

OUTERMOST = (0.0005, 0.9995)
"""Quantiles of ``p`` and ``k`` between which the grid lies."""

INTERPOLATED = 1e-7
"""Error up to which an interpolated share is taken; else all are computed."""


def eligible_share_of_many(
    mean: FloatArray, variance: FloatArray, required: FloatArray, longest: float
) -> FloatArray:
    """:func:`eligible_share` for very many groups with few different required years.

    The share is a smooth function of ``p`` and ``log k`` for given required years, so it is
    computed on a grid over most groups at hand and interpolated by quintic splines; the outermost
    groups, and all where a sample misses by more than ``INTERPOLATED``, are computed one by one.

    >>> mean, variance = np.array([10.0, 15.0]), np.array([0.0, 80.0])
    >>> required = np.array([15.0, 15.0])
    >>> eligible_share_of_many(mean, variance, required, longest=40.0).round(4).tolist()
    [0.0, 0.4634]

    Args:
        mean: of credited years, by group, ``(N,)``.
        variance: of credited years, ``(N,)``.
        required: years, ``(N,)``.
        longest: longest possible career, positive.

    Raises:
        ValueError: as :func:`eligible_share`.
    """
    result = np.empty(mean.shape)
    most = np.full(mean.shape, longest)
    spread = (variance > NO_SPREAD * np.maximum(mean, 1.0) ** 2) & (mean > 0)
    part, weight = _matched(mean, variance, most, spread)
    size = np.log(weight)
    rest = np.ones(mean.shape, dtype=bool)
    for need in np.unique(required):
        chosen = spread & (required == need)
        if np.count_nonzero(chosen) < MANY:
            continue
        for values in (part, size):
            first, last = np.quantile(values[chosen], OUTERMOST)
            chosen &= (values >= first) & (values <= last)
        shares = _on_grid(part[chosen], size[chosen], min(need / longest, 1.0))
        if shares is not None:
            result[chosen], rest[chosen] = shares, False
    result[rest] = eligible_share(mean[rest], variance[rest], required[rest], longest)
    return result


def _on_grid(part: FloatArray, size: FloatArray, at: float) -> FloatArray | None:
    """Share above ``at`` by interpolation in ``p`` and ``log k``; None where it is not exact."""
    ends = [(float(values.min()), float(values.max())) for values in (part, size)]
    if any(last - first < 1e-9 for first, last in ends):
        return None
    axes = [np.linspace(first, last, KNOTS) for first, last in ends]
    values = _above(axes[0][:, None], np.exp(axes[1])[None, :], at)
    share = RectBivariateSpline(axes[0], axes[1], values, kx=DEGREE, ky=DEGREE)
    interpolated = np.clip(share.ev(part, size), 0.0, 1.0)
    some = slice(None, None, max(part.size // 500, 1))
    exact = _above(part[some], np.exp(size[some]), at)
    close = np.abs(interpolated[some] - exact).max() <= INTERPOLATED
    return np.asarray(interpolated) if close else None
