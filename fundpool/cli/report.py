"""``report``: the solvency report."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fundpool import options
from fundpool.cli.app import app
from fundpool.cli.long_views import LongRange
from fundpool.cli.messages import print_result, said
from fundpool.cli.nightly import nightly, one_at_a_time
from fundpool.cli.options import (
    ArchiveFolder,
    AsJson,
    CaseArgument,
    Out,
    Policies,
    Quiet,
    Seed,
    Settings,
    Years,
)
from fundpool.cli.progress import item_progress, year_progress
from fundpool.cli.reporting import (
    Against,
    Formats,
    Moved,
    SecretFile,
    Sensitivity,
    Webhook,
    WebhookFile,
)
from fundpool.cli.scenarios import (
    IN_REPORT,
    EngineName,
    ScenarioCount,
    scenarios_of,
    wanted_scenarios,
)
from fundpool.cli.session import (
    DONE,
    FAILED,
    checked_archive,
    checked_engine,
    checked_folder,
    checked_plans,
    checked_temporary,
    end_with_alerts,
    kept,
    opened_case,
    policies_to_measure,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
)
from fundpool.cli.spoken import ReportLanguage, spoken


@app.command()
@nightly
def report(
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
    measured: Annotated[
        str | None,
        typer.Option(
            "--policies",
            metavar="LIST",
            help="Policies to measure, separated by commas; all, or none. "
            "Default: those that the case lists for its report.",
        ),
    ] = None,
    optimised: Annotated[
        bool, typer.Option("--optimise/--no-optimise", help="Rates and swaps for the first plan.")
    ] = True,
    formats: Formats = options.ReportOptions.formats,
    out: Out = Path("fundpool-report"),
    archive: ArchiveFolder = None,
    scenarios: ScenarioCount = None,
    seed: Seed = options.ScenarioOptions.seed,
    engine: EngineName = options.ScenarioOptions.engine,
    changes: Settings = None,
    against: Against = None,
    sensitivity: Sensitivity = Moved.main,
    long_range: LongRange = options.ReportOptions.long_range,
    lang: ReportLanguage = None,
    webhook: Webhook = None,
    webhook_file: WebhookFile = None,
    secret_file: SecretFile = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check, project, compare and optimise a case; write the solvency report."""
    from fundpool.alert_changes import insured_by_change, insured_of
    from fundpool.cli import reporting
    from fundpool.cli.long_views import with_long_views

    with refusing_bad_input():
        checked_folder(out)
        checked_archive(archive)
        checked_temporary()
        alarm = reporting.alarm_of(webhook, webhook_file, secret_file)
        checked_engine(engine)
        endings = reporting.formats_named(formats)
        files = [f"report.{ending}" for ending in endings]
        checked_folder(out, [*files, "summary.json"])
        say(spoken().gettext("Checking %(case)s") % {"case": case}, quiet)
        opened = opened_case(case, changes, policy, quiet)
        one_at_a_time(context, archive, opened)
        span = projected_years(opened, years, context)
        plans = checked_plans(opened, pooling or list(opened.usual_plans))
        chosen = policies_to_measure(opened, measured)
        number = wanted_scenarios(opened, scenarios, IN_REPORT, engine)
        resolved: dict[str, Any] = {
            "lang": lang or spoken().code, "pooling": plans, "scenarios": number,
            "formats": ",".join(endings),
        }  # fmt: skip
        earlier = reporting.previous_run(archive, against, opened, context, resolved)
        resolved["against"] = earlier.id if earlier else "none"
    from fundpool.archive.keeping import Result
    from fundpool.models.projection.comparison import compare as run
    from fundpool.report.outputs import write_report
    from fundpool.summary import as_json, summary

    regions = len(opened.regions.codes)
    say(
        spoken().gettext("Projecting %(n)s %(level)s funds over %(years)s years")
        % {"n": regions, "level": spoken()(opened.levels[0]), "years": span},
        quiet,
    )
    with refusing_bad_input(), year_progress(span, quiet) as progress:
        comparison = run(opened, plans, span, progress)
    say_of_fit(comparison.study, quiet)
    terms = None
    with refusing_bad_input():
        if number:
            from fundpool.models.scenarios.terms import scenario_terms

            terms = scenario_terms(comparison.study)
        risk = scenarios_of(comparison.study, plans, number, seed, engine, quiet, terms)
    effects = None
    if chosen:
        from fundpool.models.analysis.policies import policy_effects

        say(spoken().gettext("Measuring %(n)s policies") % {"n": len(chosen)}, quiet)
        with item_progress(spoken().gettext("Measuring policies"), len(chosen), quiet) as done:
            effects = policy_effects(comparison.study, chosen, plans[0], done)
    best = None
    if optimised:
        from fundpool.models.optimiser import optimise_where_possible
        from fundpool.usual_ruin import usual_limit

        say(spoken().gettext("Optimising rates and swaps"), quiet)
        limit = usual_limit(opened, span) if number else None
        best = optimise_where_possible(comparison.projections[plans[0]], limit, number, seed, terms)
    beside = reporting.Found(risk, effects, best, earlier)
    with refusing_bad_input():
        extras = reporting.gathered(context, comparison, beside, resolved, sensitivity, quiet)
        extras = with_long_views(extras, comparison, sensitivity, long_range, quiet)
    result = summary(comparison.projections, plans[0], risk, extras.experience)
    result |= reporting.changes_of_alerts(result, earlier)
    measures = comparison.projections[plans[0]].measures
    result["alerts_by_change"] = insured_by_change(result, insured_of(measures))
    result["plan"] = best.record() if best is not None else None
    result |= extras.records
    say(spoken().gettext("Writing the report"), quiet)
    with results_in(out, files) as folder:
        result["failed_outputs"] = write_report(
            folder, comparison, result, extras, spoken(), endings
        )
        kept_as = Result(
            opened, result, comparison.tables | extras.tables, sorted(folder.iterdir()), resolved,
            earlier.id if earlier else None,
        )  # fmt: skip
        run_kept = kept(archive, context, kept_as, quiet)
    result_with_run = result | ({"run": run_kept.id} if run_kept else {})
    said().summary = result
    if json:
        print_result(as_json(result_with_run))
    reporting.say_written(out, files, result, quiet)
    sent = reporting.send_alerts(alarm, result_with_run, quiet)
    end_with_alerts(result, opened, quiet, DONE if sent else FAILED)
