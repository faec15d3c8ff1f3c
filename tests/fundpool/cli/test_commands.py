"""Commands: exit status, what goes to stdout and stderr, what is written and what is not."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import fundpool
from fundpool.cli import commands
from fundpool.models.projection.study import Projection
from fundpool.summary import as_json, summary
from tests.cases.small import small_case
from tests.fundpool.conftest import Run

TABLES = (
    "funds", "measures", "people", "ages", "accounts", "migrants", "retiring", "settlement",
    "calibration", "evenness", "economy",
)  # fmt: skip


@pytest.fixture(scope="module")
def projection(small_folder: Path) -> Projection:
    return fundpool.project(fundpool.read_case(small_folder), "city", years=3)


def _files(folder: Path) -> list[str]:
    """Everything in a folder, drafts included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


# check


def test_check_of_a_sound_case(run: Run, small_folder: Path) -> None:
    result = run("check", small_folder)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == f"{small_folder}: nothing to mend.\n"
    assert run("check", small_folder, "--quiet").stderr == ""


def test_check_lists_every_finding(run: Run, broken_folder: Path) -> None:
    result = run("check", broken_folder)
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "error: tables/employment.csv, row 3, column employed_share: found '1.6'; expected a "
        "number from 0 to 1. Correct the number.",
        "error: tables/population.csv, row 32, column persons: found '-5.0'; expected a number of "
        "at least 0. Correct the number.",
        "2 errors",
    ]


def test_check_as_data(run: Run, broken_folder: Path, small_folder: Path) -> None:
    result = run("check", broken_folder, "--json")
    assert result.exit_code == 2
    data = json.loads(result.stdout)
    assert data["case"] == str(broken_folder)
    assert {
        (f["file"], f["row"], f["column"], f["value"], f["severity"]) for f in data["findings"]
    } == {
        ("tables/population.csv", 32, "persons", "-5.0", "error"),
        ("tables/employment.csv", 3, "employed_share", "1.6", "error"),
    }
    assert all(f["expected"] and f["mend"] and f["message"] for f in data["findings"])
    sound = run("check", small_folder, "--json")
    assert (sound.exit_code, json.loads(sound.stdout)["findings"]) == (0, [])


def test_a_warning_does_not_refuse(run: Run, tmp_path: Path) -> None:
    case = small_case()
    case.schemes["spare"] = case.schemes["resident"] | {"name": "spare"}
    folder = case.write(tmp_path / "case")
    result = run("check", folder)
    assert result.exit_code == 0
    assert result.stdout.startswith("warning: schemes/spare.toml: expected a scheme of case.toml.")
    assert result.stdout.endswith("0 errors, 1 warning\n")


# project


def test_project_writes_parquet(run: Run, small_folder: Path, projection: Projection) -> None:
    result = run("project", small_folder, "--pooling", "city", "--years", 3, "--out", "a/b")
    assert result.exit_code == 3, "the resident funds run dry"
    assert result.stdout == ""
    assert result.stderr.splitlines()[:2] == [
        "Tables and summary.json written to a/b",
        "2 solvency alerts.",
    ]
    assert _files(Path("a")) == sorted(
        ["b", "b/summary.json", *(f"b/{name}.parquet" for name in TABLES)]
    )
    with duckdb.connect() as connection:
        for name in TABLES:
            read = connection.execute(f"SELECT * FROM 'a/b/{name}.parquet'").df()
            table = getattr(projection, name)
            assert list(read.columns) == list(table.columns), name
            assert len(read) == len(table), name
            for column in table.select_dtypes("number"):
                expected = table[column].to_numpy(dtype=float, na_value=float("nan"))
                values = read[column].to_numpy(dtype=float, na_value=float("nan"))
                assert values == pytest.approx(expected, rel=0, abs=0, nan_ok=True), (name, column)
    data = json.loads(Path("a/b/summary.json").read_text(encoding="utf-8"))
    assert data == json.loads(as_json(summary({"city": projection}, "city")))


