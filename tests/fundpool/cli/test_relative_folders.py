"""Archives, runs and policy files named by relative paths, and names that look like files."""

from pathlib import Path

import pytest

from fundpool.archive.runs import Archive, opened_run
from tests.cases.policies import policy
from tests.cases.small import toml_text
from tests.fundpool.conftest import Run

SHORT = (
    "--years", 1, "--no-optimise", "--sensitivity", "none", "--formats", "html", "--quiet",
)  # fmt: skip


def ids(folder: str) -> list[str]:
    return [run.id for run in Archive(Path(folder)).runs()]


def test_a_report_with_a_predecessor_is_repeated(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repeat is a process in another folder; the archive's default place is relative too."""
    for _ in range(2):
        words = (*SHORT, "--archive", "fundpool-archive")
        assert run("report", small_folder, *words).exit_code == 3
    first, second = ids("fundpool-archive")
    assert Archive(Path("fundpool-archive")).run(second).manifest.previous == first
    done = run("rerun", second)
    assert done.exit_code == 0, done.output
    assert f"{second}: all " in done.stdout
    Path("fundpool-archive").rename("kept")
    done = run("diff", first, second, "--archive", "kept", "--out", "change.csv", "--quiet")
    assert done.exit_code == 0, done.output
    assert Path("change.csv").is_file()
    monkeypatch.setenv("FUNDPOOL_ARCHIVE", "kept")
    assert run("runs", "--verify").exit_code == 0


def test_the_run_compared_with_is_named_by_a_relative_folder(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("report", small_folder, *SHORT, "--archive", "kept")
    (first,) = ids("kept")
    against = f"kept/runs/{first}"
    run("report", small_folder, *SHORT, "--archive", "kept", "--against", against)
    assert Archive(Path("kept")).run(ids("kept")[1]).manifest.previous == first
    assert run("rerun", ids("kept")[1], "--archive", "kept").exit_code == 0
    # from within the run's own folder
    monkeypatch.chdir(tmp_path / against)
    assert opened_run(Path()).folder == tmp_path / against
    done = run("report", small_folder, *SHORT, "--against", ".", "--out", tmp_path / "out")
    assert done.exit_code == 3, done.output
    assert "There is no analysis" not in (tmp_path / "out/report.html").read_text("utf-8")
    # a run of another archive cannot be repeated from this one alone
    monkeypatch.chdir(tmp_path)
    run("report", small_folder, *SHORT, "--archive", "other", "--against", against)
    done = run("rerun", *ids("other"), "--archive", "other")
    assert done.exit_code == 1
    assert f"fundpool: it was compared with {first}, which is not in this archive" in done.stderr


def test_a_policy_file_in_a_folder_is_kept(run: Run, small_folder: Path) -> None:
    """The page shows the command without the folders, so that the repeat's is the same."""
    Path("a").mkdir()
    contents = policy(case={"economy": {"interest": {"value": 0.03}}})
    Path("a/tried.toml").write_text(toml_text(contents), encoding="utf-8")
    words = ("--policy", "a/tried.toml")
    assert run("report", small_folder, *SHORT, *words, "--archive", "kept").exit_code == 3
    done = run("rerun", *ids("kept"), "--archive", "kept")
    assert done.exit_code == 0, done.output
    command = Archive(Path("kept")).runs()[0].manifest.command_line
    assert "--policy tried.toml" in command


def test_only_options_that_name_files_are_taken_for_files(run: Run, small_folder: Path) -> None:
    """Files that happen to be called like a value of an option are not inputs of the run."""
    for name in ("local", "county", "parquet", "main", "en"):
        Path(name).write_text("not an input", encoding="utf-8")
    done = run("compare", small_folder, "--years", 1, "--pooling", "county", "--archive", "kept")
    assert done.exit_code == 3
    (kept,) = Archive(Path("kept")).runs()
    assert kept.manifest.request.parameter_files == {}
    assert run("rerun", kept.id, "--archive", "kept").exit_code == 0


def test_a_long_pooling_plan_is_no_file_name(run: Run, small_folder: Path) -> None:
    plan = f"county[{'x' * 300}=ash|birch]"
    words = ("--years", 1, "--pooling", plan, "--archive", "kept", "--quiet")
    assert run("compare", small_folder, *words).exit_code == 3
    refused = run("report", small_folder, "--against", "x" * 300)
    assert refused.exit_code == 2
    assert "holds no run" in refused.stderr
