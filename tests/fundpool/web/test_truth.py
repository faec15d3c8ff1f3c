"""Figures of the page are true, and what is left out is said."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import fundpool
from fundpool.cli.commands import app
from fundpool.inputs.case import read_case
from fundpool.models.projection.study import Study, project, study
from fundpool.models.scenarios.county_money import county_chance
from fundpool.models.scenarios.terms import scenario_terms
from fundpool.web.requests.plan import LeverValues, PlanRequest
from fundpool.web.serving import Serving
from fundpool.web.work import places
from fundpool.web.work.answers import Material, answer
from fundpool.web.work.projection_cache import OpenedCase
from fundpool.web.work.uploads import UploadRefusedError, checked_upload, plain_name
from fundpool.web.work.workbooks import case_workbook, empty_workbook
from tests.fundpool.web.browser import Page
from tests.fundpool.web.conftest import page_case
from tests.fundpool.web.test_agreement import unlike_counties
from tests.fundpool.web.test_server import ask, plan

YEARS = 4


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unlike_counties().write(tmp_path_factory.mktemp("truth") / "eight")


@pytest.fixture(scope="module")
def projected(eight: Path) -> Study:
    return study(read_case(eight), YEARS)


def answered(projected: Study, **request: Any) -> dict[str, Any]:
    opened = OpenedCase("", "eight", projected.case)
    return answer(Material(opened, projected, projected), PlanRequest(**request))


def test_figures_of_the_central_path_stay_when_scenarios_arrive(tmp_path: Path) -> None:
    """Scenarios add bands, medians and ruin; balances, rates and years stay what they were."""
    done = study(read_case(page_case().write(tmp_path / "small")), YEARS)
    chance = county_chance(done.case, scenario_terms(done), 20, 1)["employee"]
    material = Material(OpenedCase("", "small", done.case), done, done)
    request = PlanRequest(county="ash", levers=LeverValues(care=0.1))
    before = answer(material, request)
    after = answer(replace(material, base_chance=chance, plan_chance=chance), request)
    added = {"closing_balance_median", "largest_ruin", "ruin_probability"}
    for side in ("a", "b"):
        for name, value in before[side].items():
            if name not in added:
                assert after[side][name] == value, name
        for group in ("total", "county"):
            central = before["paths"][group][side]["central"]
            assert after["paths"][group][side]["central"] == central
        assert after[side]["closing_balance_median"] != after[side]["closing_balance"]
    for earlier, later in zip(before["pools"], after["pools"], strict=True):
        assert {k: v for k, v in later.items() if k not in added} == {
            k: v for k, v in earlier.items() if k not in added
        }


def test_what_is_left_out_is_counted(projected: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Payments and groups of migrants are cut at a number, and the answer says what all come to."""
    whole = answered(projected, pooling="province")
    monkeypatch.setattr(places, "MOST_ARCS", 2)
    cut = answered(projected, pooling="province")
    for name, amount in (("swaps", "amount"), ("migrants", "persons")):
        assert len(cut[name]) == min(2, len(whole[name]))
        assert cut[f"{name}_in_all"] == whole[f"{name}_in_all"]
        in_all = sum(row[amount] for row in whole[name])
        assert whole[f"{name}_in_all"]["count"] == len(whole[name])
        assert whole[f"{name}_in_all"][amount] == pytest.approx(in_all, rel=1e-9)
    assert len(whole["swaps"]) > 2


@pytest.mark.parametrize("pooling", ["county", "city", "county,city@2022,province@2023"])
@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_one_level_rate_and_who_is_in_debt(
    projected: Study, eight: Path, pooling: str, scheme: str
) -> None:
    """One mean level rate on the page; the insured in debt as the table of funds has them."""
    b = answered(projected, pooling=pooling, scheme=scheme)
    assert b["b"]["evenness"]["mean"] == pytest.approx(b["b"]["level_rate"], rel=1e-12)
    funds = project(read_case(eight), pooling, years=YEARS).funds
    funds = funds[funds["scheme"] == scheme]
    in_debt = funds["persons"].where(funds["balance"] < 0, 0.0)
    share = in_debt.groupby(funds["year"]).sum() / funds.groupby("year")["persons"].sum()
    np.testing.assert_allclose(b["paths"]["total"]["b"]["in_debt"], share, rtol=1e-9)


