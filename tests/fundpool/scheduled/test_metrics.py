"""Metrics for a textfile collector, read again by the library's own parser."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fundpool.scheduled import metrics as written
from fundpool.scheduled.metrics import last_successes, metrics_text, write_metrics
from fundpool.scheduled.outcomes import Outcome
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.test_many_cases import QUICK

parser = pytest.importorskip("prometheus_client.parser")

SUMMARY: Mapping[str, Any] = {
    "alert_plan": "county",
    "pooling": {"county": {"pools": [
        {"scheme": "resident", "exhaustion_year": 2030, "min_reserve_months": -3.5},
        {"scheme": "resident", "exhaustion_year": None, "min_reserve_months": None},
        {"scheme": "employee", "exhaustion_year": None, "min_reserve_months": 9.0},
    ]}},
    "alerts": [
        {"rule": "target", "severity": "critical", "change": "worse"},
        {"rule": "thin", "severity": "warning", "change": "new"},
    ],
    "cleared_alerts": [{"rule": "target"}],
    "alert_rules": [
        {"rule": "target", "raised": 1}, {"rule": "thin", "raised": 1},
        {"rule": "ruin", "raised": None},
    ],
    "failed_outputs": [],
}  # fmt: skip


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Values by name and labels in their order."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_figure() -> None:
    name = 'a "b"\\c\n县'
    found = samples(metrics_text([Outcome(name, 3, 12.5, SUMMARY)], 1_800_000_000.0).decode())
    assert found == {
        ("fundpool_report_exit_status", name): 3,
        ("fundpool_report_duration_seconds", name): 12.5,
        ("fundpool_report_finished_timestamp_seconds", name): 1.8e9,
        ("fundpool_report_success_timestamp_seconds", name): 1.8e9,
        ("fundpool_report_failed_outputs", name): 0,
        ("fundpool_alerts", name, "target"): 1,
        ("fundpool_alerts", name, "thin"): 1,
        ("fundpool_alerts_by_severity", name, "critical"): 1,
        ("fundpool_alerts_by_severity", name, "warning"): 1,
        ("fundpool_alerts_by_severity", name, "notice"): 0,
        ("fundpool_alerts_by_change", name, "new"): 1,
        ("fundpool_alerts_by_change", name, "worse"): 1,
        ("fundpool_alerts_by_change", name, "same"): 0,
        ("fundpool_alerts_by_change", name, "better"): 0,
        ("fundpool_alerts_by_change", name, "cleared"): 1,
        ("fundpool_funds_run_dry", name, "resident"): 1,
        ("fundpool_funds_run_dry", name, "employee"): 0,
        ("fundpool_reserve_least_months", name, "resident"): -3.5,
        ("fundpool_reserve_least_months", name, "employee"): 9,
    }  # fmt: skip


def test_a_failure_keeps_the_time_of_the_last_success(tmp_path: Path) -> None:
    file = tmp_path / "fundpool.prom"
    write_metrics(file, [Outcome("a", 0, 1.0, SUMMARY), Outcome("b", 2, 1.0)], 100.0)
    assert last_successes(file) == {"a": 100.0}
    write_metrics(file, [Outcome("a", 1, 1.0), Outcome("b", 0, 1.0, SUMMARY)], 200.0)
    found = samples(file.read_text("utf-8"))
    assert found["fundpool_report_success_timestamp_seconds", "a"] == 100.0
    assert found["fundpool_report_success_timestamp_seconds", "b"] == 200.0
    assert found["fundpool_report_finished_timestamp_seconds", "a"] == 200.0
    assert ("fundpool_alerts", "a", "target") not in found


def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "fundpool.prom"
    write_metrics(file, [Outcome("a", 0, 1.0, SUMMARY)], 100.0)
    before = file.read_bytes()

    def half(path: Path, contents: bytes) -> None:
        path.write_bytes(contents[: len(contents) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(written, "write_durably", half)
    with pytest.raises(OSError, match="No space"):
        write_metrics(file, [Outcome("a", 3, 1.0, SUMMARY)], 200.0)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["fundpool.prom"]
    monkeypatch.undo()
    file.write_bytes(b"\xff{{{ nothing of the kind")
    assert last_successes(file) == {}


def test_a_report_writes_metrics_also_if_it_is_refused(
    run: Run, small_folder: Path, broken_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "fundpool.prom"
    case = small_folder.name
    done = run("report", small_folder, *QUICK, "--metrics", file, "--json")
    assert done.exit_code == 3
    found = samples(file.read_text("utf-8"))
    assert found["fundpool_report_exit_status", case] == 3
    assert found["fundpool_alerts", case, "target"] == len(json.loads(done.stdout)["alerts"])
    assert found["fundpool_report_duration_seconds", case] > 0
    assert run("report", broken_folder, *QUICK, "--metrics", file).exit_code == 2
    assert samples(file.read_text("utf-8"))["fundpool_report_exit_status", case] == 2


def test_metrics_of_several_cases_stand_in_one_file(
    run: Run, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fundpool.prom"
    monkeypatch.setenv("FUNDPOOL_METRICS", str(file))  # which the single reports do not get
    done = run("report", small_folder, tmp_path / "missing", *QUICK)
    assert done.exit_code == 2
    found = samples(file.read_text("utf-8"))
    assert found["fundpool_report_exit_status", small_folder.name] == 3
    assert found["fundpool_report_exit_status", "missing"] == 2


def test_what_is_wrong_is_said_before_the_work(
    run: Run, small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file" / "x.prom", tmp_path):
        done = run("report", small_folder, *QUICK, "--metrics", place)
        assert done.exit_code == 2
        assert re.search("--metrics in .*(is a file|is a folder)", done.stderr)
    monkeypatch.setattr(written, "find_spec", lambda _name: None)
    done = run("report", small_folder, *QUICK, "--metrics", tmp_path / "x.prom")
    assert done.exit_code == 2
    assert "pip install 'fundpool[metrics]'" in done.stderr
    assert not (tmp_path / "fundpool-report").exists()
