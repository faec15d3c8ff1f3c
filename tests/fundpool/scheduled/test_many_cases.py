"""Several cases in one call: a folder each, a table, one status; one that fails loses no other."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fundpool.scheduled.children import folder_names
from fundpool.scheduled.outcomes import first_status
from tests.cases.small import small_case
from tests.fundpool.conftest import Run

QUICK = ("--years", "2", "--scenarios", "0", "--no-optimise", "--formats", "html", "--policies",
         "none", "--sensitivity", "none")  # fmt: skip
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("statuses", "first"),
    [([0, 0], 0), ([0, 3], 3), ([3, 4], 4), ([4, 1, 3], 1), ([1, 2, 3], 2), ([3, -9], 1)],
)
def test_the_status_that_comes_first(statuses: list[int], first: int) -> None:
    assert first_status(statuses) == first


@pytest.fixture
def poor(tmp_path: Path) -> Path:
    return small_case().write(tmp_path / "cases" / "poor")


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    contents = small_case()
    contents.tables["fund_balances"]["pooled_balance"] = 1e9
    return contents.write(tmp_path / "cases" / "rich")


def test_several_cases_one_of_them_broken(run: Run, tmp_path: Path, poor: Path, rich: Path) -> None:
    broken = small_case()
    broken.tables["population"].loc[30, "persons"] = -5.0
    wrong = broken.write(tmp_path / "cases" / "wrong")
    out, archive = tmp_path / "out", tmp_path / "archive"
    done = run("report", rich, wrong, poor, *QUICK, "--out", out, "--archive", archive, "--json")
    assert done.exit_code == 2
    printed = json.loads(done.stdout)
    assert printed["status"] == 2
    assert [(item["case"], item["status"]) for item in printed["cases"]] == [
        ("rich", 0), ("wrong", 2), ("poor", 3),
    ]  # fmt: skip
    assert [len(item["errors"]) for item in printed["cases"]] == [0, 1, 0]
    assert printed["cases"][1]["summary"] is None
    for name in ("rich", "poor"):
        assert sorted(file.name for file in (out / name).iterdir()) == [
            "report.html", "summary.json",
        ]  # fmt: skip
    for item in (printed["cases"][0], printed["cases"][2]):
        written = json.loads((out / item["case"] / "summary.json").read_text("utf-8"))
        assert item["summary"] == written
        assert (archive / "runs" / item["run"]).is_dir()
    assert not (out / "wrong").exists()
    with (out / "cases.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["case"], r["status"], r["alerts"]) for r in rows] == [
        ("rich", "0", "0"), ("wrong", "2", ""), ("poor", "3", "2"),
    ]  # fmt: skip
    assert rows[2]["first_exhaustion"] == "2021"


def test_the_table_on_the_screen_in_two_languages(
    run: Run, tmp_path: Path, poor: Path, rich: Path
) -> None:
    done = run("report", poor, rich, *QUICK, "--out", tmp_path / "out", "--lang", "zh", "--quiet")
    assert done.exit_code == 3
    head, first, second = done.stdout.splitlines()
    assert "退出状态" in head
    assert first.split()[:3] == ["poor", "3", "2"]
    assert second.split()[:3] == ["rich", "0", "0"]
    page = (tmp_path / "out" / "poor" / "report.html").read_text("utf-8")
    assert '<html lang="zh' in page  # options hold for every case


def test_cases_of_one_name_are_refused_before_the_work(
    run: Run, tmp_path: Path, poor: Path
) -> None:
    other = small_case().write(tmp_path / "other" / "Poor")
    done = run("report", poor, other, *QUICK, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "would both be written to" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_workbook_and_a_bundled_case_have_names() -> None:
    assert folder_names(["x/mine.xlsx", "jiangsu", "a/县"]) == ["mine", "jiangsu", "县"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX systems")
def test_ending_the_call_ends_the_case_under_way(tmp_path: Path, poor: Path, rich: Path) -> None:
    words = ["report", poor, rich, "--out", tmp_path / "out"]
    with subprocess.Popen(
        [sys.executable, "-m", "fundpool", *map(str, words)],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Projecting"):
                break
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        said = process.stderr.read()  # the case under way holds the same pipe until it ends
        assert process.wait(60) == 143
    assert time.monotonic() - started < 30
    assert said.count("ended by a signal") == 2
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*"))
