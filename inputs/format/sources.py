"""Raw contents of a case: every cell as text, from a folder or a workbook.

Nothing is interpreted here. What cannot be opened becomes a finding.
"""

import csv
import io
import json
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import (
    RawCase,
    RawTable,
    as_text,
    framed,
    keep_digest,
)
from fundpool.inputs.format.tables import TABLE_OF
from fundpool.inputs.format.workbooks import read_workbook

ENDINGS = (".csv", ".parquet")
OTHER_ENDINGS = (
    ".tsv", ".tab", ".txt", ".dat", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl", ".gz",
    ".zip", ".bz2", ".xz", ".zst", ".feather", ".arrow", ".pq", ".dta", ".sav", ".sas7bdat",
    ".numbers",
)  # fmt: skip
"""Endings of files that hold tables and are not read."""

SEPARATORS = (
    (";", Message("semicolons")), ("\t", Message("tabs")), ("|", Message("bars")),
)  # fmt: skip
"""What else than commas stands between the cells of some files."""
LARGEST_FILE = 1 << 30
"""Bytes of a file that is still read."""


def read_raw(path: Path) -> RawCase:
    """Read a case folder or a workbook.

    Raises:
        CaseError: there is nothing at ``path``, or it is neither.
    """
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() == ".xlsx" and path.is_file():
        return read_workbook(path)
    if path.is_file():
        expected = Message("a case folder or an .xlsx workbook")
        mend = Message("Give the folder with %(file)s.", file="case.toml")
    else:
        expected = Message("an existing case")
        mend = Message("Check the name, or make one with `fundpool init`.")
    raise CaseError([Finding.of_file(path.name, expected, mend)])


def _read_folder(path: Path) -> RawCase:
    raw = RawCase(path.name)
    raw.settings = toml_contents(raw, path / "case.toml", "case.toml")
    for part, documents in (("schemes", raw.schemes), ("policies", raw.policies)):
        for file in _files(path / part):
            name = f"{part}/{file.name}"
            if file.suffix == ".toml":
                contents = toml_contents(raw, file, name)
                if contents is not None:
                    documents[file.stem] = contents
            elif file.suffix.lower() != ".md":
                raw.findings.append(
                    Finding.of_file(name, Message("a file that ends in .toml"),
                                    Message("It is not read. Rename or remove it."),
                                    severity="warning")
                )  # fmt: skip
    if (path / "ranges.toml").exists():
        raw.ranges = toml_contents(raw, path / "ranges.toml", "ranges.toml")
    if (path / "boundaries.geojson").exists():
        raw.boundaries = _json_contents(raw, path / "boundaries.geojson", "boundaries.geojson")
    _read_tables(raw, path / "tables")
    for file in _files(path):
        word = file.name.partition(".")[0]
        if word in TABLE_OF and file.suffix.lower() in (*ENDINGS, *OTHER_ENDINGS):
            raw.findings.append(
                Finding.of_file(file.name,
                                Message("the table %(word)s in the folder tables", word=word),
                                Message("It is not read here. Move it to tables/."))
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
                Finding.of_file(name, Message("the name of a table"),
                                did_you_mean(file.stem, TABLE_OF), severity="warning")
            )  # fmt: skip
        elif file.stem in names:
            raw.findings.append(
                Finding.of_file(name, Message("each table once"),
                                Message("Remove this file or %(name)s.",
                                        name=names[file.stem].name))
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
        Finding.of_file(f"tables/{file.name}", Message("a table in CSV or Parquet"),
                        Message("Files that end in %(ending)s are not read; save it as "
                                "%(word)s.csv.", ending=ending, word=word) if table
                        else Message("It is not read. Remove it, or save it as CSV under a "
                                     "table's name."), severity="error" if table else "warning")
    ]  # fmt: skip


def _bytes(raw: RawCase, file: Path, name: str) -> bytes | None:
    """Contents of a file; None, with a finding, where it cannot be read."""
    whole = not file.exists() or file.is_file()
    trouble = None if whole else Message("It is no file.")
    try:
        if not trouble and file.stat().st_size > LARGEST_FILE:
            trouble = Message(
                "It has %(size)s bytes, of at most %(most)s; save large tables as Parquet.",
                size=f"{file.stat().st_size:,}", most=f"{LARGEST_FILE:,}",
            )  # fmt: skip
        contents = b"" if trouble else file.read_bytes()
    except OSError as error:
        trouble = Message("The system says: %(error)s.", error=library_words(error))
    if trouble:
        raw.findings.append(Finding.of_file(name, Message("a file that can be read"), trouble))
        return None
    keep_digest(raw, name, contents)
    return contents


