"""Pools, frontier, naive policies, explanations: what surrounds a plan."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import cbcbox
import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.models.optimiser import Choices, optimise, partition
from fundpool.models.optimiser.beside.naive import POLICIES
from fundpool.models.optimiser.explain.comparison import compared
from fundpool.models.optimiser.explain.industries import industry_burdens
from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
from fundpool.models.optimiser.explain.sensitivity import plan_sensitivity
from fundpool.models.optimiser.frontier import efficient, frontier
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.partition import best_partition, cost_of
from fundpool.models.optimiser.problem.candidates import Candidates
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.solving import solve
from fundpool.models.optimiser.stages import optimised
from fundpool.models.optimiser.statement.partition import least_cost
from fundpool.models.projection.study import Projection, Study
from fundpool.models.projection.study import study as run_study
from tests.cases.pool_flows import pool_flows


def tree(seed: int, starts: tuple[int, ...], hazard: float) -> Candidates:
    """Four counties in two cities in one province, six years."""
    random = np.random.default_rng(seed)
    contains = np.array(
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1],
         [1, 1, 1, 1]], dtype=bool,
    )  # fmt: skip
    result = random.normal(0.0, 30.0, (6, 4)) + random.normal(0.0, 15.0, 4)
    outgo = random.uniform(80.0, 120.0, (6, 4))
    rise = np.array([0.0] * 4 + [hazard / 2] * 2 + [hazard])
    added = outgo @ contains.T * rise + 1.0
    return Candidates(
        scheme="employee", codes=tuple("abcdwep"),
        levels=("county",) * 4 + ("city",) * 2 + ("province",), contains=contains,
        flow=result @ contains.T - added, added=added, floor=np.zeros((6, 7)),
        opening=random.uniform(0.0, 60.0, 4), interest=np.full(6, 0.03),
        years=np.arange(2021, 2027), starts=starts, rescue_price=1.0,
    )  # fmt: skip


def every_partition() -> list[set[int]]:
    return [{0, 1, 2, 3}, {4, 2, 3}, {0, 1, 5}, {4, 5}, {6}]


@pytest.mark.parametrize(("seed", "hazard"), [*product(range(6), (0.0, 0.05, 0.2))])
def test_partition_is_the_best_of_all(seed: int, hazard: float) -> None:
    given = tree(seed, (0, 3), hazard)
    found, _ = best_partition(given)
    assert found is not None
    costs = []
    for first, second in product(every_partition(), repeat=2):
        merges = all(
            any((given.contains[a] <= given.contains[b]).all() for b in second) for a in first
        )
        if merges:
            picked = np.array([[k in part for k in range(7)] for part in (first, second)])
            costs.append(cost_of(given, picked)[0])
    assert found.cost == pytest.approx(min(costs), rel=1e-7, abs=1e-7)
    assert found.reported == pytest.approx(found.cost, rel=1e-6, abs=1e-6)
    assert found.relative_gap < 1e-6
    assert found.cost <= min(found.alternatives.values()) + 1e-6
    assert found.bound_from == "dynamic programming"
    assert found.bound == pytest.approx(min(costs), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("seed", "price"), [*product(range(8), (0.5, 1.0, 3.0))])
def test_bound_of_three_stages_is_the_least_of_all(seed: int, price: float) -> None:
    given = replace(tree(seed, (0, 2, 4), 0.02), rescue_price=price)
    parts = every_partition()

    def merged(first: set[int], second: set[int]) -> bool:
        return all(
            any((given.contains[a] <= given.contains[b]).all() for b in second) for a in first
        )

    costs = [
        cost_of(given, np.array([[k in part for k in range(7)] for part in plan]))[0]
        for plan in product(parts, repeat=3)
        if merged(plan[0], plan[1]) and merged(plan[1], plan[2])
    ]
    assert least_cost(given) == pytest.approx(min(costs), rel=1e-12, abs=1e-9)


def test_a_partition_away_from_its_bound_is_not_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = best_partition(tree(1, (0, 3), 0.05))
    assert found is not None
    assert found.certified
    assert not replace(found, cost=found.cost * 1.001 + 1.0).certified
    assert not replace(found, bound=found.cost * 1.001 + 1.0).certified
    # a program in which one pool may not be chosen is content with a dearer plan
    program = partition._program

    def without(given: Candidates, unit: float) -> tuple[LinearProgram, np.ndarray]:
        built, chosen = program(given, unit)
        for code in found.pools[1]:
            built.add_rows(f"no_{code}", (), [(chosen[1, [given.codes.index(code)]], 1.0)], upper=0)
        return built, chosen

    monkeypatch.setattr(partition, "_program", without)
    dearer, _ = best_partition(tree(1, (0, 3), 0.05))
    assert dearer is not None
    assert dearer.cost > found.cost
    assert not dearer.certified
    # too many histories: the solver's word, and said to be
    monkeypatch.undo()
    monkeypatch.setattr("fundpool.models.optimiser.statement.partition.MOST", 0)
    word, _ = best_partition(tree(1, (0, 3), 0.05))
    assert word is not None
    assert word.bound_from == "solver"


def test_moral_hazard_makes_pooling_not_worth_it() -> None:
    pooled, _ = best_partition(tree(1, (0,), 0.0))
    apart, _ = best_partition(tree(1, (0,), 5.0))
    assert pooled is not None
    assert apart is not None
    assert len(pooled.pools[0]) < 4
    assert len(apart.pools[0]) == 4
    assert pooled.plan.stages[0].groups  # as a plan the projection can follow


@pytest.fixture(scope="module")
def planned() -> tuple[object, ...]:
    random = np.random.default_rng(2)
    outgo = random.uniform(70.0, 130.0, (8, 5)) * np.linspace(1.0, 1.6, 8)[:, None]
    base = np.tile(random.uniform(800.0, 1200.0, 5), (8, 1))
    paths = pool_flows(outgo, base, 0.1 * base, random.uniform(40.0, 120.0, 5), 0.02)
    policy = Policy(reserve_months=3.0, rate_most=3.0, rate_least=0.5, yearly_change=0.3,
                    levy_ceiling=0.1, own_responsibility=0.2, effort=1.0)  # fmt: skip
    return paths, policy


def test_no_naive_policy_beats_the_plan(planned: tuple[object, ...]) -> None:
    paths, policy = planned
    fund = fund_problem(paths, policy)  # type: ignore[arg-type]
    from fundpool.models.optimiser.plan import Plan

    plan = Plan(policy, Aims(), (optimised([fund], Aims()),))  # type: ignore[arg-type]
    assert plan.status == "certified"
    table = compared(plan).set_index("policy")
    assert set(table.index) == {"this plan", "rates in force", *POLICIES}
    best = table.loc["this plan"]
    for name, row in table.iterrows():
        whole = row["below_floor"] == 0 and row["largest_violation"] < 1e-6
        assert name == "this plan" or not whole or row["objective"] >= best["objective"] - 1e-9
    assert table["below_floor"].drop("rates in force").eq(0).any()


def test_shadow_price_of_a_month_is_the_change_of_the_optimum(planned: tuple[object, ...]) -> None:
    paths, policy = planned
    from fundpool.models.optimiser.plan import Plan

    fund = fund_problem(paths, policy)  # type: ignore[arg-type]
    plan = Plan(policy, Aims(), (optimised([fund], Aims()),))  # type: ignore[arg-type]
    prices = shadow_prices(plan)
    floors = prices[prices["limit"] == "reserve floor"].set_index("pool")["price"]
    assert (floors > 0).all()
    step = 1e-4
    for number, pool in enumerate(fund.paths.pools):
        more = fund.floor.copy()
        more[:, :, number] += step * fund.paths.outgo_next_year[:, :, number] / 12.0
        moved = optimised([replace(fund, floor=more)], Aims())
        change = (moved.certificate.objective - plan.certificate.objective) / step
        assert change == pytest.approx(floors.get(pool, 0.0), rel=2e-3, abs=2e-6)


def test_an_impossible_floor_is_explained_and_mended(planned: tuple[object, ...]) -> None:
    paths, policy = planned
    from fundpool.models.optimiser.plan import Plan

    tight = replace(policy, yearly_change=0.01)  # type: ignore[type-var]
    fund = fund_problem(paths, tight)  # type: ignore[arg-type]
    plan = Plan(tight, Aims(), (optimised([fund], Aims()),))  # type: ignore[arg-type]
    assert plan.status == "shortfall"
    assert plan.certificate.certified
    why = obstacle(plan, "CNY")
    assert why.sentences
    assert "misses its reserve floor" in why.sentences[0]
    assert "million CNY in 20" in why.sentences[0]
    assert any("rates could change by " in remedy for remedy in why.remedies)


def test_efficient_points_beat_one_another_nowhere() -> None:
    import pandas as pd

    table = pd.DataFrame(
        {"burden": [1.0, 1.1, 1.2, 1.0], "unevenness": [0.5, 0.4, 0.45, 0.5],
         "swaps": [0.1, 0.1, 0.1, 0.1]}
    )  # fmt: skip
    assert efficient(table)["burden"].tolist() == [1.0, 1.1]


def counties(study: Study) -> Projection:
    return study.pooled("county")


def test_plan_of_a_projection(jiangsu_study: Study, jiangsu: Case) -> None:
    plan = optimise(counties(jiangsu_study), reserve_months=3)
    assert plan.status == "certified"
    assert plan.certificate.relative_gap < 1e-6
    assert set(plan.rates["scheme"]) == {"employee", "resident"}
    assert len(plan.rates) == 2 * 95 * 6
    merged = plan.rates.merge(plan.swaps, on=["scheme", "pool", "name", "year"])
    assert np.minimum(merged["paid"], merged["received"]).max() == 0.0
    # what pools pay and do not receive stays in the hub and earns interest
    for scheme, hub in plan.hub.groupby("scheme"):
        net = plan.swaps[plan.swaps["scheme"] == scheme].groupby("year")["net"].sum()
        kept = 0.0
        for year, interest in zip(net.index, jiangsu_study.flows.paths.interest, strict=True):
            kept = kept * (1 + interest) - net[year] * (1 + interest) ** 0.5
            assert hub.set_index("year")["balance"][year] == pytest.approx(kept, abs=10.0)
    assert plan.transfers["amount"].gt(0).all()
    burdens = industry_burdens(jiangsu, plan)
    assert burdens["share_of_base"].sum() == pytest.approx(1.0)


def test_schemes_together_and_apart(jiangsu_study: Study) -> None:
    projection = jiangsu_study.pooled("city")
    apart = optimise(projection, 3)
    joint = optimise(projection, 3, choices=Choices(aims=Aims(joint=True)))
    assert len(apart.outcomes) == 2
    assert len(joint.outcomes) == 1
    assert joint.status == apart.status == "certified"
    for kind in ("person", "contributor"):
        own = optimise(projection, 3, choices=Choices(aims=Aims(burden_of=kind)))  # type: ignore[arg-type]
        assert own.status == "certified"


def test_frontier_is_certified_and_trades_off(jiangsu_study: Study) -> None:
    calls: list[int] = []
    found = frontier(
        run_study(jiangsu_study.case, 10).pooled("city"), 3, 1.0,
        lambda done, _of: calls.append(done),
        Choices(schemes=("employee",)),
    )  # fmt: skip
    table = found[0].points
    assert calls == list(range(1, 10))
    assert len(table) > 1
    assert table["relative_gap"].max() < 1e-6
    assert table["largest_violation"].max() < 1e-6
    free = table[table["swap_ceiling"] == table["swap_ceiling"].max()].sort_values("burden")
    assert (np.diff(free["unevenness"]) <= 1e-9).all()


def test_another_solver_of_pulp_gives_the_same_objective(
    planned: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(Path(cbcbox.cbc_bin_path()).parent)
    monkeypatch.setenv("PATH", folder, prepend=os.pathsep)
    paths, policy = planned
    fund = fund_problem(paths, policy)  # type: ignore[arg-type]
    default = optimised([fund], Aims())
    by_cbc = optimised([fund], Aims(), solver="COIN_CMD")
    assert by_cbc.solutions[-1].solver == "COIN_CMD"
    assert default.solutions[-1].solver == "HiGHS"
    assert by_cbc.status == default.status == "optimal"
    assert by_cbc.certificate.certified
    assert by_cbc.certificate.objective == pytest.approx(default.certificate.objective)
    assert by_cbc.certificate.bound == pytest.approx(default.certificate.bound)
    assert by_cbc.terms == pytest.approx(default.terms, rel=1e-6, abs=1e-8)


def _knapsack() -> LinearProgram:
    """The best choice within a weight, three kinds of pieces in whole numbers and a part."""
    program = LinearProgram()
    pieces = program.add_columns("pieces", (3,), 0.0, [3.0, 4.0, 2.0], integer=True)
    part = program.add_columns("part", (), 0.0, 0.5)
    program.add_rows("weight", (), [(pieces, [2.0, 3.0, 4.0]), (part, 1.0)], upper=10.0)
    program.add_rows("pairs", (2,), [(pieces[:2], 1.0)], lower=1.0)
    program.add_cost(pieces, [-5.0, -6.0, -7.0])
    program.add_cost(part, 1.0)
    return program


def test_both_ways_solve_a_program_in_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: (2, 2, 0) is worth 22, as is no other within 10; in fractions 23 would be."""
    monkeypatch.setenv("PATH", str(Path(cbcbox.cbc_bin_path()).parent), prepend=os.pathsep)
    for solver in (None, "COIN_CMD"):
        solution, arrays = solve(_knapsack(), solver)
        assert solution.status == "optimal"
        assert solution.objective == pytest.approx(-22.0)
        assert solution.values == pytest.approx([2.0, 2.0, 0.0, 0.0])
        assert arrays.integer.tolist() == [1, 1, 1, 0]
    with pytest.raises(ValueError, match="not a solver at hand"):
        solve(_knapsack(), "NO_SUCH")


