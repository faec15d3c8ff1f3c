"""Balances in many scenarios: against the fund table, in blocks, on engines."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.actuarial.risk import required_reserve, ruin_probability
from fundpool.inputs.case import read_case
from fundpool.models.axes.compiling import COMPILING
from fundpool.models.projection.study import Study, study
from fundpool.models.risk.measures import (
    pooling_gain,
    quantile_error,
    reserves_needed,
    risk_table,
    ruin_table,
    without_chance,
)
from fundpool.models.risk.solvency import SolvencyRisk
from fundpool.models.scenarios.engines import Engine, EngineError, Job, engine_for, results
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.pools import NEVER, run_chunk
from fundpool.models.scenarios.run import StochasticRun, run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms
from tests.cases.stochastic import stochastic_case

PLANS = ["county", "city", "province", "county,city@2022,province@2025",
         "county+province:0.05:0.3", "county+province:0.1:0.2,province@2024",
         "county+province:0.1:0.2,city@2022,province@2025",
         "county,county+province:0.05:0.3@2023", "county+province:0.1:0.2:0.6",
         "county+city:0.1:0.2:0.5,city@2023"]  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder: Path = tmp_path_factory.mktemp("stochastic") / "case"
    made = stochastic_case()
    made.settings["pooling"]["moral_hazard"]["values"] = {"city": 0.01, "province": 0.03}
    return study(read_case(made.write(folder)), years=8)


@pytest.fixture(scope="module")
def terms(done: Study) -> ScenarioTerms:
    return scenario_terms(done)


@pytest.fixture(scope="module")
def run(done: Study, terms: ScenarioTerms) -> StochasticRun:
    return run_scenarios(done, PLANS, 300, seed=7, terms=terms)


def _same(one: StochasticRun, other: StochasticRun) -> bool:
    return all(
        np.array_equal(getattr(one.outcomes[key], name), getattr(other.outcomes[key], name))
        for key in one.outcomes
        for name in ("need", "one_year", "horizon", "ruin")
    ) and all(
        np.array_equal(one.outcomes[key].fan.counts, other.outcomes[key].fan.counts)
        and np.array_equal(one.outcomes[key].fan.low, other.outcomes[key].fan.low, equal_nan=True)
        for key in one.outcomes
    )


@pytest.mark.parametrize("plan", PLANS)
def test_without_chance_the_recursion_is_the_fund_table(
    done: Study, run: StochasticRun, plan: str
) -> None:
    still = run_scenarios(done, [plan], 2, 0, terms=without_chance(run))
    funds = done.pooled(plan).funds
    for scheme in ("employee", "resident"):
        outcome = still.outcomes[plan, scheme]
        pools = outcome.pools
        table = funds[(funds["scheme"] == scheme) & ~funds["pool"].str.endswith("adjustment")]
        for p, code in enumerate(pools.codes):
            span = slice(int(pools.first_year[p]), int(pools.last_year[p]) + 1)
            own = table[(table["pool"] == code) & table["year"].isin(still.years[span])]
            balances = own.sort_values("year")["balance"].to_numpy()
            middle = outcome.fan.quantile(0.5)[p, span]
            width = outcome.fan.bin_width[p, span]
            # balances are counted in single precision
            assert (np.abs(middle - balances) <= 1.5 * width + 2e-7 * np.abs(balances)).all()
            ruined = np.flatnonzero(balances < 0)
            expected = span.start + ruined[0] if ruined.size else NEVER
            assert (outcome.ruin[:, p] == expected).all()
            interest = done.flows.paths.interest[span]
            grown = np.cumprod(1.0 + interest)
            opening = own.sort_values("year")["opening_balance"].iloc[0]
            lacking = opening - balances / grown
            np.testing.assert_allclose(outcome.need[:, p], lacking.max(), rtol=1e-9, atol=1e-3)
            np.testing.assert_allclose(outcome.one_year[:, p], lacking[0], rtol=1e-9, atol=1e-3)
            np.testing.assert_allclose(outcome.horizon[:, p], lacking[-1], rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize("plan", PLANS)
def test_without_chance_ruin_is_running_dry(done: Study, run: StochasticRun, plan: str) -> None:
    """The pools of all stages, one that goes on into a later stage once, as in the measures."""
    still = run_scenarios(done, [plan], 2, 0, terms=without_chance(run))
    measures = done.pooled(plan).measures.set_index(["scheme", "pool"])
    risk = risk_table(still, 0.05).set_index(["scheme", "pool"])
    assert sorted(risk.index) == sorted(measures.index)
    both = risk.join(measures.add_suffix("_measured"))
    assert (both["ruin_probability"] == both["exhaustion_year_measured"].notna()).all()
    for name in ("first_year", "last_year"):
        assert (both[name] == both[f"{name}_measured"]).all()
    overview = SolvencyRisk(done, still, still, 0.05).overview.set_index("scheme")
    for scheme, (_, summary) in done.pooled(plan).summaries.items():
        assert overview.loc[scheme, "ruin_share"] == (summary.county_dry != -1).mean()
        assert overview.loc[scheme, "pools"] == len(summary.codes)


def test_measures_are_those_of_the_sampled_paths(
    done: Study, terms: ScenarioTerms, run: StochasticRun
) -> None:
    for plan, scheme in (("county", "employee"), ("province", "resident")):
        paths = sampled_paths(done, plan, scheme, 300, seed=7, terms=terms)
        balance = np.tile(paths.opening_balance, (300, 1))
        bare = np.zeros_like(balance)
        balances, needs = [], []
        grown = np.ones((300, 1))
        for t in range(paths.years.size):
            i = paths.interest[:, t, None]
            flow = paths.income[:, t] + paths.subsidies[:, t] - paths.outgo[:, t]
            balance = balance * (1 + i) + flow * np.sqrt(1 + i)
            bare = bare * (1 + i) + flow * np.sqrt(1 + i)
            grown = grown * (1 + i)
            balances.append(balance)
            needs.append(-bare / grown)
        outcome = run.outcomes[plan, scheme]
        every = np.stack(balances, axis=1)
        np.testing.assert_allclose(outcome.need, np.max(needs, axis=0), rtol=1e-9, atol=1e-3)
        table = ruin_table(run)
        own = table[(table["plan"] == plan) & (table["scheme"] == scheme)]
        for p, code in enumerate(paths.pools):
            mine = own[own["pool"] == code].sort_values("year")["ruin_probability"]
            np.testing.assert_allclose(mine, ruin_probability(every[:, :, p]))
        for level in (0.05, 0.25, 0.5, 0.75, 0.95):
            exact = np.quantile(every, level, axis=0, method="inverted_cdf").T
            fan = outcome.fan
            assert (np.abs(fan.quantile(level) - exact) <= fan.bin_width * 1.001).all()
            assert (fan.bin_width < 0.06 * every.std(axis=0).T).all()


def test_reserves_are_the_actuarial_definition() -> None:
    draw = np.random.default_rng(1)
    outgo = draw.normal(0.1, 1.0, (500, 6))
    need = np.cumsum(outgo, axis=1).max(axis=1)[:, None]
    for probability in (0.01, 0.05, 0.5, 1.0):
        assert reserves_needed(need, probability)[0] == required_reserve(outgo, probability)


def test_the_required_reserve_keeps_its_promise(run: StochasticRun) -> None:
    table = risk_table(run, 0.05)
    for (plan, scheme), outcome in run.outcomes.items():
        own = table[(table["plan"] == plan) & (table["scheme"] == scheme)]
        reserve = own["required_reserve"].to_numpy()
        if plan == "county,county+province:0.05:0.3@2023":  # pools that go on have none
            assert np.isnan(reserve).all()
            continue
        assert ((outcome.need > reserve).mean(axis=0) <= 0.05 + 1e-12).all()
        positive = reserve > 0
        assert ((outcome.need >= reserve).mean(axis=0)[positive] > 0.05).all()
        ruined = (outcome.ruin < NEVER).mean(axis=0)
        np.testing.assert_allclose(own["ruin_probability"], ruined)
        opening = own["opening_balance"].to_numpy()
        known = ~np.isnan(opening)
        np.testing.assert_allclose((outcome.need > opening).mean(axis=0)[known], ruined[known])
        assert (own["tvar_horizon"] >= own["var_horizon"] - 1e-6).all()


@pytest.mark.parametrize("block", [1, 7, 300])
def test_the_block_changes_nothing(
    done: Study, terms: ScenarioTerms, run: StochasticRun, block: int
) -> None:
    assert _same(run, run_scenarios(done, PLANS, 300, seed=7, terms=terms, block=block))


@pytest.mark.skipif(not COMPILING, reason="nothing is compiled")
def test_another_number_of_plans_compiles_nothing(done: Study, terms: ScenarioTerms) -> None:
    """Nor does it change a plan's scenarios."""
    one = run_scenarios(done, ["city"], 20, terms=terms)
    before = list(run_chunk.signatures)
    both = run_scenarios(done, ["county", "city"], 20, terms=terms)
    assert list(run_chunk.signatures) == before
    for name, outcome in one.outcomes.items():
        np.testing.assert_array_equal(outcome.need, both.outcomes[name].need)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_threads_changes_nothing(
    done: Study, terms: ScenarioTerms, run: StochasticRun, workers: int
) -> None:
    other = run_scenarios(done, PLANS, 300, 7, Engine(workers=workers), terms, block=20)
    assert _same(run, other)


