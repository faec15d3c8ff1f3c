"""Ratios where they exist."""

import numpy as np
import pytest

from fundpool.actuarial.arrays import ratio


def test_a_ratio_stands_where_the_denominator_is_positive() -> None:
    below = np.array([4.0, 0.0, -1.0, np.nan])
    assert ratio(np.ones(4), below).tolist() == [0.25, 0.0, 0.0, 0.0]
    assert ratio(1.0, below, np.nan) == pytest.approx([0.25, np.nan, np.nan, np.nan], nan_ok=True)
    assert ratio(np.ones(4, dtype=int), below, np.arange(4)).tolist() == [0.25, 1.0, 2.0, 3.0]


def test_arguments_are_broadcast_and_left_as_they_are() -> None:
    above, otherwise = np.array([[1.0], [2.0]]), np.array([5.0, 6.0])
    result = ratio(above, [2.0, 0.0], otherwise)
    assert result.tolist() == [[0.5, 6.0], [1.0, 6.0]]
    assert otherwise.tolist() == [5.0, 6.0]
