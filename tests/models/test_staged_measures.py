"""Measures of staged plans against the table of funds, worked out anew from its rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool.actuarial.solvency import balance_recursion, short_range_test
from fundpool.cli.tables import overview_text
from fundpool.inputs.case import Case, read_case
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers, SchemeLevers
from fundpool.models.funds.summary import NEVER
from fundpool.models.pooling.plans import PoolingPlan, pools_of
from fundpool.models.projection.comparison import compare
from fundpool.models.projection.study import Projection, Study, project
from tests.cases.small import small_case

TARGET = 6.0
PLANS = [
    "county",
    "city",
    "county,city@2027,province@2029",
    "county,county[North=320300|320700]@2027",
    "county[Both=320100|320200],province@2028",
    "county+city:0.05:0.2:0.5,city+province:0.1:0.3@2027,province@2029",
]


@pytest.fixture(scope="module")
def short_of_money(jiangsu_study: Study) -> Study:
    """Employee rates four points lower, so that some funds run dry in every stage."""
    levers = FlowLevers(2026, care=0.1, schemes={"employee": SchemeLevers(-0.04)})
    flows = with_levers(jiangsu_study.case, jiangsu_study.flows, levers)
    return replace(jiangsu_study, flows=flows)


def _of_pools(funds: pd.DataFrame) -> pd.DataFrame:
    """Rows of pools; those of adjustment funds have no members."""
    return funds[funds["persons"].notna()]


@pytest.mark.parametrize("plan", PLANS)
def test_every_pool_of_every_stage_is_measured(short_of_money: Study, plan: str) -> None:
    projection = short_of_money.pooled(plan)
    measures = projection.measures.set_index(["scheme", "pool"])
    tables = dict(iter(_of_pools(projection.funds).groupby(["scheme", "pool"], sort=False)))
    assert set(measures.index) == set(tables)
    if plan.startswith("county,city"):  # the plan shows what it is chosen for
        early = measures[measures["last_year"] < 2030]
        assert (early["exhaustion_year"].notna()).any()
    for key, table in tables.items():
        row, first = measures.loc[key], table.iloc[0]
        assert (row["first_year"], row["last_year"]) == (table["year"].min(), table["year"].max())
        dry = table.loc[table["balance"] < 0, "year"]
        assert (None if pd.isna(row["exhaustion_year"]) else row["exhaustion_year"]) == (
            dry.min() if len(dry) else None
        )
        for name, value in (
            ("opening_balance", first["opening_balance"]),
            ("closing_balance", table["balance"].iloc[-1]),
            ("min_reserve_months", table["reserve_months"].min()),
            ("final_reserve_months", table["reserve_months"].iloc[-1]),
            ("payg_rate_first", first["payg_rate"]),
            ("payg_rate_last", table["payg_rate"].iloc[-1]),
            ("income_rate_first", first["income_rate"]),
            ("persons", first["persons"]),
        ):
            assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-9), (key, name)
        owed = first["outstanding"] - first["claims_incurred"] + first["claims_paid"]
        months = (first["opening_balance"] - owed) * 12
        opening = months / (first["claims_paid"] + first["administration"])
        assert row["short_range_test"] == short_range_test(
            table["reserve_months"].to_numpy(), TARGET, opening=opening
        ), key


@pytest.mark.parametrize("plan", PLANS)
def test_the_overview_counts_them(short_of_money: Study, plan: str) -> None:
    projection = short_of_money.pooled(plan)
    pools = _of_pools(projection.funds)
    persons = short_of_money.flows.persons[:, 1, :-1]
    for number, row in enumerate(projection.overview.to_dict("records")):
        own = pools[pools["scheme"] == row["scheme"]]
        dry = own[own["balance"] < 0]
        assert row["pools"] == own["pool"].nunique()
        assert row["pools_exhausted"] == dry["pool"].nunique()
        first = row["first_exhaustion"]
        assert (None if pd.isna(first) else first) == (dry["year"].min() if len(dry) else None)
        # a county counts if its fund of some year is below zero in that year
        counties = _dry_counties(projection, row["scheme"], dry)
        expected = persons[number][counties].sum() / persons[number].sum()
        assert row["persons_exhausted_share"] == pytest.approx(expected)
        held = projection.funds[projection.funds["year"] == projection.years[-1]]
        total = held[held["scheme"] == row["scheme"]]["balance"].sum()
        assert row["closing_balance"] == pytest.approx(total, rel=1e-9)


def _dry_counties(projection: Projection, scheme: str, dry: pd.DataFrame) -> np.ndarray:
    found = np.zeros(len(projection.case.regions.codes), dtype=bool)
    for year, table in dry.groupby("year"):
        pools = pools_of(projection.case, projection.plan.stage(scheme, int(year)))
        found |= np.isin(np.array(pools.codes)[pools.of_county], table["pool"])
    return found


@pytest.mark.parametrize("plan", PLANS)
def test_rates_are_those_of_pools_that_stand_throughout(short_of_money: Study, plan: str) -> None:
    """At its level rate a fund of any stage, kept for all years, ends at the target."""
    projection = short_of_money.pooled(plan)
    interest = projection.flows.paths.interest
    stages = projection.plan.stages
    funds = {}
    for stage in stages:
        alone = PoolingPlan("alone", (replace(stage, from_year=None),))
        table = _of_pools(short_of_money.pooled(alone).funds)
        funds |= dict(iter(table.groupby(["scheme", "pool"], sort=False)))
    factors = (1 + interest) ** 0.5 / np.cumprod(1 + interest)
    for row in projection.measures.to_dict("records"):
        table = funds[row["scheme"], row["pool"]]
        base = table["contribution_base"].to_numpy()
        flow = (
            row["level_rate"] * base
            + table["subsidies"] + table["from_accounts"] + table["missing_years_paid"]
            - table["claims_paid"] - table["administration"]
        )  # fmt: skip
        last = table.iloc[-1]
        target = TARGET / 12 * last["outgo_next_year"] + last["outstanding"]
        ends = balance_recursion(table["opening_balance"].iloc[0], flow.to_numpy(), interest)[-1]
        assert ends == pytest.approx(target, rel=1e-8)
        years = table["year"].between(row["first_year"], row["last_year"]).to_numpy()
        assert row["base_present_value"] == pytest.approx((base * factors)[years].sum())
        paid = ((table["contributions"] - table["account_credits"]) * factors).sum()
        collected = paid / (base * factors).sum()
        assert row["income_rate"] == pytest.approx(collected)
        assert row["actuarial_balance"] == pytest.approx(collected - row["level_rate"])


def test_the_mean_level_rate_is_the_same_at_every_level(jiangsu_study: Study) -> None:
    """The same money at every level: pooling moves rates, not their mean, where claims stay.

    They do where all care is given in the county that pays, and nothing makes people claim more.
    """
    recorded = jiangsu_study.flows.claims_by_distance  # (..., distance, off-site, other territory)
    near = np.zeros_like(recorded)
    near[:, :, :, 0] = recorded.sum(axis=3)[..., :1]
    at_home = replace(jiangsu_study, flows=replace(jiangsu_study.flows, claims_by_distance=near))
    means = [
        at_home.pooled(plan).overview["level_rate_mean"].to_numpy()
        for plan in (*jiangsu_study.case.levels, "county[Both=320100|320200]")
    ]
    for mean in means[1:]:
        np.testing.assert_allclose(mean, means[0], rtol=1e-9)


def test_a_fund_that_runs_dry_before_it_is_merged_is_counted(small: Case) -> None:
    """One county's fund for residents is empty at the end of 2021, two years before it merges."""
    balances = small.tables["fund_balances"].copy()
    ash = (balances["region"] == "ash") & (balances["scheme"] == "resident")
    birch = (balances["region"] == "birch") & (balances["scheme"] == "resident")
    balances.loc[ash, "pooled_balance"] = -1e6
    balances.loc[birch, "pooled_balance"] = 8e6
    poor = replace(small, tables={**small.tables, "fund_balances": balances})
    comparison = compare(poor, ["county", "county,province@2023"], 5)
    shown = comparison.overview.set_index(["plan", "scheme"])
    for plan in ("county", "county,province@2023"):
        row = shown.loc[(plan, "resident")]
        assert (row["pools_exhausted"], row["first_exhaustion"]) == (1, 2021)
    assert shown.loc[("county,province@2023", "resident"), "pools"] == 3


