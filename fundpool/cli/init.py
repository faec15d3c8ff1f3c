"""``init``: a copy of a bundled case."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.options import Quiet
from fundpool.cli.session import checked_folder, refusing_bad_input, say, saying_disk_errors
from fundpool.inputs.format.messages import Message


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    case: Annotated[str, typer.Option("--case", help="Bundled case to copy.")] = "jiangsu",
    quiet: Quiet = False,
) -> None:
    """Copy a bundled case into a new folder, to start one's own from."""
    from fundpool.building.copies import copy_case

    with refusing_bad_input():
        checked_folder(directory, option="folder")
        with saying_disk_errors(directory):
            copy_case(case, directory)
    copied = Message(
        "Copied %(case)s to %(folder)s. Next: fundpool check %(folder)s",
        case=case, folder=str(directory),
    )  # fmt: skip
    say(copied, quiet)
