"""Rates and swaps: time and memory, as a multiple of the raw HiGHS solve of the same matrix.

``python -m benchmarks.optimiser [--whole]``; ``--whole`` adds the nation as one program.
"""

import resource
import sys
import time
from dataclasses import replace

import highspy
import numpy as np

import fundpool
from models.optimiser.fund_problem import fund_problem
from models.optimiser.linear_program import Arrays
from models.optimiser.optimisation import Outcome, optimised
from models.optimiser.policy import Aims, Policy, aims_of, policy_of
from models.pool_paths import PoolPaths, central_paths

YEARS = 30
PROVINCES = 30

BenchmarkRow = tuple[str, float, str, float | None, str]
"""Name, value, unit, goal or None, and whether the goal is ``at most`` or ``at least``."""


def rows(whole: bool = False) -> list[BenchmarkRow]:
    """Province, each scheme; and a nation of provinces that differ at random."""
    case = fundpool.read_case("jiangsu")
    projection = fundpool.project(case, pooling="county", years=YEARS)
    policy, aims = policy_of(case), aims_of(case)
    found: list[BenchmarkRow] = []
    paths = central_paths(projection, "employee")
    for scheme in ("employee", "resident"):
        own = central_paths(projection, scheme)
        seconds, raw, _ = _timed(own, policy, aims)
        found += [
            (f"optimiser, {scheme}: build, solve, certificate", seconds, "s", 3.0, "at most"),
            (f"optimiser, {scheme}: over the raw solve", seconds / raw, "times", 1.25, "at most"),
        ]
    began = time.perf_counter()
    certified = 0
    random = np.random.default_rng(1)
    for _ in range(PROVINCES):
        outcome = optimised([fund_problem(_elsewhere(paths, random), policy)], aims)
        certified += outcome.certificate.certified
    found += [
        (f"optimiser, nation of {PROVINCES} provinces, a hub each", time.perf_counter() - began,
         "s", 60.0, "at most"),
        ("optimiser, provinces certified", certified, "of 30", 30.0, "at least"),
    ]  # fmt: skip
    if whole:
        random = np.random.default_rng(1)
        nation = _joined([_elsewhere(paths, random) for _ in range(PROVINCES)])
        seconds, raw, outcome = _timed(nation, policy, aims)
        found += [
            ("optimiser, nation in one program", seconds, "s", 60.0, "at most"),
            ("optimiser, nation: over the raw solve", seconds / raw, "times", 1.25, "at most"),
            ("optimiser, nation: gap", outcome.certificate.relative_gap, "", 1e-6, "at most"),
        ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    found.append(("optimiser, peak memory", peak, "GB", None, "at most"))
    return found


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
    from models.optimiser.solving import default_solver

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = arrays.cost.size, arrays.row_lower.size
    model.col_cost_, model.col_lower_, model.col_upper_ = arrays.cost, arrays.lower, arrays.upper
    model.row_lower_, model.row_upper_ = arrays.row_lower, arrays.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = arrays.matrix.indptr
    model.a_matrix_.index_ = arrays.matrix.indices
    model.a_matrix_.value_ = arrays.matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    for name, value in default_solver(arrays.row_lower.size).optionsDict.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
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


def _joined(parts: list[PoolPaths]) -> PoolPaths:
    """Pools of all provinces side by side."""
    wide = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1)
        for name in ("contribution_base", "income", "subsidies", "outgo", "outstanding",
                     "outgo_next_year", "opening_balance", "persons", "contributors")
    }  # fmt: skip
    codes = tuple(f"{n}-{code}" for n, part in enumerate(parts) for code in part.pools)
    return replace(
        parts[0], pools=codes, names=codes, levels=parts[0].levels * len(parts),
        of_county=np.arange(len(codes)), **wide,
    )  # fmt: skip


if __name__ == "__main__":
    for name, value, unit, goal, sense in rows("--whole" in sys.argv[1:]):
        wanted = "" if goal is None else f"  ({sense} {goal:g})"
        print(f"{name:<55} {value:>10.4g} {unit}{wanted}")
