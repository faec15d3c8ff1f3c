"""Charts of the report: Vega-Lite specifications drawn as SVG, without a browser or script."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from models.projection import Comparison

WIDTH = 300
INK = "#1f2933"
ACCENT = "#0b5394"
BANDS = ("#c9d9ea", "#8fb3d6")
CLASSES = ("within 5 years", "within 10 years", "within 20 years", "later", "never")
CLASS_COLOURS = ("#7f0000", "#d7301f", "#fc8d59", "#fdd49e", "#4393c3")
CLASS_SHAPES = ("triangle-down", "diamond", "square", "cross", "circle")


def svg(chart: alt.TopLevelMixin) -> str:
    """SVG text of a chart, without the XML heading so that it can stand inside a page."""
    text: str = vl_convert.vegalite_to_svg(_themed(chart).to_dict())
    return text[text.index("<svg") :]


def _themed(chart: Any) -> Any:
    return (
        chart.configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=INK, gridColor="#e4e7eb", domainColor="#9aa5b1",
            labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
        )
        .configure_header(labelFontSize=12, labelColor=INK, title=None, labelFontWeight="bold")
        .configure_legend(labelFontSize=11, titleFontSize=11, labelColor=INK, titleColor=INK)
        .configure(font="sans-serif", background="white")
    )  # fmt: skip


def weighted_quantiles(
    values: np.ndarray, weights: np.ndarray, levels: tuple[float, ...]
) -> np.ndarray:
    """Quantiles of ``values`` when each stands for ``weights`` persons."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    cumulated = cumulated / cumulated[-1]
    place = np.searchsorted(cumulated, np.array(levels) - 1e-12)
    return np.asarray(values[order][np.minimum(place, values.size - 1)])


def reserve_fan(comparison: Comparison, scheme: str) -> Any:
    """Reserve months of the fund that insures a person: median, 50 % and 90 % of the insured."""
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    names = ["low", "quarter", "median", "three", "high"]
    rows = []
    for plan, projection in comparison.projections.items():
        funds = projection.funds
        own = funds[(funds["scheme"] == scheme) & funds["reserve_months"].notna()]
        for year, table in own.groupby("year"):
            quantiles = weighted_quantiles(
                table["reserve_months"].to_numpy(float), table["persons"].to_numpy(float), levels
            )
            rows.append({"plan": plan, "year": year} | dict(zip(names, quantiles, strict=True)))
    data = pd.DataFrame(rows)
    x = alt.X("year:Q", axis=alt.Axis(format="d", tickCount=5, title=None))
    title = "reserve, months of outgo"
    base = alt.Chart(data).properties(width=WIDTH * 0.72, height=190)
    layers = alt.layer(
        base.mark_area(color=BANDS[0]).encode(x=x, y=alt.Y("low:Q", title=title), y2="high:Q"),
        base.mark_area(color=BANDS[1]).encode(x=x, y=alt.Y("quarter:Q"), y2="three:Q"),
        base.mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y="median:Q"),
        base.mark_rule(color="#7f0000", strokeDash=[4, 3]).encode(y=alt.datum(0)),
    )
    return layers.facet(column=alt.Column("plan:N", sort=list(comparison.projections)), spacing=14)


def pool_paths(comparison: Comparison, scheme: str) -> Any:
    """Balance of every pool relative to its own yearly outgo, one thin line a pool."""
    frames = []
    for plan, projection in comparison.projections.items():
        funds = projection.funds
        own = funds[(funds["scheme"] == scheme) & (funds["outgo_next_year"] > 0)]
        frames.append(
            own.assign(plan=plan, years_of_outgo=own["balance"] / own["outgo_next_year"])[
                ["plan", "pool", "year", "years_of_outgo"]
            ]
        )
    data = pd.concat(frames, ignore_index=True)
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=0.9, opacity=0.55, color=ACCENT)
        .encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", tickCount=5, title=None)),
            y=alt.Y("years_of_outgo:Q", title="balance, years of outgo"),
            detail="pool:N",
        )
        .properties(width=WIDTH * 0.72, height=190)
    )
    rule = alt.Chart(data).mark_rule(color="#7f0000", strokeDash=[4, 3]).encode(y=alt.datum(0))
    return alt.layer(lines, rule).facet(
        column=alt.Column("plan:N", sort=list(comparison.projections)), spacing=14
    )


def exhaustion_class(year: object, base_year: int) -> str:
    """Class of an exhaustion year, counted from the base year."""
    if year is None or pd.isna(year):  # type: ignore[call-overload]
        return CLASSES[4]
    after = int(year) - base_year  # type: ignore[call-overload]
    limits = (5, 10, 20)
    return next((CLASSES[i] for i, limit in enumerate(limits) if after <= limit), CLASSES[3])


