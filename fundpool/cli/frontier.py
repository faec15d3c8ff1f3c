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
from fundpool.cli.session import (
    NO_PLAN,
    checked_folder,
    checked_plans,
    item_progress,
    opened_case,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
    year_progress,
)


@app.command()
def frontier(
    case: CaseArgument = "jiangsu",
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Pools of the plans. Default: the lowest level."),
    ] = None,
    points: Annotated[int, typer.Option("--points", min=2, max=50, help="Steps each way.")] = 5,
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
        plan = checked_plans(opened, [pooling or opened.levels[0]])[0]
    from fundpool.cli.plan_text import frontier_text
    from fundpool.inputs.files.disk import portable_name
    from fundpool.models.optimiser.frontier import frontier as run
    from fundpool.models.optimiser.frontier import frontiers_table
    from fundpool.models.projection.study import project
    from fundpool.report.charts.plans import frontier_chart
    from fundpool.summary import as_json
    from fundpool.writing import write_table

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        projection = project(opened, plan, span, progress)
        say_of_fit(projection.study, quiet)
    total = len(opened.schemes) * points * points
    with item_progress("Tracing the frontier", total, quiet) as step:
        try:
            found = run(projection, points, reserve_months,
                        lambda done, of: step(f"{done} of {of}"))  # fmt: skip
        except ValueError as error:
            say(f"fundpool: {error}")
            raise typer.Exit(NO_PLAN) from None
    table = frontiers_table(found)
    with results_in(out) as folder:
        write_table(table, folder / "frontier", table_format)
        for part in found:
            chart = frontier_chart(part)
            chart_file = folder / f"frontier_{portable_name(part.scheme)}.svg"
            chart_file.write_text(chart, encoding="utf-8", newline="\n")
    records = table.to_dict("records")
    if json:
        print_result(as_json({"case": opened.name, "points": records}))
    else:
        typer.echo(frontier_text(records))
    say(f"Frontier written to {out}", quiet)
    if float(table["relative_gap"].max()) > 1e-6 or float(table["largest_violation"].max()) > 1e-6:
        raise typer.Exit(NO_PLAN)
