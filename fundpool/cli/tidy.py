"""``tidy``: tables in common layouts as the tables of a case."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.session import checked_folder, refusing_bad_input, say, saying_disk_errors
from fundpool.cli.spoken import spoken


@app.command()
def tidy(
    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="A file, or a folder of CSV files and workbooks, "
                       "each named as its table."),
    ],
    target: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    case: Annotated[
        str,
        typer.Option("--case", help="Case whose settings and other tables are kept; an empty one "
                     "of `fundpool new` will do."),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="TOML file that states what the layouts do not say."),
    ] = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Write a case with tables in common layouts, every conversion said and nothing guessed."""
    from fundpool import case_files
    from fundpool.inputs.format.findings import findings_as_records
    from fundpool.report.words.findings import warning_text
    from fundpool.summary import as_json

    with refusing_bad_input():
        checked_folder(target, option="folder")
        with saying_disk_errors(target):
            tidied = case_files.tidy(source, target, case=case, mapping=mapping)
    if json:
        accounts = [asdict(account) for account in tidied.accounts]
        print_result(as_json({"accounts": accounts,
                              "findings": findings_as_records(tidied.findings)}))  # fmt: skip
    for finding in tidied.findings:
        say(warning_text(finding, spoken()), quiet or json)
    for account in tidied.accounts:
        words = spoken().gettext(
            "%(table)s from %(file)s: %(lines)s lines, of these %(around)s around the table; "
            "%(cells)s rows read, of these %(totals)s totals; %(rows)s rows written."
        )
        say(words % asdict(account), quiet or json)
    say(spoken().gettext("Wrote %(folder)s. Next: fundpool check %(folder)s")
        % {"folder": str(target)}, quiet)  # fmt: skip
