"""Evenness against the double sums of the definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.actuarial.evenness import (
    coefficient_of_variation,
    gini,
    mean_absolute_deviation,
    theil,
    theil_decomposition,
    value_range,
)

weighted = st.lists(st.tuples(st.floats(0.01, 1e3), st.floats(0.01, 10)), min_size=1, max_size=25)


@given(weighted)
@settings(deadline=None, max_examples=100, derandomize=True)
def test_against_the_definitions(rows: list[tuple[float, float]]) -> None:
    x, w = np.array(rows).T
    w = w / w.sum()
    mean = float(x @ w)
    double = sum(w[i] * w[j] * abs(x[i] - x[j]) for i in range(x.size) for j in range(x.size))
    assert gini(x, w) == pytest.approx(double / (2 * mean), abs=1e-9)
    assert theil(x, w) == pytest.approx((w * x / mean * np.log(x / mean)).sum(), abs=1e-9)
    spread = math.sqrt(float(w @ (x - mean) ** 2)) / mean
    assert coefficient_of_variation(x, w) == pytest.approx(spread)
    assert mean_absolute_deviation(x, w) == pytest.approx(float(w @ np.abs(x - mean)))


@given(weighted, st.integers(1, 4))
@settings(deadline=None, max_examples=100, derandomize=True)
def test_theil_adds_up(rows: list[tuple[float, float]], groups: int) -> None:
    x, w = np.array(rows).T
    label = np.arange(x.size) % groups
    within, between = theil_decomposition(x, w, label)
    assert within + between == pytest.approx(theil(x, w), abs=1e-9)
    assert min(within, between) >= 0


def test_by_hand() -> None:
    """Two values 0 and 1: Gini 1/2, Theil ln 2, variation 1."""
    assert gini([0.0, 1.0]) == pytest.approx(0.5)
    assert theil([0.0, 1.0]) == pytest.approx(math.log(2))
    assert coefficient_of_variation([0.0, 1.0]) == pytest.approx(1.0)
    assert value_range([3.0, -1.0]) == 4.0
    # groups that differ only between themselves
    within, between = theil_decomposition([1.0, 1.0, 3.0, 3.0], None, ["a", "a", "b", "b"])
    assert within == 0.0
    assert between == pytest.approx(theil([1.0, 3.0]))
    # evenly spread: nothing
    assert gini([2.0, 2.0], [1.0, 5.0]) == 0.0


def test_refusals() -> None:
    with pytest.raises(ValueError, match="one length"):
        gini([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="positive mean"):
        theil([0.0, 0.0])
    with pytest.raises(ValueError, match="x"):
        gini([-1.0, 2.0])
    with pytest.raises(ValueError, match="all be zero"):
        gini([1.0], [0.0])
    with pytest.raises(ValueError, match="not zero"):
        coefficient_of_variation([-1.0, 1.0])
    with pytest.raises(ValueError, match="one group"):
        theil_decomposition([1.0, 2.0], None, ["a"])
