"""Raw contents of a case: every cell as text, from a folder or a workbook.

Nothing is interpreted here. What cannot be opened becomes a finding.
"""

import csv
import hashlib
import io
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.sheets import in_sheets
from fundpool.inputs.format.tables import TABLE_OF

ENDINGS = (".csv", ".parquet")
OTHER_ENDINGS = (
    ".tsv", ".tab", ".txt", ".dat", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl", ".gz",
    ".zip", ".bz2", ".xz", ".zst", ".feather", ".arrow", ".pq", ".dta", ".sav", ".sas7bdat",
    ".numbers",
)  # fmt: skip
"""Endings of files that hold tables and are not read."""

NO_RESULT = "#FORMULA!"
"""Text of a cell whose formula has no stored result."""

ERROR_CELL = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|GETTING_DATA|FORMULA!)"
)
"""Errors that spreadsheets write into cells."""


def error_cell_mend(text: str) -> str:
    """What to do about a cell that holds an error of a spreadsheet."""
    if text == NO_RESULT:
        return "The formula has no result: open and save the workbook in a spreadsheet."
    return "It is an error of a spreadsheet: correct the formula, or empty the cell."


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
        workbook: whether its parts are sheets of a workbook.
    """

    origin: str
    settings: dict[str, Any] | None = None
    schemes: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, RawTable] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    workbook: bool = False

    def placed(self, findings: list[Finding]) -> list[Finding]:
        """Findings that name the sheets of a workbook, where it is one, in place of files."""
        if not self.workbook:
            return findings
        return [
            replace(finding, file=in_sheets(finding.file), mend=in_sheets(finding.mend))
            for finding in findings
        ]


def read_raw(path: Path) -> RawCase:
    """Read a case folder or a workbook.

    Raises:
        CaseError: there is nothing at ``path``, or it is neither.
    """
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() == ".xlsx" and path.is_file():
        from fundpool.inputs.format.workbooks import read_workbook

        return read_workbook(path)
    if path.is_file():
        expected, mend = "a case folder or an .xlsx workbook", "Give the folder with case.toml."
    else:
        expected, mend = "an existing case", "Check the name, or make one with `fundpool init`."
    raise CaseError([Finding(path.name, None, None, None, expected, mend)])


def _read_folder(path: Path) -> RawCase:
    raw = RawCase(path.name)
    raw.settings = _toml(raw, path / "case.toml", "case.toml")
    for part, held in (("schemes", raw.schemes), ("policies", raw.policies)):
        for file in _files(path / part):
            name = f"{part}/{file.name}"
            if file.suffix == ".toml":
                contents = _toml(raw, file, name)
                if contents is not None:
                    held[file.stem] = contents
            elif file.suffix.lower() != ".md":
                raw.findings.append(
                    Finding(name, None, None, None, "a file that ends in .toml",
                            "It is not read. Rename or remove it.", "warning")
                )  # fmt: skip
    _read_tables(raw, path / "tables")
    for file in _files(path):
        word = file.name.partition(".")[0]
        if word in TABLE_OF and file.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS):
            raw.findings.append(
                Finding(file.name, None, None, None, f"the table {word} in the folder tables",
                        "It is not read here. Move it to tables/.")
            )  # fmt: skip
    return raw


def _files(folder: Path) -> list[Path]:
    """What lies in a folder, files of the system and of editors left out."""
    if not folder.is_dir():
        return []
    return [
        file
        for file in sorted(folder.iterdir())
        if not file.name.startswith((".", "~$")) and not file.name.endswith("~")
    ]


def _read_tables(raw: RawCase, folder: Path) -> None:
    names: dict[str, Path] = {}
    others: list[Path] = []
    for file in _files(folder):
        name = f"tables/{file.name}"
        if file.suffix.lower() not in ENDINGS:
            others.append(file)
        elif file.stem not in TABLE_OF:
            raw.findings.append(
                Finding(
                    name, None, None, None, "the name of a table",
                    did_you_mean(file.stem, TABLE_OF), "warning",
                )
            )  # fmt: skip
        elif file.stem in names:
            raw.findings.append(
                Finding(
                    name, None, None, None, "each table once",
                    f"Remove this file or {names[file.stem].name}.",
                )
            )  # fmt: skip
        else:
            names[file.stem] = file
            reader = _csv if file.suffix.lower() == ".csv" else _parquet
            cells = reader(raw, file, name)
            if cells is not None and (len(cells) or TABLE_OF[file.stem].required):
                raw.tables[file.stem] = RawTable(name, cells)
    for file in others:
        raw.findings += _unread(file, names)


def _unread(file: Path, read: dict[str, Path]) -> list[Finding]:
    """A file beside the tables that may be meant as one, but has another ending."""
    word = file.name.partition(".")[0]
    ending = file.suffix.lower()
    close = did_you_mean(word.lower(), TABLE_OF).startswith("Did")
    if ending not in OTHER_ENDINGS or not close:
        return []
    table = word in TABLE_OF and word not in read
    return [
        Finding(
            f"tables/{file.name}", None, None, None, "a table in CSV or Parquet",
            f"Files that end in {ending} are not read; save it as {word}.csv."
            if table else "It is not read. Remove it, or save it as CSV under a table's name.",
            "error" if table else "warning",
        )
    ]  # fmt: skip


def keep_digest(raw: RawCase, name: str, contents: bytes) -> None:
    """Note the digest of a part as it was read."""
    raw.digests[name] = hashlib.sha256(contents).hexdigest()


def _bytes(raw: RawCase, file: Path, name: str) -> bytes | None:
    """Contents of a file; None, with a finding, where it cannot be read."""
    trouble = "It is no file." if file.exists() and not file.is_file() else ""
    try:
        contents = b"" if trouble else file.read_bytes()
    except OSError as error:
        trouble = f"The system says: {error.strerror or error}."
    if trouble:
        raw.findings.append(Finding(name, None, None, None, "a file that can be read", trouble))
        return None
    keep_digest(raw, name, contents)
    return contents


def _toml(raw: RawCase, file: Path, name: str) -> dict[str, Any] | None:
    if not file.exists():
        raw.findings.append(
            Finding(name, None, None, None, "this file", "A case folder needs it; add it.")
        )
        return None
    contents = _bytes(raw, file, name)
    if contents is None:
        return None
    try:
        return tomllib.loads(contents.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raw.findings.append(_encoding(name, contents, error))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, deep nesting
        raw.findings.append(
            Finding(name, None, None, None, "valid TOML", f"The parser says: {error}.")
        )
    return None


def _encoding(name: str, contents: bytes, error: UnicodeDecodeError) -> Finding:
    row = contents[: error.start].count(b"\n") + 1
    shown = contents[error.start : error.start + 4].hex(" ")
    return Finding(
        name, row, None, f"bytes {shown}", "text in UTF-8",
        "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8).",
    )  # fmt: skip


def _csv(raw: RawCase, file: Path, name: str) -> pd.DataFrame | None:
    contents = _bytes(raw, file, name)
    if contents is None:
        return None
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raw.findings.append(_encoding(name, contents, error))
        return None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raw.findings.append(
            Finding(name, None, None, None, "a readable CSV file", f"The reader says: {error}.")
        )
        return None
    separator = _other_separator(rows, file.stem)
    if separator:
        raw.findings.append(
            Finding(
                name, 1, None, rows[0][0], "commas between the cells",
                f"The cells are separated by {separator}. Save the file as CSV with commas, and "
                "numbers with a point.",
            )
        )  # fmt: skip
        return None
    return framed(raw, name, rows, TABLE_OF[file.stem].required)


def _other_separator(rows: list[list[str]], table: str) -> str:
    """What stands between the cells in place of commas, in words; empty where commas do."""
    header = rows[0] if rows else []
    known = set(TABLE_OF[table].column_names)
    for mark, words in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        names = [cell.strip() for cell in ",".join(header).split(mark)]
        if len(names) > 1 and len(known & set(names)) > len(known & {c.strip() for c in header}):
            return words
    return ""


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
            Finding(name, None, None, None, "a header and rows", "The file is empty; fill it.")
        )
        return None
    header = [cell.strip() for cell in rows[0]]
    while header and not header[-1] and all(len(row) < len(header) or not row[len(header) - 1]
                                            for row in rows[1:]):  # fmt: skip
        header.pop()
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    for column in twice:
        raw.findings.append(
            Finding(name, 1, column or None, column, "each column once", "Remove one of them.")
        )
    if twice:
        return None
    if len(rows) == 1 and required:
        raw.findings.append(
            Finding(name, None, None, None, "at least one row", "There is only a header; fill it.")
        )
    body, whole = [], True
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        extra = cells[len(header) :]
        if any(extra) or len(cells) < len(header):
            whole = False
            raw.findings.append(
                Finding(
                    name, number, None, f"{len(cells)} cells", f"{len(header)} cells",
                    "Put text that holds a comma in quotes, or add what is missing.",
                )
            )  # fmt: skip
        body.append(cells[: len(header)])
    if not whole:
        return None
    return pd.DataFrame(body, columns=header, dtype=object)


def _parquet(raw: RawCase, file: Path, name: str) -> pd.DataFrame | None:
    import duckdb

    if _bytes(raw, file, name) is None:
        return None
    quoted = str(file).replace("'", "''")
    try:
        with duckdb.connect() as connection:
            frame = connection.execute(f"SELECT * FROM read_parquet('{quoted}')").df()
    except duckdb.Error:
        raw.findings.append(
            Finding(name, None, None, None, "a Parquet file", "The file cannot be opened as one.")
        )
        return None
    if frame.empty and TABLE_OF[file.stem].required:
        raw.findings.append(
            Finding(name, None, None, None, "at least one row", "There is only a header; fill it.")
        )
    # numbers stay numbers: the columns are checked as they are, however many rows there are
    texts = {column.name for column in TABLE_OF[file.stem].columns if column.kind == "text"}
    columns: dict[str, object] = {}
    for column in frame.columns:
        cells, called = frame[column], str(column).strip()
        if cells.dtype.kind in "iuf" and called not in texts:
            columns[called] = cells.to_numpy(dtype=float)
        else:
            # codes may be whole numbers; where one is blank they arrive as 320102.0 and NaN
            columns[called] = cells.map(as_text, na_action="ignore").fillna("")
    return pd.DataFrame(columns)


def as_text(cell: object) -> str:
    """A cell of a workbook or Parquet file as it would be typed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)
