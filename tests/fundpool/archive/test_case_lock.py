"""Two reports of one case into one archive: the second waits, or says so and ends with 1."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from fundpool.archive.case_lock import BusyError, lock_case, lock_file
from tests.fundpool.conftest import Run
from tests.fundpool.scheduled.test_many_cases import QUICK


def test_cases_do_not_share_a_lock(tmp_path: Path) -> None:
    names = ["a", "A b", "A_b", "县", "x" * 90, "x" * 91]
    assert len({lock_file(tmp_path, name).name.lower() for name in names}) == len(names)
    first = lock_case(tmp_path, "a", 0, lambda: None)
    lock_case(tmp_path, "b", 0, lambda: None).release()
    with pytest.raises(BusyError, match="another report of a"):
        lock_case(tmp_path, "a", 0, lambda: None)
    first.release()
    lock_case(tmp_path, "a", 0, lambda: None).release()


def test_waiting_is_announced_once_and_ends_with_the_other(tmp_path: Path) -> None:
    first = lock_case(tmp_path, "a", 0, lambda: None)
    announced: list[float] = []

    def announce() -> None:
        announced.append(time.monotonic())
        threading.Timer(0.3, lambda: first.release()).start()

    second = lock_case(tmp_path, "a", 60, announce)
    assert len(announced) == 1
    assert second.is_locked
    second.release()


@contextmanager
def held(archive: Path, case: str) -> Iterator[None]:
    file = lock_file(archive, case)
    file.parent.mkdir(parents=True)
    with FileLock(file):
        yield


def test_a_report_of_a_case_under_way(run: Run, small_folder: Path, tmp_path: Path) -> None:
    archive, out = tmp_path / "archive", tmp_path / "out"
    words = ("report", small_folder, *QUICK, "--archive", archive, "--out", out)
    with held(archive, small_folder.name):
        done = run(*words, "--wait", "0.5")
    assert done.exit_code == 1
    assert "has not ended within 0.5 s" in done.stderr
    assert "waiting for it, at most 0.5 seconds" in done.stderr
    assert not out.exists()
    assert not (archive / "runs").exists()
    assert run(*words, "--wait", "0").exit_code == 3
    # the lock ends with the command
    lock_case(archive, small_folder.name, 0, lambda: None).release()
    assert run(*words, "--wait", "nan").exit_code == 2
