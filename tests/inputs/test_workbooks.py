"""A case as a workbook, and as a folder again: read, it is the same case; what a spreadsheet spoils
is said."""

import math
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fundpool.inputs.case import check_case, read_case
from fundpool.inputs.folders import write_case_folder
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.template import write_case_workbook, write_empty_workbook
from tests.cases.policies import policy_case
from tests.cases.small import SmallCase, small_case, small_settings


def _same(case: SmallCase, folder: Path) -> None:
    """A case written as a folder and as a workbook is read as one and the same."""
    written = case.write(folder / "case")
    book = folder / "case.xlsx"
    write_case_workbook(written, book)
    assert [f.message for f in check_case(book)] == [f.message for f in check_case(written)]
    first, second = read_case(written), read_case(book)
    assert second.inputs_sha256 == first.inputs_sha256
    assert second._settings_text == first._settings_text
    assert second._scheme_texts == first._scheme_texts
    assert second.policy_texts == first.policy_texts
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table, second.tables[name])
    again = folder / "again.xlsx"
    write_case_workbook(book, again)
    assert read_case(again).input_digests == second.input_digests
    write_case_folder(book, folder / "back")
    back = read_case(folder / "back")
    assert back.inputs_sha256 == first.inputs_sha256
    assert back._settings_text == first._settings_text
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table, back.tables[name])


def _regional_rule(case: SmallCase) -> None:
    case.tables["scheme_rules"] = pd.DataFrame(
        [("employee", "ash", 2020, "employer_rate", "", 0.09)],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    )


def test_a_table_whose_name_begins_like_a_scheme_file(tmp_path: Path) -> None:
    case = small_case()
    _regional_rule(case)
    _same(case, tmp_path)


def test_policies_mergers_and_long_names(tmp_path: Path) -> None:
    case = policy_case()
    case.policies["a-policy-with-a-name-longer-than-a-sheet-may-have"] = {
        "schema_version": 1, "name": "a-policy-with-a-name-longer-than-a-sheet-may-have",
        "title": "Long", "about": "one | two\n", "source": "s", "status": "assumed",
        "case": {},
        "shocks": [{"title": "epidemic", "year": 2022, "care": {"all": 1.5}, "regions": ["ash"],
                    "source": "s", "status": "assumed"}],
    }  # fmt: skip
    _same(case, tmp_path)


@pytest.mark.parametrize("name", ["jiangsu", "fujian"])
def test_bundled_cases(name: str, tmp_path: Path) -> None:
    write_case_workbook(name, tmp_path / "case.xlsx")
    assert read_case(tmp_path / "case.xlsx").inputs_sha256 == read_case(name).inputs_sha256


NUMBERS = st.floats(1e-6, 1e9) | st.sampled_from([0.1 + 0.2, 1 / 3, 1e-300, 123456789.123456789])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=20
).map(str.strip)


