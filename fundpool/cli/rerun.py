"""``rerun``: repeat a run from what the archive holds."""

from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.archive import DEFAULT, Kept, opened_archive, refusing_damage, run_named
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.session import FAILED, checked_temporary, refusing_bad_input, say


@app.command()
@refusing_damage()
def rerun(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, or its beginning.")],
    archive: Kept = DEFAULT,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Repeat a run from what the archive holds; say whether it comes out bit for bit."""
    from fundpool.archive.objects import DamagedError
    from fundpool.archive.reruns import RerunFailedError
    from fundpool.archive.reruns import rerun as repeated

    with refusing_bad_input():
        checked_temporary()
    opened = opened_archive(archive)
    assert context.parent is not None
    commands = getattr(context.parent.command, "commands", {})
    recorded = run_named(opened, run)
    say(f"Repeating {recorded.id}", quiet)
    try:
        result = repeated(opened, recorded, commands)
    except (DamagedError, RerunFailedError) as error:
        say(f"fundpool: {error}")
        raise typer.Exit(FAILED) from None
    if json:
        from dataclasses import asdict

        from fundpool.summary import as_json

        print_result(as_json(asdict(result) | {"identical": result.identical}))
    else:
        for item in (*result.causes, *result.differences):
            size = "" if item.size is None else f"; largest relative difference {item.size:.1e}"
            typer.echo(f"{item.what} {item.name}: was {item.was}, now {item.now}{size}")
        if result.identical:
            typer.echo(f"{result.run}: all {result.files} files come out bit for bit.")
        else:
            typer.echo(f"{result.run}: {len(result.differences)} of {result.files} files differ.")
    if not result.identical:
        raise typer.Exit(FAILED)
