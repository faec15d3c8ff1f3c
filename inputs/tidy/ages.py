"""Ages as people write them, single or in bands, and bands as single years."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fundpool.inputs.files.table_words import plain
from fundpool.inputs.format.vocabulary import OLDEST_AGE

_SINGLE = re.compile(r"(\d{1,3})")
_BAND = re.compile(r"(\d{1,3})\s*(?:-|–|—|~|to|至|\.\.)\s*(\d{1,3})")
_OPEN = re.compile(
    r"(?:(\d{1,3})\s*(?:\+|及以上|以上|and over|and above|and older|or more|plus))"
    r"|(?:>=|≥)\s*(\d{1,3})"
)
_UNDER = re.compile(r"(?:under|<|below)\s*(\d{1,3})|不满\s*(\d{1,3})|(\d{1,3})\s*岁?以下")


@dataclass(frozen=True)
class AgeBand:
    """Ages from one to another, both included.

    Attributes:
        first, last: ages last birthday.
        is_open: the band reaches to the oldest age.
    """

    first: int
    last: int
    is_open: bool = False

    @property
    def ages(self) -> range:
        """Its single years."""
        return range(self.first, self.last + 1)


def age_band(text: str) -> AgeBand | None:
    """A band from the words for it; None where they are not those of an age.

    >>> age_band("10-14岁"), age_band("85 and over"), age_band("under 1"), age_band("7")
    (AgeBand(first=10, last=14, is_open=False), AgeBand(first=85, last=100, is_open=True), \
AgeBand(first=0, last=0, is_open=False), AgeBand(first=7, last=7, is_open=False))
    """
    words = plain(text).replace("years", "").replace("year", "").replace("周岁", "岁")
    words = words.replace("aged", "").strip()
    if match := _UNDER.fullmatch(words.replace("岁", "")) or _UNDER.fullmatch(words):
        last = int(next(filter(None, match.groups()))) - 1
        return AgeBand(0, last) if 0 <= last < OLDEST_AGE else None
    words = words.replace("岁", "").strip()
    if match := _OPEN.fullmatch(words):
        first = int(match[1] or match[2])
        return AgeBand(first, OLDEST_AGE, is_open=True) if first <= OLDEST_AGE else None
    if match := _BAND.fullmatch(words):
        first, last = int(match[1]), int(match[2])
        return AgeBand(first, last) if first <= last <= OLDEST_AGE else None
    if match := _SINGLE.fullmatch(words):
        age = int(match[1])
        return AgeBand(age, age, age == OLDEST_AGE) if age <= OLDEST_AGE else None
    return None


def shared_evenly(band: AgeBand) -> NDArray[np.float64]:
    """The same share of a band's people at each of its ages, ``(ages,)``."""
    return np.full(len(band.ages), 1.0 / len(band.ages))


def shared_as_survivors(
    band: AgeBand, survivors: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shares at a band's ages in proportion to person-years of a life table, ``(ages,)``.

    In a population that neither grows nor moves the people of age ``a`` are in proportion to
    ``L[a]`` (Preston, Heuveline and Guillot, Demography, 2001, chapter 3).

    Args:
        band: ages from ``first``; an open one ends with the table's open age.
        survivors: ``L`` of every single age, the last one that of the open age.

    >>> shared_as_survivors(AgeBand(1, 2), [9.0, 3.0, 1.0]).tolist()
    [0.75, 0.25]
    """
    years = np.asarray(survivors, dtype=np.float64)[band.first : band.last + 1]
    shares: NDArray[np.float64] = years / years.sum()
    return shares
