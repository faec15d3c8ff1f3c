"""Pooling levels with the behaviour that was measured of them, as a range."""

from collections.abc import Iterable, Mapping
from typing import Any

from fundpool.report.document.making import (
    Row,
    bad_if,
    left,
    paragraph,
    right,
    row,
    sentences,
    spans,
    table,
)
from fundpool.report.document.making import label as status_label
from fundpool.report.document.model import Block, Heading, Listing
from fundpool.report.sections.context import Context
from fundpool.report.words.behaviour import (
    HELD_HERE,
    NOT_MEASURED,
    SIZE_WORDS,
    break_even_sentences,
    outside_columns,
    rows_of,
)
from fundpool.report.words.numbers import signed


def behaviour_blocks(context: Context) -> tuple[Block, ...]:
    """Results at none, half and all of the published size; nothing where none is published."""
    _, behaviour = context.language, context.summary["behaviour"]
    if not behaviour["results"]:
        return ()
    outside = outside_columns(context.last_year - context.first_year + 1, _)
    columns = (
        left(_("scheme")), left(_("pooled by")), left(_("behaviour")), left(_("status")),
        right(_("claims")), right(_("income")), right(_("funds")), right(_("run dry")),
        right(_("first in")), right(_("level rate")), *(right(head) for head in outside.values()),
    )  # fmt: skip
    plans = dict.fromkeys((each["scheme"], each["plan"]) for each in behaviour["break_even"])
    turns = [
        spans(f"{context.titles[scheme]}: " + (" " if not _.chinese else "").join(
            break_even_sentences(rows_of(behaviour["break_even"], scheme, plan), _)))
        for scheme, plan in plans
    ]  # fmt: skip
    pooling = context.case.settings.pooling
    sources = dict.fromkeys(
        effect.source
        for effect in (pooling.moral_hazard_published, pooling.collection_effort_published)
        if effect is not None
    )
    return (
        Heading(spans(_("Behaviour with pooling"))),
        table(columns, [_row(context, each, outside) for each in behaviour["results"]]),
        *([Listing(tuple(turns))] if turns else ()),
        sentences(
            _("Changes of claims and income a head where funds were merged, as measured. From "
              "outside: money at the start that keeps every fund at zero or above, a balance "
              "earning the rate of interest and a debt costing it."),
            _(HELD_HERE),
            _(NOT_MEASURED),
            soft=True,
        ),
        paragraph("; ".join(sources), soft=True),
    )  # fmt: skip


def _row(context: Context, each: Mapping[str, Any], outside: Iterable[str]) -> Row:
    """A row of the table, with money from outside in columns so named."""
    _, status = context.language, each["status"]
    changes = (each["claims_change"], each["income_change"])
    return row(
        context.titles[each["scheme"]],
        context.worded(each["plan"]),
        _(SIZE_WORDS[each["behaviour"]]),
        "–" if status is None else status_label(context.worded(status), status),
        *("–" if change is None else signed(_, change) for change in changes),
        each["pools"],
        bad_if(each["pools_exhausted"] > 0, each["pools_exhausted"]),
        _.year(each["first_exhaustion"]),
        _.percent(each["level_rate"]),
        *("–" if each[name] is None else _.money(each[name]) for name in outside),
    )
