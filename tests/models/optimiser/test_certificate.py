"""The certificate believes nobody."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.actuarial.aggregate_check import AggregateCheck
from fundpool.models.optimiser import stages as optimisation
from fundpool.models.optimiser.certificate import (
    Certificate,
    Decision,
    recursion,
    tail_mean,
    violations,
)
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.solving import Solution, solve
from fundpool.models.optimiser.stages import Outcome, optimised
from tests.cases.pool_flows import pool_flows


@pytest.fixture(scope="module")
def fund() -> FundProblem:
    random = np.random.default_rng(5)
    outgo = random.uniform(60.0, 140.0, (10, 6)) * np.linspace(1.0, 1.5, 10)[:, None]
    base = np.tile(random.uniform(800.0, 1200.0, 6), (10, 1))
    paths = pool_flows(outgo, base, 0.1 * base, random.uniform(50.0, 100.0, 6), 0.025)
    policy = Policy(reserve_months=3.0, rate_most=3.0, yearly_change=0.3, levy_ceiling=0.1,
                    own_responsibility=0.1, effort=1.0)  # fmt: skip
    return fund_problem(paths, policy)


@pytest.fixture(scope="module")
def outcome(fund: FundProblem) -> Outcome:
    found = optimised([fund], Aims())
    assert found.certificate.certified
    return found


def test_a_false_optimum_two_per_cent_off_is_caught(
    fund: FundProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lazy(program: LinearProgram, *_: object) -> tuple[Solution, object]:
        """Asks for a burden 2 % above the best, at a feasible point, and says it is optimal."""
        best, arrays = solve(program)
        rates = program.columns["employee_rate"].ravel()
        costs = arrays.cost[rates]
        program.add_rows("lazy", (), [(rates, costs)], lower=1.02 * (costs @ best.values[rates]))
        worse, _ = solve(program)
        assert worse.status == "optimal"
        return replace(worse, duals=best.duals), arrays

    monkeypatch.setattr(optimisation, "solve", lazy)
    found = optimised([fund], Aims())
    assert found.status == "optimal"  # so it says
    assert found.certificate.largest_violation < 1e-8  # and every limit is kept
    assert not found.certificate.certified
    assert 0.001 < found.certificate.relative_gap < 0.03


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("rate", "rate corridor"), ("step", "yearly change"), ("floor", "reserve floor"),
        ("levy", "levy ceiling"), ("grant", "grant limit"), ("hub", "hub reserve"),
        ("both", "pays and draws"), ("negative", "negative swaps"),
    ],
)  # fmt: skip
def test_every_rule_that_is_broken_is_found(
    fund: FundProblem, outcome: Outcome, change: str, rule: str
) -> None:
    good = outcome.decisions[0]
    rates, grants, levies = good.rates.copy(), good.grants.copy(), good.levies.copy()
    if change == "rate":
        rates[3, 2] = fund.rate_upper[3, 2] + 0.01
    elif change == "step":
        rates[4, 1] = rates[3, 1] + 0.31 * fund.reference
    elif change == "floor":
        rates = np.minimum(rates, 0.8 * rates)
    elif change == "levy":
        levies[0, 5, 0] = 0.2 * rates[5, 0] * fund.paths.contribution_base[0, 5, 0]
    elif change == "grant":
        grants[0, 5, 0] = fund.grant_limit[0, 5, 0] + 10.0
    elif change == "hub":
        grants[0, 0] += 50.0
    elif change == "both":
        grants[0, 2, 3] += 5.0
        levies[0, 2, 3] += 5.0
    else:
        levies[0, 2, 3] = -5.0
    bad = replace(good, rates=rates, grants=grants, levies=levies)
    found = violations(fund, bad, recursion(fund, bad), elastic=False)
    assert found[rule] > 1e-3
    kept = violations(fund, good, recursion(fund, good), elastic=False)
    assert max(kept.values()) < 1e-8


def test_the_bound_holds_whatever_the_duals(outcome: Outcome) -> None:
    statement = outcome.model.stated()
    assert np.isfinite(np.concatenate(statement.lower)).all()
    assert np.isfinite(np.concatenate(statement.upper)).all()
    weights, best = Aims().weights(), outcome.certificate.objective
    random = np.random.default_rng(0)
    solved = outcome.solutions[-1].duals
    for size in (0.0, 1e-3, 0.5, 20.0):
        for _ in range(5):
            duals = solved + size * random.normal(0.0, 1.0, solved.size)
            bound = outcome.model.bound(statement, duals, weights)
            assert bound <= best + 1e-9
    assert outcome.model.bound(statement, 0.0 * solved, weights) < best - 0.1


def test_objective_is_recomputed_from_rates_alone(outcome: Outcome) -> None:
    certificate = outcome.certificate
    assert certificate.objective == pytest.approx(certificate.reported, rel=1e-9)
    assert not replace(certificate, reported=certificate.reported * 1.001).certified


def test_recursion_agrees_with_the_closed_form() -> None:
    from fundpool.actuarial.solvency import balance_recursion

    paths = pool_flows([[90.0], [95.0], [99.0]], 1000.0, 100.0, [20.0], [0.02, 0.03, 0.04])
    fund = fund_problem(paths, Policy(reserve_months=0.0, swaps=False))
    nothing = np.zeros((1, 3, 1))
    run = recursion(fund, Decision(np.full((3, 1), 0.1), nothing, nothing))
    wanted = balance_recursion(20.0, [10.0, 5.0, 1.0], [0.02, 0.03, 0.04])
    np.testing.assert_allclose(run.balance[0, :, 0], wanted, rtol=1e-14)


def test_tail_mean_splits_the_last_atom() -> None:
    losses = np.array([[1.0], [4.0], [2.0], [3.0]])
    even = np.full(4, 0.25)
    assert tail_mean(losses, 0.25, even)[0] == pytest.approx(4.0)
    # 0.375 is the whole of 4 and half of 3
    assert tail_mean(losses, 0.375, even)[0] == pytest.approx((4 * 0.25 + 3 * 0.125) / 0.375)
    assert tail_mean(losses, 1.0, even)[0] == pytest.approx(2.5)


def test_a_gap_of_an_earlier_stage_is_not_certified(outcome: Outcome) -> None:
    """A plan that leaves half of what an earlier objective could save is not the plan asked for."""
    certificate = outcome.certificate
    early = replace(certificate, stages=(0.5, *certificate.stages))
    assert early.relative_gap == pytest.approx(0.5)
    assert not early.certified


@pytest.mark.parametrize(("violation", "certified"), [(5e-7, True), (2e-6, False), (1e-3, False)])
def test_limits_are_kept_to_one_in_a_million(
    outcome: Outcome, violation: float, certified: bool
) -> None:
    broken = replace(outcome.certificate, violations={"reserve floor": violation})
    assert broken.certified == certified


def one_year(hub_keeps: bool = True) -> FundProblem:
    """Two pools with outgo and income of 100, nothing held; the floor is three months: 25."""
    paths = pool_flows([[100.0, 100.0]], 1000.0, 100.0, [0.0, 0.0])
    return fund_problem(paths, Policy(reserve_months=3.0, hub_keeps=hub_keeps))


def paying(levy: float, grant: float = 0.0) -> Decision:
    """The first pool pays, the second draws, both at the rate in force."""
    return Decision(np.full((1, 2), 0.1), np.array([[[0.0, grant]]]), np.array([[[levy, 0.0]]]))


def test_a_payer_below_its_floor_is_found_though_the_floor_is_elastic() -> None:
    """It pays 10 and ends at -10 where it must hold 25: 35 of its outgo of 100 are missing.

    The other pool lacks 25 and pays nothing, which an elastic floor allows.
    """
    fund = one_year()
    bad, idle = paying(10.0), paying(0.0)
    found = violations(fund, bad, recursion(fund, bad), elastic=True)
    assert found["payer keeps its floor"] == pytest.approx(0.35)
    assert found["reserve floor"] == 0.0
    kept = violations(fund, idle, recursion(fund, idle), elastic=True)
    assert kept["payer keeps its floor"] == 0.0
    strict = violations(fund, idle, recursion(fund, idle), elastic=False)
    assert strict["reserve floor"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("hub_keeps", "levy", "grant", "owed"),
    [
        (True, 10.0, 0.0, 0.0),  # it may save
        (True, 0.0, 10.0, 0.05),  # it may not owe: 10 of the pools' outgo of 200
        (False, 10.0, 0.0, 0.05),  # what it keeps is as wrong
        (False, 0.0, 10.0, 0.05),
        (False, 10.0, 10.0, 0.0),
    ],
)
def test_what_a_hub_may_hold(hub_keeps: bool, levy: float, grant: float, owed: float) -> None:
    fund = one_year(hub_keeps)
    decision = paying(levy, grant)
    found = violations(fund, decision, recursion(fund, decision), elastic=True)
    assert found["hub reserve"] == pytest.approx(owed)


def test_a_gap_near_a_zero_objective_is_absolute_and_says_so() -> None:
    near = Certificate({}, 0.0, 2e-9, 2e-9, 1e-9, ())
    assert near.relative_gap == pytest.approx(1e-6)
    record = near.record()
    assert record["absolute_gap"] == pytest.approx(1e-9)
    assert "near zero: its gap is absolute, 1.0e-09" in str(record["gap_sentence"])
    assert Certificate({}, 0.0, 1.0, 1.0, 1.0, ()).record()["gap_sentence"] is None


def test_a_pool_that_collects_nothing_has_no_share_of_income() -> None:
    paths = pool_flows([[100.0, 0.0]], [[1000.0, 0.0]], [[100.0, 0.0]], [0.0, 5.0])
    policy = Policy(reserve_months=0.0)
    outcome = optimised([fund_problem(paths, policy)], Aims())
    fund = outcome.model.funds[0]
    given = Decision(outcome.decisions[0].rates, np.array([[[0.0, 7.0]]]), np.array([[[7.0, 0.0]]]))
    plan = Plan(policy, Aims(), (replace(outcome, decisions=(given,)),))
    assert fund.pools == 2
    assert plan.swaps["share_of_income"].tolist() == pytest.approx([-0.07, 0.0])
    assert plan.rates["rate_in_force"].tolist() == pytest.approx([0.1, 0.0])


def test_a_plan_on_scenarios_that_fail_their_check_is_not_certified() -> None:
    """The certificate carries the check of the aggregate losses behind the scenarios."""
    sound = Certificate({}, 0.0, 1.0, 1.0, 1.0, (), aggregate=AggregateCheck(truncated=1e-5))
    assert sound.certified
    assert not replace(sound, aggregate=AggregateCheck(mean=0.5)).certified
    kept = sound.record()["aggregate"]
    assert isinstance(kept, dict)
    assert kept["passed"]
    assert kept["truncated"] == 1e-5