def test_fewer_scenarios_are_the_first_ones(
    done: Study, terms: ScenarioTerms, run: StochasticRun
) -> None:
    few = run_scenarios(done, PLANS, 50, seed=7, terms=terms)
    for key, outcome in few.outcomes.items():
        assert np.array_equal(outcome.need, run.outcomes[key].need[:50])


def test_sobol_scenarios_have_the_same_law(done: Study, run: StochasticRun) -> None:
    own = scenario_terms(done, method="sobol")
    points = run_scenarios(done, ["province"], 512, seed=7, terms=own)
    assert _same(points, run_scenarios(done, ["province"], 512, seed=7, terms=own, block=33))
    pseudo = run.outcomes["province", "employee"].horizon
    mean, spread = pseudo.mean(), pseudo.std()
    other = points.outcomes["province", "employee"].horizon
    assert abs(other.mean() - mean) < 4 * spread / np.sqrt(300)
    assert other.std() == pytest.approx(spread, rel=0.2)
    table = risk_table(points, 0.05)
    assert (table["var_horizon_error"] > 0).all()


def test_processes_give_the_same_bits(
    done: Study, terms: ScenarioTerms, run: StochasticRun
) -> None:
    other = run_scenarios(done, PLANS, 300, 7, Engine("processes", workers=2), terms, block=60)
    assert _same(run, other)


