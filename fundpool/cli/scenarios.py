"""Scenarios at the command line: options, running them, and what they say as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fundpool.cli.session import UsageError, checked_engine, say
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.languages import Language
    from fundpool.models.projection.study import Study
    from fundpool.models.risk.solvency import SolvencyRisk
    from fundpool.models.scenarios.terms import ScenarioTerms

ScenarioCount = Annotated[
    int | None,
    typer.Option(
        "--scenarios", min=0, max=10_000_000, show_default=False,
        help="Scenarios to run for ruin probabilities and reserves; 0 for none.",
    ),
]  # fmt: skip

EngineName = Annotated[
    str,
    typer.Option(
        "--engine", metavar="ENGINE",
        help="Where scenarios run: local, processes, dask or dask=ADDRESS.",
    ),
]  # fmt: skip

IN_REPORT = 1000
"""Default number of scenarios of a report."""


def wanted_scenarios(case: "Case", asked: int | None, usual: int, engine: str) -> int:
    """How many scenarios to run; refuses what cannot be run before anything is projected.

    Raises:
        CaseError: scenarios are asked for and the case has no section on them.
        UsageError: an engine that does not exist, a single scenario, or something asked for that
            the scenarios cannot follow.
    """
    from fundpool.models.scenarios.model import not_in_scenarios, scenario_model

    checked_engine(engine)
    beyond = not_in_scenarios(case)
    if asked and beyond:
        raise UsageError(
            Message("scenarios cannot follow %(beyond)s; leave --scenarios out", beyond=beyond)
        )
    if asked is None:
        asked = usual if case.settings.scenarios is not None and not beyond else 0
    if asked == 1:
        raise UsageError(Message("one scenario says nothing; ask for at least 2, or 0 for none"))
    if asked:
        scenario_model(case)
    return asked


def scenarios_of(
    study: "Study",
    plans: list[str],
    scenarios: int,
    seed: int,
    engine: str,
    quiet: bool,
    terms: "ScenarioTerms | None" = None,
) -> "SolvencyRisk | None":
    """Run the scenarios, with a progress bar on a terminal; None for no scenarios."""
    if not scenarios:
        return None
    from fundpool.models.risk.solvency import solvency_risk
    from fundpool.models.scenarios.engines import EngineError, engine_for

    say(spoken().gettext("Running %(n)s scenarios") % {"n": f"{scenarios:,}"}, quiet)
    try:
        with _progress(scenarios, quiet) as progress:
            return solvency_risk(
                study, plans, scenarios, seed, engine_for(engine), progress=progress, terms=terms
            )
    except EngineError as error:
        raise UsageError(message_of(error)) from None


@contextmanager
def _progress(scenarios: int, quiet: bool) -> Iterator[Any]:
    import sys

    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(spoken().gettext("Scenarios"), total=scenarios)
        yield lambda done: bar.update(task, completed=done)


def risk_text(risk: "SolvencyRisk", language: "Language") -> str:
    """Plans side by side: ruin, required reserves and what pooling saves, money in one unit."""
    import pandas as pd

    from fundpool.cli.tables import aligned

    target = 100 * risk.probability
    amounts = risk.overview[["opening_balance", "required_reserve", "gain"]]
    # whole numbers of a unit that leaves the largest amount four to six figures
    unit, words = language.money_unit(
        float(amounts.abs().max().max()) / 1e3, risk.study.case.currency
    )
    head = [
        language("pooling"), language("scheme"), language("pools"), language("ruin (mean pool)"),
        language("some pool ruined"), language("held"),
        language("needed at %(target)s %%") % {"target": f"{target:g}"},
        language("saved"), language("carried"), language("chance"), language("stays"),
    ]  # fmt: skip
    rows = []
    for row in risk.overview.to_dict("records"):
        rows.append(
            [
                language(str(row["plan"])),
                str(row["scheme"]),
                str(row["pools"]),
                f"{100 * row['ruin_share']:.1f} ± {100 * row['ruin_share_error']:.1f} %",
                f"{100 * row['any_ruin']:.1f} ± {100 * row['any_ruin_error']:.1f} %",
                _whole(row["opening_balance"], unit),
                _with_error(row, "required_reserve", unit),
                _with_error(row, "gain", unit),
                _whole(row["levelling"] + row["systematic"], unit),
                _whole(row["noise"], unit),
                _whole(row["systematic_reserve"], unit),
            ]
        )
    run = risk.run
    note = language(
        "%(n)s scenarios to %(year)s, seed %(seed)s, ± one standard error; money in %(unit)s. "
        "Needed: opening reserves with which pools stay solvent but for that share of scenarios; "
        "saved against the first plan, by funds carrying one another and by chance in a year's "
        "claims evening out; stays: needed without that chance."
    ) % {"n": f"{run.scenarios:,}", "year": run.years[-1], "seed": run.seed, "unit": words}
    return f"{aligned(pd.DataFrame(rows, columns=head), 2)}\n\n{note}"


def _with_error(row: dict[Any, Any], name: str, unit: float) -> str:
    return f"{_whole(row[name], unit)} ± {_whole(row[name + '_error'], unit)}"


def _whole(value: float, unit: float) -> str:
    return "-" if value != value else f"{value / unit:,.0f}"
