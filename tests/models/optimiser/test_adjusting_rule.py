"""Rates that follow a rule in reserve months and last year's cost."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser import Choices
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.ruin.adjusting import (
    AdjustingPlan,
    RuinTask,
    adjusting_plan,
    rule_sentence,
)
from fundpool.models.optimiser.ruin.flows import ScenarioFlows, scenario_balance
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.ruin.planning import SafePlan, safe_plan
from fundpool.models.optimiser.ruin.rule import (
    AdjustingRule,
    best_coefficients,
    mean_movement,
    mean_rate,
    rule_cost,
    ruled_course,
)
from fundpool.models.optimiser.stages import Outcome, optimised
from tests.cases.pool_flows import pool_flows

YEARS, BASE = 8, 1000.0
FREE = AdjustingRule(0.0, 0.0, np.inf, -np.inf, np.inf)
CHEAPEST = Aims(order=("burden", "movement"))


def scenarios(count: int = 4000, pools: int = 1, seed: int = 1) -> PoolPaths:
    """Outgo of 100 a year with independent normal deviations of standard deviation 10."""
    random = np.random.default_rng(seed)
    outgo = 100.0 + 10.0 * random.standard_normal((count, YEARS, pools))
    return pool_flows(outgo, BASE, 100.0, np.zeros(pools))


def fund_and_plan(policy: Policy | None = None, pools: int = 1) -> tuple[FundProblem, Decision]:
    """A fund planned at 10 % of the base, which is its cost."""
    path = pool_flows(np.full((YEARS, pools), 100.0), BASE, 100.0, np.zeros(pools))
    fund = fund_problem(path, policy or Policy(reserve_months=0.0, swaps=False))
    nothing = np.zeros((1, YEARS, pools))
    return fund, Decision(np.full((YEARS, pools), 0.1), nothing, nothing)


def test_without_coefficients_rates_are_fixed() -> None:
    fund, plan = fund_and_plan()
    flows = ScenarioFlows.of(scenarios(50))
    rates, balance = ruled_course(fund, plan, flows, FREE)
    assert_allclose(rates, 0.1)
    assert_allclose(balance, scenario_balance(fund, plan, flows), atol=1e-9)


def test_a_rate_that_follows_cost_leaves_the_last_year_s_deviation_alone() -> None:
    """Independent deviations e: D[t] = D[t-1] + e[t-1] - e[t] = -e[t], where fixed rates sum."""
    fund, plan = fund_and_plan()
    flows = ScenarioFlows.of(scenarios(50))
    _, balance = ruled_course(fund, plan, flows, replace(FREE, per_cost=1.0))
    assert_allclose(balance, 100.0 - flows.outgo, atol=1e-9)


def test_the_variance_of_a_spread_deviation() -> None:
    """a months are worth a * 12 / outgo of the base: D[t] = (1 - g) D[t-1] - e[t], so that the
    variance after T years is 100 (1 - f^(2T)) / (1 - f^2) with f = 1 - g."""
    fund, plan = fund_and_plan()
    quiet = scenarios(200_000)
    # months over the mean outgo, which the closed form supposes
    flows = replace(ScenarioFlows.of(quiet), outgo=np.full(quiet.outgo.shape, 100.0))
    g = 0.25
    rule = replace(FREE, per_month=g * 100.0 / 12.0 / BASE)
    _, balance = ruled_course(fund, plan, flows, rule)
    f = 1.0 - g
    years = np.arange(1, YEARS + 1)
    expected = 100.0 * (1.0 - f ** (2 * years)) / (1.0 - f**2)
    assert_allclose(balance[..., 0].var(axis=0), expected, rtol=0.015)
    fixed = scenario_balance(fund, plan, flows)[..., 0].var(axis=0)
    assert_allclose(fixed, 100.0 * years, rtol=0.015)


def test_step_and_corridor_hold_in_every_scenario() -> None:
    fund, plan = fund_and_plan()
    flows = ScenarioFlows.of(scenarios(500))
    rule = AdjustingRule(0.002, 1.0, 0.004, 0.095, 0.108, frozen_years=2)
    rates, _ = ruled_course(fund, plan, flows, rule)
    assert np.abs(np.diff(rates, axis=1)).max() <= 0.004 + 1e-12
    assert rates.min() >= 0.095 - 1e-12
    assert rates.max() <= 0.108 + 1e-12
    assert rates.max() > 0.1079  # both limits are reached
    assert rates.min() < 0.0951
    assert_allclose(rates[:, :2], 0.1)


def test_funds_with_one_rate_are_judged_together() -> None:
    fund, plan = fund_and_plan(pools=2)
    shared = replace(fund, group=np.zeros(2, dtype=np.int64), group_names=("both",))
    plan = replace(plan, rates=plan.rates[:, :1])
    flows = ScenarioFlows.of(scenarios(20, 2))
    rates, _ = ruled_course(shared, plan, flows, replace(FREE, per_cost=1.0))
    cost = flows.outgo.sum(axis=2) / (2 * BASE)
    assert_allclose(rates[:, 1:, 0], cost[:, :-1], atol=1e-12)


def test_mean_rate_and_movement_by_hand() -> None:
    fund, _ = fund_and_plan()
    fund = replace(fund, rate_in_force=np.full((YEARS, 1), 0.1))
    rates = np.array([[[0.11], [0.13]], [[0.10], [0.08]]])
    assert mean_rate(fund, rates) == pytest.approx((0.11 + 0.13 + 0.10 + 0.08) / 4)
    assert mean_movement(fund, rates) == pytest.approx((0.01 + 0.02 + 0.0 + 0.02) / 4)


def test_coefficients_are_no_worse_than_any_on_a_grid() -> None:
    """The program's answer against an enumeration that it does not use."""
    fund, plan = fund_and_plan()
    flows = ScenarioFlows.of(scenarios(1000))
    aims = Aims(movement=0.03)
    best = best_coefficients(fund, plan, flows, 0.05, aims)
    cost = rule_cost(fund, plan, flows, best, 0.05, aims)
    others = [
        rule_cost(
            fund, plan, flows,
            replace(best, per_month=a * fund.reference / 12.0, per_cost=b), 0.05, aims,
        )
        for a in np.linspace(0.0, 1.0, 6)
        for b in np.linspace(0.0, 1.0, 6)
    ]  # fmt: skip
    assert cost <= min(others) + 2e-3 * abs(others[0])
    assert cost < others[0] - 1e-3  # better than no adjustment


