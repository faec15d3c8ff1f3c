"""Results as HTML for notebooks: a heading, a table and charts as SVG; no script, no network."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import count
from typing import Any

import pandas as pd

from fundpool.inputs.format.findings import Finding
from fundpool.languages import ENGLISH
from fundpool.models.analysis.places import TITLES, PlaceProfile
from fundpool.models.analysis.policies import PolicyEffects
from fundpool.models.optimiser.frontier import Frontier
from fundpool.models.optimiser.plan import Plan
from fundpool.models.projection.comparison import Comparison
from fundpool.models.projection.study import Projection
from fundpool.models.risk.solvency import SolvencyRisk

MOST_ROWS = 30
"""Rows of a table that are shown."""

_number = count(1)  # charts of one notebook share a page, so that ids must differ


def view(title: str, table: pd.DataFrame, charts: Mapping[str, Any] | None = None) -> str:
    """A result as HTML.

    Args:
        title: heading.
        table: what is shown of it.
        charts: Altair charts by their caption.
    """
    from fundpool.report.charts.funds import svg

    figures = "".join(
        f'<figure style="display:inline-block;margin:0 1em 1em 0">{svg(chart, f"n{next(_number)}")}'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for caption, chart in (charts or {}).items()
    )
    more = "" if len(table) <= MOST_ROWS else f"<p>{len(table) - MOST_ROWS} more rows</p>"
    rows = table.head(MOST_ROWS).to_html(index=False, border=0, na_rep="–", escape=True)
    return f"<div><p><strong>{escape(title)}</strong></p>{rows}{more}{figures}</div>"


def projection_html(projection: Projection) -> str:
    """A projection: one row a scheme, and reserve months over the years."""
    alone = Comparison(projection.study, {projection.plan.name: projection})
    return view(repr(projection)[1:-1], projection.overview, _fans(alone))


def comparison_html(comparison: Comparison) -> str:
    """Plans side by side, and reserve months of each."""
    return view(repr(comparison)[1:-1], comparison.overview, _fans(comparison))


def _fans(comparison: Comparison) -> dict[str, Any]:
    from fundpool.report.charts.funds import reserve_fan

    return {
        f"{scheme.name}, {plan}: reserve months; median, 50 % and 90 % of the insured": chart
        for scheme in comparison.study.case.schemes
        for plan, chart in reserve_fan(comparison, scheme.name).items()
    }


def plan_html(plan: Plan) -> str:
    """A plan: its aims, and rates and reserves before and after."""
    from fundpool.report.charts.plans import rate_fan, reserve_fan

    charts = {
        f"{scheme}: {words}, {side}": chart
        for scheme in dict.fromkeys(plan.rates["scheme"])
        for words, fan in (("rates", rate_fan), ("reserves", reserve_fan))
        for side, chart in fan(plan, scheme).items()
    }  # fmt: skip
    terms = pd.DataFrame(list(plan.terms.items()), columns=["aim", "value"])
    return view(repr(plan)[1:-1], terms, charts)


def frontier_html(frontiers: Sequence[Frontier]) -> str:
    """Frontiers: their points, and evenness against the mean rate."""
    from fundpool.models.optimiser.frontier import frontiers_table
    from fundpool.report.charts.plans import frontier_chart

    charts = "".join(frontier_chart(item, f"n{next(_number)}") for item in frontiers)
    return view(repr(frontiers)[1:-1], frontiers_table(frontiers)) + f"<div>{charts}</div>"


def effects_html(effects: PolicyEffects) -> str:
    """What policies change, one column a policy."""
    from fundpool.models.analysis.policies import FIGURES

    table = effects.changes.T.rename(index=FIGURES).reset_index(names="change of")
    return view(repr(effects)[1:-1], table)


def profile_html(profile: PlaceProfile) -> str:
    """A place beside the mean of its parent, one row a factor."""
    table = profile.factors.rename(index={name: str(title) for name, title in TITLES.items()})
    return view(repr(profile)[1:-1], table.reset_index())


def risk_html(risk: SolvencyRisk) -> str:
    """What scenarios say, one row a plan and scheme."""
    return view(repr(risk)[1:-1], risk.overview)


def findings_html(findings: Sequence[Finding]) -> str:
    """Findings, one row each."""
    rows = [(item.severity, item.place, item.message) for item in findings]
    return view(repr(findings)[1:-1], pd.DataFrame(rows, columns=["severity", "place", "finding"]))


def change_html(table: pd.DataFrame, title: str) -> str:
    """An analysis of change: whole schemes step by step."""
    from fundpool.report.charts.changes import waterfall

    whole = table[table["pool"] == ""]
    charts = {
        f"{scheme}, {str(measure).replace('_', ' ')}": waterfall(
            rows, ENGLISH, "", measure == "level_rate"
        )
        for (scheme, measure), rows in whole.groupby(["scheme", "measure"], sort=False)
    }
    return view(title, whole, charts)
