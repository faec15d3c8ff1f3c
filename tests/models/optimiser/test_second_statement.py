"""A program made too tight on purpose finds a worse plan, which the second statement gives away."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from fundpool.actuarial import evenness
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser import stages as optimisation
from fundpool.models.optimiser.certificate import Certificate, Decision, shortfall_share
from fundpool.models.optimiser.limits import Aims, FloorKind, Policy, Unevenness
from fundpool.models.optimiser.problem import fund as fund_problem
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program import constraints
from fundpool.models.optimiser.program import model as plan_model
from fundpool.models.optimiser.program.constraints import FundColumns
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.model import build
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.optimiser.statement.limits import stated_limits
from fundpool.models.optimiser.statement.program import gauge
from tests.cases.pool_flows import pool_flows

AIMS = Aims(unevenness=0.7, movement=0.3, swaps=0.05)
POLICY = Policy(
    reserve_months=3.0, phase_in_years=3, rate_least=0.9, rate_most=1.5, yearly_change=0.12,
    frozen_years=1, levy_ceiling=0.06, own_responsibility=0.1, effort=1.05,
)  # fmt: skip


def flows(scenarios: int = 1, seed: int = 11) -> PoolPaths:
    """Five pools over eight years, some rich and some short, so that every limit binds."""
    random = np.random.default_rng(seed)
    outgo = random.uniform(70.0, 130.0, (scenarios, 8, 5)) * np.linspace(0.95, 1.15, 8)[:, None]
    base = np.tile(random.uniform(800.0, 1200.0, 5), (8, 1))
    return pool_flows(outgo, base, 0.1 * base, random.uniform(30.0, 90.0, 5), 0.025)


def problem(policy: Policy = POLICY, scenarios: int = 1) -> FundProblem:
    return fund_problem.fund_problem(flows(scenarios), policy)


def fund_with(**changes: object) -> Callable[[FundProblem], FundProblem]:
    """The problem with a limit changed, of which only the program's builder learns."""
    return lambda fund: fund_problem.fund_problem(
        fund.paths, replace(fund.policy, **changes), weight=fund.weight
    )  # type: ignore[arg-type]


def floor_higher(fund: FundProblem) -> FundProblem:
    return replace(fund, floor=fund.floor + fund.paths.outgo_next_year * 3.0 / 12.0)


def corridor_narrower(fund: FundProblem) -> FundProblem:
    middle = (fund.rate_lower + fund.rate_upper) / 2.0
    return replace(fund, rate_lower=0.5 * (fund.rate_lower + middle),
                   rate_upper=0.5 * (fund.rate_upper + middle))  # fmt: skip


TOO_TIGHT: dict[str, Callable[[FundProblem], FundProblem]] = {
    "levy ceiling nil": fund_with(levy_ceiling=0.0),
    "yearly change halved": fund_with(yearly_change=0.06),
    "floor three months higher": floor_higher,
    "corridor narrower": corridor_narrower,
    "largest rate lower": fund_with(rate_most=1.135),
    "own effort stricter": fund_with(effort=1.15),
    "more of the deficit borne": fund_with(own_responsibility=0.6),
    "frozen a year longer": fund_with(frozen_years=2),
    "phase-in a year early": fund_with(phase_in_years=2),
    "hub keeps nothing": fund_with(hub_keeps=False),
    "swaps barred": lambda fund: replace(fund, grant_limit=np.zeros_like(fund.grant_limit)),
}


BINDING = {
    "phase-in a year early": replace(POLICY, reserve_months=7.0, rate_most=2.0),
    "frozen a year longer": replace(POLICY, effort=1.0),
}
"""Limits under which the changed one binds, where others than usual."""


def tightened(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[FundProblem], FundProblem]
) -> None:
    """The builder sees the tighter problem; everything else sees the one that was asked for."""
    builder = constraints.add_fund
    monkeypatch.setattr(
        plan_model, "add_fund",
        lambda program, fund, *rest: builder(program, change(fund), *rest),
    )  # fmt: skip