def toml_contents(raw: RawCase, file: Path, name: str) -> dict[str, Any] | None:
    """Contents of a TOML file; None, with a finding in ``raw``, where it cannot be read."""
    if not file.exists():
        raw.findings.append(
            Finding.of_file(name, Message("this file"), Message("A case folder needs it; add it."))
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
            Finding.of_file(
                name,
                Message("valid TOML"),
                Message("The parser says: %(error)s.", error=library_words(error)),
            )
        )
    return None


def _json_contents(raw: RawCase, file: Path, name: str) -> Any:
    """Contents of a JSON file; None, with a finding in ``raw``, where it cannot be read."""
    contents = _bytes(raw, file, name)
    if contents is None:
        return None
    try:
        return json.loads(contents.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raw.findings.append(_encoding(name, contents, error))
    except (ValueError, RecursionError) as error:
        raw.findings.append(
            Finding.of_file(
                name,
                Message("valid JSON"),
                Message("The parser says: %(error)s.", error=library_words(error)),
            )
        )
    return None


def _encoding(name: str, contents: bytes, error: UnicodeDecodeError) -> Finding:
    row = contents[: error.start].count(b"\n") + 1
    shown = contents[error.start : error.start + 4].hex(" ")
    return Finding(name, row, None, f"bytes {shown}", Message("text in UTF-8"),
                   Message("Save the file as UTF-8 (in a spreadsheet: CSV UTF-8)."))  # fmt: skip


def csv_rows(
    raw: RawCase, file: Path, name: str, encoding: str = "utf-8-sig"
) -> list[list[str]] | None:
    """Rows of a CSV file as text; None, with a finding in ``raw``, where it cannot be read."""
    contents = _bytes(raw, file, name)
    if contents is None:
        return None
    try:
        text = contents.decode(encoding)
    except UnicodeDecodeError as error:
        raw.findings.append(_encoding(name, contents, error))
        return None
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raw.findings.append(
            Finding.of_file(
                name,
                Message("a readable CSV file"),
                Message("The reader says: %(error)s.", error=library_words(error)),
            )
        )
        return None


def _csv(raw: RawCase, file: Path, name: str) -> pd.DataFrame | None:
    rows = csv_rows(raw, file, name)
    if rows is None:
        return None
    separator = _other_separator(rows, file.stem)
    if separator:
        raw.findings.append(
            Finding(name, 1, None, rows[0][0], Message("commas between the cells"),
                    Message("The cells are separated by %(separator)s. Save the file as CSV with "
                            "commas, and numbers with a point.", separator=separator))
        )  # fmt: skip
        return None
    return framed(raw, name, rows, TABLE_OF[file.stem].required)


def _other_separator(rows: list[list[str]], table: str) -> Message | None:
    """What stands between the cells in place of commas, in words; None where commas do."""
    header = rows[0] if rows else []
    known = set(TABLE_OF[table].column_names)
    for mark, words in SEPARATORS:
        names = [cell.strip() for cell in ",".join(header).split(mark)]
        if len(names) > 1 and len(known & set(names)) > len(known & {c.strip() for c in header}):
            return words
    return None


def _parquet(raw: RawCase, file: Path, name: str) -> pd.DataFrame | None:
    import duckdb

    if _bytes(raw, file, name) is None:
        return None
    try:
        with duckdb.connect() as connection:
            frame = connection.execute("SELECT * FROM read_parquet(?)", [str(file)]).df()
    except duckdb.Error:
        raw.findings.append(
            Finding.of_file(
                name, Message("a Parquet file"), Message("The file cannot be opened as one.")
            )
        )
        return None
    if frame.empty and TABLE_OF[file.stem].required:
        raw.findings.append(
            Finding.of_file(
                name, Message("at least one row"), Message("There is only a header; fill it.")
            )
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
