"""``accounts``: monthly statements of funds, beside the projection and the warning bands."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.session import (
    checked_folder,
    checked_temporary,
    end_with_alerts,
    refusing_bad_input,
    say,
    saying_disk_errors,
)
from fundpool.cli.spoken import spoken

FILES = (
    "months.csv", "corrections.csv", "rows.csv", "experience.csv", "reserves.csv",
    "reconciliation.csv", "summary.json",
)  # fmt: skip
"""What is written into ``--out``."""


@app.command()
def accounts(
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE",
            help="A case folder, a workbook (.xlsx), or the name of a bundled case.",
        ),
    ],
    statement: Annotated[
        list[Path],
        typer.Argument(metavar="STATEMENT...", help="Statements, CSV files or workbooks."),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="TOML file that says which column is what."),
    ] = None,
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Plan of the projection; that in force if none."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help="summary.json of an earlier run, to compare alerts with; default: that in --out.",
        ),
    ] = None,
    roll_forward: Annotated[
        Path | None,
        typer.Option(
            "--roll-forward", metavar="DIR",
            help="New folder for the case with opening balances that lead to the accounts.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path(
        "fundpool-accounts"
    ),
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Read monthly accounts, reconcile them, and set them against projection and bands."""
    with refusing_bad_input():
        checked_folder(out, FILES)
        if roll_forward is not None:
            checked_folder(roll_forward, option="folder")
        checked_temporary()
        from fundpool.calls.accounting import accounts as read_accounts

        with saying_disk_errors(out):
            result = read_accounts(
                case, statement, mapping=mapping, pooling=pooling, against=against,
                roll_forward=roll_forward, out=out,
            )  # fmt: skip
    from fundpool.cli.accounts_text import accounts_text, rows_sentences
    from fundpool.summary import as_json

    if json:
        print_result(as_json(result.summary))
    else:
        typer.echo(accounts_text(result, spoken()))
    for sentence in rows_sentences(result, spoken()):
        say(sentence, quiet)
    say(spoken().gettext("Written to %(place)s.") % {"place": out}, quiet)
    if roll_forward is not None:
        say(
            spoken().gettext(
                "The case with balances rolled forward to the end of %(year)s is in %(place)s."
            )
            % {"place": roll_forward, "year": result.summary["rolled_to"]},
            quiet,
        )
    end_with_alerts(result.summary, result.case, quiet)
