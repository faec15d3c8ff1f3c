"""``compare``: pooling levels and plans side by side."""

from typing import Annotated

import typer

from fundpool import options
from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import (
    ArchiveFolder,
    AsJson,
    CaseArgument,
    Policies,
    Quiet,
    Seed,
    Settings,
    Years,
)
from fundpool.cli.progress import year_progress
from fundpool.cli.scenarios import (
    EngineName,
    ScenarioCount,
    risk_text,
    scenarios_of,
    wanted_scenarios,
)
from fundpool.cli.session import (
    checked_archive,
    checked_engine,
    checked_plans,
    end_with_alerts,
    kept,
    opened_case,
    projected_years,
    refusing_bad_input,
    say_of_fit,
)
from fundpool.cli.spoken import spoken
from fundpool.result_tables import risk_tables


@app.command()
def compare(
    context: typer.Context,
    case: CaseArgument = options.CASE,
    pooling: Annotated[
        list[str] | None,
        typer.Option(
            "--pooling",
            help="A level or plan; may be repeated. Default: that in force, then all levels.",
        ),
    ] = None,
    policy: Policies = None,
    years: Years = None,
    archive: ArchiveFolder = None,
    scenarios: ScenarioCount = options.ScenarioOptions.scenarios,
    seed: Seed = options.ScenarioOptions.seed,
    engine: EngineName = options.ScenarioOptions.engine,
    break_even: Annotated[
        bool,
        typer.Option(
            "--break-even",
            help="Also say at what size of an effect a level stops being better than those below.",
        ),
    ] = False,
    changes: Settings = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print pooling levels and plans side by side; with policies, beside the case without them."""
    with refusing_bad_input():
        checked_archive(archive)
        checked_engine(engine)
        opened = opened_case(case, changes, policy, quiet)
        span = projected_years(opened, years, context)
        plans = checked_plans(opened, pooling or list(opened.usual_plans))
        number = wanted_scenarios(opened, scenarios, 0, engine)
    from fundpool.archive.keeping import Result
    from fundpool.cli.behaviour_text import behaviour_text
    from fundpool.cli.tables import overview_text
    from fundpool.models.projection.comparison import compare as run
    from fundpool.summary import as_json, summary

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        comparison = run(opened, plans, span, progress)
    say_of_fit(comparison.study, quiet)
    with refusing_bad_input():
        risk = scenarios_of(comparison.study, plans, number, seed, engine, quiet)
    result = summary(comparison.projections, plans[0], risk)
    text = overview_text(comparison, spoken())
    behaviour = behaviour_text(result["behaviour"], opened, span, spoken())
    if opened.before is not None:
        from fundpool.cli.policies import beside_base

        with refusing_bad_input(), year_progress(span, quiet) as progress:
            text, result["base"] = beside_base(comparison, plans, span, progress)
    tables = comparison.tables | risk_tables(risk)
    kept(archive, context, Result(opened, result, tables, resolved={"pooling": plans}), quiet)
    if behaviour:
        text += f"\n\n{behaviour}"
    if risk is not None:
        text += "\n\n" + risk_text(risk, spoken())
    if break_even:
        from fundpool.cli.level_pairs_text import level_pairs_text
        from fundpool.models.analysis.level_pairs import level_pairs

        compared = level_pairs(comparison.projections)
        result["level_pairs"] = compared.records
        text += "\n\n" + level_pairs_text(compared, opened, spoken())
    if json:
        print_result(as_json(result))
    else:
        typer.echo(text)
    end_with_alerts(result, opened, quiet)
