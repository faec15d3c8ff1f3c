"""What ``report`` gathers around a comparison: the previous run, sensitivity, experience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fundpool.cli.saying import change_step, not_written, say_failure, say_warning
from fundpool.cli.session import UsageError, listed, opened_case, say
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

if TYPE_CHECKING:
    import pandas as pd

    from fundpool.archive.runs import Archive, Run
    from fundpool.inputs.case import Case
    from fundpool.models.analysis.change import Valuation
    from fundpool.models.analysis.policies import PolicyEffects
    from fundpool.models.optimiser.plan import Plan
    from fundpool.models.projection.comparison import Comparison
    from fundpool.models.risk.solvency import SolvencyRisk
    from fundpool.report.extras import Extras, Identity, SincePrevious


class Moved(StrEnum):
    """Which assumptions a report moves down and up."""

    main = "main"
    all = "all"
    none = "none"


Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="RUN",
        help="Run to analyse the change from: an id in the archive, a run's folder, or none. "
        "Default: the latest report of the same case with the same options in the archive.",
    ),
]
Sensitivity = Annotated[
    Moved, typer.Option("--sensitivity", help="Assumptions of the case to move down and up.")
]
Formats = Annotated[
    str,
    typer.Option(
        "--formats", metavar="LIST", help="Files of the report; summary.json is always written."
    ),
]
Webhook = Annotated[
    str | None,
    typer.Option(
        "--webhook", metavar="URL", envvar="FUNDPOOL_WEBHOOK", show_envvar=True,
        help="POST alerts, if there are any, to this address.",
    ),
]  # fmt: skip
WebhookFile = Annotated[
    Path | None,
    typer.Option(
        "--webhook-file", metavar="FILE", envvar="FUNDPOOL_WEBHOOK_FILE",
        help="A file with the address, which is then in no list of processes.",
    ),
]  # fmt: skip
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--secret-file", metavar="FILE", envvar="FUNDPOOL_WEBHOOK_SECRET_FILE",
        help="A file with the key that what is posted is signed with (HMAC-SHA256).",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Alarm:
    """Where alerts go.

    Attributes:
        url: the address; None for nowhere.
        secret: key of the signature; None for none.
    """

    url: str | None = None
    secret: bytes | None = None


def identity_of(context: typer.Context, case: "Case", resolved: dict[str, Any]) -> "Identity":
    """The run under way."""
    from fundpool.archive.provenance import machine, package_versions
    from fundpool.archive.requests import command_line, request_of
    from fundpool.report.extras import Identity

    request = request_of(context, case, resolved, None)
    return Identity(
        run=f"{case.name}-{request.command}-{request.digest[:10]}",
        command=command_line(context, resolved),
        code_version=request.code_version,
        code_sha256=request.code_sha256,
        packages=package_versions(),
        machine=machine(),
        seed=context.params.get("seed") if resolved.get("scenarios") else None,
    )


def previous_run(
    archive: Path | None,
    against: str | None,
    case: "Case",
    context: typer.Context,
    resolved: Mapping[str, Any],
) -> "Run | None":
    """The run to analyse the change from; None if there is none or none is wanted.

    Args:
        archive: the archive.
        against: what the user names.
        case: the case at hand.
        context: the command's.
        resolved: options found while running.

    Raises:
        UsageError: the run named is not there, or cannot be read.
    """
    from fundpool.archive.objects import DamagedError
    from fundpool.archive.predecessor import predecessor
    from fundpool.archive.requests import options
    from fundpool.archive.runs import Archive, NoSuchRunError, opened_run

    if against == "none":
        return None
    opened = None if archive is None else Archive(archive)
    try:
        if opened is not None:
            opened.check_format()
        if against is None:
            if opened is None:
                return None
            contents = opened.contents()
            for item in contents.unreadable:
                say_warning(Message("a run of the archive is left out: %(why)s", why=item.why))
            chosen = predecessor(contents.runs, "report", case, options(context, resolved))
            for sentence in chosen.warnings:
                say(f"warning: {sentence}")
            return chosen.run
        try:
            return opened_run(Path(against))
        except NoSuchRunError:
            if opened is None:
                raise
        return opened.run(against)
    except (NoSuchRunError, DamagedError) as error:
        raise UsageError(Message("the previous run: %(why)s", why=message_of(error))) from None


def changes_of_alerts(result: Mapping[str, Any], earlier: "Run | None") -> dict[str, Any]:
    """How alerts changed since the earlier run (:func:`fundpool.alert_changes.alert_changes`)."""
    from fundpool.alert_changes import alert_changes, unknown_changes

    if earlier is None:
        return alert_changes(result, None, None)
    try:
        return alert_changes(result, earlier.summary(), earlier.id)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        unread = Message(
            "the alerts of %(run)s cannot be read: %(why)s", run=earlier.id, why=str(error)
        )
        say_warning(unread)
        return unknown_changes(result)


def archive_of(run: "Run") -> "Archive":
    """The archive that a run's folder lies in."""
    from fundpool.archive.runs import Archive

    return Archive(run.folder.parent.parent)


