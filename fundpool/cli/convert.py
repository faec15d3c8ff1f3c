"""``convert``: a case folder as a workbook, and back."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.options import Quiet
from fundpool.cli.session import checked_folder, refusing_bad_input, say, saying_disk_errors
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message


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
    from fundpool.report.words.findings import warning_text

    workbook = target.suffix.lower() == ".xlsx"
    with refusing_bad_input():
        checked_folder(target.parent if workbook else target, option="folder")
        with saying_disk_errors(target):
            warnings = case_files.convert(source, target)
    for finding in warnings:
        say(warning_text(finding, spoken()), quiet, "warning")
    written = Message(
        "Wrote %(source)s to %(target)s. Next: fundpool check %(target)s",
        source=source, target=str(target),
    )  # fmt: skip
    say(written, quiet)
