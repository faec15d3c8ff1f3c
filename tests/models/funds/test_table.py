"""Funds and pooling: money is conserved between levels, plans, stages and adjustment funds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundpool.actuarial.run_off import paid_claims
from fundpool.actuarial.solvency import balance_recursion, level_rate, reserve_months
from fundpool.inputs.case import Case
from fundpool.models.funds.books import OTHER_INCOME, county_book, run_off, year_after
from fundpool.models.funds.table import fund_table
from fundpool.models.pooling.plans import AdjustmentFund, PoolingPlan, Stage, pools_of
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import Study, study

MONEY = [
    "persons", "contributors", "contribution_base", "contributions", "account_credits",
    "missing_years_paid", "subsidies", "claims_incurred", "claims_paid", "outstanding",
    "administration", "interest", "balance",
]  # fmt: skip


def _totals(funds: pd.DataFrame) -> pd.DataFrame:
    return funds.groupby(["scheme", "year"])[MONEY].sum()


def test_levels_hold_the_same_money(jiangsu_at_home: Study) -> None:
    tables = [_totals(jiangsu_at_home.pooled(level).funds) for level in jiangsu_at_home.case.levels]
    for table in tables[1:]:
        assert table.to_numpy() == pytest.approx(tables[0].to_numpy(), rel=1e-12)


@given(st.lists(st.integers(0, 6), min_size=95, max_size=95))
@settings(deadline=None, max_examples=15, derandomize=True)
def test_any_partition_holds_the_same_money(jiangsu_at_home: Study, groups: list[int]) -> None:
    case = jiangsu_at_home.case
    named = tuple(
        (code, f"group {group}") for code, group in zip(case.regions.codes, groups, strict=True)
    )
    plan = PoolingPlan("drawn", (Stage("county", groups=named),))
    table = fund_table(case, jiangsu_at_home.flows, plan)
    assert table["pool"].nunique() == len(set(groups))
    expected = _totals(jiangsu_at_home.pooled("county").funds)
    assert _totals(table).to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_a_pool_is_the_sum_of_its_counties(jiangsu_at_home: Study) -> None:
    case = jiangsu_at_home.case
    counties = jiangsu_at_home.pooled("county").funds
    city_of = dict(
        zip(
            case.regions.codes,
            [case.regions.codes_at("city")[i] for i in case.regions.ancestor_index("city")],
            strict=True,
        )
    )
    summed = counties.assign(city=counties["pool"].map(city_of)).groupby(
        ["scheme", "city", "year"]
    )[MONEY].sum()  # fmt: skip
    cities = jiangsu_at_home.pooled("city").funds.set_index(["scheme", "pool", "year"])[MONEY]
    assert cities.sort_index().to_numpy() == pytest.approx(
        summed.sort_index().to_numpy(), rel=1e-9, abs=1.0
    )


def test_merging_later_adds_the_balances(jiangsu_at_home: Study) -> None:
    staged = jiangsu_at_home.pooled("county,city@2027,province@2029").funds
    number = staged.groupby(["scheme", "year"])["pool"].nunique().loc["employee"]
    assert number.tolist() == [95, 95, 13, 13, 1, 1]
    expected = _totals(jiangsu_at_home.pooled("county").funds)
    assert _totals(staged).to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_balances_follow_the_recursion(jiangsu_study: Study) -> None:
    """Each pool's balances are those of the recursion in fundpool.actuarial.solvency."""
    funds = jiangsu_study.pooled("city").funds
    interest = jiangsu_study.flows.paths.interest
    for _, table in funds.groupby(["scheme", "pool"]):
        flow = (
            table["contributions"]
            - table["account_credits"]
            + table[list(OTHER_INCOME)].sum(axis=1)
            - table["claims_paid"]
            - table["administration"]
        )
        expected = balance_recursion(table["opening_balance"].iloc[0], flow.to_numpy(), interest)
        assert table["balance"].to_numpy() == pytest.approx(expected, rel=1e-12)
        months = reserve_months(
            table["balance"].to_numpy(),
            table["outgo_next_year"].to_numpy(),
            table["outstanding"].to_numpy(),
        )
        assert table["reserve_months"].to_numpy() == pytest.approx(months)


