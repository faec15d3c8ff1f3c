"""The report's files: page, PDF, workbook and Word document of one result, beside its summary."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.files.writing import reason
from fundpool.languages import ENGLISH, Language
from fundpool.languages.numbers import plain_number
from fundpool.models.analysis.own_shares import care_by_place
from fundpool.models.projection.comparison import Comparison
from fundpool.places import places_compared
from fundpool.report.document.html import html_page
from fundpool.report.document.model import Document
from fundpool.report.docx_file import report_docx
from fundpool.report.extras import Extras
from fundpool.report.imprint import Imprint
from fundpool.report.pdf import report_pdf
from fundpool.report.sections.answers import page_figures
from fundpool.report.sections.context import Context
from fundpool.report.sections.formal import statements
from fundpool.report.sections.report import report_document, report_title
from fundpool.report.words.cover import benefit_labels, cover_labels, payer_labels
from fundpool.report.workbook.book import Contents
from fundpool.report.workbook.workbook import write_workbook
from fundpool.summary import as_json
from fundpool.version import __version__


@dataclass(frozen=True)
class Report:
    """What every file of a report shows.

    Attributes:
        comparison: pooling plans side by side.
        summary: contents of summary.json.
        extras: everything beside the comparison.
        language: of all files.
    """

    comparison: Comparison
    summary: Mapping[str, Any]
    extras: Extras
    language: Language = ENGLISH

    @cached_property
    def document(self) -> Document:
        """What page, PDF and Word document say."""
        return report_document(self.comparison, self.summary, self.extras, self.language)


def _write_page(file: Path, report: Report) -> None:
    file.write_text(html_page(report.document), encoding="utf-8", newline="\n")


def _write_pdf(file: Path, report: Report) -> None:
    file.write_bytes(report_pdf(report.document, _imprint(report)))


def _write_docx(file: Path, report: Report) -> None:
    file.write_bytes(report_docx(report.document, _imprint(report)))


def _write_workbook(file: Path, report: Report) -> None:
    contents = workbook_contents(report.comparison, report.summary, report.extras, report.language)
    write_workbook(file, contents)


Writer = Callable[[Path, Report], None]

WRITERS: Mapping[str, Writer] = {
    "html": _write_page,
    "pdf": _write_pdf,
    "xlsx": _write_workbook,
    "docx": _write_docx,
}
"""Formats of the report: ending of the file to what writes it."""
BESIDE = ("xlsx",)
"""Formats that a second thread writes: setting the PDF lets it run."""
DEFAULT_FORMATS = ("html", "pdf", "xlsx")
"""Formats that are written where none are named."""


def file_name(ending: str) -> str:
    """The report's file of a format."""
    return f"report.{ending}"


def write_report(
    folder: Path,
    comparison: Comparison,
    summary: Mapping[str, Any],
    extras: Extras,
    language: Language = ENGLISH,
    formats: Sequence[str] = DEFAULT_FORMATS,
) -> list[dict[str, str]]:
    """Write a report's files, each without regard to the others, and ``summary.json``.

    Args:
        folder: where to; it exists.
        comparison: pooling plans side by side.
        summary: contents of summary.json.
        extras: everything beside the comparison.
        language: of all files.
        formats: which files, keys of :data:`WRITERS`.

    Returns:
        ``failed_outputs`` of summary.json: file and reason of each that could not be written.
        Nothing of it is left.

    Raises:
        OSError: summary.json cannot be written.
    """
    report = Report(comparison, summary, extras, language)
    with ThreadPoolExecutor(max_workers=1) as thread:
        beside = {e: thread.submit(_failure, folder, e, report) for e in formats if e in BESIDE}
        failures = {e: _failure(folder, e, report) for e in formats if e not in BESIDE}
        failures |= {ending: waited_for.result() for ending, waited_for in beside.items()}
    failed = [failure for ending in formats if (failure := failures[ending]) is not None]
    contents = as_json({**summary, "failed_outputs": failed})
    (folder / "summary.json").write_text(contents, encoding="utf-8", newline="\n")
    return failed


