"""Exposure: person-years at each age from spells of insurance, counted in days."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fundpool.actuarial.arrays import FloatArray

Days = NDArray[np.datetime64]


class ExposedAges(NamedTuple):
    """Exposure of one period, a row for each spell and age that it touches.

    >>> day = np.array(["2023-01-01"], dtype="datetime64[D]")
    >>> exposed_ages(day, day + 364, day - 365, "2023-01-01", "2023-12-31").age.tolist()
    [1]

    Attributes:
        spell: index of the spell, ``(n,)``.
        age: age last birthday, ``(n,)``.
        years: person-years, ``(n,)``, above 0.
    """

    spell: NDArray[np.int64]
    age: NDArray[np.int64]
    years: FloatArray


def exposed_ages(start: Days, end: Days, birth: Days, first: str, last: str) -> ExposedAges:
    """Person-years of spells in a period of one calendar year, by age last birthday.

    Both ends of a spell count: a spell of one day is a day. A day is ``1 / 365`` of a year, or
    ``1 / 366`` in a leap year, so that a full calendar year is one person-year. The exposure moves
    to the next age on the birthday; who is born on 29 February has it on 1 March where there is no
    such day (exact exposure: Batten, Mortality Table Construction, 1978, chapter 2).

    Args:
        start: first day of each spell, ``(s,)``, as ``datetime64[D]``.
        end: last day of each spell.
        birth: date of birth, ``(s,)``; days before it do not count.
        first: first day of the period, as ``2023-01-01``.
        last: last day of the period.

    Raises:
        ValueError: the period reaches over the end of a calendar year.

    >>> day = lambda *texts: np.array(texts, dtype="datetime64[D]")
    >>> years = exposed_ages(day("2023-03-01"), day("2023-12-31"), day("2000-07-01"),
    ...                      "2023-01-01", "2023-12-31")
    >>> years.age.tolist(), (years.years * 365).round().tolist()
    ([22, 23], [122.0, 184.0])
    """
    opening, closing = np.datetime64(first, "D"), np.datetime64(last, "D")
    year = opening.astype("datetime64[Y]")
    if closing.astype("datetime64[Y]") != year or closing < opening:
        raise ValueError("a period of exposure must lie within one calendar year")
    length = int(((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(int))
    month_of_birth = birth.astype("datetime64[M]")
    months_on = month_of_birth - birth.astype("datetime64[Y]").astype("datetime64[M]")
    days_on = birth - month_of_birth.astype("datetime64[D]")
    birthday = (year.astype("datetime64[M]") + months_on).astype("datetime64[D]") + days_on
    age_reached = (year - birth.astype("datetime64[Y]")).astype(np.int64)
    begin = np.maximum(np.maximum(start, opening), birth)
    stop = np.minimum(end, closing)
    one = np.timedelta64(1, "D")
    before = (np.minimum(stop, birthday - one) - begin).astype(np.int64) + 1
    after = (stop - np.maximum(begin, birthday)).astype(np.int64) + 1
    spells = np.arange(len(start), dtype=np.int64)
    spell = np.concatenate([spells[before > 0], spells[after > 0]])
    age = np.concatenate([age_reached[before > 0] - 1, age_reached[after > 0]])
    days = np.concatenate([before[before > 0], after[after > 0]])
    return ExposedAges(spell, age, days / length)
