"""The report's files: page, PDF and workbook of one result, beside its summary."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fundpool.languages import ENGLISH, Language
from fundpool.report.extras import Extras
from fundpool.report.page import report_page, report_title
from fundpool.report.pdf import Imprint, report_pdf
from fundpool.report.workbook import Contents, write_workbook
from fundpool.summary import as_json
from models.projection import Comparison


def write_report(
    folder: Path,
    comparison: Comparison,
    summary: Mapping[str, Any],
    extras: Extras,
    language: Language = ENGLISH,
) -> None:
    """Write ``report.html``, ``report.pdf``, ``report.xlsx`` and ``summary.json`` into a folder.

    All of them show the same comparison, summary and extras.
    """
    page = report_page(comparison, dict(summary), extras, language)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
    (folder / "report.pdf").write_bytes(report_pdf(page, _imprint(comparison, extras, language)))
    write_workbook(folder / "report.xlsx", workbook_contents(comparison, summary, extras, language))
    (folder / "summary.json").write_text(as_json(summary), encoding="utf-8", newline="\n")


def _imprint(comparison: Comparison, extras: Extras, language: Language) -> Imprint:
    case = comparison.study.case
    run = extras.identity.run if extras.identity else case.name
    footer = language("fundpool %(version)s; inputs %(inputs)s") % {
        "version": _version(), "inputs": case.inputs_sha256[:16],
    }  # fmt: skip
    return Imprint(
        title=report_title(comparison, language),
        run=run,
        footer=footer,
        year=case.base_year,
        language=language.code,
        annex=language("Annex"),
    )


def _version() -> str:
    import fundpool

    return fundpool.__version__


def workbook_contents(
    comparison: Comparison, summary: Mapping[str, Any], extras: Extras, language: Language
) -> Contents:
    """What the workbook shows of a report."""
    case = comparison.study.case
    identity = extras.identity
    facts = [
        (language("case"), f"{case.title} ({case.name})"),
        (language("base year"), str(case.base_year)),
        (language("currency"), case.currency),
        (language("inputs (SHA-256)"), case.inputs_sha256),
        (language("program"), f"fundpool {_version()}"),
        (language("alerts"), str(len(summary["alerts"]))),
    ]
    if identity is not None:
        facts += [(language("run"), identity.run), (language("command"), identity.command)]
    if extras.since is not None:
        facts.append((language("compared with run"), extras.since.run))
    notes = (
        language("Money is in the case's currency of each year, rates are shares; stocks stand at "
                 "the end of a year."),
        language("Totals, ratios, differences and checks are formulas; other numbers are results, "
                 "at full precision."),
        language("Sheet parameters holds every assumption with its source; what is assumed is "
                 "marked so."),
    )  # fmt: skip
    return Contents(
        title=report_title(comparison, language),
        facts=tuple(facts),
        notes=notes,
        parameters=case.assumptions(),
        inputs=case.table_sources(),
        results=comparison.tables | extras.tables,
        plans=tuple(comparison.projections),
        year=case.base_year,
        words=language,
    )
