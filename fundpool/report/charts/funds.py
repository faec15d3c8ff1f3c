"""Charts of the report: Vega-Lite specifications drawn as SVG, without a browser or script.

Charts that compare pooling plans come as one panel a plan on the same axes, so that a page can
set them side by side or, on a narrow screen, one under the other.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from fundpool.models.funds.books import OTHER_INCOME, OUTGO
from fundpool.models.funds.summary import NEVER
from fundpool.models.projection.comparison import Comparison
from fundpool.models.projection.study import Projection
from fundpool.report.fonts import CHART_FAMILIES, drawable, register_chart_fonts

if TYPE_CHECKING:
    from fundpool.languages import Language

SCHEMA_CHECKED = False
"""Whether charts are held against their schema, which takes longer than drawing them: tests do."""

WIDTH, HEIGHT = 268, 190
INK = "#1f2933"
ACCENT, SECOND, WARNING = "#0b5394", "#b45309", "#7f0000"
BANDS = ("#c9d9ea", "#8fb3d6")
CLASSES = ("within 5 years", "within 10 years", "within 20 years", "later", "never")
CLASS_COLOURS = ("#7f0000", "#d7301f", "#c95f0a", "#93720b", "#4393c3")
CLASS_SHAPES = ("triangle-down", "diamond", "square", "cross", "circle")
CLASS_SIGNS = ("▼", "◆", "■", "✚", "●")
"""The shapes as characters, for the legend."""


def svg(chart: Any, name: str, words: "Language | None" = None) -> str:
    """SVG text of a chart that can stand inside a page; ``name`` keeps its ids apart.

    ``words`` gives titles, classes and labels of the data in the reader's language. The drawing
    library describes axes, legends and marks to screen readers in English alone: other
    languages do without.
    """
    specification = _themed(chart.to_dict(validate=SCHEMA_CHECKED))
    if words is not None:
        specification = _worded(specification, words)
        if words.chinese:
            specification["config"]["aria"] = False
    register_chart_fonts()
    text: str = vl_convert.vegalite_to_svg(_drawable(specification))
    text = text[text.index("<svg") :]
    if words is not None and words.chinese:  # roles of marks that say nothing
        text = re.sub(r' (?:role|aria-roledescription)="[^"]*"', "", text)
    text = re.sub(r'id="([^"]+)"', rf'id="{name}-\1"', text)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)


def _worded(part: Any, words: Callable[[str], str], shown: bool = False) -> Any:
    """A specification with the strings that a reader sees translated, fields left alone."""
    if isinstance(part, dict):
        return {
            key: _worded(value, words, shown or key in ("title", "domain", "datasets", "sort"))
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_worded(item, words, shown) for item in part]
    return words(part) if shown and isinstance(part, str) else part


def _drawable(part: Any) -> Any:
    """A specification with every string fit to be drawn."""
    if isinstance(part, dict):
        return {key: _drawable(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_drawable(item) for item in part]
    return drawable(part) if isinstance(part, str) else part


def _themed(specification: dict[str, Any]) -> dict[str, Any]:
    """A specification in the report's colours and letters."""
    look: dict[str, Any] = {
        "view": {"strokeWidth": 0},
        "axis": {
            "labelColor": INK, "titleColor": INK, "gridColor": "#e4e7eb",
            "domainColor": "#9aa5b1", "labelFontSize": 11, "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        "legend": {
            "labelFontSize": 11, "titleFontSize": 11, "labelColor": INK, "titleColor": INK,
        },
    }  # fmt: skip
    config = specification["config"] | {"font": CHART_FAMILIES, "background": "white"}
    config |= {part: config.get(part, {}) | looks for part, looks in look.items()}
    return specification | {"config": config}


def weighted_quantiles(
    values: np.ndarray, weights: np.ndarray, levels: tuple[float, ...]
) -> np.ndarray:
    """Quantiles of ``values`` when each stands for ``weights`` persons; for one each if for none.

    >>> weighted_quantiles(np.array([3.0, 1.0]), np.array([1.0, 3.0]), (0.5, 0.9)).tolist()
    [1.0, 3.0]
    """
    if not weights.any():  # a fund that insures nobody, and pays layers above others' benefits
        weights = np.ones(weights.size)
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    cumulated = cumulated / cumulated[-1]
    place = np.searchsorted(cumulated, np.array(levels) - 1e-12)
    return np.asarray(values[order][np.minimum(place, values.size - 1)])


