"""Solvency measures and evenness of tables small enough to be worked out by hand."""

from math import log
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.inputs.case import Case
from fundpool.models.funds.evenness import evenness_of, evenness_overall, weighted_mean
from fundpool.models.funds.measures import pool_measures
from fundpool.models.funds.recursion import PoolRun
from fundpool.models.funds.summary import pool_summary
from fundpool.models.pooling.plans import Pools, Stage
from fundpool.models.pooling.timeline import Layout
from fundpool.models.projection.comparison import compare
from fundpool.models.projection.study import Study


def _run(interest: float = 0.0, **columns: list[float]) -> PoolRun:
    """A pool of two years."""
    money = {
        "persons": [40.0, 60.0],
        "contribution_base": [1000.0, 1000.0],
        "contributions": [100.0, 100.0],
        "income": [90.0, 90.0],
        "other_income": [0.0, 0.0],
        "outgo": [100.0, 110.0],
        "outstanding": [8.0, 10.0],
        "owed_before": [4.0, 8.0],
        "opening_balance": [50.0, 40.0],
        "balance": [40.0, 20.0],
        "outgo_next_year": [110.0, 120.0],
        "taken_over": [0.0, 0.0],
    } | columns
    table = {name: np.array(values)[:, None] for name, values in money.items()}
    pools = Pools(("ash",), ("Ash",), ("county",), ("county",), np.array([0]))
    laid = Layout(
        "employee", (Stage("county"),), (pools,), (None,), np.zeros(2, int), np.array([0, 1]), {}
    )
    none = np.zeros((2, 1))
    return PoolRun(
        layout=laid, years=np.array([2021, 2022]), interest=np.full(2, interest),
        money=table, opening=table["opening_balance"][0], opening_balance=table["opening_balance"],
        taken_over=table["taken_over"], balance=table["balance"][None], paid=none, received=none,
        hub=np.zeros((1, 2)), total=table["balance"].T,
    )  # fmt: skip


def _measured(run: PoolRun) -> dict[str, Any]:
    (row,) = pool_measures({"employee": pool_summary(run, 6.0)}).to_dict("records")
    return row


def test_one_pool_without_interest() -> None:
    """Two years of outgo 100 and 110, income 90 each, on a base of 1,000.

    Target at the end: six months of 120 and 10 owed, 70. Level rate (100 + 110 + 70 - 50) / 2,000
    = 11.5 %; collected 9 %, so the actuarial balance is -2.5 points. Reserve months 32 x 12 / 110
    = 3.49 and 1. Cost 210 for 100 person-years.
    """
    row = _measured(_run())
    assert row["level_rate"] == pytest.approx(0.115)
    assert row["actuarial_balance"] == pytest.approx(-0.025)
    assert (row["opening_balance"], row["closing_balance"]) == (50.0, 20.0)
    assert pd.isna(row["exhaustion_year"])
    assert row["min_reserve_months"] == pytest.approx(1.0)
    assert row["final_reserve_months"] == pytest.approx(1.0)
    assert (row["payg_rate_first"], row["payg_rate_last"]) == (0.10, 0.11)
    assert (row["income_rate_first"], row["income_rate_last"]) == (0.09, 0.09)
    assert (row["first_year"], row["last_year"]) == (2021, 2022)
    assert row["base_present_value"] == pytest.approx(2000.0)
    assert not row["short_range_test"]
    assert row["cost_per_person"] == pytest.approx(2.1)
    assert (row["persons"], row["contribution_base"]) == (40.0, 1000.0)


def test_one_pool_with_interest() -> None:
    """At 21 % a flow of the first year is worth 1/1.1, of the second 1/1.331, the end 1/1.4641.

    With outgo 110 and 133.1, base 1,100 and 1,331, subsidies 6 and 13.31 and 5 forfeited by
    accounts in the first year everything comes to round numbers: worth 200, 2,000 and 20 in all.
    Target six months of 128.2 and 10.305 owed, 74.405; worth 50.8196. Level rate
    (200 + 50.8196 - 50 - 20) / 2,000.
    """
    run = _run(
        0.21,
        contribution_base=[1100.0, 1331.0],
        income=[88.0, 106.48],
        outgo=[110.0, 133.1],
        other_income=[11.0, 13.31],
        outgo_next_year=[133.1, 128.2],
        outstanding=[0.0, 10.305],
        balance=[30.0, -1.0],
    )
    row = _measured(run)
    level = (200 + 74.405 / 1.4641 - 50 - 20) / 2000
    assert row["level_rate"] == pytest.approx(level)
    assert row["actuarial_balance"] == pytest.approx(0.08 - level)
    assert row["exhaustion_year"] == 2022


def test_a_pool_without_a_base_has_no_rate() -> None:
    row = _measured(_run(contribution_base=[0.0, 1000.0]))
    assert np.isnan(row["level_rate"])
    assert np.isnan(row["actuarial_balance"])
    assert np.isnan(row["base_present_value"])
    assert row["closing_balance"] == 20.0


def test_the_short_range_test_knows_the_start() -> None:
    """A month's outgo is 10, the target six months; what is held counts net of what is owed."""
    held = {"outgo": [120.0, 120.0], "outgo_next_year": [120.0, 120.0], "outstanding": [0.0, 0.0],
            "opening_balance": [70.0, 70.0], "balance": [70.0, 50.0]}  # fmt: skip
    # opened at the target: five months at the end of 2022 fail
    assert not _measured(_run(owed_before=[10.0, 0.0], **held))["short_range_test"]
    rising = held | {"opening_balance": [0.0, 20.0], "balance": [20.0, 70.0]}
    assert _measured(_run(owed_before=[0.0, 0.0], **rising))["short_range_test"]
    # what is owed at the start is more than the fund holds: depleted
    assert not _measured(_run(owed_before=[1.0, 0.0], **rising))["short_range_test"]