def with_rows(
    monkeypatch: pytest.MonkeyPatch,
    more: Callable[[LinearProgram, FundProblem, FundColumns], None],
) -> None:
    """The builder adds rows of its own."""
    builder = constraints.add_fund

    def wider(program: LinearProgram, fund: FundProblem, *rest: object) -> FundColumns:
        columns = builder(program, fund, *rest)  # type: ignore[arg-type]
        more(program, fund, columns)
        return columns

    monkeypatch.setattr(plan_model, "add_fund", wider)


def hub_holds_more(program: LinearProgram, _: FundProblem, columns: FundColumns) -> None:
    assert columns.hub is not None
    program.add_rows("hub_holds", (7, 1), [(columns.hub[0, 1:], 1.0)], lower=0.05)


def payers_floor_raised(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """Who pays much must hold half as much again on top of its floor."""
    assert columns.levy is not None
    program.add_rows(
        "payers", columns.levy.shape, [(columns.balance, 1.0), (columns.levy, -20.0)],
        lower=fund.floor / fund.unit,
    )  # fmt: skip


def grants_capped(program: LinearProgram, _: FundProblem, columns: FundColumns) -> None:
    """A cap on what is drawn in a year that no limit asks for."""
    assert columns.grant is not None
    program.add_rows("cap", columns.grant.shape, [(columns.grant, 1.0)], upper=0.02)


def one_swap_at_a_time(program: LinearProgram, _: FundProblem, columns: FundColumns) -> None:
    """Pools that pay and pools that draw, by turns: odd years only draw, even years only pay."""
    assert columns.grant is not None
    assert columns.levy is not None
    drawn, paid = columns.grant[:, 1::2], columns.levy[:, ::2]
    program.add_rows("drawn", drawn.shape, [(drawn, 1.0)], upper=0.0)
    program.add_rows("paid", paid.shape, [(paid, 1.0)], upper=0.0)


@pytest.fixture(scope="module")
def right() -> Outcome:
    found = optimised([problem()], AIMS)
    assert found.status == "optimal"
    assert not found.model.elastic
    assert found.certificate.certified, found.certificate
    assert found.certificate.relative_gap < 1e-8
    return found


def caught(right: Outcome, found: Outcome) -> None:
    """The worse plan breaks no limit and is what its program says, yet is not certified."""
    assert found.status == "optimal"
    assert not found.certificate.certified
    assert found.certificate.relative_gap > 1e-5
    if not found.model.elastic:
        assert found.certificate.largest_violation < 1e-6
        assert found.certificate.objective == pytest.approx(found.certificate.reported, rel=1e-7)
        assert found.certificate.objective > right.certificate.objective + 1e-5
        assert found.certificate.bound < right.certificate.objective + 1e-8


@pytest.mark.parametrize("way", TOO_TIGHT)
def test_a_program_too_tight_on_purpose_is_not_certified(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = problem(BINDING.get(way, POLICY))
    untouched = optimised([fund], AIMS)
    assert untouched.certificate.certified
    tightened(monkeypatch, TOO_TIGHT[way])
    caught(untouched, optimised([fund], AIMS))


@pytest.mark.parametrize(
    "rows", [hub_holds_more, payers_floor_raised, grants_capped, one_swap_at_a_time]
)
def test_rows_that_no_limit_asks_for_are_not_certified(
    rows: Callable[..., None], right: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rows(monkeypatch, rows)
    caught(right, optimised([problem()], AIMS))


def test_a_problem_too_tight_is_not_certified(
    right: Outcome,
) -> None:
    """Limits are stated again from the policy, so that a wrong fund problem is seen as well."""
    caught(right, optimised([floor_higher(problem())], AIMS))
    caught(right, optimised([corridor_narrower(problem())], AIMS))
    loose = replace(problem(), floor=0.5 * problem().floor)
    found = optimised([loose], AIMS).certificate
    assert found.violations["reserve floor"] > 1e-3
    assert not found.certified


@pytest.mark.parametrize("order", [(), ("burden", "unevenness"), ("unevenness", "movement")])
@pytest.mark.parametrize("floor", ["every", "expectation", "cvar"])
def test_every_kind_of_floor_is_bounded(
    floor: FloorKind, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = problem(replace(POLICY, floor=floor, tail=0.4), 4)
    aims = replace(AIMS, order=order)
    found = optimised([fund], aims)
    assert found.certificate.certified, found.certificate
    tightened(monkeypatch, fund_with(levy_ceiling=0.0))
    worse = optimised([fund], aims)
    assert not worse.certificate.certified


@pytest.mark.parametrize("measure", ["range", "deviation", "gini"])
@pytest.mark.parametrize("pairwise", [30, 2])
def test_every_measure_is_bounded(
    measure: Unevenness, pairwise: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundpool.models.optimiser.program.objectives.PAIRWISE_UNITS", pairwise)
    aims = replace(AIMS, measure=measure)
    assert optimised([problem()], aims).certificate.certified
    tightened(monkeypatch, fund_with(levy_ceiling=0.0))
    assert not optimised([problem()], aims).certificate.certified


def test_other_groups_hubs_and_freezes_are_bounded() -> None:
    base = problem()
    shared = replace(
        base, group=np.array([0, 0, 1, 1, 1]), group_names=("west", "east"),
        rate_in_force=base.rate_in_force[:, :2], rate_lower=base.rate_lower[:, :2],
        rate_upper=base.rate_upper[:, :2], hub=np.array([0, 1, 0, 1, 0]),
    )  # fmt: skip
    assert optimised([shared], AIMS).certificate.certified
    for change in ({"hub_keeps": False}, {"frozen_years": 0}, {"swaps": False},
                   {"levy_ceiling": np.inf}, {"own_responsibility": None},
                   {"yearly_change": np.inf}):  # fmt: skip
        found = optimised([problem(replace(POLICY, **change))], AIMS)  # type: ignore[arg-type]
        assert found.certificate.certified, (change, found.certificate)


def test_the_second_statement_has_the_same_optimum() -> None:
    """Solved by itself, without unevenness, which it has no columns for."""
    found = optimised([problem()], replace(AIMS, unevenness=0.0))
    statement = found.model.stated()
    matrix, low = statement.matrix().tocsr(), np.concatenate(statement.row_lower)
    high = np.concatenate(statement.row_upper)
    weights = replace(AIMS, unevenness=0.0).weights()
    equal = low == high
    below = np.isfinite(high) & ~equal
    above = np.isfinite(low) & ~equal
    least = linprog(
        statement.cost(weights),
        np.vstack([matrix[below].toarray(), -matrix[above].toarray()]),
        np.concatenate([high[below], -low[above]]), matrix[equal].toarray(), low[equal],
        list(zip(np.concatenate(statement.lower), np.concatenate(statement.upper), strict=True)),
    )  # fmt: skip
    assert found.certificate.certified
    assert least.fun == pytest.approx(found.certificate.objective, rel=1e-8)
    assert found.certificate.bound == pytest.approx(least.fun, rel=1e-8)


def test_limits_stated_again_are_those_of_the_problem() -> None:
    for policy in (POLICY, replace(POLICY, frozen_years=0, own_responsibility=None),
                   replace(POLICY, swaps=False, yearly_change=np.inf),
                   replace(POLICY, rate_least=1.2, rate_most=1.3)):  # fmt: skip
        fund = problem(policy, 3)
        again = stated_limits(fund)
        np.testing.assert_allclose(again.floor, fund.floor)
        np.testing.assert_allclose(again.rate_least, fund.rate_lower)
        np.testing.assert_allclose(again.rate_most, fund.rate_upper)
        np.testing.assert_allclose(again.grant_most, fund.grant_limit)


def spread(values: np.ndarray, share: np.ndarray, measure: str) -> float:
    if measure == "range":
        return float(np.ptp(values))
    if measure == "deviation":
        return evenness.mean_absolute_deviation(values, share)
    apart = np.abs(values[:, None] - values)
    return float(share @ apart @ share) / 2.0


@pytest.mark.parametrize("measure", ["range", "deviation", "gini"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), units=st.integers(2, 7))
def test_gauge_is_the_least_multiple(measure: str, seed: int, units: int) -> None:
    """No values beat it, and some reach it: those of a set of units against the others."""
    random = np.random.default_rng(seed)
    share = random.dirichlet(np.ones(units))
    price = random.normal(size=units)
    price -= share * price.sum()
    most = float(gauge(price[None], share[None], measure)[0])
    for _ in range(20):
        values = random.uniform(0.0, 2.0, units)
        assert price @ values <= most * spread(values, share, measure) + 1e-12
    # a set against the rest, or one unit against another at the same mean
    tried = [np.array([bool(code >> u & 1) for u in range(units)], dtype=float)
             for code in range(1, 2**units - 1)]  # fmt: skip
    each = np.diag(1.0 / share)
    tried += [each[u] - each[v] for u in range(units) for v in range(units) if u != v]
    assert max(price @ v / spread(v, share, measure) for v in tried) == pytest.approx(most)


def test_a_bound_above_the_objective_fails() -> None:
    assert Certificate({}, 0.0, 1.0, 1.0, 1.0, ()).certified
    assert not Certificate({}, 0.0, 1.0, 1.0, bound=5.0, stages=()).certified
    assert not Certificate({}, 0.0, 1.0, 1.0, bound=1.0 + 1e-5, stages=()).certified
    assert not Certificate({}, 0.0, 1.0, 1.0, 1.0, stages=(-1e-3,)).certified
    # nor may a stage lie above its own
    assert not Certificate({}, 0.0, 1.0, 1.0, 1.0, stages=(1e-3,)).certified


@pytest.mark.parametrize("floor", ["every", "expectation", "cvar"])
def test_an_elastic_plan_without_its_swaps_is_not_certified(
    floor: FloorKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = problem(replace(POLICY, rate_most=1.0, floor=floor, tail=0.4), 3)
    aims = replace(AIMS, swaps=0.0)
    found = optimised([fund], aims)
    assert found.model.elastic
    check = found.certificate
    assert check.certified, check
    assert check.shortfall_share > 1e-3
    assert check.shortfall_share == pytest.approx(check.reported_share, rel=1e-6)
    kept = plan_model.decisions_of

    def dropped(*given: object) -> tuple[Decision, ...]:
        return tuple(
            Decision(d.rates, 0.0 * d.grants, 0.0 * d.levies)
            for d in kept(*given)  # type: ignore[arg-type]
        )

    monkeypatch.setattr(optimisation, "decisions_of", dropped)
    lost = optimised([fund], aims).certificate
    assert lost.shortfall_share > check.shortfall_share * 1.001
    assert not lost.certified


def test_shortfall_in_the_tail_is_the_least_that_mends_it() -> None:
    """Losses 8, 4, -2, -6 of equal weight: the mean of the worst half is 6."""
    paths = pool_flows(np.full((4, 1, 1), 100.0), 1000.0, 100.0, [0.0])
    fund = fund_problem.fund_problem(
        paths, Policy(reserve_months=0.0, floor="cvar", tail=0.5, swaps=False)
    )
    balance = -np.array([8.0, 4.0, -2.0, -6.0]).reshape(4, 1, 1)
    # half of the scenarios lose: all of their losses, 12 over 4 scenarios, in outgoes of 100
    assert shortfall_share(fund, balance) == pytest.approx(3.0 / 100.0)
    # where one of four loses, taking 6 off the 8 brings the mean of the worst half to nil
    balance[1] = 2.0
    assert shortfall_share(fund, balance) == pytest.approx((8.0 - 2.0) / 4.0 / 100.0)


def test_a_feasible_floor_called_impossible_is_not_certified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The program cannot keep its floor, but a plan could: its least shortfall is no least."""
    tightened(monkeypatch, fund_with(rate_most=1.0, rate_least=0.0))
    found = optimised([problem()], AIMS)
    assert found.model.elastic
    assert found.certificate.shortfall > 1.0
    assert not found.certificate.certified


def test_built_without_bars_has_none() -> None:
    barred = [np.zeros((1, 8, 5), dtype=bool)]
    model = build([problem()], AIMS, True, barred)
    barred[0][:] = True
    assert model.barred is not None
    assert not model.barred[0].any()


@pytest.mark.parametrize("measure", ["deviation", "gini"])
def test_a_unit_without_weight_counts_only_by_its_price(measure: str) -> None:
    price, share = np.array([[0.3, -0.2, -0.1]]), np.array([[0.5, 0.3, 0.2]])
    alone = gauge(price, share, measure)
    for place in range(4):
        wider, weights = (np.insert(values, place, 0.0, axis=1) for values in (price, share))
        assert gauge(wider, weights, measure) == pytest.approx(alone, rel=1e-14)
        wider[0, place] = 0.1
        assert np.isinf(gauge(wider, weights, measure)).all()
