"""A case as read: cells as text, settings as they stand, and what could not be read."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.sheets import in_sheets

NO_RESULT = "#FORMULA!"
"""Text of a cell whose formula has no stored result."""


ERROR_CELL = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|GETTING_DATA|FORMULA!)"
)
"""Errors that spreadsheets write into cells."""


def error_cell_mend(text: str) -> Message:
    """What to do about a cell that holds an error of a spreadsheet."""
    if text == NO_RESULT:
        return Message("The formula has no result: open and save the workbook in a spreadsheet.")
    return Message("It is an error of a spreadsheet: correct the formula, or empty the cell.")


MOST_FAULTY_ROWS = 100
"""Rows of another length than the header that are listed."""


@dataclass(frozen=True)
class RawTable:
    """A table as text: cells trimmed, blanks empty.

    Attributes:
        file: where it came from.
        cells: a column of text each, index 0 ... rows-1; columns of numbers in a Parquet file
            stay numbers.
        first_row: line of the file in which the first row stands.
    """

    file: str
    cells: pd.DataFrame
    first_row: int = 2


@dataclass
class RawCase:
    """A case as found.

    Attributes:
        origin: name of the folder or workbook.
        settings: contents of case.toml; None if it cannot be read.
        schemes: contents of the scheme files by name.
        policies: contents of the policy files by name.
        tables: tables by name.
        findings: what could not be read.
        digests: SHA-256 of every part that was read, by its name within the case.
        ranges: contents of ranges.toml, on which no result depends; None without that file.
        boundaries: contents of boundaries.geojson, likewise.
        workbook: whether its parts are sheets of a workbook.
    """

    origin: str
    settings: dict[str, Any] | None = None
    schemes: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, RawTable] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, Any] | None = None
    boundaries: Any = None
    workbook: bool = False

    def placed(self, findings: list[Finding]) -> list[Finding]:
        """Findings that name the sheets of a workbook, where it is one, in place of files."""
        if not self.workbook:
            return findings
        return [
            replace(finding, file=in_sheets(finding.file), mend=finding.mend.with_texts(in_sheets))
            for finding in findings
        ]


def keep_digest(raw: RawCase, name: str, contents: bytes) -> None:
    """Note the digest of a part as it was read."""
    raw.digests[name] = hashlib.sha256(contents).hexdigest()


def framed(
    raw: RawCase, name: str, rows: list[list[str]], required: bool = True
) -> pd.DataFrame | None:
    """Rows of text with a header as a table; blank rows at the end are dropped.

    Args:
        raw: the case, which takes what is wrong with them.
        name: file or sheet.
        rows: cells as text.
        required: whether there must be a row.
    """
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raw.findings.append(
            Finding.of_file(
                name, Message("a header and rows"), Message("The file is empty; fill it.")
            )
        )
        return None
    header = [cell.strip() for cell in rows[0]]
    while header and not header[-1] and all(len(row) < len(header) or not row[len(header) - 1]
                                            for row in rows[1:]):  # fmt: skip
        header.pop()
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    for column in twice:
        raw.findings.append(
            Finding(
                name,
                1,
                column or None,
                column,
                Message("each column once"),
                Message("Remove one of them."),
            )
        )
    if twice:
        return None
    if len(rows) == 1 and required:
        raw.findings.append(
            Finding.of_file(
                name, Message("at least one row"), Message("There is only a header; fill it.")
            )
        )
    body, whole, faulty = [], True, 0
    for row_number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        extra = cells[len(header) :]
        if any(extra) or len(cells) < len(header):
            whole = False
            faulty += 1
            if faulty > MOST_FAULTY_ROWS:
                raw.findings.append(
                    Finding.of_file(name,
                                    Message("%(cells)s cells in every row", cells=len(header)),
                                    Message("More rows are like this; only the first are listed."))
                )  # fmt: skip
                break
            raw.findings.append(
                Finding(name, row_number, None, f"{len(cells)} cells",
                        Message("%(cells)s cells", cells=len(header)),
                        Message("Put text that holds a comma in quotes, or add what is missing."))
            )  # fmt: skip
        body.append(cells[: len(header)])
    if not whole:
        return None
    return pd.DataFrame(body, columns=header, dtype=object)


def as_text(cell: object) -> str:
    """A cell of a workbook or Parquet file as it would be typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)
