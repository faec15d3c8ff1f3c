"""One report of a case at a time: a second one waits for the first or gives up with a sentence."""

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from fundpool.archive.objects import sha256
from fundpool.inputs.files.disk import portable_name
from fundpool.inputs.format.messages import Message

POLL = 0.2
"""Seconds between two looks whether a lock is free."""


class BusyError(Exception):
    """Another process works on the case, with a sentence that says so."""


def lock_file(root: Path, case: str) -> Path:
    """The file whose lock a report of a case holds; the system frees it when the process ends.

    Args:
        root: folder of the archive.
        case: name of the case's folder or workbook.
    """
    return root / "locks" / f"{portable_name(case)}-{sha256(case.encode())[:8]}.lock"


def lock_case(root: Path, case: str, wait: float, waiting: Callable[[], None]) -> FileLock:
    """Take the lock of a case.

    Args:
        root: folder of the archive.
        case: name of the case's folder or workbook.
        wait: seconds to wait for another process; 0 for none.
        waiting: called once if there is something to wait for.

    Returns:
        the lock, to be released.

    Raises:
        BusyError: another process still holds it after that time.
        OSError: the file cannot be made.
    """
    file = lock_file(root, case)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if wait > 0:
            waiting()
        try:
            lock.acquire(timeout=wait, poll_interval=POLL)
        except Timeout:
            raise BusyError(
                Message(
                    "another report of %(case)s is under way in %(root)s and has not ended "
                    "within %(wait)s s; nothing was computed",
                    case=case,
                    root=str(root),
                    wait=f"{wait:g}",
                )
            ) from None
    return lock
