"""Errors as JSON under ``--json``, and messages as log lines."""

import json
import logging
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fundpool.cli.commands import app
from fundpool.cli.messages import log_lines
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.test_many_cases import QUICK


def test_a_refused_case_is_json(run: Run, broken_folder: Path, tmp_path: Path) -> None:
    done = run("project", broken_folder, "--json", "--out", tmp_path / "out")
    assert done.exit_code == 2
    printed = json.loads(done.stdout)
    assert printed["status"] == 2
    assert {item["file"] for item in printed["findings"]} == {
        "tables/population.csv", "tables/employment.csv",
    }  # fmt: skip
    assert len(printed["errors"]) == 1
    assert "2 errors" in printed["errors"][0]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("report", "--years", "abc"), "--years"),
        (("compare", "--pooling", "nowhere"), "nowhere"),
        (("report", "--webhook", "file:///x"), "not an http or https address"),
        (("runs", "--archive", "nowhere"), "no archive of runs"),
        (("project", "nowhere"), "nowhere"),
    ],
)
def test_every_refusal_is_json(run: Run, words: tuple[str, ...], part: str) -> None:
    done = run(*words, "--json")
    assert done.exit_code == 2
    printed = json.loads(done.stdout)
    assert printed["status"] == 2
    assert any(part in sentence for sentence in printed["errors"])
    assert run(*words).stdout == ""


def test_a_result_stays_the_only_json(run: Run, broken_folder: Path) -> None:
    done = run("check", broken_folder, "--json")
    assert done.exit_code == 2
    assert len(json.loads(done.stdout)["findings"]) == 2


LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO   |WARNING|ERROR  ) case=(\S+) run=(\S+) (.+)"
)


def test_log_lines_for_people(run: Run, small_folder: Path, tmp_path: Path) -> None:
    done = run("report", small_folder, *QUICK, "--log", "text", "--archive", tmp_path / "archive")
    assert done.exit_code == 3
    lines = [LINE.fullmatch(line) for line in done.stderr.splitlines()]
    assert all(lines)
    groups = [line.groups() for line in lines if line]
    assert {case for _, case, _, _ in groups} == {small_folder.name}
    (run_id,) = [folder.name for folder in (tmp_path / "archive" / "runs").iterdir()]
    assert groups[0][2] == "-"
    assert groups[-1][2] == run_id
    assert re.fullmatch(r"ended with exit status 3 after \d+\.\d s", groups[-1][3])
    assert ("WARNING", "2 solvency alerts.") in [(level, text) for level, _, _, text in groups]


def test_log_lines_for_programs(
    run: Run, broken_folder: Path, small_folder: Path, tmp_path: Path
) -> None:
    done = run("report", broken_folder, "--log", "json", "--quiet", "--out", tmp_path / "out")
    assert done.exit_code == 2
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["level"] for line in lines} == {"error"}
    assert {line["case"] for line in lines} == {broken_folder.name}
    assert all(list(line)[:5] == ["time", "level", "case", "run", "message"] for line in lines)
    assert lines[-1]["status"] == 2
    quiet = run("report", small_folder, *QUICK, "--log", "json", "--quiet")
    assert (quiet.exit_code, quiet.stderr) == (3, "")


def test_a_library_speaks_in_log_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    with log_lines("json", "x"):
        logging.getLogger("fundpool.anything").warning("not\nkept")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line) | {"time": ""} == {
        "time": "", "level": "warning", "case": "x", "run": None, "message": "not kept",
    }  # fmt: skip
    modules = {type(handler).__module__ for handler in logging.root.handlers}
    assert log_lines.__module__ not in modules


def test_an_unexpected_error_stands_in_both_forms(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("nothing of that name")

    monkeypatch.setattr("fundpool.cli.report.projected_years", fail)
    words = ["report", str(small_folder), "--log", "json", "--json"]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, KeyError)
    sentence = "KeyError: 'nothing of that name'"
    assert json.loads(done.stdout) == {"status": 1, "errors": [sentence], "findings": []}
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    errors = [line["message"] for line in lines if line["level"] == "error"]
    assert errors[0] == sentence
    assert lines[-1]["status"] == 1
