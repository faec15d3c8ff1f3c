"""Sex-by-age profiles laid flat: where a sex and an age stand in the 202 cells."""

import numpy as np
from numpy.typing import ArrayLike

from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.axes.arrays import IntArray


def cell_index(sex: ArrayLike, age: ArrayLike) -> IntArray:
    """Cell of each (sex, age): ``index(sex) * 101 + age``.

    >>> cell_index([0, 1], [0, 100]).tolist()
    [0, 100]
    """
    names = np.asarray(sex)
    numbers = np.zeros(names.shape, dtype=np.int64)
    for number, name in enumerate(SEXES):
        numbers[names == name] = number
    return np.asarray(numbers * AGES + np.asarray(age, dtype=np.int64), dtype=np.int64)
