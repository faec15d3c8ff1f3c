"""Files of a case folder: none is left out without a word, and what is unreadable is said once."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from fundpool.inputs.case import check_case, read_case
from tests.cases.small import SmallCase, small_case


def _written(case: SmallCase, tmp_path: Path, **files: bytes) -> Path:
    folder = case.write(tmp_path / "case")
    for name, contents in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(contents)
    return folder


@pytest.mark.parametrize(
    "name", ["fund_totals.tsv", "fund_totals.csv.gz", "fund_totals.xlsx", "scheme_rules.txt"]
)
def test_an_optional_table_with_another_ending_is_an_error(name: str, tmp_path: Path) -> None:
    folder = _written(small_case(), tmp_path, **{f"tables/{name}": b"x"})
    (finding,) = check_case(folder)
    assert (finding.file, finding.severity) == (f"tables/{name}", "error")
    assert name.partition(".")[0] + ".csv" in finding.mend


@pytest.mark.parametrize(
    ("name", "severity"),
    [("tables/actual.csv", "warning"), ("tables/fund_total.tsv", "warning"),
     ("tables/economy.xlsx", "warning"), ("actuals.csv", "error"),
     ("schemes/rural.tml", "warning"), ("policies/pool.toml.txt", "warning")],
)  # fmt: skip
def test_a_file_that_is_not_read_is_named(name: str, severity: str, tmp_path: Path) -> None:
    folder = _written(small_case(), tmp_path, **{name: b"x"})
    (finding,) = check_case(folder)
    assert (finding.file, finding.severity) == (name, severity)
    if severity == "warning":
        assert read_case(folder).warnings == (finding,)


@pytest.mark.parametrize(
    "name",
    ["tables/.hidden.csv", "tables/~$economy.xlsx", "tables/economy.csv~", "tables/notes.txt",
     "schemes/README.md", "README.txt"],
)  # fmt: skip
def test_files_beside_a_case_are_left_alone(name: str, tmp_path: Path) -> None:
    assert check_case(_written(small_case(), tmp_path, **{name: b"x"})) == ()


def test_a_folder_in_place_of_a_table(tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    (folder / "tables" / "economy.csv").unlink()
    (folder / "tables" / "economy.csv").mkdir()
    (finding,) = check_case(folder)
    assert finding.message == (
        "tables/economy.csv: expected a file that can be read. It is no file."
    )


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_separator_is_one_finding(mark: str, tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    file = folder / "tables" / "economy.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace(",", mark).replace("0.5", "0,5"), encoding="utf-8"
    )  # fmt: skip
    (finding,) = check_case(folder)
    assert finding.file == "tables/economy.csv"
    assert "separated by " in finding.mend


def test_a_parquet_table_with_codes_that_are_whole_numbers(tmp_path: Path) -> None:
    case = small_case()
    codes = {"ash": 11, "birch": 12, "north": 21, "south": 22, "land": 31}
    for table in case.tables.values():
        for column in ("region", "parent", "home", "residence", "centre"):
            if column in table:
                table[column] = table[column].map(lambda cell: codes.get(cell, cell))
    folder = case.write(tmp_path / "case")
    (folder / "tables" / "regions.csv").unlink()
    regions = case.tables["regions"]
    regions["parent"] = pd.array([21, 22, 31, 31, None], dtype="Int64")
    regions["region"] = regions["region"].astype("int64")
    with duckdb.connect() as connection:
        connection.register("regions", regions)
        connection.execute(f"COPY regions TO '{folder / 'tables' / 'regions.parquet'}'")
    assert check_case(folder) == ()
    assert read_case(folder).regions.parents == {"11": "21", "12": "22", "21": "31", "22": "31"}


@pytest.mark.parametrize("cell", ["#DIV/0!", "#N/A", "#NAME?", "#REF!"])
def test_an_error_of_a_spreadsheet_in_a_text(cell: str, tmp_path: Path) -> None:
    case = small_case()
    case.tables["regions"].loc[0, "name"] = cell
    case.tables["demography"]["rural_share"] = [0.1, cell]
    named, shared = sorted(check_case(case.write(tmp_path / "case")), key=lambda f: -(f.row or 0))
    assert (named.file, named.row, named.column) == ("tables/demography.csv", 3, "rural_share")
    assert (shared.file, shared.row, shared.column) == ("tables/regions.csv", 2, "name")


def test_control_characters_are_refused(tmp_path: Path) -> None:
    case = small_case()
    case.tables["regions"].loc[0, "name"] = "A\x01sh"
    (finding,) = check_case(case.write(tmp_path / "case"))
    assert (finding.row, finding.column) == (2, "name")


@pytest.mark.parametrize(
    ("parents", "level"), [(("ash", "south"), "city"), (("north", "south"), "county")]
)
def test_a_code_at_two_levels_is_one_finding(
    parents: tuple[str, str], level: str, tmp_path: Path
) -> None:
    case = small_case()
    regions = case.tables["regions"]
    regions.loc[2, "region"] = "ash"
    regions.loc[[0, 1], "parent"] = parents
    regions.loc[2, "level"] = level
    (finding,) = check_case(case.write(tmp_path / "case"))
    assert (finding.file, finding.row, finding.column) == ("tables/regions.csv", 4, "region")