def plan_in_common(first: "pd.DataFrame", second: "pd.DataFrame") -> str:
    """The first plan of the second run that the first also has.

    Raises:
        UsageError: there is none.
    """
    theirs = set(first["plan"])
    for plan in dict.fromkeys(second["plan"]):
        if plan in theirs:
            return str(plan)
    raise UsageError(
        Message("the runs have no pooling plan in common, so there is nothing to compare")
    )


def valuation_of(run: "Run", plan: str, folder: Path) -> "Valuation":
    """A run of the archive as one end of an analysis of change; its case is laid out anew.

    Raises:
        UsageError: the program no longer reads the case as the run did.
    """
    from fundpool.archive.manifest import is_plain
    from fundpool.archive.objects import DamagedError
    from fundpool.archive.provenance import code_sha256
    from fundpool.archive.reruns import laid_out
    from fundpool.inputs.format.findings import CaseError
    from fundpool.models.analysis.change import Valuation

    request = run.manifest.request
    try:
        path = laid_out(archive_of(run), run.manifest, folder)
        archive_of(run).objects.restore(request.parameter_files, folder / "files")
        policies = [
            str(folder / "files" / name) if name in request.parameter_files else name
            for name in request.parameters.get("--policy") or []
        ]
        for name in request.parameters.get("--policy") or []:
            if not is_plain(name):
                raise DamagedError(
                    Message(
                        "the manifest names a policy outside the run: %(name)s", name=repr(name)
                    )
                )
        case = opened_case(str(path), request.parameters.get("--set"), policies, quiet=True)
    except (CaseError, DamagedError) as error:
        raise UsageError(
            Message(
                "the case of %(id)s cannot be read again: %(why)s", id=run.id, why=message_of(error)
            )
        ) from None
    if case.inputs_sha256 != request.inputs_sha256:
        raise UsageError(
            Message(
                "the case of %(id)s cannot be put together again from its files, --set "
                "and --policy",
                id=run.id,
            )
        )
    measures = run.table("measures")
    if "plan" in measures.columns:
        measures = measures[measures["plan"] == plan].drop(columns="plan").reset_index(drop=True)
    same = request.code_sha256 == code_sha256()
    return Valuation(case, int(request.parameters["--years"]), measures, same)


def since_previous(
    run: "Run", case: "Case", comparison: "Comparison", quiet: bool = False
) -> "SincePrevious":
    """The movement from an earlier run to the comparison at hand; its trouble if there is none."""
    import pandas as pd

    from fundpool.archive.objects import DamagedError
    from fundpool.models.analysis.change import NotComparableError, Valuation, analysis_of_change
    from fundpool.report.extras import SincePrevious

    manifest = run.manifest
    table, trouble = pd.DataFrame(), ""
    with TemporaryDirectory(prefix="fundpool-previous-") as name:
        try:
            plan = plan_in_common(run.table("measures"), comparison.measures)
            old = valuation_of(run, plan, Path(name))
            measures = comparison.projections[plan].measures
            new = Valuation(case, int(comparison.study.flows.years.size) - 1, measures)
            table = analysis_of_change(old, new, plan, lambda step: say(change_step(step), quiet))
        except (
            UsageError, NotComparableError, KeyError, DamagedError, ValueError, TypeError,
        ) as error:  # fmt: skip
            trouble = f"There is no analysis of the change since {run.id}: {error}."
    return SincePrevious(run.id, manifest.base_year, manifest.request.inputs_sha256, table, trouble)


@dataclass(frozen=True)
class Found:
    """What the command has computed already, beside the comparison."""

    risk: "SolvencyRisk | None" = None
    effects: "PolicyEffects | None" = None
    plan: "Plan | None" = None
    earlier: "Run | None" = None


