"""Mistakes in a workbook: the message names the sheet, and the row as the spreadsheet counts it."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from fundpool.inputs.case import check_case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.template import write_case_workbook
from fundpool.web.serving import Limits
from fundpool.web.work.uploads import UploadRefusedError, refuse_unsafe
from tests.cases.small import small_case

Sheets = dict[str, list[list[object]]]
Change = Callable[[Sheets], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    write_case_workbook(small_case().write(folder / "case"), folder / "case.xlsx")
    return folder / "case.xlsx"


def _sheets(file: Path) -> Sheets:
    book = CalamineWorkbook.from_path(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _write(sheets: Sheets, file: Path) -> Path:
    with xlsxwriter.Workbook(str(file)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file


def _without(name: str) -> Change:
    def apply(sheets: Sheets) -> None:
        del sheets[name]

    return apply


def _renamed(name: str, other: str) -> Change:
    def apply(sheets: Sheets) -> None:
        sheets[other] = sheets.pop(name)

    return apply


def _cell(name: str, row: int, column: str, value: object) -> Change:
    """``row`` as the spreadsheet counts it."""

    def apply(sheets: Sheets) -> None:
        sheets[name][row - 1][sheets[name][0].index(column)] = value

    return apply


def _setting(name: str, path: str, value: object) -> Change:
    def apply(sheets: Sheets) -> None:
        for row in sheets[name]:
            if row[0] == path:
                row[1] = value

    return apply


def _only_header(name: str) -> Change:
    def apply(sheets: Sheets) -> None:
        del sheets[name][1:]

    return apply


def _emptied(name: str) -> Change:
    def apply(sheets: Sheets) -> None:
        sheets[name] = []

    return apply


def _dropped_column(name: str, column: str) -> Change:
    def apply(sheets: Sheets) -> None:
        place = sheets[name][0].index(column)
        for row in sheets[name]:
            del row[place]

    return apply


BROKEN: dict[str, tuple[Change, list[str]]] = {
    "missing sheet": (_without("morbidity"), ["morbidity: expected this table. Add it."]),
    "misnamed sheet": (
        _renamed("morbidity", "morbidities"),
        ["morbidities: expected the name of a table. Did you mean 'morbidity'?",
         "morbidity: expected this table. Add it."],
    ),
    "missing settings": (
        _without("case"), ["case: expected this sheet. It holds the settings; add it."],
    ),
    "missing scheme": (
        _without("scheme_resident"),
        ["scheme_resident: expected this scheme file. case lists the scheme; add the file."],
    ),
    "empty sheet": (
        _emptied("employment"),
        ["employment: expected a header and rows. The file is empty; fill it."],
    ),
    "header alone": (
        _only_header("employment"),
        ["employment: expected at least one row. There is only a header; fill it."],
    ),
    "missing column": (
        _dropped_column("employment", "employed_share"),
        ["employment, row 1, column employed_share: expected the column employed_share"],
    ),
    "text in a number": (
        _cell("economy", 2, "contribution_wage", "fifty"),
        ["economy, row 2, column contribution_wage: found 'fifty'; expected a number above 0. "
         "Write a plain number."],
    ),
    "negative persons": (
        _cell("population", 32, "persons", -5),
        ["population, row 32, column persons: found '-5'; expected a number of at least 0."],
    ),
    "unknown region": (
        _cell("economy", 2, "region", "asch"),
        ["economy, row 2, column region: found 'asch'; expected a county of the table regions. "
         "Did you mean 'ash'?"],
    ),
    "blank cell": (
        _cell("regions", 2, "name", ""),
        ["regions, row 2, column name: found ''; expected name. Fill the cell."],
    ),
    "setting out of range": (
        _setting("case", "economy|wage_growth|value", "4.0"),
        ["case, column economy.wage_growth: expected a number in range. 4 is not a number from "
         "-0.5 to 1."],
    ),
    "setting that is no number": (
        _setting("case", "economy|wage_growth|value", "a lot"),
        ["case, column economy.wage_growth.value: "],
    ),
    "rule out of range": (
        _setting("scheme_employee", "rules|employer_rate|value", "8"),
        ["scheme_employee, column rules.employer_rate: found '8'; expected a number from 0 to 1."],
    ),
    "settings without values": (
        _dropped_column("case", "value"),
        ["case, row 1, column value: expected this column. A settings sheet has path and value."],
    ),
    "a path through a value": (
        _cell("case", 3, "path", "schema_version|name"),
        ["case, column name: expected this setting. Add it.",
         "case, row 3, column path: found 'schema_version|name'; expected a path of its own."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_message(kind: str, sound: Path, tmp_path: Path) -> None:
    change, expected = BROKEN[kind]
    sheets = _sheets(sound)
    change(sheets)
    file = _write(sheets, tmp_path / "case.xlsx")
    messages = sorted(finding.message for finding in check_case(file))
    assert len(messages) == len(expected), messages
    for message, start in zip(messages, sorted(expected), strict=True):
        assert message.startswith(start), message
        assert "toml" not in message
        assert "tables/" not in message
    with pytest.raises(CaseError):
        read_case(file)


def test_the_workbook_itself_is_sound(sound: Path, tmp_path: Path) -> None:
    assert check_case(sound) == ()
    assert check_case(_write(_sheets(sound), tmp_path / "case.xlsx")) == ()


def test_a_sheet_for_the_reader_is_left_alone(sound: Path, tmp_path: Path) -> None:
    sheets = _sheets(sound) | {"README": [["what this is"]]}
    assert check_case(_write(sheets, tmp_path / "case.xlsx")) == ()


@pytest.mark.parametrize("seed", range(20))
def test_damaged_compression(seed: int, sound: Path, tmp_path: Path) -> None:
    """Bytes lost in the middle of every compressed part: a finding, and refused as an upload."""
    contents = bytearray(_write(_sheets(sound), tmp_path / "case.xlsx").read_bytes())
    generator = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(bytes(contents))) as packed:
        members = [(item.header_offset, item.compress_size) for item in packed.infolist()]
    for offset, size in members:
        start = offset + 100 + generator.randrange(size)
        contents[start : start + 8] = generator.randbytes(8)
    (tmp_path / "case.xlsx").write_bytes(contents)
    findings = check_case(tmp_path / "case.xlsx")
    assert any(finding.severity == "error" for finding in findings)
    with pytest.raises(UploadRefusedError, match="cannot be opened"):
        refuse_unsafe(bytes(contents), Limits())
