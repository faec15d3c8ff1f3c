"""Alert rules of a case, and alerts posted to an address."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from fundpool.alerts import OF_ACCOUNTS, Evidence, rules_judged, solvency_alerts
from fundpool.cli.commands import app
from fundpool.inputs.case import Case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.models.projection.study import Projection, project
from fundpool.webhook import WebhookError, post_alerts
from tests.cases.small import small_case
from tests.fundpool.reported import Reported

SOURCE = {"source": "worked example", "status": "assumed"}


def projected(folder: Path, **rules: dict[str, Any]) -> Projection:
    contents = small_case()
    contents.settings["alerts"] = {name: {**rule, **SOURCE} for name, rule in rules.items()}
    return project(read_case(contents.write(folder / "case")), "county", 4)


def of_rule(alerts: list[dict[str, Any]], rule: str) -> list[dict[str, Any]]:
    return [alert for alert in alerts if alert["rule"] == rule]


def test_without_rules_only_the_target_counts(tmp_path: Path) -> None:
    alerts = solvency_alerts(projected(tmp_path))
    # the resident funds run dry in 2021 (test_two_counties); the employee funds are rich
    assert [(a["rule"], a["scheme"], a["kind"], a["year"]) for a in alerts] == [
        ("target", "resident", "exhausted", 2021), ("target", "resident", "exhausted", 2021),
    ]  # fmt: skip


def test_reserve_months_and_exhaustion(tmp_path: Path) -> None:
    projection = projected(
        tmp_path,
        high={"measure": "reserve_months", "limit": 1e6, "within": 1},
        dry={"measure": "exhaustion", "within": 2},
        employee={"measure": "exhaustion", "schemes": ["employee"]},
    )
    alerts = solvency_alerts(projection)
    assert len(of_rule(alerts, "high")) == 4
    dry = of_rule(alerts, "dry")
    assert {alert["scheme"] for alert in dry} == {"resident"}
    assert [alert["value"] for alert in dry] == pytest.approx([-380_888.58775, -635_008.0])
    assert of_rule(alerts, "employee") == []
    assert rules_judged(projection, alerts)[1:] == [
        {"rule": "high", "raised": 4}, {"rule": "dry", "raised": 2},
        {"rule": "employee", "raised": 0},
    ]  # fmt: skip


def test_ruin_probability(tmp_path: Path) -> None:
    projection = projected(tmp_path, ruin={"measure": "ruin_probability", "limit": 0.1})
    assert rules_judged(projection, [])[1] == {"rule": "ruin", "raised": None}
    ruin = {("employee", "ash"): {2021: 0.05, 2022: 0.2}, ("employee", "birch"): {2021: 0.1}}
    alerts = solvency_alerts(projection, Evidence(ruin=ruin))
    (alert,) = of_rule(alerts, "ruin")
    assert (alert["pool"], alert["year"], alert["value"], alert["limit"]) == ("ash", 2022, 0.2, 0.1)


def test_experience_off_expectation(tmp_path: Path) -> None:
    rule = {"measure": "actual_to_expected", "limit": 0.05}
    projection = projected(tmp_path, off=rule)
    lead = {"scheme": "employee", "level": "county", "measure": "claims", "last_year": 2021}
    table = pd.DataFrame(
        [lead | {"region": "ash", "name": "Ash", "credible_ratio": 1.06},
         lead | {"region": "birch", "name": "Birch", "credible_ratio": 0.96},
         lead | {"region": "land", "name": "Land", "credible_ratio": float("nan")}]
    )  # fmt: skip
    alerts = of_rule(solvency_alerts(projection, Evidence(experience=table)), "off")
    assert [(alert["pool"], alert["value"]) for alert in alerts] == [("ash", 1.06)]


def test_a_rule_with_an_unknown_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="Did you mean 'resident'"):
        projected(tmp_path, x={"measure": "exhaustion", "schemes": ["residents"]})


def test_rules_reach_summary_and_page(english: Reported, full: Case) -> None:
    rules = {rule["rule"]: rule["raised"] for rule in english.summary["alert_rules"]}  # type: ignore[attr-defined]
    assert rules["ruin"] is None
    assert rules["soon"] == 2
    assert rules["experience"] >= 1
    page = (english.folder / "report.html").read_text(encoding="utf-8")
    assert "The rule ruin could not be judged" in page
    assert "experience off expectation" in page
    of_accounts = {name for name, rule in full.settings.alerts.items()
                   if rule.measure == OF_ACCOUNTS}  # fmt: skip
    assert of_accounts
    assert set(rules) == {"target", *full.settings.alerts} - of_accounts


class Receiver(BaseHTTPRequestHandler):
    """Gives the prepared answers, and keeps what it was sent."""

    answers: list[int]
    received: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).received.append(json.loads(body))
        status = type(self).answers.pop(0)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def receiving(*answers: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    handler = type("Prepared", (Receiver,), {"answers": list(answers), "received": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/alerts", handler.received  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SUMMARY = {"case": "two_counties", "alerts": [{"rule": "target"}], "pooling": {"not": "sent"}}


def test_alerts_are_posted() -> None:
    with receiving(200) as (url, received):
        assert post_alerts(url, SUMMARY) == 1
    assert received[0]["alerts"] == [{"rule": "target"}]
    assert "pooling" not in received[0]


def test_posting_is_retried() -> None:
    waits: list[float] = []
    with receiving(503, 429, 200) as (url, received):
        assert post_alerts(url, SUMMARY, waits.append) == 3
    assert len(received) == 3
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize(("answer", "words"), [(403, "answers 403"), (302, "answers 302")])
def test_a_refusal_is_final_and_no_redirect_is_followed(answer: int, words: str) -> None:
    with receiving(answer) as (url, received), pytest.raises(WebhookError, match=words):
        post_alerts(url, SUMMARY, lambda _: None)
    assert len(received) == 1


def test_nobody_there() -> None:
    waits: list[float] = []
    with receiving() as (url, _):
        pass
    with pytest.raises(WebhookError, match="cannot be reached after 4 attempts"):
        post_alerts(url, SUMMARY, waits.append)
    assert waits == [1.0, 2.0, 4.0]


def test_only_http_addresses(tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        app, ["report", str(folder), "--years", "2", "--out", str(out), "--webhook", "file:///x"]
    )
    assert done.exit_code == 2
    assert not out.exists()


def test_the_report_posts_its_alerts(tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    words = ["report", str(folder), "--years", "2", "--out", str(tmp_path / "out"), "--quiet"]
    with receiving(200) as (url, received):
        done = CliRunner().invoke(app, [*words, "--webhook", url])
    assert done.exit_code == 3, done.output
    assert len(received[0]["alerts"]) == 2
    with receiving(401) as (url, _):
        done = CliRunner().invoke(app, [*words, "--webhook", url])
    assert done.exit_code == 1
    assert "refuses the alerts" in done.output
