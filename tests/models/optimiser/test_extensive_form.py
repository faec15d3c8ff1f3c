"""The extensive form of a limit on ruin: solved by hand, and beside the safe plan."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.ruin.flows import ScenarioFlows, scenario_balance
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.ruin.planning import safe_plan
from fundpool.models.optimiser.stages import Outcome, optimised
from tests.cases.pool_flows import pool_flows
from validation.extensive import extensive, least_balance

AIMS = Aims(burden=1.0, unevenness=0.5, movement=0.1, swaps=0.01)
CHEAPEST = Aims(burden=1.0, unevenness=0.0, movement=0.0, swaps=0.0)


def scenario_flows(outgo: np.ndarray, interest: float = 0.0) -> ScenarioFlows:
    return ScenarioFlows(np.full(outgo.shape, 1000.0), outgo, outgo,
                         np.full(outgo.shape[:2], interest))  # fmt: skip


def test_one_of_twenty_scenarios_may_be_given_up() -> None:
    """Costs of 80, 81, ..., 99 of a base of 1,000: the worst is given up, 98 must be there."""
    fund = fund_problem(
        pool_flows([[80.0]], 1000.0, 100.0, [0.0]), Policy(reserve_months=0.0, swaps=False)
    )
    flows = scenario_flows(80.0 + np.arange(20.0)[:, None, None])
    form = extensive(fund, flows, 0.05, CHEAPEST)
    assert form.status == "optimal"
    assert form.bound == pytest.approx(0.98, abs=1e-9)
    assert extensive(fund, flows, 0.049, CHEAPEST).bound == pytest.approx(0.99, abs=1e-9)


def _instance() -> tuple[FundProblem, ScenarioFlows]:
    random = np.random.default_rng(3)
    outgo = np.array([[90.0, 105.0], [95.0, 110.0], [99.0, 118.0]])
    policy = Policy(reserve_months=0.0, rate_least=0.8, rate_most=2.0, levy_ceiling=0.1,
                    own_responsibility=0.2, yearly_change=0.2)  # fmt: skip
    fund = fund_problem(pool_flows(outgo, 1000.0, 100.0, [10.0, 10.0], 0.02), policy)
    return fund, scenario_flows(outgo * np.exp(random.normal(0.0, 0.05, (20, 3, 2))), 0.02)


def test_the_safe_plan_is_near_the_extensive_form() -> None:
    fund, flows = _instance()

    def solve(limits: Policy, may_miss: bool) -> tuple[Outcome, ...]:
        return (optimised([fund_problem(fund.paths, limits)], AIMS, may_miss=may_miss),)

    limit = RuinLimit(0.05, int(fund.paths.years[-1]))
    schemes = {"employee": flows}
    plan = safe_plan(solve, schemes, lambda _: iter([schemes]), limit, fund.policy)
    assert plan.probability.safe
    form = extensive(fund, flows, limit.most, AIMS)
    assert form.status == "optimal"
    ratio = plan.outcomes[0].certificate.objective / form.bound
    assert 1.0 - 1e-9 <= ratio < 1.02
    without = optimised([fund], AIMS).certificate.objective
    assert without <= extensive(fund, flows, limit.most, AIMS, whole=False).bound <= form.bound
    assert form.bound > 1.01 * without


def test_no_balance_lies_below_what_is_taken_for_the_least() -> None:
    fund, flows = _instance()
    least = least_balance(fund, flows)
    plan = optimised([replace(fund, floor=fund.floor)], AIMS).decisions[0]
    balance = scenario_balance(fund, plan, flows)
    assert (balance >= least - 1e-9).all()
    assert (balance - least).min() < 15.0
