"""Run-off: claims incurred are paid over several years; what is unpaid is owed."""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, numbers


def lag_pattern(shares: ArrayLike) -> FloatArray:
    """Shares paid in the year of incurral and the years after, ``(L,)``.

    >>> lag_pattern([0.9, 0.1]).tolist()
    [0.9, 0.1]
    >>> lag_pattern([0.9, 0.2])
    Traceback (most recent call last):
        ...
    ValueError: the lag pattern must be a row of shares that sum to one

    Raises:
        ValueError: a share is negative or they do not sum to one.
    """
    lag = not_negative(shares, "the lag pattern")
    if lag.ndim != 1 or lag.size == 0 or abs(lag.sum() - 1.0) > 1e-9:
        raise ValueError("the lag pattern must be a row of shares that sum to one")
    return lag


def paid_claims(
    incurred: ArrayLike, lag: ArrayLike, before: ArrayLike = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Claims paid in each year and owed at its end.

    ``paid[t] = sum_k lag[k] incurred[t-k]``; ``paid + change in outstanding = incurred``.

    >>> paid, outstanding = paid_claims([100.0, 100.0], [0.75, 0.25])
    >>> paid.tolist(), outstanding.tolist()
    ([75.0, 100.0], [25.0, 25.0])

    Args:
        incurred: by year on the last axis, ``(..., n)``.
        lag: see :func:`lag_pattern`; one for all years.
        before: claims incurred in every year before the first, ``(...)``.

    Returns:
        paid and outstanding, ``(..., n)`` each.
    """
    pattern = lag_pattern(lag)
    years = numbers(incurred, "claims incurred")
    if years.ndim == 0 or years.shape[-1] == 0:
        raise ValueError("claims incurred must run over at least one year")
    past = np.broadcast_to(numbers(before, "earlier claims"), years.shape[:-1])[..., None]
    history = np.concatenate([np.repeat(past, pattern.size - 1, axis=-1), years], axis=-1)
    paid = np.zeros(years.shape)
    owed = np.zeros(years.shape)
    count = years.shape[-1]
    for late, share in enumerate(pattern):
        start = pattern.size - 1 - late
        source = history[..., start : start + count]
        paid += share * source
        owed += pattern[late + 1 :].sum() * source
    return paid, owed
