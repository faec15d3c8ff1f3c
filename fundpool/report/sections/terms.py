"""Terms of the report."""

from fundpool.report.document.making import message, paragraph
from fundpool.report.document.model import Section
from fundpool.report.sections.context import Context


def terms_section(context: Context) -> Section:
    """What the report's terms mean."""
    _, title = context.language, context.language("Terms")
    words = message(
        _("<strong>Runs dry</strong>: the first year whose end finds a negative balance; nobody is "
          "assumed to step in, so later balances are debts. <strong>Reserve months</strong>: "
          "balance less claims owed, in months of the next year's outgo. <strong>Pay-as-you-go "
          "rate</strong>: outgo less subsidies and other income beside contributions, over the "
          "contribution base of the year. "
          "<strong>Level rate</strong>: the constant rate that, with the opening balance and "
          "interest, pays for all projected years and ends at the target reserve. "
          "<strong>Actuarial balance</strong>: the rate collected less the level rate. "
          "<strong>10-year test</strong>: at the target reserve throughout, or, if below it at the "
          "start, there within five years and from then on.")
    )  # fmt: skip
    return Section("terms", title, title, (paragraph(words),))