def test_project_writes_csv(run: Run, small_folder: Path, projection: Projection) -> None:
    arguments = ("project", small_folder, "--pooling", "city", "--years", 3, "--format", "csv")
    assert run(*arguments, "--out", "out", "--quiet").exit_code == 3
    funds = pd.read_csv("out/funds.csv")
    assert funds["balance"].tolist() == projection.funds["balance"].tolist(), "full precision"
    assert funds["pool"].tolist() == projection.funds["pool"].tolist()
    first = {name: Path("out", f"{name}.csv").read_bytes() for name in TABLES}
    run(*arguments, "--out", "again")
    assert first == {name: Path("again", f"{name}.csv").read_bytes() for name in TABLES}


def test_json_is_all_of_stdout(run: Run, small_folder: Path) -> None:
    for command in ("project", "compare", "report"):
        out = () if command == "compare" else ("--out", command)
        result = run(command, small_folder, "--years", 2, "--json", *out)
        data = json.loads(result.stdout)
        assert data["case"] == "two_counties"
        if command != "compare":
            assert result.stdout == Path(command, "summary.json").read_text(encoding="utf-8")
            assert result.stderr != ""


def test_quiet_says_nothing(run: Run, small_folder: Path) -> None:
    for command in ("project", "report"):
        result = run(command, small_folder, "--years", 2, "--quiet", "--out", command)
        assert (result.exit_code, result.stdout, result.stderr) == (3, "", "")


# compare


def test_compare_prints_a_row_a_plan_and_scheme(run: Run, small_folder: Path) -> None:
    result = run("compare", small_folder, "--years", 3, "--pooling", "county",
                 "--pooling", "county,province@2022")  # fmt: skip
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:5]] == [
        ["county", "employee"],
        ["county", "resident"],
        ["county,province@2022", "employee"],
        ["county,province@2022", "resident"],
    ]
    resident = lines[2].split()
    # two pools, both dry from 2021 on, holding everyone
    assert resident[2:7] == ["2", "2", "100.00", "%", "2021"]
    assert lines[-1].startswith("Two counties, 2021-2023;")
    assert list(Path().iterdir()) == [], "compare writes nothing"


def test_compare_takes_every_level_unless_told(run: Run, small_folder: Path) -> None:
    data = json.loads(run("compare", small_folder, "--years", 1, "--json").stdout)
    assert list(data["pooling"]) == ["county", "city", "province"]


# exit status


def test_status_0_where_every_pool_meets_its_target(run: Run, solvent_folder: Path) -> None:
    for command, out in (("project", ("--out", "a")), ("compare", ()), ("report", ("--out", "b"))):
        result = run(command, solvent_folder, "--years", 6, *out)
        assert result.exit_code == 0, result.stderr
        assert "alert" not in result.stderr


def test_status_3_where_one_does_not(run: Run, small_folder: Path) -> None:
    result = run("report", small_folder, "--years", 2)
    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        f"Checking {small_folder}",
        "Projecting 2 county funds over 2 years",
        "Optimising rates and swaps",
        "Writing the report",
        "Report: fundpool-report/report.html, report.pdf, report.xlsx",
        "2 solvency alerts.",
        "Pooled by county, 2 of 4 funds hold less than 6 months of spending, claims owed taken "
        "off, at some time in the first 5 years.",
        "2 of them run dry in that time: Ash, Birch (Resident scheme).",
    ]
    assert _files(Path("fundpool-report")) == [
        "report.html", "report.pdf", "report.xlsx", "summary.json",
    ]  # fmt: skip


def test_alerts_are_those_of_the_first_plan(run: Run, small_folder: Path) -> None:
    plans = ("--pooling", "province", "--pooling", "county")
    data = json.loads(run("compare", small_folder, "--years", 2, "--json", *plans).stdout)
    assert data["alert_plan"] == "province"
    assert [alert["pool"] for alert in data["alerts"]] == ["land"]


# bad input and usage: status 2, a sentence, nothing written


