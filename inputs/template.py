"""What the declaration of tables is turned into: workbooks."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from fundpool.inputs.case import case_path
from fundpool.inputs.files.disk import move
from fundpool.inputs.files.writing import DRAFT
from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase, as_text
from fundpool.inputs.format.sheets import LONGEST, sheet_of
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.format.tables import PROVENANCE, TABLE_OF, TABLES

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Creation time written into workbooks, so that the same case gives the same bytes."""

LARGEST_SHEET = 1_048_575
"""Rows that fit under a header on one sheet."""

LONGEST_TEXT = 32_767
"""Characters that fit into a cell."""

UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that a workbook cannot hold, or gives back as others (a carriage return)."""

FITTING = Message(
    "at most %(most)s characters that a workbook can hold (and no | in names)", most=LONGEST_TEXT
)

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def check_new(target: Path) -> None:
    """Refuse a folder that holds something; what a killed command left unfinished does not count.

    Raises:
        CaseError: it does, or it is a file.
    """
    if not target.exists():
        return
    if not target.is_dir() or any(not p.name.startswith(DRAFT) for p in target.iterdir()):
        raise CaseError(
            [Finding.of_file(str(target), Message("a folder that does not exist yet"),
                             Message("Choose another name; nothing is overwritten."))]
        )  # fmt: skip


def check_new_file(target: Path) -> None:
    """Refuse a file that exists.

    Raises:
        CaseError: it does.
    """
    if target.exists():
        raise CaseError(
            [Finding.of_file(str(target), Message("a file that does not exist yet"),
                             Message("Choose another name; nothing is overwritten."))]
        )  # fmt: skip


def write_case_workbook(case: str | Path, file: Path) -> list[Finding]:
    """Write a case as one workbook, a sheet per table; reading it gives the same digest.

    Returns:
        warnings about what was not carried over.

    Raises:
        CaseError: the case cannot be opened, or something of it does not fit into a workbook.
    """
    raw = read_raw(case_path(case))
    check_readable(raw)
    findings = _unfit(raw)
    if findings:
        raise CaseError(findings)
    write_workbook(raw, file)
    return [finding for finding in raw.findings if finding.severity == "warning"]


def check_readable(raw: RawCase) -> None:
    """Refuse a case of which a part could not be read; a table without rows is read.

    Raises:
        CaseError: some part could not be.
    """
    read = {table.file for table in raw.tables.values()}
    findings = [f for f in raw.findings if f.severity == "error" and f.file not in read]
    if findings or raw.settings is None:
        raise CaseError(findings)


def _unfit(raw: RawCase) -> list[Finding]:
    """What does not fit into a workbook."""
    findings = []
    for name, table in raw.tables.items():
        if len(table.cells) > LARGEST_SHEET:
            findings.append(
                Finding.of_setting(table.file, None, f"{len(table.cells)} rows",
                                   Message("at most %(most)s rows on a sheet", most=LARGEST_SHEET),
                                   Message("Keep %(name)s in a case folder.", name=name))
            )  # fmt: skip
        for column in table.cells.columns:
            cells = table.cells[column]
            if cells.dtype != object:
                continue
            for row, cell in enumerate(cells):
                if len(cell) > LONGEST_TEXT or UNWRITABLE.search(cell):
                    findings.append(
                        Finding(table.file, row + table.first_row, str(column), cell[:40], FITTING,
                                Message("Correct the text, or keep the case in a folder."))
                    )  # fmt: skip
    sheets = {"case": "case.toml", **{table: f"tables/{table}" for table in TABLE_OF}}
    for name, part, contents in _settings_of(raw):
        if sheets.get(name.lower(), part) != part or not re.fullmatch(r"[^\[\]:*?/\\']+", name):
            findings.append(
                Finding.of_setting(part, "name", name,
                                   Message("a name of its own as a sheet of a workbook"),
                                   Message("Rename the file; %(most)s characters and no []:*?/\\' "
                                           "can be kept.", most=LONGEST))
            )  # fmt: skip
        sheets[name.lower()] = part
        for path, value in _flat(contents):
            written = "".join((*path, value))
            if len(value) > LONGEST_TEXT or UNWRITABLE.search(written) or "|" in "".join(path):
                findings.append(
                    Finding.of_setting(part, ".".join(path), value[:40], FITTING,
                                       Message("Correct the text, or keep the case in a folder."))
                )  # fmt: skip
    return findings


def _settings_of(raw: RawCase) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Sheet, file and contents of everything that is not a table."""
    listed: list[tuple[str, str, Mapping[str, Any]]] = [("case", "case.toml", raw.settings or {})]
    for kind, folder, documents in (
        ("scheme", "schemes", raw.schemes), ("policy", "policies", raw.policies),
    ):  # fmt: skip
        listed += [
            (sheet_of(kind, name), f"{folder}/{name}.toml", contents)
            for name, contents in documents.items()
        ]
    return listed