def test_a_rate_that_does_not_exist_is_a_dash(jiangsu: Case) -> None:
    """Over one year nobody is in a scheme that begins in 2022: no mean, and no zero."""
    changed = jiangsu.with_policies(["migrant-comprehensive"])
    comparison = compare(changed, ["province"], 1)
    (line,) = [
        line for line in overview_text(comparison).splitlines() if "migrant_comprehensive" in line
    ]
    assert line.split()[-3:] == ["–", "–", "–"]


def test_a_fund_that_loses_all_its_members_has_no_part_in_the_figures(tmp_path: Path) -> None:
    """Everybody of Ash moves to Birch in the first year: its fund has neither rate nor months."""
    made = small_case()
    made.tables["mobility"] = pd.DataFrame(
        {"home": ["ash", "birch"], "gross_migraproduction_rate": [5000.0, 0.0],
         "return_rate": 0.0, "onward_rate": 0.0}
    )  # fmt: skip
    projection = project(read_case(made.write(tmp_path / "case")), "county", 4)
    measures = projection.measures.set_index(["scheme", "pool"]).loc["employee"]
    assert measures.loc["ash", ["level_rate", "min_reserve_months"]].isna().all()
    shown = projection.overview.set_index("scheme").loc["employee"]
    birch = measures.loc["birch"]
    # the balance that comes out at six months of outgo at the end, at the rate of Birch alone
    funds = projection.funds.query("scheme == 'employee' and pool == 'birch'")
    balance = 2_000_000.0
    for row in funds.to_dict("records"):
        flow = birch["level_rate"] * row["contribution_base"] - row["claims_paid"]
        balance = balance * 1.21 + flow * 1.1
    last = funds.iloc[-1]
    assert balance == pytest.approx(last["outgo_next_year"] / 2.0 + last["outstanding"])
    assert shown["level_rate_mean"] == pytest.approx(birch["level_rate"], rel=1e-12)
    assert shown["min_reserve_months"] == birch["min_reserve_months"] == pytest.approx(
        funds["reserve_months"].min())  # fmt: skip


def test_counties_know_when_their_fund_was_dry(short_of_money: Study) -> None:
    projection = short_of_money.pooled(PLANS[2])
    for scheme, (_, summary) in projection.summaries.items():
        own = _of_pools(projection.funds)
        dry = own[(own["scheme"] == scheme) & (own["balance"] < 0)]
        marked = _dry_counties(projection, scheme, dry)
        np.testing.assert_array_equal(summary.county_dry != NEVER, marked)
