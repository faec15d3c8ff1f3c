"""Solvency measures against the balance recursion and hand calculation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.actuarial.solvency import (
    actuarial_balance,
    balance_recursion,
    discount_factors,
    exhaustion_year,
    fund_ratio,
    level_rate,
    payg_rate,
    reserve_months,
    short_range_test,
)

flows = st.lists(
    st.tuples(st.floats(0, 1e3), st.floats(0, 1e2), st.floats(1.0, 1e4), st.floats(-0.02, 0.1)),
    min_size=1,
    max_size=30,
)


def test_one_year_by_hand() -> None:
    """Opening 100 at 21 %: 121. Flow -10 at mid-year grows by 1.1: -11. Closing 110."""
    assert balance_recursion(100.0, [-10.0], 0.21).tolist() == pytest.approx([110.0])
    # owed at mid-year of year 1: 1/1.1 of it at the start
    assert discount_factors(0.21, 2).tolist() == pytest.approx([1 / 1.1, 1 / (1.21 * 1.1)])
    # outgo 50 less subsidies 10 on a base of 800
    assert payg_rate(50.0, 10.0, 800.0) == pytest.approx(0.05)
    # base 1100 at mid-year is worth 1000; outgo 55 is worth 50; target 24.2 is worth 20
    rate = level_rate([55.0], [0.0], [1100.0], 30.0, 0.21, 24.2)
    assert rate == pytest.approx((50 + 20 - 30) / 1000)


@given(flows, st.floats(-500, 1e3), st.floats(0, 500))
@settings(deadline=None, max_examples=120, derandomize=True)
def test_the_level_rate_ends_at_the_target(
    rows: list[tuple[float, float, float, float]], opening: float, target: float
) -> None:
    outgo, subsidies, base, interest = np.array(rows).T
    rate = float(level_rate(outgo, subsidies, base, opening, interest, target))
    closing = balance_recursion(opening, rate * base + subsidies - outgo, interest)
    assert closing[-1] == pytest.approx(target, abs=1e-6 * (1 + abs(opening) + outgo.sum()))
    at_rate = actuarial_balance(rate, outgo, subsidies, base, opening, interest, target)
    assert at_rate == pytest.approx(0.0, abs=1e-9)
    # a rate one point higher is a balance of one point
    above = actuarial_balance(rate + 0.01, outgo, subsidies, base, opening, interest, target)
    assert above == pytest.approx(0.01, abs=1e-9)


def test_many_funds_at_once() -> None:
    outgo = np.array([[10.0, 20.0], [30.0, 10.0]])
    rates = np.asarray(level_rate(outgo, 0.0, np.full((2, 2), 100.0), [0.0, 5.0], 0.03))
    singles = [
        level_rate(outgo[k], [0.0, 0.0], [100.0, 100.0], [0.0, 5.0][k], 0.03) for k in range(2)
    ]
    assert rates.tolist() == pytest.approx(singles)


def test_reserve_months() -> None:
    assert reserve_months(60.0, 120.0, 10.0) == pytest.approx(5.0)
    assert reserve_months(1.0, 0.0) == math.inf
    assert reserve_months(-1.0, 0.0) == -math.inf
    assert reserve_months(0.0, 0.0) == 0.0
    assert fund_ratio(30.0, 60.0) == 0.5


def test_exhaustion_year() -> None:
    assert exhaustion_year([5.0, 0.0, -1.0, 3.0], 2026) == 2028
    assert exhaustion_year([5.0, 0.0], 2026) is None


@pytest.mark.parametrize(
    ("months", "passed"),
    [
        ([6.0] * 12, True),
        ([6.0] * 9 + [5.0, 1.0], False),  # falls below in the tenth year
        ([6.0] * 10 + [1.0], True),  # the eleventh does not count
        ([3.0, 4.0, 5.0, 6.0] + [7.0] * 8, True),  # gets there in the fourth
        ([3.0, 4.0, 5.0, 5.0, 5.0, 6.0] + [7.0] * 8, False),  # in the sixth: too late
        ([3.0, 6.0, 5.0] + [7.0] * 9, False),  # gets there and falls again
        ([3.0] * 12, False),
        ([6.0, 6.0], True),  # tested as far as it goes
    ],
)
def test_short_range(months: list[float], passed: bool) -> None:
    assert short_range_test(months, 6.0) is passed


@pytest.mark.parametrize(
    ("opening", "months", "passed"),
    [
        (None, [-20.0, -10.0, -3.0] + [7.0] * 9, False),  # depleted before it gets there
        (3.0, [-1.0] + [7.0] * 9, False),  # depleted in the first year only
        (-1.0, [2.0] + [7.0] * 9, False),  # depleted at the start
        (3.0, [2.0] + [7.0] * 9, True),
        (6.0, [5.0] + [7.0] * 9, False),  # starts at the target: may not fall below
        (5.0, [7.0] * 10, True),
        (0.0, [0.0] + [7.0] * 9, True),  # at nothing, never below it
    ],
)
def test_a_fund_below_its_target_may_not_be_depleted(
    opening: float | None, months: list[float], passed: bool
) -> None:
    assert short_range_test(months, 6.0, opening=opening) is passed


def test_refusals() -> None:
    with pytest.raises(ValueError, match="-100 %"):
        discount_factors(-1.0, 3)
    with pytest.raises(ValueError, match="each of the 3 years"):
        discount_factors([0.1, 0.1], 3)
    with pytest.raises(ValueError, match="outgo"):
        reserve_months(1.0, -1.0)
    with pytest.raises(ValueError, match="outstanding"):
        reserve_months(1.0, 1.0, -1.0)
    with pytest.raises(ValueError, match="one row"):
        exhaustion_year([[1.0]], 2026)
    with pytest.raises(ValueError, match="at least one year"):
        exhaustion_year([], 2026)
    with pytest.raises(ValueError, match="base must be positive"):
        payg_rate(1.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="present value"):
        level_rate([1.0], [0.0], [0.0], 0.0, 0.0)
    with pytest.raises(ValueError, match="present value"):
        actuarial_balance(0.1, [1.0], [0.0], [0.0], 0.0, 0.0)
    with pytest.raises(ValueError, match="same years"):
        level_rate([1.0, 2.0], [0.0, 0.0, 0.0], [1.0, 1.0], 0.0, 0.0)
    with pytest.raises(ValueError, match="at least one year"):
        level_rate(1.0, 0.0, 1.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="grace"):
        short_range_test([1.0], 1.0, years=3, grace=5)
    with pytest.raises(ValueError, match="one row"):
        short_range_test([[1.0]], 1.0)
    with pytest.raises(ValueError, match="positive"):
        fund_ratio(1.0, 0.0)
