"""Actual and expected: published figures beside modelled ones."""

from fundpool.languages.wording import marked
from fundpool.report.document.making import (
    label,
    left,
    message,
    paragraph,
    right,
    row,
    spans,
    table,
)
from fundpool.report.document.model import Block, Listing, Section
from fundpool.report.sections.context import Context

MEASURES = {
    "contributions": marked("contributions (pooled)"),
    "account_credits": marked("credits to accounts"),
    "claims": marked("claims (pooled)"),
}
PEOPLE = ("participants", "contributors", "retirees")
"""Measures that count people; the others are money."""


def calibration_section(context: Context) -> Section:
    """Published figures beside modelled ones; sources numbered and listed once."""
    _ = context.language
    title = _("Actual and expected")
    return Section("calibration", title, title, tuple(_blocks(context)))


def _blocks(context: Context) -> list[Block]:
    _ = context.language
    published = context.comparison.study.actual_to_expected
    if published.empty:
        return [paragraph(_("The case gives no published fund totals; nothing was fitted."))]
    lead = message(
        _("Figures marked <em>fit</em> are met in the base year by one multiplier for each scheme "
          "and measure. Figures marked <em>compare</em> are never fitted: they show how far the "
          "projection lies from what was published later or for single places.")
    )  # fmt: skip
    columns = (
        left(_("scheme")), left(_("where")), right(_("year")), left(_("what")), left(_("use")),
        right(_("actual"), "short"), right(_("before fitting"), "short"), right(_("multiplier")),
        right(_("expected"), "short"), right(_("actual / expected")), left(_("status")),
        right(_("source")),
    )  # fmt: skip
    sources = list(dict.fromkeys(published["source"]))
    rows = []
    for figure in published.to_dict("records"):
        written = _.people if figure["measure"] in PEOPLE else _.money
        before = figure["before"]
        rows.append(
            row(
                context.worded(figure["scheme"]),
                context.name(figure["name"]),
                figure["year"],
                context.worded(MEASURES.get(figure["measure"], figure["measure"])),
                context.worded(figure["use"]),
                written(figure["actual"]),
                written(before) if before == before else "–",
                _.number(figure["multiplier"], 3),
                written(figure["expected"]),
                _.number(figure["ratio"], 3),
                label(context.worded(figure["status"]), figure["status"]),
                sources.index(figure["source"]) + 1,
            )
        )
    listed = Listing(tuple(spans(source) for source in sources), "sources")
    return [paragraph(lead), table(columns, rows), listed]
