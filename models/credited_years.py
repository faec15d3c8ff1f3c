"""Credited years: how long contributors have paid, and who earns retiree cover.

Mean and second moment of the credited years of contributors are carried by county, sex and age.
Contributors who stay gain a year; those who come from another county bring theirs where insured
time is mutually recognised and start again where it is not; those who enter bring what they had
earned before, relative to the mean contributor of their age. The share with enough years at
retirement comes from the beta distribution with these moments between nothing and the longest
possible career.
"""

from dataclasses import dataclass

import numpy as np

from actuarial.credited_years import eligible_share
from inputs.case import Case
from inputs.schemes import Scheme
from inputs.vocabulary import AGES, CELLS, SEXES
from models.pairs import IntArray
from models.rates import FloatArray, YearCount

HALF_YEAR = 0.5
"""Mean time credited in the year of entry, and in the year of retirement."""


@dataclass(frozen=True)
class CreditedYears:
    """Moments of contributors' credited years, ``(n + 1, 202)`` each."""

    mean: FloatArray
    second: FloatArray

    @property
    def variance(self) -> FloatArray:
        """Variance, never below zero."""
        return np.maximum(self.second - self.mean**2, 0.0)


def opening_credits(case: Case) -> CreditedYears:
    """Base-year moments: a share of the years since working age, and their variation."""
    start = case.value("coverage.working_age_from")
    since = np.maximum(np.tile(np.arange(AGES, dtype=float), len(SEXES)) - start, 0.0)
    mean = case.value("coverage.credited_density") * since
    second = mean**2 * (1.0 + case.value("coverage.credited_cv") ** 2)
    shape = (len(case.regions.codes) + 1, CELLS)
    return CreditedYears(np.broadcast_to(mean, shape).copy(), np.broadcast_to(second, shape).copy())


def aged(values: FloatArray) -> FloatArray:
    """Shift ``(n + 1, 202)`` one year of age on; age 0 becomes zero."""
    older = np.zeros_like(values)
    for first in (0, AGES):
        older[:, first + 1 : first + AGES] = values[:, first : first + AGES - 1]
    return older


def next_credits(
    credits: CreditedYears, count: YearCount, prior_share: float, recognised: bool
) -> CreditedYears:
    """Moments at the end of a year.

    Args:
        credits: moments at the end of the year before.
        count: the year's contributors: all, kept, arrived, left.
        prior_share: credited years of entrants relative to the mean contributor.
        recognised: whether insured time follows those who move between counties.
    """
    mean, second = aged(credits.mean), aged(credits.second)
    leavers = count.contributors_left
    total = leavers.sum(axis=0)

    def of_leavers(values: FloatArray) -> FloatArray:
        weighted = (leavers * values).sum(axis=0)
        mean: FloatArray = np.divide(weighted, total, out=np.zeros(CELLS), where=total > 0)
        return mean

    def shifted(first: FloatArray, other: FloatArray, years: float) -> tuple[FloatArray, ...]:
        return first + years, other + 2.0 * years * first + years**2

    kept = shifted(mean, second, 1.0)
    if recognised:
        arrived = shifted(of_leavers(mean), of_leavers(second), 1.0)
    else:
        arrived = shifted(np.zeros(CELLS), np.zeros(CELLS), HALF_YEAR)
    entered = shifted(prior_share * mean, prior_share**2 * second, HALF_YEAR)
    entrants = np.maximum(
        count.contributors - count.contributors_kept - count.contributors_arrived, 0.0
    )
    whole = count.contributors_kept + count.contributors_arrived + entrants

    def mixed(of: int) -> FloatArray:
        money = (
            count.contributors_kept * kept[of]
            + count.contributors_arrived * arrived[of]
            + entrants * entered[of]
        )
        return np.divide(money, whole, out=np.zeros_like(whole), where=whole > 0)

    return CreditedYears(mixed(0), mixed(1))


def retired_share(
    case: Case, scheme: Scheme, credits: CreditedYears, ages: IntArray, year: int
) -> FloatArray:
    """Share of contributors reaching retirement age with enough credited years, ``(n + 1, 2)``."""
    result = np.zeros((credits.mean.shape[0], len(SEXES)))
    start = case.value("coverage.working_age_from")
    for number, sex in enumerate(SEXES):
        cell = number * AGES + int(ages[number]) - 1
        required = scheme.rule_array(f"min_credited_years_{sex}", case.regions, year)
        result[:, number] = eligible_share(
            np.minimum(credits.mean[:, cell] + HALF_YEAR, float(ages[number]) - start),
            credits.variance[:, cell],
            np.append(required, required.mean()),
            longest=float(ages[number]) - start,
        )
    return result
