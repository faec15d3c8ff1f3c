"""Wages, incomes, prices and fund money by county, from what is published for some."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def filled_by_power(known: FloatArray, proxy: FloatArray) -> FloatArray:
    """Values with gaps (NaN) filled by a power of a proxy, fitted where both are known.

    Raises:
        ValueError: fewer than two values are known.
    """
    have = ~np.isnan(known)
    if have.sum() < 2:
        raise ValueError("a power needs two known values at least")
    slope, level = np.polyfit(np.log(proxy[have]), np.log(known[have]), 1)
    return np.where(have, known, np.exp(level + slope * np.log(proxy)))


def income_by_urban_share(
    city_income: FloatArray, city: IntArray, urban: FloatArray, residents: FloatArray,
    urban_income: float, rural_income: float,
) -> FloatArray:  # fmt: skip
    """Income per head by county, ``(n,)``: the urban and rural mix, scaled to the city's mean."""
    mixed = urban * urban_income + (1.0 - urban) * rural_income
    size = city_income.size
    mean = np.bincount(city, mixed * residents, minlength=size) / np.bincount(
        city, residents, minlength=size
    )
    return np.asarray(mixed * (city_income / mean)[city])


def within_city(
    city_value: FloatArray, city: IntArray, proxy: FloatArray, weights: FloatArray, power: float
) -> FloatArray:
    """County values that follow ``proxy ** power`` and whose weighted mean is the city's."""
    relative = proxy**power
    size = city_value.size
    mean = np.bincount(city, relative * weights, minlength=size) / np.bincount(
        city, weights, minlength=size
    )
    return np.asarray(relative * (city_value / mean)[city])


def price_levels(income: FloatArray, residents: FloatArray, power: float) -> FloatArray:
    """Relative price of care, ``income ** power``, with a mean of one over residents."""
    relative = income**power
    return np.asarray(relative / np.average(relative, weights=residents))


def spread_balance(
    total: float, members: FloatArray, wage: FloatArray, active_per_retired: FloatArray,
    power: float,
) -> FloatArray:  # fmt: skip
    """A total of reserves by county: members x wage x (active members per retired) ** power."""
    weight = members * wage * active_per_retired**power
    return np.asarray(total * weight / weight.sum())