def test_the_fund_of_a_place_comes_with_its_insured(projected: Study, eight: Path) -> None:
    shown = answered(projected, pooling="city", county="c000")["paths"]["county"]["b"]
    funds = project(read_case(eight), "city", years=YEARS).funds
    fund = funds[(funds["scheme"] == "employee") & (funds["pool"] == shown["pool"])]
    np.testing.assert_allclose(shown["persons"], fund["persons"], rtol=1e-9)
    np.testing.assert_allclose(shown["central"], fund["balance"], rtol=1e-9)


def test_page_command_and_python_explain_a_place_alike(projected: Study, eight: Path) -> None:
    shown = answered(projected, county="c001", scheme="resident")["profile"]
    found = fundpool.profile(eight, region="c001", scheme="resident", years=YEARS)
    words = ["profile", str(eight), "--region", "c001", "--scheme", "resident", "--json",
             "--years", str(YEARS), "--quiet"]  # fmt: skip
    printed = json.loads(CliRunner().invoke(app, words).stdout)
    for record in (shown, printed):
        assert (record["region"], record["parent"]) == (found.region, found.parent)
    for name in ("result", "mean"):
        assert shown[name] == pytest.approx(getattr(found, name), rel=1e-9)
        assert printed[name] == pytest.approx(getattr(found, name), rel=1e-9)
    for rows in (shown["factors"], printed["factors"]):
        assert [row["factor"] for row in rows] == list(found.factors.index)
        np.testing.assert_allclose(
            [row["contribution"] for row in rows], found.factors["contribution"], rtol=1e-9
        )
    assert answered(projected, scheme="resident")["profile"] is None


def test_a_place_that_is_not_there_is_refused(eight: Path) -> None:
    for words, said in ((["--region", "nowhere"], "--region 'nowhere': expected a region"),
                        (["--region", "c001", "--scheme", "x"], "--scheme 'x'")):  # fmt: skip
        result = CliRunner().invoke(app, ["profile", str(eight), *words, "--years", "1"])
        assert result.exit_code == 2
        assert said in result.stderr


def test_the_page_explains_a_place_and_who_pays_by_income(page: Page, address: str) -> None:
    page.open(f"{address}#county=ash&pooling=province")
    assert "Ash" in page.text("#profile-title")
    rows = page.run(
        "return [...document.querySelectorAll('#profile-table tbody tr')]"
        ".map(row => row.cells[3].textContent)"
    )
    amounts = [float(text.replace("−", "-").replace("±", "").replace(",", "")) for text in rows]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.51)
    assert "insured, by disposable income" in page.text("#incomes-note")
    assert page.run("return document.querySelectorAll('#incomes tbody tr').length") >= 1
    groups = page.run(
        "const {byIncome} = await import('/static/js/profile.js');"
        "const row = (income, persons, gain) => ({income, persons, gain});"
        "const found = byIncome([row(30, 10, -60), row(10, 10, 40), row(20, 10, 20),"
        " row(null, 5, 9), row(40, 0, null)], 3);"
        "return [found.groups.map(g => [g.persons, g.gain, g.winners, g.losers]), found.poorer];"
    )
    assert groups == [[[10, 40, 1, 0], [10, 20, 1, 0], [10, -60, 0, 1]], 50]


def test_green_and_red_mean_better_and_worse(page: Page, address: str) -> None:
    """Numbers of funds are no better for being fewer; a fund more that runs dry is worse."""
    row = (
        "const cells = [...document.querySelectorAll('#headline tbody tr')]"
        ".find(row => row.cells[0].textContent === 'Funds that run dry').cells;"
        "return [cells[3].textContent, cells[3].className];"
    )
    worst = "care=0.3&medical_inflation=0.03&wage_growth=-0.03&interest=-0.02&from_year=2021"
    page.open(f"{address}#pooling=province&{worst}")
    assert page.run(row) == ["–", ""]
    page.open(f"{address}#{worst}")
    text, kind = page.run(row)
    assert kind == ("" if "±" in text else "worse")
    said = page.run(
        "return import('/static/js/tables.js').then(({compared}) => {"
        "const show = {text: String, difference: String};"
        "const rounded = {text: String, difference: v => Math.abs(v).toFixed(2)};"
        "const shows = {level_rate: show, months: show, pools: {...show, neutral: true},"
        " income_rate: rounded};"
        "const rows = compared({level_rate: 1, months: 1, pools: 2, income_rate: 1},"
        " {level_rate: 2, months: 2, pools: 1, income_rate: 1.001}, Object.keys(shows), shows,"
        " new Set(['level_rate']));"
        "return rows.map(row => row[3].kind); })"
    )
    assert said == ["worse", "better", "", ""]  # 0.00 is no difference


