"""Pings on success and failure: the right address, no secret in any message, a time limit."""

from pathlib import Path

import pytest

from fundpool.scheduled.outcomes import Outcome
from fundpool.scheduled.pings import address_for, ping
from fundpool.webhook import WebhookError
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.receiver import keeping
from tests.fundpool.scheduled.test_many_cases import QUICK


@pytest.mark.parametrize(
    ("status", "path"), [(0, "/p"), (3, "/p"), (1, "/p/fail"), (2, "/p/fail"), (4, "/p/fail")]
)
def test_where_a_ping_goes(status: int, path: str) -> None:
    with keeping(200) as (url, paths, received):
        assert ping(f"{url}/p", [Outcome("a", status, 1.0), Outcome("b", 0, 2.0)]) == 1
    assert paths == [path]
    assert received == [
        {
            "status": status,
            "reports": [
                {"case": "a", "status": status, "seconds": 1.0},
                {"case": "b", "status": 0, "seconds": 2.0},
            ],
        }
    ]
    assert address_for("http://h", 1) == "http://h/fail"


def test_a_ping_is_retried_and_names_no_secret() -> None:
    with keeping(503, 200) as (url, _, received):
        assert ping(f"{url}/SECRET", [Outcome("a", 0, 1.0)], lambda _: None) == 2
    assert len(received) == 2
    with (
        keeping(404) as (url, _, _),
        pytest.raises(WebhookError, match="refuses the ping: it answers 404") as caught,
    ):
        ping(f"{url}/SECRET", [Outcome("a", 0, 1.0)])
    assert "SECRET" not in str(caught.value)


def test_a_report_pings(
    run: Run, small_folder: Path, broken_folder: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    words = ("report", *QUICK, "--out", tmp_path / "out")
    with keeping(200, 200, 200) as (url, paths, received):
        done = run(*words, small_folder, "--ping", f"{url}/SECRET")
        assert done.exit_code == 3
        file = tmp_path / "ping"
        file.write_text(f"{url}/SECRET\n", encoding="utf-8")
        refused = run(*words, broken_folder, "--ping-file", file)
        assert refused.exit_code == 2
        # of several cases one ping comes, from the call itself
        monkeypatch.setenv("FUNDPOOL_PING", f"{url}/SECRET")
        several = run(*words, small_folder, tmp_path / "missing")
        assert several.exit_code == 2
        monkeypatch.undo()
    assert paths == ["/SECRET", "/SECRET/fail", "/SECRET/fail"]
    assert [item["status"] for item in received] == [3, 2, 2]
    assert [item["case"] for item in received[2]["reports"]] == [small_folder.name, "missing"]
    assert "SECRET" not in done.output + refused.output + several.output


def test_an_unexpected_failure_pings(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("nothing of that name")

    monkeypatch.setattr("fundpool.cli.report.projected_years", fail)
    with keeping(200) as (url, paths, _), pytest.raises(KeyError):
        run("report", small_folder, *QUICK, "--ping", f"{url}/p")
    assert paths == ["/p/fail"]


def test_a_ping_that_fails_is_said_and_costs_the_status(run: Run, small_folder: Path) -> None:
    with keeping(403) as (url, _, _):
        done = run("report", small_folder, *QUICK, "--ping", f"{url}/SECRET")
    assert done.exit_code == 1
    assert "refuses the ping" in done.stderr
    assert "SECRET" not in done.output


def test_addresses_are_checked_before_the_work(
    run: Run, small_folder: Path, tmp_path: Path
) -> None:
    for words in (
        ("--ping", "file:///x"),
        ("--ping", "http://user:SECRET@h/"),
        ("--ping-file", tmp_path / "missing"),
        ("--ping", "http://h/", "--ping-file", tmp_path / "missing"),
    ):
        done = run("report", small_folder, *QUICK, *words, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert "--ping" in done.stderr
        assert "SECRET" not in done.stderr
        assert not (tmp_path / "out").exists()
