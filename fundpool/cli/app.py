"""The application that all commands are registered with."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from fundpool.cli.helping import SpokenCommand
from fundpool.cli.messages import Program
from fundpool.cli.spoken import MessageLanguage, with_language
from fundpool.version import __version__


class Commands(typer.Typer):
    """An application whose commands all have ``--lang``, and help pages in that language."""

    def command(self, *arguments: Any, **options: Any) -> Callable[[Any], Any]:
        """As in typer; the function stays as it is for those who call it."""
        register = super().command(*arguments, cls=SpokenCommand, **options)

        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            register(with_language(function))
            return function

        return add


app = Commands(
    cls=Program,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Solvency of regional health-insurance funds: project, compare pooling levels, report.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"fundpool {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    lang: MessageLanguage = None,
) -> None:
    """Solvency of regional health-insurance funds: project, compare pooling levels, report."""
