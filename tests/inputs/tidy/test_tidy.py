"""Tables as bureaus write them: read right, every conversion said, no row lost, nothing guessed."""

import contextlib
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from typer.testing import CliRunner

import fundpool
from fundpool.cli.commands import app
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.raw import RawCase, RawTable
from fundpool.inputs.tidy import Tidied, tidy_tables
from tests.cases.small import small_case

LAYOUTS = Path(__file__).parent / "layouts"
REGIONS = pd.DataFrame(
    {"region": ["320102", "320104", "320100", "320000"],
     "name": ["Anning", "Anping", "Anzhou", "Anhe"],
     "name_local": ["安宁县", "安平县", "安州市", "安和省"],
     "level": ["county", "county", "city", "province"],
     "parent": ["320100", "320100", "320000", ""]}
)  # fmt: skip
CASE = RawCase(
    "made-up", settings={"levels": ["county", "city", "province"]},
    tables={"regions": RawTable("tables/regions.csv", REGIONS)},
)  # fmt: skip


def read(file: str, folder: Path, mapping: str = "") -> Tidied:
    """A layout read as the table that its name begins with."""
    source = LAYOUTS / file
    table = source.stem.partition("-")[0]
    (folder / f"{table}{source.suffix}").write_bytes(source.read_bytes())
    stated = folder / "mapping.toml"
    stated.write_text(mapping, encoding="utf-8")
    return tidy_tables(folder, CASE, stated)


def refused(file: str, folder: Path, mapping: str = "") -> list[str]:
    with pytest.raises(CaseError) as error:
        read(file, folder, mapping)
    return [item.message for item in error.value.findings if item.severity == "error"]


def people(tidied: Tidied, table: str = "population") -> "pd.Series[float]":
    frame = tidied.tables[table]
    keys = [column for column in frame if column not in ("persons", "source", "note")]
    return frame.astype({"persons": float}).set_index(keys)["persons"]


def test_a_census_table_in_chinese_with_bands_and_totals(tmp_path: Path) -> None:
    """Encoding of spreadsheets, a title, a unit, names, bands, totals of sex, age and place."""
    tidied = read("population-census-bands.csv", tmp_path)
    persons = people(tidied)
    assert persons["320102", "male", "0"] == 1000.0 / 5
    assert persons["320104", "female", "9"] == 20.0 / 5
    assert persons.sum() == 24960.0
    assert len(persons) == 8 * 5
    said = " ".join(finding.message for finding in tidied.findings)
    for words in ("GB 18030", "above the headings", "code of the region", "Read as ages",
                  "shared evenly", "totals that agree", "a note"):  # fmt: skip
        assert words in said
    account = tidied.accounts[0]
    assert account.lines == account.around + account.cells
    assert account.cells == account.totals + 8


def test_a_total_that_is_not_the_sum_is_refused(tmp_path: Path) -> None:
    (message,) = refused("population-wrong-total.csv", tmp_path)
    assert "row 6, column persons: found '100'" in message
    assert "the sum of its 2 rows, 90" in message


def test_sexes_across_decimal_comma_and_a_unit_in_the_heading(tmp_path: Path) -> None:
    """Semicolons, 1.234,5 and thousands of people, men and women in columns of their own."""
    persons = people(read("population-sexes-across.csv", tmp_path))
    assert persons["320102", "male", "7"] == 1_234_500.0
    assert persons["320104", "female", "8"] == 200.0
    assert len(persons) == 8


def test_ages_across(tmp_path: Path) -> None:
    persons = people(read("population-ages-across.csv", tmp_path))
    assert persons["320102", "female", "2"] == 3.0
    assert len(persons) == 12


def test_codes_of_statistics_and_numbers_of_the_sexes(tmp_path: Path) -> None:
    """Codes of twelve digits, sexes 1 and 2, ages with the word for years."""
    persons = people(read("population-codes.csv", tmp_path))
    assert persons.to_dict() == {("320102", "male", "30"): 5.0, ("320104", "female", "31"): 6.0}


