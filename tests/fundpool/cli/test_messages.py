"""Errors as JSON under ``--json``, and messages as log lines."""

import json
from pathlib import Path

import pytest

from tests.fundpool.conftest import Run


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
