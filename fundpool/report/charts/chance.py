"""Charts of chance: fans of balances, and ruin by year."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from fundpool.languages import Language
from fundpool.models.risk.solvency import SolvencyRisk
from fundpool.report.charts import funds as charts


def balance_fans(
    risk: SolvencyRisk, scheme: str, pools: dict[str, Any], language: Language
) -> dict[str, Any]:
    """Balance of each plan's largest fund: median, 50 % and 90 % of scenarios."""
    names = ["q05", "q25", "q50", "q75", "q95"]
    panels = {}
    fans = risk.fans[risk.fans["scheme"] == scheme]
    drawn = fans[fans["pool"].isin([pool["pool"] for pool in pools.values()])]
    unit, words = language.money_unit(
        float(drawn[names].abs().max().max()), risk.study.case.currency
    )
    title = language("balance, %(unit)s") % {"unit": words}
    for plan, pool in pools.items():
        fan = fans[(fans["plan"] == plan) & (fans["pool"] == pool["pool"])]
        data = fan[["year"]].assign(**{name: fan[name] / unit for name in names})
        base = alt.Chart(data).encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", tickCount=5, title=None, grid=False))
        )
        zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(
            color=charts.WARNING, strokeDash=[4, 3]
        )
        panels[plan] = alt.layer(
            base.mark_area(color=charts.BANDS[0]).encode(y=alt.Y("q05:Q", title=title), y2="q95:Q"),
            base.mark_area(color=charts.BANDS[1]).encode(y="q25:Q", y2="q75:Q"),
            base.mark_line(color=charts.ACCENT, strokeWidth=2).encode(y="q50:Q"),
            zero.encode(y="zero:Q"),
        ).properties(width=charts.WIDTH, height=charts.HEIGHT)
    return panels


def ruin_by_year(risk: SolvencyRisk, scheme: str) -> Any:
    """Mean ruin probability of the funds by year, one line a plan; every county counts once."""
    ruin = risk.ruin[risk.ruin["scheme"] == scheme]
    weights = risk.risk[["plan", "scheme", "pool", "counties"]]
    data = ruin.merge(weights, on=["plan", "scheme", "pool"])
    rows = [
        {"pooled by": plan, "year": year,
         "ruined": float(np.average(table["ruin_probability"], weights=table["counties"]))}
        for (plan, year), table in data.groupby(["plan", "year"], sort=False)
    ]  # fmt: skip
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("year:Q", axis=alt.Axis(format="d", title=None, grid=False)),
            y=alt.Y("ruined:Q", axis=alt.Axis(format="%"), title="ruined by then"),
            color=alt.Color(
                "pooled by:N",
                sort=None,
                title="pooled by",
                legend=alt.Legend(orient="bottom", symbolSize=300),
            ),
            strokeDash=alt.StrokeDash("pooled by:N", sort=None, title="pooled by"),
        )
        .properties(width=charts.WIDTH * 2, height=charts.HEIGHT)
    )