def write_empty_workbook(file: Path) -> None:
    """Write a workbook with every sheet's header and what each column holds, but no rows."""
    write_workbook(RawCase("template", settings={}), file)


def write_workbook(raw: RawCase, file: Path) -> None:
    """Write contents of a case as one workbook; without tables, sheets have headers alone."""
    import xlsxwriter

    draft = file.with_name(f".{file.name}.draft")
    with xlsxwriter.Workbook(str(draft), {"strings_to_numbers": False}) as book:
        book.set_properties({"created": _EPOCH})
        bold = book.add_format({"bold": True, "bg_color": "#e4e7eb"})
        for name, _, contents in _settings_of(raw):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["path", "value"], bold)
            for row, (path, value) in enumerate(_flat(contents), start=1):
                sheet.write_string(row, 0, "|".join(path))
                sheet.write_string(row, 1, value)
            sheet.set_column(0, 0, 48)
            sheet.set_column(1, 1, 60)
        for table in TABLES:
            if raw.tables and table.name not in raw.tables:
                continue
            _write_sheet(book, bold, table, raw)
    move(draft, file)


def _write_sheet(book: Any, bold: Any, table: Table, raw: RawCase) -> None:
    sheet = book.add_worksheet(table.name)
    columns = [*table.columns, *PROVENANCE]
    filled = raw.tables.get(table.name)
    if filled is not None:
        columns = [column for column in columns if column.name in filled.cells.columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, bold)
        sheet.write_comment(0, place, _about(column))
        if column.allowed:
            sheet.data_validation(
                1, place, LARGEST_SHEET, place, {"validate": "list", "source": list(column.allowed)}
            )
        if filled is not None:
            for row, cell in enumerate(filled.cells[column.name], start=1):
                _write_cell(sheet, row, place, cell, column.kind == "text")
    sheet.freeze_panes(1, 0)


def _write_cell(sheet: Any, row: int, place: int, cell: object, is_text: bool) -> None:
    """A cell, as a number where that keeps every digit: files hold numbers to 16 digits."""
    text = "" if cell != cell else as_text(cell)
    if text == "":
        return
    number = None
    if not is_text and NUMBER.fullmatch(text):
        number = float(text)
    if number is not None and math.isfinite(number) and float(f"{number:.16G}") == number:
        sheet.write_number(row, place, number)
    else:
        sheet.write_string(row, place, text)


def _flat(contents: Mapping[str, Any], lead: tuple[str, ...] = ()) -> list[tuple[Any, str]]:
    rows: list[tuple[Any, str]] = []
    for key, value in contents.items():
        path = (*lead, str(key))
        if isinstance(value, Mapping) and value:
            rows += _flat(value, path)
        else:
            rows.append((path, _toml(value)))
    return rows


def _toml(value: Any) -> str:
    """A value as it is written in TOML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, date | time) else repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def allowed_values(column: Column) -> Message:
    """What may stand in a column; words of files between backticks."""
    if column.allowed:
        return Message("one of %(words)s", words=", ".join(f"`{w}`" for w in column.allowed))
    if column.kind == "text":
        return Message("text")
    noun = Message("whole number") if column.kind == "integer" else Message("number")
    if column.least is None and column.most is None:
        return noun
    low = "" if column.least is None else f"{column.least:g}"
    if column.most is None:
        if column.above:
            return Message("%(noun)s above %(low)s", noun=noun, low=low)
        return Message("%(noun)s of at least %(low)s", noun=noun, low=low)
    high = f"{column.most:g}"
    if column.above:
        return Message("%(noun)s, above %(low)s to %(high)s", noun=noun, low=low, high=high)
    return Message("%(noun)s, %(low)s to %(high)s", noun=noun, low=low, high=high)


def _about(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    blank = " May be blank." if column.blank else ""
    return f"{column.about}{unit}: {allowed_values(column).replace('`', '')}.{blank}"
