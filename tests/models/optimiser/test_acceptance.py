"""Limits that regions are to accept a plan by: solved by hand, and a second time as matrices."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from fundpool.models.optimiser.acceptance.limits import IncomeLine, PaidLimit
from fundpool.models.optimiser.acceptance.terms import AcceptanceTerms, AcceptedPolicy, best_line
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.program import acceptance
from fundpool.models.optimiser.stages import Outcome, optimised
from tests.cases.pool_flows import pool_flows

PLAIN = Policy(reserve_months=0.0)
EVEN = Aims(burden=3.0, unevenness=1.0, movement=0.1, swaps=0.01)
STEADY = Aims(order=("burden", "movement"))


def solved(policy: Policy, outgo: list[list[float]], aims: Aims = EVEN) -> Outcome:
    """Pools with a base of 1,000 and 10 % in force, no interest, nothing in hand."""
    pools = len(outgo[0])
    found = optimised(
        [fund_problem(pool_flows(outgo, 1000.0, 100.0, np.zeros(pools)), policy)], aims
    )
    assert found.certificate.certified, found.certificate
    assert found.certificate.relative_gap < 1e-8
    return found


def paid(first: int, last: int, *money: float) -> PaidLimit:
    return PaidLimit("employee", first, last, money)


def test_a_region_that_pays_no_more_than_alone_pays_for_nobody() -> None:
    """Costs of 8 and 12 %: even rates are 10 %, the first region's own is 8 %."""
    outgo = [[80.0, 120.0]] * 2
    free = solved(PLAIN, outgo)
    np.testing.assert_allclose(free.decisions[0].rates, 0.1, atol=1e-9)
    kept = solved(replace(PLAIN, paid_limits=(paid(0, 1, 160.0, 240.0),)), outgo)
    np.testing.assert_allclose(kept.decisions[0].rates.mean(axis=0), [0.08, 0.12], atol=1e-9)
    assert kept.certificate.violations["paid by regions"] < 1e-9
    a_tenth = solved(
        replace(PLAIN, paid_limits=(paid(0, 1, 160.0, 240.0),), worse_off_by=0.1), outgo
    )
    np.testing.assert_allclose(a_tenth.decisions[0].rates.mean(axis=0), [0.088, 0.112], atol=1e-9)


def test_a_limit_by_year_forbids_paying_first_and_less_later() -> None:
    """Least movement at 36 % in all: 10 and 6 % beside 10 and 10 %; by year at most 8 %."""
    outgo = [[80.0, 120.0], [80.0, 80.0]]
    whole = paid(0, 1, 160.0, 240.0)
    over_the_plan = solved(replace(PLAIN, paid_limits=(whole,)), outgo, STEADY)
    assert over_the_plan.terms["movement"] == pytest.approx(0.1, abs=1e-8)
    np.testing.assert_allclose(
        over_the_plan.decisions[0].rates, [[0.1, 0.1], [0.06, 0.1]], atol=1e-8
    )
    years = (whole, paid(0, 0, 80.0, 120.0), paid(1, 1, 80.0, 120.0))
    by_year = solved(replace(PLAIN, paid_limits=years), outgo, STEADY)
    assert by_year.terms["movement"] == pytest.approx(0.2, abs=1e-8)
    assert by_year.decisions[0].rates[:, 0].max() == pytest.approx(0.08, abs=1e-8)


@pytest.mark.parametrize("amount", [0.0, 6.0])
def test_poorer_regions_pay_little_and_richer_ones_draw_little(amount: float) -> None:
    """A transfer from the poorer to the richer counts for both, so that half the amount moves."""
    line = IncomeLine("employee", (True, False), 2.0)
    policy = replace(PLAIN, income_lines=(line,), poor_to_rich=amount)
    rates = solved(policy, [[80.0, 120.0]] * 2).decisions[0].rates
    moved = amount / 2.0
    np.testing.assert_allclose(
        rates.mean(axis=0), [0.08 + moved / 1000.0, 0.12 - moved / 1000.0], atol=1e-9
    )
    free = solved(policy, [[120.0, 80.0]] * 2).decisions[0].rates
    np.testing.assert_allclose(free, 0.1, atol=1e-9)


LIMITS = replace(
    PLAIN, levy_ceiling=0.3, yearly_change=0.3, worse_off_by=0.05, poor_to_rich=5.0,
    income_lines=(IncomeLine("employee", (True, False, True), 1.0),),
)  # fmt: skip


def instance(seed: int):  # type: ignore[no-untyped-def]
    """Three pools over three years, some short of money, and what each pays alone."""
    random = np.random.default_rng(seed)
    base = random.uniform(500.0, 1500.0, (3, 3))
    outgo = base * random.uniform(0.07, 0.13, (3, 3))
    paths = pool_flows(outgo, base, 0.1 * base, random.uniform(10.0, 40.0, 3), 0.03)
    present = base * (1.03 ** -(np.arange(3) + 0.5))[:, None]
    need = (present * (outgo / base).mean(axis=0)).sum(axis=0)
    limits = (paid(0, 2, *need), paid(1, 2, *(present[1:] * 0.105).sum(axis=0)))
    return paths, replace(LIMITS, paid_limits=limits)


