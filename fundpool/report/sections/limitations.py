"""Limitations."""

from fundpool.report.document.making import paragraph, sentences
from fundpool.report.document.model import Block, Section
from fundpool.report.sections.context import Context


def limitations_section(context: Context) -> Section:
    """What the projection does not say."""
    _, title = context.language, context.language("Limitations")
    projection = _(
        "The projection is not a forecast: it says what follows from the data and assumptions "
        "listed here. Rules and behaviour stay as they are at the base year unless the case says "
        "otherwise. Deductibles and ceilings act on a claim, not on a person's year. Funds outside "
        "the case are not modelled: what they pay for people whose home is there shows as the "
        "people's own share."
    )
    one_path = _(
        "One path of wages, prices and interest is shown; the sensitivity table says what other "
        "values would do, not how likely they are."
    )
    assumptions = context.case.assumptions()
    share = _(
        "%(assumed)s of the %(all)s assumptions are assumed, not read in a source: they carry the "
        "conclusions until better figures replace them."
    ) % {"assumed": int((assumptions["status"] == "assumed").sum()), "all": len(assumptions)}
    blocks: tuple[Block, ...] = (
        sentences(projection, None if context.summary["scenarios"] else one_path),
        paragraph(share),
    )
    return Section("limitations", title, title, blocks)