def _measures(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scheme", "pool", "level_rate", "base_present_value"])


def test_evenness_by_hand(small: Case) -> None:
    """Ash asks 8 % on a base of 1, Birch 12 % on a base of 3; each is a city of its own.

    Mean 11 %. Squares: (1 x 0.03^2 + 3 x 0.01^2) / 4 = 0.0003, variation sqrt(0.0003) / 0.11.
    Gini: the mean difference of two drawn at random, 2 x 1/4 x 3/4 x 0.04 = 0.015, over twice the
    mean. Theil: 1/4 x 8/11 ln(8/11) + 3/4 x 12/11 ln(12/11), all of it between cities.
    """
    (row,) = evenness_of(
        small, _measures(("employee", "ash", 0.08, 1.0), ("employee", "birch", 0.12, 3.0))
    ).to_dict("records")
    theil = 0.25 * 8 / 11 * log(8 / 11) + 0.75 * 12 / 11 * log(12 / 11)
    assert row == pytest.approx(
        {
            "scheme": "employee", "pools": 2, "mean": 0.11, "range": 0.04,
            "cv": 0.0003**0.5 / 0.11, "gini": 0.015 / 0.22, "theil": theil, "theil_within": 0.0,
            "theil_between": theil,
        }
    )  # fmt: skip


def test_evenness_over_all_schemes(small: Case) -> None:
    """Ash: 8 % on 1 and 4 % on 1, together 6 % on 2; Birch 12 % on 3 and 4 % on 1, 10 % on 4."""
    both = evenness_overall(
        small,
        _measures(
            ("employee", "ash", 0.08, 1.0),
            ("employee", "birch", 0.12, 3.0),
            ("resident", "ash", 0.04, 1.0),
            ("resident", "birch", 0.04, 1.0),
        ),
    )
    assert both["mean"] == pytest.approx((0.06 * 2 + 0.10 * 4) / 6)
    assert both["range"] == pytest.approx(0.04)
    assert both["gini"] == pytest.approx(2 * (1 / 3) * (2 / 3) * 0.04 / (2 * 0.26 / 3))


def test_rates_below_zero_and_missing_ones(small: Case) -> None:
    """A pool that could do without contributions counts as zero; one without a rate not at all."""
    measures = _measures(
        ("employee", "ash", -0.02, 1.0),
        ("employee", "birch", 0.10, 1.0),
        ("employee", "elm", np.nan, 5.0),
        ("resident", "ash", -0.01, 1.0),
        ("migrant", "ash", np.nan, 1.0),
    )
    table = evenness_of(small, measures).set_index("scheme")
    assert table.loc["employee", ["pools", "mean", "range"]].tolist() == [2, 0.05, 0.10]
    assert table.loc["employee", "gini"] == pytest.approx(0.5)
    assert table.loc["resident", "gini"] == 0.0
    assert "migrant" not in table.index


@pytest.mark.parametrize("level", ["county", "city", "province"])
def test_theil_is_the_sum_of_its_parts(jiangsu_study: Study, level: str) -> None:
    table = jiangsu_study.pooled(level).evenness
    parts = table["theil_within"] + table["theil_between"]
    assert parts.to_numpy() == pytest.approx(table["theil"].to_numpy(), abs=1e-15)
    if level == "county":
        assert (table["theil_within"] > 0).all()
        assert (table["theil_between"] > 0).all()
    if level == "city":
        assert table["theil_within"].to_numpy() == pytest.approx(0.0, abs=1e-15)
    if level == "province":
        assert table["range"].tolist() == [0.0, 0.0]
        assert table["gini"].to_numpy() == pytest.approx(0.0, abs=1e-15)


def test_pooling_evens_out(jiangsu_at_home: Study) -> None:
    """Between cities the level rate differs less than between the counties they are made of."""
    county, city = (jiangsu_at_home.pooled(level).evenness_overall for level in ("county", "city"))
    assert city["range"] < county["range"]
    assert city["theil"] < county["theil"]
    assert city["mean"] == pytest.approx(county["mean"], rel=0.05)


def test_weighted_mean_of_nobody_does_not_exist() -> None:
    """Two funds, one with members three to one; what has no rate has no part in the mean."""
    assert weighted_mean([0.1, 0.2], [3.0, 1.0]) == pytest.approx(0.125)
    assert weighted_mean([0.1, np.nan], [3.0, 1.0]) == pytest.approx(0.1)
    assert np.isnan(weighted_mean([0.1, 0.2], [0.0, 0.0]))
    assert np.isnan(weighted_mean([np.nan], [1.0]))


def test_a_scheme_that_begins_later_is_compared(jiangsu: Case) -> None:
    """A migrant scheme from 2022 on, looked at over one year: a line of dashes, no failure."""
    overview = compare(jiangsu.with_policies(["migrant-comprehensive"]), ["province"], 1).overview
    row = overview.set_index("scheme").loc["migrant_comprehensive"]
    assert row[["level_rate_mean", "level_rate_range", "gini"]].isna().all()