def test_merged_cells_are_filled_only_where_that_is_stated(tmp_path: Path) -> None:
    stated = '[population]\nfill_down = ["region", "sex"]\n'
    persons = people(read("population-merged-cells.csv", tmp_path, stated))
    assert persons["320104", "male", "1"] == 4.0
    assert len(persons) == 4
    messages = refused("population-merged-cells.csv", tmp_path)
    assert any("column region: found ''" in message for message in messages)


def test_the_open_band_is_not_guessed(tmp_path: Path) -> None:
    (message,) = refused("population-open-band.csv", tmp_path)
    assert "column age: found '98+'" in message
    evenly = people(
        read("population-open-band.csv", tmp_path, '[population]\nopen_band = "evenly"\n')
    )
    assert [evenly["320102", "male", age] for age in ("98", "99", "100")] == [30.0] * 3
    (message,) = refused(
        "population-open-band.csv", tmp_path, '[population]\nopen_band = "survivors"\n'
    )
    assert "a life table" in message


def test_the_open_band_as_survivors(tmp_path: Path) -> None:
    """At a constant rate the people of the last years are in the proportions of exp(-m)."""
    rate = 0.3
    ages = [str(age) for age in range(101)]
    life = pd.DataFrame({"year": "2020", "sex": "male", "age": ages, "death_rate": str(rate)})
    life = pd.concat([life, life.assign(sex="female")])
    (tmp_path / "mortality.csv").write_text(life.to_csv(index=False), encoding="utf-8")
    persons = people(
        read("population-open-band.csv", tmp_path, '[population]\nopen_band = "survivors"\n')
    )
    last = [persons["320102", "male", age] for age in ("98", "99", "100")]
    survival = (1 - rate / 2) / (1 + rate / 2)  # deaths spread over the year
    assert sum(last) == pytest.approx(90.0)
    assert last[1] / last[0] == pytest.approx(survival)
    lived_at_98 = (1 + survival) / 2
    assert last[2] / last[0] == pytest.approx(survival**2 / rate / lived_at_98)


def test_rates_by_band_in_per_thousand_are_held(tmp_path: Path) -> None:
    tidied = read("fertility-per-thousand.csv", tmp_path)
    rates = tidied.tables["fertility"].astype({"rate": float}).set_index(["year", "age"])["rate"]
    assert rates["2020", "22"] == pytest.approx(0.0415)
    assert len(rates) == 10
    assert "held over its years" in " ".join(f.message for f in tidied.findings)


def test_shares_in_per_cent(tmp_path: Path) -> None:
    tidied = read("industries-per-cent.csv", tmp_path)
    shares = tidied.tables["industries"]
    assert shares["share"].tolist() == ["0.125", "0.875", "0.4", "0.6"]
    assert shares["source"].tolist() == ["yearbook"] * 4


def test_a_workbook_with_years_across_and_a_stated_layout() -> None:
    tidied = tidy_tables(LAYOUTS / "statement.xlsx", CASE, LAYOUTS / "statement.toml")
    totals = tidied.tables["fund_totals"].set_index(["region", "year", "measure"])["value"]
    assert totals["320100", "2021", "contributions"] == "1250000000"
    assert totals["320100", "2022", "claims"] == "1110000000"
    assert len(totals) == 4


def test_an_error_cell_of_a_workbook_is_named(tmp_path: Path) -> None:
    """Errors of a spreadsheet would read as blank: a number would be missing without a word."""
    with xlsxwriter.Workbook(tmp_path / "population.xlsx") as workbook:
        sheet = workbook.add_worksheet("population")
        sheet.write_row(0, 0, ["region", "sex", "age", "persons"])
        sheet.write_row(1, 0, ["320102", "male", 1])
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
    with pytest.raises(CaseError, match=r"row 2, column persons: found '#DIV/0!'"):
        tidy_tables(tmp_path, CASE)


def test_one_thousand_or_one_point_is_not_guessed(tmp_path: Path) -> None:
    (message,) = refused("economy-either-way.csv", tmp_path)
    assert "column contribution_wage: found '51.234'" in message
    assert "state decimal" in message
    tidied = read("economy-either-way.csv", tmp_path, '[economy]\ndecimal = ","\n')
    assert tidied.tables["economy"]["contribution_wage"].tolist() == ["51234", "49999"]


