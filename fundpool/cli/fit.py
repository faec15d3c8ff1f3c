"""``fit``: tables of a case from a bureau's own records of members and claims."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.session import (
    checked_folder,
    checked_temporary,
    refusing_bad_input,
    say,
    saying_disk_errors,
)
from fundpool.cli.spoken import spoken


@app.command()
def fit(
    members: Annotated[
        Path,
        typer.Argument(metavar="MEMBERS", help="Spells of insurance or counts of people, as CSV, "
                       "Parquet or .xlsx."),
    ],
    claims: Annotated[
        Path, typer.Argument(metavar="CLAIMS", help="Claims, or counts of them, likewise.")
    ],
    into: Annotated[
        str | None,
        typer.Option("--into", metavar="CASE", help="Case of which a copy gets the fitted rows; "
                     "its counties, services, prices and relativities are taken."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="TOML file that says which column is what."),
    ] = None,
    first: Annotated[
        str, typer.Option("--from", metavar="MONTH", help="First month of the experience.")
    ] = "",
    last: Annotated[
        str, typer.Option("--to", metavar="MONTH", help="Last month of the experience.")
    ] = "",
    base_year: Annotated[
        int | None,
        typer.Option("--base-year", help="Year at whose end people are counted; that of CASE, or "
                     "of the last claim, if none."),
    ] = None,
    minimum: Annotated[
        int, typer.Option("--minimum", help="People that a group needs to be shown.")
    ] = 10,
    tables: Annotated[
        str, typer.Option("--tables", help="Tables to make, with commas.")
    ] = "population,coverage,morbidity,severity",
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to make.")
    ] = Path("fundpool-fit"),
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Make population, coverage, frequency and severity tables from members and claims."""
    with refusing_bad_input():
        checked_folder(out)
        checked_temporary()
        from fundpool.calls.fitting import fit as fit_records
        from fundpool.inputs.records import FitOptions

        options = FitOptions(
            first, last, base_year, minimum, tuple(name.strip() for name in tables.split(","))
        )
        with saying_disk_errors(out):
            done = fit_records(
                members, claims, into=into, mapping=mapping, options=options, out=out
            )  # fmt: skip
    from fundpool.cli.fit_text import fit_text, rows_sentences
    from fundpool.inputs.format.findings import findings_as_records
    from fundpool.report.words.findings import warning_text
    from fundpool.summary import as_json

    if json:
        print_result(
            as_json({**done.summary, "findings": findings_as_records(done.findings)})
        )  # fmt: skip
    else:
        typer.echo(fit_text(done, spoken()))
    for finding in done.findings:
        say(warning_text(finding, spoken()), quiet or json)
    for sentence in rows_sentences(done, spoken()):
        say(sentence, quiet or json)
    say(spoken().gettext("Written to %(place)s.") % {"place": out}, quiet)
    if into is not None:
        say(spoken().gettext("Next: fundpool check %(folder)s") % {"folder": out / "case"}, quiet)