def least_by_matrices(paths, policy: Policy) -> float:  # type: ignore[no-untyped-def]
    """The same program from its description: burden, movement and swaps, dense, in plain money."""
    base, outgo, growth = paths.contribution_base[0], paths.outgo[0], 1.03
    years, pools = base.shape
    n = years * pools
    rate, grant, levy, moved = (np.arange(n).reshape(years, pools) + k * n for k in range(4))
    present = base * (growth ** -(np.arange(years) + 0.5))[:, None]
    cost = np.zeros(4 * n)
    cost[rate] = 3.0 * present / present.sum() / 0.1
    cost[moved] = base[0] / base[0].sum() / 0.1 / years
    cost[levy] = 0.01 / outgo.sum(axis=1, keepdims=True) / years
    rows, sides = [], []

    def at_most(columns: list[tuple[np.ndarray, np.ndarray | float]], side: float) -> None:
        row = np.zeros(4 * n)
        for where, value in columns:
            row[where] += value
        rows.append(row)
        sides.append(side)

    for t in range(years):
        grown = np.array([growth ** (t - k + 0.5) for k in range(t + 1)])
        for p in range(pools):
            opened = paths.opening_balance[p] * growth ** (t + 1)
            at_most(
                [(rate[: t + 1, p], -grown * base[: t + 1, p]), (grant[: t + 1, p], -grown),
                 (levy[: t + 1, p], grown)],
                float(opened - grown @ outgo[: t + 1, p]),
            )  # fmt: skip
            at_most([(levy[t, p], 1.0), (rate[t, p], -0.3 * base[t, p])], 0.0)
            before = [(rate[t - 1, p], -1.0)] if t else []
            start = 0.0 if t else 0.1
            at_most([(rate[t, p], 1.0), (moved[t, p], -1.0), *before], start)
            after = [(c, -v) for c, v in before]
            at_most([(rate[t, p], -1.0), (moved[t, p], -1.0), *after], -start)
        at_most([(grant[: t + 1].T, grown), (levy[: t + 1].T, -grown)], 0.0)
    for limit in policy.paid_limits:
        span = slice(limit.first, limit.last + 1)
        for p in range(pools):
            at_most([(rate[span, p], present[span, p])], 1.05 * limit.money[p])
    at_most([(levy[:, [0, 2]], 1.0), (grant[:, 1], 1.0)], 5.0 * years)
    bounds = [(0.0, 1.0)] * n + [(0.0, None)] * 2 * n + [(0.0, 0.03)] * n
    found = linprog(cost, np.array(rows), sides, bounds=bounds)
    return float(found.fun) if found.status == 0 else np.nan


@pytest.mark.parametrize("seed", [0, 4, 6, 8, 12, 13])
def test_a_second_formulation_has_the_same_optimum(seed: int) -> None:
    paths, policy = instance(seed)
    least = least_by_matrices(paths, policy)
    found = optimised([fund_problem(paths, policy)], replace(EVEN, unevenness=0.0, movement=1.0))
    if np.isnan(least):
        assert found.model.elastic or found.status == "infeasible"
        return
    assert found.certificate.certified
    assert found.certificate.objective == pytest.approx(least, rel=1e-8)
    assert found.certificate.bound == pytest.approx(least, rel=1e-8)


@pytest.mark.parametrize("rows", ["paid_limits", "income_line"])
def test_a_program_without_these_rows_violates_them(
    rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = IncomeLine("employee", (True, False), 2.0)
    policy = replace(PLAIN, income_lines=(line,), poor_to_rich=0.0,
                     paid_limits=(paid(0, 1, 160.0, 240.0),))  # fmt: skip
    if rows == "income_line":
        policy = replace(policy, paid_limits=())
    else:
        policy = replace(policy, income_lines=())
    monkeypatch.setattr(acceptance, rows, lambda *_: None)
    fund = fund_problem(pool_flows([[80.0, 120.0]] * 2, 1000.0, 100.0, np.zeros(2)), policy)
    found = optimised([fund], EVEN)
    assert found.certificate.largest_violation > 0.01
    assert not found.certificate.certified


def test_limits_that_contradict_each_other_are_found_before_solving() -> None:
    """Rates must rise by a tenth, and nobody is to pay more than at those in force."""
    policy = replace(PLAIN, rate_least=1.1, rate_most=2.0)
    fund = fund_problem(pool_flows([[80.0, 120.0]] * 2, 1000.0, 100.0, np.zeros(2)), policy)
    accepted = AcceptedPolicy(AcceptanceTerms("in force", 1, None), {}, EVEN)
    with pytest.raises(ValueError, match=r"p0, employee.* 2021 to 2022; .*11\.000.*10\.000"):
        accepted.problems([fund])
    # alone, the same limit holds, so that nothing contradicts it
    AcceptedPolicy(AcceptanceTerms("alone", 1, None), {}, EVEN).problems([fund])


def test_the_line_with_the_best_plan_is_taken() -> None:
    """The middle region has over what the poorest lacks; below which line it is decides."""
    policy = replace(PLAIN, poor_to_rich=0.0)
    outgo = [[140.0, 60.0, 100.0]] * 2
    fund = fund_problem(pool_flows(outgo, 1000.0, 100.0, np.zeros(3)), policy)
    line = best_line(fund, np.array([1.0, 2.0, 3.0]), EVEN)
    assert line is not None
    assert line.poorer == (True, False, False)
    assert best_line(fund, np.ones(3), EVEN) is None
