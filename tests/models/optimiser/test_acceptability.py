"""What regions make of a plan: rates beside those alone, money to richer regions, coalitions."""

import numpy as np
import pytest

from fundpool.actuarial.sharing import core_excess, nucleolus, shapley_value
from fundpool.models.optimiser.acceptance import coalitions
from fundpool.models.optimiser.acceptance.coalitions import (
    Spread,
    coalition_costs,
    players_of,
    sharing_of,
)
from fundpool.models.optimiser.acceptance.measures import poor_to_rich, worse_in, worse_off
from fundpool.models.optimiser.acceptance.old_balances import old_balances
from fundpool.models.optimiser.acceptance.terms import reference_rates
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.limits import Policy
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from tests.cases.pool_flows import pool_flows

LIMITS = Policy(reserve_months=0.0)


def decision(rates: list[float], levies: list[float], grants: list[float]) -> Decision:
    """The same in both years of one path."""
    years = [np.tile(np.array(values), (2, 1)) for values in (rates, levies, grants)]
    return Decision(years[0], years[2][None], years[1][None])


def fund(outgo: list[float], opening: list[float] | None = None) -> FundProblem:
    held = np.zeros(len(outgo)) if opening is None else opening
    return fund_problem(pool_flows(np.tile(outgo, (2, 1)), 1000.0, 100.0, held), LIMITS)


def every_coalition(given: FundProblem, spread: Spread | None = None) -> np.ndarray:
    """Costs of all coalitions but that of nobody."""
    return coalition_costs(given, coalitions.coalition_members(given.pools)[1:], spread)


def test_coalitions_cost_what_they_spend_where_nothing_varies() -> None:
    costs = every_coalition(fund([80.0, 100.0, 150.0]))
    assert costs == pytest.approx([160, 200, 360, 300, 460, 500, 660], abs=1e-3)


def test_independent_deviations_make_coalitions_cheaper() -> None:
    # margins of 20 and 20 in the first and second year; together their root of squares
    spread = Spread(np.full((2, 2), 2.0), np.tile(np.eye(2) * 100.0, (2, 1, 1)))
    costs = every_coalition(fund([100.0, 100.0]), spread)
    # 20 are in hand after the first year, which a level rate collects again in the second
    assert costs[0] == pytest.approx(2 * (100.0 + 20.0), rel=1e-6)
    assert costs[2] == pytest.approx(2 * (200.0 + 20.0 * 2**0.5), rel=1e-6)


def test_the_coalition_that_pays_for_others_would_leave() -> None:
    given = fund([80.0, 80.0, 140.0], [3.0, 4.0, 5.0])
    players = players_of(given, None)
    even = decision([0.1, 0.1, 0.1], [20.0, 20.0, 0.0], [0.0, 0.0, 40.0])
    sharing = sharing_of(given, even, players, None)
    found = sharing.blocking
    assert found is not None
    assert found.members == ("p0", "p1")
    assert found.balance == pytest.approx(7.0)
    # two level rates that leave nothing after spending 320, of which 7 are held
    assert found.excess == pytest.approx(400.0 - 313.0, abs=1e-3)
    assert sharing.in_core == {"plan": False, "shapley": True, "nucleolus": True}
    own = decision([0.0785, 0.078, 0.1375], [0.0] * 3, [0.0] * 3)
    assert sharing_of(given, own, players, None).blocking is None


def test_shares_are_those_of_the_game_and_transfers_make_up_the_rest() -> None:
    spread = Spread(np.full((2, 3), 2.0), np.tile(np.eye(3) * 100.0, (2, 1, 1)))
    given = fund([80.0, 100.0, 140.0])
    even = decision([0.12, 0.12, 0.12], [40.0, 0.0, 0.0], [0.0, 0.0, 30.0])
    sharing = sharing_of(given, even, players_of(given, None), spread)
    costs = np.append(0.0, every_coalition(given, spread))
    assert [r.shapley for r in sharing.regions] == pytest.approx(shapley_value(costs), rel=1e-10)
    assert [r.nucleolus for r in sharing.regions] == pytest.approx(nucleolus(costs), rel=1e-10)
    assert [r.alone for r in sharing.regions] == pytest.approx(costs[[1, 2, 4]], rel=1e-10)
    assert [r.plan for r in sharing.regions] == pytest.approx([240.0] * 3)
    assert [r.plan_transfer for r in sharing.regions] == pytest.approx([80.0, 0.0, -60.0])
    # the first needs 240 - 80 for itself; what it would pay in beyond that
    assert sharing.regions[0].shapley_transfer == pytest.approx(sharing.regions[0].shapley - 160.0)
    assert sharing.regions[2].nucleolus_transfer == pytest.approx(nucleolus(costs)[2] - 300.0)
    excess, mask = core_excess(costs, [240.0] * 3)
    assert sharing.blocking is not None
    assert sharing.blocking.excess == pytest.approx(excess, rel=1e-10)
    assert sharing.blocking.members == tuple(f"p{k}" for k in range(3) if mask >> k & 1)
    assert (sharing.coalitions, sharing.sampled) == (7, False)