@given(
    persons=st.lists(NUMBERS, min_size=2, max_size=2),
    wages=st.lists(NUMBERS, min_size=2, max_size=2),
    growth=st.floats(-0.4, 0.9),
    name=TEXTS, note=TEXTS,
)  # fmt: skip
@settings(
    max_examples=20, deadline=None, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_random_numbers_and_texts(
    persons: list[float], wages: list[float], growth: float, name: str, note: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    case = small_case()
    people = case.tables["population"]
    people.loc[people["persons"] > 0, "persons"] = np.array(persons) + 300.0
    case.tables["economy"]["contribution_wage"] = wages
    case.tables["economy"]["note"] = note
    case.tables["regions"].loc[0, "name"] = name or "Ash"
    case.settings["economy"]["wage_growth"]["value"] = growth
    case.settings["title"] = name or "T"
    _same(case, tmp_path_factory.mktemp("case"))


def test_how_a_number_is_written_does_not_change_the_digest(tmp_path: Path) -> None:
    plain = small_case().write(tmp_path / "plain")
    other = small_case().write(tmp_path / "other")
    file = other / "tables" / "economy.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace("50000.0", "5.0000e4"), encoding="utf-8"
    )
    assert read_case(plain).inputs_sha256 == read_case(other).inputs_sha256
    file.write_text(file.read_text(encoding="utf-8").replace("5.0000e4", "50001"), encoding="utf-8")
    assert read_case(plain).inputs_sha256 != read_case(other).inputs_sha256


@pytest.mark.parametrize("rows", [0, 1])
def test_an_optional_sheet_may_be_empty(rows: int, tmp_path: Path) -> None:
    write_case_workbook(small_case().write(tmp_path / "case"), tmp_path / "case.xlsx")
    with zipfile.ZipFile(tmp_path / "case.xlsx") as packed:
        assert "xl/workbook.xml" in packed.namelist()
    from tests.inputs.test_broken_workbooks import _sheets, _write

    header: list[list[object]] = [["region", "scheme", "year", "measure", "value", "use"]]
    sheets = _sheets(tmp_path / "case.xlsx") | {"fund_totals": header[:rows]}
    book = _write(sheets, tmp_path / "with.xlsx")
    assert check_case(book) == ()
    assert read_case(book).inputs_sha256 == read_case(tmp_path / "case.xlsx").inputs_sha256


def test_an_optional_table_may_hold_a_header_alone(tmp_path: Path) -> None:
    case = small_case()
    case.extra_files["tables/fund_totals.csv"] = b"region,scheme,year,measure,value,use\n"
    assert check_case(case.write(tmp_path / "case")) == ()


def test_the_empty_template_only_lacks_its_contents(tmp_path: Path) -> None:
    write_empty_workbook(tmp_path / "case.xlsx")
    wanted = {"at least one row", "this setting"}
    findings = check_case(tmp_path / "case.xlsx")
    assert {finding.expected for finding in findings} <= wanted, findings
    assert not {"scheme_rules", "fund_totals", "actuals"} & {finding.file for finding in findings}


def _book_with(tmp_path: Path, sheet: str, cell: str, value: object) -> Path:
    """The small case with one cell of its workbook replaced, as a formula with ``value``."""
    from tests.inputs.test_broken_workbooks import _sheets

    write_case_workbook(small_case().write(tmp_path / "case"), tmp_path / "case.xlsx")
    with xlsxwriter.Workbook(str(tmp_path / "spoilt.xlsx")) as book:
        for name, rows in _sheets(tmp_path / "case.xlsx").items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
            if name == sheet:
                page.write_formula(cell, "=1/0", None, value)
    return tmp_path / "spoilt.xlsx"


@pytest.mark.parametrize(
    ("sheet", "cell", "row", "column"),
    [("demography", "D2", 2, "rural_share"), ("regions", "B3", 3, "name"),
     ("economy", "B2", 2, "contribution_wage"), ("case", "B4", 4, "value")],
)  # fmt: skip
@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#VALUE!"])
def test_an_error_cell_is_named(
    sheet: str, cell: str, row: int, column: str, error: str, tmp_path: Path
) -> None:
    case = small_case()
    book = _book_with(tmp_path, sheet, cell, error)
    if column == "rural_share":
        with zipfile.ZipFile(book) as packed:
            assert any(b't="e"' in packed.read(name) for name in packed.namelist())
        # the optional column is not part of the small case: the header says where it stands
        case.tables["demography"]["rural_share"] = [0.0, 0.4]
        write_case_workbook(case.write(tmp_path / "rural"), tmp_path / "rural.xlsx")
        book = _spoilt_cell(tmp_path / "rural.xlsx", "demography", cell, error)
    findings = check_case(book)
    assert [(f.file, f.row, f.column, f.value) for f in findings][:1] == [
        (sheet, row, column, error)
    ]
    with pytest.raises(CaseError):
        read_case(book)


def _spoilt_cell(file: Path, sheet: str, cell: str, error: str) -> Path:
    """A workbook in which one cell of a sheet holds an error, as a spreadsheet stores it."""
    target = file.with_name("error.xlsx")
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(target, "w") as out:
        names = re.findall(r'<sheet name="(\w+)"', packed.read("xl/workbook.xml").decode())
        part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
        for name in packed.namelist():
            contents = packed.read(name)
            if name == part:
                contents = re.sub(
                    f'<c r="{cell}"><v>[^<]*</v></c>'.encode(),
                    f'<c r="{cell}" t="e"><v>{error}</v></c>'.encode(), contents,
                )  # fmt: skip
            out.writestr(name, contents)
    return target


def test_a_formula_without_a_result_is_named(tmp_path: Path) -> None:
    book = _book_with(tmp_path, "economy", "B2", "")
    with zipfile.ZipFile(book) as packed, zipfile.ZipFile(tmp_path / "bare.xlsx", "w") as out:
        for name in packed.namelist():
            contents = packed.read(name).replace(b"<f>1/0</f><v></v>", b"<f>1/0</f>")
            out.writestr(name, contents)
    (finding,) = check_case(tmp_path / "bare.xlsx")
    assert (finding.file, finding.row, finding.column) == ("economy", 2, "contribution_wage")
    assert "open and save the workbook" in finding.mend


def test_a_setting_that_stands_twice(tmp_path: Path) -> None:
    from tests.inputs.test_broken_workbooks import _sheets, _write

    write_case_workbook(small_case().write(tmp_path / "case"), tmp_path / "case.xlsx")
    sheets = _sheets(tmp_path / "case.xlsx")
    sheets["case"].append(["base_year", 2021])
    (finding,) = check_case(_write(sheets, tmp_path / "twice.xlsx"))
    assert (finding.file, finding.column, finding.value) == ("case", "path", "base_year")


def test_what_a_workbook_cannot_hold_is_refused(tmp_path: Path) -> None:
    case = small_case()
    case.settings["economy"]["interest"]["note"] = "x" * 40_000
    with pytest.raises(CaseError, match="at most 32767 characters"):
        write_case_workbook(case.write(tmp_path / "case"), tmp_path / "case.xlsx")
    assert math.isfinite(small_settings()["economy"]["interest"]["value"])
