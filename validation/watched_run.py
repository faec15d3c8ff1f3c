"""A report whose every step on disk is counted, ended by force at one of them, or recorded.

Runs in a process of its own, which must end afterwards: what watches the disk stays installed.
"""

import builtins
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.cases.small import small_case
from validation.fault_bench import FAST

Listing = dict[str, int]
"""Entries of a folder: name to number of a file or folder."""


@dataclass(frozen=True)
class Moment:
    """What the disk would show, and what it certainly holds, just before a step.

    Attributes:
        step: the step.
        folders: entries of every folder, by its number; the watched folder is number 0.
        files: contents of every file, by its number, as a key of :attr:`Recording.contents`.
        kept_folders: entries of folders when they were last waited for.
        kept_files: contents of files when they were last waited for.
    """

    step: str
    folders: dict[int, Listing]
    files: dict[int, int]
    kept_folders: dict[int, Listing]
    kept_files: dict[int, int]


@dataclass
class Recording:
    """Every step of a run, and the contents that files had.

    Attributes:
        moments: one before each step, and one after the last.
        contents: bytes by number.
        status: exit status of the command.
    """

    moments: list[Moment] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    status: int = 0


class Recorder:
    """Looks at the whole folder before each step, so that it also sees writes of libraries."""

    def __init__(self, place: Path) -> None:
        """Take everything that is there as certainly on the disk."""
        self._place = place
        self.recording = Recording()
        self._numbers: dict[int, int] = {}
        self._next = 0
        self._known: dict[tuple[int, int, int], int] = {}
        self._indices: dict[bytes, int] = {}
        self._kept_folders: dict[int, Listing] = {}
        self._kept_files: dict[int, int] = {}
        self._kept_folders, self._kept_files = self._look()

    def step(self, name: str) -> None:
        """Record the moment before a step."""
        folders, files = self._look()
        kept = dict(self._kept_folders), dict(self._kept_files)
        self.recording.moments.append(Moment(name, folders, files, *kept))

    def waited_for(self, inode: int) -> None:
        """Note that the disk holds a file or the entries of a folder."""
        folders, files = self._look()
        number = self._numbers.get(inode)
        if number in folders:
            self._kept_folders[number] = folders[number]
        elif number in files:
            self._kept_files[number] = files[number]

    def _look(self) -> tuple[dict[int, Listing], dict[int, int]]:
        """Entries of all folders and contents of all files; inodes used again get new numbers."""
        seen: dict[int, int] = {}
        folders: dict[int, Listing] = {}
        files: dict[int, int] = {}

        def number_of(inode: int) -> int:
            if inode not in seen:
                if inode in self._numbers:
                    seen[inode] = self._numbers[inode]
                else:
                    seen[inode], self._next = self._next, self._next + 1
            return seen[inode]

        waiting = [(str(self._place), number_of(self._place.stat().st_ino))]
        while waiting:
            folder, number = waiting.pop()
            folders[number] = {}
            for entry in os.scandir(folder):
                try:
                    about = entry.stat(follow_symlinks=False)
                    inner = number_of(about.st_ino)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, inner))
                    else:
                        files[inner] = self._contents(entry.path, about)
                    folders[number][entry.name] = inner
                except FileNotFoundError:
                    continue
        self._numbers = seen
        return folders, files

    def _contents(self, file: str, about: os.stat_result) -> int:
        key = (about.st_ino, about.st_mtime_ns, about.st_size)
        if key not in self._known:
            with _PLAIN_OPEN(file, "rb") as stream:
                contents = stream.read()
            if contents not in self._indices:
                self._indices[contents] = len(self.recording.contents)
                self.recording.contents.append(contents)
            self._known[key] = self._indices[contents]
        return self._known[key]


_PLAIN_OPEN = io.open

_CHANGES = {"os.rename": 1, "os.link": 1, "os.remove": 0, "os.mkdir": 0, "os.rmdir": 0, "open": 0}
"""Events of Python that change a folder, and which of their arguments is the path changed."""


