"""What every command does around its work: read the case, show progress, end with a status."""

import logging
import os
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fundpool.cli.messages import said, write
from fundpool.cli.saying import in_language, say_failure
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.messages import reason as message_of

if TYPE_CHECKING:
    from fundpool.archive.keeping import Result
    from fundpool.archive.runs import Run
    from fundpool.inputs.case import Case
    from fundpool.models.projection.study import Study

DONE, FAILED, BAD_INPUT, ALERT = 0, 1, 2, 3
"""Exit statuses (docs/commands.md)."""


def say(message: str, quiet: bool = False, level: str | None = None) -> None:
    """A message for the person at the terminal, or a log line.

    Args:
        message: the text; a :class:`Message` is worded in the language of the command.
        quiet: whether to leave it out.
        level: ``info``, ``warning`` or ``error``; by how the message begins unless given.
    """
    if not quiet:
        write(in_language(message), level, english=str(message))


@contextmanager
def plain_warnings(quiet: bool) -> Iterator[None]:
    """Show warnings of Python and of libraries as one sentence each; with ``quiet`` none.

    Processes that a command starts show no warnings of their own.
    """

    def show(message: Warning | str, *_place: Any, **_options: Any) -> None:
        say(f"fundpool: {' '.join(str(message).split())}", quiet, "warning")

    given, disabled = os.environ.get("PYTHONWARNINGS"), logging.root.manager.disable
    with warnings.catch_warnings():
        warnings.showwarning = show
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
        if quiet:
            logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(disabled)
            if given is None:
                del os.environ["PYTHONWARNINGS"]


@contextmanager
def refusing_bad_input() -> Iterator[None]:
    """Turn a refused case or a bad argument into a message and exit status 2."""
    from fundpool.calls.wrong_argument import WrongArgumentError
    from fundpool.inputs.format.findings import CaseError, findings_as_records, format_findings
    from fundpool.report.words.findings import findings_text

    try:
        yield
    except CaseError as error:
        said().findings.extend(findings_as_records(error.findings))
        text = findings_text(error.findings, spoken())
        write(text, "error", english=format_findings(error.findings))
        raise typer.Exit(BAD_INPUT) from None
    except WrongArgumentError as error:
        say_failure(error.with_option(option_of(error.argument)))
        raise typer.Exit(BAD_INPUT) from None
    except UsageError as error:
        say_failure(error)
        raise typer.Exit(BAD_INPUT) from None


OPTIONS = {
    "changes": "--set", "table_format": "--format", "measured": "--policies",
    "listed": "--list", "optimised": "--optimise", "first": "--from", "last": "--to",
}  # fmt: skip
"""Options that are not spelled as the argument of the function is."""


def option_of(argument: str) -> str:
    """How commands spell an argument of the function of their name.

    >>> option_of("limits.share_rates"), option_of("changes")
    ('--share-rates', '--set')
    """
    name = argument.rpartition(".")[2]
    return OPTIONS.get(name, f"--{name.replace('_', '-')}")


class UsageError(Exception):
    """Something asked for that cannot be done, with a sentence that says why."""


def say_of_fit(study: "Study", quiet: bool) -> None:
    """Warn of published totals that only a multiplier far from one can meet."""
    from fundpool.models.calibration.checking import multiplier_findings
    from fundpool.report.words.findings import warning_text

    for finding in multiplier_findings(study.case.reference, study.calibration):
        say(warning_text(finding, spoken()), quiet, "warning")


def projected_years(case: "Case", years: int | None, context: typer.Context | None = None) -> int:
    """Years to project: those asked for, else the horizon of the case.

    Args:
        case: the case.
        years: those asked for.
        context: the command's, whose options a run is kept with; it takes the number.
    """
    if years is None:
        years = round(case.value("solvency.horizon"))
        if context is not None:
            context.params["years"] = years
    return years


def opened_case(
    name: str, changes: list[str] | None, policies: list[str] | None = None, quiet: bool = False
) -> "Case":
    """Read a case and lay ``--set`` changes over it, then policies.

    Levers (rules of schemes, participation) change from the first projected year: in the base
    year they are observed, and a change of it would cancel out.
    """
    from fundpool.inputs.case import read_case
    from fundpool.report.words.findings import warning_text

    case = read_case(name)
    for finding in case.warnings:
        say(warning_text(finding, spoken()), quiet, "warning")
    values: dict[str, float] = {}
    for change in changes or []:
        path, equals, text = change.partition("=")
        try:
            values[path.strip()] = float(text)
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError(
                Message(
                    "--set %(change)s should read PATH=VALUE with a number, as in --set "
                    "economy.medical_inflation=0.07",
                    change=repr(change),
                )
            )
    if values:
        case = case.with_values(values, levers_since=case.base_year + 1)
    return case.with_policies(policies) if policies else case


def checked_plans(case: "Case", plans: list[str]) -> list[str]:
    """Pooling plans that the case can follow."""
    from fundpool.models.pooling.short_form import plan_for

    for plan in plans:
        try:
            plan_for(case, plan)
        except ValueError as error:
            raise UsageError(message_of(error)) from None
    return plans


def policies_to_measure(case: "Case", asked: str | None) -> list[str]:
    """Policies that a report measures: those asked for, or those that the case lists.

    A case that has policies laid over it already is not measured again.
    """
    if case.before is not None or asked == "none":
        return []
    if asked is None:
        return list(case.settings.report_policies)
    names = sorted(case.policy_texts) if asked == "all" else [n.strip() for n in asked.split(",")]
    for name in names:
        changed = case.with_policies([name])
        if name not in case.policy_texts:
            raise UsageError(
                Message(
                    "--policies %(name)s: only policies that come with the case", name=repr(name)
                )
            )
        checked_plans(changed, [changed.usual_pooling])
    return list(dict.fromkeys(names))