def test_of_many_regions_coalitions_are_sampled_with_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spread = Spread(np.full((2, 5), 2.0), np.tile(np.eye(5) * 100.0, (2, 1, 1)))
    given = fund([80.0, 90.0, 100.0, 120.0, 140.0])
    plan = decision([0.12] * 5, [0.0] * 5, [0.0] * 5)
    players = players_of(given, None)
    exact = sharing_of(given, plan, players, spread)
    monkeypatch.setattr(coalitions, "MOST_PLAYERS", 4)
    sampled = sharing_of(given, plan, players, spread)
    assert sampled.sampled
    assert sampled.coalitions == 5 * coalitions.ORDERS
    # an order adds up to the whole, whatever it is
    assert sum(r.shapley for r in sampled.regions) == pytest.approx(
        sum(r.shapley for r in exact.regions)
    )
    for one, other in zip(exact.regions, sampled.regions, strict=True):
        assert other.nucleolus is None
        assert 0.0 < other.error < 1.0
        assert abs(one.shapley - other.shapley) < 4.0 * other.error
    assert sampled.blocking is not None
    assert exact.blocking is not None
    assert sampled.blocking.excess <= exact.blocking.excess + 1e-9


def test_regions_that_pay_more_than_alone_are_named() -> None:
    given = fund([80.0, 120.0])
    even = decision([0.1, 0.1], [20.0, 0.0], [0.0, 20.0])
    rows = worse_off(given, even, reference_rates(given, "alone"))
    assert [row.pool for row in rows] == ["p0"]
    assert rows[0].rate == pytest.approx(0.1)
    assert rows[0].rate_alone == pytest.approx(0.08, rel=1e-6)


def test_the_worst_years_of_a_region_are_named() -> None:
    given = fund([80.0, 120.0])
    plan = Decision(np.array([[0.1, 0.12], [0.06, 0.12]]), np.zeros((1, 2, 2)), np.zeros((1, 2, 2)))
    alone = reference_rates(given, "alone")
    assert worse_off(given, plan, alone) == []
    (row,) = worse_in(given, plan, alone, "alone", 1)
    assert (row.pool, row.from_year, row.to_year) == ("p0", 2021, 2021)
    assert (row.rate, row.rate_reference) == pytest.approx((0.1, 0.08))
    (row,) = worse_in(given, plan, reference_rates(given, "in force"), "in force", 2)
    assert (row.pool, row.rate) == ("p1", pytest.approx(0.12))


def test_old_balances_at_a_merger() -> None:
    """Two years of 200 in all, 60 held by the first of two regions of one size, no interest."""
    given = fund([100.0, 100.0], [60.0, 0.0])
    found = {one.treatment: one for one in old_balances(given, players_of(given, None), None, 2)}
    assert found["pooled"].level_rate == pytest.approx(0.085, rel=1e-6)
    assert found["kept"].level_rate == pytest.approx(0.1, rel=1e-6)
    # 30 each would be even: the second pays 15 a year in, the first is paid as much
    assert [region.payment for region in found["paid in"].regions] == pytest.approx([-15.0, 15.0])
    rates = {name: [region.rate for region in one.regions] for name, one in found.items()}
    assert rates["pooled"] == pytest.approx([0.085, 0.085], rel=1e-6)
    assert rates["kept"] == pytest.approx([0.07, 0.1], rel=1e-6)
    assert rates["paid in"] == pytest.approx([0.07, 0.1], rel=1e-6)
    assert [found[name].worse_off for name in ("pooled", "kept", "paid in")] == [0, 1, 1]


def test_money_runs_from_poor_to_rich_in_proportion() -> None:
    given = fund([80.0, 90.0, 130.0])
    plan = decision([0.1] * 3, [20.0, 10.0, 0.0], [0.0, 0.0, 30.0])
    assert poor_to_rich(given, plan, np.array([1.0, 3.0, 2.0])) == pytest.approx(20.0)
    assert poor_to_rich(given, plan, np.array([3.0, 3.0, 2.0])) == 0.0
    assert poor_to_rich(given, plan, np.array([1.0, 1.0, 2.0])) == pytest.approx(30.0)
