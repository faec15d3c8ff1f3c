"""Runs come in whole: written under a temporary name, renamed when every file is on disk."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from fundpool.archive.manifest import Manifest, read_manifest
from fundpool.archive.objects import DamagedError, ObjectStore, sha256
from fundpool.inputs.files.disk import FileInUseError, move, portable_name

MANIFEST = "manifest.json"
MARK = "fundpool-archive.json"
MOST_REPEATS = 100_000


class NoSuchRunError(LookupError):
    """A run that the archive does not hold."""


@dataclass(frozen=True)
class Run:
    """A whole run.

    Attributes:
        folder: where it lies.
        manifest: what it says of itself.
    """

    folder: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """Its id."""
        return self.manifest.run

    def table(self, name: str) -> pd.DataFrame:
        """A result table.

        Raises:
            KeyError: the run has no such table.
            DamagedError: its file is missing or no Parquet file.
        """
        file = self.folder / "tables" / f"{name}.parquet"
        if f"tables/{name}.parquet" not in self.manifest.files:
            raise KeyError(f"run {self.id} has no table {name!r}")
        import duckdb

        try:
            return read_parquet(file)
        except duckdb.Error as error:
            raise DamagedError(f"{file} cannot be read: {error}") from None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its result tables."""
        names = [Path(name) for name in self.manifest.files]
        return tuple(sorted(n.stem for n in names if n.parts[0] == "tables"))

    def summary(self) -> dict[str, Any]:
        """Its summary.json."""
        text = (self.folder / "outputs" / "summary.json").read_text(encoding="utf-8")
        contents: dict[str, Any] = json.loads(text)
        return contents

    def damage(self) -> list[str]:
        """What is not as the manifest says: files missing, altered or added."""
        found = {
            path.relative_to(self.folder).as_posix(): path
            for path in self.folder.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
        wrong = [f"{name} is missing" for name in self.manifest.files if name not in found]
        wrong += [f"{name} was added" for name in sorted(found) if name not in self.manifest.files]
        wrong += [
            f"{name} has been altered"
            for name, digest in self.manifest.files.items()
            if name in found and sha256(found[name].read_bytes()) != digest
        ]
        return wrong


def read_parquet(file: Path) -> pd.DataFrame:
    """A Parquet file as a table."""
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet(?)", [str(file)]).df()


def opened_run(folder: Path) -> Run:
    """A run from its folder, wherever it lies.

    Raises:
        NoSuchRunError: there is no run in the folder.
        DamagedError: its manifest cannot be read.
    """
    try:
        folder = folder.resolve()
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except OSError:
        raise NoSuchRunError(f"{folder.name} holds no run") from None
    try:
        return Run(folder, read_manifest(text))
    except DamagedError as error:
        raise DamagedError(f"{folder}: {error}") from None


class Archive:
    """A folder of runs.

    ``runs/<id>/`` holds ``manifest.json``, ``tables/*.parquet`` and ``outputs/*``; ``inputs/`` the
    input files by digest; ``drafts/`` what running processes are writing.
    """

    def __init__(self, root: Path) -> None:
        """Name the folder; nothing is made until a run comes in."""
        self.root = root.resolve()  # work on it may go on in another folder or process
        self.objects = ObjectStore(self.root / "inputs")

    @property
    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return (self.root / MARK).is_file()

    def runs(self) -> list[Run]:
        """Every whole run, the earliest first."""
        folder = self.root / "runs"
        found = [
            opened_run(path) for path in sorted(folder.glob("*")) if (path / MANIFEST).is_file()
        ]
        return sorted(found, key=lambda run: (run.manifest.recorded_at, run.id))

    def run(self, name: str) -> Run:
        """A run by its id, or by the beginning of one if only one begins so.

        Raises:
            NoSuchRunError: none, or more than one.
        """
        exact = self.root / "runs" / name
        if Path(name).name == name and (exact / MANIFEST).is_file():
            return opened_run(exact)
        close = [run for run in self.runs() if run.id.startswith(name)]
        if len(close) == 1 and name:
            return close[0]
        if close:
            listed = ", ".join(run.id for run in close[:5])
            raise NoSuchRunError(f"{name!r} fits {len(close)} runs: {listed}")
        raise NoSuchRunError(f"the archive holds no run {name!r}; see `fundpool runs`")

    def holds(self, run: str) -> bool:
        """Whether it holds the run of exactly this id."""
        return (self.root / "runs" / run / MANIFEST).is_file()

    def latest(self, case_name: str, command: str) -> Run | None:
        """The latest run of a command on a case of that name."""
        own = [
            run
            for run in self.runs()
            if (run.manifest.case_name, run.manifest.request.command) == (case_name, command)
        ]
        return own[-1] if own else None

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A draft folder, held by a lock while this process lives and gone when the block ends.

        Drafts whose process was killed are swept away by the next run that comes in.
        """
        drafts = self.root / "drafts"
        drafts.mkdir(parents=True, exist_ok=True)
        # sweeping and making a draft exclude each other, for the blink that they take, so that no
        # draft is ever seen before its lock is held
        with FileLock(drafts / "gate", poll_interval=0.01):
            _sweep(drafts)
            draft = Path(tempfile.mkdtemp(prefix="run-", dir=drafts))
            lock = FileLock(_lock_file(draft))
            lock.acquire()
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            lock.release()
            _remove(_lock_file(draft))

    def admit(self, draft: Path, manifest: Manifest) -> Run:
        """Rename a filled draft to a run.

        The id is the case, the command and the digest of the request, then the number of the
        repeat, counted up until a name is free; renaming onto a name that another process took
        at the same moment fails and the next number is tried.

        Args:
            draft: from :meth:`incoming`; holds ``tables`` and ``outputs``.
            manifest: without id and files, which are filled in.
        """
        files = {
            path.relative_to(draft).as_posix(): sha256(path.read_bytes())
            for path in sorted(draft.rglob("*"))
            if path.is_file()
        }
        for path in draft.rglob("*"):
            _flush(path)
        folder = self.root / "runs"
        folder.mkdir(parents=True, exist_ok=True)
        self._mark()
        request = manifest.request
        case = portable_name(manifest.case_name).replace("-", "_")
        lead = f"{case}-{request.command}-{request.digest[:10]}"
        for number in range(1, MOST_REPEATS):
            name = f"{lead}-{number}"
            target = folder / name
            if target.exists():
                continue
            done = replace(manifest, run=name, files=files)
            (draft / MANIFEST).write_text(done.text(), encoding="utf-8", newline="\n")
            _flush(draft / MANIFEST)
            _flush(draft)
            try:
                move(draft, target)
            except OSError:
                if target.exists():
                    continue
                raise
            _flush(folder)
            return Run(target, done)
        raise OSError(f"there are {MOST_REPEATS} repeats of {lead}")

    def _mark(self) -> None:
        mark = self.root / MARK
        if mark.exists():
            return
        handle, name = tempfile.mkstemp(prefix=".mark-", dir=self.root)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write('{"schema_version": 1}\n')
        try:
            move(Path(name), mark)
        except FileInUseError:  # another process has just written the same mark
            Path(name).unlink(missing_ok=True)

    def query(self, sql: str) -> pd.DataFrame:
        """A question in SQL over all runs.

        Every result table is a view with the column ``run`` first; ``runs`` lists the runs.

        Raises:
            ValueError: the question cannot be answered; the text says why.
            DamagedError: a file of a run is missing or no Parquet file.
        """
        import duckdb

        held = self.runs()
        with duckdb.connect() as connection:
            connection.register("runs", self.listing())
            for name in sorted({table for run in held for table in run.tables}):
                files = [
                    (run.folder / "tables" / f"{name}.parquet").as_posix()
                    for run in held
                    if name in run.tables
                ]
                listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
                view = (
                    f'CREATE VIEW "{name}" AS SELECT '
                    "split_part(replace(filename, '\\', '/'), '/', -3) AS run, "
                    "* EXCLUDE (filename) "
                    f"FROM read_parquet([{listed}], union_by_name = true, filename = true)"
                )
                try:
                    connection.execute(view)
                except duckdb.Error as error:
                    raise DamagedError(f"the table {name} cannot be read: {error}") from None
            try:
                return connection.execute(sql).df()
            except duckdb.Error as error:
                raise ValueError(str(error)) from None

    def listing(self) -> pd.DataFrame:
        """One row a run: id, when, command, case, base year, code, inputs, seed, exit status."""
        held = self.runs()
        columns: Mapping[str, list[Any]] = {
            "run": [run.id for run in held],
            "recorded_at": [run.manifest.recorded_at for run in held],
            "command": [run.manifest.request.command for run in held],
            "case": [run.manifest.case_name for run in held],
            "base_year": [run.manifest.base_year for run in held],
            "code_version": [run.manifest.request.code_version for run in held],
            "inputs_sha256": [run.manifest.request.inputs_sha256 for run in held],
            "seed": [run.manifest.seed for run in held],
            "previous": [run.manifest.previous for run in held],
            "exit_status": [run.manifest.exit_status for run in held],
            "command_line": [run.manifest.command_line for run in held],
        }
        frame = pd.DataFrame(columns)
        frame["seed"] = frame["seed"].astype("Int64")
        frame["previous"] = frame["previous"].astype("string")
        return frame


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


def _flush(path: Path) -> None:
    """Wait until the disk holds a file or a folder's names (on Windows a file only)."""
    if os.name == "nt" and path.is_dir():
        return
    # Windows flushes only what is open for writing, other systems open no folder so
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = ["Archive", "DamagedError", "NoSuchRunError", "Run", "opened_run"]
