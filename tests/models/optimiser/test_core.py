"""No coalition pays more than as one fund: solved by hand, and with every coalition at once."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool import examples
from fundpool.actuarial.sharing import coalition_members
from fundpool.inputs.regions import RegionTree
from fundpool.models.optimiser.acceptance.coalitions import players_of, sharing_of
from fundpool.models.optimiser.acceptance.core import CorePolicy
from fundpool.models.optimiser.acceptance.limits import CoalitionLimit
from fundpool.models.optimiser.acceptance.terms import AcceptanceTerms
from fundpool.models.optimiser.explain.prices import obstacle
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem, rebuilt
from fundpool.models.optimiser.program import acceptance
from fundpool.models.optimiser.stages import Outcome, optimised
from tests.cases.pool_flows import pool_flows

PLAIN = Policy(reserve_months=0.0)
EVEN = Aims(burden=3.0, unevenness=1.0, movement=0.1, swaps=0.01)
STABLE = AcceptanceTerms(None, None, None, stable=True)


@pytest.fixture(scope="module")
def regions() -> RegionTree:
    return examples.projection("city").case.regions


def stable(fund: FundProblem, regions: RegionTree, aims: Aims = EVEN) -> Outcome:
    return CorePolicy.of(STABLE, regions).solved([fund], lambda f: (optimised(f, aims),))[0]


def random_fund(seed: int, pools: int = 4) -> FundProblem:
    """Pools of one path with money in hand, some of which could help the others for a time."""
    random = np.random.default_rng(seed)
    base = random.uniform(500.0, 1500.0, (3, pools))
    outgo = base * random.uniform(0.06, 0.14, (3, pools))
    paths = pool_flows(outgo, base, 0.1 * base, random.uniform(0.0, 60.0, pools), 0.03)
    return fund_problem(paths, replace(PLAIN, levy_ceiling=0.5))


def test_two_regions_that_are_cheap_together_pay_that_and_no_more(regions: RegionTree) -> None:
    """Costs of 80 and 100, 100 and 80, and 150 a year.

    Alone the first two need level rates of 9 and 10 %: what the second spends first it cannot wait
    for. Together they spend 180 in both years, 9 % of their base. Even rates would be 11 %; in the
    core the two pay 360 together, and 180 the first alone, so that each pays 9 %.
    """
    outgo = [[80.0, 100.0, 150.0], [100.0, 80.0, 150.0]]
    fund = fund_problem(pool_flows(outgo, 1000.0, 100.0, np.zeros(3)), PLAIN)
    free = optimised([fund], EVEN)
    np.testing.assert_allclose(free.decisions[0].rates, 0.11, atol=1e-9)
    kept = stable(fund, regions)
    assert kept.certificate.certified
    paid = kept.decisions[0].rates.sum(axis=0) * 1000.0
    np.testing.assert_allclose(paid, [180.0, 180.0, 300.0], atol=1e-3)
    assert kept.certificate.violations["paid by coalitions"] < 1e-9
    # without the coalition of the two, the second may be asked for 200
    singles = tuple(
        CoalitionLimit("employee", tuple(np.eye(3, dtype=bool)[k]), money)
        for k, money in enumerate((180.0, 200.0, 300.0))
    )
    alone = optimised([rebuilt(fund, replace(PLAIN, coalition_limits=singles))], EVEN)
    assert alone.certificate.certified
    assert alone.decisions[0].rates[:, :2].sum() * 1000.0 > 360.0 + 1.0


@pytest.mark.parametrize("seed", range(6))
def test_constraint_generation_finds_the_plan_of_all_coalitions(
    seed: int, regions: RegionTree
) -> None:
    fund = random_fund(seed)
    game = CorePolicy.of(STABLE, regions).game(fund)
    assert game is not None
    assert len(game.member) == 2**4 - 2
    every = tuple(
        CoalitionLimit("employee", tuple(row.tolist()), float(most))
        for row, most in zip(game.member, game.money, strict=True)
    )
    whole = optimised([rebuilt(fund, replace(fund.policy, coalition_limits=every))], EVEN)
    generated = stable(fund, regions)
    assert generated.model.elastic == whole.model.elastic
    assert generated.certificate.certified
    if generated.model.elastic:
        return
    assert generated.certificate.objective == pytest.approx(whole.certificate.objective, rel=1e-8)
    assert generated.certificate.bound == pytest.approx(whole.certificate.objective, rel=1e-8)
    assert len(generated.model.funds[0].policy.coalition_limits) < len(every)
    sharing = sharing_of(fund, generated.decisions[0], players_of(fund, None), None)
    assert sharing.in_core["plan"]


def test_costs_of_coalitions_are_those_of_an_enumeration(regions: RegionTree) -> None:
    """Present value of the least level rate with which no balance of their sums is below zero."""
    fund = random_fund(1)
    game = CorePolicy.of(STABLE, regions).game(fund)
    assert game is not None
    paths = fund.paths
    half, growth = 1.03**0.5, 1.03
    for inside, most in zip(coalition_members(4)[1:-1], game.money, strict=True):
        base, outgo = (x[0][:, inside].sum(axis=1) for x in (paths.contribution_base, paths.outgo))
        opened = paths.opening_balance[inside].sum()
        rate = 0.0
        for t in range(3):
            grown = np.array([half * growth ** (t - k) for k in range(t + 1)])
            needed = grown @ outgo[: t + 1] - opened * growth ** (t + 1)
            rate = max(rate, needed / (grown @ base[: t + 1]))
        present = (base * growth ** -(np.arange(3) + 0.5)).sum()
        assert most == pytest.approx(rate * present, rel=1e-6)


def test_a_core_without_a_plan_gives_the_nearest_with_what_must_give(regions: RegionTree) -> None:
    """9 % in force, one point of change a year, no swaps; costs of 80 and 100, and 100 and 80.

    Together they would pay 360. The first alone needs 180; the second 100 and then 90, as its rate
    falls by no more: 370. Of 180 it pays 95 first, and is 5 short; with 3 % more nobody is.
    """
    outgo = [[80.0, 100.0, 90.0], [100.0, 80.0, 90.0]]
    policy = replace(PLAIN, swaps=False, yearly_change=1.0 / 9.0)
    fund = fund_problem(pool_flows(outgo, 1000.0, 90.0, np.zeros(3)), policy)
    near = stable(fund, regions)
    assert near.model.elastic
    assert near.certificate.certified
    assert near.certificate.shortfall == pytest.approx(5.0, abs=1e-3)
    assert near.decisions[0].rates[0, 1] == pytest.approx(0.095, abs=1e-6)
    said = [str(one) for one in obstacle(Plan(near.model.funds[0].policy, EVEN, (near,))).remedies]
    assert any("pools could swap money" in one for one in said)
    assert any("coalitions of regions could pay 3 % more than as one fund" in one for one in said)


def test_a_program_without_these_rows_violates_them(
    regions: RegionTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "coalition_limits", lambda *_: None)
    fund = fund_problem(pool_flows([[80.0, 120.0]] * 2, 1000.0, 100.0, np.zeros(2)), PLAIN)
    broken = stable(fund, regions)
    assert broken.certificate.largest_violation > 0.01
    assert not broken.certificate.certified
