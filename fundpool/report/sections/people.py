"""People and their cover in some years."""

from fundpool.report.document.making import right, row, table
from fundpool.report.document.model import Section
from fundpool.report.sections.context import Context
from fundpool.report.words.cover import people_labels, statuses_shown

SHOWN = (
    "persons", "registered", "none", "home_resident", "local_resident", "employee", "migrant",
    "rural_resident", "dual", "retired", "retired_elsewhere",
)  # fmt: skip
"""Columns of people, those of statuses only where a scheme covers them."""


def people_section(context: Context) -> Section:
    """Population and cover of the whole case every five years."""
    _ = context.language
    projection = next(iter(context.comparison.projections.values()))
    totals = projection.people.groupby("year").sum(numeric_only=True).reset_index()
    first, last = int(totals["year"].min()), int(totals["year"].max())
    shown = sorted({first, last, *range(first, last, 5)})
    labels = people_labels(context.case, _)
    heads = {name: labels[name] for name in statuses_shown(context.case, SHOWN)}
    unit = 1e4 if _.chinese else 1e6
    rows = [
        row(year["year"], *(_.number(year[key] / unit, 2) for key in heads))
        for year in totals[totals["year"].isin(shown)].to_dict("records")
    ]
    columns = [right(_("year")), *(right(words) for words in heads.values())]
    block = table(columns, rows, _("Millions, end of the year"))
    return Section("people", _("People and their cover"), _("People"), (block,))
