"""What changed since the previous report, step by step."""

import pandas as pd

from fundpool.models.analysis.change import COLUMNS, MEASURES
from fundpool.report.charts.changes import waterfall
from fundpool.report.document.making import (
    figure,
    left,
    message,
    paragraph,
    right,
    row,
    sentences,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import Block, Detail, Heading, Section, Width
from fundpool.report.sections.context import Context
from fundpool.report.words.vocabulary import MEASURE_WORDS

ROUNDING = 1e-9
"""Relative movement that is no movement."""

MOST_MOVERS = 10
"""Funds listed whose level rate moved most."""


def change_section(context: Context) -> Section | None:
    """The movement since the previous run; None without one."""
    _, since = context.language, context.extras.since
    if since is None:
        return None
    blocks = [paragraph(since.trouble)] if since.trouble else _movements(context)
    return Section(
        "change", _("What changed since the previous report"), _("Changes"), tuple(blocks)
    )


def _movements(context: Context) -> list[Block]:
    _, since = context.language, context.extras.since
    assert since is not None
    table = since.table if len(since.table.columns) else pd.DataFrame(columns=COLUMNS)
    blocks: list[Block] = []
    whole = table[table["pool"] == ""]
    for scheme, title in context.titles.items():
        for measure in MEASURES:
            rows = whole[(whole["scheme"] == scheme) & (whole["measure"] == measure)]
            if not rows.empty:
                blocks += _movement(context, rows, title)
    lead = message(
        _("The previous run is <code>%(run)s</code>, valued at the end of %(year)s. Its figures "
          "are turned into those of this run one step at a time, in the order method, passage of "
          "time, data, assumptions, rules, responses and shocks. A step is charged with what the "
          "figures move by when it is taken; another order would charge other amounts, the sum is "
          "the same."),
        run=since.run, year=since.base_year,
    )  # fmt: skip
    nothing = paragraph(_("Nothing moved: every figure is that of the previous run."))
    return [paragraph(lead), *(blocks or [nothing]), *_movers(context, table)]


def _movement(context: Context, moves: pd.DataFrame, title: str) -> list[Block]:
    """Steps of one scheme and measure; nothing if none moves it."""
    _ = context.language
    scheme, measure = str(moves["scheme"].iloc[0]), str(moves["measure"].iloc[0])
    percent = measure == "level_rate"
    moves = moves[_moves(moves) | (moves["kind"] == "total")]
    if len(moves) == 1:
        return []

    def written(value: float) -> str:
        return _.percent(value, 3) if percent else _.money(value)

    width: Width = "" if percent else "short"
    columns = (
        left(_("step")),
        *(right(words, width) for words in (_("before"), _("after"), _("change"))),
    )
    rows = [
        row(
            context.worded(step["step"]),
            *(written(step[key]) for key in ("before", "after", "change")),
        )
        for step in moves[moves["kind"] == "step"].to_dict("records")
    ]
    total = moves[moves["kind"] == "total"].to_dict("records")[0]
    steps = moves[moves["kind"] == "step"]
    largest = steps.iloc[int(steps["change"].abs().to_numpy().argmax())]
    sentence = _(
        "It went from %(before)s to %(after)s; the step that moved it most is %(step)s, by "
        "%(change)s."
    ) % {
        "before": written(total["before"]), "after": written(total["after"]),
        "step": context.worded(largest["step"]), "change": written(largest["change"]),
    }  # fmt: skip
    rows.append(
        row(strong(_("movement")), written(total["before"]), written(total["after"]),
            strong(written(total["change"])))
    )  # fmt: skip
    drawing = context.drawing(
        waterfall(moves, _, context.case.currency, percent), f"change-{scheme}-{measure}"
    )
    caption = sentences(
        _("Dark: a rise; light: a fall; grey: the figures of the two runs."),
        _("The axis does not begin at zero.") if percent else None,
    )
    heading = _("%(scheme)s: %(measure)s") % {
        "scheme": title, "measure": context.worded(MEASURE_WORDS[measure]),
    }  # fmt: skip
    return [
        Heading(spans(heading)),
        paragraph(sentence),
        figure(drawing, caption.spans),
        table(columns, rows),
    ]


def _moves(rows: pd.DataFrame) -> pd.Series:
    """Steps of one scheme and measure that move more than rounding does."""
    size = float(rows[["before", "after"]].abs().to_numpy().max())
    return (rows["kind"] == "step") & (rows["change"].abs() > ROUNDING * size)


def _movers(context: Context, changes: pd.DataFrame) -> list[Block]:
    """Funds whose level rate moved most."""
    _ = context.language
    movers = changes[
        (changes["kind"] == "total")
        & (changes["pool"] != "")
        & (changes["measure"] == "level_rate")
    ]
    movers = movers[movers["change"].abs() > ROUNDING]
    movers = movers.reindex(movers["change"].abs().sort_values(ascending=False).index)
    movers = movers.head(MOST_MOVERS)
    if movers.empty:
        return []
    columns = (
        left(_("scheme")), left(_("fund")), right(_("before")), right(_("after")),
        right(_("change")),
    )  # fmt: skip
    rows = [
        row(
            context.titles[mover["scheme"]],
            context.name(mover["name"]),
            *(_.percent(mover[key]) for key in ("before", "after", "change")),
        )
        for mover in movers.to_dict("records")
    ]
    return [Detail(spans(_("Funds whose level rate moved most")), (table(columns, rows),))]
