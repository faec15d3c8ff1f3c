"""Plans whose probability of a balance below zero is limited."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fundpool.inputs.case import read_case
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser import optimise
from fundpool.models.optimiser.explain.prices import obstacle
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.problem.scenarios import chosen_scenarios
from fundpool.models.optimiser.ruin.flows import ScenarioFlows
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.ruin.margins import Margin
from fundpool.models.optimiser.ruin.planning import SafePlan, safe_plan
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.projection.study import Projection, project
from tests.cases.pool_flows import pool_flows
from tests.cases.stochastic import stochastic_case

CHEAPEST = Aims(order=("burden", "movement"))
Z95 = 1.6448536269514722
"""0.95 quantile of the standard normal distribution."""


def normal(years: int = 1, pools: int = 1, count: int = 4000, seed: int = 1) -> PoolPaths:
    """Outgo of 100 a year with independent normal deviations of standard deviation 10."""
    random = np.random.default_rng(seed)
    outgo = 100.0 + 10.0 * random.standard_normal((count, years, pools))
    return pool_flows(outgo, 1000.0, 100.0, np.zeros(pools))


def central(years: int = 1, pools: int = 1) -> PoolPaths:
    return pool_flows(np.full((years, pools), 100.0), 1000.0, 100.0, np.zeros(pools))


def planned(
    within: PoolPaths,
    fresh: PoolPaths,
    limit: RuinLimit,
    policy: Policy,
) -> SafePlan:
    flows = {"employee": ScenarioFlows.of(within)}

    def solve(changed: Policy, may_miss: bool) -> tuple[Outcome, ...]:
        path = central(within.outgo.shape[1], within.outgo.shape[2])
        return (optimised([fund_problem(path, changed)], CHEAPEST, may_miss=may_miss),)

    def blocks(_: int) -> Iterator[Mapping[str, ScenarioFlows]]:
        yield {"employee": ScenarioFlows.of(fresh)}

    return safe_plan(solve, flows, blocks, limit, policy)


def plain(**changes: float | bool) -> Policy:
    return Policy(**({"reserve_months": 0.0, "swaps": False} | changes))  # type: ignore[arg-type]


def test_one_fund_in_one_year_needs_the_normal_quantile() -> None:
    # exact quantiles in place of draws: rate * 1000 - 100 must be z * 10
    from scipy.stats import norm

    outgo = 100.0 + 10.0 * norm.ppf((np.arange(4000) + 0.5) / 4000)
    paths = pool_flows(outgo[:, None, None], 1000.0, 100.0, [0.0])
    found = planned(paths, paths, RuinLimit(0.05, 2021, False), plain())
    rate = found.outcomes[0].decisions[0].rates[0, 0]
    assert rate * 1000.0 - 100.0 == pytest.approx(Z95 * 10.0, rel=2e-3)
    assert found.probability.in_sample == pytest.approx(0.05, abs=1e-12)
    assert found.probability.safe


def test_even_odds_ask_for_no_margin() -> None:
    found = planned(normal(), normal(seed=2), RuinLimit(0.5, 2021, False), plain())
    rate = found.outcomes[0].decisions[0].rates[0, 0]
    assert rate * 1000.0 == pytest.approx(100.0, abs=0.5)


def test_probability_holds_in_sample_and_on_fresh_scenarios() -> None:
    limit = RuinLimit(0.1, 2025, False)
    found = planned(normal(5, 3), normal(5, 3, 10_000, 2), limit, plain())
    assert found.probability.in_sample <= 0.1
    error = np.sqrt(0.1 * 0.9 / 10_000)
    assert found.probability.out_of_sample <= 0.1 + 3 * error
    assert found.probability.out_of_sample >= 0.1 - 5 * error  # not safer than asked for, either
    assert found.outcomes[0].certificate.certified
    # counted once more by a recursion that shares nothing
    rates = found.outcomes[0].decisions[0].rates
    balance = (rates * 1000.0 - normal(5, 3).outgo).cumsum(axis=1)
    assert_allclose(
        [fund.in_sample for fund in found.probability.funds],
        (balance < -1e-4).any(axis=1).mean(axis=0), atol=1e-12,
    )  # fmt: skip


def test_any_fund_is_stricter_than_each() -> None:
    within, fresh = normal(3, 4), normal(3, 4, 10_000, 2)
    each, any_fund = (
        planned(within, fresh, RuinLimit(0.1, 2023, joint), plain()) for joint in (False, True)
    )
    assert any_fund.probability.in_sample <= 0.1
    assert max(f.in_sample for f in any_fund.probability.funds) < 0.05
    assert any_fund.outcomes[0].terms["burden"] > each.outcomes[0].terms["burden"] + 1e-3


def test_years_after_the_last_one_do_not_count() -> None:
    within, fresh = normal(6), normal(6, 1, 10_000, 2)
    short, long = (
        planned(within, fresh, RuinLimit(0.05, year, False), plain()) for year in (2022, 2026)
    )
    assert short.probability.safe
    margins = np.array(short.policy.margins[0].money)
    assert margins.shape == (2, 1)
    assert (margins > 0.0).all()
    assert (short.outcomes[0].model.funds[0].floor[0, 2:] == 0.0).all()
    assert short.outcomes[0].terms["burden"] < long.outcomes[0].terms["burden"] - 1e-4


def test_rates_that_cannot_carry_the_margin_are_said_to_be_unsafe() -> None:
    found = planned(normal(2), normal(2, seed=2), RuinLimit(0.05, 2022, False),
                    plain(rate_most=1.05))  # fmt: skip
    assert not found.probability.safe
    assert found.probability.in_sample > 0.05
    assert "0.05" in found.probability.sentence or "5 %" in found.probability.sentence


def test_where_no_plan_is_safe_the_nearest_is_given_with_what_stands_in_the_way() -> None:
    # 16.4 more would do in the first year, 1.645 deviations of 10; the rate may bring in 8 more
    limits = plain(yearly_change=0.08)
    within, limit = normal(2), RuinLimit(0.05, 2022, False)
    found = planned(within, normal(2, seed=2), limit, limits)
    assert not found.probability.safe
    assert not found.outcomes[0].model.elastic  # floors that can be kept are kept
    assert found.outcomes[0].certificate.certified
    start = planned(within, within, RuinLimit(0.99, 2022, False), limits)
    assert found.probability.in_sample < start.probability.in_sample - 0.1
    assert 0.104 < found.outcomes[0].decisions[0].rates[0, 0] <= 0.108 + 1e-12
    plan = Plan(found.policy, CHEAPEST, found.outcomes, probability=found.probability,
                beyond=found.beyond)  # fmt: skip
    assert plan.status == "unsafe"
    [remedy] = obstacle(plan).remedies
    assert "not 8 %" in remedy


def test_optimism_of_a_small_sample_is_taken_back() -> None:
    found = planned(normal(4, 1, 60, 5), normal(4, 1, 10_000, 6), RuinLimit(0.05, 2024, False),
                    plain())  # fmt: skip
    error = np.sqrt(0.05 * 0.95 / 10_000)
    assert found.probability.out_of_sample <= 0.05 + 2 * error
    assert found.probability.safe


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_fresh_scenarios_keep_the_limit_itself(seed: int) -> None:
    # 300 scenarios leave the share of each of 6 funds uncertain by more than a percentage point
    found = planned(normal(3, 6, 300, seed), normal(3, 6, 10_000, 10 + seed),
                    RuinLimit(0.05, 2023, False), plain())  # fmt: skip
    assert 0.03 < found.probability.out_of_sample <= 0.05
    assert found.probability.safe


def test_certificate_sees_a_margin_that_the_program_lacks() -> None:
    margin = (Margin("employee", ((20.0,),)),)
    limits = plain()
    fund = fund_problem(central(), replace(limits, margins=margin))
    assert fund.floor[0, 0, 0] == pytest.approx(20.0)
    lax = replace(fund, floor=np.zeros_like(fund.floor))
    outcome = optimised([lax], CHEAPEST)
    assert outcome.certificate.violations["reserve floor"] == pytest.approx(0.2)
    strict = replace(fund, floor=fund.floor + 5.0)
    assert not optimised([strict], CHEAPEST).certificate.certified


@pytest.fixture(scope="module")
def projection(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    case = read_case(stochastic_case().write(tmp_path_factory.mktemp("ruin") / "case"))
    return project(case, "county", 5)


def test_a_projection_gives_a_safe_plan_with_what_regions_make_of_it(
    projection: Projection,
) -> None:
    last = int(projection.years[3])
    plan = optimise(projection, scenarios=400, seed=3, ruin=RuinLimit(0.1, last))
    assert plan.status == "certified"
    record = plan.record()
    assert record["probability"]["in_sample"] <= 0.1  # type: ignore[index]
    assert record["probability"]["scenarios"] == 400  # type: ignore[index]
    assert set(record["acceptability"]) >= {  # type: ignore[call-overload]
        "worse_off", "poor_to_rich", "blocking_coalition",
    }  # fmt: skip
    again = optimise(projection, scenarios=400, seed=3, ruin=RuinLimit(0.1, last))
    assert again.record() == record
    every = optimise(projection, scenarios=400, seed=3, ruin=RuinLimit(0.1, last, joint=True))
    assert every.terms["burden"] > plan.terms["burden"]


@pytest.mark.parametrize("most", [0.0, 1.0, math.nan])
def test_a_limit_that_is_no_probability_is_refused(most: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        RuinLimit(most, 2030)


def test_a_limit_to_a_year_that_is_not_projected_is_refused(projection: Projection) -> None:
    with pytest.raises(ValueError, match="1999"):
        optimise(projection, scenarios=10, ruin=RuinLimit(0.1, 1999))


def test_fixed_flows_are_those_of_the_scenarios() -> None:
    paths = normal(3, 2, 5)
    flows = ScenarioFlows.of(chosen_scenarios(paths, np.array([1, 4])), 2)
    assert flows.base.shape == (2, 2, 2)
    assert_allclose(flows.net_outgo, paths.outgo[[1, 4], :2])