def _die_once(shared: str, task: int) -> int:
    """The third task kills its own worker the first time it is tried."""
    mark = Path(shared)
    if task == 3 and not mark.exists():
        mark.touch()
        os._exit(9)
    return task * task


def test_a_killed_process_costs_time_only(tmp_path: Path) -> None:
    job = Job(_die_once, str(tmp_path / "mark"), list(range(12)))
    assert list(results(job, Engine("processes", workers=2))) == [k * k for k in range(12)]
    assert (tmp_path / "mark").exists(), "the worker should have been killed"


def _die_always(_shared: None, _task: int) -> int:
    os._exit(9)
    return 0


def test_workers_that_keep_dying_are_reported() -> None:
    with pytest.raises(EngineError, match="workers died"):
        list(results(Job(_die_always, None, [1]), Engine("processes", workers=1)))


def test_engines_are_read_from_text() -> None:
    assert engine_for("dask=tcp://127.0.0.1:8786").address == "tcp://127.0.0.1:8786"
    for wrong in ("spark", "dask=", "local=here"):
        with pytest.raises(EngineError):
            engine_for(wrong)
    with pytest.raises(EngineError, match="worker"):
        Engine(workers=0)


def test_errors_cover_the_spread_of_repeated_runs(done: Study, terms: ScenarioTerms) -> None:
    estimates, errors = [], []
    for seed in range(30):
        outcome = run_scenarios(done, ["city"], 200, seed, terms=terms).outcomes["city", "employee"]
        estimates.append(np.quantile(outcome.need, 0.9, axis=0, method="inverted_cdf"))
        errors.append(quantile_error(outcome.need, 0.9))
    ratio = np.std(estimates, axis=0) / np.mean(errors, axis=0)
    assert (ratio > 0.6).all()
    assert (ratio < 1.6).all()


def test_pooling_gain_adds_up(done: Study, terms: ScenarioTerms) -> None:
    plans = ["county", "province", "county,province@2024"]
    loud = run_scenarios(done, plans, 400, 3, terms=terms)
    quiet = run_scenarios(done, plans, 400, 3, terms=terms.without_noise())
    table = pooling_gain(done, loud, quiet, 0.05).table
    assert set(table["plan"]) == {"county", "province"}
    parts = table["levelling"] + table["systematic"] + table["noise"]
    np.testing.assert_allclose(parts, table["gain"], atol=1e-6)
    for scheme, own in table.groupby("scheme"):
        total = own.set_index("plan")["required_reserve"]
        gain = own.set_index("plan")["gain"]
        assert gain["province"] == pytest.approx(total["county"] - total["province"]), scheme
    assert isinstance(table, pd.DataFrame)


def test_bad_requests_are_refused(done: Study, terms: ScenarioTerms) -> None:
    with pytest.raises(ValueError, match="two scenarios"):
        run_scenarios(done, ["county"], 1, terms=terms)
    with pytest.raises(ValueError, match="seed"):
        run_scenarios(done, ["county"], 10, seed=-1, terms=terms)
    with pytest.raises(ValueError, match="method"):
        scenario_terms(done, method="halton")