def test_the_level_rate_ends_at_the_target(jiangsu_study: Study) -> None:
    projection = jiangsu_study.pooled("city")
    interest = jiangsu_study.flows.paths.interest
    measures = projection.measures.set_index(["scheme", "pool"])
    for (scheme, pool), table in projection.funds.groupby(["scheme", "pool"]):
        rate = measures.loc[(scheme, pool), "level_rate"]
        flow = (
            rate * table["contribution_base"]
            + table[list(OTHER_INCOME)].sum(axis=1)
            - table["claims_paid"]
            - table["administration"]
        )
        closing = balance_recursion(table["opening_balance"].iloc[0], flow.to_numpy(), interest)[-1]
        last = table.iloc[-1]
        target = 6 / 12 * last["outgo_next_year"] + last["outstanding"]
        assert closing == pytest.approx(target, rel=1e-9)


def test_run_off_is_that_of_the_science() -> None:
    incurred = np.array([[100.0], [200.0], [50.0]])
    lag = np.array([0.6, 0.3, 0.1])
    paid, owed = run_off(incurred, np.tile(lag, (3, 1)))
    # years before the base year are taken to equal it
    expected, left = paid_claims(incurred[:, 0], lag, before=100.0)
    assert paid[:, 0] == pytest.approx(expected[1:])
    assert owed[:, 0] == pytest.approx(left[1:])


def test_claims_are_paid_or_owed(jiangsu_study: Study) -> None:
    for scheme in range(2):
        book = county_book(jiangsu_study.case, jiangsu_study.flows, scheme)
        change = np.diff(book.outstanding, axis=0)
        assert book.claims_incurred[1:] == pytest.approx(book.claims_paid[1:] + change, rel=1e-9)


@pytest.mark.parametrize("own", [0.0, 0.3, 1.0])
def test_adjustment_funds_keep_the_money(jiangsu_study: Study, own: float) -> None:
    """Levies equal what the hubs take in, grants what they pay; all together as without them."""
    plan = f"city+province:0.05:{own}"
    funds = jiangsu_study.pooled(plan).funds
    hubs = funds["level"].str.endswith("adjustment fund")
    pools = funds[~hubs]
    for column, other in (("swaps_in", "swaps_out"), ("swaps_out", "swaps_in")):
        there = pools.groupby(["scheme", "year"])[column].sum()
        here = funds[hubs].groupby(["scheme", "year"])[other].sum()
        assert here.to_numpy() == pytest.approx(there.to_numpy(), rel=1e-12)
    assert (funds.loc[hubs, "balance"] >= -1e-6).all()
    expected = _totals(jiangsu_study.pooled("city").funds)["balance"]
    held = funds.groupby(["scheme", "year"])["balance"].sum()
    assert held.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    if own == 1.0:
        assert (pools["swaps_in"] == 0).all()
    else:
        assert pools["swaps_in"].sum() > 0


def test_a_hub_joins_the_pool_that_takes_its_place(jiangsu_at_home: Study) -> None:
    """When the members of an adjustment fund merge at its level, its reserve is theirs."""
    staged = jiangsu_at_home.pooled("city+province:0.05:0.9,province@2028").funds
    hubs = staged["level"].str.endswith("adjustment fund")
    assert staged[hubs]["year"].unique().tolist() == [2025, 2026, 2027]
    assert staged[hubs & (staged["year"] == 2027)]["balance"].min() > 0
    held = staged.groupby(["scheme", "year"])["balance"].sum()
    expected = _totals(jiangsu_at_home.pooled("city").funds)["balance"]
    assert held.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_moral_hazard_raises_claims_where_funds_merge(jiangsu: Case, jiangsu_study: Study) -> None:
    changed = jiangsu.with_values({"pooling.moral_hazard.values.province": 0.186})
    plan = plan_for(changed, "province")
    with_hazard = fund_table(changed, jiangsu_study.flows, plan)
    without = fund_table(jiangsu, jiangsu_study.flows, plan)
    assert with_hazard["claims_incurred"].to_numpy() == pytest.approx(
        1.186 * without["claims_incurred"].to_numpy()
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("village", "'village' in the pooling plan 'village' is not a level of jiangsu"),
        ("city,county@2025", "would split pools up; levels must rise"),
        ("county@2025", "must begin with a level without a year"),
        ("county,city@soon", "'soon' in the pooling plan"),
        ("city+nation:0.05:0.3", "'nation' in the pooling plan"),
        ("city+province:lots", "should read LEVEL:LEVY:OWN"),
        ("city+province:1.5:0.3", "should read LEVEL:LEVY:OWN"),
    ],
)
def test_plans_that_cannot_be(jiangsu: Case, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.split(";")[0]):
        plan_for(jiangsu, text)


