"""The command that makes up a case of any size."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.options import Quiet, Seed
from fundpool.cli.session import (
    UsageError,
    checked_folder,
    refusing_bad_input,
    say,
    saying_disk_errors,
)
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of


@app.command()
def synthesise(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    counties: Annotated[int, typer.Option("--counties", help="Number of counties.")],
    seed: Seed = 1,
    quiet: Quiet = False,
) -> None:
    """Make up a case of any size, for scale: counties in cities, provinces and a nation."""
    from fundpool.building.copies import synthesise_case

    with refusing_bad_input(), saying_disk_errors(directory):
        checked_folder(directory, option="folder")
        try:
            synthesise_case(directory, counties, seed)
        except ValueError as error:
            raise UsageError(message_of(error)) from None
    made = Message(
        "Made %(n)s counties in %(folder)s. Next: fundpool compare %(folder)s",
        n=counties, folder=str(directory),
    )  # fmt: skip
    say(made, quiet)
