"""``optimise`` and ``frontier`` as a script sees them."""

import json
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import fundpool
from fundpool.cli.commands import app
from fundpool.inputs.case import read_case
from tests.cases.policies import RURAL, SOURCE, policy, policy_case
from tests.cases.small import small_case
from tests.cases.stochastic import stochastic_case

FREE = {"value": 3.0, "source": "test", "status": "assumed"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_case().write(tmp_path_factory.mktemp("case") / "small")


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_plan_is_written_whole(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    code, stdout, _ = run("optimise", str(small), "--years", "5", "--reserve-months", "1",
                          "--out", str(out), "--format", "csv", "--json")  # fmt: skip
    assert code in (0, 3)
    record = json.loads(stdout)
    assert record == json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert record["status"] == "certified"
    assert record["certificate"]["relative_gap"] <= 1e-6
    assert record["certificate"]["largest_violation"] <= 1e-6
    assert {"objective", "largest_violation", "relative_gap"} <= set(record["certificate"])
    rates = pd.read_csv(out / "rates.csv")
    assert {"scheme", "pool", "year", "rate_in_force", "rate"} <= set(rates.columns)
    swaps = pd.read_csv(out / "swaps.csv")
    assert {"paid", "received", "share_of_income"} <= set(swaps.columns)
    for name in ("transfers", "reserves", "hub", "comparison", "shadow_prices", "industries"):
        assert (out / f"{name}.csv").is_file()


def test_a_plan_for_pools_that_merge_is_written_whole(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    code, stdout, _ = run("optimise", str(small), "--years", "3", "--reserve-months", "1",
                          "--pooling", "county,city@2022", "--out", str(out), "--format", "csv",
                          "--json")  # fmt: skip
    assert code in (0, 3)
    assert json.loads(stdout)["status"] == "certified"
    rates = pd.read_csv(out / "rates.csv")
    later = rates[rates["year"] >= 2022].groupby(["scheme", "year"])["rate"]
    assert (later.max() - later.min()).max() < 1e-7
    assert (out / "shadow_prices.csv").is_file()


def test_same_inputs_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        run("optimise", str(small), "--years", "4", "--out", str(tmp_path / name), "--quiet",
            "--format", "csv")  # fmt: skip
    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert files
    for name in files:
        first, second = (tmp_path / side / name for side in ("first", "second"))
        assert first.read_bytes() == second.read_bytes(), name


def test_no_plan_ends_with_four_and_says_why(small: Path, tmp_path: Path) -> None:
    code, stdout, _ = run("optimise", str(small), "--years", "3", "--reserve-months", "600",
                          "--choose", "swaps", "--out", str(tmp_path / "plan"))  # fmt: skip
    assert code == 4
    assert "misses its reserve floor" in stdout
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert record["status"] == "shortfall"


def test_pools_can_be_chosen(small: Path, tmp_path: Path) -> None:
    code, stdout, _ = run("optimise", str(small), "--years", "4", "--choose", "pooling",
                          "--out", str(tmp_path / "plan"), "--json")  # fmt: skip
    assert code == 0
    for part in json.loads(stdout)["pooling"]:
        assert part["relative_gap"] <= 1e-6
        assert part["cost"] <= min(part["uniform_plans"].values()) + 1e-6


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--choose", "rats"], "rats"), (["--choose", ""], "swaps, instruments, pooling"),
        (["--order", "burden,fun"], "fun"), (["--share-rates", "county2"], "county2"),
        (["--hubs", "moon"], "moon"), (["--merge-years", "soon"], "soon"),
        (["--solver", "NONE"], "NONE"),
        (["--pooling", "county,city@2022", "--acceptable"], "changes its pools"),
        (["--scenarios", "10"], "Add the section [scenarios]"),
    ],
)  # fmt: skip
def test_mistakes_are_said_and_nothing_is_written(
    small: Path, tmp_path: Path, words: list[str], expected: str
) -> None:
    out = tmp_path / "plan"
    code, _, stderr = run("optimise", str(small), "--years", "3", "--out", str(out), *words)
    assert code == 2
    assert expected in stderr
    assert "Traceback" not in stderr
    assert not out.exists()


def test_frontier_is_a_table_and_a_chart(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "frontier"
    code, stdout, _ = run("frontier", str(small), "--years", "4", "--points", "2",
                          "--reserve-months", "0", "--out", str(out), "--json",
                          "--format", "csv")  # fmt: skip
    assert code == 0
    assert json.loads(stdout)["points"]
    assert (out / "frontier.csv").is_file()
    assert (out / "frontier_employee.svg").read_text(encoding="utf-8").startswith("<svg")


def test_report_shows_the_plan_and_summary_holds_it(small: Path, tmp_path: Path) -> None:
    code, _, _ = run("report", str(small), "--years", "4", "--out", str(tmp_path / "with"))
    assert code in (0, 3)
    page = (tmp_path / "with" / "report.html").read_text(encoding="utf-8")
    summary = json.loads((tmp_path / "with" / "summary.json").read_text(encoding="utf-8"))
    assert '<section id="plan">' in page
    assert {"objective", "status", "certificate"} <= set(summary["plan"])
    run("report", str(small), "--years", "4", "--out", str(tmp_path / "without"), "--no-optimise")
    bare = json.loads((tmp_path / "without" / "summary.json").read_text(encoding="utf-8"))
    assert bare["plan"] is None
    assert '<section id="plan">' not in (tmp_path / "without" / "report.html").read_text(
        encoding="utf-8"
    )


def test_from_python(small: Path) -> None:
    projection = fundpool.project(fundpool.read_case(small), pooling="county", years=4)
    plan = fundpool.optimise(projection, reserve_months=1)
    assert plan.certificate.certified
    assert not plan.rates.empty
    assert not plan.swaps.empty


@pytest.fixture(scope="module")
def uncertain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stochastic_case().write(tmp_path_factory.mktemp("uncertain") / "case")


def test_ruin_is_limited_by_one_command(uncertain: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    words = ("optimise", str(uncertain), "--years", "4", "--ruin", "0.1", "--scenarios", "300",
             "--out", str(out), "--format", "csv")  # fmt: skip
    code, stdout, _ = run(*words)
    assert code in (0, 3)
    assert "fresh scenarios" in stdout
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert record["status"] == "certified"
    chance = record["probability"]
    assert chance["in_sample"] <= 0.1
    assert chance["out_of_sample"] <= 0.1 + 3 * (0.09 / 300) ** 0.5
    assert chance["scenarios"] == 300
    assert {"worse_off", "poor_to_rich", "blocking_coalition"} <= set(record["acceptability"])
    last = max(pd.read_csv(out / "rates.csv")["year"])
    assert chance["by"] == last
    code, stdout, _ = run(*words, "--by", str(last - 2), "--joint", "--json")
    assert json.loads(stdout)["probability"] == {
        **json.loads(stdout)["probability"], "by": last - 2, "joint": True,
    }  # fmt: skip


def test_regions_may_have_to_accept_the_plan(uncertain: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    words = ("optimise", str(uncertain), "--years", "4", "--reserve-months", "1",
             "--one-path", "--out", str(out))  # fmt: skip
    code, stdout, _ = run(*words, "--acceptable", "--window", "2")
    assert code in (0, 3)
    assert "Pay more than alone: 0 regions" in stdout
    assert "Old balances of employee pooled" in stdout
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert record["status"] == "certified"
    regions = record["acceptability"]
    assert regions["worse_off"] == []
    assert [row for row in regions["worse_in"] if row["than"] == "alone"] == []
    assert regions["poor_to_rich"] == 0.0
    assert regions["window"] == 2
    assert {"employee"} <= {one["scheme"] for one in regions["sharing"]}
    _, text, _ = run(*words, "--poor-to-rich", "1e4", "--json")
    record = json.loads(text)
    assert record["policy"]["poor_to_rich"] == 1e4
    assert record["acceptability"]["poor_to_rich"] <= 2e4  # of two schemes
    _, text, _ = run(*words, "--stable", "--json")
    record = json.loads(text)
    assert record["acceptability"]["blocking_coalition"] is None or record["remedies"]
    assert "coalition_limits" not in record["policy"]
    code, _, stderr = run("optimise", str(uncertain), "--acceptable", "--scenarios", "5",
                          "--out", str(out))  # fmt: skip
    assert code == 2
    assert "ruin" in stderr


def test_a_settlement_is_written_beside_the_plan(uncertain: Path, tmp_path: Path) -> None:
    words = ("optimise", str(uncertain), "--years", "3", "--reserve-months", "1", "--one-path",
             "--out", str(tmp_path / "plan"))  # fmt: skip
    first = int(fundpool.read_case(uncertain).base_year) + 1
    assert run(*words, "--settlement", str(first + 1))[0] in (0, 3)
    assert (tmp_path / "plan" / "settlement.xlsx").is_file()
    for given in (["--settlement", "1999"], ["--settlement", str(first), "--choose", "rates"]):
        code, _, stderr = run(*words, *given)
        assert code == 2
        assert "--settlement: expected" in stderr
    assert run(*words)[0] in (0, 3)
    # no older settlement stays beside a new plan
    assert not (tmp_path / "plan" / "settlement.xlsx").exists()


def test_the_plan_of_a_report_is_that_of_optimise_on_as_many_scenarios(
    uncertain: Path, tmp_path: Path
) -> None:
    made = {}
    common = (str(uncertain), "--years", "3", "--scenarios", "40", "--json", "--quiet")
    _, text, _ = run("report", *common, "--formats", "html", "--sensitivity", "none",
                     "--policies", "none", "--out", str(tmp_path / "report"))  # fmt: skip
    made["report"] = json.loads(text)["plan"]
    case = read_case(uncertain)
    last = case.base_year + min(3, round(case.value("solvency.alert_years")))
    months = case.value("solvency.target_reserve_months")
    _, text, _ = run("optimise", *common, "--ruin", "0.05", "--by", str(last),
                     "--reserve-months", str(months), "--out", str(tmp_path / "plan"))  # fmt: skip
    made["optimise"] = json.loads(text)
    assert made["report"]["safe"] is not None
    assert made["report"]["probability"]["scenarios"] == 40
    for part in ("probability", "objective", "terms", "safety", "status"):
        assert made["report"][part] == made["optimise"][part]
    page = unescape((tmp_path / "report" / "report.html").read_text("utf-8"))
    assert made["report"]["safety"] in page


def test_plans_are_safe_by_default_where_the_case_has_scenarios(
    uncertain: Path, tmp_path: Path
) -> None:
    words = ("optimise", str(uncertain), "--years", "3", "--reserve-months", "1", "--json",
             "--out", str(tmp_path / "plan"))  # fmt: skip
    code, text, _ = run(*words)
    assert code in (0, 3)
    record = json.loads(text)
    chance = record["probability"]
    assert record["safe"]
    assert (chance["limit"], chance["scenarios"]) == (0.05, 10_000)
    assert record["safety"] == chance["sentence"]
    # the floor in months holds beside it
    assert record["policy"]["reserve_months"] == 1.0
    _, text, _ = run(*words, "--one-path")
    record = json.loads(text)
    assert "probability" not in record
    assert record["safe"] is None
    assert "not computed" in record["safety"]
    _, text, _ = run(*words[:-3], "--one-path", "--out", str(tmp_path / "plan"))
    assert record["safety"] in text
    code, _, stderr = run(*words, "--one-path", "--ruin", "0.1")
    assert code == 2
    assert "--one-path" in stderr


def test_rates_may_follow_a_rule(uncertain: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    code, stdout, _ = run("optimise", str(uncertain), "--years", "4", "--rule", "adjusting",
                          "--scenarios", "300", "--out", str(out))  # fmt: skip
    assert code in (0, 3)
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert record["probability"]["limit"] == 0.05
    rule = record["rule"]
    assert rule["sentence"] in stdout
    for scheme in rule["schemes"]:
        assert scheme["sentence"] in stdout
        assert 0.0 <= scheme["rule"]["per_cost"] <= 1.0
        assert scheme["rule"]["per_month"] >= 0.0
        lower = scheme["adjusting"]["mean_rate"] < scheme["fixed"]["mean_rate"]
        assert lower or not rule["beats_fixed"]


def test_ruin_that_no_rate_prevents_ends_with_four(tmp_path: Path) -> None:
    made = stochastic_case()
    made.settings["optimiser"] = {"rate_most": FREE | {"value": 0.3}}
    code, stdout, _ = run("optimise", str(made.write(tmp_path / "case")), "--years", "4",
                          "--ruin", "0.01", "--scenarios", "300",
                          "--out", str(tmp_path / "plan"))  # fmt: skip
    assert code == 4, stdout
    assert "! The probability" in stdout
    record = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert not record["probability"]["safe"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--ruin", "0"], "between 0 and 1"), (["--ruin", "1.5"], "between 0 and 1"),
        (["--ruin", "nan"], "nan"), (["--by", "2030"], "--ruin"),
        (["--ruin", "0.1", "--by", "1999"], "1999"),
        (["--ruin", "0.1", "--sensitivity"], "--sensitivity"),
        (["--ruin", "0.1", "--choose", "pooling"], "rates"),
    ],
)  # fmt: skip
def test_ruin_limits_that_mean_nothing_are_refused(
    uncertain: Path, tmp_path: Path, words: list[str], expected: str
) -> None:
    code, _, stderr = run("optimise", str(uncertain), "--years", "4", *words,
                          "--out", str(tmp_path / "plan"))  # fmt: skip
    assert code == 2
    assert expected in stderr
    assert not (tmp_path / "plan").exists()


def test_ruin_without_scenarios_in_the_case_is_a_finding(small: Path, tmp_path: Path) -> None:
    code, _, stderr = run("optimise", str(small), "--years", "4", "--ruin", "0.1",
                          "--out", str(tmp_path / "plan"))  # fmt: skip
    assert code == 2
    assert "scenarios" in stderr
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize("words", [["optimise", "--choose", "rates,swaps,pooling"],
                                   ["frontier", "--points", "2"]])  # fmt: skip
def test_plans_are_for_schemes_that_last(tmp_path: Path, words: list[str]) -> None:
    """A rural scheme is taken in on the way: it pools as the case does, and has no plan."""
    made = policy_case()
    made.policies["tried"] = policy(**RURAL, case={"mergers": [
        {"scheme": "rural", "into": "resident", "year": 2023, **SOURCE}]})  # fmt: skip
    case = made.write(tmp_path / "case")
    code, stdout, stderr = run(
        *words, str(case), "--policy", "tried", "--years", "4", "--reserve-months", "0",
        "--out", str(tmp_path / "out"), "--json", "--quiet",
    )  # fmt: skip
    assert code in (0, 3), stderr
    assert '"employee"' in stdout
    assert "invalid value" not in stderr
    assert '"scheme": "rural"' not in stdout