def _year_axis() -> Any:
    return alt.X("year:Q", axis=alt.Axis(format="d", tickCount=5, title=None, grid=False))


def _zero_line() -> Any:
    return (
        alt.Chart(pd.DataFrame({"zero": [0]}))
        .mark_rule(color=WARNING, strokeDash=[4, 3])
        .encode(y="zero:Q")
    )


def reserve_fan(comparison: Comparison, scheme: str) -> dict[str, Any]:
    """Reserve months of the fund that insures a person: median, 50 % and 90 % of the insured."""
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    names = ["low", "quarter", "median", "three", "high"]
    tables: dict[str, pd.DataFrame] = {}
    for plan, projection in comparison.projections.items():
        pools = _own_pools(projection, scheme)
        rows = []
        for year, table in pools.groupby("year"):
            quantiles = weighted_quantiles(
                table["reserve_months"].to_numpy(float), table["persons"].to_numpy(float), levels
            )
            row: dict[str, object] = {"year": year}
            rows.append(row | dict(zip(names, quantiles, strict=True)))
        tables[plan] = pd.DataFrame(rows, columns=["year", *names])
    scale = _common_scale([table[["low", "high"]] for table in tables.values()])
    panels = {}
    for plan, table in tables.items():
        base = alt.Chart(table).encode(x=_year_axis())
        y = alt.Y("low:Q", title="months of outgo", scale=scale)
        panels[plan] = alt.layer(
            base.mark_area(color=BANDS[0]).encode(y=y, y2="high:Q"),
            base.mark_area(color=BANDS[1]).encode(y=alt.Y("quarter:Q", scale=scale), y2="three:Q"),
            base.mark_line(color=ACCENT, strokeWidth=2).encode(y=alt.Y("median:Q", scale=scale)),
            _zero_line(),
        ).properties(width=WIDTH, height=HEIGHT)
    return panels


def _own_pools(projection: Projection, scheme: str) -> pd.DataFrame:
    """A scheme's funds without the hubs of adjustment funds."""
    funds = projection.funds
    return funds[(funds["scheme"] == scheme) & funds["reserve_months"].notna()]


def _common_scale(tables: list[pd.DataFrame]) -> Any:
    """From the lowest to the highest value and zero; a scheme may have nobody, and no values."""
    values = np.concatenate([table.to_numpy(dtype=float).ravel() for table in tables])
    low = float(np.nanmin(values, initial=0.0))
    high = float(np.nanmax(values, initial=0.0))
    return alt.Scale(domain=[low, high if high > low else low + 1.0], nice=True)


def pool_paths(comparison: Comparison, scheme: str) -> dict[str, Any]:
    """Balance of every pool relative to its own yearly outgo, one line a pool."""
    tables: dict[str, pd.DataFrame] = {}
    for plan, projection in comparison.projections.items():
        pools = _own_pools(projection, scheme)
        pools = pools[pools["outgo_next_year"] > 0]
        tables[plan] = pools.assign(years_of_outgo=pools["balance"] / pools["outgo_next_year"])[
            ["pool", "year", "years_of_outgo"]
        ]
    scale = _common_scale([table[["years_of_outgo"]] for table in tables.values()])
    panels = {}
    for plan, table in tables.items():
        few = table["pool"].nunique() <= 20
        lines = (
            alt.Chart(table)
            .mark_line(strokeWidth=1.6 if few else 0.9, opacity=0.8 if few else 0.5, color=ACCENT)
            .encode(
                x=_year_axis(),
                y=alt.Y("years_of_outgo:Q", title="years of outgo", scale=scale),
                detail="pool:N",
            )
        )
        panels[plan] = alt.layer(lines, _zero_line()).properties(width=WIDTH, height=HEIGHT)
    return panels


def exhaustion_class(year: object, base_year: int) -> str:
    """Class of an exhaustion year, counted from the base year.

    >>> exhaustion_class(2024, 2020), exhaustion_class(None, 2020)
    ('within 5 years', 'never')
    """
    if year is None or pd.isna(year):  # type: ignore[call-overload]
        return CLASSES[4]
    after = int(year) - base_year  # type: ignore[call-overload]
    limits = (5, 10, 20)
    return next((CLASSES[i] for i, limit in enumerate(limits) if after <= limit), CLASSES[3])


