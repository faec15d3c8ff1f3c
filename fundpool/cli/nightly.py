"""What ``report`` does around its work on a schedule: several cases in one call."""

import functools
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fundpool.cli.announcing import Metrics, NotifyFile, Ping, PingFile, announce, checked_listeners
from fundpool.cli.messages import Said, log_lines, print_result, write, write_log
from fundpool.cli.options import finite
from fundpool.cli.saying import say_failure
from fundpool.cli.session import (
    DONE,
    FAILED,
    UsageError,
    checked_folder,
    refusing_bad_input,
    results_in,
    say,
)
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of
from fundpool.options import ReportOptions

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.scheduled.outcomes import Outcome

TABLE = "cases.csv"
"""The table of several cases in ``--out``."""
FAILURES = (1, 2, 4)
"""Exit statuses of a call that did not do what it was asked; 0 and 3 are results."""
OF_THE_WHOLE_CALL = frozenset({"more", "metrics", "ping", "ping_file", "notify"})
"""Options that are not for the reports of single cases."""

MoreCases = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[CASE]...",
        help="Further cases: each gets a folder of its name in --out and the same options.",
        show_default=False,
    ),
]

Wait = Annotated[
    float,
    typer.Option(
        "--wait", metavar="SECONDS", min=0.0, callback=finite,
        help="How long to wait for another report of the same case into the same archive.",
    ),
]  # fmt: skip


class LogStyle(StrEnum):
    """Forms of log lines."""

    text = "text"
    json = "json"


Log = Annotated[
    LogStyle | None,
    typer.Option("--log", help="Messages as log lines with time, level, case and run."),
]


@dataclass(frozen=True)
class Nightly:
    """Options of a scheduled call.

    Attributes:
        more: cases beside the first.
        wait: seconds to wait for another report of the same case.
        log: form of messages; None for plain sentences.
        metrics: file for a textfile collector.
        ping, ping_file: address of a service that notices when no report comes.
        notify: file with addresses for e-mail and chat.
    """

    more: MoreCases = None
    wait: Wait = ReportOptions.wait
    log: Log = None
    metrics: Metrics = None
    ping: Ping = None
    ping_file: PingFile = None
    notify: NotifyFile = None


