"""``profile``: why a place's fund differs from the mean of its parent."""

from typing import Annotated

import typer

from fundpool.cli.app import app
from fundpool.cli.messages import print_result
from fundpool.cli.options import AsJson, CaseArgument, Policies, Quiet, Settings, Years
from fundpool.cli.progress import year_progress
from fundpool.cli.session import opened_case, projected_years, refusing_bad_input
from fundpool.cli.spoken import spoken
from fundpool.options import CASE


@app.command()
def profile(
    case: CaseArgument = CASE,
    region: Annotated[
        str, typer.Option("--region", help="Code or name of a region of any level.")
    ] = ...,  # type: ignore[assignment]
    scheme: Annotated[
        str | None, typer.Option("--scheme", help="Whose fund; default: the first scheme's.")
    ] = None,
    years: Years = None,
    policy: Policies = None,
    changes: Settings = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print why a place's fund does better or worse than the mean of its parent."""
    with refusing_bad_input():
        opened = opened_case(case, changes, policy, quiet)
        span = projected_years(opened, years)
    from fundpool.calls.results import place_code, profile_of
    from fundpool.cli.tables import profile_text
    from fundpool.models.projection.study import study
    from fundpool.summary import as_json

    with refusing_bad_input():
        place_code(opened, region, scheme)
        with year_progress(span, quiet) as progress:
            projected = study(opened, span, progress)
        explained = profile_of(projected, region, scheme)
    if json:
        record = {
            name: getattr(explained, name) for name in ("region", "parent", "scheme", "result")
        }
        record |= {"mean": explained.mean, "distance": explained.distance}
        factors = explained.factors.reset_index().to_dict("records")
        print_result(as_json({"case": opened.name, **record, "factors": factors}))
    else:
        typer.echo(profile_text(explained, opened, spoken()))