def _failure(folder: Path, ending: str, report: Report) -> dict[str, str] | None:
    """Write a file; what ``failed_outputs`` says of it, None where nothing went wrong."""
    file = folder / file_name(ending)
    try:
        WRITERS[ending](file, report)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # panics of the libraries written in Rust are not among the Exceptions
        file.unlink(missing_ok=True)
        return {"file": file.name, "reason": _without(folder, reason(error))}
    return None


def _without(folder: Path, text: str) -> str:
    """A text without the name of the unfinished folder, which is another in every run."""
    return text.replace(f"{folder}{os.sep}", "").replace(str(folder), "the folder")


def _imprint(report: Report) -> Imprint:
    case = report.comparison.study.case
    extras, language = report.extras, report.language
    run = extras.identity.run if extras.identity else case.name
    footer = language("fundpool %(version)s; inputs %(inputs)s") % {
        "version": __version__, "inputs": case.inputs_sha256[:16],
    }  # fmt: skip
    return Imprint(
        run=run,
        footer=footer,
        year=case.base_year,
        more=language("More on the next sheet."),
        continued=language("First page, continued"),
        annex=language("Annex"),
        contents=language("Contents"),
    )


def _decision_tables(context: Context) -> dict[str, pd.DataFrame]:
    """What the first page is worked out from, and its figures, by name of the sheet."""
    comparison, figures = context.comparison, context.summary["decision"]
    risk = context.extras.risk
    tables = {
        "places": places_compared(comparison.projections),
        "care": care_by_place(comparison.study, context.first_year),
        "care_away": context.care_away,
        "alerts": pd.DataFrame(context.summary["alerts"]),
        "provider_payments": next(iter(comparison.projections.values())).provider_payments,
    }
    if risk is not None:
        names = ["plan", "scheme", "any_ruin", "any_ruin_error"]
        tables["scenario_shares"] = risk.overview[names].assign(scenarios=risk.run.scenarios)
    names_of_parts = {"now": "funds_now", "plans": "decision", "next_years": "money_lacking",
                      "government": "government", "own_share": "own_share"}  # fmt: skip
    tables |= {name: pd.DataFrame(figures[part]) for part, name in names_of_parts.items()}
    behaviour = context.summary["behaviour"]
    tables |= {
        "behaviour": pd.DataFrame(behaviour["results"]),
        "break_even": pd.DataFrame(behaviour["break_even"]),
    }
    return {name: table for name, table in tables.items() if not table.empty}


def _formal_tables(context: Context) -> dict[str, pd.DataFrame]:
    """Formal parts as tables, by name; those without rows are left out."""
    figures = context.summary["formal"]
    provisions = pd.DataFrame(figures["provisions"])
    if not provisions.empty:
        provisions["by_year"] = [
            "; ".join(f"{year}: {plain_number(value)}" for year, value in years.items())
            for years in provisions["by_year"]
        ]
    tables = {
        "formal": pd.DataFrame(statements(context), columns=["what", "statement"]),
        "provisions": provisions,
        **{name: pd.DataFrame(figures[name]) for name in
           ("decisions", "warning_bands", "budgets", "rate_errors")},
    }  # fmt: skip
    return {name: table for name, table in tables.items() if not table.empty}


def workbook_contents(
    comparison: Comparison, summary: Mapping[str, Any], extras: Extras, language: Language
) -> Contents:
    """What the workbook shows of a report."""
    case = comparison.study.case
    context = Context(comparison, summary, extras, language)
    identity = extras.identity
    facts = [
        (language("case"), f"{case.title} ({case.name})"),
        (language("base year"), str(case.base_year)),
        (language("currency"), case.currency),
        (language("inputs (SHA-256)"), case.inputs_sha256),
        (language("program"), f"fundpool {__version__}"),
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
        results=comparison.tables
        | _decision_tables(context)
        | _formal_tables(context)
        | extras.tables,
        plans=tuple(comparison.projections),
        year=case.base_year,
        page_one=page_figures(context),
        words=language,
        titles=context.titles,
        currency=case.currency,
        labels={
            **cover_labels(case, language),
            **payer_labels(case, language),
            **benefit_labels(case, language),
            "registered": language("people whose home it is"),
            "points": language("claims in points"),
            "counties": language.plural(case.levels[0], stated=case.settings.plurals),
        },
    )
