"""Retirement ages by year."""

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.axes.arrays import IntArray


def retirement_ages(case: Case, year: int) -> IntArray:
    """Retirement age by sex under the payroll scheme, ``(2,)``.

    >>> from fundpool import examples
    >>> retirement_ages(examples.case(), 2021).shape
    (2,)
    """
    for scheme in case.schemes:
        if scheme.kind == "payroll" and "retired" in scheme.statuses_covered:
            return np.array(
                [round(scheme.rule(f"retirement_age_{sex}", None, year)) for sex in SEXES],
                dtype=np.int64,
            )
    return np.array([AGES - 1, AGES - 1], dtype=np.int64)


def retirement_ages_from(case: Case, first: int) -> list[IntArray]:
    """Retirement ages of a year and of each later one in which they change.

    >>> from fundpool import examples
    >>> len(retirement_ages_from(examples.case(), 2020))
    4
    """
    years = {
        year
        for scheme in case.schemes
        for sex in SEXES
        if (rule := scheme.file.rules.get(f"retirement_age_{sex}")) is not None
        for year in rule.by_year
    }
    return [
        retirement_ages(case, year) for year in sorted({first} | {y for y in years if y > first})
    ]
