"""The reserve floor: when it begins and what it asks for."""

import pytest

from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.problem.fund import reserve_floor
from tests.cases.pool_flows import pool_flows

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(
    ("phase_in", "floor"),
    [
        (0, [65.0, 65.0, 65.0, 65.0]),
        (1, [65.0, 65.0, 65.0, 65.0]),  # by the end of the first year is from the first year on
        (3, [5.0, 5.0, 65.0, 65.0]),
        (5, [5.0, 5.0, 5.0, 5.0]),
    ],
)
def test_the_target_holds_from_the_end_of_the_year_of_phase_in(
    phase_in: int, floor: list[float]
) -> None:
    """Six months of 120 and 5 owed; before, only what is owed must be there."""
    paths = pool_flows([[100.0]] * 4, 1000.0, 100.0, [0.0], outstanding=5.0, next_outgo=120.0)
    found = reserve_floor(paths, Policy(reserve_months=6.0, phase_in_years=phase_in))
    assert found[0, :, 0] == pytest.approx(floor)
