"""Experience since the valuation."""

from fundpool.report.document.making import left, message, paragraph, right, row, table
from fundpool.report.document.model import Section
from fundpool.report.sections.calibration import PEOPLE
from fundpool.report.sections.context import Context


def experience_section(context: Context) -> Section | None:
    """Actual against expected, the furthest from one first; None without actual figures."""
    _ = context.language
    experience = context.extras.experience
    if experience.empty:
        return None
    lead = message(
        _("What came in and was paid, by the table <code>actuals</code> of the case, beside what "
          "the projection expected of the same months. Credibility says how far a fund's own ratio "
          "is believed: by Bühlmann and Straub where several funds have several periods, by the "
          "square-root rule where only the number of claims is known. The credible ratio mixes the "
          "fund's own with that of all funds, or with one.")
    )  # fmt: skip
    columns = (
        left(_("scheme")), left(_("fund")), left(_("what")), right(_("periods")),
        right(_("actual"), "short"), right(_("expected"), "short"), right(_("actual / expected")),
        right(_("credibility")), right(_("credible ratio")),
    )  # fmt: skip
    far = (experience["actual_to_expected"] - 1.0).abs()
    rows = []
    for result in experience.reindex(far.sort_values(ascending=False).index).to_dict("records"):
        written = _.people if result["measure"] in PEOPLE else _.money
        rows.append(
            row(
                context.titles[result["scheme"]],
                context.name(result["name"]),
                context.worded(result["measure"]),
                result["periods"],
                written(result["actual"]),
                written(result["expected"]),
                _.number(result["actual_to_expected"], 3),
                _.percent(result["credibility"], 0),
                _.number(result["credible_ratio"], 3),
            )
        )
    blocks = (paragraph(lead), table(columns, rows))
    return Section("experience", _("Experience since the valuation"), _("Experience"), blocks)
