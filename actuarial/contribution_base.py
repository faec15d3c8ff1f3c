"""Contribution base: wages counted between a floor and a ceiling."""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, numbers, same_kind
from fundpool.actuarial.severity import lognormal_limited_expected_value


def expected_contribution_base(
    mean_wage: ArrayLike, wage_cv: ArrayLike, floor: ArrayLike, ceiling: ArrayLike
) -> float | FloatArray:
    """Expected base of a member whose wage is lognormal.

    ``E[min(max(W, floor), ceiling)] = floor + LEV(ceiling) - LEV(floor)``.

    >>> expected_contribution_base(5_000.0, 0.0, floor=6_000.0, ceiling=20_000.0)
    6000.0
    >>> round(expected_contribution_base(8_000.0, 0.6, floor=6_000.0, ceiling=20_000.0), 2)
    8583.55

    Args:
        mean_wage: mean wage, positive.
        wage_cv: coefficient of variation of wages; 0 for equal wages.
        floor: least base.
        ceiling: largest base, not below the floor; may be infinite.

    Raises:
        ValueError: a wage is not positive, the floor is negative, or lies above the ceiling.
    """
    wage, cv = numbers(mean_wage, "the mean wage"), not_negative(wage_cv, "the wage's variation")
    low, high = not_negative(floor, "the floor"), numbers(ceiling, "the ceiling")
    if (wage <= 0).any():
        raise ValueError("the mean wage must be positive")
    if (low > high).any():
        raise ValueError("the floor of the contribution base must not lie above its ceiling")
    sigma = np.sqrt(np.log1p(cv**2))
    mu = np.log(wage) - 0.5 * sigma**2
    base = (
        low
        + lognormal_limited_expected_value(mu, sigma, high)
        - lognormal_limited_expected_value(mu, sigma, low)
    )
    return same_kind(np.asarray(base), mean_wage, wage_cv, floor, ceiling)
