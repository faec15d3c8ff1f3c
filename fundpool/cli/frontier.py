"""``frontier``: efficient plans between the cheapest and the most even."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import (
    AsJson,
    CaseArgument,
    Months,
    Out,
    Policies,
    Quiet,
    Settings,
    TableFormat,
    Years,
)
from fundpool.cli.progress import item_progress, year_progress
from fundpool.cli.saying import say_failure
from fundpool.cli.session import (
    NO_PLAN,
    checked_folder,
    checked_plans,
    opened_case,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
)
from fundpool.cli.spoken import spoken
from fundpool.options import CASE, POINTS


@app.command()
def frontier(
    case: CaseArgument = CASE,
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Pools of the plans. Default: those in force."),
    ] = None,
    points: Annotated[
        int, typer.Option("--points", min=2, max=50, help="Steps each way.")
    ] = POINTS,
    reserve_months: Months = None,
    policy: Policies = None,
    years: Years = None,
    out: Out = Path("fundpool-frontier"),
    table_format: Annotated[TableFormat, typer.Option("--format")] = TableFormat.parquet,
    changes: Settings = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Efficient plans between the cheapest and the most even; a table and a chart."""
    with refusing_bad_input():
        checked_folder(out)
        opened = opened_case(case, changes, policy, quiet)
        span = projected_years(opened, years)
        charts = [f"frontier_{scheme.name}.svg" for scheme in opened.schemes]
        checked_folder(out, [f"frontier.{table_format.value}", *charts])
        plan = checked_plans(opened, [pooling or opened.pooling_in_force])[0]
    from fundpool.calls.plan_requests import NoPlanError, traced
    from fundpool.cli.plan_text import frontier_text
    from fundpool.models.projection.study import project
    from fundpool.plan_files import write_frontiers
    from fundpool.summary import as_json

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        projection = project(opened, plan, span, progress)
        say_of_fit(projection.study, quiet)
    total = len(opened.schemes) * points * points
    with item_progress(spoken().gettext("Tracing the frontier"), total, quiet) as step:
        try:
            frontiers = traced(projection, points, reserve_months,
                           lambda done, of: step(f"{done} of {of}"))  # fmt: skip
        except NoPlanError as error:
            say_failure(error)
            raise typer.Exit(NO_PLAN) from None
    table = frontiers.table
    with results_in(out) as folder:
        write_frontiers(frontiers, table, folder, table_format)
    records = table.to_dict("records")
    if json:
        print_result(as_json({"case": opened.name, "points": records}))
    else:
        typer.echo(frontier_text(records, spoken()))
    say(spoken().gettext("Frontier written to %(folder)s") % {"folder": out}, quiet)
    if float(table["relative_gap"].max()) > 1e-6 or float(table["largest_violation"].max()) > 1e-6:
        raise typer.Exit(NO_PLAN)