def test_a_chart_that_shows_a_part_gives_all_as_data(page: Page, address: str) -> None:
    page.open(address)
    shown = page.run(
        "return import('/static/js/results.js').then(({mostMoved}) => {"
        "const all = [...Array(95).keys()];"
        "return [mostMoved(all), mostMoved(all.slice(0, 24)).length]; })"
    )
    assert shown == [[*range(12), *range(83, 95)], 24]
    page.open(f"{address}#pooling=province")
    page.click(".downloads[data-chart=gains] [data-picture=csv]")
    lines = page.downloaded("fundpool-gains.csv").read_text("utf-8").splitlines()
    assert lines[0] == "code,name,gain_per_person,gain,rank"
    assert {line.split(",")[0] for line in lines[1:]} <= {"ash", "birch"}
    assert len(lines) == 3


def test_the_open_case_and_a_template_can_be_taken_away(address: str, case_folder: Path) -> None:
    """A case's workbook opens again as the same case."""
    status, _, book = ask(address, "GET", "/api/case/workbook")
    assert status == 200
    sent = {"x-file-name": "again.xlsx", "content_type": "application/octet-stream"}
    status, _, answered_ = ask(address, "POST", "/api/cases", book, **sent)
    key = json.loads(answered_)["case"]
    assert plan(address, {"case": key})["inputs_sha256"] == read_case(case_folder).inputs_sha256
    status, _, same = ask(address, "GET", f"/api/case/workbook?case={key}")
    assert (status, same) == (200, book)
    status, _, empty = ask(address, "GET", "/api/case/template")
    assert (status, empty[:2]) == (200, b"PK")


def test_the_workbook_of_a_bundled_case_can_be_uploaded(tmp_path: Path) -> None:
    serving = Serving("jiangsu-2009", frozenset(), tmp_path)
    opened = OpenedCase("", "jiangsu-2009", read_case("jiangsu-2009"))
    checked = checked_upload("江苏（2009）.xlsx", case_workbook(opened, serving), serving)
    assert checked.case is not None, checked.findings
    assert checked.case.inputs_sha256 == opened.case.inputs_sha256
    empty = checked_upload("empty.xlsx", empty_workbook(serving), serving)
    assert empty.case is None
    assert empty.findings


@pytest.mark.parametrize("name", ["江苏（2024）.xlsx", "案例【一】、二.xlsx", "my case (2).xlsx"])
def test_names_as_people_write_them_are_taken(name: str) -> None:
    assert plain_name(name) == name


@pytest.mark.parametrize("name", ["../x.xlsx", "a/b.xlsx", "x.exe", "<b>.xlsx", ".x.xlsx"])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(UploadRefusedError):
        plain_name(name)


def test_policies_of_bundled_cases_are_described_in_chinese() -> None:
    files = sorted((Path(__file__).parents[3] / "inputs").glob("*/policies/*.toml"))
    assert files
    for file in files:
        policy = tomllib.loads(file.read_text(encoding="utf-8"))
        for name in ("title_local", "about_local"):
            assert re.search("[\u4e00-\u9fff]", policy.get(name, "")), (file, name)
        figures = re.compile(r"20\d\d|\d+(?= ?%)")
        assert sorted(figures.findall(policy["about"])) == sorted(
            figures.findall(policy["about_local"])
        ), file


def test_refusals_come_in_chinese_as_well(address: str) -> None:
    plan(address, {})
    for body, path in (
        ({"scheme": "none"}, "/api/plan"),
        ({"pooling": "province,county@2023"}, "/api/plan"),
        ({"policies": ["none"]}, "/api/plan"),
        ({"case": "gone"}, "/api/plan"),
    ):
        _, _, text = ask(address, "POST", path, json.dumps(body).encode(),
                         content_type="application/json")  # fmt: skip
        refused = json.loads(text)
        assert refused["error"][0].isupper() or refused["error"][0].isdigit(), refused
        assert refused["error"].endswith(".")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in refused["error_local"]), refused
        assert refused["error_local"].endswith("。")
