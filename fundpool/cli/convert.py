"""``convert``: a case folder as a workbook, and back."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.options import Quiet
from fundpool.cli.session import checked_folder, refusing_bad_input, say, saying_disk_errors


@app.command()
def convert(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FROM", help="A case folder, a workbook (.xlsx), or the name of a bundled case."
        ),
    ],
    target: Annotated[
        Path, typer.Argument(metavar="TO", help="Workbook (.xlsx) or folder to make.")
    ],
    quiet: Quiet = False,
) -> None:
    """Write a case as a workbook, or a workbook as a case folder; both read as the same case."""
    from fundpool import case_files

    workbook = target.suffix.lower() == ".xlsx"
    with refusing_bad_input():
        checked_folder(target.parent if workbook else target, option="folder")
        with saying_disk_errors(target):
            warnings = case_files.convert(source, target)
    for finding in warnings:
        say(f"warning: {finding.message}", quiet)
    say(f"Wrote {source} to {target}. Next: fundpool check {target}", quiet)
