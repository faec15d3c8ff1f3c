"""An empty case: it checks once its tables are filled, and says what still has to be replaced."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import fundpool
from fundpool.cli.commands import app
from fundpool.inputs.case import check_case
from fundpool.inputs.folders import _unfit_names, write_case_folder
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.new import NewCase, new_case, write_new_case
from fundpool.inputs.settings.starting import STARTING
from tests.cases.small import small_case

SMALL = NewCase("mine", "Mine", services=("outpatient",), base_year=2020, years=3)


def _errors(case: Path) -> list[str]:
    return [finding.message for finding in check_case(case) if finding.severity == "error"]


@pytest.mark.parametrize("ending", ["", ".xlsx"])
def test_an_empty_case_lacks_nothing_but_rows(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"mine{ending}"
    write_new_case(SMALL, target)
    lacking = {message.partition(":")[0] for message in _errors(target)}
    required = {table.name for table in TABLES if table.required}
    assert {Path(name).stem for name in lacking} == required
    assert all("only a header" in message for message in _errors(target))


def test_filled_it_checks_and_is_projected(tmp_path: Path) -> None:
    write_new_case(SMALL, tmp_path / "mine")
    filled = small_case().write(tmp_path / "filled")
    for file in (filled / "tables").iterdir():
        shutil.copy(file, tmp_path / "mine" / "tables" / file.name)
    scheme = tmp_path / "mine" / "schemes" / "employee.toml"
    text = scheme.read_text(encoding="utf-8")  # the ages at which the tables split their bands
    for sex, age in (("female", 55), ("male", 60)):
        text = text.replace(f"age_{sex}]\nvalue = 65", f"age_{sex}]\nvalue = {age}")
    scheme.write_text(text, encoding="utf-8")
    warnings = [f for f in check_case(tmp_path / "mine") if f.value == STARTING]
    assert _errors(tmp_path / "mine") == []
    assert {finding.file for finding in warnings} == {
        "case.toml", "schemes/employee.toml", "schemes/resident.toml",
    }  # fmt: skip
    funds = fundpool.project(fundpool.read_case(tmp_path / "mine"), "county", years=3).funds
    assert len(funds) == 2 * 2 * 3, "two schemes, two counties, three years"
    assert (funds["contributions"] == 0.0).all(), "no rate has been given yet"


def test_a_value_with_a_source_of_its_own_is_reported_no_more(tmp_path: Path) -> None:
    write_new_case(SMALL, tmp_path / "mine")
    file = tmp_path / "mine" / "schemes" / "resident.toml"
    text = file.read_text(encoding="utf-8")
    assert STARTING in text
    file.write_text(text.replace(STARTING, "the bureau"), encoding="utf-8")
    files = {f.file for f in check_case(tmp_path / "mine") if f.value == STARTING}
    assert files == {"case.toml", "schemes/employee.toml"}


def test_no_bundled_case_starts_from_them() -> None:
    for name in ("jiangsu", "fujian"):
        assert [f for f in check_case(name) if f.value == STARTING] == []


@pytest.mark.parametrize(
    ("schemes", "statuses", "covered"),
    [
        ({"a": "payroll", "b": "flat"}, (),
         {"a": ["employee", "retired", "retired_elsewhere", "dual"],
          "b": ["home_resident", "local_resident", "dual"]}),
        ({"b": "flat"}, (), {"b": ["home_resident", "local_resident"]}),
        ({"a": "payroll"}, ("employee",), {"a": ["employee"]}),
        ({"a": "payroll", "m": "payroll"}, (),
         {"a": ["employee", "retired", "retired_elsewhere"], "m": ["migrant"]}),
    ],
)  # fmt: skip
def test_statuses_of_schemes(
    schemes: dict[str, str], statuses: tuple[str, ...], covered: dict[str, list[str]]
) -> None:
    made = new_case(NewCase("n", "N", schemes=schemes, statuses=statuses)).schemes
    assert {name: contents["statuses_covered"] for name, contents in made.items()} == covered
    for contents in made.values():
        assert contents["statuses_paying"]
        assert "retired" not in contents["statuses_paying"]
        assert ("retirement_age_male" in contents["rules"]) == (
            "retired" in contents["statuses_covered"]
        )


def test_statuses_of_the_cases_own() -> None:
    """Members, trainees and pensioners in the words of the case, wherever the case names them."""
    statuses = ("member=employee", "trainee=employee", "pensioner=retired", "home_resident")
    made = new_case(NewCase("n", "N", statuses=statuses))
    assert {name: part["kind"] for name, part in made.settings["statuses"].items()} == {
        "member": "employee", "trainee": "employee", "pensioner": "retired",
    }  # fmt: skip
    employee = made.schemes["employee"]
    assert employee["statuses_covered"] == ["member", "trainee", "pensioner"]
    assert employee["statuses_paying"] == ["member", "trainee"]
    assert made.schemes["resident"]["statuses_covered"] == ["home_resident"]
    assert "statuses" not in new_case(NewCase("n", "N")).settings


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"schemes": {"a": "wages"}}, "payroll or flat as the kind"),
        ({"schemes": {"a": "flat", "b": "flat", "c": "flat"}}, "at most two flat schemes"),
        ({"statuses": ("employe",)}, "Did you mean 'employee'?"),
        ({"statuses": ("member=employe",)}, "Did you mean 'employee'?"),
        ({"statuses": ("some one=employee", "home_resident")}, "a word of letters"),
        ({"schemes": {"a": "flat"}, "statuses": ("employee", "home_resident")},
         "a status that one of the schemes covers"),
        ({"statuses": ("retired", "home_resident")}, "a scheme that somebody pays into"),
        ({"levels": ()}, "levels"),
        ({"levels": ("a", "a")}, "each name once"),
        ({"base_year": 90}, "base_year"),
        ({"years": 0}, "solvency.horizon"),
        ({"currency": ""}, "currency"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(change: dict[str, Any], part: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=part.replace("?", r"\?")):
        write_new_case(NewCase("n", "N", **change), tmp_path / "n")
    assert list(tmp_path.iterdir()) == []


def test_comments_and_notes_are_not_carried_over_but_every_value_is(tmp_path: Path) -> None:
    source = small_case().write(tmp_path / "source")
    (source / "README.md").write_text("notes", encoding="utf-8")
    write_case_folder(source, tmp_path / "copy")
    for name in ("case.toml", "schemes/employee.toml"):
        first = tomllib.loads((source / name).read_text(encoding="utf-8"))
        assert tomllib.loads((tmp_path / "copy" / name).read_text(encoding="utf-8")) == first
    assert not (tmp_path / "copy" / "README.md").exists()


@pytest.mark.parametrize("name", ["con", "a:b", "trailing.", "~$lock"])
def test_names_that_no_file_can_have(name: str) -> None:
    raw = RawCase("n", settings={}, policies={name: {}})
    assert [finding.value for finding in _unfit_names(raw)] == [name]


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(app, list(words))

    monkeypatch.chdir(tmp_path)
    assert run("new", "mine", "--services", "outpatient").exit_code == 0
    again = run("new", "mine")
    assert (again.exit_code, "nothing is overwritten" in again.stderr) == (2, True)
    assert run("convert", "mine", "mine.xlsx").exit_code == 0
    again = run("convert", "jiangsu", "mine.xlsx")
    assert (again.exit_code, "nothing is overwritten" in again.stderr) == (2, True)
    assert run("convert", "mine.xlsx", "back").exit_code == 0
    first, last = (Path(name, "case.toml").read_bytes() for name in ("mine", "back"))
    assert tomllib.loads(first.decode()) == tomllib.loads(last.decode())
    for words in (
        ("new", "x", "--schemes", "a"), ("new", "x", "--schemes", ""),
        ("new", "x", "--schemes", "a=flat,a=flat"), ("new", "x", "--ask"),
        ("convert", "nowhere", "x"), ("convert", "mine", "mine"),
    ):  # fmt: skip
        result = run(*words)
        assert result.exit_code == 2, words
        assert result.stdout == ""
        assert not Path("x").exists()
