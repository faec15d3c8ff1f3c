"""``runs``, ``diff`` and ``rerun`` as functions."""

from pathlib import Path

import pandas as pd

from fundpool.archive.migration import migrate as brought_forward
from fundpool.archive.reruns import Rerun
from fundpool.archive.reruns import rerun as repeated
from fundpool.archive.retention import forget
from fundpool.archive.runs import Archive, Run
from fundpool.archive.verify import verify as verified
from fundpool.calls.arguments import folder, of_kind, whole
from fundpool.calls.results import Change
from fundpool.calls.wrong_argument import sentence
from fundpool.options import ARCHIVE
from fundpool.writing import write_csv


def runs(
    archive: Path | str = ARCHIVE,
    *,
    verify: bool = False,
    sql: str | None = None,
    keep: int | None = None,
    migrate: bool = False,
) -> pd.DataFrame:
    """The runs of an archive, or the answer to a question across them.

    Args:
        archive: its folder.
        verify: read every file and compare its digest; the table then names what is damaged.
        sql: a question; every result table is a view with the column ``run``.
        keep: forget all but the last so many runs of each command on each case; the table then
            names the runs forgotten.
        migrate: bring runs of earlier versions to the present form; the table then names the runs
            that were not in it, and what became of each.

    Raises:
        ValueError: there is no archive, or the question cannot be answered.
        fundpool.archive.objects.DamagedError: the archive cannot be read.

    Examples:
        >>> import fundpool
        >>> done = fundpool.project("jiangsu", years=1, outputs=fundpool.Outputs(archive="runs"))
        >>> len(fundpool.runs("runs"))
        1
        >>> list(fundpool.runs("runs", sql="SELECT count(*) AS n FROM measures").columns)
        ['n']
    """
    opened = archive_in(archive)
    if keep is not None:
        gone = forget(opened, whole("keep", keep, 1))
        return pd.DataFrame({"run": list(gone.runs)})
    if migrate:
        done = brought_forward(opened)
        became = [
            *((run, "brought to the present form") for run in done.written_anew),
            *((run, "left as a later version has written it") for run in done.later),
            *(done.unreadable.items()),
        ]
        return pd.DataFrame(became, columns=["run", "became"])
    if verify:
        damaged = verified(opened).damaged
        rows = [(run, item) for run, wrong in damaged.items() for item in wrong]
        return pd.DataFrame(rows, columns=["run", "damage"])
    if sql is None:
        return opened.listing()
    return opened.query(of_kind("sql", sql, str, "a question in SQL"))


def diff(
    first: str, second: str, archive: Path | str = ARCHIVE, out: Path | str | None = None
) -> Change:
    """What moved reserves and level rates between two runs, step by step.

    Args:
        first: id of the earlier run, or its beginning.
        second: id of the later run, or its beginning.
        archive: the archive's folder.
        out: CSV file that the table is also written to.

    Raises:
        LookupError: no such run.
        ValueError: the runs cannot be compared, in a sentence.

    Examples:
        >>> import fundpool
        >>> kept = fundpool.Outputs(archive="both")
        >>> before = fundpool.project("jiangsu", years=1, outputs=kept)
        >>> dear = {"economy.medical_inflation": 0.15}
        >>> after = fundpool.project("jiangsu", years=1, changes=dear, outputs=kept)
        >>> change = fundpool.diff(*fundpool.runs("both")["run"], archive="both")
        >>> change.plan
        'county'
    """
    from fundpool.cli.diff import change_between
    from fundpool.cli.session import UsageError
    from fundpool.models.analysis.change import NotComparableError

    opened = archive_in(archive)
    old, new = run_in(opened, "first", first), run_in(opened, "second", second)
    try:
        plan, table = change_between(old, new)
    except (UsageError, NotComparableError) as error:
        raise ValueError(str(error)) from None
    if out is not None:
        write_csv(table, folder("out", out))
    return Change(old.id, new.id, plan, table)


def rerun(run: str, archive: Path | str = ARCHIVE) -> Rerun:
    """Repeat a run from what the archive holds; ``identical`` says whether bit for bit.

    Args:
        run: id of a run, or its beginning.
        archive: the archive's folder.

    Raises:
        LookupError: no such run.
        fundpool.archive.reruns.RerunFailedError: the repeat came to no result.
        fundpool.archive.objects.DamagedError: an input is missing or altered.

    Examples:
        >>> import fundpool
        >>> kept = fundpool.Outputs(archive="again")
        >>> done = fundpool.project("jiangsu", years=1, outputs=kept)
        >>> fundpool.rerun(fundpool.runs("again")["run"][0], "again").identical
        True
    """
    from fundpool.functions.requests import commands

    opened = archive_in(archive)
    return repeated(opened, run_in(opened, "run", run), commands())


def archive_in(place: object) -> Archive:
    """The archive in a folder.

    Raises:
        TypeError: no folder is named.
        ValueError: there is none.
        fundpool.archive.objects.DamagedError: a later version of the program has made it.
    """
    opened = Archive(folder("archive", place))
    if not opened.exists:
        raise ValueError(sentence("archive", str(place), "the folder of an archive of runs"))
    opened.check_format()
    return opened


def run_in(archive: Archive, argument: str, name: object) -> Run:
    """A run by its id or the beginning of it."""
    return archive.run(of_kind(argument, name, str, "the id of a run, or its beginning"))
