"""Retirement ages by year, in years and parts of a year, and who reaches them.

People are kept by whole years of age at the end of a year, birthdays spread evenly over it. With a
retirement age of ``a`` whole years and the part ``f`` of a year, those of age ``a`` at the end of a
year have passed it if their birthday lies ``f`` of a year or more back: the share ``1 - f`` retires
in the year in which it turns ``a``, the others in the next.
"""

import math
from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.axes.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class RetiringGroups:
    """Who reaches retirement age in a year, by sex and whole years of age at its end.

    One group a sex whose age is whole, two otherwise, ``R`` in all, each an array ``(R,)``.

    Attributes:
        sex: 0 or 1.
        age: whole years of age at the end of the year.
        share: share of the contributors of that age who retire in the year.
        credited: mean time from the end of the year before to retirement, in years.
        retirement_age: the retirement age.
    """

    sex: IntArray
    age: IntArray
    share: FloatArray
    credited: FloatArray
    retirement_age: FloatArray

    @property
    def cells(self) -> IntArray:
        """Cells of sex and age at the end of the year."""
        return np.asarray(self.sex * AGES + self.age)


def retiring_groups(ages: FloatArray | IntArray) -> RetiringGroups:
    """Those who reach the given retirement ages.

    Of those who turn ``a`` the share ``1 - f`` reaches ``a + f`` in the year, between ``f`` and one
    year after the end of the year before; the others between nothing and ``f`` after its own end.

    Args:
        ages: retirement age by sex in years, ``(2,)``.

    >>> import numpy as np
    >>> groups = retiring_groups(np.array([60.75, 55.0]))
    >>> groups.age.tolist(), groups.share.tolist(), groups.credited.tolist()
    ([60, 61, 55], [0.25, 1.0, 1.0], [0.875, 0.375, 0.5])
    """
    rows: list[tuple[int, int, float, float, float]] = []
    for sex, age in enumerate(ages):
        whole = math.floor(age)
        part = float(age) - whole
        rows.append((sex, whole, 1.0 - part, (1.0 + part) / 2.0, float(age)))
        if part > 0.0:
            rows.append((sex, whole + 1, 1.0, part / 2.0, float(age)))
    sexes, whole_ages, shares, credited, exact = zip(*rows, strict=True)
    return RetiringGroups(
        np.array(sexes, dtype=np.int64),
        np.array(whole_ages, dtype=np.int64),
        np.array(shares),
        np.array(credited),
        np.array(exact),
    )


def retirement_ages(case: Case, year: int) -> FloatArray:
    """Retirement age by sex under the payroll scheme in years, ``(2,)``; may have a fraction.

    >>> from fundpool import examples
    >>> retirement_ages(examples.case(), 2021).shape
    (2,)
    """
    for scheme in case.schemes:
        if scheme.kind == "payroll" and "retired" in scheme.statuses_covered:
            return np.array([scheme.rule(f"retirement_age_{sex}", None, year) for sex in SEXES])
    return np.array([AGES - 1.0, AGES - 1.0])


def retirement_ages_from(case: Case, first: int) -> list[FloatArray]:
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
