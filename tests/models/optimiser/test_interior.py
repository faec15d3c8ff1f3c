"""Programs solved block by block: against closed forms, and against HiGHS."""

import os
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.program import solving
from fundpool.models.optimiser.program.bordered import bordered
from fundpool.models.optimiser.program.interior import Interior, block_order, solved_by_blocks
from fundpool.models.optimiser.program.linear import Arrays, LinearProgram
from fundpool.models.optimiser.program.model import Model, build, set_objective
from fundpool.models.optimiser.program.solving import BLOCKS, HIGHS, solve
from fundpool.models.optimiser.stages import optimised
from tests.cases.pool_flows import pool_flows

FEW = 8
"""Entries above which a row is common here; a rate stands in six rows."""
POLICY = Policy(reserve_months=3.0, rate_most=3.0, yearly_change=0.3, levy_ceiling=0.2,
                own_responsibility=0.1, effort=0.5)  # fmt: skip
TIGHT = replace(POLICY, yearly_change=0.02, levy_ceiling=0.02)
AIMS = Aims(burden=1.0, unevenness=0.7, movement=0.3, swaps=0.05)


def many_pools(seed: int, pools: int = 12, years: int = 4) -> PoolPaths:
    """Pools of which some are short of money."""
    draw = np.random.default_rng(seed)
    base = draw.uniform(200.0, 2000.0, (years, pools))
    outgo = base * draw.uniform(0.05, 0.15, (years, pools))
    opening = outgo[0] * draw.uniform(0.0, 1.2, pools)
    return pool_flows(outgo, base, 0.09 * base, opening, draw.uniform(0.0, 0.1, years))


def program_of(
    paths: PoolPaths, policy: Policy, aims: Aims = AIMS, elastic: bool = False
) -> tuple[Model, Arrays]:
    """A program with its objective."""
    model = build([fund_problem(paths, policy)], aims, elastic)
    set_objective(model, {"shortfall": 1.0} if elastic else aims.stages()[0])
    return model, model.program.arrays()


def by_blocks(arrays: Arrays) -> Interior:
    """Solved with many blocks, however few the pools are."""
    order = bordered(arrays.matrix, FEW)
    assert order.start.size > 5
    assert order.common_rows.size
    return solved_by_blocks(arrays, order)


def violation(arrays: Arrays, values: FloatArray) -> float:
    """Largest of rows and bounds."""
    rows = arrays.matrix @ values
    return float(max(
        (arrays.row_lower - rows).max(), (rows - arrays.row_upper).max(),
        (arrays.lower - values).max(), (values - arrays.upper).max(),
    ))  # fmt: skip


def test_free_swaps_end_at_the_rate_of_all_pools_together() -> None:
    # one year: whatever pools need apart, one rate that pays for all is the least and the evenest
    draw = np.random.default_rng(1)
    outgo, base = draw.uniform(50.0, 150.0, (1, 12)), draw.uniform(800.0, 1200.0, (1, 12))
    opening = draw.uniform(0.0, 20.0, 12)
    paths = pool_flows(outgo, base, 0.09 * base, opening)
    model, arrays = program_of(paths, Policy(reserve_months=0.0), Aims(movement=0.0))
    found = solved_by_blocks(arrays, bordered(arrays.matrix, FEW))
    rate = found.values[model.columns[0].rate] * model.funds[0].reference
    assert_allclose(rate, (outgo.sum() - opening.sum()) / base.sum(), rtol=1e-6)


def test_a_surplus_of_ten_and_deficits_of_ten_in_all_swap_exactly_ten() -> None:
    outgo = np.full((1, 12), 100.0)
    outgo[0, :3] = 90.0, 105.0, 105.0
    paths = pool_flows(outgo, 1000.0, 100.0, np.zeros(12))
    model, arrays = program_of(paths, Policy(reserve_months=0.0, frozen_years=1))
    found = solved_by_blocks(arrays, bordered(arrays.matrix, FEW))
    unit = model.funds[0].unit
    assert model.columns[0].levy is not None
    assert model.columns[0].grant is not None
    assert_allclose((found.values[model.columns[0].levy] * unit)[0, 0, 0], 10.0, atol=1e-5)
    assert_allclose((found.values[model.columns[0].grant] * unit)[0, 0, 1:3], 5.0, atol=1e-5)


@pytest.mark.parametrize("elastic", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_small_programs_agree_with_highs(seed: int, elastic: bool) -> None:
    # floors that cannot be kept: the least shortfall, with balances that have no bound
    policy = TIGHT if elastic else POLICY
    model, arrays = program_of(many_pools(seed), policy, elastic=elastic)
    highs, _ = solve(model.program)
    found = by_blocks(arrays)
    assert found.status == highs.status == "optimal"
    objective = float(arrays.cost @ found.values)
    weights = {"shortfall": 1.0} if model.elastic else AIMS.stages()[0]
    bound = model.bound(model.stated(), found.duals, weights) * model.scale
    size = abs(highs.objective)
    assert violation(arrays, found.values) < 1e-8
    assert bound <= highs.objective + 1e-9 * size
    assert highs.objective <= objective + 1e-9 * size
    assert objective - bound <= 1e-6 * size


@pytest.mark.parametrize("measure", ["deviation", "gini"])
def test_other_measures_of_unevenness(measure: str) -> None:
    aims = replace(AIMS, measure=measure)  # type: ignore[arg-type]
    model, arrays = program_of(many_pools(3), replace(POLICY, own_responsibility=None), aims)
    highs, _ = solve(model.program)
    found = solved_by_blocks(arrays, bordered(arrays.matrix, FEW))
    assert found.status == highs.status == "optimal"
    assert float(arrays.cost @ found.values) == pytest.approx(highs.objective, rel=1e-6)


def test_no_plan_keeps_floors_that_are_out_of_reach() -> None:
    for seed in range(4):
        _, arrays = program_of(many_pools(seed), TIGHT)
        assert by_blocks(arrays).status == "infeasible"


def test_no_step_after_the_time_is_over() -> None:
    _, arrays = program_of(many_pools(0), POLICY)
    assert solved_by_blocks(arrays, bordered(arrays.matrix, FEW), seconds=0.0).status == "unsolved"


def test_the_same_bits_on_any_number_of_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    _, arrays = program_of(many_pools(2), POLICY)
    both = []
    for count in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        both.append(by_blocks(arrays))
    assert_array_equal(both[0].values, both[1].values)
    assert_array_equal(both[0].duals, both[1].duals)


def test_large_programs_of_many_pools_are_solved_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    fund = fund_problem(many_pools(5, pools=45, years=3), POLICY)
    expected = optimised([fund], AIMS)
    assert expected.solutions[0].solver == HIGHS
    monkeypatch.setattr(solving, "LARGE", 100)
    found = optimised([fund], AIMS)
    assert found.solutions[0].solver == BLOCKS
    assert found.certificate.certified
    assert found.certificate.objective == pytest.approx(expected.certificate.objective, rel=1e-6)


def test_a_program_in_one_piece_is_left_to_highs() -> None:
    program = LinearProgram()
    columns = program.add_columns("z", (3,), 0.0)
    program.add_rows("sum", (), [(columns, 1.0)], lower=1.0)
    assert block_order(program.arrays()) is None