def exhaustion_map(comparison: Comparison, scheme: str) -> Any:
    """Counties at their centroids, by the year in which the fund that insures them runs dry."""
    case = comparison.study.case
    regions = case.regions
    frames = []
    for plan, projection in comparison.projections.items():
        measures = projection.measures
        own = measures[measures["scheme"] == scheme].set_index("pool")["exhaustion_year"]
        pool_of = county_pools(projection, scheme)
        frames.append(
            pd.DataFrame(
                {
                    "plan": plan,
                    "county": [regions.name(code) for code in regions.codes],
                    "latitude": regions.coordinates[:, 0],
                    "longitude": regions.coordinates[:, 1],
                    "persons": comparison.study.flows.residents[0, :-1],
                    "runs dry": [
                        exhaustion_class(own.get(pool), case.base_year) for pool in pool_of
                    ],
                }
            )
        )
    data = pd.concat(frames, ignore_index=True)
    return (
        alt.Chart(data)
        .mark_point(filled=True, opacity=0.9, stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("longitude:Q", scale=alt.Scale(zero=False), axis=None),
            y=alt.Y("latitude:Q", scale=alt.Scale(zero=False), axis=None),
            size=alt.Size("persons:Q", scale=alt.Scale(range=[20, 420]), legend=None),
            color=alt.Color(
                "runs dry:N",
                scale=alt.Scale(domain=list(CLASSES), range=list(CLASS_COLOURS)),
                legend=alt.Legend(orient="bottom", title="fund runs dry"),
            ),
            shape=alt.Shape(
                "runs dry:N",
                scale=alt.Scale(domain=list(CLASSES), range=list(CLASS_SHAPES)),
            ),
        )
        .properties(width=WIDTH * 0.72, height=WIDTH * 0.72)
        .facet(column=alt.Column("plan:N", sort=list(comparison.projections)), spacing=14)
    )


def county_pools(projection: Any, scheme: str) -> list[str]:
    """Code of the pool that each county belongs to in the last projected year."""
    from models.pooling import pools_of

    stage = projection.plan.stage(scheme, int(projection.years[-1]))
    pools = pools_of(projection.case, stage)
    return [pools.codes[i] for i in pools.of_county]


def rate_paths(comparison: Comparison, scheme: str) -> Any:
    """Pay-as-you-go rate of all pools together, and the rate that they collect."""
    projection = next(iter(comparison.projections.values()))
    own = projection.funds[projection.funds["scheme"] == scheme]
    total = own.groupby("year")[
        ["claims_paid", "administration", "subsidies", "contributions", "account_credits",
         "contribution_base"]
    ].sum()  # fmt: skip
    need = (total["claims_paid"] + total["administration"] - total["subsidies"]) / total[
        "contribution_base"
    ]
    got = (total["contributions"] - total["account_credits"]) / total["contribution_base"]
    data = pd.concat(
        [
            pd.DataFrame({"year": total.index, "rate": need, "line": "needed to pay the year"}),
            pd.DataFrame({"year": total.index, "rate": got, "line": "collected"}),
        ]
    )
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", title=None)),
            y=alt.Y("rate:Q", axis=alt.Axis(format=".1%"), title="share of the base"),
            color=alt.Color(
                "line:N",
                scale=alt.Scale(range=[ACCENT, "#b45309"]),
                legend=alt.Legend(orient="bottom", title=None),
            ),
            strokeDash=alt.StrokeDash("line:N", legend=None),
        )
        .properties(width=WIDTH * 1.1, height=200)
    )
    return alt.layer(lines)


def migrant_balance(comparison: Comparison) -> Any:
    """What migrants of each home region pay in less what funds pay for them, in the last year."""
    projection = next(iter(comparison.projections.values()))
    case = comparison.study.case
    table = projection.migrants
    last = table[table["year"] == table["year"].max()]
    by_host = last.groupby("residence")[["contributions", "from_host"]].sum().reset_index()
    by_host = by_host[by_host["residence"] != "outside"]
    by_host["name"] = [case.regions.name(code) for code in by_host["residence"]]
    by_host["net"] = (by_host["contributions"] - by_host["from_host"]) / 1e9
    return (
        alt.Chart(by_host)
        .mark_bar(color=ACCENT)
        .encode(
            y=alt.Y("name:N", sort="-x", title=None),
            x=alt.X("net:Q", title=f"paid in less drawn where they live, {case.currency} billion"),
        )
        .properties(width=WIDTH * 1.2, height={"step": 17})
    )
