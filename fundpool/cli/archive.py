"""What the commands on an archive of runs share: opening it, naming a run, printing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.messages import print_result
from fundpool.cli.saying import say_failure
from fundpool.cli.session import BAD_INPUT, FAILED
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.options import ARCHIVE

if TYPE_CHECKING:
    import pandas as pd

    from fundpool.archive.runs import Archive, Run

Kept = Annotated[
    Path,
    typer.Option("--archive", metavar="DIR", envvar="FUNDPOOL_ARCHIVE", help="The archive."),
]
DEFAULT = ARCHIVE


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turn a damaged archive into a message and exit status 1."""
    from fundpool.archive.objects import DamagedError

    try:
        yield
    except DamagedError as error:
        say_failure(error)
        raise typer.Exit(FAILED) from None


def opened_archive(folder: Path) -> "Archive":
    """The archive in a folder; ends the command if there is none."""
    from fundpool.archive.runs import Archive

    archive = Archive(folder)
    if not archive.exists:
        say_failure(
            Message("%(folder)s is no archive of runs; --archive DIR names one", folder=str(folder))
        )
        raise typer.Exit(BAD_INPUT)
    archive.check_format()
    return archive


def run_named(archive: "Archive", name: str) -> "Run":
    """The run of that name, or of the only one that begins so; else the command ends."""
    from fundpool.archive.runs import NoSuchRunError

    try:
        return archive.run(name)
    except NoSuchRunError as error:
        say_failure(error)
        raise typer.Exit(BAD_INPUT) from None


def print_table(table: "pd.DataFrame", json: bool) -> None:
    """Print a table as text, or its rows as JSON."""
    from fundpool.summary import as_json

    if json:
        print_result(as_json(table.to_dict("records")))
    else:
        typer.echo(
            spoken().gettext("none found")
            if table.empty
            else table.to_string(index=False, na_rep="-")
        )
