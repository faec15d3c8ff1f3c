"""Whether a place can be written to, and files that appear together or not at all."""

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from fundpool.inputs.files.disk import FileInUseError, flush, made_folders, move, remove_empty
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

DRAFT = ".fundpool-"
"""How names of unfinished files begin."""

LAST = frozenset({"case.toml", "fit.json", "plan.json", "summary.json"})
"""Files that are taken away before all others and moved into place after them.

Where one stands, the rest stands too and is of the same run, whatever was killed.
"""

LONGEST_REASON = 300
"""Characters of an error's text that are repeated."""


class UnwritableError(Exception):
    """A place that cannot be written to, with a sentence that says why."""


def reason(error: BaseException) -> str:
    """What an error says, on one line.

    >>> reason(OSError(28, "No space left on device", "out/x")), reason(KeyError("a"))
    ('No space left on device', "'a' (KeyError)")
    """
    known = library_words(error)
    if isinstance(known, Message):
        return known
    text = getattr(error, "strerror", None) if isinstance(error, OSError) else None
    words = " ".join(str(text or error).split())
    if len(words) > LONGEST_REASON:
        words = words[: LONGEST_REASON - 1] + "…"
    if isinstance(error, OSError) and words:
        return words
    return f"{words} ({type(error).__name__})" if words else type(error).__name__


def check_folder(folder: Path, names: Iterable[str] = ()) -> None:
    """Try whether files can be written into a folder, which need not exist; nothing is left behind.

    A file is made and removed, below the nearest folder that exists and under the names of those
    still to be made. The folder itself is not made, so that commands that start at the same
    moment do not disturb each other.

    Args:
        folder: where files are to be written.
        names: the files; none may be a folder, or a file that another program holds open.

    Raises:
        UnwritableError: they cannot be written.
    """
    try:
        places = (folder, *folder.parents)
        there = next((place for place in places if place.exists() or place.is_symlink()), None)
        if there is None:
            raise UnwritableError(
                Message("there is no %(anchor)s on this machine", anchor=repr(str(folder.anchor)))
            )
        if not there.is_dir():
            kind = Message("a file") if there.exists() else Message("a link to nothing")
            raise UnwritableError(
                Message("%(there)s is %(kind)s; name a folder", there=repr(str(there)), kind=kind)
            )
        _write_probe(there, folder.relative_to(there))
        for file in (folder / name for name in names):
            if file.is_dir():
                raise UnwritableError(
                    Message(
                        "%(file)s is a folder where a file is to be written", file=repr(str(file))
                    )
                )
            if file.exists():
                # onto itself: does nothing, but Windows refuses while another program has it open
                move(file, file)
    except FileInUseError as error:
        raise UnwritableError(message_of(error)) from None
    except (OSError, ValueError) as error:
        raise UnwritableError(
            Message(
                "%(folder)s cannot be written to: %(why)s",
                folder=repr(str(folder)),
                why=reason(error),
            )
        ) from None


def check_one_disk(*folders: Path) -> None:
    """Refuse folders that lie on different disks: nothing can be renamed from one to the other.

    Raises:
        UnwritableError: they do.
    """
    there = [folder for folder in folders if folder.exists()]
    if len({folder.stat().st_dev for folder in there}) > 1:
        names = " and ".join(repr(str(folder)) for folder in there)
        raise UnwritableError(
            Message("%(names)s lie on different disks; keep them on one", names=names)
        )


def _write_probe(there: Path, missing: Path) -> None:
    """Make and remove a file below folders of the given names, in a folder that exists.

    What a process left that was killed while it did so is removed.
    """
    _sweep(there)
    with _locked_draft(there) as probe:
        folder = Path(probe, *(part for part in missing.parts if part != ".."))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "probe").write_bytes(b"probe")


@contextmanager
def whole_folder(target: Path, names: Iterable[str] = ()) -> Iterator[Path]:
    """A folder to fill; its files move to ``target`` together when the block ends well.

    It lies inside ``target``, so that moving is renaming where ``target`` is a mount point or the
    folder above it is not writable. Files of the same names are replaced, others are left alone.
    On an error, also in the middle of moving, ``target`` is as it was before. Drafts that killed
    processes left in ``target`` are removed.

    Args:
        target: the folder; made if it does not exist.
        names: files of which no older version may stay: what the block does not write is removed.

    Raises:
        fundpool.inputs.files.disk.FileInUseError: another program has a file of that name open.
        OSError: the folder cannot be written to.
    """
    made = made_folders(target)
    try:
        _sweep(target)
        with _locked_draft(target) as draft:
            new, old = draft / "new", draft / "old"
            new.mkdir()
            old.mkdir()
            yield new
            _move_in(new, old, target, names)
    except BaseException:
        remove_empty(made)
        raise


@contextmanager
def _locked_draft(target: Path) -> Iterator[Path]:
    """A folder inside ``target`` beside its lock, which is held while this process lives."""
    draft = target / f"{DRAFT}{secrets.token_hex(6)}"
    lock_file = draft.with_name(f"{draft.name}.lock")
    lock = FileLock(lock_file)
    try:
        lock.acquire()
        # between making the file and locking it a sweep may have taken it for a leftover
        while not lock_file.exists():
            lock.release()
            lock.acquire()
        draft.mkdir()
        yield draft
    finally:
        _remove(draft, lock_file, lock)


def _remove(draft: Path, lock_file: Path, lock: FileLock) -> None:
    """Remove a draft with its lock, which is held: Windows removes no file that is open."""
    shutil.rmtree(draft, ignore_errors=True)
    with suppress(OSError):
        lock_file.unlink()
    lock.release()
    with suppress(OSError):
        lock_file.unlink(missing_ok=True)


def _sweep(target: Path) -> None:
    """Remove drafts whose lock nobody holds."""
    for lock_file in target.glob(f"{DRAFT}*.lock"):
        lock = FileLock(lock_file)
        with suppress(Timeout, OSError):
            lock.acquire(timeout=0)
            _remove(lock_file.with_suffix(""), lock_file, lock)


def _move_in(new: Path, old: Path, target: Path, names: Iterable[str]) -> None:
    """Move files from ``new`` to ``target``; those they replace stay in ``old`` until all moved."""
    written = sorted(new.iterdir(), key=lambda path: (path.name in LAST, path.name))
    stale = [target / name for name in names if not (new / name).exists()]
    for path in new.rglob("*"):
        flush(path)
    ending = [target / path.name for path in written if path.name in LAST]
    changed: list[Path] = []
    try:
        for file in (file for file in ending if file.is_file()):
            move(file, old / file.name)
            changed.append(file)
        if changed:
            flush(target)  # before any other name changes, also on a disk that loses its power
        for file in (file for file in stale if file.is_file()):
            _keep(file, old)
            changed.append(file)
            file.unlink()
        for path in written:
            place = target / path.name
            if place.is_file():
                _keep(place, old)
            if path.name in LAST:
                flush(target)  # the names of the others first
            move(path, place)
            if place not in changed:
                changed.append(place)
        flush(target)
    except BaseException:
        for place in reversed(changed):
            _take_back(place, old)
        raise


def _keep(file: Path, old: Path) -> None:
    """A second name of a file in ``old``, or a copy where the disk knows no such names."""
    try:
        (old / file.name).hardlink_to(file)
    except (OSError, NotImplementedError):
        shutil.copy2(file, old / file.name)


def _take_back(place: Path, old: Path) -> None:
    """What stood at a place before; nothing if nothing did."""
    with suppress(OSError):
        if (old / place.name).exists():
            (old / place.name).replace(place)
        elif place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