def test_plans_and_stages(jiangsu: Case) -> None:
    plan = plan_for(jiangsu, "county,city+province:0.04:0.2@2027")
    assert plan.stage("employee", 2026).level == "county"
    late = plan.stage("employee", 2027)
    assert (late.level, late.adjustment) == ("city", AdjustmentFund("province", 0.04, 0.2))
    assert plan_for(jiangsu, plan) is plan
    only = PoolingPlan("one scheme", (Stage("city", schemes=("employee",)),))
    with pytest.raises(ValueError, match="no pools for resident"):
        only.stage("resident", 2025)
    with pytest.raises(ValueError, match="between 0 and 1"):
        AdjustmentFund("province", -0.1, 0.0)
    with pytest.raises(ValueError, match="not a level"):
        pools_of(jiangsu, Stage("parish"))


def test_level_rate_agrees_with_the_science(jiangsu_study: Study) -> None:
    """One pool's level rate, taken straight from its rows."""
    projection = jiangsu_study.pooled("province")
    table = projection.funds[projection.funds["scheme"] == "employee"]
    last = table.iloc[-1]
    rate = level_rate(
        (table["claims_paid"] + table["administration"]).to_numpy(),
        table[list(OTHER_INCOME)].sum(axis=1).to_numpy(),
        table["contribution_base"].to_numpy(),
        table["opening_balance"].iloc[0],
        jiangsu_study.flows.paths.interest,
        0.5 * last["outgo_next_year"] + last["outstanding"],
    )
    measured = projection.measures.set_index("scheme").loc["employee", "level_rate"]
    assert measured == pytest.approx(rate)


def test_the_outgo_of_next_year_is_what_next_year_pays(small: Case) -> None:
    """With moral hazard too: a tenth more claims in city pools, now and a year later.

    After the last year outgo grows as it did into the last year.
    """
    raised = small.with_values({"pooling.moral_hazard.values.city": 0.1})
    plain, costly = (study(case, 3).pooled("city").funds for case in (small, raised))
    for (_, pool), table in costly.groupby(["scheme", "pool"]):
        outgo = (table["claims_paid"] + table["administration"]).to_numpy()
        following = table["outgo_next_year"].to_numpy()
        assert following[:-1] == pytest.approx(outgo[1:]), pool
        assert following[-1] == pytest.approx(outgo[-1] ** 2 / outgo[-2]), pool
    for name, since in (("claims_incurred", 2021), ("claims_paid", 2022)):
        later = plain["year"] >= since  # care of the base year is paid as it was given
        expected = 1.1 * plain.loc[later, name].to_numpy()
        assert costly.loc[later, name].to_numpy() == pytest.approx(expected), name


def test_outgo_grows_on_after_the_last_year() -> None:
    """110 after 100 leads to 121; a fund that paid nothing the year before stays at its outgo."""
    outgo = np.array([[100.0, 0.0], [110.0, 30.0]])
    assert year_after(outgo) == pytest.approx(np.array([[110.0, 30.0], [121.0, 30.0]]))
    assert year_after(outgo[:1]) == pytest.approx(outgo[:1])
