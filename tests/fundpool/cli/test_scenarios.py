"""Scenarios at the command line, in summary.json and in the report."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fundpool.__main__ import app
from tests.cases.small import small_case
from tests.cases.stochastic import stochastic_case

runner = CliRunner()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(stochastic_case().write(tmp_path_factory.mktemp("cli") / "case"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(small_case().write(tmp_path_factory.mktemp("cli") / "case"))


def test_report_has_the_section_and_the_same_bytes_twice(case: str, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        out = tmp_path / name
        asked = ["report", case, "--years", "6", "--scenarios", "60", "--seed", "5",
                 "--out", str(out), "--quiet"]  # fmt: skip
        result = runner.invoke(app, asked)
        assert result.exit_code in (0, 3), result.output
        pages.append((out / "report.html").read_bytes())
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        assert (summary["scenarios"], summary["seed"]) == (60, 5)
        for plan in summary["pooling"].values():
            for pool in plan["pools"]:
                assert 0.0 <= pool["ruin_probability"] <= 1.0
                assert pool["required_reserve"] >= 0.0
    assert pages[0] == pages[1]
    text = pages[0].decode()
    assert 'id="chance"' in text
    assert "60 scenarios to 2026 (seed 5)" in text


def test_engines_agree_to_the_byte(case: str) -> None:
    asked = ["compare", case, "--years", "4", "--scenarios", "40", "--json", "--engine"]
    answers = [runner.invoke(app, [*asked, engine]).stdout for engine in ("local", "processes")]
    assert answers[0] == answers[1]
    assert json.loads(answers[0])["scenarios"] == 40


def test_compare_prints_ruin_and_reserves(case: str) -> None:
    result = runner.invoke(app, ["compare", case, "--years", "4", "--scenarios", "40"])
    assert "some pool ruined" in result.stdout
    assert "40 scenarios to 2024, seed 1" in result.stdout


def test_project_writes_the_tables_of_chance(case: str, tmp_path: Path) -> None:
    asked = ["project", case, "--years", "4", "--format", "csv", "--out", str(tmp_path / "out")]
    assert runner.invoke(app, [*asked, "--scenarios", "30"]).exit_code in (0, 3)
    for name in ("risk", "ruin", "fans"):
        assert (tmp_path / "out" / f"{name}.csv").exists()


def test_a_case_without_scenarios_still_reports(plain: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = runner.invoke(app, ["report", plain, "--years", "3", "--out", str(out)])
    assert result.exit_code in (0, 3), result.output
    assert 'id="chance"' not in (out / "report.html").read_text("utf-8")
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["scenarios"] == 0
    assert summary["seed"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--scenarios", "100"], "scenarios"),
        (["--scenarios", "0", "--engine", "spark"], "not an engine"),
        (["--scenarios", "0", "--engine", "dask="], "scheduler"),
    ],
)
def test_what_cannot_be_run_is_refused_and_nothing_written(
    plain: str, tmp_path: Path, options: list[str], words: str
) -> None:
    out = tmp_path / "out"
    result = runner.invoke(app, ["report", plain, "--years", "3", "--out", str(out), *options])
    assert result.exit_code == 2
    assert words in result.output
    assert not out.exists()


def test_one_scenario_is_refused(case: str) -> None:
    result = runner.invoke(app, ["compare", case, "--scenarios", "1"])
    assert result.exit_code == 2
    assert "at least 2" in result.output


def test_synthesise_makes_a_case_that_projects(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    result = runner.invoke(app, ["synthesise", str(folder), "--counties", "12", "--seed", "3"])
    assert result.exit_code == 0, result.output
    assert runner.invoke(app, ["check", str(folder)]).exit_code == 0
    result = runner.invoke(app, ["compare", str(folder), "--years", "3", "--scenarios", "20"])
    assert result.exit_code in (0, 3), result.output
    assert "nation" in result.stdout
    again = runner.invoke(app, ["synthesise", str(folder), "--counties", "12"])
    assert again.exit_code == 2, "nothing is overwritten"
    few = runner.invoke(app, ["synthesise", str(tmp_path / "few"), "--counties", "2"])
    assert few.exit_code == 2
    assert "20,000" in few.output
