"""Forgetting runs: the last of each chain stay and can be repeated; inputs go with their runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fundpool.archive.manifest import Manifest, Request
from fundpool.archive.objects import sha256
from fundpool.archive.retention import SAFE_AGE, forget
from fundpool.archive.runs import Archive
from fundpool.archive.verify import verify
from fundpool.cli.commands import app

OLD = SAFE_AGE + 60.0
Keeper = Callable[..., str]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def keep(archive: Archive) -> Keeper:
    """Keep a made-up run with one input of its own, an hour after the one before."""
    hours = iter(range(24))

    def kept(case: str = "case", command: str = "report", previous: str | None = None) -> str:
        hour = next(hours)
        digest = archive.objects.keep(f"input {hour}".encode())
        request = Request(command, case, {"--years": hour}, {"case.toml": digest}, {}, "a" * 64,
                          "0", "b" * 64)  # fmt: skip
        date = f"2030-01-01T{hour:02}:00:00+00:00"
        manifest = Manifest("", request, case, 2020, "x", None, previous, {}, "any", 0, date)
        with archive.incoming() as draft:
            (draft / "outputs").mkdir()
            (draft / "outputs" / "summary.json").write_text("{}", encoding="utf-8")
            return archive.admit(draft, manifest).id

    return kept


def aged(archive: Archive) -> None:
    for digest in archive.objects.digests():
        path = archive.objects.path(digest)
        os.utime(path, (path.stat().st_atime - OLD, path.stat().st_mtime - OLD))


def test_the_last_of_each_case_and_command_stay(archive: Archive, keep: Keeper) -> None:
    first = [keep(), keep(), keep()]
    other = [keep("other"), keep(command="project")]
    aged(archive)
    result = forget(archive, 1)
    assert set(result.runs) == set(first[:2])
    assert result.inputs == 2
    assert {run.id for run in archive.runs()} == {first[2], *other}
    verified = verify(archive)
    assert (verified.runs, verified.damaged, verified.unused) == (3, {}, ())
    assert list((archive.root / "drafts").glob("run-*")) == []


def test_the_run_that_a_kept_one_was_compared_with_stays(archive: Archive, keep: Keeper) -> None:
    first = keep()
    second = keep(previous=first)
    third = keep(previous=second)
    assert forget(archive, 1).runs == (first,)
    assert {run.id for run in archive.runs()} == {second, third}


def test_new_inputs_stay_for_runs_that_come_in(archive: Archive, keep: Keeper) -> None:
    keep()
    aged(archive)
    archive.objects.keep(b"of a run under way")
    again = archive.objects.keep(b"input 0")  # used anew just now
    keep()
    forget(archive, 1)
    assert archive.objects.digests() >= {sha256(b"of a run under way"), again}


def test_inputs_stay_where_a_run_cannot_be_read(archive: Archive, keep: Keeper) -> None:
    damaged, _, _ = keep(), keep(), keep()
    (archive.root / "runs" / damaged / "manifest.json").write_bytes(b"")
    aged(archive)
    result = forget(archive, 1)
    assert len(result.runs) == 1
    assert result.inputs == 0
    assert damaged in result.inputs_kept_because
    assert (archive.root / "runs" / damaged).is_dir()


def test_the_command(archive: Archive, keep: Keeper) -> None:
    first, _ = keep(), keep()
    done = CliRunner().invoke(app, ["runs", "--archive", str(archive.root), "--keep", "1"])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [f"{first}: forgotten", "1 runs and 0 inputs forgotten"]
    refused = CliRunner().invoke(app, ["runs", "--archive", str(archive.root), "--keep", "0"])
    assert refused.exit_code == 2
