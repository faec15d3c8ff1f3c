"""The report as a workbook: a sheet a table, live formulas, charts; the same bytes twice."""

from pathlib import Path

from fundpool.report.workbook.account_tables import account_sheet, budget_sheet
from fundpool.report.workbook.book import Book, Contents, spelt_columns
from fundpool.report.workbook.checks import Check, checks_of
from fundpool.report.workbook.sheets import (
    comparison_sheet,
    front_sheet,
    page_one_sheet,
    total_charts,
    waterfall_charts,
)


def write_workbook(file: Path, contents: Contents) -> None:
    """Write the workbook.

    Sheets: README, comparison (baseline, other, difference), parameters, inputs, a sheet for each
    result table, account and budget of each scheme, the numbers of the report's first page, checks.
    Numbers are numbers; totals, ratios, differences and checks are formulas that carry their value.
    """
    book = Book(file, contents)
    readme = book.book.add_worksheet("README")
    compared = book.book.add_worksheet("comparison")
    results = {name: frame for name, frame in contents.results.items() if len(frame.columns)}
    book.add_table("parameters", contents.parameters)
    book.add_table("inputs", contents.inputs)
    for name, frame in results.items():
        if name != "assumptions":
            book.add_table(name, frame)
    comparison_sheet(book, compared, results["overview"])
    total_charts(book, results["totals"])
    if "change" in results:
        waterfall_charts(book, results["change"])
    account_sheet(book, results["totals"])
    budget_sheet(book, results["totals"])
    page_one_sheet(book)
    _checks_sheet(book, checks_of(results, contents.plans))
    front_sheet(book, readme)
    readme.activate()
    book.book.close()


def _checks_sheet(book: Book, checks: list[Check]) -> None:
    sheet = book.book.add_worksheet("checks")
    sheet.write_row(
        0, 0, [book.word(h) for h in ("check", "found", "allowed", "result")], book.head
    )
    number = book.book.add_format({"num_format": "0.0E+00"})
    for row, check in enumerate(checks, start=1):
        sheet.write_string(row, 0, str(book.contents.words(check.what)))
        formula = spelt_columns(check.formula, book.places)
        sheet.write_formula(row, 1, "=" + formula, number, check.value)
        sheet.write_number(row, 2, check.allowed, number)
        met, failed = book.word("met"), book.word("failed")
        sheet.write_formula(
            row, 3, f'=IF(ABS(B{row + 1})<=C{row + 1},"{met}","{failed}")', None,
            met if abs(check.value) <= check.allowed else failed,
        )  # fmt: skip
    sheet.conditional_format(
        1, 3, max(len(checks), 1), 3,
        {"type": "cell", "criteria": "==", "value": f'"{book.word("failed")}"', "format": book.bad},
    )  # fmt: skip
    sheet.set_column(0, 0, 78)
    sheet.set_column(1, 3, 12)
    sheet.freeze_panes(1, 0)
