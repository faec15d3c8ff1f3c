"""Charts of movement: waterfall from one run to the next, tornado of sensitivities."""

from typing import Any

import altair as alt
import pandas as pd

from fundpool.languages import Language
from fundpool.report.charts.funds import INK, WIDTH
from fundpool.report.words.vocabulary import assumption_words

RISE, FALL, WHOLE = "rise", "fall", "level"
COLOURS = {RISE: "#0b5394", FALL: "#f4c28a", WHOLE: "#9aa5b1"}
DOWN_UP = ["#f4c28a", "#0b5394"]


def waterfall(table: pd.DataFrame, language: Language, currency: str, percent: bool) -> Any:
    """Steps of one scheme and measure from the old figure to the new.

    Rises are dark and solid, falls light with an outline, so that grey print keeps them apart.
    """
    steps = table[table["kind"] == "step"]
    total = table[table["kind"] == "total"].iloc[0]
    figures = table[["before", "after"]].to_numpy(dtype=float)
    low, high = float(figures.min()), float(figures.max())
    unit, words = language.money_unit(max(abs(low), abs(high)), currency)
    pad = 0.15 * (high - low)
    # rates move by little against their size, so their axis does not begin at zero
    origin = low - pad if percent else 0.0
    rows = [_bar(language("previous run"), origin, float(total["before"]), WHOLE)]
    for row in steps.to_dict("records"):
        kind = RISE if row["change"] > 0 else FALL
        rows.append(_bar(language(row["step"]), row["before"], row["after"], kind))
    rows.append(_bar(language("this run"), origin, float(total["after"]), WHOLE))
    data = pd.DataFrame(rows)
    if not percent:
        data[["start", "end"]] /= unit
    scale = alt.Scale(domain=[origin, high + pad], nice=False) if percent else alt.Scale(zero=True)
    title = None if percent else words
    order = list(data["step"])
    axis = alt.Axis(format=".2%", tickCount=5) if percent else alt.Axis(tickCount=5)
    return (
        alt.Chart(data)
        .mark_bar(stroke=INK, strokeWidth=0.6)
        .encode(
            y=alt.Y("step:N", sort=order, title=None, axis=alt.Axis(labelLimit=240)),
            x=alt.X("start:Q", title=title, axis=axis, scale=scale),
            x2="end:Q",
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=None,
            ),
        )
        .properties(width=WIDTH, height={"step": 20})
    )


def _bar(step: str, start: float, end: float, kind: str) -> dict[str, object]:
    return {"step": step, "start": start, "end": end, "kind": kind}


def tornado(table: pd.DataFrame, language: Language) -> Any:
    """Change of a scheme's level rate with each assumption down and up, the widest on top."""
    rows = table[table["direction"] != "base"]
    data = pd.DataFrame(
        {
            "path": [language(assumption_words(path)) for path in rows["path"]],
            "change": rows["level_rate_change"].to_numpy(float),
            "direction": [language(word) for word in rows["direction"]],
        }
    )
    width = data.assign(size=data["change"].abs()).groupby("path")["size"].max()
    order = list(width.sort_values(ascending=False).index)
    words = [language("down"), language("up")]
    return (
        alt.Chart(data)
        .mark_bar(stroke=INK, strokeWidth=0.6)
        .encode(
            y=alt.Y("path:N", sort=order, title=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X("change:Q", title=language("change of the level rate"),
                    axis=alt.Axis(format="+.2%", tickCount=5)),
            color=alt.Color(
                "direction:N",
                scale=alt.Scale(domain=words, range=DOWN_UP),
                legend=alt.Legend(orient="bottom", title=None),
            ),
            yOffset=alt.YOffset("direction:N", sort=words),
        )
        .properties(width=WIDTH, height={"step": 11})
    )  # fmt: skip
