"""Runs come in whole: written under a temporary name, renamed when every file is on disk."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.archive.drafts import draft_in
from fundpool.archive.manifest import Manifest, OtherVersionError
from fundpool.archive.objects import DamagedError, ObjectStore, sha256, write_durably
from fundpool.archive.run import MANIFEST, NoSuchRunError, Run, opened_run
from fundpool.inputs.files.disk import (
    FileInUseError,
    flush,
    made_folders,
    move,
    portable_name,
    unused,
)
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

MARK = "fundpool-archive.json"
FORMAT = 1
"""Schema version of the mark."""
MOST_REPEATS = 100_000


@dataclass(frozen=True)
class Unreadable:
    """A folder among the runs that cannot be read as one.

    Attributes:
        run: name of the folder.
        why: a sentence that names it.
        later: what a later version of the program wrote; None if the manifest is damaged.
    """

    run: str
    why: str
    later: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Contents:
    """What an archive holds.

    Attributes:
        runs: every run, the earliest first.
        unreadable: what cannot be read as a run.
    """

    runs: tuple[Run, ...]
    unreadable: tuple[Unreadable, ...]


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
        """Whether anything was ever kept here; an archive that lost its mark is still one."""
        return (self.root / MARK).is_file() or any((self.root / "runs").glob(f"*/{MANIFEST}"))

    def check_format(self) -> None:
        """Refuse an archive that a later version of the program has made.

        Raises:
            DamagedError: its mark names another format.
        """
        try:
            version = json.loads((self.root / MARK).read_text("utf-8"))["schema_version"]
        except (OSError, ValueError, KeyError, TypeError):
            return  # lost or damaged: the runs speak for themselves, and a new run renews it
        if version != FORMAT:
            raise DamagedError(
                Message(
                    "the archive %(root)s has format %(version)s; this program reads %(known)s",
                    root=str(self.root),
                    version=version,
                    known=FORMAT,
                )
            )

    def contents(self) -> Contents:
        """Every run, the earliest first, and what cannot be read as one."""
        runs: list[Run] = []
        unreadable: list[Unreadable] = []
        try:
            folders = sorted((self.root / "runs").iterdir())
        except FileNotFoundError:
            folders = []
        except OSError as error:
            raise DamagedError(
                Message(
                    "%(root)s cannot be read: %(why)s",
                    root=str(self.root / "runs"),
                    why=error.strerror or str(error),
                )
            ) from None
        for folder in folders:
            if folder.name.startswith(".") or not folder.is_dir():
                continue
            try:
                runs.append(opened_run(folder))
            except OtherVersionError as error:
                unreadable.append(Unreadable(folder.name, str(error), error.contents))
            except (NoSuchRunError, DamagedError) as error:
                unreadable.append(Unreadable(folder.name, str(error)))
        runs.sort(key=lambda run: (run.manifest.recorded_at, run.id))
        return Contents(tuple(runs), tuple(unreadable))

    def runs(self) -> list[Run]:
        """Every run that can be read, the earliest first."""
        return list(self.contents().runs)

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
            raise NoSuchRunError(
                Message(
                    "%(name)s fits %(n)s runs: %(listed)s",
                    name=repr(name),
                    n=len(close),
                    listed=listed,
                )
            )
        raise NoSuchRunError(
            Message("the archive holds no run %(name)s; see `fundpool runs`", name=repr(name))
        )

    def holds(self, run: str) -> bool:
        """Whether it holds the run of exactly this id."""
        return (self.root / "runs" / run / MANIFEST).is_file()

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A draft folder for a run (:func:`fundpool.archive.drafts.draft_in`).

        Raises:
            OSError: it cannot be made.
        """
        self.check_format()
        with draft_in(self.root / "drafts") as draft:
            yield draft

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
            flush(path)
        folder = self.root / "runs"
        made_folders(folder)
        self.mark()
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
            flush(draft / MANIFEST)
            flush(draft)
            try:
                move(draft, target)
            except OSError:
                if target.exists():
                    continue
                raise
            flush(folder)
            return Run(target, done)
        raise OSError(f"there are {MOST_REPEATS} repeats of {lead}")

    def mark(self) -> None:
        """Write the file by which a folder is known as an archive, unless it is there."""
        mark = self.root / MARK
        if mark.exists() and mark.stat().st_size:
            return
        draft = unused(self.root, ".mark-")
        try:
            write_durably(draft, f'{{"schema_version": {FORMAT}}}\n'.encode())
            move(draft, mark)
            flush(self.root)
        except FileInUseError:  # another process has just written the same mark
            draft.unlink(missing_ok=True)

    def query(self, sql: str, runs: Sequence[Run] | None = None) -> pd.DataFrame:
        """A question in SQL over all runs.

        Every result table is a view with the column ``run`` first; ``runs`` lists the runs.

        Args:
            sql: the question.
            runs: the runs to ask across; read from the archive unless given.

        Raises:
            ValueError: the question cannot be answered; the text says why.
            DamagedError: a file of a run is missing or no Parquet file.
        """
        import duckdb

        recorded = self.runs() if runs is None else runs
        with duckdb.connect() as connection:
            connection.register("runs", self.listing(recorded))
            names = {table for run in recorded for table in run.tables}
            for name in sorted(_mentioned(sql, names)):
                files = [
                    (run.folder / "tables" / f"{name}.parquet").as_posix()
                    for run in recorded
                    if name in run.tables
                ]
                listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
                quoted = name.replace('"', '""')  # a manifest from elsewhere may hold any name
                view = (
                    f'CREATE VIEW "{quoted}" AS SELECT '  # nosec B608
                    "split_part(replace(filename, '\\', '/'), '/', -3) AS run, "
                    "* EXCLUDE (filename) "
                    f"FROM read_parquet([{listed}], union_by_name = true, filename = true)"
                )
                try:
                    connection.execute(view)
                except duckdb.Error as error:
                    raise DamagedError(
                        Message(
                            "the table %(name)s cannot be read: %(why)s",
                            name=name,
                            why=message_of(error),
                        )
                    ) from None
            try:
                return connection.execute(sql).df()
            except duckdb.Error as error:
                raise ValueError(message_of(error)) from None

    def listing(self, runs: Sequence[Run] | None = None) -> pd.DataFrame:
        """One row a run: id, when, command, case, base year, code, inputs, seed, exit status.

        Args:
            runs: the runs to list; read from the archive unless given.
        """
        recorded = self.runs() if runs is None else runs
        columns: Mapping[str, list[Any]] = {
            "run": [run.id for run in recorded],
            "recorded_at": [run.manifest.recorded_at for run in recorded],
            "command": [run.manifest.request.command for run in recorded],
            "case": [run.manifest.case_name for run in recorded],
            "base_year": [run.manifest.base_year for run in recorded],
            "code_version": [run.manifest.request.code_version for run in recorded],
            "inputs_sha256": [run.manifest.request.inputs_sha256 for run in recorded],
            "seed": [run.manifest.seed for run in recorded],
            "previous": [run.manifest.previous for run in recorded],
            "exit_status": [run.manifest.exit_status for run in recorded],
            "command_line": [run.manifest.command_line for run in recorded],
        }
        frame = pd.DataFrame(columns)
        frame["seed"] = frame["seed"].astype("Int64")
        frame["previous"] = frame["previous"].astype("string")
        return frame


def _mentioned(sql: str, names: Set[str]) -> Set[str]:
    """Tables that a question may read: a view of many runs opens every file to see its columns.

    All of them where the question names none, as ``SHOW TABLES`` does.
    """
    asked = {name for name in {*names, "runs"} if name.casefold() in sql.casefold()}
    return asked & names if asked else names


__all__ = ["Archive", "DamagedError", "NoSuchRunError", "Run", "opened_run"]
