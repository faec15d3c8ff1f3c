"""``new``: a case without rows, to be filled."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.options import Quiet
from fundpool.cli.session import (
    UsageError,
    checked_folder,
    refusing_bad_input,
    say,
    saying_disk_errors,
)
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.options import NewOptions

DEFAULT = NewOptions()


@app.command()
def new(
    target: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to make, or a workbook (.xlsx).")
    ],
    title: Annotated[
        str, typer.Option("--title", help="What reports call the case.")
    ] = DEFAULT.title,
    levels: Annotated[
        str, typer.Option("--levels", help="Levels of the region tree from the lowest, as in a,b.")
    ] = ",".join(DEFAULT.levels),
    schemes: Annotated[
        str, typer.Option("--schemes", help="Schemes with their kind, payroll or flat.")
    ] = "employee=payroll,resident=flat",
    statuses: Annotated[
        str, typer.Option("--statuses", help="Coverage statuses in use, NAME=KIND for the "
                          "case's own; those of the schemes unless given.")
    ] = "",
    services: Annotated[
        str, typer.Option("--services", help="Service classes.")
    ] = ",".join(DEFAULT.services),
    base_year: Annotated[
        int | None,
        typer.Option("--base-year", min=1900, max=2200,
                     help="Year at whose end the case is valued; last year unless given."),
    ] = None,
    years: Annotated[
        int, typer.Option("--years", min=1, max=100, help="Years that are projected.")
    ] = DEFAULT.years,
    currency: Annotated[
        str, typer.Option("--currency", help="Currency of all money.")
    ] = DEFAULT.currency,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask at the terminal for each of these.")
    ] = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Write an empty case: settings to be replaced, and tables with headers alone."""
    from fundpool import case_files

    year = case_files.last_year() if base_year is None else base_year
    with refusing_bad_input():
        checked_folder(target.parent if target.suffix.lower() == ".xlsx" else target,
                       option="folder")  # fmt: skip
        if ask:
            if not at_terminal():
                raise UsageError(Message("--ask needs a terminal; give the options instead"))
            language = spoken()
            as_schemes = language("as the schemes")
            title = typer.prompt(language("Title"), default=title or target.stem, err=True)
            levels = typer.prompt(language("Levels, from the lowest"), default=levels, err=True)
            schemes = typer.prompt(
                language("Schemes (NAME=payroll or flat)"), default=schemes, err=True
            )
            statuses = typer.prompt(language("Coverage statuses"), default=statuses or as_schemes,
                                    err=True)  # fmt: skip
            statuses = "" if statuses == as_schemes else statuses
            services = typer.prompt(language("Services"), default=services, err=True)
            year = typer.prompt(language("Base year"), default=year, type=int, err=True)
            years = typer.prompt(language("Years projected"), default=years, type=int, err=True)
            currency = typer.prompt(language("Currency"), default=currency, err=True)
        kinds = _kinds(schemes)
        with saying_disk_errors(target):
            case_files.new(
                target,
                NewOptions(
                    title=title,
                    levels=_words(levels),
                    schemes=kinds,
                    statuses=_words(statuses),
                    services=_words(services),
                    base_year=year,
                    years=years,
                    currency=currency,
                ),
            )
    written = Message(
        "Wrote an empty case to %(folder)s. Fill its tables, then: fundpool check %(folder)s",
        folder=str(target),
    )
    say(written, quiet)


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _kinds(text: str) -> dict[str, str]:
    """Kind of each scheme by its name.

    Raises:
        UsageError: a part that is not ``NAME=KIND``, or a name that stands twice.
    """
    kinds: dict[str, str] = {}
    for word in _words(text):
        name, equals, kind = (part.strip() for part in word.partition("="))
        if not name or not equals or not kind:
            raise UsageError(
                Message("--schemes %(word)s should read NAME=payroll or NAME=flat", word=repr(word))
            )
        if name in kinds:
            raise UsageError(
                Message(
                    "--schemes %(name)s stands twice; give each scheme a name of its own",
                    name=repr(name),
                )
            )
        kinds[name] = kind
    if not kinds:
        raise UsageError(Message("--schemes names no scheme; give at least one, as in health=flat"))
    return kinds
