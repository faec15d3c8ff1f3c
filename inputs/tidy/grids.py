"""Files in common layouts as grids of text: encodings, separators and sheets."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase, as_text
from fundpool.inputs.format.workbooks import UNPACKING_ERRORS, workbook_cells

ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
"""Files that are read; other ones are named in a finding."""

LARGEST = 256 * 1024 * 1024
"""Bytes of a file that are still read."""

SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in turn: what is not UTF-8 is read as the encoding of Chinese spreadsheets."""


@dataclass(frozen=True)
class Grid:
    """Cells of one file or sheet as text.

    Attributes:
        file: name of the file.
        sheet: name of the sheet; empty for a file of one table.
        rows: cells, trimmed.
    """

    file: str
    sheet: str
    rows: list[list[str]]

    @property
    def place(self) -> str:
        """The file, and the sheet where there are several."""
        return f"{self.file}:{self.sheet}" if self.sheet else self.file

    @property
    def name(self) -> str:
        """What it may be called after: the sheet, or the file without its ending."""
        return self.sheet or Path(self.file).stem


def read_grids(source: Path) -> tuple[list[Grid], list[Finding]]:
    """Every table of a file, or of the files of a folder.

    Args:
        source: a file or a folder.

    Returns:
        the grids in the order of their names; what could not be read, and what was converted.
    """
    grids: list[Grid] = []
    findings: list[Finding] = []
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    for file in files:
        if file.name.startswith((".", "~$")) or file.suffix.lower() == ".toml":
            continue
        if not file.is_file() or file.suffix.lower() not in ENDINGS:
            findings.append(
                Finding.of_file(file.name, Message("a CSV file or a workbook"),
                                Message("It is not read."), severity="warning")
            )  # fmt: skip
            continue
        if file.stat().st_size > LARGEST:
            findings.append(
                Finding.of_setting(file.name, None, f"{file.stat().st_size:,} bytes",
                                   Message("a smaller file"), Message("Split the file."))
            )  # fmt: skip
            continue
        reader = _text if file.suffix.lower() in (".csv", ".txt", ".tsv") else _workbook
        for item in reader(file):
            if isinstance(item, Finding):
                findings.append(item)
            else:
                grids.append(item)
    return grids, findings


def _text(file: Path) -> Iterator[Grid | Finding]:
    contents = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = contents.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        yield Finding.of_file(file.name, Message("text in UTF-8 or GB 18030"),
                              Message("Save the file as UTF-8."))  # fmt: skip
        return
    if encoding != ENCODINGS[0]:
        yield Finding.of_file(file.name, Message("text in UTF-8"), Message("Read as GB 18030."),
                              severity="warning")  # fmt: skip
    separator = separator_of(text)
    if separator != ",":
        yield Finding.of_setting(file.name, None, repr(separator),
                                 Message("commas between the cells"),
                                 Message("Read with this separator."),
                                 severity="warning")  # fmt: skip
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        yield Finding.of_file(file.name, Message("a readable CSV file"),
                              Message("The reader says: %(error)s.",
                                      error=library_words(error)))  # fmt: skip
        return
    yield Grid(file.name, "", [[cell.strip() for cell in row] for row in rows])


def separator_of(text: str) -> str:
    """The separator that splits most lines into the same number of cells, more than one.

    >>> separator_of("a;b\\n1,5;2\\n"), separator_of("a,b\\n1,2\\n"), separator_of("a\\n1\\n")
    (';', ',', ',')
    """
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def agreeing(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        many = [width for width in widths if width > 1]
        common = max(set(many), key=many.count, default=1)
        return many.count(common), common

    return max(SEPARATORS, key=agreeing)


def _workbook(file: Path) -> Iterator[Grid | Finding]:
    if file.suffix.lower() == ".xlsx":
        raw = RawCase(file.name)
        sheets = workbook_cells(raw, file) or {}
        yield from raw.findings
    else:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            workbook = CalamineWorkbook.from_path(str(file))
            sheets = {
                name: [
                    [as_text(cell) for cell in row]
                    for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ]
                for name in workbook.sheet_names
            }
        except (CalamineError, *UNPACKING_ERRORS) as error:
            yield Finding.of_file(file.name, Message("a workbook"),
                                  Message("It cannot be opened as one (%(error)s).",
                                          error=library_words(error)))  # fmt: skip
            return
    for name, rows in sheets.items():
        if any(any(cell.strip() for cell in row) for row in rows):
            yield Grid(file.name, name, [[cell.strip() for cell in row] for row in rows])