def exhaustion_map(comparison: Comparison, scheme: str) -> dict[str, Any]:
    """Counties at their centres, by the first year in which a fund that insures them is dry.

    Empty if the case gives no coordinates.
    """
    case = comparison.study.case
    regions = case.regions
    latitude, longitude = regions.coordinates[:, 0], regions.coordinates[:, 1]
    if np.isnan(regions.coordinates).any():
        return {}
    persons = comparison.study.flows.residents[0, :-1]
    # one degree of longitude is shorter than one of latitude away from the equator
    stretch = float(np.cos(np.radians(latitude.mean())))
    aspect = float(np.ptp(latitude) / max(np.ptp(longitude) * stretch, 1e-9))
    panels = {}
    for plan, projection in comparison.projections.items():
        if scheme not in projection.summaries:
            continue
        dry = projection.summaries[scheme][1].county_dry
        data = pd.DataFrame(
            {
                "county": [regions.name(code) for code in regions.codes],
                "latitude": latitude,
                "longitude": longitude,
                "persons": persons,
                "runs dry": [
                    exhaustion_class(None if year == NEVER else int(year), case.base_year)
                    for year in dry
                ],
            }
        )
        panels[plan] = (
            alt.Chart(data)
            .mark_point(filled=True, opacity=0.9, stroke="white", strokeWidth=0.5)
            .encode(
                x=alt.X("longitude:Q", scale=alt.Scale(zero=False, padding=12), axis=None),
                y=alt.Y("latitude:Q", scale=alt.Scale(zero=False, padding=12), axis=None),
                size=alt.Size("persons:Q", scale=alt.Scale(range=[24, 320]), legend=None),
                color=alt.Color(
                    "runs dry:N",
                    scale=alt.Scale(domain=list(CLASSES), range=list(CLASS_COLOURS)),
                    legend=None,
                ),
                shape=alt.Shape(
                    "runs dry:N",
                    scale=alt.Scale(domain=list(CLASSES), range=list(CLASS_SHAPES)),
                    legend=None,
                ),
            )
            .properties(width=WIDTH, height=round(WIDTH * min(max(aspect, 0.6), 1.4)))
        )
    return panels


def rate_paths(comparison: Comparison, scheme: str) -> Any:
    """Pay-as-you-go rate of all pools together, and the rate that they collect."""
    projection = next(iter(comparison.projections.values()))
    funds = projection.funds[projection.funds["scheme"] == scheme]
    total = funds.groupby("year")[
        [*OUTGO, *OTHER_INCOME, "contributions", "account_credits", "contribution_base"]
    ].sum()  # fmt: skip
    other = total[list(OTHER_INCOME)].sum(axis=1)
    need = (total[list(OUTGO)].sum(axis=1) - other) / total["contribution_base"]
    got = (total["contributions"] - total["account_credits"]) / total["contribution_base"]
    data = pd.concat(
        [
            pd.DataFrame({"year": total.index, "rate": need, "line": "needed to pay the year"}),
            pd.DataFrame({"year": total.index, "rate": got, "line": "collected"}),
        ]
    )
    return (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=_year_axis(),
            y=alt.Y("rate:Q", axis=alt.Axis(format=".1%"), title="share of the base"),
            color=alt.Color(
                "line:N",
                scale=alt.Scale(
                    domain=["needed to pay the year", "collected"], range=[SECOND, ACCENT]
                ),
                legend=alt.Legend(orient="bottom", title=None, symbolSize=300),
            ),
            strokeDash=alt.StrokeDash(
                "line:N",
                scale=alt.Scale(
                    domain=["needed to pay the year", "collected"], range=[[6, 3], [1, 0]]
                ),
            ),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def migrant_balance(names: list[str], net: np.ndarray, unit: tuple[float, str]) -> Any:
    """What migrants pay in less what funds where they live pay for them, by region.

    ``unit`` is the money that the axis counts in, and its name.
    """
    data = pd.DataFrame({"name": names, "net": net / unit[0]})
    return (
        alt.Chart(data)
        .mark_bar(color=ACCENT)
        .encode(
            y=alt.Y("name:N", sort="-x", title=None),
            x=alt.X("net:Q", title=unit[1]),
        )
        .properties(width=WIDTH, height={"step": 17})
    )