def test_programs_without_a_solution_are_named_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(cbcbox.cbc_bin_path()).parent), prepend=os.pathsep)
    for solver in (None, "COIN_CMD"):
        program = _knapsack()
        program.add_rows("too_much", (), [(program.columns["part"].reshape(1), 1.0)], lower=2.0)
        assert solve(program, solver)[0].status == "infeasible"


def test_plans_are_made_without_pulp() -> None:
    """PuLP is loaded where a solver is asked for by name, and nowhere else."""
    program = """
import sys
import fundpool.models.optimiser.frontier, fundpool.models.optimiser.planning
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.solving import check_solver, solve
check_solver(None), check_solver("HiGHS")
made = LinearProgram()
made.add_cost(made.add_columns("x", (1,), 1.0), 1.0)
made.add_rows("least", (1,), [(made.columns["x"], 1.0)], lower=2.0)
assert solve(made)[0].objective == 2.0
assert "pulp" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_sensitivity_moves_with_the_assumption(small: Case) -> None:
    table = plan_sensitivity(
        small, "county", 4,
        paths=["economy.medical_inflation", "economy.wage_growth", "optimiser.none"],
    ).set_index("path")  # fmt: skip
    assert "optimiser.none" not in table.index
    dearer = table.loc["economy.medical_inflation"]
    assert dearer["objective_down"] < 0 < dearer["objective_up"]
    assert dearer["status_up"] == "certified"
