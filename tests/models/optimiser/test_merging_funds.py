"""Plans for pools that merge on the way: by hand, and beside pools merged from the start."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool import examples
from fundpool.inputs.format.messages import reason
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser import Choices, optimise
from fundpool.models.optimiser.acceptance.terms import AcceptanceTerms
from fundpool.models.optimiser.certificate import Decision, recursion, violations
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import unchanged_balance
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.stages import Outcome, optimised
from fundpool.models.projection.central import central_paths
from tests.cases.pool_flows import pool_flows

STEADY = Aims(order=("burden", "movement"))
STAGED = Choices(mergers=True)
AIMS = Aims(burden=1.0, unevenness=0.5, movement=0.2, swaps=0.05)


def solved(paths: PoolPaths, policy: Policy, aims: Aims) -> Outcome:
    outcome = optimised([fund_problem(paths, policy)], aims)
    assert outcome.certificate.certified, outcome.certificate
    return outcome


def test_two_funds_that_merge_in_the_second_year_share_what_the_first_holds() -> None:
    """80 and 100, then 240, and 20 in hand: 400 of a base of 4,000 is the rate in force."""
    plain = pool_flows([[80.0, 100.0], [120.0, 120.0]], 1000.0, 100.0, [20.0, 0.0])
    policy = Policy(reserve_months=0.0, swaps=False)
    apart = solved(plain, policy, STEADY).decisions[0].rates
    np.testing.assert_allclose(apart.mean(axis=0), [0.09, 0.11], atol=1e-8)
    together = solved(replace(plain, merged=np.array([[0, 1], [0, 0]])), policy, STEADY)
    np.testing.assert_allclose(together.decisions[0].rates, 0.1, atol=1e-8)
    # 40 and nothing at the end of the first year, all spent at the end of the second
    np.testing.assert_allclose(together.runs[0].balance[0], [[40.0, 0.0], [0.0, 0.0]], atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("months", [1.0, 60.0])
def test_pools_merged_from_the_first_year_are_one_pool(seed: int, months: float) -> None:
    """Objective and shortfall of three pools, two of them one fund, are those of two pools."""
    random = np.random.default_rng(seed)
    base = random.uniform(500.0, 1500.0, (3, 2))
    outgo = base * random.uniform(0.08, 0.13, (3, 2))
    opening = random.uniform(10.0, 40.0, 2)
    share = np.array([0.3, 0.7, 1.0])
    of = [0, 0, 1]
    two = pool_flows(outgo, base, 0.1 * base, opening, 0.03)
    three = pool_flows(outgo[:, of] * share, base[:, of] * share, 0.1 * base[:, of] * share,
                       [opening[0] * 0.9, opening[0] * 0.1, opening[1]], 0.03)  # fmt: skip
    three = replace(three, merged=np.array([[0, 0, 1]] * 3))
    policy = Policy(reserve_months=months, rate_most=2.0, yearly_change=0.3, levy_ceiling=0.2,
                    own_responsibility=0.1, effort=0.9)  # fmt: skip
    one, other = solved(two, policy, AIMS), solved(three, policy, AIMS)
    assert other.model.elastic == one.model.elastic == (months > 50.0)
    assert other.certificate.objective == pytest.approx(one.certificate.objective, rel=1e-8)
    assert other.certificate.shortfall == pytest.approx(one.certificate.shortfall, rel=1e-7)


def test_a_fund_with_two_rates_or_that_pays_and_draws_is_found() -> None:
    paths = pool_flows([[80.0, 100.0]] * 2, 1000.0, 100.0, [20.0, 0.0])
    fund = fund_problem(replace(paths, merged=np.array([[0, 1], [0, 0]])), Policy(reserve_months=0))
    swaps = np.zeros((2, 1, 2, 2))
    swaps[0, 0, 1, 0] = swaps[1, 0, 1, 1] = 5.0
    broken = Decision(np.array([[0.1, 0.1], [0.1, 0.11]]), swaps[0], swaps[1])
    found = violations(fund, broken, recursion(fund, broken), elastic=False)
    assert found["one rate of a merged fund"] == pytest.approx(0.1)
    assert found["merged fund pays and draws"] > 0.02


def test_a_staged_plan_follows_the_projection_s_funds() -> None:
    """Balances at the rates in force are those of the projection, before and after the merger."""
    projection = examples.study().pooled("county,city@2022")
    paths = central_paths(projection, "resident", staged=True)
    assert paths.merged is not None
    balance = unchanged_balance(fund_problem(paths, Policy()))[0]
    table = projection.funds[projection.funds["scheme"] == "resident"]
    for t, year in enumerate(paths.years):
        of_year = table[table["year"] == year]["balance"].to_numpy()
        summed = np.bincount(paths.merged[t], balance[t])
        np.testing.assert_allclose(summed, of_year, rtol=1e-9)
    plan = optimise(projection, reserve_months=3.0, choices=STAGED)
    assert plan.status == "certified"
    assert plan.certificate.violations["one rate of a merged fund"] < 1e-6


def test_stages_of_one_level_are_the_plain_plan() -> None:
    plain, staged = (optimise(examples.study().pooled(pooling), 3.0, choices=STAGED)
                     for pooling in ("city", "city,city@2022"))  # fmt: skip
    assert staged.certificate.objective == pytest.approx(plain.certificate.objective, rel=1e-8)


def test_what_a_staged_plan_cannot_have_is_said() -> None:
    projection = examples.study().pooled("county,city@2022")
    with pytest.raises(ValueError, match="one path") as error:
        optimise(projection, 3.0, choices=replace(STAGED, acceptable=AcceptanceTerms()))
    with pytest.raises(ValueError, match="changes its pools"):
        optimise(projection, 3.0)
    assert "county,city@2022" in str(reason(error.value))
