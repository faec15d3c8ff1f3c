"""A case read from a folder, a workbook and Parquet; its values, changes and rules."""

import contextlib
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from fundpool.building.copies import copy_case
from fundpool.inputs.case import Case, bundled_cases, check_case, read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.template import write_case_workbook, write_empty_workbook
from fundpool.models.coverage.participation import participation
from fundpool.models.terms.years import year_terms
from tests.cases.small import small_case, toml_text


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return read_case(small_case().write(tmp_path / "case"))


def test_a_workbook_is_the_same_case(tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    write_case_workbook(folder, tmp_path / "case.xlsx")
    first, second = read_case(folder), read_case(tmp_path / "case.xlsx")
    assert first.settings == second.settings
    assert [s.file for s in first.schemes] == [s.file for s in second.schemes]
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table, second.tables[name])


def test_the_same_workbook_twice_is_the_same_bytes(tmp_path: Path) -> None:
    folder = small_case().write(tmp_path / "case")
    write_case_workbook(folder, tmp_path / "a.xlsx")
    write_case_workbook(folder, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_empty_workbook_asks_for_everything(tmp_path: Path) -> None:
    write_empty_workbook(tmp_path / "empty.xlsx")
    findings = check_case(tmp_path / "empty.xlsx")
    assert {finding.file for finding in findings} >= {"case", "population", "economy", "coverage"}
    assert all(finding.severity == "error" for finding in findings)


def test_parquet_tables(tmp_path: Path) -> None:
    small = small_case()
    economy = small.tables.pop("economy")
    folder = small.write(tmp_path / "case")
    with duckdb.connect() as connection:
        connection.register("frame", economy)
        connection.execute(f"COPY frame TO '{folder}/tables/economy.parquet' (FORMAT parquet)")
    table = read_case(folder).tables["economy"]
    assert table["contribution_wage"].tolist() == [50_000.0, 100_000.0]
    assert table["region"].tolist() == ["ash", "birch"]


def test_a_case_all_in_parquet(tmp_path: Path) -> None:
    """The same tables, typed and with nulls where cells are blank; a bad row keeps its number."""
    small = small_case()
    from_csv = read_case(small.write(tmp_path / "csv"))
    tables, small.tables = small.tables, {}
    folder = small.write(tmp_path / "parquet")

    def write(name: str, table: pd.DataFrame) -> None:
        with duckdb.connect() as connection:
            connection.register("frame", table)
            connection.execute(f"COPY frame TO '{folder}/tables/{name}.parquet' (FORMAT parquet)")

    for name, table in tables.items():
        write(name, table)
    from_parquet = read_case(folder)
    for name, table in from_csv.tables.items():
        pd.testing.assert_frame_equal(table, from_parquet.tables[name])
    write("population", tables["population"].assign(persons=-1.0).iloc[:1])
    messages = [finding.message for finding in check_case(folder)]
    assert messages[0].startswith(
        "tables/population.parquet, row 2, column persons: found '-1'; expected a number of at "
        "least 0."
    )


def test_region_tree(case: Case) -> None:
    tree = case.regions
    assert tree.codes == ("ash", "birch")
    assert tree.lineage("ash") == ("ash", "north", "land")
    assert tree.ancestor_index("city").tolist() == [0, 1]
    assert tree.ancestor_index("province").tolist() == [0, 0]
    assert tree.index("outside") == 2
    assert tree.level_of("south") == "city"
    with pytest.raises(ValueError, match="not one of the levels"):
        tree.codes_at("parish")
    with pytest.raises(KeyError):
        tree.index("north")


def test_rows_inherit_their_source(tmp_path: Path) -> None:
    small = small_case()
    economy = small.tables["economy"]
    small.tables["economy"] = economy.assign(source=["a survey", ""], status=["published", ""])
    case = read_case(small.write(tmp_path / "case"))
    assert case.tables["economy"]["source"].tolist() == ["a survey", "worked example"]
    assert case.tables["economy"]["status"].tolist() == ["published", "assumed"]
    row = case.table_sources().set_index("table").loc["economy"]
    assert row["status"] == "assumed 1, published 1"


def test_values_by_year(tmp_path: Path) -> None:
    small = small_case()
    small.settings["economy"]["wage_growth"]["by_year"] = {2022: 0.07}
    case = read_case(small.write(tmp_path / "case"))
    assert case.value("economy.wage_growth") == 0.1
    assert case.value("economy.wage_growth", 2022) == 0.07
    assert case.value("economy.wage_growth", 2023) == 0.1
    with pytest.raises(KeyError, match="no assumption"):
        case.value("economy.wages")


def test_changed_values(case: Case) -> None:
    changed = case.with_values(
        {"economy.wage_growth": 0.02, "schemes.employee.rules.employer_rate": 0.09,
         "pooling.moral_hazard.values.city": 0.05, "mobility.schedule.c": 0.5}
    )  # fmt: skip
    assert changed.value("economy.wage_growth", 2030) == 0.02
    assert changed.scheme("employee").rule("employer_rate", None, 2025) == 0.09
    assert changed.settings.pooling.moral_hazard.value_of("city") == 0.05
    assert changed.settings.mobility.schedule.c == 0.5
    assert changed.inputs_sha256 != case.inputs_sha256
    rows = changed.assumptions().set_index("path")
    assert rows.loc["economy.wage_growth", "source"] == "set by the user"
    assert rows.loc["economy.wage_growth", "status"] == "assumed"
    # the case it came from is as it was
    assert case.value("economy.wage_growth") == 0.1


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("economy.wage_grwth", 0.1, "Did you mean 'economy.wage_growth'"),
        ("schemes.employee.rules.employers", 0.1, "schemes.employee.rules.employer_rate"),
        ("economy.wage_growth", 7.0, "7 is not a number from -0.5 to 1"),
        ("schemes.employee.rules.employer_rate", 2.0, "a number from 0 to 1"),
    ],
)
def test_refused_changes(case: Case, path: str, value: float, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        case.with_values({path: value})


def test_regional_rules(tmp_path: Path) -> None:
    """The nearest region up the tree wins, from its year on; else the scheme file."""
    small = small_case()
    rows = [
        ("employee", "land", 2022, "employer_rate", "", 0.07),
        ("employee", "north", 2020, "employer_rate", "", 0.09),
        ("employee", "ash", 2025, "employer_rate", "", 0.06),
        ("employee", "birch", 2021, "rate", "outpatient", 0.5),
        ("employee", "birch", 2021, "deductible", "outpatient", 40.0),
    ]
    small.tables["scheme_rules"] = pd.DataFrame(
        rows, columns=["scheme", "region", "year", "rule", "service", "value"]
    )
    scheme = read_case(small.write(tmp_path / "case")).scheme("employee")
    by_year = [scheme.rule("employer_rate", "ash", year) for year in (2020, 2022, 2024, 2025)]
    assert by_year == [0.09, 0.09, 0.09, 0.06]
    assert [scheme.rule("employer_rate", "birch", year) for year in (2021, 2022)] == [0.08, 0.07]
    assert scheme.rule_array("employer_rate", scheme.regions, 2025).tolist() == [0.06, 0.07]
    before, after = (scheme.benefit("outpatient", "birch", year) for year in (2020, 2021))
    assert before(1000.0) == pytest.approx(800.0)
    # 40 is money of 2021, in which a cost of 1,000 in money of 2020 is one of 1,100
    assert after(1000.0) == pytest.approx(0.5 * (1_000 - 40 / 1.1))
    assert scheme.benefit_signature(2020) != scheme.benefit_signature(2021)
    assert scheme.benefit_signature(2021) == scheme.benefit_signature(2025)


def _with_own_premiums(tmp_path: Path, rows: list[tuple[str, int, float]]) -> Case:
    small = small_case()
    small.tables["scheme_rules"] = pd.DataFrame(
        [("resident", code, year, "premium", "", value) for code, year, value in rows],
        columns=["scheme", "region", "year", "rule", "service", "value"],
    )
    return read_case(small.write(tmp_path / "case"))


EVERY_REGION = [("north", 2020, 300.0), ("birch", 2019, 250.0), ("ash", 2025, 400.0)]


def test_a_value_that_no_region_follows_is_refused(tmp_path: Path) -> None:
    case = _with_own_premiums(tmp_path, EVERY_REGION)
    path = "schemes.resident.rules.premium"
    with pytest.raises(CaseError, match=r"every region \(3 rows, 250 to 400\)") as refused:
        case.with_values({path: 350.0})
    assert f"--set {path}.land=350" in str(refused.value)
    text = {
        "schema_version": 1, "name": "dearer", "title": "Dearer", "about": "A premium.",
        "source": "test", "status": "assumed",
        "schemes": {"resident": {"rules": {"premium": {"value": 350.0}}}},
    }  # fmt: skip
    policy = tmp_path / "dearer.toml"
    policy.write_text(toml_text(text), encoding="utf-8")
    with pytest.raises(CaseError, match="a rule that some region follows"):
        case.with_policies([policy])
    some = _with_own_premiums(tmp_path / "some", EVERY_REGION[1:])
    assert some.with_values({path: 350.0}).scheme("resident").rule("premium", "ash", 2021) == 350.0


def test_a_rule_is_set_for_a_region_and_all_that_lies_in_it(tmp_path: Path) -> None:
    case = _with_own_premiums(tmp_path, EVERY_REGION)
    path = "schemes.resident.rules.premium"
    for levers_since, before in ((None, (350.0, 350.0)), (2021, (300.0, 250.0))):
        changed = case.with_values({f"{path}.land": 350.0}, levers_since).scheme("resident")
        premiums = [changed.rule("premium", code, 2020) for code in ("ash", "birch")]
        assert tuple(premiums) == before
        for year in (2021, 2025, 2040):
            assert changed.rule_array("premium", changed.regions, year).tolist() == [350.0, 350.0]
    one = case.with_values({f"{path}.birch": 280.0}).scheme("resident")
    assert [one.rule("premium", code, 2030) for code in ("ash", "birch")] == [400.0, 280.0]
    assert case.scheme("resident").rule("premium", "birch", 2030) == 250.0
    for wrong, words in ((f"{path}.oak", "a region of the case"), (f"{path}.ash", "from 0 to")):
        with pytest.raises(CaseError, match=words):
            case.with_values({wrong: -1.0})


def test_a_rule_set_from_a_year_leaves_the_base_year(tmp_path: Path) -> None:
    """Calibration to the base year's totals would cancel a change of the base year itself."""
    case = read_case(small_case().write(tmp_path / "case"))
    path = "schemes.employee.rules.employer_rate"
    changed = case.with_values({path: 0.11}, levers_since=2021)
    rates = [changed.scheme("employee").rule("employer_rate", "ash", y) for y in (2020, 2021, 2040)]
    assert rates == [0.08, 0.11, 0.11]
    table = changed.assumptions().set_index("path")
    assert table.loc[f"{path} (2021)", "value"] == 0.11
    assert "set by the user from 2021" in table.loc[path, "source"]


def test_participation_set_from_a_year_leaves_the_base_year() -> None:
    case = read_case("jiangsu")
    path = "participation.awareness"
    known = case.value(path)
    changed = case.with_values({path: 0.9}, levers_since=2025)
    assert [changed.value(path, year) for year in (2024, 2025, 2050)] == [known, 0.9, 0.9]
    as_it_is, more = (participation(year_terms(c, 2029)).entry for c in (case, changed))
    assert more[3].max() > as_it_is[3].max()
    throughout = case.with_values({path: 0.9})
    assert participation(year_terms(throughout, 2029)).entry == pytest.approx(as_it_is)


def test_rules_by_year_hold_from_then_on(tmp_path: Path) -> None:
    small = small_case()
    small.schemes["employee"]["rules"]["employee_rate"]["by_year"] = {2023: 0.03}
    small.schemes["employee"]["settlement"]["regime"]["by_year"] = {2022: "direct"}
    scheme = read_case(small.write(tmp_path / "case")).scheme("employee")
    assert [scheme.rule("employee_rate", None, year) for year in (2022, 2023, 2030)] == [
        0.02, 0.03, 0.03,
    ]  # fmt: skip
    assert [scheme.regime(year) for year in (2021, 2022, 2040)] == ["manual", "direct", "direct"]


def test_every_assumption_has_a_source_and_a_status() -> None:
    for name in bundled_cases():
        if name == "nation":
            continue  # derived on demand, see test_nation
        case = read_case(name)
        table = case.assumptions()
        assert (table["source"].str.len() > 0).all()
        assert set(table["status"]) <= {"published", "derived", "assumed"}
        for frame in case.tables.values():
            assert (frame["source"].astype(str).str.len() > 0).all()
            assert set(frame["status"]) <= {"published", "derived", "assumed"}


def test_copy_of_a_bundled_case(tmp_path: Path) -> None:
    copy_case("jiangsu", tmp_path / "mine")
    assert check_case(tmp_path / "mine") == ()
    assert read_case(tmp_path / "mine").inputs_sha256 == read_case("jiangsu").inputs_sha256
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == [
        "case.toml", "policies", "schemes", "tables",
    ]  # fmt: skip
    with pytest.raises(CaseError, match="nothing is overwritten"):
        copy_case("jiangsu", tmp_path / "mine")
    with pytest.raises(CaseError, match="Known: fujian, jiangsu"):
        copy_case("atlantis", tmp_path / "other")


def test_every_listed_path_can_be_changed() -> None:
    """Also those that the case leaves at their defaults; what is out of range is refused."""
    case = read_case("jiangsu")
    for path in case.paths():
        with contextlib.suppress(CaseError):
            case.with_values({path: 0.5})
    changed = case.with_values({"scenarios.catastrophes.epidemic.participation": 0.3})
    assert changed.inputs_sha256 != case.inputs_sha256
