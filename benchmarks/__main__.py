"""``python -m benchmarks [--only NAME] [--json] [--write PAGE]``."""

import os
import sys

from benchmarks.environment import unforced

if __name__ == "__main__" and unforced(os.environ) != dict(os.environ):
    # libraries read these when they are loaded, so the measuring starts afresh without them
    os.execve(
        sys.executable, [sys.executable, "-m", "benchmarks", *sys.argv[1:]], unforced(os.environ)
    )

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import BENCHMARKS
from benchmarks.machine import description, load
from benchmarks.table import Row, as_markdown, as_records, as_text, with_table

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help=f"One of {', '.join(BENCHMARKS)}; may be repeated."),
    ] = None,
    as_data: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="PAGE",
            help="Write the table, or the part measured, between a page's markers.",
        ),
    ] = None,
) -> None:
    """Measure speed and memory; print one table."""
    unknown = set(only or ()) - set(BENCHMARKS)
    if unknown:
        typer.echo(f"unknown: {', '.join(sorted(unknown))}; {', '.join(BENCHMARKS)}", err=True)
        raise typer.Exit(2)
    machine = description()
    rows: list[Row] = []
    lines: dict[str, list[str]] = {}
    for name in BENCHMARKS:
        if not only or name in only:
            typer.echo(f"Measuring {name}", err=True)
            busy = load()
            measured = import_module(f"benchmarks.{name}").measure()
            rows += measured
            lines[name] = as_markdown(measured, name, busy)
    if as_data:
        typer.echo(json.dumps(as_records(rows, machine), indent=2))
    else:
        typer.echo(f"{machine}\n\n{as_text(rows)}")
    if write is not None:
        page = with_table(write.read_text(encoding="utf-8"), lines, BENCHMARKS, machine)
        write.write_text(page, encoding="utf-8")
        typer.echo(f"Written to {write}", err=True)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
