"""What an adjustment fund holds goes on with its counties when a stage begins; none is lost."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.funds.recursion import scheme_run
from fundpool.models.pooling.plans import AdjustmentFund, PoolingPlan, Stage, pools_of
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import hub_moves
from fundpool.models.projection.study import Study, study
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import scenario_terms
from tests.cases.stochastic import like_counties, still_section

CITY, PROVINCE = "county+city:0.1:1", "county+province:0.1:1"
"""Own responsibility is whole, so that the funds pay nothing and hold all levies."""
PLANS = {
    "the level of the fund rises": (f"{CITY},{PROVINCE}@2023", [2, 2, 1, 1, 1]),
    "pools rise to the fund and it to another": (
        f"{CITY},city+province:0.1:1@2023", [2, 2, 1, 1, 1]),
    "a higher pool takes in lower funds": (f"{CITY},province@2024", [2, 2, 2, 0, 0]),
    "the fund stays": (f"{CITY},county+city:0.05:1@2023", [2, 2, 2, 2, 2]),
    "the fund waits, and another takes it in": (
        f"{CITY},county@2022,{PROVINCE}@2024", [2, 2, 2, 1, 1]),
}  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Eight counties in two cities of one province."""
    made = like_counties(8)
    made.settings["scenarios"] = still_section()
    folder: Path = tmp_path_factory.mktemp("hubs") / "case"
    return study(read_case(made.write(folder)), 5)


@pytest.mark.parametrize(("plan", "funds"), PLANS.values(), ids=PLANS)
def test_no_money_is_lost_on_the_way(done: Study, plan: str, funds: list[int]) -> None:
    table = done.pooled(plan).funds.query("scheme == 'employee'")
    apart = done.pooled("county").funds.query("scheme == 'employee'")
    held, expected = (t.groupby("year")["balance"].sum().to_numpy() for t in (table, apart))
    assert held == pytest.approx(expected, rel=1e-12)
    hubs = table["level"].str.endswith("adjustment fund")
    assert hubs.groupby(table["year"]).sum().tolist() == funds
    # every fund and pool opens with what it, or what has gone into it, closed with
    closing = table.groupby("year")["balance"].sum().to_numpy()[:-1]
    opening = table.groupby("year")["opening_balance"].sum().to_numpy()[1:]
    assert opening == pytest.approx(closing, rel=1e-12)


@pytest.mark.parametrize("plan", [plan for plan, _ in PLANS.values()], ids=PLANS)
def test_recursion_and_scenarios_carry_it_on_alike(done: Study, plan: str) -> None:
    table = done.pooled(plan).funds.query("scheme == 'employee'")
    run = scheme_run(done.case, done.flows, plan_for(done.case, plan), "employee")
    drawn = run_scenarios(done, [plan], 2, 0, terms=scenario_terms(done).without_noise()).outcomes[
        plan, "employee"
    ]
    hubs = table["level"].str.endswith("adjustment fund")
    in_funds = table["balance"].where(hubs, 0.0).groupby(table["year"]).sum()
    assert run.hub[0] == pytest.approx(in_funds.to_numpy())
    for number, code in enumerate(run.layout.codes):
        live = np.isfinite(run.balance[0, :, number])
        own = table[(table["pool"] == code) & table["year"].isin(run.years[live])]
        balance = own.sort_values("year")["balance"].to_numpy()
        assert run.balance[0, live, number] == pytest.approx(balance)
        middle = drawn.fan.quantile(0.5)[number, live]
        width = drawn.fan.bin_width[number, live]
        assert (np.abs(middle - balance) <= 1.5 * width + 2e-7 * np.abs(balance)).all()


def test_a_fund_goes_on_before_a_pool_takes_it_in(done: Study) -> None:
    """Cities under a fund of cities: it goes on; under one of the province: the pool has it."""
    case = done.case
    cities = pools_of(case, Stage("city"))
    same = hub_moves(cities, cities, cities)
    assert (same.to_pool.tolist(), same.to_hub.tolist()) == ([-1, -1], [0, 1])
    other = hub_moves(cities, cities, pools_of(case, Stage("province")))
    assert (other.to_pool.tolist(), other.to_hub.tolist()) == ([0, 1], [-1, -1])
    pools, hubs = other.carry(np.array([3.0, 4.0]), 2, 1)
    assert (pools.tolist(), hubs.tolist()) == ([3.0, 4.0], [0.0])


def test_no_fund_is_split(done: Study) -> None:
    case = done.case
    with pytest.raises(ValueError, match="would split the adjustment fund"):
        plan_for(case, f"{PROVINCE},{CITY}@2023")
    stages = tuple(
        Stage("county", year, adjustment=AdjustmentFund(level, 0.1, 0.2))
        for level, year in (("province", None), ("city", 2023))
    )
    with pytest.raises(ValueError, match="would be split up"):
        done.pooled(PoolingPlan("split", stages))
