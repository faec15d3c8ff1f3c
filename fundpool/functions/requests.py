"""Calls from Python as commands: kept in an archive, or run in this process."""

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from fundpool.archive.keeping import Result, keep_run
from fundpool.archive.runs import Archive, Run
from fundpool.calls.arguments import folder
from fundpool.calls.wrong_argument import sentence
from fundpool.inputs.case import Case, read_case


def commands() -> Mapping[str, Any]:
    """Every command of the command line, with its options, by name; loaded when asked for."""
    from fundpool.cli.commands import app

    group: Any = typer.main.get_command(app)
    commands: Mapping[str, Any] = group.commands
    return commands


def words(name: str, values: Mapping[str, Any]) -> list[str]:
    """Options of a command as one would type them.

    Args:
        name: of the command.
        values: by parameter; None is left out.

    >>> words("project", {"case": "mine", "years": 3, "policy": ["a", "b"], "pooling": None})
    ['mine', '--policy', 'a', '--policy', 'b', '--years', '3']
    """
    result = []
    for parameter in commands()[name].params:
        value = values.get(parameter.name)
        value = value.value if isinstance(value, Enum) else value
        if value is None:
            continue
        many = value if isinstance(value, list) else [value]
        if parameter.param_type_name == "argument":
            result += [str(item) for item in many]
        elif isinstance(value, bool):
            refused = parameter.secondary_opts[:1]
            result += [parameter.opts[0]] if value else refused
        else:
            result += [word for item in many for word in (parameter.opts[0], str(item))]
    return result


def changed_values(changes: Mapping[str, float] | None) -> list[str]:
    """Changed assumptions as ``--set`` takes them."""
    return [f"{path}={float(value)!r}" for path, value in (changes or {}).items()]


def origin_of(case: object, argument: str) -> str:
    """Where a case was read from, for what repeats a call from the files alone.

    Raises:
        ValueError: the case was changed in Python since.
    """
    if not isinstance(case, Case):
        return str(case)
    if read_case(case.origin).inputs_sha256 != case.inputs_sha256:
        raise ValueError(sentence(
            argument, case, "a case as its files say; give changes= and policy= to this function "
            "instead of changing the case before"
        ))  # fmt: skip
    return case.origin


def keep(
    archive: Path | str,
    name: str,
    values: Mapping[str, Any],
    case: Case,
    summary: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
) -> Run:
    """Keep a run in an archive as if the command had made it, so that it can be repeated.

    Args:
        archive: its folder, as given to the function.
        name: of the command.
        values: its options, by parameter.
        case: as projected.
        summary: contents of summary.json.
        tables: result tables by name.
    """
    from fundpool.cli.session import status_of

    context = commands()[name].make_context(name, words(name, values))
    done = Result(case, summary, tables, exit_status=status_of(summary))
    return keep_run(Archive(folder("archive", archive)), context, done)


@dataclass(frozen=True)
class Ended:
    """How a command ended that was run in this process.

    Attributes:
        status: its exit status.
        messages: what it said on stderr, without the name of the program.
        printed: what it printed.
    """

    status: int
    messages: tuple[str, ...]
    printed: str


def run_command(name: str, values: Mapping[str, Any]) -> Ended:
    """Run a command in this process."""
    said, printed = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(printed):
        try:
            status = commands()[name].main(
                words(name, values), prog_name=f"fundpool {name}", standalone_mode=False
            )
        except typer.Exit as ended:
            status = ended.exit_code
    lines = (line.removeprefix("fundpool: ") for line in said.getvalue().splitlines())
    return Ended(int(status or 0), tuple(lines), printed.getvalue())
