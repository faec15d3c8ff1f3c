"""The application that all commands are registered with."""

from typing import Annotated

import typer

import fundpool
from fundpool.cli.messages import Program
from fundpool.cli.spoken import Commands

app = Commands(
    cls=Program,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Solvency of regional health-insurance funds: project, compare pooling levels, report.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"fundpool {fundpool.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Solvency of regional health-insurance funds: project, compare pooling levels, report."""
