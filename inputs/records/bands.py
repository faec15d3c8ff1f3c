"""Ages gathered until a band has enough people to be shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundpool.actuarial.arrays import FloatArray
from fundpool.inputs.format.vocabulary import OLDEST_AGE

FIVE_YEARS = tuple(range(0, OLDEST_AGE + 1, 5))
"""First ages of groups of five years, the last one 100 and over."""


def merged_bands(
    people: ArrayLike, minimum: float, starts: Sequence[int] = FIVE_YEARS
) -> list[tuple[int, int]]:
    """Bands of ages with at least ``minimum`` people each, from groups in order of age.

    A group with fewer is merged with the one above it, the last with the one below. Nobody at all
    gives one band of all ages.

    >>> people = np.zeros(101); people[[2, 7, 33, 96]] = [4.0, 8.0, 30.0, 1.0]
    >>> merged_bands(people, 10)
    [(0, 9), (10, 100)]

    Args:
        people: by single years of age, ``(ages,)``.
        minimum: people that a band needs.
        starts: first age of each group; the first is 0.
    """
    number = np.asarray(people, dtype=np.float64)
    edges = [*starts, len(number)]
    bands: list[tuple[int, int]] = []
    first = 0
    for stop in edges[1:]:
        if number[first:stop].sum() >= minimum:
            bands.append((first, stop - 1))
            first = stop
    if first < len(number):
        begin = bands.pop()[0] if bands else 0
        bands.append((begin, len(number) - 1))
    return bands


def held_over_bands(bands: Sequence[tuple[int, int]], values: Sequence[float]) -> FloatArray:
    """A value for each band as one for each single year, ``(ages,)``."""
    return np.concatenate(
        [np.full(last - first + 1, value)
         for (first, last), value in zip(bands, values, strict=True)]
    )  # fmt: skip


def shared_over_bands(bands: Sequence[tuple[int, int]], people: FloatArray) -> FloatArray:
    """People of each band shared evenly among its years, ``(ages,)``."""
    means = [float(people[first : last + 1].mean()) for first, last in bands]
    return held_over_bands(bands, means)


def band_numbers(bands: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Number of the band of each single year, ``(ages,)``."""
    return held_over_bands(bands, list(range(len(bands)))).astype(np.int64)
