"""Scenarios around mergers of pools and of schemes: where nothing varies, the fund table itself."""

import numpy as np
import pytest

from fundpool.models.funds.pool_money import pool_factors
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import Study, study
from fundpool.models.risk.solvency import solvency_risk
from fundpool.models.scenarios.county_money import county_chance
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms
from tests.cases.policies import SOURCE, case_with, policy, policy_case
from tests.cases.small import given
from tests.cases.stochastic import still_section

YEARS, SCENARIOS = 5, 3
STATUSES = ["home_resident", "local_resident"]
PLANS = (
    "county,city@2023,province@2025",
    "county,province@2024",
    "county+province:0.1:0.2:0.5,province@2024",
    "county+city:0.1:1,province@2023",
)
MERGERS = {"pools": [], "schemes": [("rural", "resident", 2023)],
           "chain": [("rural", "resident", 2023), ("resident", "employee", 2023)]}  # fmt: skip


@pytest.fixture(scope="module", params=list(MERGERS))
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Pooling raises claims and slackens collection; claims are paid up to two years late."""
    made = policy_case()
    made.settings["scenarios"] = still_section()
    made.tables["demography"]["rural_share"] = 0.5
    pooling = made.settings["pooling"]
    pooling["moral_hazard"]["values"] = {"city": 0.1, "province": 0.5}
    pooling["collection_effort"] = {"values": {"city": -0.02, "province": -0.1}, **SOURCE}
    for scheme in made.schemes.values():
        scheme["settlement"]["lag"]["values"] |= {"direct": [0.6, 0.3, 0.1]}
        scheme["rules"]["administration"] = given(0.05)
    mergers = [
        {"scheme": scheme, "into": into, "year": year, **SOURCE}
        for scheme, into, year in MERGERS[request.param]
    ]
    changes = policy(
        add_schemes=["rural"], case={"mergers": mergers},
        schemes={"resident": {"statuses_paying": STATUSES, "statuses_covered": STATUSES}},
    )  # fmt: skip
    return study(case_with(tmp_path_factory.mktemp("mergers"), changes, made), YEARS)


@pytest.fixture(scope="module")
def terms(done: Study) -> ScenarioTerms:
    return scenario_terms(done).without_noise()


@pytest.mark.parametrize("plan", PLANS)
def test_the_pages_fans_are_the_fund_table(done: Study, terms: ScenarioTerms, plan: str) -> None:
    """Every balance of every scenario, and reserve months, in every year; money is single."""
    case, flows, pooling = done.case, done.flows, plan_for(done.case, plan)
    chances = county_chance(case, terms, SCENARIOS, 1)
    funds = done.pooled(plan).funds
    for scheme in (scheme.name for scheme in case.schemes):
        laid = layout(case, pooling, scheme, flows.years[1:])
        factors = pool_factors(case, flows, laid, chances[scheme])
        run = scheme_run(case, flows, pooling, scheme, factors)
        table = funds[funds["scheme"] == scheme].set_index(["year", "pool"])
        for t, year in enumerate(run.years):
            here = laid.in_force(t)
            own = table.loc[int(year)].loc[list(laid.codes[here])]
            balance = own["balance"].to_numpy()
            size = 1e-6 * np.abs(funds["balance"]).max()
            assert np.abs(run.balance[:, t, here] - balance).max() < size, (scheme, year)
            months = own["reserve_months"].to_numpy()
            assert run.reserve_months[t, here] == pytest.approx(months, nan_ok=True)
        held = funds[funds["scheme"] == scheme].groupby("year")["balance"].sum().to_numpy()
        assert np.abs(np.median(run.total[1:], axis=0) - held).max() < size


@pytest.mark.parametrize("plan", PLANS)
def test_the_reports_fans_are_the_fund_table(done: Study, terms: ScenarioTerms, plan: str) -> None:
    """Scenarios follow mergers of pools; each runs a scheme by itself, so not those of schemes."""
    if done.case.settings.mergers:
        for refused in (
            lambda: solvency_risk(done, [plan], SCENARIOS),
            lambda: run_scenarios(done, [plan], SCENARIOS, terms=terms),
            lambda: sampled_paths(done, "county", "resident", SCENARIOS, 1, terms=terms),
        ):
            with pytest.raises(ValueError, match="scenarios cannot follow schemes that merge"):
                refused()
        return
    drawn = run_scenarios(done, [plan], SCENARIOS, terms=terms)
    funds = done.pooled(plan).funds
    for scheme in ("employee", "resident", "rural"):
        outcome = drawn.outcomes[plan, scheme]
        own = funds[funds["scheme"] == scheme].set_index(["pool", "year"])["balance"]
        middle, width = outcome.fan.quantile(0.5), outcome.fan.bin_width
        for number, code in enumerate(outcome.pools.codes):
            for t in np.flatnonzero(~np.isnan(outcome.fan.low[number])):
                balance = own[code, int(drawn.years[t])]
                near = 1.5 * width[number, t] + 2e-7 * abs(balance)
                assert abs(middle[number, t] - balance) <= near, (code, t)
