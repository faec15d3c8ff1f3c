"""``runs``: list the runs of an archive, or ask a question across them."""

from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.archive import DEFAULT, Kept, opened_archive, print_table, refusing_damage
from fundpool.cli.messages import ERROR_SIGN, print_result
from fundpool.cli.options import AsJson
from fundpool.cli.saying import in_language, say_failure
from fundpool.cli.session import BAD_INPUT, FAILED, say
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message

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
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            metavar="N",
            min=1,
            help="Forget all but the last N runs of each command on each case, and inputs that no "
            "run names.",
        ),
    ] = None,
    migrate: Annotated[
        bool,
        typer.Option("--migrate", help="Bring runs of earlier versions to the present form."),
    ] = False,
    json: AsJson = False,
) -> None:
    """List the runs of an archive, or ask a question across them."""
    opened = opened_archive(archive)
    if keep is not None:
        _forget(opened, keep, json)
        return
    if migrate:
        _migrate(opened, json)
        return
    if verify:
        _verify(opened, json)
        return
    contents = opened.contents()
    for item in contents.unreadable:
        left_out = Message("left out: %(why)s", why=item.why)
        say(ERROR_SIGN + in_language(left_out), level="warning")
    if sql is None:
        table = opened.listing(contents.runs)
    else:
        try:
            table = opened.query(sql, contents.runs)
        except ValueError as error:
            say_failure(error)
            raise typer.Exit(BAD_INPUT) from None
    if sql is None and not json:
        table = table[["run", "recorded_at", "base_year", "exit_status", "previous"]]
    print_table(table, json)


def _verify(archive: "Archive", json: bool) -> None:
    from dataclasses import asdict

    from fundpool.archive.verify import verify
    from fundpool.summary import as_json

    result = verify(archive)
    if json:
        print_result(as_json(asdict(result)))
    else:
        for name, damage in result.damaged.items():
            for item in damage:
                typer.echo(f"{name}: {item}")
        language = spoken()
        later = language("%(run)s: not checked; a later version of fundpool has written it")
        for name in result.not_checked:
            typer.echo(later % {"run": name})
        if result.unused:
            unused = language("%(n)s inputs that no run names")
            typer.echo(unused % {"n": len(result.unused)})
        counted = language("%(runs)s runs, %(damaged)s damaged")
        typer.echo(counted % {"runs": result.runs, "damaged": len(result.damaged)})
    if result.damaged:
        raise typer.Exit(FAILED)


def _forget(archive: "Archive", keep: int, json: bool) -> None:
    from dataclasses import asdict

    from fundpool.archive.retention import forget
    from fundpool.cli.session import saying_disk_errors
    from fundpool.summary import as_json

    with saying_disk_errors(archive.root):
        result = forget(archive, keep)
    if json:
        print_result(as_json(asdict(result)))
        return
    language = spoken()
    for run in result.runs:
        typer.echo(language("%(run)s: forgotten") % {"run": run})
    counted = language("%(runs)s runs and %(inputs)s inputs forgotten")
    typer.echo(counted % {"runs": len(result.runs), "inputs": result.inputs})
    if result.inputs_kept_because:
        because = Message("all inputs are kept: %(why)s", why=result.inputs_kept_because)
        say(ERROR_SIGN + in_language(because), level="warning")


def _migrate(archive: "Archive", json: bool) -> None:
    from dataclasses import asdict

    from fundpool.archive.migration import migrate
    from fundpool.cli.session import saying_disk_errors
    from fundpool.summary import as_json

    with saying_disk_errors(archive.root):
        result = migrate(archive)
    if json:
        print_result(as_json(asdict(result)))
    else:
        language = spoken()
        for run in result.written_anew:
            typer.echo(language("%(run)s: brought to the present form") % {"run": run})
        later = language("%(run)s: left as it is; a later version of fundpool has written it")
        for run in result.later:
            typer.echo(later % {"run": run})
        for why in result.unreadable.values():
            typer.echo(language("cannot be read: %(why)s") % {"why": why})
        counted = language("%(runs)s runs brought to the present form, %(current)s were in it")
        typer.echo(counted % {"runs": len(result.written_anew), "current": result.current})
    if result.unreadable:
        raise typer.Exit(FAILED)