def test_movement_that_weighs_enough_leaves_rates_as_they_are() -> None:
    fund, plan = fund_and_plan()
    flows = ScenarioFlows.of(scenarios(1000))
    best = best_coefficients(fund, plan, flows, 0.05, Aims(movement=100.0))
    assert (best.per_month, best.per_cost) == (0.0, 0.0)


def planned(paths: PoolPaths, fresh: PoolPaths) -> tuple[SafePlan, SafePlan, AdjustingPlan]:
    policy = Policy(reserve_months=0.0, swaps=False)

    def solve(limits: Policy, may_miss: bool) -> tuple[Outcome, ...]:
        path = pool_flows(np.full((YEARS, 1), 100.0), BASE, 100.0, [0.0])
        return (optimised([fund_problem(path, limits)], CHEAPEST, may_miss=may_miss),)

    def blocks(_: int) -> Iterator[Mapping[str, ScenarioFlows]]:
        yield {"employee": ScenarioFlows.of(fresh)}

    flows = {"employee": ScenarioFlows.of(paths)}
    limit = RuinLimit(0.05, 2020 + YEARS)
    task = RuinTask(solve, flows, blocks, limit, policy)
    fixed = safe_plan(solve, flows, blocks, limit, policy)
    adjusted, rule, _ = adjusting_plan(task, fixed, Aims(movement=0.03))
    return fixed, adjusted, rule


def test_the_rule_beats_fixed_rates_at_the_same_ruin() -> None:
    fixed, adjusted, rule = planned(scenarios(), scenarios(10_000, seed=2))
    assert fixed.probability.safe
    assert adjusted.probability.safe
    assert rule.beats_fixed
    one = rule.schemes[0]
    assert one.adjusting.mean_rate < one.fixed.mean_rate - 0.001
    assert one.fixed.mean_rate == pytest.approx(
        float(fixed.outcomes[0].decisions[0].rates.mean()), rel=1e-9
    )
    error = np.sqrt(0.05 * 0.95 / 10_000)
    assert one.adjusting.ruin <= 0.05 + 2 * error
    assert one.adjusting.movement > one.fixed.movement
    assert one.adjusting.reserve_months < one.fixed.reserve_months
    # counted once more by a loop over years that shares nothing
    decision, flows = adjusted.outcomes[0].decisions[0], scenarios(10_000, seed=2)
    rates, balance = np.empty((10_000, YEARS)), np.zeros(10_000)
    below = np.zeros(10_000, dtype=bool)
    planned_balance, outgo = 0.0, flows.outgo[..., 0]
    for t in range(YEARS):
        rates[:, t] = decision.rates[t, 0]
        if t:
            gap = 12.0 * planned_balance / 100.0 - 12.0 * balance / outgo[:, t - 1]
            rates[:, t] += one.rule.per_month * gap
            rates[:, t] += one.rule.per_cost * (outgo[:, t - 1] - 100.0) / BASE
            rates[:, t] = np.clip(rates[:, t], 0.0, 1.0)
        balance = balance + rates[:, t] * BASE - outgo[:, t]
        planned_balance += decision.rates[t, 0] * BASE - 100.0
        below |= balance < -1e-4
    assert below.mean() == pytest.approx(one.adjusting.ruin, abs=1e-12)
    assert rates.mean() == pytest.approx(one.adjusting.mean_rate, rel=1e-9)


def test_the_rule_is_one_sentence() -> None:
    rule = AdjustingRule(0.0002, 0.5, 0.009, 0.05, 0.18)
    text = str(rule_sentence("employee", rule))
    assert "0.020 %" in text
    assert "50.0 %" in text
    assert text.endswith("changes by at most 0.90 % of the base a year.")
    assert text.count(".") - text.count("0.") <= 6


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="not fixed or adjusting"):
        Choices(rule="sometimes")  # type: ignore[arg-type]
