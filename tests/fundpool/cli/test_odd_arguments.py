"""Arguments that no command can use: a sentence and exit status 2, never a traceback."""

import logging
from pathlib import Path

import pytest

from tests.cases.small import small_case
from tests.cases.stochastic import scenario_section
from tests.fundpool.conftest import Run


@pytest.fixture(scope="module")
def stochastic_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = small_case()
    case.settings["scenarios"] = scenario_section()
    return case.write(tmp_path_factory.mktemp("stochastic") / "case")


@pytest.mark.parametrize("command", ["compare", "project", "report", "optimise", "serve"])
@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range(run: Run, small_folder: Path, command: str, seed: int) -> None:
    done = run(command, small_folder, "--seed", seed)
    assert done.exit_code == 2
    assert "--seed" in done.stderr


@pytest.mark.parametrize("address", ["nowhere", "tcp://nowhere", "other://127.0.0.1:1"])
def test_a_scheduler_that_is_no_address(run: Run, stochastic_folder: Path, address: str) -> None:
    words = ("--years", 1, "--scenarios", 2, "--engine", f"dask={address}", "--quiet")
    done = run("compare", stochastic_folder, *words)
    assert done.exit_code == 2
    assert address in done.stderr


def test_no_address_to_serve_at(run: Run, small_folder: Path) -> None:
    done = run("serve", small_folder, "--host", "")
    assert done.exit_code == 2
    assert "--host is empty" in done.stderr


def test_a_case_without_policies_says_so_even_when_quiet(run: Run, small_folder: Path) -> None:
    done = run("policies", small_folder, "--quiet")
    assert done.exit_code == 2
    assert "has no policies" in done.stderr


@pytest.mark.parametrize("value", ["nan", "inf"])
@pytest.mark.parametrize(
    ("command", "option"),
    [("optimise", "--reserve-months"), ("frontier", "--reserve-months"),
     ("optimise", "--time-limit")],
)  # fmt: skip
def test_numbers_that_are_not_finite(
    run: Run, small_folder: Path, command: str, option: str, value: str
) -> None:
    done = run(command, small_folder, option, value, "--years", 1)
    assert done.exit_code == 2
    assert option in done.stderr


def test_an_archive_that_is_damaged(run: Run, small_folder: Path) -> None:
    for _ in range(2):
        run("compare", small_folder, "--years", 1, "--quiet", "--archive", "kept")
    first, second = sorted(Path("kept/runs").iterdir())
    (first / "tables" / "measures.parquet").unlink()
    for words in (("runs", "--sql", "SELECT 1"), ("diff", first.name, second.name)):
        done = run(*words, "--archive", "kept")
        assert done.exit_code == 1, words
        assert "measures" in done.stderr
    (second / "manifest.json").write_text("{", encoding="utf-8")
    for words, status in (
        (("runs",), 0), (("runs", "--sql", "SELECT 1"), 1), (("rerun", second.name), 1),
        (("diff", first.name, second.name), 1),
    ):  # fmt: skip
        done = run(*words, "--archive", "kept")
        assert done.exit_code == status, words
        assert f"{second.name}/manifest.json: the manifest cannot be read" in done.stderr
    assert run("runs", "--verify", "--archive", "kept").exit_code == 1
    assert run("rerun", "unknown", "--archive", "kept").exit_code == 2
    done = run("report", small_folder, "--archive", "kept", "--formats", "html")
    assert done.exit_code in (0, 3), "one unreadable run does not stop tonight's report"


def test_quiet_is_of_one_command(run: Run, small_folder: Path) -> None:
    logger = logging.getLogger("fundpool")
    before = logger.level
    assert run("check", small_folder, "--quiet").exit_code == 0
    assert logger.level == before
