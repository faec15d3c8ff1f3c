"""Paths of wages, medical prices, premiums and interest."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray


@dataclass(frozen=True)
class EconomicPaths:
    """Indices relative to the base year, for the base year and each projected year.

    Attributes:
        wage: index of the mean wage, ``(T + 1,)``, 1 in the base year.
        medical_price: index of the price of medical care, ``(T + 1,)``.
        premium: index of flat premiums and subsidies, ``(T + 1,)``.
        consumer_price: index of consumer prices, ``(T + 1,)``.
        interest: yearly rate earned in each projected year, ``(T,)``.
    """

    wage: FloatArray
    medical_price: FloatArray
    premium: FloatArray
    consumer_price: FloatArray
    interest: FloatArray


def economic_paths(case: Case, years: int) -> EconomicPaths:
    """The case's economic assumptions compounded over the projection.

    ``index[t] = index[t-1] * (1 + growth[t])``; growth by year where the case gives one, else
    its level value.
    """
    projected = range(case.base_year + 1, case.base_year + years + 1)

    def index(path: str) -> FloatArray:
        growth = [case.value(path, year) for year in projected]
        return np.concatenate([[1.0], np.cumprod(1.0 + np.array(growth))])

    return EconomicPaths(
        wage=index("economy.wage_growth"),
        medical_price=index("economy.medical_inflation"),
        premium=index("economy.premium_growth"),
        consumer_price=index("economy.consumer_inflation"),
        interest=np.array([case.value("economy.interest", year) for year in projected]),
    )
