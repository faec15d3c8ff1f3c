"""Folders that running processes fill, each held by a lock, swept when its process is gone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from fundpool.inputs.files.disk import unused

LONGEST_WAIT = 60.0
"""Seconds to wait for a process that makes or sweeps drafts, which takes it a moment."""


@contextmanager
def draft_in(drafts: Path) -> Iterator[Path]:
    """A draft folder, held by a lock while this process lives and gone when the block ends.

    Drafts whose process was killed are swept away by the next one that comes.

    Raises:
        OSError: the folder cannot be written to, is a link, or another process blocks it.
    """
    drafts.mkdir(parents=True, exist_ok=True)
    if drafts.is_symlink():
        raise OSError(f"{drafts} is a link; make it a folder")
    gate = drafts / "gate"
    # sweeping and making a draft exclude each other, for the moment that they take, so that no
    # draft is ever seen before its lock is held
    try:
        with FileLock(gate, timeout=LONGEST_WAIT, poll_interval=0.01):
            _sweep(drafts)
            draft = unused(drafts, "run-")
            draft.mkdir()
            lock = FileLock(_lock_file(draft))
            lock.acquire()
    except Timeout:
        raise OSError(
            f"another process has held {gate} for {LONGEST_WAIT:.0f} s; end it and run again"
        ) from None
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        lock.release()
        _remove(_lock_file(draft))


def _sweep(drafts: Path) -> None:
    """Remove what killed processes left: drafts whose lock nobody holds."""
    for draft in drafts.glob("run-*"):
        if draft.suffix != ".lock" and _free(_lock_file(draft)):
            shutil.rmtree(draft, ignore_errors=True)
    for lock_file in drafts.glob("run-*.lock"):
        if not lock_file.with_suffix("").exists() and _free(lock_file):
            _remove(lock_file)


def _lock_file(draft: Path) -> Path:
    """The file whose lock the process holds that fills a draft; the system frees it at its end."""
    return draft.with_suffix(".lock")


def _free(lock_file: Path) -> bool:
    """Whether nobody holds a lock file."""
    try:
        with FileLock(lock_file, timeout=0):
            return True
    except Timeout:
        return False


def _remove(lock_file: Path) -> None:
    """Remove a lock file; one that another process looks at just now is left to a later sweep."""
    with suppress(PermissionError):
        lock_file.unlink(missing_ok=True)
