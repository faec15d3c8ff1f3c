"""The page, the command that it prints, the report and Python say the same of any plan."""

import json
import random
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fundpool.cli.commands import app
from fundpool.inputs.case import read_case
from fundpool.models.projection.comparison import compare
from tests.cases.policies import SOURCE
from tests.cases.small import SmallCase
from tests.cases.stochastic import like_counties
from tests.fundpool.web.browser import server
from tests.fundpool.web.test_server import JSON, ask, plan

YEARS = 6
POOLING = {
    "one-fund": ("province", {"moral_hazard": {"values": {"province": 0.1}, **SOURCE}}),
    "by-stages": ("county,city@2022,province@2024", {}),
    "shared-deficits": (
        "city+province:0.05:0.3:0.5",
        {"collection_effort": {"values": {"province adjustment fund": -0.1}, **SOURCE}},
    ),
}
PLANS = [
    "",
    "county",
    "city",
    "county,city@2023,province@2025",
    "county[Two=c000|c005]",
    "county,county[Two=c000|c005;Three=c001|c002|c006]@2023",
    "county+city:0.05:0.2,city+province:0.1:0.3@2023,province@2025",
    "county+province:0.05:0.3:0.5",
]


def unlike_counties() -> SmallCase:
    """Eight counties in two cities that differ in wages, incomes and what their funds hold."""
    draw = random.Random(7)
    case = like_counties(8)
    economy, balances = case.tables["economy"], case.tables["fund_balances"]
    for column in ("contribution_wage", "disposable_income"):
        economy[column] = [value * draw.uniform(0.5, 2.0) for value in economy[column]]
    balances["pooled_balance"] = [
        value * draw.uniform(-1.0, 6.0) for value in balances["pooled_balance"]
    ]
    for name, (pooling, settings) in POOLING.items():
        case.policies[name] = {
            "schema_version": 1, "name": name, "title": name, "about": name, "source": "test",
            "status": "assumed", "pooling": pooling,
        }  # fmt: skip
        if settings:
            case.policies[name]["case"] = {"pooling": settings}
    return case


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unlike_counties().write(tmp_path_factory.mktemp("agreement") / "eight")


@pytest.fixture(scope="module")
def eight(folder: Path) -> Iterator[str]:
    with server(folder, "--years", str(YEARS), "--scenarios", "0") as found:
        yield found


def requests() -> list[dict[str, Any]]:
    """Plans, policies and levers drawn together, each pooling policy by itself among them."""
    draw = random.Random(11)
    drawn: list[dict[str, Any]] = [
        {"policies": [name], "scheme": scheme}
        for name, scheme in zip(POOLING, ("employee", "resident", "employee"), strict=True)
    ]
    drawn += [{"pooling": pooling, "scheme": "resident"} for pooling in PLANS]
    for number in range(8):
        levers = {"rate": draw.uniform(-0.02, 0.02), "care": draw.uniform(-0.1, 0.1),
                  "medical_inflation": draw.uniform(-0.02, 0.02), "from_year": 2022}  # fmt: skip
        drawn.append(
            {
                "pooling": draw.choice(PLANS),
                "policies": draw.sample(sorted(POOLING), draw.choice([0, 1])),
                "scheme": draw.choice(["employee", "resident"]),
                "levers": {key: round(value, 4) for key, value in levers.items()}
                if number % 2
                else {},
            }
        )
    return drawn


@pytest.mark.parametrize("request_", requests(), ids=str)
def test_page_command_and_python_agree(
    eight: str, folder: Path, tmp_path: Path, request_: dict[str, Any]
) -> None:
    shown = plan(eight, request_)
    words = shlex.split(shown["command"]["text"])[1:]
    policies: list[Any] = list(request_.get("policies", []))
    if shown["command"]["needs_policy"]:
        _, _, body = ask(
            eight, "POST", "/api/policy", json.dumps(request_).encode(),
            content_type=JSON["content-type"],
        )  # fmt: skip
        file = tmp_path / "page-plan.toml"
        file.write_bytes(body)
        words = [str(file) if word == "page-plan.toml" else word for word in words]
        policies.append(file)
    words[1] = str(folder)
    result = CliRunner().invoke(app, [*words, "--json", "--quiet"])
    assert result.exit_code in (0, 3), result.output
    pooling = words[-3]
    assert pooling == shown["pooling"]
    printed = json.loads(result.stdout)["pooling"][pooling]
    scheme = shown["scheme"]
    # funds: the page's and the command's
    pools = [pool for pool in printed["pools"] if pool["scheme"] == scheme]
    assert [p["pool"] for p in pools] == [p["pool"] for p in shown["pools"]]
    for ours, theirs in zip(shown["pools"], pools, strict=True):
        for name in ("first_year", "last_year", "level", "opening_balance", "exhaustion_year",
                     "min_reserve_months", "level_rate", "short_range_test"):  # fmt: skip
            assert ours[name] == (
                pytest.approx(theirs[name], rel=1e-6, abs=1e-9)
                if isinstance(theirs[name], float)
                else theirs[name]
            ), (ours["pool"], name)
    for name, value in printed["evenness"]["by_scheme"][scheme].items():
        assert shown["b"]["evenness"][name] == pytest.approx(value, rel=1e-6, abs=1e-9)
    last = str(2020 + YEARS)
    closing = printed["totals_by_scheme"][scheme][last]["balance"]
    assert shown["b"]["closing_balance"] == pytest.approx(closing, rel=1e-6)
    # headlines: the page's and Python's
    case = read_case(folder)
    case = case.with_policies(policies) if policies else case
    overview = compare(case, [pooling], YEARS).overview.set_index("scheme").loc[scheme]
    headline = {"level_rate": "level_rate_mean", "income_rate": "income_rate_mean"}
    for name in ("pools", "pools_exhausted", "persons_exhausted_share", "short_range_failed",
                 "min_reserve_months", "closing_balance", *headline):  # fmt: skip
        expected = overview[headline.get(name, name)]
        assert shown["b"][name] == pytest.approx(float(expected), rel=1e-6, abs=1e-9), name


def test_policies_pool(eight: str) -> None:
    """A policy that says how funds are pooled pools them, unless the request says otherwise."""
    numbers = {name: plan(eight, {"policies": [name]})["b"]["pools"] for name in POOLING}
    assert numbers == {"one-fund": 1, "by-stages": 8 + 2 + 1, "shared-deficits": 2}
    assert plan(eight, {"policies": ["one-fund"], "pooling": "county"})["b"]["pools"] == 8


def test_the_report_says_the_same(folder: Path, tmp_path: Path) -> None:
    plan_text = "county,county[Two=c000|c005]@2023"
    words = [str(folder), "--pooling", plan_text, "--years", str(YEARS), "--quiet"]
    printed = CliRunner().invoke(app, ["compare", *words, "--json"])
    reported = CliRunner().invoke(app, ["report", *words, "--out", str(tmp_path / "out")])
    assert reported.exit_code in (0, 3), reported.output
    written = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    expected = json.loads(printed.stdout)["pooling"][plan_text]
    # the report runs scenarios, which say more of the same funds
    drawn = ("ruin_probability", "ruin_probability_error", "required_reserve",
             "required_reserve_error")  # fmt: skip
    funds = [pool | dict.fromkeys(drawn) for pool in written["pooling"][plan_text]["pools"]]
    assert funds == expected["pools"]
    assert written["pooling"][plan_text]["totals_by_scheme"] == expected["totals_by_scheme"]
