"""Faults of the machine: no home, modes, other disks, full disks, places, signals, leftovers."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from filelock import FileLock

from fundpool.archive import drafts
from fundpool.archive.runs import Archive
from fundpool.inputs.files import writing
from fundpool.inputs.files.writing import whole_folder
from validation.fault_bench import FAST, Bench, Fault, Outcome, wrong_unless

ROOT = Path(__file__).parent.parent
FILES = ("report.html", "report.pdf", "report.xlsx", "summary.json")


def faults() -> Iterator[Fault]:
    """Every fault of the machine."""
    yield from _homes()
    yield from _places()
    yield from _moves()
    yield from _archives()


def _apart(place: Path, *words: str | Path, **variables: str) -> Outcome:
    """A command in a process of its own, with variables set, or removed where empty."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    done = subprocess.run(
        [sys.executable, "-m", "fundpool", *map(str, words)], capture_output=True, cwd=place,
        encoding="utf-8", errors="replace", check=False, timeout=120,
        env={name: value for name, value in environment.items() if value},
    )  # fmt: skip
    if "Traceback" in done.stderr:
        return Outcome(None, done.stdout, done.stderr[-300:])
    return Outcome(done.returncode, done.stdout, done.stderr)


def _homes() -> Iterator[Fault]:
    nowhere = {
        "HOME": "/nonexistent", "USERPROFILE": "/nonexistent", "LOCALAPPDATA": "",
        "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": "", "FUNDPOOL_CACHE_DIR": "",
    }  # fmt: skip

    def listed(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        return wrong_unless(_apart(place, "runs", "--archive", root, **nowhere), 0, says="report")

    def checked(bench: Bench, place: Path) -> str:
        return wrong_unless(_apart(place, "check", bench.case(place), **nowhere), 0)

    def examined(bench: Bench, place: Path) -> str:
        return wrong_unless(_apart(place, "doctor", **nowhere), 0, says="solver")

    yield Fault("users", "no home, runs", listed, "F8")
    yield Fault("users", "no home, check", checked, "F8")
    yield Fault("users", "no home, doctor", examined, "F8")

    for mask in (0o022, 0o002, 0o077, 0o027):

        def modes(bench: Bench, place: Path, mask: int = mask) -> str:
            """Modes of the archive follow the umask."""
            if os.name == "nt":
                return ""
            set_mask = os.__dict__["umask"]
            before = set_mask(mask)
            try:
                case = bench.case(place)
                outcome = bench.run("compare", case, "--years", "2", "--archive", place / "a")
            finally:
                set_mask(before)
            kept = [path for name in ("runs", "inputs") for path in (place / "a" / name).rglob("*")]
            for path in [*kept, place / "a" / "fundpool-archive.json"]:
                wanted = (0o777 if path.is_dir() else 0o666) & ~mask
                mode = stat.S_IMODE(path.stat().st_mode)
                if mode != wanted:
                    return f"{path.name} has mode {mode:o}, not {wanted:o}"
            return wrong_unless(outcome, 3)

        yield Fault("users", f"umask {mask:03o}", modes, "F15", mask == 0o002)


def _places() -> Iterator[Fault]:
    def file(place: Path) -> Path:
        (place / "file").write_bytes(b"")
        return place / "file"

    def dangling(place: Path) -> Path:
        try:
            (place / "link").symlink_to(place / "nowhere")
        except OSError:
            return file(place)
        return place / "link"

    places: dict[str, Callable[[Path], Path]] = {
        "a file": file,
        "below a file": lambda place: file(place) / "below",
        "a link to nothing": dangling,
        "with a NUL": lambda place: place / "a\0b",
        "300 letters": lambda place: place / ("x" * 300),
    }
    for option in ("--out", "--archive"):
        for name, make in places.items():

            def trial(
                bench: Bench, place: Path, make: Callable[[Path], Path] = make, option: str = option
            ) -> str:
                return wrong_unless(bench.report(place, option, make(place)), 2, says=option)

            yield Fault("places", f"{option} {name}", trial, "F22", name == "a file")
    for name in FILES[:3]:

        def folder(bench: Bench, place: Path, name: str = name) -> str:
            (place / "out" / name).mkdir(parents=True)
            return wrong_unless(bench.report(place, "--formats", "html,pdf,xlsx"), 2, says=name)

        yield Fault("places", f"{name} is a folder", folder, "F21", name == "report.pdf")

    def elsewhere(bench: Bench, place: Path) -> str:
        """Nothing is renamed into or out of the folder: it may be a disk of its own."""
        (place / "out").mkdir()
        move, crossed = writing.move, []

        def watched(source: Path, target: Path) -> None:
            if not (source.is_relative_to(place / "out") and target.is_relative_to(place / "out")):
                crossed.append(source)
            move(source, target)

        with mock.patch.object(writing, "move", watched):
            wrong = wrong_unless(bench.report(place), 3)
        beside = {path.name for path in place.iterdir()} - {"case", "out"}
        return wrong or ("".join(map(str, crossed)) or "".join(beside))

    yield Fault("places", "--out is a mount point", elsewhere, "F6", True)
    yield Fault("places", "the folder above --out is read-only", elsewhere, "F7")

    def two_disks(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        trouble = writing.UnwritableError("lie on different disks")
        with mock.patch.object(writing, "check_one_disk", side_effect=trouble):
            return wrong_unless(bench.report(place, "--archive", root), 2, says="different disks")

    yield Fault("places", "runs and drafts on two disks", two_disks, "F6")


def _moves() -> Iterator[Fault]:
    def whole(target: Path, old: bytes) -> str:
        contents = {(target / name).read_bytes() for name in FILES}
        return "" if contents == {old} else "files of two reports"

    for number in range(len(FILES)):
        for error in (OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(),
                      OSError(errno.EIO, "Input/output error")):  # fmt: skip

            def trial(
                bench: Bench, place: Path, number: int = number, error: BaseException = error
            ) -> str:
                """A move fails: the older report stands whole."""
                target = place / "out"
                target.mkdir()
                for name in FILES:
                    (target / name).write_bytes(b"old")
                move, moved = writing.move, []

                def failing(source: Path, to: Path) -> None:
                    if len(moved) == number:
                        raise error
                    moved.append(to)
                    move(source, to)

                try:
                    with mock.patch.object(writing, "move", failing), whole_folder(target) as new:
                        for name in FILES:
                            (new / name).write_bytes(b"new")
                except (OSError, KeyboardInterrupt):
                    left = {path.name for path in target.iterdir()} - set(FILES)
                    return whole(target, b"old") or "".join(left)
                return "the failure is not noticed"

            kind = type(error).__name__ if isinstance(error, KeyboardInterrupt) else str(error)
            yield Fault("moves", f"move {number + 1} ends in {kind}", trial, "F21",
                        number == 1)  # fmt: skip

    def last(bench: Bench, place: Path) -> str:
        """summary.json comes last, and every file is on disk before."""
        order: list[str] = []
        move, flush = writing.move, writing.flush

        def moved(source: Path, to: Path) -> None:
            order.append(f"move {to.name}")
            move(source, to)

        def flushed(path: Path) -> None:
            order.append(f"flush {path.name}")
            flush(path)

        with (
            mock.patch.object(writing, "move", moved),
            mock.patch.object(writing, "flush", flushed),
            whole_folder(place / "out") as new,
        ):
            for name in FILES:
                (new / name).write_bytes(b"new")
        first_move = order.index("move report.html")
        synced = {f"flush {name}" for name in FILES} <= set(order[:first_move])
        if not synced:
            return "files are moved before the disk holds them"
        wanted = ["flush out", "move summary.json", "flush out"]
        return "" if order[-3:] == wanted else f"summary.json is not last: {order[-3:]}"

    yield Fault("moves", "a power cut between the files", last, "F21", True)

    for step in ("write", "admit"):
        for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO):

            def full(bench: Bench, place: Path, step: str = step, number: int = number) -> str:
                root = bench.archive(place)
                name = "fundpool.archive.keeping.write_durably"
                name = "fundpool.archive.runs.Archive.admit" if step == "admit" else name
                trouble = OSError(number, os.strerror(number))
                with mock.patch(name, side_effect=trouble):
                    outcome = bench.report(place, "--archive", root)
                wrong = wrong_unless(outcome, 1, says="nothing was written")
                return wrong or ("files are left" if list(place.glob("out/*")) else "")

            yield Fault("moves", f"{step} to the archive: {os.strerror(number)}", full, "F22")

    def terminated(bench: Bench, place: Path) -> str:
        """A service manager ends the run: nothing is left behind."""
        if os.name == "nt":
            return ""
        words = ["report", str(bench.case(place)), *FAST, "--out", str(place / "out")]
        temporary = place / "temporary"
        temporary.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", "fundpool", *words], stderr=subprocess.PIPE, cwd=place,
            encoding="utf-8", env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        )  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if "Writing" in line:
                break
        end = time.monotonic() + 30
        while not (place / "out").exists() and time.monotonic() < end:
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)
        messages = process.stderr.read()
        status = process.wait(60)
        left = [path.name for path in (*place.rglob(".fundpool-*"), *temporary.iterdir())]
        if status == 3:
            return ""  # it had finished
        if status != 143 or "ended by a signal" not in messages:
            return f"status {status}: {messages}"
        return f"left: {left}" if left else ""

    yield Fault("moves", "SIGTERM while the report is written", terminated, "F14")

    def swept(bench: Bench, place: Path) -> str:
        left = place / "out" / f"{writing.DRAFT}dead"
        left.mkdir(parents=True)
        left.with_name(left.name + ".lock").write_bytes(b"")
        wrong = wrong_unless(bench.report(place), 3)
        return wrong or ("the draft stays" if left.exists() else "")

    yield Fault("moves", "a draft of a killed run", swept, "F14", True)


