"""``rerun``: repeat a run from what the archive holds."""

from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.archive import DEFAULT, Kept, opened_archive, refusing_damage, run_named
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.saying import in_language, say_failure
from fundpool.cli.session import FAILED, checked_temporary, refusing_bad_input, say
from fundpool.inputs.format.messages import Message, Word
from fundpool.languages.wording import marked

if TYPE_CHECKING:
    from fundpool.archive.reruns import Difference


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
    say(Message("Repeating %(run)s", run=recorded.id), quiet)
    try:
        result = repeated(opened, recorded, commands)
    except (DamagedError, RerunFailedError) as error:
        say_failure(error)
        raise typer.Exit(FAILED) from None
    if json:
        from dataclasses import asdict

        from fundpool.summary import as_json

        print_result(as_json(asdict(result) | {"identical": result.identical}))
    else:
        for item in (*result.causes, *result.differences):
            typer.echo(in_language(_difference(item)))
        counts: dict[str, str | int] = {
            "run": result.run,
            "files": result.files,
            "n": len(result.differences),
        }
        if result.identical:
            outcome = Message("%(run)s: all %(files)s files come out bit for bit.", **counts)
        else:
            outcome = Message("%(run)s: %(n)s of %(files)s files differ.", **counts)
        typer.echo(in_language(outcome))
    if not result.identical:
        raise typer.Exit(FAILED)


WHAT = (
    marked("code"), marked("package"), marked("machine"), marked("inputs"),
    marked("exit status"), marked("table"), marked("file"),
)  # fmt: skip
"""What can differ."""


def _difference(item: "Difference") -> Message:
    """What differs, and by how much where it is a number."""
    values = {"what": Word(item.what), "name": item.name, "was": item.was, "now": item.now}
    if item.size is None:
        return Message("%(what)s %(name)s: was %(was)s, now %(now)s", **values)
    return Message(
        "%(what)s %(name)s: was %(was)s, now %(now)s; largest relative difference %(size)s",
        **values, size=f"{item.size:.1e}",
    )  # fmt: skip
