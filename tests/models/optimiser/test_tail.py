"""Plans on many scenarios by those in some tail: the same as the whole program."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.certificate import Decision, missing, recursion, tail_mean
from fundpool.models.optimiser.explain.prices import shadow_prices
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.program.model import build
from fundpool.models.optimiser.program.tail import TailColumns
from fundpool.models.optimiser.stages import optimised, solved_stages
from fundpool.models.optimiser.statement.limits import stated_limits
from fundpool.models.optimiser.tail import rounds as tail_rounds
from fundpool.models.optimiser.tail.extension import (
    allowed_loss,
    extended,
    marked,
    pairs_of,
    recourse,
    tail_of,
)
from fundpool.models.optimiser.tail.rounds import tail_applies, tail_optimised
from tests.cases.pool_flows import pool_flows


def sample(scenarios: int, seed: int, pools: int = 4, years: int = 5) -> PoolPaths:
    random = np.random.default_rng(seed)
    shape = (scenarios, years, pools)
    outgo = 100.0 * np.exp(0.15 * random.standard_normal(shape).cumsum(axis=1))
    base = 1000.0 * np.exp(0.03 * random.standard_normal(shape).cumsum(axis=1))
    return pool_flows(outgo, base, 0.1 * base, random.uniform(30.0, 90.0, pools), 0.03)


def policy(**changes: Any) -> Policy:
    return replace(
        Policy(
            reserve_months=3.0, levy_ceiling=0.1, own_responsibility=0.1, floor="cvar", tail=0.1
        ),
        **changes,
    )


def problem(scenarios: int = 30, seed: int = 0, **changes: Any) -> FundProblem:
    return fund_problem(sample(scenarios, seed), policy(**changes))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "changes",
    [{}, {"hub_keeps": False}, {"swaps": False}, {"own_responsibility": None}, {"tail": 0.07},
     {"yearly_change": 0.3, "frozen_years": 1, "reserve_months": 1.0}],
)  # fmt: skip
def test_same_optimum_as_the_whole_program(seed: int, changes: dict[str, Any]) -> None:
    fund = problem(seed=seed, **changes)
    whole = optimised([fund], Aims())
    found = tail_optimised([fund], Aims(), 1e-8)
    assert found is not None
    outcome, rounds = found
    assert outcome.certificate.certified, outcome.certificate
    assert outcome.certificate.objective == pytest.approx(whole.certificate.objective, rel=1e-7)
    assert outcome.certificate.bound <= whole.certificate.objective * (1 + 1e-9)
    assert rounds[-1].gap <= 1e-8
    assert outcome.decisions[0].levies.shape == fund.paths.outgo.shape
    assert missing(fund, outcome.runs[0].balance).max() < 1e-6 * fund.unit.max()


def test_several_hubs_weights_and_two_schemes_at_once() -> None:
    first, second = (
        replace(problem(seed=seed), hub=np.array([0, 0, 1, 1])) for seed in (3, 4)
    )  # fmt: skip
    random = np.random.default_rng(1)
    weight = random.uniform(0.5, 1.5, 30)
    weight /= weight.sum()
    funds = [
        replace(
            fund_problem(
                replace(fund.paths, scheme=name), fund.policy, weight=weight
            ), hub=fund.hub,
        )
        for fund, name in ((first, "employee"), (second, "resident"))
    ]  # fmt: skip
    whole = optimised(funds, Aims(joint=True))
    found = tail_optimised(funds, Aims(joint=True), 1e-8)
    assert found is not None
    assert found[0].certificate.certified
    assert found[0].certificate.objective == pytest.approx(whole.certificate.objective, rel=1e-7)


def test_every_round_bounds_the_whole_from_below() -> None:
    fund = problem(seed=2)
    best = optimised([fund], Aims()).certificate.objective
    random = np.random.default_rng(0)
    for share in (0.0, 0.1, 0.5, 1.0):
        chosen = random.uniform(size=(30, 4)) < share
        model = build([fund], Aims(), pairs=[pairs_of(chosen)])
        solved = solved_stages(model, Aims().stages())
        value = solved.solutions[-1].objective / model.scale
        assert value <= best + 1e-9
        if share == 1.0:
            assert value == pytest.approx(best, rel=1e-9)
        elif share == 0.0:
            assert value < best - 1e-3


def test_a_plan_short_of_a_floor_is_not_certified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail_rounds, "ROUNDS", 1)
    found = tail_optimised([problem()], Aims(), 1e-4)
    assert found is not None
    certificate = found[0].certificate
    assert not certificate.certified
    assert certificate.violations["reserve floor"] > 1e-3
    # nor one whose gap is wider than the one it states
    wide = replace(certificate, violations={}, bound=certificate.objective * (1 - 2e-4),
                   reported=certificate.objective)  # fmt: skip
    assert not wide.certified
    assert replace(wide, stated_gap=3e-4).certified


def test_losses_allowed_keep_the_tail_mean_at_zero() -> None:
    fund = problem()
    chosen = np.zeros((30, 4), dtype=bool)
    chosen[:2] = True
    model = build([fund], Aims(), pairs=[pairs_of(chosen)])
    columns = model.columns[0]
    assert isinstance(columns, TailColumns)
    values = solved_stages(model, Aims().stages()).solutions[-1].values
    most = allowed_loss(fund, columns, values)
    reached = tail_mean(most, fund.policy.tail, fund.weight)
    assert reached.max() < 1e-8 * fund.unit.max()
    # and there is no larger loss for the others
    more = most.copy()
    more[2:] += 1e-3 * fund.unit
    assert (tail_mean(more, fund.policy.tail, fund.weight) > 1e-6 * fund.unit).all()


def test_recourse_is_the_cheapest_swap_that_keeps_what_is_asked() -> None:
    # two pools, one year: the second lacks 10, of which it may draw all; a levy takes 10 at most
    paths = pool_flows([[100.0, 110.0]], 1000.0, 100.0, [20.0, 0.0], 0.0)
    fund = fund_problem(paths, policy(reserve_months=0.0, own_responsibility=None))
    rates = np.full((1, 2), 0.1)
    none = np.zeros_like(paths.outgo)
    grants, levies, short = recourse(fund, rates, none, 0)
    assert_allclose(grants, [[0.0, 10.0]], atol=1e-9)
    assert_allclose(levies, [[10.0, 0.0]], atol=1e-9)
    assert_allclose(short, 0.0, atol=1e-9)
    assert_allclose(recourse(fund, rates, none + 4.0, 0)[0], [[0.0, 6.0]], atol=1e-9)


def test_pairs_in_a_tail() -> None:
    fund = problem(20, swaps=False)  # a tenth of twenty: the two worst
    loss = np.full((20, 5, 4), -1.0)
    loss[:, 2, 1] = np.arange(20.0) - 10.0
    chosen = tail_of(fund, loss)
    assert np.argwhere(chosen).tolist() == [[18, 1], [19, 1]]
    pairs = pairs_of(chosen)
    columns = build([fund], Aims(), pairs=[pairs]).columns[0]
    assert isinstance(columns, TailColumns)
    assert (marked(fund, columns.pairs) == chosen).all()


def test_extension_without_pairs_has_no_swaps_unless_short() -> None:
    fund = problem()
    model = build([fund], Aims(), pairs=[pairs_of(np.zeros((30, 4), dtype=bool))])
    columns = model.columns[0]
    assert isinstance(columns, TailColumns)
    values = np.zeros(model.program.bounds()[0].size)
    values[columns.rate] = 5.0  # far above what is needed
    wealthy = extended(fund, columns, values)
    assert wealthy.complete
    assert not wealthy.lacking.any()
    assert wealthy.decision.levies.max() == 0.0
    values[columns.rate] = 0.5
    poor = extended(fund, columns, values)
    assert not poor.complete
    assert poor.lacking.any()


def test_it_applies_to_floors_in_the_tail_with_a_levy_ceiling_only() -> None:
    assert tail_applies([problem()])
    assert tail_applies([problem(swaps=False, levy_ceiling=np.inf)])
    assert not tail_applies([problem(levy_ceiling=np.inf)])
    assert not tail_applies([problem(floor="every")])
    # where not even the highest rates keep the floors, there are no few pairs
    assert tail_optimised([problem(rate_most=1.0)], Aims()) is None


def test_bound_holds_where_pools_may_pay_while_short() -> None:
    # the balance may fall by what is levied, below what the lowest rates lead to without swaps
    fund = problem(levy_ceiling=0.5, rate_least=0.8)
    lower = stated_limits(fund).balance_least
    levies = 0.5 * fund.rate_lower[:, fund.group] * fund.paths.contribution_base
    deep = recursion(fund, Decision(fund.rate_lower, np.zeros_like(levies), levies)).balance
    assert (lower <= deep + 1e-9 * fund.unit).all()


def test_shadow_prices_of_such_a_plan_are_stated_in_readable_figures() -> None:
    fund = problem(levy_ceiling=0.3)
    found = tail_optimised([fund], Aims(), 1e-8)
    assert found is not None
    whole = Plan(fund.policy, Aims(), (optimised([fund], Aims()),))
    tables = [shadow_prices(plan) for plan in (whole, Plan(fund.policy, Aims(), (found[0],)))]
    floors = [t[t["limit"] == "reserve floor"]["price"].sum() for t in tables]
    assert floors[0] > 1e-3
    assert floors[1] == pytest.approx(floors[0], rel=1e-5)
    for table in tables:
        for row in table.to_dict("records"):
            if row["pool"] == "":
                assert "no measurable price" in row["sentence"]
                continue
            assert row["per_million"] == pytest.approx(1e6 * row["price"])
            stated = row["sentence"].split("as much as ")[1].split(" ")[0].replace(",", "")
            assert float(stated) == pytest.approx(abs(row["per_million"]), rel=0.01)
