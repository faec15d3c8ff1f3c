"""Rates and swaps: time, also as a multiple of the raw HiGHS solve of the same matrix.

``python -m benchmarks.optimiser --whole`` measures the nation as one program alone.
"""

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np

import fundpool
from benchmarks.memory import peak_memory
from benchmarks.table import Row, as_text
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.choices import Choices
from fundpool.models.optimiser.limits import Aims, Policy, aims_of, policy_of
from fundpool.models.optimiser.planning import drawn, optimise, solved
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.program.highs import loaded
from fundpool.models.optimiser.program.linear import Arrays
from fundpool.models.optimiser.program.solving import highs_options
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.optimiser.tail.rounds import tail_optimised
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection

YEARS = 30
PROVINCES = 30
SCENARIOS = 100
LIMITED_YEARS = 5


def measure() -> list[Row]:
    """The province, each scheme and on scenarios; a nation of provinces that differ at random."""
    rows: list[Row] = []
    policy, aims, flows = _province()
    for scheme, paths in flows.items():
        seconds, raw, _ = _timed(paths, policy, aims)
        lead = f"plan, {scheme}"
        rows += [
            Row(f"{lead}: build, solve, certificate", seconds, "s", 3.0, "at most"),
            Row(f"{lead}: whole over raw HiGHS", seconds / raw, "times", 1.25, "at most"),
        ]
    began, spent = time.perf_counter(), time.process_time()
    provinces = [fund_problem(paths, policy) for paths in _nation(flows["employee"])]
    outcomes = solved(provinces, aims, Choices(threads=2))
    passed, spent = time.perf_counter() - began, time.process_time() - spent
    certified = sum(outcome.certificate.certified for outcome in outcomes)
    lead = f"plan, nation of {PROVINCES} provinces with a hub each"
    return [
        *rows,
        Row(lead, passed, "s", 60.0, "at most"),
        Row(f"{lead}: processor time", spent, "s"),
        Row("plan, nation: provinces certified", certified, "", float(PROVINCES)),
        Row(f"{lead}: largest gap", max(o.certificate.relative_gap for o in outcomes), "", 1e-6,
            "at most"),
        *measure_sample(),
        *measure_safe(),
        *measure_whole(),
        Row("plan: most memory so far in this process",
            peak_memory() / 2**30, "GiB"),
    ]  # fmt: skip


def measure_whole() -> list[Row]:
    """The nation with one hub, as one program; HiGHS alone would take many times as long."""
    policy, aims, flows = _province()
    joined = _joined(_nation(flows["employee"]))
    began, spent = time.perf_counter(), time.process_time()
    outcome = optimised([fund_problem(joined, policy)], aims)
    passed, spent = time.perf_counter() - began, time.process_time() - spent
    lead = "plan, nation with one hub"
    return [
        Row(lead, passed, "s", 180.0, "at most"),
        Row(f"{lead}: processor time", spent, "s"),
        Row(f"{lead}: most memory so far in this process", peak_memory() / 2**30, "GiB"),
        Row(f"{lead}: certified gap", outcome.certificate.relative_gap, "", 1e-4, "at most"),
        Row(f"{lead}: certified", float(outcome.certificate.certified), "", 1.0),
    ]  # fmt: skip


def measure_sample() -> list[Row]:
    """The province on 100 scenarios, its floor in the tail: employees, whose floors can be kept."""
    projection = _projection()
    policy = replace(policy_of(projection.case), floor="cvar")
    sample = drawn(projection, ("employee",), SCENARIOS, 1)
    fund = fund_problem(sample.within["employee"], policy)
    began, spent = time.perf_counter(), time.process_time()
    solved = tail_optimised([fund], aims_of(projection.case), Choices().stated_gap)
    passed, spent = time.perf_counter() - began, time.process_time() - spent
    assert solved is not None
    outcome, rounds = solved
    lead = f"plan, employee, {SCENARIOS} scenarios"
    return [
        Row(lead, passed, "s", 120.0, "at most"),
        Row(f"{lead}: processor time", spent, "s", 120.0, "at most"),
        Row(f"{lead}: gap", outcome.certificate.relative_gap, "", Choices().stated_gap, "at most"),
        Row(f"{lead}: certified", float(outcome.certificate.certified), "", 1.0),
        Row(f"{lead}: rounds", float(len(rounds)), ""),
        Row(f"{lead}: pairs in the program, of {fund.scenarios * fund.pools}",
            float(rounds[-1].pairs), ""),
        Row(f"{lead}: scenarios in the program", float(rounds[-1].scenarios), ""),
    ]  # fmt: skip


