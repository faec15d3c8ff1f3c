"""Purpose, data and method."""

from fundpool.report.document.making import paragraph, sentences, spans
from fundpool.report.document.model import Block, Heading, Listing, Section
from fundpool.report.sections.context import Context


def basis_section(context: Context) -> Section:
    """What the report is for, what it rests on and how it was computed."""
    _ = context.language
    title = _("Purpose, data and method")
    purpose = _(
        "This report values the pooled funds of health insurance in %(title)s over the years "
        "%(first)s to %(last)s: whether each fund can pay what it owes, until when, what rate "
        "would keep it solvent, and what pooling at another level would change. Its contents are "
        "chosen after ISAP 2 (financial analysis of social security programs, International "
        "Actuarial Association); the program claims compliance with no standard. What the "
        "responsible persons state, and whether they signed, stands under the last heading. "
        "It is not an opinion on the adequacy of benefits."
    ) % {"title": context.case_title, "first": context.first_year, "last": context.last_year}
    method = _(
        "People are projected by home, residence, sex, single age and cover, year by year: "
        "survival, births, moves as competing hazards, changes of cover as a continuous-time "
        "Markov chain. Their care is priced where it is given, from frequency by age and a "
        "distribution of cost, and charged to the fund that insures them by its benefit formula. "
        "Contributions follow wages between floor and ceiling; premiums and subsidies their own "
        "index. Claims are paid by a lag pattern; what is unpaid is owed. Flows fall at mid-year; "
        "a balance earns interest. Base-year contributions and claims are scaled to published "
        "totals where there are any."
    )
    blocks = (
        Heading(spans(_("Purpose"))),
        paragraph(purpose),
        *_data(context),
        Heading(spans(_("Method"))),
        paragraph(method),
    )
    return Section("basis", title, title, blocks)


def _data(context: Context) -> list[Block]:
    """What the case holds, and what checks of it and of the result found."""
    _, warnings = context.language, context.extras.warnings
    sources = context.case.table_sources()
    holds = _(
        "The case holds %(count)s tables with %(rows)s rows; where each comes from, and whether it "
        "is published, derived or assumed, stands under assumptions and sources. Every cell was "
        "checked for type and range, every name for what it refers to, shares for their sums, "
        "people for consistency between tables, before anything was computed."
    ) % {"count": len(sources), "rows": f"{int(sources['rows'].sum()):,}"}
    if warnings:
        outcome = _.ngettext(
            "The check left a warning.", "The check left %(n)s warnings.", len(warnings)
        ) % {"n": len(warnings)}
    else:
        outcome = _("The check found nothing to mend.")
    checks = _(
        "Checks of the result: people are counted by home and residence, and every year's end is "
        "its start less deaths, plus births and moves; %(agreement)s."
    ) % {"agreement": context.income_agreement}
    return [
        Heading(spans(_("Data and checks"))),
        sentences(holds, outcome),
        *([Listing(tuple(spans(line) for line in warnings))] if warnings else []),
        paragraph(checks),
    ]
