"""A plan in the terms of a statute."""

import numpy as np
import pytest

import fundpool
from fundpool.calls.results import Plan
from tests.cases.small import small_case


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    case = fundpool.read_case(small_case().write(tmp_path_factory.mktemp("statute") / "case"))
    projection = fundpool.project(case, pooling="county", years=3)
    return fundpool.optimise(projection, reserve_months=1.0, ruin=None)


def test_rates_of_employers_and_members_less_accounts_are_the_pooled_rate(
    plan: Plan,
) -> None:
    keys = ["scheme", "pool", "year"]
    both = plan.instruments.merge(plan.rates, on=keys)
    payroll = both[both["premium"].isna()]
    assert set(payroll["scheme"]) == {"employee"}
    for kind, rate in (("employer_rate", "rate"), ("employer_rate_in_force", "rate_in_force")):
        pooled = payroll[kind] + payroll["employee_rate"] - payroll["account_rate"]
        np.testing.assert_allclose(pooled, payroll[rate], atol=1e-12)
    assert payroll["employee_rate"].between(0.001, 0.2).all()


def test_premiums_a_head_make_up_what_the_plan_collects(
    plan: Plan,
) -> None:
    (resident,) = (part for part in plan.schemes if part[0].paths.scheme == "resident")
    fund, decision, _ = resident
    collected = (decision.rates[:, fund.group] * fund.base).T.ravel()
    flat = plan.instruments[plan.instruments["scheme"] == "resident"]
    heads = fund.paths.contributors.T.ravel()
    np.testing.assert_allclose(flat["premium"] * heads, collected, rtol=1e-9)
    assert flat["employer_rate"].isna().all()
    assert (flat["subsidy"] >= 0.0).all()
