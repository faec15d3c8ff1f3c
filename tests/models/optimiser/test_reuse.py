"""What is not computed twice gives the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from fundpool.inputs.case import read_case
from fundpool.models.analysis import sensitivity
from fundpool.models.optimiser import frontier
from fundpool.models.optimiser.explain.sensitivity import plan_sensitivity
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem, rebuilt
from fundpool.models.optimiser.program import model as plan_model
from fundpool.models.optimiser.program import solving
from fundpool.models.optimiser.program.highs import WarmStart
from fundpool.models.optimiser.program.model import build, keep_objective
from fundpool.models.optimiser.ruin.margins import Margin
from fundpool.models.optimiser.stages import optimised
from fundpool.models.projection.study import study
from tests.cases.pool_flows import pool_flows
from tests.cases.stochastic import stochastic_case


@pytest.fixture(scope="module")
def fund() -> FundProblem:
    random = np.random.default_rng(7)
    outgo = random.uniform(60.0, 140.0, (6, 5)) * np.linspace(1.0, 1.5, 6)[:, None]
    outgo[:, 0] *= 1.4  # beyond what its own largest rate can bear, so that some swaps are needed
    base = np.tile(random.uniform(800.0, 1200.0, 5), (6, 1))
    paths = pool_flows(outgo, base, 0.1 * base, random.uniform(50.0, 100.0, 5), 0.025)
    return fund_problem(paths, Policy(reserve_months=3.0, rate_most=1.6, levy_ceiling=0.15))


def test_points_that_follow_from_others_are_the_solved_ones(
    fund: FundProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    solves = {"few": 0, "all": 0}
    solve = frontier._Warm.point

    def counted(name: str) -> Any:
        def point(warm: Any, burden: float, swaps: float) -> Any:
            solves[name] += 1
            return solve(warm, burden, swaps)

        return point

    done: list[int] = []
    monkeypatch.setattr(frontier._Warm, "point", counted("few"))
    few = frontier.scheme_frontier(fund, Aims(), 5, done.append)
    assert done == list(range(1, 26))
    monkeypatch.setattr(frontier._Warm, "point", counted("all"))
    monkeypatch.setattr(frontier, "_settled", lambda *_: (None, False))
    every = frontier.scheme_frontier(fund, Aims(), 5, lambda _: None)
    assert solves["few"] < solves["all"] == 25
    columns = ["burden", "unevenness", "swaps"]
    pd.testing.assert_frame_equal(few[columns], every[columns], rtol=1e-7, atol=1e-8)


def test_which_points_follow() -> None:
    row = {"burden": 1.0, "swaps": 0.02}
    known: list[Any] = [(1.2, 0.05, row), (0.9, 0.05, None)]
    assert frontier._settled(1.1, 0.03, known) == (row, True)
    assert frontier._settled(0.8, 0.01, known) == (None, True)
    assert frontier._settled(1.1, 0.01, known) == (None, False)  # the plan swaps more
    assert frontier._settled(1.3, 0.03, known) == (None, False)  # a looser ceiling
    assert frontier._settled(0.95, 0.05, known) == (None, False)


def test_only_what_changes_flows_is_projected_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = read_case(stochastic_case().write(tmp_path / "case"))
    path = "economy.medical_inflation"
    projected = plan_sensitivity(case, "county", 3, paths=[path])
    with monkeypatch.context() as patch:
        calls: list[int] = []
        patch.setattr(sensitivity, "can_be_repriced", lambda _: False)
        patch.setattr(sensitivity, "study", lambda *a: calls.append(1) or study(*a))  # type: ignore[func-returns-value]
        again = plan_sensitivity(case, "county", 3, paths=[path])
        assert len(calls) == 2
    pd.testing.assert_frame_equal(projected, again, rtol=1e-6, atol=1e-7)

    def refuse(*_: object) -> None:
        raise AssertionError("projected anew")

    monkeypatch.setattr(sensitivity, "study", refuse)
    assert len(plan_sensitivity(case, "county", 3, paths=[path])) == 1


def test_a_solver_that_gets_stuck_is_followed_by_another(
    fund: FundProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = optimised([fund], Aims()).certificate.objective

    def stuck(*_: object) -> dict[str, object]:
        return {"solver": "ipx", "ipm_iteration_limit": 1, "run_crossover": "off"}

    monkeypatch.setattr(solving, "highs_options", stuck)
    outcome = optimised([fund], Aims())
    assert outcome.certificate.certified
    assert outcome.certificate.objective == pytest.approx(best, rel=1e-7)
    assert optimised([fund], Aims(), time_limit=60.0).status == "unsolved"


def test_earlier_aims_give_way_by_more_in_a_large_program(
    fund: FundProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    for large, slack in ((20_000, 1e-9), (1, 1e-6)):
        monkeypatch.setattr(plan_model, "LARGE", large)
        model = build([fund], Aims())
        keep_objective(model, {"burden": 1.0}, 2.0, "kept")
        row = int(model.program.rows["kept"].flat[0])
        assert model.program.arrays().row_upper[row] == pytest.approx(2.0 + 2.0 * slack, abs=1e-12)


def test_a_warm_start_ends_where_a_cold_one_does(fund: FundProblem) -> None:
    # margins move bounds alone; the third step cannot keep the floor, the fourth can again
    warm, runs = WarmStart(), []
    for least in (0.0, 50.0, 1e6, 70.0):
        margin = Margin.of("employee", np.full((6, 5), least))
        moved = rebuilt(fund, replace(fund.policy, margins=(margin,)))
        started, cold = (optimised([moved], Aims(), warm=start) for start in (warm, None))
        assert started.status == cold.status
        assert started.model.elastic == cold.model.elastic == (least == 1e6)
        assert_allclose(
            started.certificate.objective, cold.certificate.objective, rtol=1e-8, atol=0.0
        )
        assert started.certificate.certified
        runs.append(warm.started)
    assert runs == [0, 1, 2, 3]


def test_a_program_that_differs_in_more_than_bounds_starts_cold(fund: FundProblem) -> None:
    warm = WarmStart()
    optimised([fund], Aims(), warm=warm)
    other = replace(fund, paths=replace(fund.paths, interest=fund.paths.interest + 0.01))
    outcome = optimised([other], Aims(), warm=warm)
    assert warm.started == 0
    assert_allclose(outcome.terms["burden"], optimised([other], Aims()).terms["burden"], rtol=1e-8)
