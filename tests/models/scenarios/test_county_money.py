"""Scenarios kept by county against scenarios drawn pool by pool."""

import numpy as np
import pytest

from fundpool.models.analysis.what_if import PoolLevers, WhatIf
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers
from fundpool.models.funds.pool_money import pool_factors
from fundpool.models.funds.recursion import pool_run, scheme_run
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.county_money import county_chance
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms

SCENARIOS, SEED = 7, 3


@pytest.fixture(scope="module")
def terms(jiangsu_study: Study) -> ScenarioTerms:
    return scenario_terms(jiangsu_study)


@pytest.mark.parametrize("plan", ["county", "city", "province"])
def test_balances_are_those_of_sampled_pools(
    jiangsu_study: Study, terms: ScenarioTerms, plan: str
) -> None:
    case, flows = jiangsu_study.case, jiangsu_study.flows
    progress: list[int] = []
    chances = county_chance(case, terms, SCENARIOS, SEED, progress.append)
    for scheme in ("employee", "resident"):
        laid = layout(case, plan_for(case, plan), scheme, flows.years[1:])
        factors = pool_factors(case, flows, laid, chances[scheme])
        run, _ = pool_run(case, flows, laid, factors)
        paths = sampled_paths(jiangsu_study, plan, scheme, SCENARIOS, SEED, terms=terms)
        expected = WhatIf([paths]).balances(PoolLevers())
        # money is kept in single precision
        scale = np.abs(expected).max(axis=(0, 1))
        assert (np.abs(run.balance[1:] - expected) / scale).max() < 1e-5
        assert run.balance[1:].std(axis=0).min() > 0
        # a lever moves every scenario by the same factor
        moved, _ = pool_run(
            case, with_levers(case, flows, FlowLevers(interest=0.01)), laid, factors
        )
        shifted = WhatIf([paths]).balances(PoolLevers(interest=0.01))
        assert (np.abs(moved.balance[1:] - shifted) / scale).max() < 1e-5


def test_an_adjustment_fund_in_scenarios_loses_no_money(
    jiangsu_study: Study, terms: ScenarioTerms
) -> None:
    case, flows = jiangsu_study.case, jiangsu_study.flows
    chance = county_chance(case, terms, SCENARIOS, SEED)["employee"]
    apart, plan = plan_for(case, "city"), plan_for(case, "city+province:0.08:0.2")
    laid = layout(case, plan, "employee", flows.years[1:])
    factors = pool_factors(case, flows, laid, chance)
    with_fund = scheme_run(case, flows, plan, "employee", factors)
    without = scheme_run(case, flows, apart, "employee", factors)
    held = with_fund.balance.sum(axis=2) + with_fund.hub
    np.testing.assert_allclose(held, without.balance.sum(axis=2), rtol=1e-9)
    assert np.abs(with_fund.balance - without.balance).max() > 1e6
