"""A case as one workbook: a sheet for every table, settings as rows of path and value."""

import ast
import contextlib
import io
import lzma
import posixpath
import re
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError, iterparse  # nosec B405

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import (
    ERROR_CELL,
    NO_RESULT,
    RawCase,
    RawTable,
    as_text,
    error_cell_mend,
    framed,
    keep_digest,
)
from fundpool.inputs.format.sheets import LONGEST, kind_of, sheet_of
from fundpool.inputs.format.tables import TABLE_OF

# Sheets are read by expat, which limits what entities grow to, and refused by size before.
SETTING_COLUMNS = ("path", "value")
UNPACKING_ERRORS = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, OSError, ValueError,
    KeyError, ParseError, NotImplementedError, RuntimeError, EOFError,
)  # fmt: skip
"""What opening a damaged workbook and reading its parts raises."""
LARGEST_WORKBOOK = 512 * 1024 * 1024
"""Unpacked bytes of a workbook that is still opened; larger ones are refused."""

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SUSPECT = re.compile(rb"""t=["']e["']|<f[\s>/]""")


def read_workbook(path: Path) -> RawCase:
    """The raw contents of a case in a workbook; what cannot be read becomes a finding."""
    raw = RawCase(path.name, workbook=True)
    sheets = workbook_cells(raw, path, kind_of)
    if sheets is None:
        return raw
    for name, text in sheets.items():
        _read_sheet(raw, name, text)
    if "case" not in sheets:
        raw.findings.append(
            Finding.of_file(
                "case", Message("this sheet"), Message("It holds the settings; add it.")
            )
        )
    return raw


def workbook_cells(
    raw: RawCase, path: Path, wanted: Callable[[str], object] = bool
) -> dict[str, list[list[str]]] | None:
    """Cells of every sheet of a workbook as text, from A1 on; error cells keep their text.

    Args:
        raw: takes what cannot be read as findings.
        path: the workbook.
        wanted: says of a sheet's name whether its cells are searched for errors and for formulas
            without a result, which otherwise read as blank.

    Returns:
        rows by sheet; None, with a finding, where the workbook cannot be opened.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        contents = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(contents)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
            if unpacked > LARGEST_WORKBOOK:
                raw.findings.append(
                    Finding.of_setting(path.name, None, f"{unpacked:,} bytes unpacked",
                                       Message("a smaller workbook"),
                                       Message("Use a case folder with Parquet tables for cases "
                                               "of this size."))
                )  # fmt: skip
                return None
            spread = _too_wide(packed)
            if spread is not None:
                raw.findings.append(spread)
                return None
            wrong = _cells_without_value(packed, wanted)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(contents))
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (CalamineError, *UNPACKING_ERRORS) as error:
        raw.findings.append(
            Finding.of_file(path.name, Message("an .xlsx workbook"),
                            Message("It cannot be opened as one (%(error)s).",
                                    error=library_words(error)))
        )  # fmt: skip
        return None
    texts = {}
    for name, rows in sheets.items():
        texts[name] = [[as_text(cell) for cell in row] for row in rows]
        for row, column, value in wrong.get(name, ()):
            if row < len(texts[name]) and column < len(texts[name][row]):
                texts[name][row][column] = value
    return texts


def _read_sheet(raw: RawCase, name: str, text: list[list[str]]) -> None:
    kind = kind_of(name)
    if kind == "table":
        if not TABLE_OF[name].required and not any(any(row) for row in text[1:]):
            return  # an optional sheet that holds no row is as good as none
        cells = framed(raw, name, text)
        if cells is not None:
            raw.tables[name] = RawTable(name, cells)
    elif kind:
        contents = _settings_sheet(raw, name, text)
        if kind == "case":
            raw.settings = contents
        elif contents is not None:
            documents = raw.schemes if kind == "scheme" else raw.policies
            documents[_part_name(kind, name, contents)] = contents
    elif name != "README":
        raw.findings.append(
            Finding.of_file(name, Message("the name of a table"), did_you_mean(name, TABLE_OF),
                            severity="warning")
        )  # fmt: skip
        return
    else:
        return
    keep_digest(raw, name, "\n".join("\t".join(row) for row in text).encode())


def _part_name(kind: str, sheet: str, contents: dict[str, Any]) -> str:
    """Name of the scheme or policy of a sheet: in full where the sheet's own was cut."""
    full = contents.get("name")
    if len(sheet) == LONGEST and isinstance(full, str) and sheet_of(kind, full) == sheet:
        return full
    return sheet.partition("_")[2]


MOST_CELLS = 20_000_000
"""Cells of a sheet, from A1 to the last row and column, that are still read."""
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_CHUNK = 1 << 20


