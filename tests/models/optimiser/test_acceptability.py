"""What regions make of a plan: rates beside those alone, money to richer regions, coalitions."""

import numpy as np
import pytest

from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.ruin.acceptability import (
    blocking_coalition,
    coalition_costs,
    poor_to_rich,
    worse_off,
)
from tests.cases.pool_flows import pool_flows

LIMITS = Policy(reserve_months=0.0)


def decision(rates: list[float], levies: list[float], grants: list[float]) -> Decision:
    """The same in both years of one path."""
    years = [np.tile(np.array(values), (2, 1)) for values in (rates, levies, grants)]
    return Decision(years[0], years[2][None], years[1][None])


def fund(outgo: list[float]):  # type: ignore[no-untyped-def]
    pools = len(outgo)
    return fund_problem(pool_flows(np.tile(outgo, (2, 1)), 1000.0, 100.0, np.zeros(pools)), LIMITS)


def test_coalitions_cost_what_they_spend_where_nothing_varies() -> None:
    costs = coalition_costs(fund([80.0, 100.0, 150.0]), None)
    assert costs == pytest.approx([0, 160, 200, 360, 300, 460, 500, 660], abs=1e-3)


def test_independent_deviations_make_coalitions_cheaper() -> None:
    # margins of 20 and 20 in the first and second year; together their root of squares
    from fundpool.models.optimiser.ruin.acceptability import Spread

    spread = Spread(np.full((2, 2), 2.0), np.tile(np.eye(2) * 100.0, (2, 1, 1)))
    costs = coalition_costs(fund([100.0, 100.0]), spread)
    # 20 are in hand after the first year, which a level rate collects again in the second
    assert costs[1] == pytest.approx(2 * (100.0 + 20.0), rel=1e-6)
    assert costs[3] == pytest.approx(2 * (200.0 + 20.0 * 2**0.5), rel=1e-6)


def test_the_coalition_that_pays_for_others_would_leave() -> None:
    given = fund([80.0, 80.0, 140.0])
    even = decision([0.1, 0.1, 0.1], [20.0, 20.0, 0.0], [0.0, 0.0, 40.0])
    found, reason = blocking_coalition(given, even, coalition_costs(given, None))
    assert reason is None
    assert found is not None
    assert found.members == ("p0", "p1")
    assert found.excess == pytest.approx(80.0, abs=1e-3)
    own = decision([0.08, 0.08, 0.14], [0.0] * 3, [0.0] * 3)
    assert blocking_coalition(given, own, coalition_costs(given, None)) == (None, None)


def test_many_funds_are_not_enumerated() -> None:
    given = fund([100.0] * 14)
    found, reason = blocking_coalition(given, decision([0.1] * 14, [0.0] * 14, [0.0] * 14), None)
    assert found is None
    assert reason is not None
    assert "13" in reason


def test_regions_that_pay_more_than_alone_are_named() -> None:
    given = fund([80.0, 120.0])
    even = decision([0.1, 0.1], [20.0, 0.0], [0.0, 20.0])
    rows = worse_off(given, even, None)
    assert [row.pool for row in rows] == ["p0"]
    assert rows[0].rate == pytest.approx(0.1)
    assert rows[0].rate_alone == pytest.approx(0.08, rel=1e-6)


def test_money_runs_from_poor_to_rich_in_proportion() -> None:
    given = fund([80.0, 90.0, 130.0])
    plan = decision([0.1] * 3, [20.0, 10.0, 0.0], [0.0, 0.0, 30.0])
    assert poor_to_rich(given, plan, np.array([1.0, 3.0, 2.0])) == pytest.approx(20.0)
    assert poor_to_rich(given, plan, np.array([3.0, 3.0, 2.0])) == 0.0
    assert poor_to_rich(given, plan, np.array([1.0, 1.0, 2.0])) == pytest.approx(30.0)
