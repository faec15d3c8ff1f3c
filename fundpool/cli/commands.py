"""The commands. Heavy libraries are imported inside them, so that ``--help`` answers at once."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import fundpool
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
from fundpool.cli.reporting import (
    Against,
    Formats,
    Lang,
    Language,
    Moved,
    Sensitivity,
    Webhook,
)
from fundpool.cli.scenarios import (
    IN_REPORT,
    RISK_TABLES,
    EngineName,
    ScenarioCount,
    risk_tables,
    risk_text,
    scenarios_of,
    wanted_scenarios,
)
from fundpool.cli.session import (
    BAD_INPUT,
    DONE,
    FAILED,
    UsageError,
    checked_archive,
    checked_engine,
    checked_folder,
    checked_plans,
    checked_temporary,
    item_progress,
    kept,
    opened_case,
    policies_to_measure,
    projected_years,
    refusing_bad_input,
    results_in,
    say,
    say_of_fit,
    saying_disk_errors,
    status_of,
    year_progress,
)

if TYPE_CHECKING:
    from fundpool.inputs.case import Case

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Solvency of regional health-insurance funds: project, compare pooling levels, report.",
)


class TableFormat(StrEnum):
    """Formats of the tables that ``project`` writes."""

    parquet = "parquet"
    csv = "csv"


PROJECTED = (
    "funds", "measures", "people", "accounts", "migrants", "retiring", "settlement", "calibration",
    "evenness", "economy",
)  # fmt: skip
"""Tables that ``project`` writes, beside those of scenarios."""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"fundpool {fundpool.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Solvency of regional health-insurance funds: project, compare pooling levels, report."""


@app.command()
def check(case: CaseArgument = "jiangsu", json: AsJson = False, quiet: Quiet = False) -> None:
    """Check a case; every finding names file, row, column, value and what was expected."""
    from fundpool.inputs.findings import findings_as_records, format_findings
    from fundpool.models.calibration.checking import check_case
    from fundpool.summary import as_json

    findings = check_case(case)
    errors = [finding for finding in findings if finding.severity == "error"]
    if json:
        typer.echo(as_json({"case": case, "findings": findings_as_records(findings)}), nl=False)
    elif findings:
        typer.echo(format_findings(findings))
    if errors:
        raise typer.Exit(BAD_INPUT)
    say(f"{case}: nothing to mend.", quiet or bool(findings))


