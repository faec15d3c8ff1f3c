"""Hazards of entering work-based cover that hold the base-year pattern by age.

A cohort that grows through an age band with hazard of leaving ``loss`` and of entering ``entry``
has the share ``s(x) = s* + (s0 - s*) exp(-(loss + entry) x)`` in work-based cover after ``x``
years, with ``s* = entry / (loss + entry)`` and ``s0`` the share it brings from the band before.
Detailed balance at the band's mean share would make every cohort lag behind it; here ``entry`` is
chosen so that the mean of ``s(x)`` over the band *is* the base-year share, band after band, so
that the base-year cross-section renews itself.
"""

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray

STEPS = 60
HIGHEST = 50.0
"""Entry hazards above this mean at once."""


def mean_share(start: FloatArray, loss: FloatArray, entry: FloatArray, width: float) -> FloatArray:
    """Mean share over a band of ``width`` years for a cohort that begins with ``start``.

    >>> float(mean_share(np.array(0.0), np.array(1.0), np.array(1.0), 1e9).round(6))
    0.5
    """
    total = loss + entry
    at_rest = ratio(entry, total)
    pace = total * width
    left = ratio(-np.expm1(-pace), pace, 1.0)
    return at_rest + (start - at_rest) * left


def end_share(start: FloatArray, loss: FloatArray, entry: FloatArray, width: float) -> FloatArray:
    """Share at the end of the band."""
    total = loss + entry
    at_rest = ratio(entry, total)
    return np.asarray(at_rest + (start - at_rest) * np.exp(-total * width))


def renewing_entry(share: FloatArray, loss: FloatArray, widths: FloatArray) -> FloatArray:
    """Entry hazard of each band, ``(rows, bands)``.

    Args:
        share: base-year share in work-based cover by band in order of age, ``(rows, bands)``,
            below one.
        loss: hazard of leaving, ``(rows,)``.
        widths: years of each band.

    Returns:
        hazards by band; zero where even no entry leaves more than the share.
    """
    result = np.zeros_like(share)
    start = np.zeros_like(loss)
    for band in range(share.shape[1]):
        low, high = np.zeros_like(loss), np.full_like(loss, HIGHEST)
        for _ in range(STEPS):
            middle = 0.5 * (low + high)
            under = mean_share(start, loss, middle, float(widths[band])) < share[:, band]
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        result[:, band] = low
        start = end_share(start, loss, low, float(widths[band]))
    return result
