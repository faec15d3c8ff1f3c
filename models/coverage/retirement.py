"""Retirement ages by year, in years and parts of a year, and who reaches them.

People are kept by whole years of age at the end of a year, birthdays spread evenly over it. With a
retirement age of ``a`` whole years and the part ``f`` of a year, those of age ``a`` at the end of a
year have passed it if their birthday lies ``f`` of a year or more back: the share ``1 - f`` retires
in the year in which it turns ``a``, the others in the next.
"""

import math
from dataclasses import dataclass

import numpy as np

from fundpool.inputs.format.vocabulary import AGES
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
