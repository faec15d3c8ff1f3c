"""How a scheme pays providers otherwise than by claim: budgets, claims priced, who bears the rest.

Claims less the budget are what the fund bears beyond it and what providers are not paid.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.languages.wording import marked
from fundpool.report.document.making import bad_if, left, right, row, spans, table
from fundpool.report.document.model import Block, Column, Detail, Heading
from fundpool.report.sections.context import Context

METHODS = {
    "case_group": marked("case groups"),
    "budget": marked("budget"),
    "capitation": marked("capitation"),
}
MONEY = ("claims", "budget", "points", "paid", "borne_by_providers")


def provider_blocks(context: Context, scheme: str) -> list[Block]:
    """Budgets of a scheme every five years, and of every region; nothing where it pays by claim."""
    _ = context.language
    projection = next(iter(context.comparison.projections.values()))
    paid = projection.provider_payments
    paid = paid[paid["scheme"] == scheme]
    if paid.empty:
        return []
    first, last = context.first_year, context.last_year
    shown = paid[paid["year"].isin([first, last, *range(first, last, 5)])]
    caption = _(
        "Claims as priced by the benefit rules; a point is a claim at prices of %(year)s, worth "
        "the budget over the points. Claims less the budget are what the fund bears beyond it "
        "and what providers are not paid; where negative, what the fund or providers keep."
    ) % {"year": context.case.base_year}
    groups = ["service", "method", "year"]
    blocks: list[Block] = [
        Heading(spans(_("What providers are paid under budgets"))),
        table(_columns(context, left(_("service"))), [
            row(context.worded(str(each["service"]).replace("_", " ")), *_cells(context, each))
            for each in _summed(shown, groups)
        ], caption),
    ]  # fmt: skip
    if paid["region"].nunique() > 1:
        details = shown[shown["year"].isin([first, last])]
        words = _("Every region with a budget of its own (%(n)s)") % {"n": paid["region"].nunique()}
        columns = _columns(context, left(_("region")), left(_("service")))
        rows = [
            row(
                context.place(str(each["region"])),
                context.worded(str(each["service"]).replace("_", " ")),
                *_cells(context, each),
            )
            for each in _summed(details, ["region", *groups])
        ]
        blocks.append(Detail(spans(words), (table(columns, rows),)))
    return blocks


def _summed(paid: pd.DataFrame, keys: list[str]) -> list[dict[Hashable, Any]]:
    """Sums of money by service, method and year, in the order in which they come."""
    sums = paid.groupby(keys, as_index=False, sort=False)[list(MONEY)].sum()
    return sums.to_dict("records")


def _columns(context: Context, *places: Column) -> tuple[Column, ...]:
    _ = context.language
    return (
        *places, left(_("paid by")), right(_("year")), right(_("claims priced")),
        right(_("budget")), right(_("value of a point")), right(_("paid by the fund")),
        right(_("of that, beyond the budget")), right(_("not paid to providers")),
        right(_("share of claims paid")),
    )  # fmt: skip


def _cells(context: Context, each: dict[Hashable, Any]) -> list[Any]:
    """Cells of a row from the method on."""
    _ = context.language
    by_points = each["method"] == "case_group"
    value = float(ratio(np.array(each["budget"]), np.array(each["points"]), np.nan))
    share = float(ratio(np.array(each["paid"]), np.array(each["claims"]), np.nan))
    borne = float(each["borne_by_providers"])
    return [
        _(METHODS[each["method"]]),
        str(each["year"]),
        _.money(each["claims"]),
        _.money(each["budget"]),
        _.number(value, 4) if by_points else "–",
        _.money(each["paid"]),
        _.money(each["paid"] - each["budget"]),
        bad_if(borne > 0, _.money(borne)),
        _.percent(share, 1),
    ]
