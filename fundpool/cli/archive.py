"""Commands on the archive of runs: list, ask, repeat, compare."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.commands import app
from fundpool.cli.options import AsJson, Quiet
from fundpool.cli.session import (
    BAD_INPUT,
    FAILED,
    checked_folder,
    checked_temporary,
    refusing_bad_input,
    results_in,
    say,
)

if TYPE_CHECKING:
    import pandas as pd

    from fundpool.archive.runs import Archive, Run

Kept = Annotated[
    Path,
    typer.Option("--archive", metavar="DIR", envvar="FUNDPOOL_ARCHIVE", help="The archive."),
]
DEFAULT = Path("fundpool-archive")


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Turn a damaged archive into a message and exit status 1."""
    from fundpool.archive.objects import DamagedError

    try:
        yield
    except DamagedError as error:
        say(f"fundpool: {error}")
        raise typer.Exit(FAILED) from None


@app.command()
@refusing_damage()
def runs(
    archive: Kept = DEFAULT,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file and compare its digest.")
    ] = False,
    sql: Annotated[
        str | None,
        typer.Option(
            "--sql",
            metavar="QUESTION",
            help="Ask across runs: every result table is a view with the column run.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """List the runs of an archive, or ask a question across them."""
    opened = _opened(archive)
    if verify:
        _verify(opened, json)
        return
    if sql is None:
        table = opened.listing()
    else:
        try:
            table = opened.query(sql)
        except ValueError as error:
            say(f"fundpool: {error}")
            raise typer.Exit(BAD_INPUT) from None
    if sql is None and not json:
        table = table[["run", "recorded_at", "base_year", "exit_status", "previous"]]
    _print(table, json)


@app.command()
@refusing_damage()
def rerun(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, or its beginning.")],
    archive: Kept = DEFAULT,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Repeat a run from what the archive holds; say whether it comes out bit for bit."""
    from fundpool.archive.objects import DamagedError
    from fundpool.archive.reruns import RerunFailedError
    from fundpool.archive.reruns import rerun as repeated

    with refusing_bad_input():
        checked_temporary()
    opened = _opened(archive)
    found = _found(opened, run)
    say(f"Repeating {found.id}", quiet)
    try:
        result = repeated(opened, found)
    except (DamagedError, RerunFailedError) as error:
        say(f"fundpool: {error}")
        raise typer.Exit(FAILED) from None
    if json:
        from dataclasses import asdict

        from fundpool.summary import as_json

        typer.echo(as_json(asdict(result) | {"identical": result.identical}), nl=False)
    else:
        for item in (*result.causes, *result.differences):
            size = "" if item.size is None else f"; largest relative difference {item.size:.1e}"
            typer.echo(f"{item.what} {item.name}: was {item.was}, now {item.now}{size}")
        if result.identical:
            typer.echo(f"{result.run}: all {result.files} files come out bit for bit.")
        else:
            typer.echo(f"{result.run}: {len(result.differences)} of {result.files} files differ.")
    if not result.identical:
        raise typer.Exit(FAILED)


def _verify(archive: "Archive", json: bool) -> None:
    from fundpool.summary import as_json

    wrong = {run.id: damage for run in archive.runs() if (damage := run.damage())}
    for run in archive.runs():
        digests = run.manifest.request.case_files | run.manifest.request.parameter_files
        lost = [n for n, d in digests.items() if not archive.objects.path(d).is_file()]
        if lost:
            wrong.setdefault(run.id, []).extend(f"input {name} is missing" for name in lost)
    if json:
        typer.echo(as_json({"runs": len(archive.runs()), "damaged": wrong}), nl=False)
    else:
        for name, damage in wrong.items():
            for item in damage:
                typer.echo(f"{name}: {item}")
        typer.echo(f"{len(archive.runs())} runs, {len(wrong)} damaged")
    if wrong:
        raise typer.Exit(FAILED)


def _opened(folder: Path) -> "Archive":
    from fundpool.archive.runs import Archive

    archive = Archive(folder)
    if not archive.exists:
        say(f"fundpool: {folder} is no archive of runs; --archive DIR names one")
        raise typer.Exit(BAD_INPUT)
    return archive


def _found(archive: "Archive", name: str) -> "Run":
    from fundpool.archive.runs import NoSuchRunError

    try:
        return archive.run(name)
    except NoSuchRunError as error:
        say(f"fundpool: {error}")
        raise typer.Exit(BAD_INPUT) from None


def _print(table: "pd.DataFrame", json: bool) -> None:
    from fundpool.summary import as_json

    if json:
        typer.echo(as_json(table.to_dict("records")), nl=False)
    else:
        typer.echo("none" if table.empty else table.to_string(index=False, na_rep="-"))


@app.command()
@refusing_damage()
def diff(
    first: Annotated[str, typer.Argument(metavar="RUN", help="Id of the earlier run.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="Id of the later run.")],
    archive: Kept = DEFAULT,
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write the whole table as this CSV file.")
    ] = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Analyse the change between two runs: what moved reserves and level rates, step by step."""
    from tempfile import TemporaryDirectory

    from fundpool.cli.reporting import plan_in_common, valuation_of
    from fundpool.cli.session import UsageError
    from fundpool.models.analysis.change import NotComparableError, analysis_of_change

    with refusing_bad_input():
        if out is not None:
            checked_folder(out.parent, [out.name])
        checked_temporary()
    opened = _opened(archive)
    old, new = _found(opened, first), _found(opened, second)
    try:
        with TemporaryDirectory(prefix="fundpool-diff-") as name:
            plan = plan_in_common(_measures(old), _measures(new))
            earlier = valuation_of(old, plan, Path(name) / "first")
            later = valuation_of(new, plan, Path(name) / "second")
            table = analysis_of_change(
                earlier, later, plan, lambda step: say(f"Analysis of change: {step}", quiet)
            )
    except (UsageError, NotComparableError) as error:
        say(f"fundpool: {error}")
        raise typer.Exit(BAD_INPUT) from None
    if out is not None:
        with results_in(out.parent) as folder:
            table.to_csv(folder / out.name, index=False, lineterminator="\n")
        say(f"Table written to {out}", quiet)
    if json:
        from fundpool.summary import as_json

        contents = {"first": old.id, "second": new.id, "plan": plan}
        typer.echo(as_json(contents | {"change": table.to_dict("records")}), nl=False)
    else:
        from fundpool.cli.tables import change_text

        typer.echo(change_text(table, plan))


def _measures(run: "Run") -> "pd.DataFrame":
    from fundpool.cli.session import UsageError

    try:
        table = run.table("measures")
    except KeyError as error:
        raise UsageError(str(error.args[0])) from None
    if "plan" not in table.columns:
        table = table.assign(plan=run.manifest.request.parameters.get("--pooling"))
    return table
