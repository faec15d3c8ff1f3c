"""Risk measures against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.actuarial.risk import (
    required_reserve,
    ruin_probability,
    ruin_standard_error,
    tail_value_at_risk,
    value_at_risk,
)

losses = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=25)


def test_ruin_counts_a_scenario_once() -> None:
    """Of four scenarios one is ruined in year 1 and recovers, one in year 2: 1/4, 2/4, 2/4."""
    balances = [[-1, 5, 5], [1, -1, -2], [1, 1, 1], [0, 0, 0]]
    assert ruin_probability(balances).tolist() == [0.25, 0.5, 0.5]
    assert ruin_standard_error(0.5, 100) == pytest.approx(0.05)


@given(losses, st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_value_at_risk_is_the_smallest_that_covers(values: list[float], level: float) -> None:
    share = [np.mean(np.array(values) <= x) for x in sorted(values)]
    expected = next(x for x, f in zip(sorted(values), share, strict=True) if f >= level - 1e-9)
    assert value_at_risk(values, level) == expected


@given(losses, st.integers(0, 24))
@settings(deadline=None, max_examples=100, derandomize=True)
def test_tail_is_the_mean_of_the_worst(values: list[float], left_out: int) -> None:
    left_out = min(left_out, len(values) - 1)
    worst = sorted(values)[left_out:]
    assert tail_value_at_risk(values, left_out / len(values)) == pytest.approx(np.mean(worst))


def test_the_tail_splits_an_atom() -> None:
    """The worst 37.5 % of four losses: all of 4 and half of 3 -> (4 + 1.5) / 1.5."""
    assert tail_value_at_risk([1.0, 2.0, 3.0, 4.0], 0.625) == pytest.approx(5.5 / 1.5)
    assert tail_value_at_risk([1.0, 4.0], 1.0) == 4.0


@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=20),
    st.floats(0.0, 1.0),
)
@settings(deadline=None, max_examples=150, derandomize=True)
def test_required_reserve_is_enough_and_no_more(outgo: list[list[int]], probability: float) -> None:
    def ruined(reserve: float) -> float:
        balances = reserve - np.cumsum(np.array(outgo, dtype=float), axis=1)
        return float(ruin_probability(balances)[-1])

    reserve = required_reserve(outgo, probability)
    assert ruined(reserve) <= probability + 1e-9
    if reserve > 0:  # whole numbers: one unit less is too little
        assert ruined(reserve - 0.5) > probability


def test_refusals() -> None:
    with pytest.raises(ValueError, match="scenarios by years"):
        ruin_probability([1.0, 2.0])
    with pytest.raises(ValueError, match="level"):
        value_at_risk([1.0], 1.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        ruin_standard_error(2.0, 10)
    with pytest.raises(ValueError, match="at least one scenario"):
        ruin_standard_error(0.5, 0)
    with pytest.raises(ValueError, match="losses"):
        tail_value_at_risk([float("nan")], 0.5)
