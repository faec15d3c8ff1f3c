"""Premiums, rates and subsidies as decisions: solved by hand, and a second time as matrices."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.certificate import Decision, recursion, violations
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.ruin.flows import ScenarioFlows
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.optimiser.ruin.planning import safe_plan
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.optimiser.statutory.limits import InstrumentKind, InstrumentLimit, by_year
from tests.cases.pool_flows import pool_flows

AIMS = Aims(burden=1.0, unevenness=0.0, movement=0.3, swaps=0.0)
PLAIN = Policy(reserve_months=0.0, swaps=False)


def limit(
    name: str, kind: InstrumentKind, heads, in_force, least, most, change=np.inf
) -> InstrumentLimit:  # type: ignore[no-untyped-def]
    shape = np.shape(heads)
    arrays = (by_year(np.broadcast_to(np.asarray(value, float), shape))
              for value in (heads, in_force, least, most))  # fmt: skip
    return InstrumentLimit("employee", name, kind, *arrays, change)


def one_pool(outgo: list[float]) -> PoolPaths:
    """100 of premiums, 10 from each of 10 members; 60 of subsidies, 3 for each of 20 insured."""
    paths = pool_flows([[paid] for paid in outgo], 1000.0, 100.0, [0.0])
    return replace(paths, subsidies=np.full(paths.outgo.shape, 60.0))


def by_hand(
    outgo: list[float], change: float = np.inf, most: float = 12.0, **shares: float
) -> Outcome:
    years = len(outgo)
    policy = replace(
        PLAIN,
        instruments=(
            limit("premium", "member", [[10.0]] * years, 10.0, 5.0, most),
            limit("subsidy", "subsidy", [[20.0]] * years, 3.0, 3.0, 10.0, change),
        ),
        **shares,
    )
    return optimised([fund_problem(one_pool(outgo), policy)], AIMS)


def amounts(outcome: Outcome) -> list[list[float]]:
    """Premium and subsidy of every year."""
    assert outcome.certificate.certified, outcome.certificate
    found = outcome.decisions[0].amounts
    assert found is not None
    return found[:, :, 0].T.round(8).tolist()


def test_what_is_needed_comes_from_both_in_proportion_up_to_the_corridor() -> None:
    """Of 140 above subsidies in force, 125 and 75 in all would be even; premiums stop at 120."""
    assert amounts(by_hand([200.0], most=20.0)) == [[12.5, 3.75]]
    assert amounts(by_hand([200.0])) == [[12.0, 4.0]]


def test_the_share_of_subsidies_is_kept() -> None:
    """45 % of 200 is 90, 4.5 a head; at most 35 % is 70, 3.5 a head, and 13 a member."""
    assert amounts(by_hand([200.0], subsidy_share_least=0.45)) == [[11.0, 4.5]]
    assert amounts(by_hand([200.0], most=20.0, subsidy_share_most=0.35)) == [[13.0, 3.5]]
    # a premium of 12 is 65 % of all there can be
    short = by_hand([200.0], subsidy_share_most=0.35)
    assert short.certificate.shortfall == pytest.approx(200.0 - 120.0 / 0.65)


def test_a_step_holds_back_the_subsidy_and_the_premium_bears_the_rest() -> None:
    """The rate moves least at 16 % in both years, 160; subsidies bring 10 of them, then 20."""
    outcome = by_hand([200.0, 240.0], change=0.5, most=30.0)
    assert amounts(outcome) == [[15.0, 3.5], [14.0, 4.0]]


def instance(seed: int) -> tuple[PoolPaths, Policy]:
    """Three pools over three years, with a premium, two subsidies and accounts."""
    random = np.random.default_rng(seed)
    shape = (3, 3)
    base = random.uniform(800.0, 1200.0, shape)
    heads, insured = base / 100.0, base / 50.0
    paths = pool_flows(base * random.uniform(0.12, 0.2, shape), base, 0.1 * base,
                       random.uniform(10.0, 40.0, 3), 0.03)  # fmt: skip
    paths = replace(paths, subsidies=(insured * 2.5)[None])
    instruments = (
        limit("premium", "member", heads, 12.0, 9.0, 18.0, 1.5),
        limit("account_rate", "account", base, 0.02, 0.0, 0.03, 0.008),
        limit("subsidy_province", "subsidy", insured, 2.0, 1.0, 4.0, 0.6),
        limit("subsidy_county", "subsidy", insured, 0.5, 0.2, 1.5),
    )
    return paths, replace(
        PLAIN, instruments=instruments, subsidy_share_least=0.25, subsidy_share_most=0.4
    )


def least_by_matrices(paths: PoolPaths, policy: Policy) -> float:
    """The amounts alone, in money: rates are written out in them. Dense, with nothing shared."""
    base, outgo = paths.contribution_base[0], paths.outgo[0]
    years, pools = base.shape
    count, n = len(policy.instruments), base.size
    place = np.arange(count * n).reshape(count, years, pools)
    moved = count * n + np.arange(n).reshape(years, pools)
    width = (count + 1) * n
    paid_on = [np.array(one.heads) for one in policy.instruments]
    before = [np.array(one.in_force) for one in policy.instruments]
    rate, constant = np.zeros((years, pools, width)), np.zeros((years, pools))
    whole, given = np.zeros((2, years, pools, width))
    for k, one in enumerate(policy.instruments):
        for (t, p), heads in np.ndenumerate(paid_on[k]):
            rate[t, p, place[k, t, p]] = (-1 if one.kind == "account" else 1) * heads / base[t, p]
            if one.kind == "subsidy":
                constant[t, p] -= before[k][t, p] * heads / base[t, p]
                given[t, p, place[k, t, p]] = heads
            if one.kind != "account":
                whole[t, p, place[k, t, p]] = heads
    present = base * (1.03 ** -(np.arange(years) + 0.5))[:, None]
    cost = np.einsum("tp,tpz->z", present / present.sum() / 0.1, rate)
    fixed = float((present / present.sum() / 0.1 * constant).sum())
    cost[moved] += 0.3 * base[0] / base[0].sum() / 0.1 / years
    rows, sides = [], []
    for t in range(years):
        grown = 1.03 ** (t - np.arange(t + 1) + 0.5)
        for p in range(pools):
            need = (
                outgo[: t + 1, p] - paths.subsidies[0, : t + 1, p] - (constant * base)[: t + 1, p]
            )
            rows.append(-((grown * base[: t + 1, p]) @ rate[: t + 1, p]))
            sides.append(1.03 ** (t + 1) * paths.opening_balance[p] - grown @ need)
            step = rate[t, p] - (rate[t - 1, p] if t else 0.0)
            side = constant[t, p] - (constant[t - 1, p] if t else 0.1)
            for sign in (1.0, -1.0):
                row = sign * step
                row[moved[t, p]] = -1.0
                rows.append(row)
                sides.append(-sign * side)
            rows += [0.25 * whole[t, p] - given[t, p], given[t, p] - 0.4 * whole[t, p], -rate[t, p]]
            sides += [0.0, 0.0, constant[t, p]]
            for k, one in enumerate(policy.instruments):
                for sign in (1.0, -1.0) if np.isfinite(one.yearly_change) else ():
                    row = np.zeros(width)
                    row[place[k, t, p]] = sign
                    if t:
                        row[place[k, t - 1, p]] = -sign
                    rows.append(row)
                    sides.append(one.yearly_change + (0.0 if t else sign * before[k][0, p]))
    bounds: list[tuple[float, float | None]] = []
    for one in policy.instruments:
        bounds += zip(np.ravel(one.least), np.ravel(one.most), strict=True)
    bounds += [(0.0, None)] * n
    found = linprog(cost, np.array(rows), np.array(sides), bounds=bounds, method="highs")
    return float(found.fun) + fixed if found.status == 0 else float("nan")


@pytest.mark.parametrize("seed", range(6))
def test_objective_is_that_of_the_program_written_out(seed: int) -> None:
    paths, policy = instance(seed)
    least = least_by_matrices(paths, policy)
    outcome = optimised([fund_problem(paths, policy)], AIMS, may_miss=False)
    if np.isnan(least):
        assert outcome.status == "infeasible"
        return
    assert outcome.certificate.certified, outcome.certificate
    assert outcome.certificate.objective == pytest.approx(least, rel=1e-8, abs=1e-8)
    assert outcome.certificate.relative_gap < 1e-7


def test_amounts_outside_their_limits_are_found() -> None:
    paths, policy = instance(1)
    fund = fund_problem(paths, policy)
    decision = optimised([fund], AIMS).decisions[0]
    assert decision.amounts is not None
    for k, name in ((0, "corridor of instruments"), (2, "yearly change of instruments")):
        changed = decision.amounts.copy()
        changed[k, 1] += 2.0 if k == 2 else 10.0
        broken = Decision(decision.rates, decision.grants, decision.levies, changed)
        found = violations(fund, broken, recursion(fund, broken), elastic=False)
        assert found[name] > 1e-3
        assert found["made up of instruments"] > 1e-3


def test_margins_against_ruin_are_paid_for_by_what_is_decided() -> None:
    """Costs of 201, 202, ..., 220 in 20 scenarios: 219 must be there, 60 of it in force."""
    policy = replace(
        PLAIN,
        instruments=(
            limit("premium", "member", [[10.0]], 10.0, 5.0, 12.0),
            limit("subsidy", "subsidy", [[20.0]], 3.0, 3.0, 10.0),
        ),
    )
    paths = one_pool([200.0])
    outgo = 201.0 + np.arange(20.0)[:, None, None]
    flows = {
        "employee": ScenarioFlows(np.full(outgo.shape, 1000.0), outgo, outgo - 60.0,
                                  np.zeros((20, 1)))
    }  # fmt: skip

    def solve(limits: Policy, may_miss: bool) -> tuple[Outcome, ...]:
        return (optimised([fund_problem(paths, limits)], AIMS, may_miss=may_miss),)

    plan = safe_plan(solve, flows, lambda _: iter([flows]), RuinLimit(0.05, 2021), policy)
    assert plan.probability.safe
    ((premium, subsidy),) = amounts(plan.outcomes[0])
    assert premium == pytest.approx(12.0)
    assert 120.0 + 20.0 * subsidy == pytest.approx(219.0, abs=0.05)
