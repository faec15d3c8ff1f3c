"""``project``: one projection under one pooling plan."""

from pathlib import Path
from typing import Annotated

import typer

from fundpool import options
from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import (
    ArchiveFolder,
    AsJson,
    CaseArgument,
    Out,
    Policies,
    Quiet,
    Seed,
    Settings,
    TableFormat,
    Years,
)
from fundpool.cli.progress import year_progress
from fundpool.cli.scenarios import (
    EngineName,
    ScenarioCount,
    scenarios_of,
    wanted_scenarios,
)
from fundpool.cli.session import (
    checked_archive,
    checked_engine,
    checked_folder,
    checked_plans,
    end_with_alerts,
    kept,
    opened_case,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
)
from fundpool.cli.spoken import spoken
from fundpool.result_tables import PROJECTED, RISK_TABLES, projection_tables, risk_tables


@app.command()
def project(
    context: typer.Context,
    case: CaseArgument = options.CASE,
    pooling: Annotated[
        str | None,
        typer.Option(
            "--pooling",
            help="A level of the case, or a plan such as county,city@2027. The policies' plan, or "
            "by default that in force.",
        ),
    ] = None,
    policy: Policies = None,
    years: Years = None,
    out: Out = Path("fundpool-projection"),
    table_format: Annotated[TableFormat, typer.Option("--format")] = TableFormat.parquet,
    archive: ArchiveFolder = None,
    scenarios: ScenarioCount = options.ScenarioOptions.scenarios,
    seed: Seed = options.ScenarioOptions.seed,
    engine: EngineName = options.ScenarioOptions.engine,
    changes: Settings = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Project a case under one pooling plan; write tidy tables and summary.json."""
    files = [f"{name}.{table_format.value}" for name in (*PROJECTED, *RISK_TABLES)]
    with refusing_bad_input():
        checked_folder(out, [*files, "summary.json"])
        checked_archive(archive)
        checked_engine(engine)
        opened = opened_case(case, changes, policy, quiet)
        span = projected_years(opened, years, context)
        (plan,) = checked_plans(opened, [pooling or opened.usual_pooling])
        number = wanted_scenarios(opened, scenarios, 0, engine)
    from fundpool.archive.keeping import Result
    from fundpool.models.projection.study import project as run
    from fundpool.summary import as_json, summary
    from fundpool.writing import write_results

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        projection = run(opened, plan, span, progress)
    say_of_fit(projection.study, quiet)
    with refusing_bad_input():
        risk = scenarios_of(projection.study, [plan], number, seed, engine, quiet)
    result = summary({plan: projection}, plan, risk)
    tables = projection_tables(projection) | risk_tables(risk)
    with results_in(out) as folder:
        write_results(folder, "summary.json", result, tables, table_format)
        done = Result(opened, result, tables, resolved={"pooling": plan})
        kept(archive, context, done, quiet)
    if json:
        print_result(as_json(result))
    say(spoken().gettext("Tables and summary.json written to %(out)s") % {"out": out}, quiet)
    end_with_alerts(result, opened, quiet)