def measure_safe() -> list[Row]:
    """Each scheme's safe plan by county, scenarios drawn and tried included.

    The program without margins has fewer limits than one on any number of scenarios, so that the
    plan's objective lies at most as far above the extensive form as above this program.
    """
    projection = _projection()
    limit = RuinLimit(0.05, int(projection.years[LIMITED_YEARS - 1]))
    rows = []
    for scheme in ("employee", "resident"):
        choices = Choices(schemes=(scheme,))
        least = optimise(projection, 0.0, choices=choices).certificate.objective
        began, spent = time.perf_counter(), time.process_time()
        plan = optimise(projection, choices=choices, ruin=limit)
        passed, spent = time.perf_counter() - began, time.process_time() - spent
        assert plan.probability is not None
        lead = f"safe plan, {scheme}"
        rows += [
            Row(lead, passed, "s", 20.0, "at most"),
            Row(f"{lead}: processor time", spent, "s"),
            Row(f"{lead}: ruin on {plan.probability.scenarios} fresh scenarios",
                plan.probability.out_of_sample or 0.0, "", limit.most, "at most"),
            Row(f"{lead}: objective over that without margins",
                plan.certificate.objective / least, "times", 1.02, "at most"),
            Row(f"{lead}: certified", float(plan.status == "certified"), "", 1.0),
        ]  # fmt: skip
    return rows


def _projection() -> Projection:
    return fundpool.project(fundpool.read_case("jiangsu"), pooling="county", years=YEARS)


def _province() -> tuple[Policy, Aims, dict[str, PoolPaths]]:
    projection = _projection()
    case = projection.case
    flows = {scheme.name: central_paths(projection, scheme.name) for scheme in case.schemes}
    return policy_of(case), aims_of(case), flows


def _nation(paths: PoolPaths) -> list[PoolPaths]:
    random = np.random.default_rng(1)
    return [_elsewhere(paths, random) for _ in range(PROVINCES)]


def _timed(paths: PoolPaths, policy: Policy, aims: Aims) -> tuple[float, float, Outcome]:
    """Seconds of the whole and of HiGHS alone on the last matrix, in turn in this process."""
    best = raw = np.inf
    for _ in range(3 if len(paths.pools) < 500 else 1):
        began = time.perf_counter()
        outcome = optimised([fund_problem(paths, policy)], aims)
        best = min(best, time.perf_counter() - began)
        raw = min(raw, _raw_seconds(outcome.arrays))
    return best, raw, outcome


def _raw_seconds(arrays: Arrays) -> float:
    """HiGHS on the matrix, options as the optimiser sets them."""
    solver = loaded(arrays, **highs_options(arrays.row_lower.size))
    began = time.perf_counter()
    solver.run()
    return time.perf_counter() - began


def _elsewhere(paths: PoolPaths, random: np.random.Generator) -> PoolPaths:
    """Another province: every pool's size, need and opening balance at random."""
    pools = len(paths.pools)
    size = np.exp(0.5 * random.standard_normal(pools))
    need = size * np.exp(0.1 * random.standard_normal(pools))
    return replace(
        paths,
        contribution_base=paths.contribution_base * size, income=paths.income * size,
        subsidies=paths.subsidies * size, outgo=paths.outgo * need,
        outstanding=paths.outstanding * need, outgo_next_year=paths.outgo_next_year * need,
        opening_balance=paths.opening_balance * need * random.uniform(0.5, 1.5, pools),
    )  # fmt: skip


def _joined(paths: list[PoolPaths]) -> PoolPaths:
    """Pools of all provinces side by side."""
    wide: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in paths], axis=-1)
        for name in ("contribution_base", "income", "subsidies", "outgo", "outstanding",
                     "outgo_next_year", "opening_balance", "persons", "contributors")
    }  # fmt: skip
    codes = tuple(f"{n}-{code}" for n, part in enumerate(paths) for code in part.pools)
    return replace(
        paths[0], pools=codes, names=codes, levels=paths[0].levels * len(paths),
        of_county=np.arange(len(codes)), **wide,
    )  # fmt: skip


def main(words: list[str] | None = None) -> None:
    """Measure the optimiser, or the nation as one program alone; print a table."""
    parser = argparse.ArgumentParser("python -m benchmarks.optimiser", description=main.__doc__)
    parser.add_argument("--whole", action="store_true", help="the nation as one program alone")
    asked = parser.parse_args(words)
    print(as_text(measure_whole() if asked.whole else measure()))


if __name__ == "__main__":
    main()
