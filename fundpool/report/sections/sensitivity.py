"""Sensitivity: what the result hangs on."""

from typing import Any

import pandas as pd

from fundpool.languages.numbers import plain_number
from fundpool.report.charts.changes import tornado
from fundpool.report.document.making import (
    LINE_BREAK,
    code,
    figure,
    left,
    paragraph,
    right,
    row,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import Block, Heading, Section
from fundpool.report.sections.context import Context
from fundpool.report.words.vocabulary import assumption_words


def sensitivity_section(context: Context) -> Section | None:
    """Each scheme's results with each assumption down and up; None if nothing was moved."""
    _ = context.language
    moved = context.extras.sensitivity
    if moved.empty:
        return None
    lead = _(
        "Each assumption is moved down and up by a step, in every year and by itself, and "
        "everything else is kept. Funds pooled by %(plan)s. The steps come from the case; they are "
        "of a size that is plausible, not equally likely."
    ) % {"plan": context.alert_plan}
    schemes = [
        block
        for name in context.titles
        for block in _scheme(context, name, moved[moved["scheme"] == name])
    ]
    blocks = (paragraph(lead), *schemes)
    return Section("sensitivity", _("What the result hangs on"), _("Sensitivity"), blocks)


def _scheme(context: Context, scheme: str, effects: pd.DataFrame) -> list[Block]:
    _ = context.language
    columns = (
        left(_("assumption")), right(_("value")), right(_("size of the step")),
        right(_("level rate, down")), right(_("up")), right(_("run dry, down")), right(_("up")),
        right(_("held at the end, down"), "short"), right(_("up"), "short"),
    )  # fmt: skip
    paths = {
        str(path): {result["direction"]: result for result in group.to_dict("records")}
        for path, group in effects.groupby("path", sort=False)
    }
    base = next(iter(paths.values()))["base"]
    rows = [
        row(
            strong(_("nothing moved")), "", "",
            _.percent(base["level_rate_mean"]), "",
            base["pools_exhausted"], "",
            _.money(base["closing_balance"]), "",
        )
    ]  # fmt: skip
    rows += [_assumption(context, path, ways) for path, ways in paths.items()]
    caption = _("Change of the level rate when an assumption is moved down (light) and up (dark).")
    return [
        Heading(spans(context.titles[scheme])),
        figure(context.drawing(tornado(effects, _), f"tornado-{scheme}"), caption),
        table(
            columns,
            rows,
            _("Level rate, funds that run dry, and what all funds hold at the end"),
        ),
    ]


def _assumption(context: Context, path: str, ways: dict[Any, Any]) -> Any:
    _ = context.language
    base, down, up = ways["base"], ways["down"], ways["up"]
    return row(
        spans(context.worded(assumption_words(path)), LINE_BREAK, code(path)),
        plain_number(base["value"]),
        plain_number(base["step"]),
        _.percent(down["level_rate_mean"]),
        _.percent(up["level_rate_mean"]),
        down["pools_exhausted"],
        up["pools_exhausted"],
        _.money(down["closing_balance"]),
        _.money(up["closing_balance"]),
    )
