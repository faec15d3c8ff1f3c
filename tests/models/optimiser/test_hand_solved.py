"""Programs that can be solved by hand."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fundpool.actuarial.solvency import level_rate
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.optimiser.certificate import missing, recursion
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.program.model import build, set_objective
from fundpool.models.optimiser.program.solving import solve
from fundpool.models.optimiser.stages import Outcome, optimised
from tests.cases.pool_flows import pool_flows

CHEAPEST = Aims(order=("burden", "swaps"))


def solved(paths: PoolPaths, policy: Policy, aims: Aims = CHEAPEST) -> tuple[FundProblem, Outcome]:
    fund = fund_problem(paths, policy)
    outcome = optimised([fund], aims)
    assert outcome.status == "optimal"
    assert outcome.certificate.certified, outcome.certificate
    return fund, outcome


def test_a_surplus_of_ten_and_a_deficit_of_ten_swap_exactly_ten() -> None:
    paths = pool_flows(outgo=[[90.0, 110.0]], base=1000.0, income=100.0, opening=[0.0, 0.0])
    fixed = Policy(reserve_months=0.0, frozen_years=1)
    _, outcome = solved(paths, fixed)
    (decision,) = outcome.decisions
    assert_allclose(decision.levies[0, 0], [10.0, 0.0], atol=1e-9)
    assert_allclose(decision.grants[0, 0], [0.0, 10.0], atol=1e-9)
    assert_allclose(outcome.runs[0].balance[0, 0], [0.0, 0.0], atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_constant_rate_of_one_pool_is_the_largest_level_rate_over_sub_horizons(seed: int) -> None:
    random = np.random.default_rng(seed)
    years = 12
    outgo = 100.0 * np.cumprod(1.0 + random.uniform(-0.1, 0.2, years))
    base = 1000.0 * np.cumprod(1.0 + random.uniform(-0.02, 0.08, years))
    interest = random.uniform(0.0, 0.06, years)
    months, opening = 6.0, float(random.uniform(0.0, 150.0))
    following = np.append(outgo[1:], outgo[-1] * 1.05)
    paths = pool_flows(outgo[:, None], base[:, None], 0.1 * base[:, None], [opening], interest,
                       next_outgo=following[:, None])  # fmt: skip
    levels = [
        level_rate(
            outgo[:n], np.zeros(n), base[:n], opening, interest[:n], months / 12 * following[n - 1]
        )
        for n in range(1, years + 1)
    ]
    assert _least_constant_rate(paths, months) == pytest.approx(max(levels), rel=1e-9)


def _least_constant_rate(paths: PoolPaths, months: float) -> float:
    """The program with one more family of rows: the rate of a year is that of the year before."""
    fund = fund_problem(paths, Policy(reserve_months=months, swaps=False))
    model = build([fund], CHEAPEST)
    rate = model.columns[0].rate[:, 0]
    model.program.add_rows("constant", (rate.size - 1,), [(rate[1:], 1.0), (rate[:-1], -1.0)], 0, 0)
    set_objective(model, {"burden": 1.0})
    solution, _ = solve(model.program)
    return float(solution.values[rate[0]] * fund.reference)


def test_plain_level_rate_where_only_the_last_floor_binds() -> None:
    years = 10
    outgo, base = np.full(years, 100.0), np.full(years, 1000.0)
    opening = 200.0
    following = np.zeros(years)
    following[-1] = 120.0
    paths = pool_flows(outgo[:, None], base[:, None], 100.0, [opening], 0.03,
                       next_outgo=following[:, None])  # fmt: skip
    wanted = level_rate(outgo, np.zeros(years), base, opening, 0.03, 60.0)
    assert _least_constant_rate(paths, 6.0) == pytest.approx(wanted, rel=1e-9)


def province_and_counties() -> tuple[PoolPaths, PoolPaths]:
    random = np.random.default_rng(3)
    outgo = random.uniform(50.0, 150.0, (8, 4))
    base = random.uniform(800.0, 1200.0, (8, 4))
    opening = random.uniform(0.0, 80.0, 4)
    counties = pool_flows(outgo, base, 0.09 * base, opening, 0.03)
    merged = pool_flows(outgo.sum(axis=1, keepdims=True), base.sum(axis=1, keepdims=True),
                        0.09 * base.sum(axis=1, keepdims=True), [opening.sum()], 0.03)  # fmt: skip
    return counties, merged


def test_free_swaps_reach_evenness_at_the_rate_of_the_province() -> None:
    counties, merged = province_and_counties()
    policy = Policy(reserve_months=6.0, yearly_change=0.4)
    order = Aims(order=("unevenness", "burden", "movement"))
    _, apart = solved(counties, policy, order)
    _, together = solved(merged, policy, order)
    rates = apart.decisions[0].rates
    assert apart.terms["unevenness"] == pytest.approx(0.0, abs=1e-8)
    assert_allclose(rates - rates[:, :1], 0.0, atol=1e-8)
    assert apart.terms["burden"] == pytest.approx(together.terms["burden"], rel=1e-8)
    assert apart.terms["movement"] == pytest.approx(together.terms["movement"], rel=1e-6, abs=1e-8)


def test_without_swaps_every_county_pays_its_own() -> None:
    counties, _ = province_and_counties()
    policy = Policy(reserve_months=6.0, swaps=False, yearly_change=0.4)
    _, outcome = solved(counties, policy)
    for pool in range(4):
        alone = pool_flows(
            counties.outgo[0][:, [pool]], counties.contribution_base[0][:, [pool]],
            counties.income[0][:, [pool]], counties.opening_balance[[pool]], 0.03,
        )  # fmt: skip
        # the unit of the yearly change is the scheme's rate, which is the same here
        _, single = solved(alone, policy)
        own = counties.contribution_base[0][:, pool] * outcome.runs[0].balance.shape[0]
        factor = np.sqrt(1.03) / 1.03 ** np.arange(1, 9)
        paid = (outcome.decisions[0].rates[:, pool] * own * factor).sum()
        least = (single.decisions[0].rates[:, 0] * own * factor).sum()
        assert paid == pytest.approx(least, rel=1e-7)


def test_own_effort_limits_what_a_pool_draws() -> None:
    # deficit at the effort rate: 110 - 0.1 * 1000 = 10, of which it bears 30 %
    paths = pool_flows(outgo=[[60.0, 110.0]], base=1000.0, income=100.0, opening=[0.0, 0.0])
    policy = Policy(reserve_months=0.0, own_responsibility=0.3, effort=1.0, rate_least=0.1)
    fund, outcome = solved(paths, policy, Aims(order=("burden", "movement")))
    assert_allclose(fund.grant_limit[0, 0], [0.0, 7.0])
    assert outcome.decisions[0].grants[0, 0, 1] <= 7.0 + 1e-9
    assert outcome.decisions[0].rates[0, 1] >= 0.1 - 1e-9  # makes its own effort


def test_levy_ceiling_and_hub_reserve_bind() -> None:
    # the hub can save in the first year only what the ceiling lets in: 5 % of 100
    paths = pool_flows(outgo=[[50.0, 100.0], [100.0, 110.0]], base=1000.0, income=100.0,
                       opening=[0.0, 0.0], interest=0.21)  # fmt: skip
    policy = Policy(reserve_months=0.0, levy_ceiling=0.05, frozen_years=2)
    fund = fund_problem(paths, policy)
    outcome = optimised([fund], CHEAPEST)
    # 5 paid over at mid-year are 6.05 a year later, and 5 more may be levied then: 10 are found
    assert outcome.status == "optimal"
    assert not outcome.model.elastic
    assert (outcome.decisions[0].levies.sum(axis=(0, 2)) <= 5.0 + 1e-9).all()
    assert outcome.runs[0].balance.min() >= -1e-9
    dry = fund_problem(paths, Policy(reserve_months=0.0, levy_ceiling=0.03, frozen_years=2))
    short = optimised([dry], CHEAPEST)
    assert short.model.elastic
    # 3 saved earn 21 % and 3 more: 6.63 of the 10 are found, and the rest is missing at year's end
    lack = missing(dry, recursion(dry, short.decisions[0]).balance)
    assert_allclose(lack[0, 1], [0.0, (10.0 - 6.63) * 1.1], atol=1e-6)


def test_hub_that_keeps_nothing_nets_to_zero_every_year() -> None:
    paths = pool_flows(outgo=[[90.0, 110.0], [100.0, 100.0]], base=1000.0, income=100.0,
                       opening=[50.0, 0.0])  # fmt: skip
    _, outcome = solved(paths, Policy(reserve_months=0.0, hub_keeps=False, frozen_years=2))
    decision = outcome.decisions[0]
    assert_allclose(decision.levies.sum(axis=2), decision.grants.sum(axis=2), atol=1e-9)


def test_frozen_years_keep_the_rate_in_force() -> None:
    counties, _ = province_and_counties()
    _, outcome = solved(counties, Policy(reserve_months=3.0, phase_in_years=4, frozen_years=2))
    rates = outcome.decisions[0].rates
    assert_allclose(rates[:2], 0.09, atol=1e-12)
    assert np.abs(rates[2:] - 0.09).max() > 1e-4


def test_regions_of_a_level_share_a_rate() -> None:
    counties, _ = province_and_counties()
    policy = Policy(reserve_months=3.0, levy_ceiling=0.02)
    apart = fund_problem(counties, policy)
    shared = replace(
        apart, group=np.array([0, 0, 1, 1]), group_names=("west", "east"),
        rate_in_force=apart.rate_in_force[:, :2], rate_lower=apart.rate_lower[:, :2],
        rate_upper=apart.rate_upper[:, :2],
    )  # fmt: skip
    free, bound = optimised([apart], CHEAPEST), optimised([shared], CHEAPEST)
    assert bound.decisions[0].rates.shape == (8, 2)
    assert bound.certificate.certified
    assert bound.terms["burden"] >= free.terms["burden"] - 1e-9


def test_lexicographic_order_is_kept() -> None:
    counties, _ = province_and_counties()
    policy = Policy(reserve_months=6.0, levy_ceiling=0.02, own_responsibility=0.2, effort=0.5)
    _, cheap = solved(counties, policy, Aims(order=("burden", "unevenness")))
    _, even = solved(counties, policy, Aims(order=("unevenness", "burden")))
    assert cheap.terms["burden"] < even.terms["burden"] - 1e-6
    assert even.terms["unevenness"] < cheap.terms["unevenness"] - 1e-6
