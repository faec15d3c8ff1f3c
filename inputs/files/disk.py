"""Files on any system: names that all take, moving what may be in use, waiting for the disk."""

import os
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"}
)
"""Names that Windows keeps for devices, with any ending."""

SHARING_ERRORS = frozenset({5, 32, 33})
"""Windows errors of a file that another program has open: access denied, shared, locked."""

PATIENCE = 2.0
"""Seconds for which a refused move is tried again: virus scanners and indexers look briefly."""

MOST_CHARACTERS = 60
"""Of a name that is part of a longer one; whole paths on Windows end at 260."""


class FileInUseError(PermissionError):
    """A file cannot be replaced while another program has it open."""


def portable_name(text: str, instead: str = "case") -> str:
    """A text as part of a file's name that Linux, macOS and Windows all take.

    Letters, digits, ``_``, ``-`` and inner dots stay; anything else becomes ``_``.

    >>> portable_name("a/b: c."), portable_name("con.2030"), portable_name("...")
    ('a_b__c', '_con.2030', 'case')
    """
    name = "".join(c if c.isalnum() or c in "_-." else "_" for c in text)
    name = name[:MOST_CHARACTERS].strip(".")
    if name.split(".")[0].lower() in RESERVED:
        name = f"_{name}"
    return name or instead


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; an existing file of that name is replaced.

    Windows refuses while another program has either open. The move is then tried again for
    ``PATIENCE`` seconds.

    Raises:
        FileInUseError: the file is still in use.
        OSError: the move failed for another reason.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            source.replace(target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in SHARING_ERRORS or target.is_dir():
                raise
            if time.monotonic() > end:
                raise FileInUseError(
                    f"{target} cannot be replaced: another program has it open, or it is "
                    "write-protected; close it there and run again"
                ) from None
        else:
            return
        time.sleep(0.05)


def unused(folder: Path, prefix: str) -> Path:
    """A name in a folder that nothing has: what is made there gets its mode from the umask."""
    return folder / f"{prefix}{secrets.token_hex(8)}"


def flush(path: Path) -> None:
    """Wait until the disk holds a file or a folder's names (on Windows a file only)."""
    if os.name == "nt" and path.is_dir():
        return
    # Windows flushes only what is open for writing, other systems open no folder so
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def made_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it, and wait until the disk holds their names.

    Without the wait, a power cut could take a new folder away together with files in it that were
    waited for.

    Returns:
        what was not there, the innermost first.

    Raises:
        OSError: one cannot be made; none of them stays.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    made: list[Path] = []
    try:
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            made.insert(0, place)
            with suppress(PermissionError):  # a folder that may be entered but not listed
                flush(place.parent)
    except OSError:
        remove_empty(made)
        raise
    return made


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that are empty; others stay."""
    for place in folders:
        with suppress(OSError):
            place.rmdir()