@app.command()
def project(
    context: typer.Context,
    case: CaseArgument = "jiangsu",
    pooling: Annotated[
        str | None,
        typer.Option(
            "--pooling",
            help="A level of the case, or a plan such as county,city@2027. The policies' plan, or "
            "the lowest level, unless told.",
        ),
    ] = None,
    policy: Policies = None,
    years: Years = None,
    out: Out = Path("fundpool-projection"),
    table_format: Annotated[TableFormat, typer.Option("--format")] = TableFormat.parquet,
    archive: ArchiveFolder = None,
    scenarios: ScenarioCount = 0,
    seed: Seed = 1,
    engine: EngineName = "local",
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
        number = wanted_scenarios(opened, [plan], scenarios, 0, engine)
    from fundpool.models.projection.study import project as run
    from fundpool.summary import as_json, summary
    from fundpool.writing import write_table

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        projection = run(opened, plan, span, progress)
    say_of_fit(projection.study, quiet)
    with refusing_bad_input():
        risk = scenarios_of(projection.study, [plan], number, seed, engine, quiet)
    result = summary({plan: projection}, plan, risk)
    tables = {name: getattr(projection, name) for name in PROJECTED} | risk_tables(risk)
    with results_in(out) as folder:
        for name, table in tables.items():
            write_table(table, folder / name, table_format)
        (folder / "summary.json").write_text(as_json(result), encoding="utf-8", newline="\n")
        kept(archive, context, opened, result, tables, {"pooling": plan}, quiet=quiet)
    if json:
        typer.echo(as_json(result), nl=False)
    say(f"Tables and summary.json written to {out}", quiet)
    _end(result, opened, quiet)


@app.command()
def compare(
    context: typer.Context,
    case: CaseArgument = "jiangsu",
    pooling: Annotated[
        list[str] | None,
        typer.Option("--pooling", help="A level or plan; may be repeated. All levels unless told."),
    ] = None,
    policy: Policies = None,
    years: Years = None,
    archive: ArchiveFolder = None,
    scenarios: ScenarioCount = 0,
    seed: Seed = 1,
    engine: EngineName = "local",
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
        number = wanted_scenarios(opened, plans, scenarios, 0, engine)
    from fundpool.cli.tables import overview_text
    from fundpool.models.projection.comparison import compare as run
    from fundpool.summary import as_json, summary

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        comparison = run(opened, plans, span, progress)
    say_of_fit(comparison.study, quiet)
    with refusing_bad_input():
        risk = scenarios_of(comparison.study, plans, number, seed, engine, quiet)
    result = summary(comparison.projections, plans[0], risk)
    text = overview_text(comparison)
    if opened.before is not None:
        from fundpool.cli.policies import beside_base

        with refusing_bad_input(), year_progress(span, quiet) as progress:
            text, result["base"] = beside_base(comparison, plans, span, progress)
    tables = comparison.tables | risk_tables(risk)
    kept(archive, context, opened, result, tables, {"pooling": plans}, quiet=quiet)
    if risk is not None:
        text += "\n\n" + risk_text(risk)
    typer.echo(as_json(result) if json else text, nl=not json)
    _end(result, opened, quiet)


@app.command()
def report(
    context: typer.Context,
    case: CaseArgument = "jiangsu",
    pooling: Annotated[
        list[str] | None,
        typer.Option("--pooling", help="A level or plan; may be repeated. All levels unless told."),
    ] = None,
    policy: Policies = None,
    years: Years = None,
    measured: Annotated[
        str | None,
        typer.Option(
            "--policies",
            metavar="LIST",
            help="Policies to measure, separated by commas; all, or none. Those that the case "
            "lists for its report unless told.",
        ),
    ] = None,
    optimised: Annotated[
        bool, typer.Option("--optimise/--no-optimise", help="Rates and swaps for the first plan.")
    ] = True,
    formats: Formats = "html,pdf,xlsx",
    out: Out = Path("fundpool-report"),
    archive: ArchiveFolder = None,
    scenarios: ScenarioCount = None,
    seed: Seed = 1,
    engine: EngineName = "local",
    changes: Settings = None,
    against: Against = None,
    sensitivity: Sensitivity = Moved.main,
    lang: Language = Lang.en,
    webhook: Webhook = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check, project, compare and optimise a case; write the solvency report."""
    from fundpool.cli import reporting

    with refusing_bad_input():
        checked_folder(out)
        checked_archive(archive)
        checked_temporary()
        reporting.check_webhook(webhook)
        checked_engine(engine)
        endings = reporting.formats_named(formats)
        files = [f"report.{ending}" for ending in endings]
        checked_folder(out, [*files, "summary.json"])
        say(f"Checking {case}", quiet)
        opened = opened_case(case, changes, policy, quiet)
        span = projected_years(opened, years, context)
        plans = checked_plans(opened, pooling or list(opened.usual_plans))
        chosen = policies_to_measure(opened, measured)
        number = wanted_scenarios(opened, plans, scenarios, IN_REPORT, engine)
        earlier = reporting.previous_run(archive, against, opened.name)
    from fundpool.languages import language
    from fundpool.models.projection.comparison import compare as run
    from fundpool.report.outputs import write_report
    from fundpool.summary import as_json, summary

    regions = len(opened.regions.codes)
    say(f"Projecting {regions} {opened.levels[0]} funds over {span} years", quiet)
    with refusing_bad_input(), year_progress(span, quiet) as progress:
        comparison = run(opened, plans, span, progress)
    say_of_fit(comparison.study, quiet)
    resolved = {"pooling": plans, "scenarios": number, "formats": ",".join(endings),
                "against": earlier.id if earlier else "none"}  # fmt: skip
    with refusing_bad_input():
        risk = scenarios_of(comparison.study, plans, number, seed, engine, quiet)
    effects = None
    if chosen:
        from fundpool.models.analysis.policies import policy_effects

        say(f"Measuring {len(chosen)} policies", quiet)
        with item_progress("Measuring policies", len(chosen), quiet) as done:
            effects = policy_effects(comparison.study, chosen, plans[0], done)
    best = None
    if optimised:
        from fundpool.models.optimiser import optimise_where_possible

        say("Optimising rates and swaps", quiet)
        best = optimise_where_possible(comparison.projections[plans[0]])
    found = reporting.Found(risk, effects, best, earlier)
    with refusing_bad_input():
        extras = reporting.gathered(context, comparison, found, resolved, sensitivity, quiet)
    result = summary(comparison.projections, plans[0], risk, extras.experience)
    result["plan"] = best.record() if best is not None else None
    say("Writing the report", quiet)
    with results_in(out, files) as folder:
        result["failed_outputs"] = write_report(
            folder, comparison, result, extras, language(lang), endings
        )
        kept(archive, context, opened, result, comparison.tables | extras.tables, resolved,
             files=sorted(folder.iterdir()), previous=earlier.id if earlier else None,
             quiet=quiet)  # fmt: skip
    if json:
        typer.echo(as_json(result), nl=False)
    reporting.say_written(out, files, result, quiet)
    sent = reporting.send_alerts(webhook, result, quiet)
    _end(result, opened, quiet, DONE if sent else FAILED)


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    case: Annotated[str, typer.Option("--case", help="Bundled case to copy.")] = "jiangsu",
    quiet: Quiet = False,
) -> None:
    """Copy a bundled case into a new folder, to start one's own from."""
    from fundpool.inputs.template import copy_case

    with refusing_bad_input():
        checked_folder(directory, option="folder")
        with saying_disk_errors(directory):
            copy_case(case, directory)
    say(f"Copied {case} to {directory}. Next: fundpool check {directory}", quiet)


def _end(result: dict[str, object], case: "Case", quiet: bool, at_least: int = DONE) -> None:
    """Say which solvency alerts are raised; exit with the status that comes first.

    A failure (1) comes before an alert (3).
    """
    from fundpool.languages import ENGLISH
    from fundpool.report.wording import alert_sentences

    sentences = alert_sentences(result, case, ENGLISH)
    for sentence in sentences:
        say(sentence, quiet)
    status = at_least or status_of(result)
    if status != DONE:
        raise typer.Exit(status)


from fundpool.cli import archive as _archive  # noqa: E402  registers its commands
from fundpool.cli import planning as _planning  # noqa: E402  registers its commands
from fundpool.cli import policies as _policies  # noqa: E402  registers its command
from fundpool.cli import serve as _serve  # noqa: E402  registers its command

__all__ = ["UsageError", "_archive", "_planning", "_policies", "_serve", "app"]
