"""Where compiled code is kept between runs: a folder of the user's, one subfolder a key.

The folder is, in this order: ``FUNDPOOL_CACHE_DIR``; ``fundpool`` in ``NUMBA_CACHE_DIR``; the
user's cache folder of the system; ``fundpool-UID`` among the temporary files. Compiled code is
loaded by unpickling, which runs what it is given. So on systems with owners and modes a folder is
used only if it belongs to this user and nobody else may write there.
"""

import logging
import multiprocessing
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

VARIABLE = "FUNDPOOL_CACHE_DIR"
STORE = "compiled"
KEPT = 4
"""Subfolders that stay when a new one is made, the last used."""
IN_USE = 3600.0
"""Seconds after its use by a process in which a subfolder stays in any case."""


def folder_for(key: str) -> Path | None:
    """The subfolder of a key, made if need be; None where there is no folder to keep it in.

    A process that has to fall back on temporary files, or on nothing, says so once.
    """
    reason = ""
    for base in _chosen():
        try:
            return _subfolder(base, key)
        except OSError as error:
            reason = reason or f"{base} cannot be used ({error.strerror or error})"
    reason = reason or "there is no home folder"
    with suppress(OSError):
        base = Path(tempfile.gettempdir()) / f"fundpool-{_user()}"
        folder = _subfolder(base, key)
        _say(f"compiled code is kept in {base}, among temporary files, as {reason}")
        return folder
    _say(f"compiled code is not kept, so that every start compiles again, as {reason}")
    return None


def _chosen() -> Iterator[Path]:
    """Folders to try in turn: the one that is asked for, or the user's own."""
    if asked := os.environ.get(VARIABLE):
        yield Path(asked).absolute()
    elif asked := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(asked).absolute() / "fundpool"
    else:
        usual = platformdirs.user_cache_path("fundpool", appauthor=False)
        # a home that is not there is not made
        if usual.is_absolute() and any(map(os.path.isdir, list(usual.parents)[:2])):
            yield usual


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _subfolder(base: Path, key: str) -> Path:
    """The subfolder of a key below a folder.

    Raises:
        OSError: it cannot be made or written to, or others may write there.
    """
    for folder in reversed([base, *base.parents]):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
    _refuse_if_others_may_write(base)
    store = base / STORE
    store.mkdir(mode=0o700, exist_ok=True)
    _refuse_if_others_may_write(store)
    folder = store / key
    new = not folder.is_dir()
    folder.mkdir(mode=0o700, exist_ok=True)
    tempfile.TemporaryFile(dir=folder).close()
    os.utime(folder)
    if new:
        _prune(store, folder)
    return folder


def _refuse_if_others_may_write(folder: Path) -> None:
    """
    Raises:
        PermissionError: the folder is a link, somebody else's, or others may write there.
    """
    if not hasattr(os, "getuid"):
        return  # Windows: a profile's folders are the user's own
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise PermissionError(0, "it is not a folder of this user")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(0, "other users may write there")


def _prune(store: Path, new: Path) -> None:
    """Delete subfolders that have not been used for long; one that cannot be deleted stays."""
    used: list[tuple[float, Path]] = []
    for folder in store.iterdir():
        with suppress(OSError):  # another process deletes too
            used.append((folder.stat().st_mtime, folder))
    long_ago = time.time() - IN_USE
    for when, folder in sorted(used, reverse=True)[KEPT:]:
        if when < long_ago and folder != new:
            shutil.rmtree(folder, ignore_errors=True)


def _say(sentence: str) -> None:
    if multiprocessing.parent_process() is None:  # workers do as the process that started them
        text = "fundpool: %s; set %s to a folder that is yours alone."
        logging.getLogger("fundpool").warning(text, sentence, VARIABLE)
