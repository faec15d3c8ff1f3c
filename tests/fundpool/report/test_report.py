"""The report: complete, self-contained, readable; first on the worked example, then on Jiangsu."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import fundpool
from fundpool.cli.commands import app
from fundpool.models.projection.comparison import Comparison
from fundpool.report.document.html import html_page
from fundpool.report.sections.report import report_document
from fundpool.summary import summary
from tests.cases.small import small_case
from tests.fundpool.page import Page, read_page

PLANS = ["county", "city", "province"]
IN_FORCE_FIRST = ["city", "county", "province"]


def page_of(comparison: Comparison) -> Page:
    found = summary(comparison.projections, "county")
    return read_page(html_page(report_document(comparison, found)))


@pytest.fixture(scope="module")
def comparison(small_folder: Path) -> Comparison:
    return fundpool.compare(fundpool.read_case(small_folder), years=4)


@pytest.fixture(scope="module")
def page(comparison: Comparison) -> Page:
    return page_of(comparison)


@pytest.fixture(scope="module")
def jiangsu(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """The main job from end to end: its page and its summary."""
    out = tmp_path_factory.mktemp("jiangsu") / "report"
    result = CliRunner().invoke(app, ["report", "jiangsu", "--formats", "html", "--out", str(out)])
    assert result.exit_code == 3, result.stderr
    return (out / "report.html").read_text("utf-8"), json.loads(
        (out / "summary.json").read_text("utf-8")
    )


@pytest.fixture(scope="module")
def jiangsu_page(jiangsu: tuple[str, dict[str, Any]]) -> Page:
    return read_page(jiangsu[0])


def _assert_self_contained(page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "img", "base", "form"} & set(
        page.tags
    )
    for attribute in ("src", "srcset", "data", "action", "poster", "background", "ping"):
        assert page.values(attribute) == [], attribute
    links = page.values("href") + page.values("xlink:href")
    assert links
    assert [link for link in links if not link.startswith("#")] == []
    assert [name for _, name, _ in page.attributes if name.startswith("on")] == []
    for style in (*page.styles, *page.values("style")):
        assert "@import" not in style
        assert re.findall(r"url\((?!#)", style) == []
    for _, name, value in page.attributes:
        if name not in ("xmlns", "xmlns:xlink"):
            assert not re.search(r"https?:|^//", value), (name, value)
            assert re.findall(r"url\((?!#)", value) == [], (name, value)


def _assert_well_formed(page: Page) -> None:
    assert page.mistakes == []
    ids = page.values("id")
    assert len(ids) == len(set(ids)), "an id names one place"
    wanted = {link.removeprefix("#") for link in page.values("href")}
    wanted |= {
        name for _, _, value in page.attributes for name in re.findall(r"url\(#([^)]+)\)", value)
    }
    assert wanted <= set(ids), "every link leads somewhere"
    assert ("html", "lang", "en") in page.attributes
    assert any(tag == "meta" and name == "charset" for tag, name, _ in page.attributes)
    assert any(name == "content" and "width=device-width" in v for _, name, v in page.attributes)
    for word in ("nan", "None", "undefined", "Infinity", "{{", "{%"):
        assert not re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", page.text), word


def test_self_contained(page: Page) -> None:
    _assert_self_contained(page)


def test_well_formed(page: Page) -> None:
    _assert_well_formed(page)


def test_sections(page: Page) -> None:
    for name in ("answers", "employee", "resident", "migrants", "people", "calibration",
                 "assumptions", "terms"):  # fmt: skip
        assert name in page.values("id")
    # by scheme: a map, paths and a fan a plan, one chart of rates; one chart of migrants
    assert page.tags.count("svg") == 2 * (3 * len(PLANS) + 1) + 1


def test_headlines_by_hand(page: Page) -> None:
    assert (
        "Employee scheme: pooled by county all 2 funds last to 2024; pooled by city all 2 funds "
        "last to 2024; pooled by province the fund lasts to 2024." in page.text
    )
    assert (
        "Resident scheme: pooled by county 2 of 2 funds run dry, the first in 2021; pooled by city "
        "2 of 2 funds run dry, the first in 2021; pooled by province the one fund runs dry in 2021."
        in page.text
    )
    assert "2 solvency alerts." in page.text


def test_figures_by_hand(page: Page) -> None:
    """Opening and closing balances of the worked example; see test_two_counties for 2021."""
    birch = [row for row in page.rows if row and row[0] == "Birch" and len(row) == 11]
    assert len(birch) == 2, "one line a scheme, pooled by county"
    assert birch[0][2] == "2.0 m", "employee, 2,000,000"
    assert birch[1][2] == "0.1 m", "resident, 80,000"
    assert birch[1][4] == "2021"


def test_every_assumption_with_its_status(comparison: Comparison, page: Page) -> None:
    rows = {row[0]: row for row in page.rows if len(row) == 5}
    table = comparison.study.case.assumptions()
    assert len(table) > 50
    for item in table.to_dict("records"):
        assert rows[item["path"]][3] == item["status"], item["path"]
        assert item["source"] in rows[item["path"]][4]
    tables = {row[0]: row for row in page.rows if len(row) == 4}
    for item in comparison.study.case.table_sources().to_dict("records"):
        assert tables[item["table"]][2] == item["status"]


def test_statuses_are_told_apart(tmp_path: Path) -> None:
    """A published row among assumed ones is shown as what it is."""
    case = small_case()
    case.settings["economy"]["interest"] |= {"status": "published", "source": "a yearbook"}
    case.settings["tables"]["economy"] = {"status": "derived", "source": "a survey"}
    folder = case.write(tmp_path / "case")
    comparison = fundpool.compare(fundpool.read_case(folder), years=1)
    page = page_of(comparison)
    rows = {row[0]: row[1:] for row in page.rows if row}
    assert rows["economy.interest"][2:4] == ["published", "a yearbook"]
    assert rows["economy.wage_growth"][2] == "assumed"
    assert rows["economy"][1:3] == ["derived", "a survey"]


def test_names_are_escaped(tmp_path: Path) -> None:
    case = small_case()
    case.tables["regions"].loc[0, "name"] = "<script>alert(1)</script> & Ash"
    case.settings["title"] = "A <b>bold</b> case"
    folder = case.write(tmp_path / "case")
    comparison = fundpool.compare(fundpool.read_case(folder), years=1)
    page = page_of(comparison)
    _assert_self_contained(page)
    assert "<script>alert(1)</script> & Ash" in page.text
    assert "A <b>bold</b> case" in page.text


def test_jiangsu_is_self_contained(jiangsu_page: Page) -> None:
    _assert_self_contained(jiangsu_page)
    _assert_well_formed(jiangsu_page)


def test_jiangsu_names_every_county_and_city(jiangsu_page: Page) -> None:
    regions = fundpool.read_case("jiangsu").regions
    rows = [row for row in jiangsu_page.rows if len(row) == 11]
    for level, number in (("county", 95), ("city", 13), ("province", 1)):
        names = [regions.name(code) for code in regions.codes_at(level)]
        assert len(names) == number
        for name in names:
            assert sum(row[0] == name for row in rows) >= 2, f"{name}: a line a scheme"


def test_jiangsu_says_what_is_assumed(jiangsu_page: Page) -> None:
    table = fundpool.read_case("jiangsu").assumptions()
    assumed = table[table["status"] == "assumed"]
    assert len(assumed) > 20
    rows = {row[0]: row for row in jiangsu_page.rows if len(row) == 5}
    for path in assumed["path"]:
        lead, _, year = path.removesuffix(")").partition(" (")
        row = rows[lead]
        assert row[3] == "assumed", path
        assert f"{year}:" in row[1] or not year, "values of single years stand beside the rest"


def test_jiangsu_shows_actual_and_expected(jiangsu_page: Page) -> None:
    """Fitted totals stand with a ratio of one."""
    fitted = [row for row in jiangsu_page.rows if len(row) == 12 and row[4] == "fit"]
    assert len(fitted) >= 4
    assert {row[9] for row in fitted} == {"1.000"}
    assert any(len(row) == 12 and row[4] == "compare" for row in jiangsu_page.rows)


def test_jiangsu_page_and_summary_agree(
    jiangsu: tuple[str, dict[str, Any]], jiangsu_page: Page
) -> None:
    data = jiangsu[1]
    assert (data["case"], data["years"], list(data["pooling"])) == ("jiangsu", 30, IN_FORCE_FIRST)
    assert f"{len(data['alerts'])} solvency alerts." in jiangsu_page.text
    assert data["inputs_sha256"] in jiangsu_page.text
    overview = [
        row for row in jiangsu_page.rows if len(row) == 11 and row[1] in PLANS and "→" in row[8]
    ]
    assert len(overview) == 2 * len(PLANS)
    for row in overview:
        name = "employee" if overview.index(row) < len(PLANS) else "resident"
        pools = [p for p in data["pooling"][row[1]]["pools"] if p["scheme"] == name]
        dry = [p["exhaustion_year"] for p in pools if p["exhaustion_year"] is not None]
        assert row[2:4] == [str(len(pools)), str(len(dry))]
        assert row[5] == (str(min(dry)) if dry else "never")


def test_jiangsu_takes_in_the_same_money_at_every_level(
    jiangsu: tuple[str, dict[str, Any]],
) -> None:
    """The larger the pool, the more care is paid in full as given in its territory."""
    plans = jiangsu[1]["pooling"]
    assert len(plans["county"]["totals"]) == 30
    taken_in = ("contributions", "account_credits", "from_accounts", "missing_years_paid",
                "subsidies")  # fmt: skip
    for smaller, larger in (("county", "city"), ("city", "province")):
        for year, totals in plans[smaller]["totals"].items():
            others = plans[larger]["totals"][year]
            for name in taken_in:
                assert others[name] == pytest.approx(totals[name], rel=1e-9)
            assert others["claims_incurred"] > totals["claims_incurred"]
