"""An adjustment fund counts a deficit after the levy, whatever it pays by need."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.plans import AdjustmentFund

pytestmark = pytest.mark.plain

TWO = PoolFlow(np.array([500.0, 500.0]), np.array([-100.0, 400.0]), np.array([1.0, 1.0]))


@pytest.mark.parametrize("need", [0.0, 1e-12])
def test_a_deficit_is_what_is_lacking_after_the_levy(need: float) -> None:
    """Result -100, levy 50: 150 are lacking, of which the pool bears 30 %: 105, and not 70.

    The reserve of 80 and the levies of both, 100, meet them.
    """
    fund = AdjustmentFund("land", 0.1, 0.3, need)
    levies, grants, left = swaps_of_year(np.array([0, 0]), fund, TWO, np.array([80.0]))
    assert levies == pytest.approx([50.0, 50.0])
    assert grants == pytest.approx([105.0, 0.0], abs=1e-9)
    assert left == pytest.approx([75.0])


@given(
    st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 2, st.floats(0.0, 9.0)), min_size=2, max_size=6),
    st.floats(0.0, 0.5),
    st.floats(0.0, 1.0),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_nothing_jumps_as_need_leaves_zero(
    pools: list[tuple[float, float, float]], levy: float, own: float
) -> None:
    income, result, cost = (np.array(values) for values in zip(*pools, strict=True))
    member = np.arange(len(pools)) % 2
    flow, reserve = PoolFlow(income, result, cost), np.array([30.0, 0.0])
    none, tiny = (
        swaps_of_year(member, AdjustmentFund("land", levy, own, need), flow, reserve)
        for need in (0.0, 1e-12)
    )
    for have, want in zip(tiny, none, strict=True):
        np.testing.assert_allclose(have, want, rtol=1e-6, atol=1e-6)