def nightly(function: Callable[..., None]) -> Callable[..., None]:
    """A report command with the options of :class:`Nightly` beside its own, for many cases."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def command(**values: Any) -> None:
        options = Nightly(**{item.name: values.pop(item.name) for item in fields(Nightly)})
        from fundpool.archive.requests import case_name

        started, status = time.monotonic(), FAILED
        with log_lines(options.log, case_name(values["case"])) as record:
            try:
                status = _reported(function, options, values, record)
            except typer.Exit as ended:
                status = ended.exit_code
            except Exception as error:
                if record.style is not None:
                    write(f"{type(error).__name__}: {error}", "error")
                raise
            finally:
                _say_end(record, status, time.monotonic() - started, values["quiet"])
        if status != DONE:
            raise typer.Exit(status)

    added = [
        inspect.Parameter(
            item.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=item.default,
            annotation=Nightly.__annotations__[item.name],
        )
        for item in fields(Nightly)
    ]
    parameters = [*signature.parameters.values(), *added]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = function.__annotations__ | Nightly.__annotations__
    return command


def _reported(
    function: Callable[..., None], options: Nightly, values: Mapping[str, Any], record: Said
) -> int:
    """Report all cases and tell who is to hear of it; the exit status that comes first."""
    from fundpool.scheduled.outcomes import first_status, unreported

    with refusing_bad_input():
        listeners = checked_listeners(
            options.metrics, options.ping, options.ping_file, options.notify
        )
    cases = [str(values["case"]), *(options.more or [])]
    try:
        if options.more:
            outcomes = _report_all(cases, values, record)
        else:
            outcomes = [_report_one(function, values, record)]
    except (Exception, SystemExit) as error:
        errors = record.errors or [f"{type(error).__name__}: {error}"]
        status = getattr(error, "exit_code", FAILED)
        announce(listeners, [unreported(case, status, errors) for case in cases])
        raise
    informed = [] if announce(listeners, outcomes) else [FAILED]
    return first_status([*(outcome.status for outcome in outcomes), *informed])


def _report_one(
    function: Callable[..., None], values: Mapping[str, Any], record: Said
) -> "Outcome":
    """Report one case in this process."""
    from fundpool.scheduled.outcomes import Outcome, short_name

    started, status = time.monotonic(), DONE
    try:
        function(**values)
    except typer.Exit as ended:
        status = ended.exit_code
    return Outcome(
        case=short_name(str(values["case"])),
        status=status,
        seconds=time.monotonic() - started,
        summary=record.summary,
        run=record.run,
        errors=tuple(record.errors),
        folder=str(values["out"]),
    )


def _say_end(record: Said, status: int, seconds: float, quiet: bool) -> None:
    """The last log line of a report; plain sentences have none."""
    if record.style is not None and not (quiet and status not in FAILURES):
        words = f"ended with exit status {status} after {seconds:.1f} s"
        level = "error" if status in FAILURES else "info"
        write_log(words, level, status=status, seconds=round(seconds, 3))


def _report_all(cases: Sequence[str], values: Mapping[str, Any], record: Said) -> list["Outcome"]:
    """Report several cases one after the other."""
    from fundpool.archive.requests import given_words
    from fundpool.scheduled.children import folder_names, reported

    out, quiet = Path(values["out"]), bool(values["quiet"])
    with refusing_bad_input():
        try:
            names = folder_names(cases)
        except ValueError as error:
            raise UsageError(message_of(error)) from None
        checked_folder(out, [TABLE])
        for name in names:
            checked_folder(out / name)
    words = given_words(values["context"], {"out", "json"} | OF_THE_WHOLE_CALL)
    outcomes = []
    for number, (case, name) in enumerate(zip(cases, names, strict=True), 1):
        record.case = name
        place = {"case": case, "n": number, "all": len(cases)}
        say(spoken().gettext("Case %(n)s of %(all)s: %(case)s") % place, quiet)
        outcomes.append(reported(case, name, words, out / name))
    record.case = None
    _tell(outcomes, out, json=values["json"])
    return outcomes


def _tell(outcomes: Sequence["Outcome"], out: Path, json: bool) -> None:
    """Write the table of all cases into ``out``, and print it or everything as JSON."""
    from fundpool.cli.tables import outcomes_text
    from fundpool.scheduled.outcomes import outcome_records, outcome_table
    from fundpool.summary import as_json
    from fundpool.writing import write_csv

    table = outcome_table(outcomes)
    if any(outcome.summary is not None for outcome in outcomes):
        with results_in(out, [TABLE]) as folder:
            write_csv(table, folder / TABLE)
    if json:
        print_result(as_json(outcome_records(outcomes)))
        return
    typer.echo(outcomes_text(table, spoken()))


def one_at_a_time(context: typer.Context, archive: Path | None, case: "Case") -> None:
    """Hold the case's lock in the archive until the command ends.

    Args:
        context: the command's, with its option ``wait``.
        archive: the archive; without one there is nothing to hold.
        case: the case.
    """
    if archive is None:
        return
    from fundpool.archive.case_lock import BusyError, lock_case
    from fundpool.archive.requests import case_name
    from fundpool.inputs.files.writing import reason

    name, wait = case_name(case.origin), float(context.params["wait"])
    words = {"case": name, "seconds": f"{wait:g}"}
    sentence = spoken().gettext(
        "Another report of %(case)s is under way; waiting for it, at most %(seconds)s seconds"
    )
    try:
        lock = lock_case(
            archive.resolve(), name, wait, lambda: say(sentence % words, context.params["quiet"])
        )
    except BusyError as error:
        say_failure(error)
        raise typer.Exit(FAILED) from None
    except OSError as error:
        say_failure(
            Message("the case cannot be locked in %(archive)s: %(why)s",
                    archive=repr(str(archive)), why=reason(error))
        )  # fmt: skip
        raise typer.Exit(FAILED) from None
    context.call_on_close(lock.release)