def _archives() -> Iterator[Fault]:
    def linked(bench: Bench, place: Path) -> str:
        """Folders elsewhere are not swept through a link."""
        root = bench.archive(place)
        other = place / "other" / "run-precious"
        other.mkdir(parents=True)
        shutil.rmtree(root / "drafts")
        try:
            (root / "drafts").symlink_to(place / "other")
        except OSError:
            return ""
        outcome = bench.report(place, "--archive", root)
        return wrong_unless(outcome, 1, says="is a link") or (
            "" if other.exists() else "a folder elsewhere is deleted"
        )

    yield Fault("drafts", "drafts is a link", linked, "F23", True)

    def blocked(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        with FileLock(root / "drafts" / "gate"), mock.patch.object(drafts, "LONGEST_WAIT", 0.2):
            outcome = bench.report(place, "--archive", root)
        return wrong_unless(outcome, 1, says="another process has held")

    yield Fault("drafts", "the gate is held by another process", blocked, "F23", True)

    def leftover(bench: Bench, place: Path) -> str:
        root = bench.archive(place)
        (root / "drafts" / "run-dead").mkdir()
        (root / "drafts" / "run-dead.lock").write_bytes(b"")
        with Archive(root).incoming():
            pass
        left: list[Any] = list((root / "drafts").glob("run-dead*"))
        return f"left: {left}" if left else ""

    yield Fault("drafts", "a draft of a killed run", leftover, "F14", True)
