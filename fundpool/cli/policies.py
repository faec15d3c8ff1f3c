"""Policies at the command line: what each changes, and a case beside itself with policies."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fundpool.cli.app import app
from fundpool.cli.options import AsJson, CaseArgument, Quiet, Settings, Years
from fundpool.cli.progress import year_progress
from fundpool.cli.session import (
    BAD_INPUT,
    checked_plans,
    opened_case,
    projected_years,
    refusing_bad_input,
    say,
)
from fundpool.cli.spoken import spoken
from fundpool.options import CASE

if TYPE_CHECKING:
    from fundpool.models.projection.comparison import Comparison


@app.command()
def policies(
    case: CaseArgument = CASE,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="NAME",
            help="Only this one, a policy of the case or a policy file; may be repeated.",
        ),
    ] = None,
    pooling: Annotated[
        str | None,
        typer.Option("--pooling", help="Plan where a policy has none; that in force if none."),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Only name them, project nothing.")
    ] = False,
    years: Years = None,
    changes: Settings = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure every policy of a case against the case without it."""
    from fundpool.inputs.case.policies import policy_contents

    with refusing_bad_input():
        opened = opened_case(case, changes)
        span = projected_years(opened, years)
        chosen = list(dict.fromkeys(policy or sorted(opened.policy_texts)))
        for name in chosen:
            changed = opened.with_policies([name])
            checked_plans(changed, [changed.usual_pooling])
        if pooling is not None:
            checked_plans(opened, [pooling])
    if not chosen:
        sentence = spoken().gettext(
            "%(case)s has no policies; see docs/policies.md for how to write one."
        )
        say(sentence % {"case": case})
        raise typer.Exit(BAD_INPUT)
    if listed:
        for name in chosen:
            _, contents = policy_contents(name, opened.policy_texts)
            local = contents.get("title_local") if spoken().chinese else None
            typer.echo(f"{contents['name']}: {local or contents['title']}")
        return
    from fundpool.cli.tables import effects_text
    from fundpool.models.analysis.policies import policy_effects
    from fundpool.models.projection.study import study
    from fundpool.summary import as_json

    with refusing_bad_input(), year_progress(span, quiet) as progress:
        base = study(opened, span, progress)
    measured = spoken().gettext("measured %(policy)s")
    effects = policy_effects(
        base, chosen, pooling, lambda done: say(measured % {"policy": done}, quiet)
    )
    if json:
        typer.echo(
            as_json(
                {
                    "case": opened.name,
                    "base": effects.base,
                    "policies": effects.policies.to_dict("records"),
                    "endurance": effects.endurance.to_dict("records"),
                }
            ),
            nl=False,
        )
    else:
        typer.echo(effects_text(effects, spoken()))


def beside_base(
    comparison: "Comparison",
    plans: list[str],
    years: int,
    progress: Callable[[int], None] | None,
) -> tuple[str, dict[str, Any]]:
    """The case without its policies beside it: as text, and as the base's summary.

    Args:
        comparison: the case with policies.
        plans: its pooling plans; the base is pooled in the same ways.
        years: number of projected years.
        progress: called with each finished year.
    """
    from fundpool.cli.tables import side_by_side_text
    from fundpool.models.projection.comparison import compare
    from fundpool.summary import summary

    case = comparison.study.case
    base = compare(case.reference, plans, years, progress)
    return side_by_side_text(base, comparison, spoken()), summary(base.projections, plans[0])