def checked_folder(folder: Path, names: Iterable[str] = (), option: str = "--out") -> None:
    """Refuse a folder that results cannot be written to, before anything is computed.

    Args:
        folder: need not exist.
        names: files that will be written into it, as far as they are known.
        option: that named it.

    Raises:
        UsageError: it cannot be made or written to, or a folder stands where a file is to be.
    """
    from fundpool.inputs.files.writing import UnwritableError, check_folder

    try:
        check_folder(folder, names)
    except UnwritableError as error:
        raise UsageError(
            Message(
                "%(option)s %(folder)s: %(why)s",
                option=option,
                folder=repr(str(folder)),
                why=message_of(error),
            )
        ) from None


def checked_archive(archive: Path | None) -> None:
    """Refuse an archive that no run can be kept in, before anything is computed.

    Raises:
        UsageError: it cannot be made or written to.
    """
    if archive is None:
        return
    from fundpool.archive.runs import Archive, DamagedError
    from fundpool.inputs.files.writing import UnwritableError, check_folder, check_one_disk

    try:
        check_folder(archive, ["fundpool-archive.json"])
        for name in ("runs", "drafts", "inputs", "locks"):
            check_folder(archive / name)
        check_one_disk(archive / "runs", archive / "drafts")
        Archive(archive).check_format()
    except (UnwritableError, DamagedError) as error:
        raise UsageError(
            Message(
                "--archive %(archive)s: %(why)s", archive=repr(str(archive)), why=message_of(error)
            )
        ) from None


def checked_temporary() -> None:
    """Refuse a machine on which nothing can be laid aside.

    Raises:
        UsageError: no folder for temporary files can be written to.
    """
    import tempfile

    try:
        folder = tempfile.gettempdir()
    except OSError:
        raise UsageError(
            Message("no folder for temporary files can be written to; name one in TMPDIR")
        ) from None
    checked_folder(Path(folder), option=Message("temporary files in"))


def checked_engine(engine: str) -> None:
    """Refuse an engine that does not exist or is not installed.

    Raises:
        UsageError: why.
    """
    from fundpool.models.scenarios.engines import EngineError, engine_for

    try:
        engine_for(engine)
    except EngineError as error:
        raise UsageError(message_of(error)) from None


def listed(text: str, known: Collection[str], option: str) -> list[str]:
    """Words of a list such as ``a,b``.

    Raises:
        UsageError: an unknown word, or none.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise UsageError(
                Message(
                    "%(option)s %(word)s is not one of %(known)s",
                    option=option,
                    word=repr(word),
                    known=Listed.of(known),
                )
            )
    if not words:
        raise UsageError(
            Message(
                "%(option)s names nothing; choose of %(known)s",
                option=option,
                known=Listed.of(known),
            )
        )
    return words


@contextmanager
def saying_disk_errors(place: Path) -> Iterator[None]:
    """Turn what the disk refuses while results are written into a sentence and exit status 1."""
    from fundpool.inputs.files.writing import reason

    try:
        yield
    except OSError as error:
        say_failure(
            Message(
                "nothing was written to %(place)s: %(why)s",
                place=repr(str(place)),
                why=reason(error),
            )
        )
        raise typer.Exit(FAILED) from None


@contextmanager
def results_in(out: Path, names: Iterable[str] = ()) -> Iterator[Path]:
    """A folder for the results of a run, which reach ``out`` together or not at all.

    Args:
        out: where the results go.
        names: files of which no older version may stay.
    """
    from fundpool.inputs.files.writing import whole_folder

    with saying_disk_errors(out), whole_folder(out, names) as folder:
        yield folder


def status_of(result: Mapping[str, Any]) -> int:
    """Exit status that a summary asks for; a file that failed comes before an alert."""
    if result["failed_outputs"]:
        return FAILED
    return ALERT if result["alerts"] else DONE


def kept(
    archive: Path | None, context: typer.Context, result: "Result", quiet: bool = False
) -> "Run | None":
    """Keep a finished run if an archive was named (:func:`fundpool.archive.keeping.keep_run`)."""
    if archive is None:
        return None
    from fundpool.archive.keeping import keep_run
    from fundpool.archive.requests import ChangedInputError
    from fundpool.archive.runs import Archive
    from fundpool.inputs.files.writing import reason

    try:
        done = replace(result, exit_status=status_of(result.summary))
        run = keep_run(Archive(archive), context, done)
    except ChangedInputError as error:
        say_failure(Message("%(why)s; nothing was written", why=str(error)))
        raise typer.Exit(FAILED) from None
    except OSError as error:
        say_failure(
            Message("the run cannot be kept in %(archive)s: %(why)s; nothing was written",
                    archive=repr(str(archive)), why=reason(error))
        )  # fmt: skip
        raise typer.Exit(FAILED) from None
    said().run = run.id
    say(
        spoken().gettext("Kept in %(archive)s as %(run)s") % {"archive": archive, "run": run.id},
        quiet,
    )
    return run


def end_with_alerts(
    result: dict[str, object], case: "Case", quiet: bool, at_least: int = DONE
) -> None:
    """Say which solvency alerts are raised; exit with the status that comes first.

    A failure (1) comes before an alert (3).
    """
    from fundpool.report.words.sentences import alert_sentences

    sentences = alert_sentences(result, case, spoken())
    for sentence in sentences:
        say(sentence, quiet, "warning" if result["alerts"] else "info")
    status = at_least or status_of(result)
    if status != DONE:
        raise typer.Exit(status)


NO_PLAN = 4
"""Exit status: no certified plan (docs/commands.md)."""