def _too_wide(packed: zipfile.ZipFile) -> Finding | None:
    """A finding if a cell of a sheet lies so far out that reading it would exhaust the memory."""
    for name, part in sheet_parts(packed):
        rows = columns = 0
        with packed.open(part) as stream:
            rest = b""
            while chunk := stream.read(_CHUNK):
                text = rest + chunk
                for letters, digits in sorted(set(_ADDRESS.findall(text))):
                    row, column = _address((letters + digits).decode())
                    rows, columns = max(rows, row + 1), max(columns, column + 1)
                rest = text[-20:]
        if rows * columns > MOST_CELLS:
            return Finding(name, rows, None, f"{rows:,} rows x {columns:,} columns",
                           Message("at most %(most)s cells", most=f"{MOST_CELLS:,}"),
                           Message("Delete cells far to the right or below the table, also blank "
                                   "ones."))  # fmt: skip
    return None


def _cells_without_value(
    packed: zipfile.ZipFile, wanted: Callable[[str], object]
) -> dict[str, list[tuple[int, int, str]]]:
    """Error cells and formulas never calculated, which read as blank: row, column and text.

    Row and column count from 0.
    """
    result = {}
    for name, part in sheet_parts(packed):
        if wanted(name) and _SUSPECT.search(packed.read(part)):
            with packed.open(part) as stream:
                result[name] = list(_cells_of(stream))
    return result


def _cells_of(stream: IO[bytes]) -> Iterator[tuple[int, int, str]]:
    for _, cell in iterparse(stream):  # nosec B314
        if cell.tag != f"{_NAMESPACE}c":
            continue
        value = cell.findtext(f"{_NAMESPACE}v")
        if cell.get("t") == "e":
            yield (*_address(cell.get("r", "")), value or "#VALUE!")
        elif value is None and cell.find(f"{_NAMESPACE}f") is not None:
            yield (*_address(cell.get("r", "")), NO_RESULT)
        cell.clear()


def _address(reference: str) -> tuple[int, int]:
    """Row and column of a cell such as ``C2``, from 0.

    >>> _address("C2"), _address("AA10")
    ((1, 2), (9, 26))
    """
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if match is None:
        raise ValueError(f"{reference!r} is no cell")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def sheet_parts(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Every sheet's name and the part of the package that holds it."""
    targets = {}
    with packed.open("xl/_rels/workbook.xml.rels") as stream:
        for _, item in iterparse(stream):  # nosec B314
            target = item.get("Target")
            if target is not None:
                targets[item.get("Id")] = posixpath.normpath(
                    target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                )
    with packed.open("xl/workbook.xml") as stream:
        for _, item in iterparse(stream):  # nosec B314
            part = targets.get(item.get(_RELATION))
            if item.tag == f"{_NAMESPACE}sheet" and part in packed.namelist():
                yield str(item.get("name")), str(part)


def _settings_sheet(raw: RawCase, name: str, rows: list[list[str]]) -> dict[str, Any] | None:
    """Settings from rows of path and value; a value is written as in TOML, plain words as text."""
    cells = framed(raw, name, rows)
    if cells is None:
        return None
    missing = [column for column in SETTING_COLUMNS if column not in cells.columns]
    for column in missing:
        raw.findings.append(
            Finding(
                name,
                1,
                column,
                None,
                Message("this column"),
                Message("A settings sheet has path and value."),
            )
        )
    if missing:
        return None
    result: dict[str, Any] = {}
    seen: dict[str, int] = {}
    for row, (path, value) in enumerate(zip(cells["path"], cells["value"], strict=True), 2):
        if ERROR_CELL.fullmatch(str(value)):
            raw.findings.append(
                Finding(
                    name, row, "value", str(value), Message("a value"), error_cell_mend(str(value))
                )
            )
        *parents, last = str(path).split("|")
        place = result
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                break
        if not isinstance(place, dict) or not last or isinstance(place.get(last), dict):
            raw.findings.append(
                Finding(
                    name,
                    row,
                    "path",
                    str(path),
                    Message("a path of its own"),
                    Message("Change the path."),
                )
            )
            continue
        if last in place:
            raw.findings.append(
                Finding(name, row, "path", str(path), Message("each path once"),
                        Message("Row %(row)s has it already; remove one of them.",
                                row=seen[str(path)]))
            )  # fmt: skip
        seen[str(path)] = row
        place[last] = _toml_value(str(value))
    return result


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        pass
    if text.startswith("["):
        # lists of tables as workbooks of before the second edition hold them
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return ast.literal_eval(text)
    return text
