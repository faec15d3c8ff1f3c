"""Charts of an optimised plan: who pays whom, rates, reserves and burdens before and after."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.models.optimiser.frontier import Frontier
from fundpool.models.optimiser.plan import Plan
from fundpool.models.projection.study import Projection
from fundpool.report.charts.funds import (
    ACCENT,
    BANDS,
    HEIGHT,
    SECOND,
    WARNING,
    WIDTH,
    svg,
    weighted_quantiles,
)

BEFORE, AFTER = "rates in force", "this plan"
MOST_ARCS = 60
"""Largest transfers drawn on a map."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
BENDS = np.linspace(0.0, 1.0, 13)


def pool_centres(projection: Projection, plan: Plan, scheme: str) -> pd.DataFrame:
    """Centre of every pool, its counties weighted by residents, alike where nobody lives.

    Columns: pool, latitude, longitude.
    """
    regions = projection.case.regions
    persons = projection.flows.residents[0, :-1]
    fund = next(f for f, _, _ in plan.schemes if f.paths.scheme == scheme)
    member = np.zeros((fund.pools, len(regions.codes)))
    member[fund.paths.of_county, np.arange(len(regions.codes))] = 1.0
    alike, living = member.sum(axis=1)[:, None], (member @ persons)[:, None]
    middle = member @ regions.coordinates / alike
    place = ratio((member * persons) @ regions.coordinates, living, middle)
    return pd.DataFrame(
        {"pool": fund.paths.pools, "latitude": place[:, 0], "longitude": place[:, 1]}
    )


def swap_map(projection: Projection, plan: Plan, scheme: str) -> Any:
    """Transfers of the whole plan as arcs from payer to receiver; None without places or swaps.

    Sums over the years; the largest only. The hub's own reserve is no place and is left out.
    """
    if np.isnan(projection.case.regions.coordinates).any():
        return None
    transfers = plan.transfers[plan.transfers["scheme"] == scheme]
    total = transfers.groupby(["payer", "receiver"], sort=False)["amount"].sum().reset_index()
    total = total[(total["payer"] != "hub") & (total["receiver"] != "hub")]
    if total.empty:
        return None
    total = total.sort_values("amount", ascending=False, kind="stable").head(MOST_ARCS)
    centres = pool_centres(projection, plan, scheme)
    net = plan.swaps[plan.swaps["scheme"] == scheme].groupby("pool")["net"].sum()
    points = centres.assign(net=centres["pool"].map(net))
    points["side"] = np.where(points["net"] >= 0, "receives", "pays")
    points["size"] = points["net"].abs()
    places = centres.set_index("pool")
    arcs = []
    for arc, row in enumerate(total.to_dict("records")):
        start, end = places.loc[row["payer"]], places.loc[row["receiver"]]
        dx = float(end["longitude"] - start["longitude"])
        dy = float(end["latitude"] - start["latitude"])
        bend = 0.18 * 4.0 * BENDS * (1.0 - BENDS)
        arcs.append(
            pd.DataFrame(
                {
                    "arc": arc, "step": np.arange(BENDS.size),
                    "longitude": float(start["longitude"]) + BENDS * dx - bend * dy,
                    "latitude": float(start["latitude"]) + BENDS * dy + bend * dx,
                    "amount": row["amount"],
                }
            )
        )  # fmt: skip
    x = alt.X("longitude:Q", scale=alt.Scale(zero=False, padding=12), axis=None)
    y = alt.Y("latitude:Q", scale=alt.Scale(zero=False, padding=12), axis=None)
    lines = (
        alt.Chart(pd.concat(arcs, ignore_index=True))
        .mark_line(opacity=0.45, color="#52606d")
        .encode(
            x=x, y=y, detail="arc:N", order="step:Q",
            strokeWidth=alt.StrokeWidth(
                "amount:Q", scale=alt.Scale(range=[0.4, 4.5]), legend=None
            ),
        )
    )  # fmt: skip
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, opacity=0.95, stroke="white", strokeWidth=0.5)
        .encode(
            x=x, y=y,
            size=alt.Size("size:Q", scale=alt.Scale(range=[20, 260]), legend=None),
            color=_sides("side", ("receives", "pays")),
            shape=alt.Shape(
                "side:N",
                scale=alt.Scale(domain=["receives", "pays"], range=["triangle-up", "circle"]),
                legend=None,
            ),
        )
    )  # fmt: skip
    return alt.layer(lines, dots).properties(width=2 * WIDTH, height=round(1.7 * WIDTH))


def rate_fan(plan: Plan, scheme: str) -> dict[str, Any]:
    """Rates before and after: median, middle half and 90 % of the contribution base."""
    rates = plan.rates[plan.rates["scheme"] == scheme]
    names = {BEFORE: "rate_in_force", AFTER: "rate"}
    return _fans(rates, names, "contribution_base", "rate", ".1%")


