"""Drivers from a history: a vector autoregression fitted by least squares.

``x[t] = m + A (x[t-1] - m) + e[t]``: each driver on all drivers of the year before, equation by
equation (ordinary least squares, which is the maximum-likelihood estimate here: Lütkepohl, *New
Introduction to Multiple Time Series Analysis*, 2005, section 3.2). The covariance of ``e`` is that
of the residuals over the degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.scenarios.model import DriverModel


@dataclass(frozen=True)
class DriverFit:
    """A fitted model and what it rests on.

    Attributes:
        model: the vector autoregression of deviations from the means.
        mean: long-run mean of each driver, ``(6,)``; 0 for drivers without a history.
        error: standard errors of the persistence, ``(6, 6)``.
        years: number of yearly changes used.
    """

    model: DriverModel
    mean: FloatArray
    error: FloatArray
    years: int


def fit_drivers(history: pd.DataFrame, spillover: bool = True) -> DriverFit:
    """Fit the drivers to a history.

    >>> growth = 0.05 + 0.01 * np.random.default_rng(1).standard_normal(40)
    >>> fitted = fit_drivers(pd.DataFrame({"year": np.arange(1980, 2020), "wage_growth": growth}))
    >>> fitted.years, abs(float(fitted.mean[0]) - 0.05) < 0.01
    (39, True)

    Args:
        history: a column ``year`` without gaps and columns named as drivers: growth rates and
            interest as fractions, levels of morbidity, mobility and participation in logs. Drivers
            without a column neither vary nor act.
        spillover: whether drivers depend on each other's last year; else each on its own only,
            which asks for fewer years.

    Raises:
        ValueError: an unknown column, years with gaps, values that are not numbers, fewer years
            than the model has coefficients, or deviations that would not die out.
    """
    unknown = [name for name in history.columns if name not in ("year", *DRIVERS)]
    names = [name for name in DRIVERS if name in history.columns]
    if unknown or "year" not in history.columns or not names:
        raise ValueError(
            f"a history has a column year and some of {', '.join(DRIVERS)}; not "
            + (", ".join(map(repr, unknown)) or "these")
        )
    table = history.sort_values("year")
    if (np.diff(table["year"].to_numpy(dtype=float)) != 1).any():
        raise ValueError("the years of a history must follow one another without gaps")
    values = table[names].to_numpy(dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("a history must have a number in every cell")
    before, after = values[:-1], values[1:]
    count = len(after)
    places = [DRIVERS.index(name) for name in names]
    explained = len(names) if spillover else 1
    if count < explained + 3:
        raise ValueError(
            f"{count + 1} years are too few: this model asks for {explained + 4} at least"
        )
    size = len(DRIVERS)
    persistence, error = np.zeros((size, size)), np.zeros((size, size))
    constant = np.zeros(len(names))
    residuals = np.empty_like(after)
    for row, place in enumerate(places):
        used = list(range(len(names))) if spillover else [row]
        design = np.column_stack([np.ones(count), before[:, used]])
        coefficients, *_ = np.linalg.lstsq(design, after[:, row], rcond=None)
        residuals[:, row] = after[:, row] - design @ coefficients
        variance = residuals[:, row] @ residuals[:, row] / (count - design.shape[1])
        spread = np.sqrt(np.diag(variance * np.linalg.inv(design.T @ design)))
        constant[row] = coefficients[0]
        for column, number in enumerate(used):
            persistence[place, places[number]] = coefficients[1 + column]
            error[place, places[number]] = spread[1 + column]
    if np.abs(np.linalg.eigvals(persistence)).max() >= 1:
        raise ValueError(
            "the history drifts: deviations would not die out; difference it, or use more years"
        )
    covariance = residuals.T @ residuals / (count - explained - 1)
    scale = np.zeros((size, size))
    scale[np.ix_(places, places)] = np.linalg.cholesky(covariance)
    persistence_of_names = persistence[np.ix_(places, places)]
    mean = np.zeros(size)
    mean[places] = np.linalg.solve(np.eye(len(names)) - persistence_of_names, constant)
    return DriverFit(DriverModel(persistence, scale), mean, error, count)
