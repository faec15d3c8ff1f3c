"""A plan in the terms of a statute."""

import numpy as np
import pytest

import fundpool
from fundpool.calls.results import Plan, Projection
from tests.cases.small import given, small_case

CORRIDORS = {
    "resident": {
        "premium": {"least": given(100.0), "most": given(1000.0), "yearly_change": given(40.0)},
        "subsidy": {"least": given(100.0), "most": given(2000.0, by_year={"2022": 2100.0})},
    },
    "employee": {
        "employer_rate": {"least": given(0.0), "most": given(0.3)},
        "employee_rate": {"least": given(0.0), "most": given(0.1), "yearly_change": given(0.01)},
        "account_rate": {"least": given(0.0), "most": given(0.05)},
    },
}


@pytest.fixture(scope="module")
def projection(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    case = small_case()
    case.settings["optimiser"] = {"instruments": CORRIDORS}
    read = fundpool.read_case(case.write(tmp_path_factory.mktemp("statute") / "case"))
    return fundpool.project(read, pooling="county", years=3)


@pytest.fixture(scope="module")
def plan(projection: Projection) -> Plan:
    return fundpool.optimise(projection, reserve_months=1.0, ruin=None)


@pytest.fixture(scope="module")
def decided(projection: Projection) -> Plan:
    limits = fundpool.Limits(choose="rates,swaps,instruments")
    return fundpool.optimise(projection, reserve_months=1.0, ruin=None, limits=limits)


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


def test_premiums_and_subsidies_that_are_decided_bring_what_the_plan_asks_for(
    projection: Projection, plan: Plan, decided: Plan
) -> None:
    assert decided.status == "certified"
    assert decided.certificate.violations["made up of instruments"] < 1e-6
    funds = projection.funds.set_index(["scheme", "pool", "year"])
    both = decided.instruments.merge(decided.rates, on=["scheme", "pool", "year"])
    both = both.set_index(["scheme", "pool", "year"]).join(funds[["persons", "contributors"]])
    flat = both[both["premium"].notna()]
    extra = (flat["subsidy"] - flat["subsidy_in_force"]) * flat["persons"]
    collected = flat["premium"] * flat["contributors"]
    np.testing.assert_allclose(
        collected + extra, flat["rate"] * flat["contribution_base"], rtol=1e-6
    )
    assert flat["premium"].between(100.0 - 1e-6, 1000.0 + 1e-6).all()
    assert (flat["subsidy"] - flat["subsidy_in_force"]).abs().max() > 1.0
    payroll = both[both["premium"].isna()]
    pooled = payroll["employer_rate"] + payroll["employee_rate"] - payroll["account_rate"]
    np.testing.assert_allclose(pooled, payroll["rate"], atol=1e-8)
    # corridors can only cost
    assert decided.certificate.objective >= plan.certificate.objective - 1e-6
