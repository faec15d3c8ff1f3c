"""What ``report`` adds at its end: joint alternatives, a longer run, reverse stress."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from fundpool.cli.reporting import Moved
from fundpool.cli.session import say
from fundpool.cli.spoken import spoken

if TYPE_CHECKING:
    from fundpool.models.projection.comparison import Comparison
    from fundpool.report.extras import Extras

LongRange = Annotated[
    int,
    typer.Option(
        "--long-range", metavar="YEARS", min=0, max=100,
        help="Years of a longer run of the first plan with its sub-periods beside the report's, "
        "as 75; 0 for none.",
    ),
]  # fmt: skip


def with_long_views(
    extras: "Extras", comparison: "Comparison", moved: Moved, long_range: int, quiet: bool
) -> "Extras":
    """The parts of a report with joint alternatives, reverse stress and, if asked, a longer run.

    Args:
        extras: what the report holds already: alternatives follow its sensitivity, reverse stress
            its scenarios.
        comparison: the plans; the first is judged.
        moved: which assumptions were moved.
        long_range: years of the longer run; 0 for none.
        quiet: say nothing.
    """
    from fundpool.models.analysis.alternatives import joint_alternatives
    from fundpool.models.analysis.alternatives import long_range as long_range_table
    from fundpool.models.analysis.sensitivity import steps_of
    from fundpool.models.projection.study import study
    from fundpool.models.risk.reverse_stress import reverse_stress

    base, plan = comparison.study, next(iter(comparison.projections))
    if not extras.sensitivity.empty:
        steps = steps_of(base.case, every=moved is Moved.all)
        table = joint_alternatives(base, plan, steps, extras.sensitivity)
        extras = replace(extras, alternatives=table)
    if extras.risk is not None:
        say(spoken().gettext("Looking for the smallest moves that empty funds"), quiet)
        stress = reverse_stress(base, plan, extras.risk.run.terms)
        extras = replace(extras, reverse_stress=stress.table)
    if long_range:
        say(spoken().gettext("Projecting %(n)s years") % {"n": long_range}, quiet)
        longer = study(base.case, long_range).pooled(plan)
        extras = replace(extras, long_range=long_range_table(longer))
    return extras
