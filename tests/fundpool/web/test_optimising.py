"""Optimised rates and swaps on the page against the plan they come from."""

import re
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.optimiser.choices import Choices
from fundpool.models.optimiser.planning import optimise
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection, project
from fundpool.usual_ruin import usual_limit
from fundpool.web.requests.plan import Optimised
from fundpool.web.work.optimising import Optimum, frontier_points, optima, rules_of


@pytest.fixture(scope="module")
def projection(case_folder: Path) -> Projection:
    return project(read_case(case_folder), "county", years=6)


def quiet(_done: float, _words: str) -> None:
    """Progress that nobody reads."""


def optimum(projection: Projection, scheme: str, asked: Optimised) -> Optimum:
    return optima(projection, scheme, asked, quiet)[scheme]


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_balances_of_the_page_are_those_of_the_plan(projection: Projection, scheme: str) -> None:
    asked = Optimised(months=2.0, one_path=True)
    found = optimum(projection, scheme, asked)
    assert found.record["status"] == "certified"
    policy, aims = rules_of(projection, asked)
    plan = optimise(projection, choices=Choices(policy, aims, (scheme,)))
    case = projection.case
    run = scheme_run(
        case, projection.flows, plan_for(case, "county"), scheme, rate_plan=found.rate_plan
    )
    for place, pool in enumerate(run.layout.codes):
        own = plan.reserves[plan.reserves["pool"] == pool]
        np.testing.assert_allclose(run.balance[0, :, place], own["balance"], rtol=1e-6, atol=1.0)
        held = run.reserve_months[:, place]
        np.testing.assert_allclose(held, own["reserve_months"], rtol=1e-6, atol=1e-6)
    assert run.reserve_months.min() >= 2.0 - 1e-6
    # what pools pay and receive, and what the hub holds, add up
    assert run.hub[0].min() >= -1.0


def test_a_plan_is_safe_unless_the_one_path_is_asked_for(projection: Projection) -> None:
    """All schemes at once, with the probabilities of the command's own plan."""
    asked = Optimised(months=2.0)
    found = optima(projection, "resident", asked, quiet, 500)
    policy, aims = rules_of(projection, asked)
    limit = usual_limit(projection.case, 6)
    plan = optimise(projection, scenarios=500, choices=Choices(policy, aims), ruin=limit)
    assert plan.probability is not None
    assert list(found) == [fund.paths.scheme for fund, _, _ in plan.schemes]
    for fund, decision, _ in plan.schemes:
        made = found[fund.paths.scheme]
        np.testing.assert_allclose(
            made.rate_plan.rates, decision.rates[:, fund.group], rtol=0.0, atol=1e-12
        )
        chance = made.record["probability"]
        shares = [one for one in plan.probability.funds if one.scheme == fund.paths.scheme]
        assert chance["in_sample"] == max(one.in_sample for one in shares)
        assert chance["out_of_sample"] == max(one.out_of_sample for one in shares)
        assert (chance["scenarios_in_sample"], chance["scenarios"]) == (500, 500)
        assert made.record["status"] == plan.status
        assert str(made.record["safety"]) == str(plan.probability.sentence)
    on_one_path = optimum(projection, "resident", Optimised(months=2.0, one_path=True))
    assert on_one_path.record["probability"] is None
    assert "not computed" in on_one_path.record["safety"]


def test_a_point_of_the_frontier_is_solved_again(projection: Projection) -> None:
    points = frontier_points(projection, "employee", Optimised(months=1.0), 3, quiet)
    for point in points:
        asked = Optimised(
            months=1.0, burden_ceiling=point["burden_ceiling"], swap_ceiling=point["swap_ceiling"]
        )
        found = optimum(projection, "employee", asked)
        assert found.record["status"] == "certified"
        assert found.record["mean_after"] == pytest.approx(point["mean_rate"], rel=1e-6)


def test_unevenness_on_the_frontier_is_that_of_its_rates(projection: Projection) -> None:
    """A share of the rate in force: distance of the highest rate from the lowest, year by year."""
    swaps = Optimised(months=1.0)
    points = frontier_points(projection, "employee", swaps, 3, quiet)
    policy, _ = rules_of(projection, swaps)
    reference = fund_problem(
        central_paths(projection, "employee"), policy, projection.case.regions
    ).reference
    for point in points:
        ceilings = {name: point[name] for name in ("burden_ceiling", "swap_ceiling")}
        found = optimum(projection, "employee", Optimised(months=1.0, **ceilings))
        rates = found.rate_plan.rates
        ranges = rates.max(axis=1) - rates.min(axis=1)
        assert point["unevenness"] == pytest.approx(ranges.mean() / reference, abs=1e-6)
        assert ranges.max() <= found.record["most"] - found.record["least"] + 1e-12


def test_months_out_of_reach_are_told(projection: Projection) -> None:
    found = optimum(projection, "employee", Optimised(months=60.0, swaps=False, one_path=True))
    assert found.record["status"] in ("certified", "shortfall")
    if found.record["status"] == "shortfall":
        assert found.record["obstacle"]


def test_sentences_on_a_plan_come_in_both_languages(projection: Projection) -> None:
    """As many of each, the same figures, and no English word in Chinese but names of the case."""
    found = optimum(projection, "employee", Optimised(months=3.0, one_path=True))
    record = found.record
    assert record["shadow_prices"]
    for part in ("obstacle", "shadow_prices"):
        assert len(record[f"{part}_local"]) == len(record[part])
        for english, chinese in zip(record[part], record[f"{part}_local"], strict=True):
            assert "the plan" in english or "floor" in english or "limit" in english
            assert not re.search("the plan|floor|limit|rate", chinese), chinese
            assert re.findall(r"\d+\.\d{2,}", english) == re.findall(r"\d+\.\d{2,}", chinese)
