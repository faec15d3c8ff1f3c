"""Raw contents of a case: every cell as text, from a folder or a workbook.

Nothing is interpreted here. What cannot be opened becomes a finding.
"""

import csv
import hashlib
import io
import re
import tomllib
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from inputs.findings import CaseError, Finding, did_you_mean
from inputs.tables import TABLE_OF

ENDINGS = (".csv", ".parquet")
SETTING_COLUMNS = ("path", "value")
LARGEST_WORKBOOK = 512 * 1024 * 1024
"""Unpacked bytes of a workbook that is still opened; larger ones are refused."""


_SHEETS = re.compile(r"case\.toml|(scheme|polic)\w+/(\w+)\.toml|tables/(\w+)(?:\.csv)?")


def _found_sheet(found: re.Match[str]) -> str:
    kind, name, table = found.groups()
    if kind:
        return f"scheme_{name}" if kind == "scheme" else f"policy_{name}"
    return str(table or "case")


def _sheet(file: str) -> str:
    """The sheet that stands for a file of a case folder."""
    return _SHEETS.sub(_found_sheet, file)


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
            replace(
                finding, file=_sheet(finding.file), mend=_SHEETS.sub(_found_sheet, finding.mend)
            )
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
        return _read_workbook(path)
    if path.is_file():
        expected, mend = "a case folder or an .xlsx workbook", "Give the folder with case.toml."
    else:
        expected, mend = "an existing case", "Check the name, or make one with `fundpool init`."
    raise CaseError([Finding(path.name, None, None, None, expected, mend)])


def _read_folder(path: Path) -> RawCase:
    raw = RawCase(path.name)
    raw.settings = _toml(raw, path / "case.toml", "case.toml")
    for part, held in (("schemes", raw.schemes), ("policies", raw.policies)):
        for file in sorted((path / part).glob("*.toml")):
            contents = _toml(raw, file, f"{part}/{file.name}")
            if contents is not None:
                held[file.stem] = contents
    found: dict[str, Path] = {}
    folder = path / "tables"
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        name = f"tables/{file.name}"
        if file.name.startswith(".") or file.suffix.lower() not in ENDINGS:
            continue
        if file.stem not in TABLE_OF:
            raw.findings.append(
                Finding(
                    name, None, None, None, "the name of a table",
                    did_you_mean(file.stem, TABLE_OF), "warning",
                )
            )  # fmt: skip
        elif file.stem in found:
            raw.findings.append(
                Finding(
                    name, None, None, None, "each table once",
                    f"Remove this file or {found[file.stem].name}.",
                )
            )  # fmt: skip
        else:
            found[file.stem] = file
            reader = _csv if file.suffix.lower() == ".csv" else _parquet
            cells = reader(raw, file, name)
            if cells is not None:
                raw.tables[file.stem] = RawTable(name, cells)
    return raw


def _digest(raw: RawCase, name: str, contents: bytes) -> None:
    raw.digests[name] = hashlib.sha256(contents).hexdigest()


def _toml(raw: RawCase, file: Path, name: str) -> dict[str, Any] | None:
    if not file.is_file():
        raw.findings.append(
            Finding(name, None, None, None, "this file", "A case folder needs it; add it.")
        )
        return None
    contents = file.read_bytes()
    _digest(raw, name, contents)
    try:
        return tomllib.loads(contents.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raw.findings.append(_encoding(name, contents, error))
    except tomllib.TOMLDecodeError as error:
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
    contents = file.read_bytes()
    _digest(raw, name, contents)
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
    return _framed(raw, name, rows)


def _framed(raw: RawCase, name: str, rows: list[list[str]]) -> pd.DataFrame | None:
    """Rows of text with a header as a table; blank rows at the end are dropped."""
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
    if len(rows) == 1:
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

    _digest(raw, name, file.read_bytes())
    quoted = str(file).replace("'", "''")
    try:
        with duckdb.connect() as connection:
            frame = connection.execute(f"SELECT * FROM read_parquet('{quoted}')").df()
    except duckdb.Error:
        raw.findings.append(
            Finding(name, None, None, None, "a Parquet file", "The file cannot be opened as one.")
        )
        return None
    if frame.empty:
        raw.findings.append(
            Finding(name, None, None, None, "at least one row", "There is only a header; fill it.")
        )
    # numbers stay numbers: the columns are checked as they are, however many rows there are
    columns: dict[str, object] = {}
    for column in frame.columns:
        cells = frame[column]
        if cells.dtype.kind in "iuf":
            columns[str(column).strip()] = cells.to_numpy(dtype=float)
        else:
            columns[str(column).strip()] = cells.map(as_text, na_action="ignore").fillna("")
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


def _read_workbook(path: Path) -> RawCase:
    from python_calamine import CalamineError, CalamineWorkbook

    raw = RawCase(path.name, workbook=True)
    contents = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
        if unpacked > LARGEST_WORKBOOK:
            raw.findings.append(
                Finding(
                    path.name, None, None, f"{unpacked:,} bytes unpacked", "a smaller workbook",
                    "Use a case folder with Parquet tables for cases of this size.",
                )
            )  # fmt: skip
            return raw
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(contents))
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raw.findings.append(
            Finding(
                path.name, None, None, None, "an .xlsx workbook",
                f"It cannot be opened as one ({error}).",
            )
        )  # fmt: skip
        return raw
    for name, rows in sheets.items():
        text = [[as_text(cell) for cell in row] for row in rows]
        _digest(raw, name, "\n".join("\t".join(row) for row in text).encode())
        if name == "case" or name.startswith(("scheme_", "policy_")):
            contents_of = _settings_sheet(raw, name, text)
            if name == "case":
                raw.settings = contents_of
            elif contents_of is not None:
                held = raw.schemes if name.startswith("scheme_") else raw.policies
                held[name.partition("_")[2]] = contents_of
        elif name in TABLE_OF:
            cells = _framed(raw, name, text)
            if cells is not None:
                raw.tables[name] = RawTable(name, cells)
        elif name != "README":
            raw.findings.append(
                Finding(
                    name, None, None, None, "the name of a table",
                    did_you_mean(name, TABLE_OF), "warning",
                )
            )  # fmt: skip
    if "case" not in sheets:
        raw.findings.append(
            Finding("case", None, None, None, "this sheet", "It holds the settings; add it.")
        )
    return raw


def _settings_sheet(raw: RawCase, name: str, rows: list[list[str]]) -> dict[str, Any] | None:
    """Settings from rows of path and value; a value is written as in TOML, plain words as text."""
    cells = _framed(raw, name, rows)
    if cells is None:
        return None
    missing = [column for column in SETTING_COLUMNS if column not in cells.columns]
    for column in missing:
        raw.findings.append(
            Finding(name, 1, column, None, "this column", "A settings sheet has path and value.")
        )
    if missing:
        return None
    result: dict[str, Any] = {}
    for number, (path, value) in enumerate(zip(cells["path"], cells["value"], strict=True), 2):
        *parents, last = str(path).split("|")
        place = result
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                break
        if not isinstance(place, dict) or not last:
            raw.findings.append(
                Finding(name, number, "path", str(path), "a path of its own", "Change the path.")
            )
            continue
        place[last] = _toml_value(str(value))
    return result


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