def test_columns_that_are_not_taken_are_named(tmp_path: Path) -> None:
    (message,) = refused("mobility-more-columns.csv", tmp_path)
    assert "column remark by hand" in message
    tidied = read(
        "mobility-more-columns.csv", tmp_path, '[mobility]\nleft_out = ["remark by hand"]\n'
    )
    assert len(tidied.tables["mobility"]) == 2


def test_a_place_that_is_not_known_is_named(tmp_path: Path) -> None:
    messages = refused("mobility-unknown-place.csv", tmp_path)
    assert len(messages) == 2
    assert "row 3, column home: found '安宇县'" in messages[0]
    assert "Did you mean '安" in messages[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[populaton]\nfile = 'a.csv'\n", "Did you mean 'population'?"),
        ("[population]\nfil = 'a.csv'\n", "Did you mean 'file'?"),
        ("[population]\nopen_band = 'guess'\n", "one of evenly, survivors"),
        ("[population]\ncolumns = {Alter = 'ages'}\n", "Did you mean 'age'?"),
        ("[population]\nscale = {persons = -1}\n", "numbers above 0 by column"),
        ("[population\n", "valid TOML"),
        ("[population]\nfile = 'none.csv'\n", "one file and sheet"),
    ],
)
def test_mistakes_of_a_mapping_are_findings(tmp_path: Path, text: str, words: str) -> None:
    assert words in " ".join(refused("population-codes.csv", tmp_path, text))


@pytest.mark.parametrize("file", sorted(path.name for path in LAYOUTS.glob("*.csv")))
def test_cut_anywhere_a_file_is_read_or_refused(tmp_path: Path, file: str) -> None:
    """Half a file, swapped lines, other separators: tables or findings, never another error."""
    contents = (LAYOUTS / file).read_bytes()
    lines = contents.split(b"\n")
    variants = [contents[: len(contents) * part // 7] for part in range(7)]
    variants += [b"\n".join(reversed(lines)), contents.replace(b",", b";"), contents + b"\x00\xff"]
    table = file.partition("-")[0].removesuffix(".csv")
    for number, variant in enumerate(variants):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / f"{table}.csv").write_bytes(variant)
        with contextlib.suppress(CaseError):
            for account in tidy_tables(folder, CASE).accounts:
                assert account.lines <= account.around + account.cells


def test_the_command_writes_a_case_that_checks(tmp_path: Path) -> None:
    case = small_case()
    folder = case.write(tmp_path / "case")
    people_of_case = case.tables["population"]
    tables = tmp_path / "raw"
    tables.mkdir()
    renamed = people_of_case.replace({"male": "男", "female": "女"}).rename(
        columns={"region": "地区代码", "sex": "性别", "age": "年龄", "persons": "人数"}
    )
    (tables / "population.csv").write_bytes(renamed.to_csv(index=False).encode("gb18030"))
    result = CliRunner().invoke(
        app, ["tidy", str(tables), str(tmp_path / "tidy"), "--case", str(folder)]
    )
    assert result.exit_code == 0, result.stderr
    assert "GB 18030" in result.stderr
    before, after = (fundpool.read_case(place) for place in (folder, tmp_path / "tidy"))
    for name, table in before.tables.items():
        assert table.equals(after.tables[name]), name
    assert tomllib.loads((tmp_path / "tidy/case.toml").read_text(encoding="utf-8"))


def test_a_mapping_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"missing\.toml: expected an existing file"):
        tidy_tables(LAYOUTS / "population-codes.csv", CASE, tmp_path / "missing.toml")


def test_the_command_refuses_and_writes_nothing(tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    (tmp_path / "population.csv").write_text("region,sex,age,persons\nA,x,1,2\n", encoding="utf-8")
    result = CliRunner().invoke(
        app, ["tidy", str(tmp_path / "population.csv"), str(tmp_path / "tidy"),
              "--case", str(folder)]
    )  # fmt: skip
    assert result.exit_code == 2
    assert "column sex: found 'x'" in result.stderr
    assert not (tmp_path / "tidy").exists()
