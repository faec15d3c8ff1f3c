"""Joint high and low cost, sub-periods of a longer run, and reverse stress."""

import math
from typing import Any

from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.languages.wording import marked
from fundpool.report.document.making import (
    bad_if,
    left,
    message,
    paragraph,
    right,
    row,
    sentences,
    spans,
    table,
)
from fundpool.report.document.model import Block, Detail, Heading, Section
from fundpool.report.sections.context import Context

ALTERNATIVE_WORDS = {
    "low_cost": marked("low cost"),
    "central": marked("central"),
    "high_cost": marked("high cost"),
}
MOST_FUNDS = 15
"""Funds with the smallest moves that are listed; the others stand in the detail below."""


def alternatives_section(context: Context) -> Section | None:
    """Joint alternatives, long range and reverse stress; None if the report has none of them."""
    blocks = [*_joint(context), *_long_range(context), *_reverse(context)]
    if not blocks:
        return None
    title = context.language("High and low cost, long range and reverse stress")
    return Section("alternatives", title, context.language("Alternatives"), tuple(blocks))


def _joint(context: Context) -> list[Block]:
    _, results = context.language, context.extras.alternatives
    if results.empty:
        return []
    lead = _(
        "All assumptions of the sensitivity table moved at once by their steps: for high cost each "
        "to the side that leaves funds with less money at the end, for low cost to the other. "
        "Neither is a forecast, and both together are no interval of a known probability."
    )
    columns = (
        left(_("scheme")), left(_("alternative")), right(_("run dry")),
        right(_("insured in them")), right(_("first in")), right(_("least reserve, months")),
        right(_("level rate")), right(_("held at the end"), "short"),
    )  # fmt: skip
    body = [
        row(
            context.titles[result["scheme"]],
            _(ALTERNATIVE_WORDS[result["alternative"]]),
            bad_if(result["pools_exhausted"] > 0, result["pools_exhausted"]),
            _.percent(result["persons_exhausted_share"], 0),
            _.year(result["first_exhaustion"]),
            _.number(result["min_reserve_months"]),
            _.percent(result["level_rate_mean"]),
            _.money(result["closing_balance"]),
        )
        for scheme in context.titles
        for result in results[results["scheme"] == scheme].to_dict("records")
    ]
    moves = results.loc[results["alternative"] == "high_cost", "moves"].iloc[0]
    return [
        Heading(spans(_("Joint high and low cost"))),
        paragraph(lead),
        table(columns, body),
        paragraph(message(_("High cost: <code>%(moves)s</code>."), moves=moves), soft=True),
    ]


def _long_range(context: Context) -> list[Block]:
    _, results = context.language, context.extras.long_range
    if results.empty:
        return []
    columns = (
        left(_("scheme")), right(_("years")), right(_("to")), right(_("income rate")),
        right(_("level rate")), right(_("actuarial balance")),
        right(_("insured whose fund is dry")), right(_("reserve at the end, months")),
        left(_("end is stable")),
    )  # fmt: skip
    body = [
        row(
            context.titles[result["scheme"]],
            result["period"],
            str(result["last_year"]),
            _.percent(result["income_rate"]),
            _.percent(result["level_rate"]),
            bad_if(result["actuarial_balance"] < 0, _.percent(result["actuarial_balance"])),
            _.percent(result["funds_dry"], 1),
            _.number(result["reserve_months"]),
            _("yes") if result["stable"] else _("no"),
        )
        for result in results.to_dict("records")
    ]
    words = _(
        "All funds of a scheme together, pooled by %(plan)s, from the start of the projection to "
        "the end of each period; rates are summarised over the period. The end is stable if "
        "reserve months do not fall in its last five years. Assumptions are held beyond the years "
        "that the case lists."
    ) % {"plan": context.worded(context.plans[0])}
    return [
        Heading(spans(_("Long range and sub-periods"))),
        table(columns, body),
        paragraph(words, soft=True),
    ]


def _reverse(context: Context) -> list[Block]:
    """The funds that the smallest moves empty, and all of them in a detail."""
    _, results = context.language, context.extras.reverse_stress
    if results.empty:
        return []
    lead = _(
        "The smallest joint move of wages, prices, interest, morbidity, moving and enrolment that "
        "empties a fund, as its distance from the central path in standard deviations: of all "
        "paths that empty it the likeliest. Each move was run: the fund is empty there, and holds "
        "at a move one hundredth shorter. Columns of drivers give their mean over the years in "
        "their own standard deviations. Funds pooled by %(plan)s."
    ) % {"plan": context.worded(context.plans[0])}
    blocks: list[Block] = [Heading(spans(_("Reverse stress"))), paragraph(lead)]
    columns = (
        left(_("fund")), right(_("move, standard deviations")),
        *(right(context.worded(name.replace("_", " "))) for name in DRIVERS),
    )  # fmt: skip
    for scheme, funds in results.groupby("scheme", sort=False):
        title = context.titles[str(scheme)]
        empty = int((funds["move"] == 0).sum())
        beyond = int(funds["move"].isna().sum())
        moved = funds[funds["move"] > 0].sort_values(["move", "pool"], kind="stable")
        counted = sentences(
            _("%(title)s: %(empty)s of %(all)s funds are empty on the central path, %(moved)s are "
              "emptied by a move of at most 10 standard deviations, %(beyond)s by none.")
            % {"title": title, "empty": empty, "all": len(funds), "moved": len(moved),
               "beyond": beyond},
            _("%(n)s moves are not verified: a shorter one empties the fund too, or this one does "
              "not quite.") % {"n": int((~moved["verified"]).sum())}
            if not moved["verified"].all() else None,
        )  # fmt: skip
        blocks.append(counted)
        rows = [_fund(context, fund) for fund in moved.to_dict("records")]
        if rows:
            blocks.append(table(columns, rows[:MOST_FUNDS], title))
        if len(rows) > MOST_FUNDS:
            words = _("Every fund of %(title)s that a move empties") % {"title": title}
            blocks.append(Detail(spans(words), (table(columns, rows),)))
    return blocks


def _fund(context: Context, fund: dict[Any, Any]) -> Any:
    _ = context.language
    means = [float(fund[f"{name}_mean"]) for name in DRIVERS]
    return row(
        context.name(fund["name"]),
        _.number(fund["move"], 2),
        *("–" if math.isnan(mean) else _.number(mean, 2) for mean in means),
    )