@pytest.mark.parametrize("command", ["project", "compare", "report"])
def test_a_broken_case_is_refused(run: Run, broken_folder: Path, command: str) -> None:
    result = run(command, broken_folder)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "tables/population.csv, row 32, column persons" in result.stderr
    assert "tables/employment.csv, row 3, column employed_share" in result.stderr
    assert result.stderr.endswith("2 errors\n")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "economy.intrest=0.1"), "Did you mean 'economy.interest'?"),
        (("--set", "economy.interest=high"), "should read PATH=VALUE with a number"),
        (("--set", "economy.interest"), "should read PATH=VALUE with a number"),
        (("--set", "=0.1"), "expected the path of an assumption"),
        (("--set", "economy.interest=7"), "7 is not a number from -0.5 to 1"),
        (("--set", "economy.interest=nan"), "is not a number from -0.5 to 1"),
        (("--set", "schemes.resident.rules.premum=90"), "schemes.resident.rules.premium"),
        (("--pooling", "village"), "'village' in the pooling plan 'village' is not a level"),
        (("--pooling", "province,county@2025"), "would split pools up"),
        (("--pooling", "city+province:0.05:x"), "should read LEVEL:LEVY:OWN"),
        (("--years", "0"), "--years"),
        (("--years", "soon"), "--years"),
        (("--format", "xml"), "--format"),
        (("--colour", "red"), "--colour"),
    ],
)
def test_bad_arguments_are_refused(
    run: Run, small_folder: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run("project", small_folder, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert list(Path().iterdir()) == []


def test_a_case_that_is_not_there(run: Run) -> None:
    result = run("report", "atlantis")
    assert result.exit_code == 2
    finding, count = result.stderr.splitlines()[-2:]
    assert finding.startswith(
        "error: atlantis: expected a case folder, a workbook or a bundled case. Known: "
    )
    assert "jiangsu" in finding
    assert count == "1 error"


def test_a_file_where_the_folder_should_be(run: Run, small_folder: Path) -> None:
    Path("taken").write_text("mine", encoding="utf-8")
    for out in ("taken", "taken/inside"):
        for command in ("project", "report"):
            result = run(command, small_folder, "--out", out)
            assert result.exit_code == 2
            assert result.stderr == f"fundpool: --out '{out}': 'taken' is a file; name a folder\n"
    assert Path("taken").read_text(encoding="utf-8") == "mine"


def test_totals_that_cannot_be_met_are_refused(run: Run, tmp_path: Path) -> None:
    """North's claims alone exceed those of the land it lies in."""
    case = small_case()
    case.tables["fund_totals"] = pd.DataFrame(
        [("land", "employee", 2020, "claims", 1e6, "fit"),
         ("north", "employee", 2020, "claims", 5e6, "fit")],
        columns=["region", "scheme", "year", "measure", "value", "use"],
    )  # fmt: skip
    folder = case.write(tmp_path / "case")
    result = run("report", folder, "--years", 1)
    assert result.exit_code == 2
    assert "tables/fund_totals.csv, row 2" in result.stderr
    assert "cannot be met: correct claims of employee in land or in its parts" in result.stderr
    assert _files(tmp_path)[-1].startswith("case/"), "no report"
    assert not Path("fundpool-report").exists()


# an error in the middle


def test_an_error_in_the_middle_writes_nothing(
    run: Run, small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fundpool.writing as writing

    plain, written = writing.write_table, []

    def failing(*arguments: object) -> Path:
        written.append(arguments)
        if len(written) > 3:
            raise OSError("no space left")
        return plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "write_table", failing)
    result = run("project", small_folder, "--years", 1, "--out", "out", "--quiet")
    assert result.exit_code == 1
    assert result.stderr == "fundpool: nothing was written to 'out': no space left\n"
    assert list(Path().iterdir()) == []
    # what was there stays as it was
    Path("out").mkdir()
    Path("out/funds.parquet").write_text("older", encoding="utf-8")
    written.clear()
    result = run("project", small_folder, "--years", 1, "--out", "out", "--quiet")
    assert result.exit_code == 1
    assert result.stderr == "fundpool: nothing was written to 'out': no space left\n"
    assert _files(Path()) == ["out", "out/funds.parquet"]
    assert Path("out/funds.parquet").read_text(encoding="utf-8") == "older"


# --set


def test_a_changed_assumption_changes_the_result(run: Run, small_folder: Path) -> None:
    arguments = ("project", small_folder, "--years", 2, "--quiet", "--format", "csv")
    run(*arguments, "--out", "before")
    run(*arguments, "--out", "after", "--set", "economy.medical_inflation=0.2",
        "--set", "schemes.employee.rules.employer_rate=0.10")  # fmt: skip
    before, after = (
        pd.read_csv(f"{name}/funds.csv").set_index(["scheme", "pool", "year"])[
            ["claims_incurred", "contributions"]
        ]
        for name in ("before", "after")
    )
    ratio = after / before
    assert ratio.xs(2021, level="year")["claims_incurred"].to_numpy() == pytest.approx(1.2 / 1.1)
    assert ratio.xs(2022, level="year")["claims_incurred"].to_numpy() == pytest.approx(
        (1.2 / 1.1) ** 2
    )
    assert ratio.xs("employee")["contributions"].to_numpy() == pytest.approx(0.12 / 0.10)
    assert ratio.xs("resident")["contributions"].to_numpy() == pytest.approx(1.0)
    digests = {
        json.loads(Path(name, "summary.json").read_text(encoding="utf-8"))["inputs_sha256"]
        for name in ("before", "after")
    }
    assert len(digests) == 2


def test_a_lever_moves_what_is_paid_in_where_totals_are_published(run: Run) -> None:
    """Jiangsu is calibrated on its totals, and every city has a premium of its own."""
    arguments = ("project", "jiangsu", "--years", 1, "--quiet", "--format", "csv")
    refused = run(*arguments, "--set", "schemes.resident.rules.premium=400")
    assert refused.exit_code == 2
    assert "--set schemes.resident.rules.premium.320000=400" in refused.stderr
    run(*arguments, "--out", "before")
    run(*arguments, "--out", "after", "--set", "schemes.employee.rules.employer_rate=0.09",
        "--set", "schemes.resident.rules.premium.320000=800")  # fmt: skip
    before, after = (
        pd.read_csv(f"{name}/funds.csv").groupby(["scheme", "year"])["contributions"].sum()
        for name in ("before", "after")
    )
    assert after["employee", 2025] / before["employee", 2025] > 1.05
    assert after["resident", 2025] / before["resident", 2025] > 1.5


def test_a_changed_assumption_is_shown_as_assumed(run: Run, small_folder: Path) -> None:
    run("report", small_folder, "--years", 1, "--set", "economy.interest=0.0173")
    page = Path("fundpool-report/report.html").read_text(encoding="utf-8")
    row = page.split("<code>economy.interest</code>")[1].split("</tr>")[0]
    assert "0.0173" in row
    assert "set by the user" in row
    assert "assumed" in row


# init


def test_init_copies_a_case_that_checks(run: Run) -> None:
    result = run("init", "mine")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Copied jiangsu to mine. Next: fundpool check mine\n"
    assert {path.name for path in Path("mine").iterdir()} >= {"case.toml", "schemes", "tables"}
    assert run("check", "mine").exit_code == 0
    kept = Path("mine/case.toml").read_bytes()
    again = run("init", "mine")
    assert again.exit_code == 2
    assert "nothing is overwritten" in again.stderr
    assert Path("mine/case.toml").read_bytes() == kept
    unknown = run("init", "other", "--case", "atlantis")
    assert unknown.exit_code == 2
    assert "expected the name of a bundled case. Known: " in unknown.stderr
    assert "jiangsu" in unknown.stderr
    assert _files(Path())[-1].startswith("mine"), "no other folder, no draft"


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"fundpool {fundpool.__version__}\n"


def test_every_command_is_on_the_page_of_commands() -> None:
    page = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in commands.app.registered_commands:
        assert command.callback is not None
        assert f"`fundpool {command.name or command.callback.__name__}" in page
