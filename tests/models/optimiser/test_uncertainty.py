"""Plans under uncertainty: rates before the scenario, swaps after it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fundpool.inputs.case import read_case
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser import optimise
from fundpool.models.optimiser.beside.swap_rule import ruled_swaps
from fundpool.models.optimiser.certificate import missing, recursion, tail_mean
from fundpool.models.optimiser.limits import Aims, FloorKind, Policy
from fundpool.models.optimiser.plan import tried
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.problem.scenarios import (
    chosen_scenarios,
    features,
    forward_selection,
)
from fundpool.models.optimiser.stages import optimised
from fundpool.models.projection.study import project
from tests.cases.pool_flows import pool_flows
from tests.cases.stochastic import stochastic_case

CHEAPEST = Aims(order=("burden", "swaps"))


def many(scenarios: int = 20, seed: int = 1) -> PoolPaths:
    random = np.random.default_rng(seed)
    outgo = 100.0 * np.exp(0.15 * random.standard_normal((scenarios, 5, 3)).cumsum(axis=1))
    base = 1000.0 * np.exp(0.03 * random.standard_normal((scenarios, 5, 3)).cumsum(axis=1))
    return pool_flows(outgo, base, 0.1 * base, [60.0, 40.0, 80.0], 0.03)


def policy(kind: FloorKind, swaps: bool = True) -> Policy:
    return Policy(reserve_months=3.0, levy_ceiling=0.1, own_responsibility=0.1, swaps=swaps,
                  floor=kind, tail=0.1)  # fmt: skip


def burden(fund: FundProblem) -> float:
    outcome = optimised([fund], CHEAPEST)
    assert outcome.certificate.certified, outcome.certificate
    assert not outcome.model.elastic
    return outcome.terms["burden"]


def test_stricter_floors_cost_more() -> None:
    paths = many()
    costs = [burden(fund_problem(paths, policy(kind))) for kind in ("expectation", "cvar", "every")]
    assert costs[0] < costs[1] - 1e-4
    assert costs[1] <= costs[2] + 1e-9


def test_each_floor_holds_in_its_own_measure() -> None:
    paths = many()
    for kind in ("expectation", "cvar", "every"):
        fund = fund_problem(paths, policy(kind))  # type: ignore[arg-type]
        outcome = optimised([fund], CHEAPEST)
        loss = fund.floor - recursion(fund, outcome.decisions[0]).balance
        measured = {
            "expectation": loss.mean(axis=0), "every": loss.max(axis=0),
            "cvar": tail_mean(loss, 0.1, fund.weight),
        }[kind]  # fmt: skip
        assert measured.max() < 1e-7 * 100
        assert missing(fund, outcome.runs[0].balance).max() < 1e-5


def test_one_scenario_is_the_deterministic_plan() -> None:
    paths = many(1)
    costs = [burden(fund_problem(paths, policy(kind))) for kind in ("expectation", "cvar", "every")]
    assert_allclose(costs, costs[0], rtol=1e-8)


def test_without_recourse_the_tail_rate_is_that_of_the_ordered_losses() -> None:
    # one pool, one year: the rate must cover the mean of the worst tenth, here of the two worst
    outgo = np.linspace(80.0, 118.0, 20)[:, None, None]
    paths = pool_flows(outgo, 1000.0, 100.0, [0.0])
    fund = fund_problem(paths, replace(policy("cvar", swaps=False), reserve_months=0.0))
    outcome = optimised([fund], CHEAPEST)
    assert outcome.decisions[0].rates[0, 0] * 1000.0 == pytest.approx((118.0 + 116.0) / 2)


def test_reduction_keeps_probability_and_finds_clusters() -> None:
    random = np.random.default_rng(0)
    centres = np.repeat([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]], [50, 30, 20], axis=0)
    points = centres + 0.1 * random.standard_normal(centres.shape)
    keep, weight = forward_selection(points, 3)
    assert sorted(weight.tolist()) == pytest.approx([0.2, 0.3, 0.5])
    assert weight.sum() == pytest.approx(1.0)
    everything, even = forward_selection(points, 100)
    assert sorted(everything.tolist()) == list(range(100))
    assert_allclose(even, 0.01)
    paths = many()
    chosen = chosen_scenarios(paths, np.array([3, 7]))
    assert_allclose(chosen.outgo, paths.outgo[[3, 7]])
    assert features([paths]).shape[0] == 20
    del keep


def test_weights_stand_for_repeated_scenarios() -> None:
    paths = many(3)
    twice = chosen_scenarios(paths, np.array([0, 0, 1, 2]))
    weighted = fund_problem(paths, policy("cvar"), weight=np.array([0.5, 0.25, 0.25]))
    assert burden(weighted) == pytest.approx(burden(fund_problem(twice, policy("cvar"))), rel=1e-7)


def test_rule_keeps_every_limit_and_conserves_money() -> None:
    fund = fund_problem(many(), policy("every"))
    decision, balance = ruled_swaps(fund, np.full((5, 3), 0.105))
    run = recursion(fund, decision)
    assert_allclose(run.balance, balance, rtol=1e-12)
    assert run.hub.min() > -1e-9
    assert (decision.grants <= fund.grant_limit + 1e-9).all()
    income = 0.105 * fund.paths.contribution_base
    assert (decision.levies <= 0.1 * income + 1e-9).all()
    assert np.minimum(decision.grants, decision.levies).max() == 0.0
    under = balance < fund.floor - 1e-9
    assert not (under & (decision.levies > 1e-9)).any()  # a payer keeps its floor


def test_fresh_scenarios_are_judged_like_those_of_the_plan() -> None:
    fund = fund_problem(many(40), policy("cvar"))
    rates = optimised([fund], CHEAPEST).decisions[0].rates
    trials = []
    for seed in (1, 2):
        problem = fund_problem(many(40, seed), policy("cvar"))
        decision, balance = ruled_swaps(problem, rates)
        trials.append(tried([problem], [decision], [balance]))
    within, fresh = trials
    assert 0.0 <= within.below_floor < 0.2
    assert fresh.below_floor < 0.5
    assert fresh.scenarios == 40


def test_plan_on_sampled_scenarios_is_tried_on_fresh_ones(tmp_path: Path) -> None:
    case = read_case(stochastic_case().write(tmp_path / "case"))
    projection = project(case, "county", 4)
    plans = [optimise(projection, 1, scenarios=30, seed=3) for _ in range(2)]
    for plan in plans:
        assert plan.status == "certified"
        assert plan.policy.floor == "cvar"
        assert plan.reduced_to == 12
        assert plan.in_sample is not None
        assert plan.out_of_sample is not None
        assert plan.in_sample.scenarios == plan.out_of_sample.scenarios == 30
        assert plan.in_sample != plan.out_of_sample
    assert plans[0].record() == plans[1].record()
    central = optimise(projection, 1)
    assert plans[0].terms["burden"] >= central.terms["burden"] - 1e-6  # certainty is cheaper
