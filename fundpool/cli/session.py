"""What every command does around its work: read the case, show progress, end with a status."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from fundpool.archive.runs import Run
    from inputs.case import Case
    from models.projection import Study

DONE, FAILED, BAD_INPUT, ALERT = 0, 1, 2, 3
"""Exit statuses (docs/commands.md)."""


def say(message: str, quiet: bool = False) -> None:
    """A message for the person at the terminal."""
    if not quiet:
        typer.echo(message, err=True)


@contextmanager
def refusing_bad_input() -> Iterator[None]:
    """Turn a refused case or a bad argument into a message and exit status 2."""
    from inputs.findings import CaseError, format_findings

    try:
        yield
    except CaseError as error:
        say(format_findings(error.findings))
        raise typer.Exit(BAD_INPUT) from None
    except UsageError as error:
        say(f"fundpool: {error}")
        raise typer.Exit(BAD_INPUT) from None


class UsageError(Exception):
    """Something asked for that cannot be done, with a sentence that says why."""


def say_of_fit(study: "Study", quiet: bool) -> None:
    """Warn of published totals that only a multiplier far from one can meet."""
    from models.checking import multiplier_findings

    for finding in multiplier_findings(study.case.reference, study.calibration):
        say(f"warning: {finding.message}", quiet)


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
    from inputs.case import read_case

    case = read_case(name)
    for finding in case.warnings:
        say(f"warning: {finding.message}", quiet)
    values: dict[str, float] = {}
    for change in changes or []:
        path, equals, text = change.partition("=")
        try:
            values[path.strip()] = float(text)
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError(
                f"--set {change!r} should read PATH=VALUE with a number, "
                "as in --set economy.medical_inflation=0.07"
            )
    if values:
        case = case.with_values(values, levers_since=case.base_year + 1)
    return case.with_policies(policies) if policies else case


def checked_plans(case: "Case", plans: list[str]) -> list[str]:
    """Pooling plans that the case can follow."""
    from models.pooling import plan_for

    for plan in plans:
        try:
            plan_for(case, plan)
        except ValueError as error:
            raise UsageError(str(error)) from None
    return plans


def plans_of(case: "Case") -> list[str]:
    """Every level of a case, and the plan of its policies if they have one."""
    plans = list(case.levels)
    return plans if case.pooling is None or case.pooling in plans else [*plans, case.pooling]


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
        case.with_policies([name])
        if name not in case.policy_texts:
            raise UsageError(f"--policies {name!r}: only policies that come with the case")
    return names


@contextmanager
def item_progress(words: str, number: int, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar over named things, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=number)
        yield lambda name: bar.update(task, advance=1, description=f"{words}: {name}")


def checked_folder(out: Path) -> None:
    """Refuse a place for results that cannot be a folder, before anything is computed."""
    for place in (out, *out.parents):
        if place.exists():
            if not place.is_dir():
                raise UsageError(f"--out {str(out)!r}: {str(place)!r} is a file; name a folder")
            return


@contextmanager
def year_progress(years: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar over projected years, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _year: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Projecting", total=years)
        yield lambda year: bar.update(task, advance=1, description=f"Projecting {year}")


def kept(
    archive: Path | None,
    context: typer.Context,
    case: "Case",
    result: Mapping[str, Any],
    tables: "Mapping[str, pd.DataFrame]",
    resolved: Mapping[str, Any] | None = None,
    *,
    files: Sequence[Path] = (),
    previous: str | None = None,
    quiet: bool = False,
) -> "Run | None":
    """Keep a finished run if an archive was named (:func:`fundpool.archive.keeping.keep_run`)."""
    if archive is None:
        return None
    from fundpool.archive.keeping import Result, keep_run
    from fundpool.archive.requests import ChangedInputError
    from fundpool.archive.runs import Archive

    status = ALERT if result["alerts"] else DONE
    done = Result(case, result, tables, files, resolved or {}, previous, status)
    try:
        run = keep_run(Archive(archive), context, done)
    except ChangedInputError as error:
        say(f"fundpool: {error}; nothing was written")
        raise typer.Exit(FAILED) from None
    say(f"Kept in {archive} as {run.id}", quiet)
    return run
