"""``runs``: list the runs of an archive, or ask a question across them."""

from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.archive import DEFAULT, Kept, opened_archive, print_table, refusing_damage
from fundpool.cli.options import AsJson
from fundpool.cli.session import BAD_INPUT, FAILED, say

if TYPE_CHECKING:
    from fundpool.archive.runs import Archive


@app.command()
@refusing_damage()
def runs(
    archive: Kept = DEFAULT,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file and compare its digest.")
    ] = False,
    sql: Annotated[
        str | None,
        typer.Option(
            "--sql",
            metavar="QUESTION",
            help="Ask across runs: every result table is a view with the column run.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """List the runs of an archive, or ask a question across them."""
    opened = opened_archive(archive)
    if verify:
        _verify(opened, json)
        return
    if sql is None:
        table = opened.listing()
    else:
        try:
            table = opened.query(sql)
        except ValueError as error:
            say(f"fundpool: {error}")
            raise typer.Exit(BAD_INPUT) from None
    if sql is None and not json:
        table = table[["run", "recorded_at", "base_year", "exit_status", "previous"]]
    print_table(table, json)


def _verify(archive: "Archive", json: bool) -> None:
    from fundpool.summary import as_json

    wrong = {run.id: damage for run in archive.runs() if (damage := run.damage())}
    for run in archive.runs():
        digests = run.manifest.request.case_files | run.manifest.request.parameter_files
        lost = [n for n, d in digests.items() if not archive.objects.path(d).is_file()]
        if lost:
            wrong.setdefault(run.id, []).extend(f"input {name} is missing" for name in lost)
    if json:
        typer.echo(as_json({"runs": len(archive.runs()), "damaged": wrong}), nl=False)
    else:
        for name, damage in wrong.items():
            for item in damage:
                typer.echo(f"{name}: {item}")
        typer.echo(f"{len(archive.runs())} runs, {len(wrong)} damaged")
    if wrong:
        raise typer.Exit(FAILED)