def gathered(
    context: typer.Context,
    comparison: "Comparison",
    beside: Found,
    resolved: dict[str, Any],
    moved: Moved,
    quiet: bool,
) -> "Extras":
    """Everything a report holds beside the comparison."""
    import pandas as pd

    from fundpool.inputs.case import case_path
    from fundpool.inputs.format.sources import read_raw
    from fundpool.models.analysis.sensitivity import sensitivity, steps_of
    from fundpool.models.calibration.checking import multiplier_findings
    from fundpool.models.calibration.experience import experience, periods
    from fundpool.report.extras import Extras
    from fundpool.report.placeholders import placeholder_warnings

    base = comparison.study
    case = base.case
    steps = [] if moved is Moved.none else steps_of(case, every=moved is Moved.all)
    table = pd.DataFrame()
    if steps:
        say(spoken().gettext("Moving %(n)s assumptions down and up") % {"n": len(steps)}, quiet)
        table = sensitivity(base, next(iter(comparison.projections)), steps)
    since = None
    if beside.earlier is not None:
        say(spoken().gettext("Comparing with %(run)s") % {"run": beside.earlier.id}, quiet)
        since = since_previous(beside.earlier, case, comparison, quiet)
    identity = identity_of(context, case, resolved)
    lost = placeholder_warnings(
        read_raw(case_path(case.origin)), {"command": identity.command}, spoken()
    )
    for sentence in lost:
        say(sentence, quiet)
    # what checking the case would find, without reading and calibrating it once more
    checked = case.reference
    findings = (*checked.warnings, *multiplier_findings(checked, base.calibration))
    return Extras(
        identity=identity,
        sensitivity=table,
        experience=experience(case, base.flows),
        periods=periods(case, base.flows),
        since=since,
        risk=beside.risk,
        effects=beside.effects,
        plan=beside.plan,
        warnings=(*(finding.message for finding in findings), *lost),
    )


def alarm_of(url: str | None, file: Path | None, secret_file: Path | None) -> Alarm:
    """Where alerts go, checked before the work.

    Raises:
        UsageError: it is not an http or https address, or a file cannot be read.
    """
    from fundpool.webhook import address_from, secret_from

    try:
        address = address_from(url, file)
    except ValueError as error:
        raise UsageError(Message("--webhook %(why)s", why=message_of(error))) from None
    try:
        return Alarm(address, None if secret_file is None else secret_from(secret_file))
    except ValueError as error:
        raise UsageError(Message("--secret-file: %(why)s", why=message_of(error))) from None


def formats_named(text: str) -> list[str]:
    """Formats of a report, each once.

    Raises:
        UsageError: there is no such format, or none is named.
    """
    from fundpool.report.outputs import WRITERS

    words = listed(text, WRITERS, "--formats")
    return [ending for ending in WRITERS if ending in words]


def say_written(out: Path, files: Sequence[str], result: Mapping[str, Any], quiet: bool) -> None:
    """Say which files of a report are written, which failed and why, and which are older."""
    from fundpool.report.outputs import WRITERS, file_name

    failed = {item["file"]: item["reason"] for item in result["failed_outputs"]}
    written = [name for name in files if name not in failed] or ["summary.json"]
    files = ", ".join([str(out / written[0]), *written[1:]])
    say(Message("Report: %(files)s", files=files), quiet)
    for name, why in failed.items():
        say_failure(not_written(name, why))
    for name in (file_name(ending) for ending in WRITERS):
        if name not in files and (out / name).exists():
            left = Message(
                "%(file)s is left as an earlier run wrote it; --formats leaves it out",
                file=str(out / name),
            )
            say(left, quiet)


def send_alerts(alarm: Alarm, result: dict[str, Any], quiet: bool) -> bool:
    """Post alerts, raised or cleared, if an address was named; False if that fails."""
    if alarm.url is None or not (result["alerts"] or result["cleared_alerts"]):
        return True
    from fundpool.webhook import WebhookError, post_alerts, shown_address

    try:
        post_alerts(alarm.url, result, secret=alarm.secret)
    except WebhookError as error:
        say_failure(Message("the report is written, but %(why)s", why=str(error)))
        return False
    say(Message("Alerts posted to %(address)s", address=shown_address(alarm.url)), quiet)
    return True
