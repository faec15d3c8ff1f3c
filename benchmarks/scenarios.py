"""Scenarios of the province: against drawing alone, against plain pandas and a per-cell framework.

The same fund everywhere: 95 county pools of one scheme, 30 years, ``B[t] = B[t-1] (1+i) + flow
(1+i)^0.5`` on flows that differ by scenario.
"""

import time
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

import fundpool
from benchmarks.memory import peak_memory
from benchmarks.table import Row
from benchmarks.timing import best_in_turn
from fundpool.models.analysis.what_if import PoolLevers, WhatIf
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.draws import NOISE_STREAM, Stream
from fundpool.models.scenarios.engines import Engine
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms

YEARS, SCENARIOS, LEVELS = 30, 10_000, ["county", "city", "province"]
GIB = 2.0**30


@cache
def _ready() -> tuple[Study, ScenarioTerms]:
    done = study(fundpool.read_case("jiangsu"), YEARS)
    return done, scenario_terms(done)


def draw_only(scenarios: int, terms: ScenarioTerms) -> None:
    """Nothing but the normals of the claims, each scenario from its own place of the stream."""
    schemes, years, counties = terms.shape
    stream, out = Stream(1, NOISE_STREAM), np.empty((years, schemes, counties))
    for number in range(scenarios):
        stream.at(number).standard_normal(out=out)


def in_pandas(paths: PoolPaths) -> float:
    """Balances of every scenario and pool with a row a scenario, pool and year."""
    scenarios, years, pools = paths.income.shape
    index = pd.MultiIndex.from_product(
        [range(scenarios), range(pools), range(years)], names=["scenario", "pool", "year"]
    )
    flow = (paths.income + paths.subsidies - paths.outgo).transpose(0, 2, 1)
    frame = pd.DataFrame({"flow": flow.ravel()}, index=index)
    frame["interest"] = np.repeat(paths.interest[:, None], pools, axis=1).ravel()

    def run(table: pd.DataFrame) -> float:
        balance = 0.0
        for money, rate in zip(table["flow"], table["interest"], strict=True):
            balance = balance * (1 + rate) + money * (1 + rate) ** 0.5
        return balance

    return float(frame.groupby(["scenario", "pool"]).apply(run).sum())


def in_modelx(paths: PoolPaths) -> float:
    """The same as a formula a cell, in the modelx framework."""
    import modelx

    scenarios, _, pools = paths.income.shape
    model = modelx.new_model()
    space = model.new_space("Fund")
    space.flow = paths.income + paths.subsidies - paths.outgo
    space.rate = paths.interest

    def balance(s, p, t):  # type: ignore[no-untyped-def]
        if t < 0:
            return 0.0
        grown = 1 + rate[s, t]  # type: ignore[name-defined]  # noqa: F821
        return balance(s, p, t - 1) * grown + flow[s, t, p] * grown**0.5  # type: ignore  # noqa: F821

    space.new_cells("balance", formula=balance)
    last = paths.years.size - 1
    total = 0.0
    for s in range(scenarios):
        for p in range(pools):
            total += space.balance(s, p, last)
    model.close()
    return total


def measure() -> list[Row]:
    """Seconds, memory, shares and ratios."""
    done, terms = _ready()
    run_scenarios(done, LEVELS, 64, 1, Engine(workers=1), terms)
    draw_only(64, terms)
    best = best_in_turn(
        {
            "one plan": lambda: run_scenarios(done, ["county"], 2_000, 1, Engine(workers=1), terms),
            "three plans": lambda: run_scenarios(done, LEVELS, 2_000, 1, Engine(workers=1), terms),
            "two threads": lambda: run_scenarios(done, LEVELS, 2_000, 1, Engine(workers=2), terms),
            "draw": lambda: draw_only(2_128, terms),  # with the pilot
        },
        rounds=5,
    )
    begin = time.perf_counter()
    run_scenarios(done, LEVELS, SCENARIOS, 1, Engine(), terms)
    whole = time.perf_counter() - begin
    peak = peak_memory()
    few = sampled_paths(done, "county", "employee", 10, 1, terms=terms)
    peers = best_in_turn(
        {"pandas": lambda: in_pandas(few), "modelx": lambda: in_modelx(few)}, rounds=2
    )
    many = WhatIf([sampled_paths(done, "county", "employee", SCENARIOS, 1, terms=terms)])
    many.closing(PoolLevers(), int(done.flows.years[-1]))
    room = many.balances(PoolLevers())
    asks = best_in_turn(
        {
            "closing": lambda: many.closing(PoolLevers(added_rate=0.01), int(done.flows.years[-1])),
            "balances": lambda: many.balances(PoolLevers(added_rate=0.01), out=room),
        },
        rounds=5,
    )
    ours = asks["balances"] * few.income.size / many.paths[0].income.size  # the same cells
    cells = YEARS * 95 * 2 * SCENARIOS
    factor = sobol_factor(done)
    return [
        Row("scenarios: province, 10,000 x 30 years x 2 schemes, three plans", whole, "s", 10.0,
            "at most"),
        Row("scenarios: the same, cells a second", cells / whole, "1/s"),
        Row("scenarios: most memory so far in this process", peak / GIB, "GiB", 1.0, "at most"),
        Row("scenarios: drawing alone over all, one plan", best["draw"] / best["one plan"], "",
            0.75),
        Row("scenarios: drawing alone over all, three plans", best["draw"] / best["three plans"]),
        Row("scenarios: one thread over two", best["three plans"] / best["two threads"], "times"),
        Row("scenarios: error of pseudo-random over Sobol, 1,024 scenarios", factor, "times"),
        Row("balances: plain pandas over compiled, a cell", peers["pandas"] / ours, "times"),
        Row("balances: modelx over compiled, a cell", peers["modelx"] / ours, "times"),
        Row("what-if: one year, 95 counties x 10,000 scenarios", asks["closing"] * 1e3, "ms", 50.0,
            "at most"),
        Row("what-if: all 30 years, one year after another", asks["balances"] * 1e3, "ms", 50.0,
            "at most"),
    ]  # fmt: skip


def sobol_factor(done: Study) -> float:
    """Error of the mean horizon deficit of the province's fund, pseudo-random over Sobol."""
    _, loud = _ready()
    pseudo = loud.without_noise()
    pseudo = replace(pseudo, model=replace(pseudo.model, events=()))
    sobol = replace(pseudo, model=replace(pseudo.model, method="sobol"))
    key = ("province", "employee")

    def mean(terms: ScenarioTerms, scenarios: int, seed: int) -> float:
        run = run_scenarios(done, ["province"], scenarios, seed, Engine(), terms)
        return float(run.outcomes[key].horizon.mean())

    exact = mean(sobol, 2**15, 99)
    errors = {
        name: np.sqrt(np.mean([(mean(terms, 1024, seed) - exact) ** 2 for seed in range(8)]))
        for name, terms in (("pseudo", pseudo), ("sobol", sobol))
    }
    return float(errors["pseudo"] / errors["sobol"])
