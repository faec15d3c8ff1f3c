"""A plain cohort-component projection, written without any of the project's own code.

The method of the United Nations manual (Manual III, Methods for Population Projections by Sex and
Age, 1956, chapters 3 and 4; Preston, Heuveline and Guillot, Demography, 2001, box 6.1), by single
years of age: two loops, no arrays of pairs, its own life table. It stands beside
:mod:`fundpool.models.population.year` as a second opinion.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

SEXES = ("male", "female")
Ages = list[float]


@dataclass(frozen=True)
class VitalRates:
    """Rates of one year.

    Attributes:
        deaths: central death rates by sex and single age, the last age open.
        births: births per woman-year by single age, as long as ``deaths``.
        males_per_female: sex ratio at birth.
        net_migrants: people added at the year's end by sex and single age; none if left out.
    """

    deaths: Mapping[str, Ages]
    births: Ages
    males_per_female: float
    net_migrants: Mapping[str, Ages] | None = None


def infant_part(rate: float, sex: str) -> float:
    """Part of the first year lived by those who die in it.

    Human Mortality Database, Methods Protocol version 6, after Andreev and Kingkade (2015).
    """
    if sex == "male":
        if rate < 0.0230:
            return 0.14929 - 1.99545 * rate
        return 0.02832 + 3.26021 * rate if rate < 0.08307 else 0.29915
    if rate < 0.01724:
        return 0.14903 - 2.05527 * rate
    return 0.04667 + 3.88089 * rate if rate < 0.06891 else 0.31411


def person_years(deaths: Ages, sex: str) -> tuple[Ages, float]:
    """Person-years ``L[x]`` and ``T`` of the open age of a life table with radix 1.

    ``q = m / (1 + (1 - a) m)`` with half a year lived by those who die after infancy.
    """
    alive, lived = 1.0, []
    for age, rate in enumerate(deaths[:-1]):
        part = infant_part(rate, sex) if age == 0 else 0.5
        dying = alive * min(1.0, rate / (1.0 + (1.0 - part) * rate))
        lived.append(alive - (1.0 - part) * dying)
        alive -= dying
    return lived, alive / deaths[-1]


def year_later(people: Mapping[str, Ages], rates: VitalRates) -> dict[str, Ages]:
    """People a year later, by sex and single age."""
    oldest = len(rates.births) - 1
    result: dict[str, Ages] = {}
    tables = {sex: person_years(rates.deaths[sex], sex) for sex in SEXES}
    for sex in SEXES:
        lived, beyond = tables[sex]
        after = [0.0] * (oldest + 1)
        for age in range(oldest - 1):
            after[age + 1] = people[sex][age] * lived[age + 1] / lived[age]
        last = beyond / (lived[oldest - 1] + beyond)
        after[oldest] = (people[sex][oldest - 1] + people[sex][oldest]) * last
        result[sex] = after
    born = 0.0
    for age in range(oldest + 1):
        born += rates.births[age] * 0.5 * (people["female"][age] + result["female"][age])
    boys = born * rates.males_per_female / (1.0 + rates.males_per_female)
    for sex, number in (("male", boys), ("female", born - boys)):
        result[sex][0] = number * tables[sex][0][0]
        if rates.net_migrants is not None:
            for age in range(oldest + 1):
                result[sex][age] += rates.net_migrants[sex][age]
    return result


def projected(
    people: Mapping[str, Ages], rates_of: Callable[[int], VitalRates], first: int, last: int
) -> dict[int, dict[str, Ages]]:
    """People by year from ``first`` (as given) to ``last``."""
    path = {first: {sex: list(people[sex]) for sex in SEXES}}
    for year in range(first + 1, last + 1):
        path[year] = year_later(path[year - 1], rates_of(year))
    return path
