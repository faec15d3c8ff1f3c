"""Alerts against an earlier run: what is new, worse, better, as before, cleared."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from fundpool.alert_changes import alert_changes, counted_changes
from tests.cases.small import small_case
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.test_many_cases import QUICK


def alert(kind: str = "below_target", year: int = 2025, **more: Any) -> dict[str, Any]:
    found = {"reserve_months": 2.0} if kind in ("below_target", "exhausted") else {"value": 0.2}
    return {"rule": "target", "scheme": "resident", "pool": "P", "kind": kind,
            "year": year} | found | more  # fmt: skip


def summary(*alerts: dict[str, Any], plan: str = "county", **raised: int | None) -> dict[str, Any]:
    rules = [{"rule": rule, "raised": number} for rule, number in ({"target": 1} | raised).items()]
    return {"alert_plan": plan, "alerts": list(alerts), "alert_rules": rules}


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (alert(), alert(), "same"),
        (alert(), alert(reserve_months=2.0 + 1e-9), "same"),
        (alert(), alert(reserve_months=1.9), "worse"),
        (alert(), alert(reserve_months=2.1), "better"),
        (alert(), alert(year=2024, reserve_months=5.0), "worse"),
        (alert(), alert(year=2026, reserve_months=1.0), "better"),
        (alert(), alert("exhausted", 2029), "worse"),
        (alert("exhausted", 2029), alert(year=2025), "better"),
        (alert("ruin_probability"), alert("ruin_probability", value=0.3), "worse"),
        (alert("exhaustion", value=-5.0), alert("exhaustion", value=-6.0), "worse"),
        (alert("reserve_months", value=2.0), alert("reserve_months", value=1.0), "worse"),
        # later data of the same ratio are the same; below one counts as above one
        (alert("actual_to_expected", value=1.2), alert("actual_to_expected", 2026, value=1.2),
         "same"),
        (alert("actual_to_expected", value=1.2), alert("actual_to_expected", value=0.7), "worse"),
    ],
)  # fmt: skip
def test_one_alert(was: dict[str, Any], now: dict[str, Any], change: str) -> None:
    entries = alert_changes(summary(now), summary(was), "run-1")
    assert [item["change"] for item in entries["alerts"]] == [change]
    assert (entries["alerts_since"], entries["cleared_alerts"]) == ("run-1", [])


def test_new_and_cleared_ones() -> None:
    was, now = summary(alert(pool="A"), alert(pool="B")), summary(alert(pool="B"), alert(pool="C"))
    entries = alert_changes(now, was, "run-1")
    assert [item["change"] for item in entries["alerts"]] == ["same", "new"]
    assert entries["cleared_alerts"] == [alert(pool="A", severity="warning")]
    assert counted_changes(now | entries) == {
        "new": 1, "worse": 0, "same": 1, "better": 0, "cleared": 1,
    }  # fmt: skip


def test_what_cannot_be_judged_is_neither_new_nor_cleared() -> None:
    ruin = alert("ruin_probability", rule="ruin")
    with_ruin, without = summary(ruin, ruin=1), summary(ruin=None)
    assert alert_changes(without, with_ruin, "run-1")["cleared_alerts"] == []
    assert alert_changes(with_ruin, without, "run-1")["alerts"][0]["change"] is None
    assert alert_changes(summary(ruin=0), with_ruin, "run-1")["cleared_alerts"] != []


def test_without_an_earlier_run_or_with_another_plan() -> None:
    entries = alert_changes(summary(alert()), None, None)
    assert (entries["alerts"][0]["change"], entries["alerts_since"]) == ("new", None)
    entries = alert_changes(summary(alert()), summary(alert(), plan="city"), "run-1")
    assert (entries["alerts"][0]["change"], entries["alerts_since"]) == (None, None)


def test_reports_say_what_changed(run: Run, tmp_path: Path) -> None:
    contents = small_case()
    case = contents.write(tmp_path / "case")
    out, archive = tmp_path / "out", tmp_path / "archive"
    words = ("report", case, *QUICK, "--out", out, "--archive", archive)

    def reported(*more: str) -> tuple[dict[str, Any], str, str]:
        done = run(*words, *more)
        page = (out / "report.html").read_text("utf-8")
        return json.loads((out / "summary.json").read_text("utf-8")), done.stderr, page

    first, said, _ = reported()
    assert {item["change"] for item in first["alerts"]} == {"new"}
    assert {item["severity"] for item in first["alerts"]} == {"critical"}
    assert first["alerts_since"] is None
    assert "Alerts since" not in said
    second, said, page = reported()
    assert {item["change"] for item in second["alerts"]} == {"same"}
    assert second["alerts_since"].endswith("-1")
    line = "Alerts since {}: 0 new, 0 worse, 0 better, 2 as they were, 0 cleared."
    lines = said.splitlines()
    assert lines.index(line.format(second["alerts_since"])) < lines.index("2 solvency alerts.")
    assert line.format(second["alerts_since"]) in page
    contents.tables["fund_balances"]["pooled_balance"] = 1e9
    shutil.rmtree(case)
    contents.write(case)
    third, said, page = reported("--lang", "zh")
    assert third["alerts"] == []
    assert len(third["cleared_alerts"]) == 2
    assert "解除2项" in said
    assert "解除2项" in page
    assert page.count(">解除<") == 2  # two alerts; a sentence counts them
