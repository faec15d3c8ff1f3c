"""How far a limit must give where no plan keeps every floor: solved by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.models.optimiser.acceptance.limits import IncomeLine, PaidLimit
from fundpool.models.optimiser.explain.prices import obstacle
from fundpool.models.optimiser.frontier import scheme_frontier
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.stages import optimised
from tests.cases.pool_flows import pool_flows

ALONE = {"swaps": False, "reserve_months": 0.0}


def _remedies(policy: Policy, income: float = 100.0, scenarios: int = 1) -> list[str]:
    """One pool of two years: outgo of 200 a year, a base of 1,000 and 50 held, no interest.

    The rate in force is 10 % where income is 100.
    """
    paths = pool_flows(
        np.full((scenarios, 2, 1), 200.0) if scenarios > 1 else [[200.0]] * 2,
        [[1000.0]] * 2, [[income]] * 2, [50.0],
    )  # fmt: skip
    outcome = optimised([fund_problem(paths, policy)], Aims())
    assert outcome.model.elastic
    return list(obstacle(Plan(policy, Aims(), (outcome,)), "CNY").remedies)


LIMITS = {
    # both years' outgo of 400 from 50 and two years at 17.5 %
    "rates could rise to 1.75 times the rate in force, not 1.5 times": {"rate_most": 1.5},
    # 10 % + c and 10 % + 2 c of 1,000 are 350 where c is 5 points, half of the rate in force
    "rates could change by 50 % of the rate in force a year, not 20 %": {"yearly_change": 0.2},
    # frozen for one year at 10 %: 50 are missing at its end
    "rates were frozen for 0 years, not 2": {"frozen_years": 2},
    # 400 in, 50 held: 50 left at the end, three months of outgo
    "the reserve floor were 3 months of outgo, not 6": {"rate_most": 2.0, "reserve_months": 6.0},
}


@pytest.mark.parametrize(("words", "limits"), LIMITS.items(), ids=list(LIMITS))
def test_one_limit_and_how_far(words: str, limits: dict[str, float]) -> None:
    found = _remedies(Policy(**(ALONE | limits)))  # type: ignore[arg-type]
    assert f"employee: every floor could be kept if {words}." in found


def test_between_the_steps_the_limit_is_rounded_to_one_that_does() -> None:
    """17.5 % of 1,000 at a rate in force of 9 %: 1.9444 times, so 1.95."""
    (found,) = _remedies(Policy(rate_most=1.505, **ALONE), income=90.0)  # type: ignore[arg-type]
    assert "to 1.95 times the rate in force, not 1.505 times" in found


def test_on_scenarios_the_limit_is_named_alone() -> None:
    (found,) = _remedies(Policy(rate_most=1.5, **ALONE), scenarios=3)  # type: ignore[arg-type]
    assert found == "employee: every floor could be kept if rates could rise above the corridor."


def test_two_limits_at_once_are_said_to_be_more_than_one() -> None:
    (found,) = _remedies(Policy(rate_most=1.5, yearly_change=0.2, **ALONE))  # type: ignore[arg-type]
    assert found == "employee: no single limit stands in the way; more than one must give."


def test_what_levies_and_shares_of_deficits_stand_in_the_way() -> None:
    """The second pool lacks 100 a year, which the first has over; rates may not move.

    A fifth of its income of 200 must go into the hub for 80 % of a deficit of 50: 40.
    """
    paths = pool_flows([[100.0, 150.0]], [[1000.0, 1000.0]], [[200.0, 100.0]], [0.0, 10.0])
    policy = Policy(
        reserve_months=0.0, rate_least=0.0, frozen_years=1, levy_ceiling=0.1,
        own_responsibility=0.2,
    )  # fmt: skip
    outcome = optimised([fund_problem(paths, policy)], Aims())
    assert outcome.model.elastic
    found = list(obstacle(Plan(policy, Aims(), (outcome,)), "CNY").remedies)
    wanted = "pools could pay 20 % of their contributions into the hub, not 10 %"
    assert any(wanted in remedy for remedy in found)


def test_a_frontier_says_why_there_is_none() -> None:
    policy = Policy(rate_most=1.5, **ALONE)  # type: ignore[arg-type]
    fund = fund_problem(pool_flows([[200.0]] * 2, [[1000.0]] * 2, [[100.0]] * 2, [50.0]), policy)
    with pytest.raises(ValueError, match=r"no plan that keeps every floor. .*to 1.75 times"):
        scheme_frontier(fund, Aims(), 2, lambda _done: None)


def test_what_regions_are_to_accept_stands_in_the_way() -> None:
    """The second of two regions lacks 20 a year at the most that it may charge, 10 %.

    The first must pay 10 % where it pays 8 % alone, a quarter more; what it pays and the other
    draws are 40 a year.
    """
    paths = pool_flows([[80.0, 120.0]] * 2, [[1000.0, 1000.0]] * 2, [[100.0, 100.0]] * 2, [0, 0])
    policy = Policy(
        reserve_months=0.0, rate_most=1.0,
        paid_limits=(PaidLimit("employee", 0, 1, (160.0, 240.0)),),
    )  # fmt: skip
    outcome = optimised([fund_problem(paths, policy)], Aims())
    found = obstacle(Plan(policy, Aims(), (outcome,)), "CNY").remedies
    assert (
        "employee: every floor could be kept if regions could pay 25 % more than what they are "
        "compared with, not 0 %."
    ) in found
    line = IncomeLine("employee", (True, False), 1.0)
    policy = replace(policy, paid_limits=(), income_lines=(line,), poor_to_rich=4.0)
    outcome = optimised([fund_problem(paths, policy)], Aims())
    found = obstacle(Plan(policy, Aims(), (outcome,)), "CNY").remedies
    assert (
        "employee: every floor could be kept if poorer regions could pay, and richer ones draw, "
        "40 a year, not 4."
    ) in found
    both = replace(policy, paid_limits=(PaidLimit("employee", 0, 1, (160.0, 240.0)),))
    outcome = optimised([fund_problem(paths, both)], Aims())
    found = obstacle(Plan(both, Aims(), (outcome,)), "CNY").remedies
    assert (
        "employee: every floor could be kept if regions could pay 25 % more than what they are "
        "compared with and money could run from poorer to richer ones."
    ) in found
