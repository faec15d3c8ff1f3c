"""Every table of flows goes from its opening to its closing balance."""

import json
from pathlib import Path
from typing import Any

import pytest

from fundpool.inputs.case import Case, read_case
from fundpool.models.funds.totals import flow_totals
from fundpool.models.projection.comparison import compare
from fundpool.models.projection.study import Projection, Study, study
from fundpool.report.columns import CALCULATED
from fundpool.summary import as_json, summary
from tests.cases.policies import RURAL, SOURCE, case_with, policy, policy_case

IN = (
    "taken_over",
    "contributions",
    "from_accounts",
    "missing_years_paid",
    "subsidies",
    "swaps_in",
    "interest",
)
OUT = ("account_credits", "claims_paid", "administration", "swaps_out")
PLANS = [
    "county",
    "county,city@2023,province@2025",
    "county+city:0.05:0.2:0.5,city+province:0.1:0.3@2023,province@2025",
    # an adjustment fund whose stage is over and that no pool takes in for two years
    "county+province:0.4:0.2,city@2023,province@2025",
    "county[Both=320100|320200]+province:0.05:0.3:0.5",
]


def _written(projection: Projection) -> dict[str, Any]:
    data = json.loads(as_json(summary({"plan": projection}, "plan")))
    found: dict[str, Any] = data["pooling"]["plan"]
    return found


def _reconciles(flows: dict[str, float]) -> None:
    closing = flows["opening_balance"] + sum(flows[name] for name in IN)
    closing -= sum(flows[name] for name in OUT)
    size = max(abs(value) for value in flows.values())
    assert closing == pytest.approx(flows["balance"], rel=1e-9, abs=1e-9 * size)


@pytest.mark.parametrize("plan", PLANS)
def test_by_scheme_and_year(jiangsu_study: Study, plan: str) -> None:
    found = _written(jiangsu_study.pooled(plan))
    for scheme, by_year in found["totals_by_scheme"].items():
        years = list(by_year.values())
        for before, flows in zip([None, *years[:-1]], years, strict=True):
            _reconciles(flows)
            if before is not None:
                left = before["balance"]
                assert flows["opening_balance"] == pytest.approx(left, rel=1e-9), scheme
    for year, flows in found["totals"].items():
        _reconciles(flows)
        for name in (*IN, *OUT, "opening_balance", "balance"):
            own = sum(by_year[year][name] for by_year in found["totals_by_scheme"].values())
            assert flows[name] == pytest.approx(own, rel=1e-12, abs=1e-6)
        assert (flows["claims"], flows["swaps"]) == (flows["claims_paid"], flows["swaps_in"])


@pytest.mark.parametrize("plan", PLANS)
def test_tables_of_flows(jiangsu_study: Study, plan: str) -> None:
    """The totals of a comparison, and every fund by itself."""
    projection = jiangsu_study.pooled(plan)
    for row in projection.funds.fillna(0.0).to_dict("records"):
        _reconciles(_numbers(row))
    accounts = projection.accounts
    came = accounts[["opening_balance", "credits", "interest", "transfers_in"]].sum(axis=1)
    went = accounts[["spending", "transfers_out"]].sum(axis=1)
    assert (came - went).to_numpy() == pytest.approx(accounts["balance"].to_numpy(), rel=1e-9)
    tables = {"funds": projection.funds, "totals": flow_totals(projection.funds),
              "accounts": accounts}  # fmt: skip
    for name, table in tables.items():
        gap = CALCULATED[name]["balance_check"].values(table).abs().max()
        assert gap <= 1e-9 * table["balance"].abs().max(), name


def _numbers(row: dict[str, Any]) -> dict[str, float]:
    """The flows of a fund; its opening balance holds what it has taken over."""
    names = (*IN[1:], *OUT, "opening_balance", "balance")
    return {name: float(row[name]) for name in names} | {"taken_over": 0.0}


def _with_merger(folder: Path, year: int) -> Case:
    merger = {"scheme": "rural", "into": "resident", "year": year, **SOURCE}
    return case_with(folder, policy(**RURAL, case={"mergers": [merger]}))


@pytest.mark.parametrize("plan", ["county", "county,province@2023", "county+city:0.05:0.2"])
@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_a_scheme_that_takes_another_in(tmp_path: Path, plan: str, year: int) -> None:
    projection = study(_with_merger(tmp_path, year), 4).pooled(plan)
    found = _written(projection)["totals_by_scheme"]
    for by_year in found.values():
        for flows in by_year.values():
            _reconciles(flows)
    taken = found["resident"][str(year)]["taken_over"]
    if year > 2021:
        left = found["rural"][str(year - 1)]["balance"]
        assert taken == pytest.approx(left, rel=1e-12)
        before = found["resident"][str(year - 1)]["balance"]
        assert found["resident"][str(year)]["opening_balance"] == pytest.approx(before, rel=1e-12)
    else:
        assert "rural" not in found
    assert taken != 0.0
    assert all(
        flows["taken_over"] == 0.0
        for other, flows in found["resident"].items()
        if other != str(year)
    )
    # the arrays that the page reads hold the same
    run, _ = projection.summaries["resident"]
    closing = [flows["balance"] for flows in found["resident"].values()]
    assert run.total[0] == pytest.approx(closing, rel=1e-9)


@pytest.mark.parametrize("plan", PLANS)
def test_the_page_holds_the_same_money(jiangsu_study: Study, plan: str) -> None:
    projection = jiangsu_study.pooled(plan)
    found = _written(projection)["totals_by_scheme"]
    for scheme, (run, _) in projection.summaries.items():
        closing = [flows["balance"] for flows in found[scheme].values()]
        assert run.total[0] == pytest.approx(closing, rel=1e-9)


def test_the_comparison_is_the_summary(tmp_path: Path) -> None:
    case = read_case(policy_case().write(tmp_path / "case"))
    comparison = compare(case, ["county", "province"], 3)
    for row in comparison.totals.to_dict("records"):
        _reconciles({name: float(row[name]) for name in (*IN, *OUT, "opening_balance", "balance")})
