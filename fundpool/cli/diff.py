"""``diff``: the analysis of change between two runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.archive import DEFAULT, Kept, opened_archive, refusing_damage, run_named
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.saying import change_step, say_failure
from fundpool.cli.session import (
    BAD_INPUT,
    checked_folder,
    checked_temporary,
    refusing_bad_input,
    results_in,
    say,
)
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import reason as message_of

if TYPE_CHECKING:
    import pandas as pd

    from fundpool.archive.runs import Run


@app.command()
@refusing_damage()
def diff(
    first: Annotated[str, typer.Argument(metavar="RUN", help="Id of the earlier run.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="Id of the later run.")],
    archive: Kept = DEFAULT,
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write the whole table as this CSV file.")
    ] = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Analyse the change between two runs: what moved reserves and level rates, step by step."""
    from fundpool.cli.session import UsageError
    from fundpool.models.analysis.change import NotComparableError
    from fundpool.writing import write_csv

    with refusing_bad_input():
        if out is not None:
            checked_folder(out.parent, [out.name])
        checked_temporary()
    opened = opened_archive(archive)
    old, new = run_named(opened, first), run_named(opened, second)
    try:
        plan, table = change_between(old, new, lambda step: say(change_step(step), quiet))
    except (UsageError, NotComparableError) as error:
        say_failure(error)
        raise typer.Exit(BAD_INPUT) from None
    if out is not None:
        with results_in(out.parent) as folder:
            write_csv(table, folder / out.name)
        say(spoken().gettext("Table written to %(file)s") % {"file": out}, quiet)
    if json:
        from fundpool.summary import as_json

        contents = {"first": old.id, "second": new.id, "plan": plan}
        print_result(as_json(contents | {"change": table.to_dict("records")}))
    else:
        from fundpool.cli.tables import change_text

        typer.echo(change_text(table, plan, spoken()))


def change_between(
    old: "Run", new: "Run", progress: Callable[[str], None] = lambda _step: None
) -> "tuple[str, pd.DataFrame]":
    """The plan that two runs are compared under, and the analysis of change between them.

    Args:
        old, new: the earlier and the later run.
        progress: called with the name of each step.

    Raises:
        UsageError: the program no longer reads a case as its run did, or no plan is in both.
        NotComparableError: the cases have too little in common.
    """
    from tempfile import TemporaryDirectory

    from fundpool.cli.reporting import plan_in_common, valuation_of
    from fundpool.models.analysis.change import analysis_of_change

    with TemporaryDirectory(prefix="fundpool-diff-") as name:
        plan = plan_in_common(measures_of(old), measures_of(new))
        earlier = valuation_of(old, plan, Path(name) / "first")
        later = valuation_of(new, plan, Path(name) / "second")
        return plan, analysis_of_change(earlier, later, plan, progress)


def measures_of(run: "Run") -> "pd.DataFrame":
    """Measures of a run; column ``plan`` is filled in where only one plan was projected.

    Raises:
        UsageError: the run has none.
    """
    from fundpool.cli.session import UsageError

    try:
        table = run.table("measures")
    except KeyError as error:
        raise UsageError(message_of(error)) from None
    if "plan" not in table.columns:
        table = table.assign(plan=run.manifest.request.parameters.get("--pooling"))
    return table