def reserve_fan(plan: Plan, scheme: str) -> dict[str, Any]:
    """Reserve months before and after, weighted by contribution base."""
    reserves = plan.reserves[plan.reserves["scheme"] == scheme].merge(
        plan.rates[["scheme", "pool", "year", "contribution_base"]], on=["scheme", "pool", "year"]
    )
    names = {BEFORE: "reserve_months_before", AFTER: "reserve_months"}
    return _fans(reserves, names, "contribution_base", "months of outgo", "d")


def _fans(
    table: pd.DataFrame, names: dict[str, str], weight: str, title: str, form: str
) -> dict[str, Any]:
    fans = {}
    for words, column in names.items():
        rows = []
        for year, of_year in table.groupby("year"):
            quantiles = weighted_quantiles(
                of_year[column].to_numpy(float), of_year[weight].to_numpy(float), LEVELS
            )
            rows.append(
                {"year": year}
                | dict(zip(("low", "quarter", "median", "three", "high"), quantiles, strict=True))
            )
        fans[words] = pd.DataFrame(rows)
    low = min(float(f["low"].min()) for f in fans.values())
    high = max(float(f["high"].max()) for f in fans.values())
    scale = alt.Scale(domain=[min(low, 0.0), high], nice=True)
    panels = {}
    for words, fan in fans.items():
        base = alt.Chart(fan).encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", tickCount=5, title=None, grid=False))
        )
        y = alt.Y("low:Q", title=title, scale=scale, axis=alt.Axis(format=form))
        zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=WARNING, strokeDash=[4, 3])
        panels[words] = alt.layer(
            base.mark_area(color=BANDS[0]).encode(y=y, y2="high:Q"),
            base.mark_area(color=BANDS[1]).encode(y=alt.Y("quarter:Q", scale=scale), y2="three:Q"),
            base.mark_line(color=ACCENT, strokeWidth=2).encode(y=alt.Y("median:Q", scale=scale)),
            zero.encode(y="zero:Q"),
        ).properties(width=WIDTH, height=HEIGHT)
    return panels


def burden_distribution(plan: Plan, scheme: str) -> Any:
    """Mean rate over the plan by pool, before and after, as steps of the base that pays it."""
    rates = plan.rates[plan.rates["scheme"] == scheme]
    frames = []
    for words, column in ((BEFORE, "rate_in_force"), (AFTER, "rate")):
        money = (
            (rates[column] * rates["contribution_base"]).groupby(rates["pool"], sort=False).sum()
        )
        base = rates.groupby("pool", sort=False)["contribution_base"].sum()
        rate = (money / base).sort_values(kind="stable")
        share = base.loc[rate.index] / base.sum()
        frames.append(
            pd.DataFrame(
                {"share": np.cumsum(share.to_numpy()), "rate": rate.to_numpy(), "line": words}
            )
        )
    return (
        alt.Chart(pd.concat(frames, ignore_index=True))
        .mark_line(interpolate="step-before", strokeWidth=2)
        .encode(
            x=alt.X("share:Q", title="share of the base, lowest rate first",
                    axis=alt.Axis(format=".0%")),
            y=alt.Y("rate:Q", title="mean rate of the fund", axis=alt.Axis(format=".1%"),
                    scale=alt.Scale(zero=False)),
            color=_sides("line", (AFTER, BEFORE), alt.Legend(orient="bottom", title=None)),
            strokeDash=alt.StrokeDash(
                "line:N", scale=alt.Scale(domain=[AFTER, BEFORE], range=[[1, 0], [6, 3]])
            ),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )  # fmt: skip


def _sides(field: str, words: tuple[str, str], legend: Any = None) -> Any:
    return alt.Color(
        f"{field}:N", scale=alt.Scale(domain=list(words), range=[ACCENT, SECOND]), legend=legend
    )


def frontier_chart(frontier: Frontier, name: str | None = None) -> str:
    """Unevenness against mean rate, one line a ceiling on swaps, as SVG text.

    ``name`` keeps the ids of the drawing apart from those of others on the same page.
    """
    table = frontier.points.assign(
        ceiling=[f"{100 * value:.1f} % of outgo" for value in frontier.points["swap_ceiling"]]
    )
    chart = (
        alt.Chart(table, title=f"{frontier.scheme}: evenness against the mean rate")
        .mark_line(point=True)
        .encode(
            x=alt.X("mean_rate:Q", title="mean rate", axis=alt.Axis(format=".2%"),
                    scale=alt.Scale(zero=False)),
            y=alt.Y("unevenness:Q", title="unevenness of burdens, relative"),
            color=alt.Color("ceiling:N", title="swaps up to",
                            scale=alt.Scale(scheme="viridis")),
            strokeDash=alt.StrokeDash("ceiling:N", legend=None),
        )
        .properties(width=2 * WIDTH, height=round(1.3 * WIDTH))
    )  # fmt: skip
    return svg(chart, name or f"frontier-{frontier.scheme}")
