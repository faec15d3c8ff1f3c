"""Formal parts: what a person states, dates, opinion and signature, as filled or empty slots."""

from fundpool.languages.wording import marked
from fundpool.report.document.making import Row, left, paragraph, row, spans, table
from fundpool.report.document.model import Block, Heading, Section, Span, Spans
from fundpool.report.sections.context import Context

COMMISSION = {
    "purpose": marked("scope and purpose"),
    "commissioned_by": marked("commissioned by"),
    "intended_users": marked("intended users"),
    "valuation_date": marked("valuation date"),
    "date_of_information": marked("information received until"),
    "date_of_report": marked("date of the report"),
    "later_events": marked("events after the valuation date"),
    "law_announced": marked("changes of the law announced, not in force"),
    "financing": marked("how the law sets rates"),
    "data_sufficiency": marked("sufficiency of the data, effect of their defects"),
    "sources_read": marked("sources read, and sought without success"),
    "assumptions_set_by": marked("assumptions set by"),
    "mandated": marked("assumptions that the law demands"),
    "prudence": marked("neutral or prudent assumptions"),
    "reliances": marked("reliance on the work of others"),
    "model_owner": marked("owner of the model"),
    "approved_by": marked("model and limits approved by"),
    "reviewed_by": marked("reviewed by"),
    "review": marked("result of the review"),
}
"""Slots of the commission, with their names."""
OPINION = {
    "opinion_data": marked("opinion on the data"),
    "opinion_assumptions": marked("opinion on the assumptions"),
    "opinion_method": marked("opinion on the method"),
    "compliance": marked("statement of compliance"),
    "prepared_by": marked("responsible actuary"),
    "qualification": marked("qualification"),
    "signed_on": marked("signed on"),
}
"""Slots above the signature, with their names."""
LINE = "________________"


def formal_section(context: Context) -> Section:
    """Commission and dates; opinion and signature."""
    _ = context.language
    title = _("Commission, opinion and signature")
    lead = _(
        "What stands here is stated by the persons named, in the section report of the case; the "
        "program computes none of it. An empty line is a slot that nobody has filled."
    )
    signed = context.case.settings.report.signed_on
    state = (
        _("Signed on %(day)s by %(name)s.")
        % {"day": signed, "name": filled(context, "prepared_by") or LINE}
        if signed
        else _("This report is not signed.")
    )
    columns = (left(_("what"), "named"), left(_("statement"), "wide"))
    blocks: tuple[Block, ...] = (
        paragraph(lead),
        table(columns, _rows(context, COMMISSION)),
        Heading(spans(_("Opinion and signature"))),
        paragraph(Span(state, "strong" if signed else "bad")),
        table(columns, [*_rows(context, OPINION), row(_("signature"), Span(LINE, "soft"))]),
    )
    return Section("formal", title, _("Signature"), blocks)


def filled(context: Context, slot: str) -> str:
    """What stands in a slot, in the reader's language where the case has it; blank if empty."""
    if slot == "valuation_date":
        return f"{context.case.base_year}-12-31"
    return context.case.settings.report.text(slot, context.language.chinese)


def statements(context: Context) -> list[tuple[str, str]]:
    """Every slot as a pair of its name and what stands in it, blank where nothing does."""
    slots = COMMISSION | OPINION
    return [(context.language(words), filled(context, slot)) for slot, words in slots.items()]


def decisions_due(context: Context) -> list[Spans]:
    """What must be decided, by whom and until when, an item each."""
    _, local = context.language, context.language.chinese
    said = []
    for item in context.case.settings.report.decisions:
        words = {
            "what": (item.what_local if local else "") or item.what,
            "by": (item.by_local if local else "") or item.by,
            "due": item.due,
        }
        text = _("%(what)s: %(by)s, by %(due)s") if item.due else _("%(what)s: %(by)s")
        said.append(spans(text % words))
    return said


def _rows(context: Context, slots: dict[str, str]) -> list[Row]:
    rows = []
    for slot, words in slots.items():
        text = filled(context, slot)
        rows.append(row(context.language(words), text or Span(LINE, "soft")))
    return rows
