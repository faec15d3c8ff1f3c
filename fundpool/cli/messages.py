"""What a command says on stderr: plain sentences or log lines; errors also as JSON on stdout."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import typer

from fundpool.cli.helping import SpokenGroup, in_language_spoken

ERROR_SIGN, WARNING_SIGN = "fundpool: ", "warning: "
"""How sentences on a failure and warnings begin."""
REFUSED = (1, 2)
"""Exit statuses of a command that has no result."""


@dataclass
class Said:
    """What the command under way has said, and how it speaks.

    Attributes:
        style: ``text`` or ``json`` for log lines; None for plain sentences.
        case: name of the case that log lines give.
        run: id of the run, once it is kept.
        errors: sentences on what went wrong.
        findings: what is wrong with a case, as plain data.
        result_printed: whether the result stands on stdout.
        summary: contents of summary.json, once there is a report.
    """

    style: str | None = None
    case: str | None = None
    run: str | None = None
    errors: list[str] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    result_printed: bool = False
    summary: Mapping[str, Any] | None = None


_SAID: ContextVar[Said | None] = ContextVar("said", default=None)


def said() -> Said:
    """Of the command under way; outside of one a record that nobody reads."""
    return _SAID.get() or Said()


def level_of(message: str) -> str:
    """Level of a message by how it begins.

    >>> level_of("fundpool: no"), level_of("warning: hm"), level_of("Projecting")
    ('error', 'warning', 'info')
    """
    if message.startswith((ERROR_SIGN, "error: ")):
        return "error"
    return "warning" if message.startswith(WARNING_SIGN) else "info"


def write(message: str, level: str | None = None, english: str | None = None) -> None:
    """Write a message to stderr, plain or as log lines; errors are kept for ``--json``.

    Args:
        message: the text.
        level: ``info``, ``warning`` or ``error``; by how it begins unless given.
        english: the text as programs read it; as it is written unless given.
    """
    record = said()
    level = level or level_of(message)
    if level == "error":
        record.errors.append((english or message).removeprefix(ERROR_SIGN))
    if record.style is None:
        typer.echo(message, err=True)
    else:
        write_log(message, level)


def write_log(message: str, level: str, **more: Any) -> None:
    """Write one log line for each line of a message; ``more`` are further entries in JSON."""
    for line in message.splitlines():
        text = line.removeprefix(ERROR_SIGN).removeprefix(WARNING_SIGN)
        typer.echo(_log_line(said(), text, level, more), err=True)


def _log_line(record: Said, text: str, level: str, more: Mapping[str, Any]) -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if record.style == "json":
        entries = {"time": now, "level": level, "case": record.case, "run": record.run,
                   "message": text}  # fmt: skip
        return json.dumps(entries | dict(more), ensure_ascii=False)
    return f"{now} {level.upper():7} case={record.case or '-'} run={record.run or '-'} {text}"


class _LogLines(logging.Handler):
    """Records of libraries as log lines of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        levels = ((logging.ERROR, "error"), (logging.WARNING, "warning"))
        level = next((name for number, name in levels if record.levelno >= number), "info")
        write(" ".join(record.getMessage().split()), level)


@contextmanager
def recorded() -> Iterator[Said]:
    """The record of the command under way; a new one where none has begun."""
    record = _SAID.get()
    if record is not None:
        yield record
        return
    token = _SAID.set(Said())
    try:
        yield said()
    finally:
        _SAID.reset(token)


@contextmanager
def log_lines(style: str | None, case: str) -> Iterator[Said]:
    """Speak in log lines while the block runs.

    Args:
        style: ``text`` or ``json``; None leaves plain sentences.
        case: name of the case.
    """
    with recorded() as record:
        record.style, record.case = style, case
        handler = _LogLines()
        if style is not None:
            logging.root.addHandler(handler)
        try:
            yield record
        finally:
            logging.root.removeHandler(handler)
            record.style = record.case = None


class Program(SpokenGroup):
    """The commands; one with ``--json`` that fails prints what went wrong as JSON."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is asked for."""
        record = Said()
        token = _SAID.set(record)
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except typer.Exit as ended:
            if as_json and ended.exit_code in REFUSED:
                _print_errors(record, ended.exit_code)
            raise
        except Exception as error:
            if as_json:
                formatted = getattr(error, "format_message", None)  # a refused option
                text = str(formatted()) if formatted else f"{type(error).__name__}: {error}"
                if text not in record.errors:
                    record.errors.append(text)
                _print_errors(record, getattr(error, "exit_code", 1))
            reworded = in_language_spoken(error, ctx)
            if reworded is error:
                raise
            raise reworded from None
        finally:
            _SAID.reset(token)


def _print_errors(record: Said, status: int) -> None:
    """Print what went wrong, unless the result is there and says so itself."""
    if record.result_printed:
        return
    contents = {"status": status, "errors": record.errors, "findings": record.findings}
    typer.echo(json.dumps(contents, ensure_ascii=False, indent=2))


def print_result(text: str) -> None:
    """Print JSON text as the result of the command."""
    said().result_printed = True
    typer.echo(text, nl=False)