def watch(place: Path, step: Callable[[str], bool], waited_for: Callable[[int], None]) -> None:
    """Call ``step`` before each change below a folder, ``waited_for`` after each fsync.

    Steps are ``rename``, ``remove``, ``mkdir``, ``open`` (for writing), ``write`` and ``fsync``,
    each with the path. A write for which ``step`` returns True is only half done when the process
    is ended.
    """
    lead = str(place)

    def inside(path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(lead)

    def label(path: Any) -> str:
        return os.path.relpath(os.fsdecode(path), lead)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        path = arguments[_CHANGES.get(event, 0)] if arguments else None
        if event in _CHANGES and inside(path):
            step(f"{event.removeprefix('os.')} {label(path)}")

    class Watched(io.FileIO):
        def write(self, data: Any) -> int:
            if step(f"write {label(str(self.name))}"):
                super().write(memoryview(data).cast("B")[: len(data) // 2])
                psutil.Process().kill()
            return super().write(data) or 0

    def watched_open(file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
                     errors: str | None = None, newline: str | None = None, closefd: bool = True,
                     opener: Any = None) -> Any:  # fmt: skip
        if not inside(file) or not set(mode) & set("wax+"):
            return _PLAIN_OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
        raw = Watched(os.fspath(file), mode.replace("b", "").replace("t", ""), closefd, opener)
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        return io.TextIOWrapper(buffered, encoding, errors, newline)

    plain_fsync = os.fsync

    def watched_fsync(handle: int) -> None:
        step(f"fsync {os.fstat(handle).st_ino}")
        plain_fsync(handle)
        waited_for(os.fstat(handle).st_ino)

    os.fsync = watched_fsync  # type: ignore[assignment]
    io.open = builtins.open = watched_open  # type: ignore[assignment]
    sys.addaudithook(audit)


def run(words: Sequence[str]) -> int:
    """Run a command of fundpool in this process; its exit status."""
    from typer.testing import CliRunner

    from fundpool.cli.commands import app

    result = CliRunner().invoke(app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code


def end_with(status: int) -> None:
    """End the process without waiting for threads of libraries."""
    sys.stdout.flush()
    os._exit(status)


def plain_run(words: Sequence[str]) -> None:
    """Run a command in a process of its own."""
    end_with(run(words))


def counted_run(place: Path, words: Sequence[str], log: Path) -> None:
    """Write the name of each step into a file, a line each."""
    steps: list[str] = []
    watch(place, lambda name: steps.append(name) or False, lambda _: None)
    status = run(words)
    counted = list(steps)
    with _PLAIN_OPEN(log, "w", encoding="utf-8", newline="\n") as stream:
        stream.write("\n".join(counted) + "\n")
    end_with(status)


def killed_run(place: Path, words: Sequence[str], at: int) -> None:
    """End the process by force at a step, numbered from 0: half into a write, before all others."""
    steps = 0

    def step(name: str) -> bool:
        nonlocal steps
        steps += 1
        if steps - 1 != at:
            return False
        if not name.startswith("write "):
            psutil.Process().kill()
        return True

    watch(place, step, lambda _: None)
    end_with(run(words))


def recorded_run(place: Path, words: Sequence[str], file: Path) -> None:
    """Record every step into a file (:class:`Recording`)."""
    recorder = Recorder(place)

    def step(name: str) -> bool:
        recorder.step(name)
        return False

    watch(place, step, recorder.waited_for)
    recorder.recording.status = run(words)
    recorder.step("end")
    with _PLAIN_OPEN(file, "wb") as stream:
        pickle.dump(recorder.recording, stream)
    end_with(recorder.recording.status)


def warm_up() -> None:
    """Import and compile what a run needs, short of libraries whose threads no fork survives.

    Without charts, whose library starts threads, and without an archive, likewise.
    """
    with tempfile.TemporaryDirectory(prefix="fundpool-warm-") as name:
        case = small_case().write(Path(name) / "case")
        run(
            [
                "report",
                str(case),
                *FAST,
                "--formats",
                "xlsx",
                "--quiet",
                "--out",
                str(Path(name) / "out"),
            ]
        )


if os.environ.get("FUNDPOOL_WARM_UP"):  # set by what starts such processes
    warm_up()
