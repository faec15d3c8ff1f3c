"""People and their cover in some years."""

from fundpool.report.document.making import right, row, table
from fundpool.report.document.model import Section
from fundpool.report.sections.context import Context


def people_section(context: Context) -> Section:
    """Population and cover of the whole case every five years."""
    _ = context.language
    projection = next(iter(context.comparison.projections.values()))
    totals = projection.people.groupby("year").sum(numeric_only=True).reset_index()
    first, last = int(totals["year"].min()), int(totals["year"].max())
    shown = sorted({first, last, *range(first, last, 5)})
    heads = {
        "persons": _("residents"),
        "registered": _("registered"),
        "none": _("no cover"),
        "home_resident": _("resident scheme, at home"),
        "local_resident": _("resident scheme, local"),
        "employee": _("employee scheme"),
        "dual": _("both"),
        "retired": _("retired members"),
        "retired_elsewhere": _("retired, elsewhere"),
    }
    unit = 1e4 if _.chinese else 1e6
    rows = [
        row(year["year"], *(_.number(year[key] / unit, 2) for key in heads))
        for year in totals[totals["year"].isin(shown)].to_dict("records")
    ]
    columns = [right(_("year")), *(right(words) for words in heads.values())]
    block = table(columns, rows, _("Millions, end of the year"))
    return Section("people", _("People and their cover"), _("People"), (block,))
