"""Statements as rows of text, by the readers that cases are read with."""

from dataclasses import dataclass
from pathlib import Path

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.sources import csv_rows
from fundpool.inputs.format.workbooks import workbook_cells


@dataclass(frozen=True)
class Sheet:
    """A table of a statement.

    Attributes:
        place: the file, with the sheet of a workbook that has several.
        name: of the sheet; empty for a CSV file.
        rows: cells as text, trimmed; the first is row 1 of the file.
    """

    place: str
    name: str
    rows: list[list[str]]


def read_sheets(path: Path, encoding: str) -> tuple[list[Sheet], list[Finding]]:
    """Every sheet of a statement that holds something, and what cannot be read."""
    raw = RawCase(path.name)
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx") or not path.is_file():
        expected = Message("a statement as CSV file or .xlsx workbook")
        mend = Message("Check the name; save a file of another kind as CSV.")
        return [], [Finding.of_file(path.name, expected, mend)]
    if kind == ".csv":
        rows = csv_rows(raw, path, path.name, encoding)
        tables = {} if rows is None else {"": rows}
    else:
        tables = workbook_cells(raw, path) or {}
    sheets = []
    for name, rows in tables.items():
        trimmed = [[cell.strip() for cell in row] for row in rows]
        if any(any(row) for row in trimmed):
            place = f"{path.name}:{name}" if len(tables) > 1 else path.name
            sheets.append(Sheet(place, name, trimmed))
    if not sheets and not raw.findings:
        raw.findings.append(
            Finding.of_file(
                path.name, Message("a header and rows"), Message("The file is empty; fill it.")
            )
        )
    return sheets, raw.findings
