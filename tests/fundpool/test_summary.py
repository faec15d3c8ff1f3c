"""summary.json: the keys of the contract, and that its figures are those of the projection."""

import json
from pathlib import Path
from typing import Any

import pytest

import fundpool
from fundpool.models.projection.comparison import Comparison
from fundpool.summary import as_json, summary
from tests.cases.small import small_case

TOP = {
    "schema_version", "case", "base_year", "years", "seed", "scenarios", "code_version",
    "inputs_sha256", "pooling", "plan", "alerts",
}  # fmt: skip
POOL = {
    "scheme", "pool", "level", "opening_balance", "exhaustion_year", "min_reserve_months",
    "payg_rate", "level_rate", "actuarial_balance", "short_range_test", "ruin_probability",
}  # fmt: skip
EVENNESS = {"range", "cv", "gini", "theil", "theil_within", "theil_between"}
FLOWS = {
    "opening_balance", "taken_over", "contributions", "account_credits", "from_accounts",
    "missing_years_paid",
    "subsidies", "claims_incurred", "claims_paid", "administration", "cash_benefits", "swaps_in",
    "swaps_out", "interest", "balance",
}  # fmt: skip
TOTALS = FLOWS | {"claims", "swaps"}
EXTRA_TOP = {
    "behaviour",
    "title",
    "currency",
    "alert_plan",
    "alert_rules",
    "decision",
    "failed_outputs",
    "formal",
}
EXTRA_POOL = {
    "name",
    "first_year",
    "last_year",
    "ruin_probability_error",
    "required_reserve",
    "required_reserve_error",
}
"""What there is beside the contract, and stands on docs/commands.md."""


@pytest.fixture(scope="module")
def comparison(small_folder: Path) -> Comparison:
    return fundpool.compare(fundpool.read_case(small_folder), ["county", "province"], years=4)


@pytest.fixture(scope="module")
def data(comparison: Comparison) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(as_json(summary(comparison.projections, "county")))
    return loaded


def test_keys(data: dict[str, Any]) -> None:
    assert set(data) == TOP | EXTRA_TOP
    assert list(data["pooling"]) == ["county", "province"]
    for plan in data["pooling"].values():
        assert set(plan) == {"pools", "evenness", "totals", "totals_by_scheme"}
        for pool in plan["pools"]:
            assert set(pool) == POOL | EXTRA_POOL
            assert set(pool["payg_rate"]) == {"first", "last"}
        assert set(plan["evenness"]) == EVENNESS | {"by_scheme"}
        assert set(plan["evenness"]["by_scheme"]) == {"employee", "resident"}
        for indices in plan["evenness"]["by_scheme"].values():
            assert set(indices) == EVENNESS
        assert list(plan["totals"]) == ["2021", "2022", "2023", "2024"]
        for totals in plan["totals"].values():
            assert set(totals) == TOTALS
        for by_year in plan["totals_by_scheme"].values():
            assert list(by_year) == ["2021", "2022", "2023", "2024"]
            assert all(set(flows) == FLOWS for flows in by_year.values())


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    part = page.split("## summary.json")[1]
    for key in TOP | EXTRA_TOP:
        assert f"`{key}`" in part, key


def test_head(data: dict[str, Any], small_folder: Path) -> None:
    assert data["schema_version"] == 1
    assert (data["case"], data["title"], data["currency"]) == (
        "two_counties",
        "Two counties",
        "CNY",
    )
    assert (data["base_year"], data["years"]) == (2020, 4)
    assert data["code_version"] == fundpool.__version__
    assert data["inputs_sha256"] == fundpool.read_case(small_folder).inputs_sha256
    assert len(data["inputs_sha256"]) == 64
    assert data["alert_plan"] == "county"


def test_pools_are_those_of_the_projection(data: dict[str, Any], comparison: Comparison) -> None:
    for plan, projection in comparison.projections.items():
        rows = projection.measures.to_dict("records")
        pools = data["pooling"][plan]["pools"]
        assert len(pools) == len(rows) == (4 if plan == "county" else 2)
        for pool, row in zip(pools, rows, strict=True):
            for key in ("scheme", "pool", "name", "level", "opening_balance", "exhaustion_year",
                        "min_reserve_months", "level_rate", "actuarial_balance"):  # fmt: skip
                assert pool[key] == (None if row[key] is None or row[key] != row[key] else row[key])
            assert pool["payg_rate"] == {
                "first": row["payg_rate_first"],
                "last": row["payg_rate_last"],
            }
            assert pool["short_range_test"] is bool(row["short_range_test"])
            assert pool["ruin_probability"] is None, "one path has no probability"


