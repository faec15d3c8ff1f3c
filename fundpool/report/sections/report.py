"""The solvency report as a document."""

from collections.abc import Mapping
from typing import Any

from fundpool.languages import ENGLISH, Language
from fundpool.models.projection.comparison import Comparison
from fundpool.report.document.making import message, spans
from fundpool.report.document.model import Document, Section, Span, Spans
from fundpool.report.extras import Extras
from fundpool.report.sections.account import account_section
from fundpool.report.sections.alternatives import alternatives_section
from fundpool.report.sections.answers import answers_section, levels_section
from fundpool.report.sections.assumptions import assumptions_section
from fundpool.report.sections.basis import basis_section
from fundpool.report.sections.calibration import calibration_section
from fundpool.report.sections.chance import chance_section
from fundpool.report.sections.change import change_section
from fundpool.report.sections.context import Context
from fundpool.report.sections.experience import experience_section
from fundpool.report.sections.formal import formal_section
from fundpool.report.sections.limitations import limitations_section
from fundpool.report.sections.migrants import migrants_section
from fundpool.report.sections.people import people_section
from fundpool.report.sections.plan import plan_section
from fundpool.report.sections.policies import policies_section
from fundpool.report.sections.provisions import provisions_section
from fundpool.report.sections.reproducibility import reproducibility_section
from fundpool.report.sections.scheme import scheme_section
from fundpool.report.sections.sensitivity import sensitivity_section
from fundpool.report.sections.solvency_tests import tests_section
from fundpool.report.sections.terms import terms_section
from fundpool.version import __version__


def report_document(
    comparison: Comparison,
    summary: Mapping[str, Any],
    extras: Extras | None = None,
    language: Language = ENGLISH,
) -> Document:
    """The report.

    Args:
        comparison: a case under several pooling plans; the first is what holds today.
        summary: what :func:`fundpool.summary.summary` says of it.
        extras: sections that not every report has.
        language: of words and numbers.
    """
    context = Context(comparison, summary, extras or Extras(), language)
    sections: list[Section | None] = [
        answers_section(context),
        levels_section(context),
        change_section(context),
        account_section(context),
        *(scheme_section(context, name) for name in context.titles),
        plan_section(context),
        policies_section(context),
        chance_section(context),
        tests_section(context),
        sensitivity_section(context),
        alternatives_section(context),
        migrants_section(context),
        people_section(context),
        calibration_section(context),
        experience_section(context),
        basis_section(context),
        provisions_section(context),
        assumptions_section(context),
        limitations_section(context),
        terms_section(context),
        reproducibility_section(context),
        formal_section(context),
    ]
    title = report_title(comparison, language)
    heading = spans(title)
    local = context.case.settings.title_local
    if local and not language.chinese:
        heading += spans(" ", Span(local, "soft", language="zh"))
    return Document(
        title=title,
        heading=heading,
        about=spans(_about(context)),
        sections=tuple(section for section in sections if section is not None),
        footer=_footer(context),
        language=language.code,
    )


def report_title(comparison: Comparison, language: Language) -> str:
    """Title of the report."""
    case, years = comparison.study.case, comparison.study.flows.years
    title = language("%(case)s: solvency of health-insurance funds, %(first)s–%(last)s")
    return title % {
        "case": language.title(case.settings), "first": int(years[1]), "last": int(years[-1]),
    }  # fmt: skip


def _about(context: Context) -> str:
    _, case, plans = context.language, context.case, context.plans
    return _(
        "%(n)s %(lowest)s, base year %(year)s, money in %(currency)s of each year; %(ways)s ways "
        "of pooling: %(plans)s."
    ) % {
        "n": len(case.regions.codes),
        "lowest": context.lowest,
        "year": case.base_year,
        "currency": context.worded(case.currency),
        "ways": len(plans),
        "plans": _(", ").join(context.worded(plan) for plan in plans),
    }


def _footer(context: Context) -> Spans:
    _, case = context.language, context.case
    return message(
        _("fundpool %(version)s; case <code>%(name)s</code>; inputs SHA-256 "
          "<code>%(digest)s</code>. This page holds everything it shows and asks nothing of the "
          "network."),
        version=__version__, name=case.name, digest=case.inputs_sha256,
    )  # fmt: skip