def test_by_hand(data: dict[str, Any]) -> None:
    """Figures of the worked example (tests/models/projection/test_two_counties.py), 2021."""
    totals = data["pooling"]["county"]["totals"]["2021"]
    assert totals["contributions"] == pytest.approx(3_143_030 + 8_306_540 + 49_304 + 39_600)
    assert totals["subsidies"] == pytest.approx(98_608 + 79_200)
    paid = 1_005_769.6 + 1_780_864.8 + 549_174.3525 + 784_080
    assert totals["claims"] == pytest.approx(paid)
    assert totals["swaps"] == 0.0
    assert totals["balance"] == pytest.approx(8_291_871.06 - 1_015_896.58775)
    province = data["pooling"]["province"]["totals"]["2021"]
    for name in ("contributions", "subsidies", "account_credits", "missing_years_paid"):
        assert province[name] == pytest.approx(totals[name])
    # the other city lies in the territory of the province's fund (test_two_counties.py)
    assert province["claims"] == pytest.approx(paid + 39_775.1475)
    resident = {
        p["pool"]: p for p in data["pooling"]["county"]["pools"] if p["scheme"] == "resident"
    }
    assert {pool: p["exhaustion_year"] for pool, p in resident.items()} == {
        "ash": 2021,
        "birch": 2021,
    }
    assert resident["ash"]["opening_balance"] == 50_000
    employee = [p for p in data["pooling"]["county"]["pools"] if p["scheme"] == "employee"]
    assert [p["exhaustion_year"] for p in employee] == [None, None]


def test_alerts_by_hand(data: dict[str, Any]) -> None:
    """Both resident funds are below nothing at the end of 2021, the employee funds are rich."""
    assert [(a["scheme"], a["pool"], a["kind"], a["year"]) for a in data["alerts"]] == [
        ("resident", "ash", "exhausted", 2021),
        ("resident", "birch", "exhausted", 2021),
    ]
    assert all(a["reserve_months"] < 0 for a in data["alerts"])


def test_an_alert_below_the_target(small_folder: Path) -> None:
    """A target above what the employee funds hold at first; only years up to the horizon count."""
    case = fundpool.read_case(small_folder).with_values(
        {"solvency.target_reserve_months": 20, "solvency.alert_years": 1}
    )
    projection = fundpool.project(case, "county", years=3)
    alerts = summary({"county": projection}, "county")["alerts"]
    months = projection.funds.set_index(["scheme", "pool", "year"])["reserve_months"]
    low = [pool for pool in ("ash", "birch") if months.loc[("employee", pool, 2021)] < 20]
    assert low == ["ash"], "the example must hold one pool on each side"
    found = [a for a in alerts if a["scheme"] == "employee"]
    assert [(a["pool"], a["kind"], a["year"]) for a in found] == [("ash", "below_target", 2021)]
    assert found[0]["reserve_months"] == months.loc[("employee", "ash", 2021)]


def test_alerts_look_as_far_as_the_horizon(tmp_path: Path) -> None:
    """Ash's resident fund begins with 1,000,000 and loses more than it has within four years."""
    small = small_case()
    small.tables["fund_balances"]["pooled_balance"] = [1e8, 1e8, 1e6, 1e8]
    case = fundpool.read_case(small.write(tmp_path / "case"))
    found = {}
    for years in (1, 3, 5):
        projection = fundpool.project(
            case.with_values({"solvency.alert_years": years}), "county", years=6
        )
        found[years] = summary({"county": projection}, "county")["alerts"]
    funds = projection.funds.set_index(["scheme", "pool"]).loc[("resident", "ash")]
    low = funds[funds["reserve_months"] < 6]["year"].min()
    dry = funds[funds["balance"] < 0]["year"].min()
    assert (low, dry) == (2023, 2024)
    assert found[1] == []
    assert [(a["pool"], a["kind"], a["year"]) for a in found[3]] == [("ash", "below_target", 2023)]
    assert [(a["pool"], a["kind"], a["year"]) for a in found[5]] == [("ash", "exhausted", 2024)]


def test_numbers_that_do_not_exist_are_null() -> None:
    text = as_json({"a": float("nan"), "b": [float("inf"), 1], "c": {2021: None}})
    assert json.loads(text) == {"a": None, "b": [None, 1], "c": {"2021": None}}
