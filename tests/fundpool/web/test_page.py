"""The page in a real browser."""

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from fundpool.inputs.case import read_case
from fundpool.inputs.template import write_case_workbook
from fundpool.models.projection.study import project
from fundpool.web.words.page import WORDS
from fundpool.web.work.stresses import ALTERNATIVES
from tests.fundpool.web.browser import Page
from tests.fundpool.web.conftest import page_case

FIRST_BALANCE = "document.querySelector('#paths tbody tr td:last-child').textContent"


def test_the_page_works_without_a_network(page: Page, address: str) -> None:
    page.open(address)
    assert "funds run dry" in page.text("#finding") or "no fund runs dry" in page.text("#finding")
    assert "A: as it stands" in page.text("#headline")
    assert page.run("return document.querySelectorAll('.chart canvas').length") >= 4
    asked = [
        event["params"]["request"]["url"]
        for event in page.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert asked
    assert all(url.startswith((address, "data:", "blob:", "about:")) for url in asked)
    # neither a script's mistake nor anything that the page's own policy refuses
    exceptions = [event for event in page.events if event["method"] == "Runtime.exceptionThrown"]
    errors = [
        event["params"]["entry"]["text"]
        for event in page.events
        if event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"
    ]
    assert exceptions == []
    assert errors == []


def test_sliders_and_pooling_move_the_numbers_and_the_address(page: Page, address: str) -> None:
    page.open(address)
    before = page.text("#headline")
    page.choose("#rate", "0.02")
    assert page.text("#headline") != before
    assert "rate=0.02" in page.run("return location.hash")
    page.choose("#pool-level", "province")
    assert "pooling=province" in page.run("return location.hash")
    assert page.run("return document.querySelectorAll('#pools tbody tr').length") == 1
    page.choose("#mode", "fund")
    assert "Adjustment fund" in page.run(
        "return document.querySelector('#mode').selectedOptions[0].text"
    )
    page.choose("#fund-levy", "0.2")
    assert "city" not in page.text("#problem")
    # the scheme that pays a premium has no rate to move; one that is moved stays in sight
    shown = "return getComputedStyle(document.querySelector('#box-rate')).display"
    page.choose("#scheme", "resident")
    assert page.run(shown) == "block"
    assert "Employee" in page.text("#box-rate label")
    page.choose("#rate", "0")
    assert page.run(shown) == "none"
    page.choose("#premium", "0.5")
    assert "premium=0.5" in page.run("return location.hash")


def test_fans_follow_the_central_path(page: Page, address: str) -> None:
    page.open(address)
    page.until("document.querySelector('#basis').textContent.includes('60 scenarios')")
    assert "Ruin probability" in page.text("#pools")
    assert "95 %" in page.text("#paths thead")


def test_a_link_is_a_plan_and_back_undoes(page: Page, address: str) -> None:
    page.open(f"{address}#rate=0.01&pooling=province&from_year=2023")
    linked = page.text("#headline")
    page.choose("#care", "0.2")
    assert page.text("#headline") != linked
    page.redrawn("document.querySelector('#undo').click()")
    assert page.text("#headline") == linked
    assert page.run("return document.querySelector('#from_year').value") == "2023"


def test_a_cluster_is_drawn_by_ticking(page: Page, address: str) -> None:
    page.open(address)
    page.choose("#mode", "cluster")
    page.redrawn("document.querySelector('#member-ash').click()")
    page.redrawn("document.querySelector('#member-birch').click()")
    assert page.run("return document.querySelectorAll('#pools tbody tr').length") == 1
    assert "Cluster" in page.text("#pools")


def test_a_cluster_is_drawn_by_clicking_the_map(page: Page, address: str) -> None:
    page.open(address)
    page.choose("#mode", "cluster")
    page.run("document.querySelector('#chart-map_b').scrollIntoView({behavior: 'instant'})")
    box = page.run(
        "const r = document.querySelector('#chart-map_b canvas').getBoundingClientRect();"
        "return [r.left, r.top, r.width, r.height];"
    )
    for part in range(1, 40):
        for row in range(1, 20):
            x, y = box[0] + box[2] * part / 40, box[1] + box[3] * row / 20
            page.mouse("mouseMoved", x, y)
            if page.run(
                "const canvas = document.querySelector('#chart-map_b canvas');"
                "return getComputedStyle(canvas).cursor === 'pointer';"
            ):
                page.mouse("mousePressed", x, y)
                page.mouse("mouseReleased", x, y)
                page.until("location.hash.includes('ash') || location.hash.includes('birch')")
                return
    raise AssertionError("no county to click")


def test_a_slider_moves_by_keyboard(page: Page, address: str) -> None:
    page.open(address)
    before = page.text("#headline")
    page.run("document.querySelector('#rate').focus()")
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight",
                  windowsVirtualKeyCode=39)  # fmt: skip
    page.until("location.hash.includes('rate=0.001')")
    page.until("document.querySelector('main').ariaBusy === 'false'")
    assert page.text("#headline") != before
    assert "0.1 points" in page.run("return document.querySelector('#rate').ariaValueText")


def test_cancelling_the_optimiser_leaves_the_plan(page: Page, address: str) -> None:
    page.open(f"{address}#care=0.07")
    before = page.text("#headline")
    page.click("#optimise")
    page.until("!document.querySelector('#progress').hidden")
    page.click("#progress-cancel")
    page.until("!location.hash.includes('optimised')")
    page.until("document.querySelector('main').ariaBusy === 'false'")
    assert page.text("#headline") == before
    assert page.text("#optimised") == ""


def test_plans_side_by_side(page: Page, address: str) -> None:
    page.open(f"{address}#pooling=province")
    page.run("document.querySelector('#plan-name').value = 'One fund'")
    page.redrawn("document.querySelector('#pin').click()")
    page.choose("#rate", "0.03")
    page.redrawn("document.querySelector('#pin').click()")
    page.until("document.querySelectorAll('#pins thead th').length === 5")
    head = page.text("#pins thead")
    assert "One fund" in head
    assert "Plan 2" in head
    page.redrawn(
        "[...document.querySelectorAll('#pins button')]"
        ".find(button => button.ariaLabel === 'Load: One fund').click()"
    )
    assert page.run("return Number(document.querySelector('#rate').value)") == 0


def test_policies_need_a_projection_and_say_so(page: Page, address: str) -> None:
    page.open(address)
    before = page.text("#headline")
    page.redrawn("document.querySelector('#policy-more-interest').click()")
    assert page.text("#headline") != before
    assert "--policy more-interest" in page.text("#command")


def test_optimise_and_frontier(page: Page, address: str) -> None:
    page.open(address)
    page.run("document.querySelector('#one-path').checked = true")
    page.redrawn("document.querySelector('#optimise').click()")
    assert "one_path=1" in page.run("return location.hash")
    assert page.text("#command").endswith("--one-path --years 6")
    said = page.text("#optimised")
    assert "Certified" in said or "smallest shortfall" in said, said
    page.run("document.querySelector('#drop').click()")
    page.until("document.querySelector('#optimised').textContent === ''")
    page.run("document.querySelector('#months').value = '1'")
    page.click("#frontier")
    page.until("document.querySelectorAll('#frontier-table tbody tr').length > 0")
    assert page.text("#problem") == ""
    page.redrawn("document.querySelector('#frontier-table button').click()")
    assert "Certified" in page.text("#optimised")
    assert "burden=" in page.run("return location.hash")


def test_downloads_hold_what_is_on_screen(page: Page, address: str, case_folder: Path) -> None:
    page.open(f"{address}#pooling=city&rate=0.01&from_year=2023&care=0.1&medical_inflation=0.01")
    page.click("#get-workbook")
    book = CalamineWorkbook.from_path(str(page.downloaded("fundpool-plan.xlsx")))
    assert {"README", "headline", "pools", "counties", "assumptions", "checks"} <= set(
        book.sheet_names
    )
    rows = book.get_sheet_by_name("pools").to_python()
    page.click("#get-policy")
    policy = page.downloaded("page-plan.toml")
    assert tomllib.loads(policy.read_text(encoding="utf-8"))["pooling"] == "city"
    # the command on screen, done here: the policy laid over the case gives the same balances
    case = read_case(case_folder).with_policies([policy])
    funds = project(case, "city", years=6).funds
    own = funds[funds["scheme"] == "employee"]
    months = own.groupby("pool", sort=False)["reserve_months"]
    for name, values in (
        ("min_reserve_months", months.min()),
        ("final_reserve_months", months.last()),
    ):
        place = rows[0].index(name)
        assert {row[0]: row[place] for row in rows[1:]} == pytest.approx(values.to_dict(), rel=1e-9)
    for kind, ending in (("svg", "svg"), ("png", "png"), ("csv", "csv"), ("spec", "vl.json")):
        page.click(f".downloads[data-chart=paths] [data-picture={kind}]")
        file = page.downloaded(f"fundpool-paths.{ending}")
        assert file.stat().st_size > 200
    assert page.downloaded("fundpool-paths.svg").read_text("utf-8").startswith("<svg")


def test_the_report_of_the_plan_is_one_click(page: Page, address: str) -> None:
    page.open(f"{address}#pooling=province&rate=-0.02&care=0.3&lang=zh")
    page.click("#get-report")
    page.until("!document.querySelector('#progress').hidden")
    assert page.run("return document.querySelector('#feedback').parentElement.id") == "at-take"
    with zipfile.ZipFile(page.downloaded("fundpool-report.zip")) as files:
        assert {"report.html", "report.pdf", "report.xlsx", "summary.json"} <= set(files.namelist())
        written = json.loads(files.read("summary.json"))
        text = files.read("report.html").decode("utf-8")
    assert "zh" in text[:200]
    # its figures are those on screen
    pools = written["pooling"]["province"]["pools"]
    (fund,) = (pool for pool in pools if pool["scheme"] == "employee")
    assert f"{100 * fund['level_rate']:.2f} %" in page.text("#headline")
    assert f"{fund['min_reserve_months']:.1f}" in page.text("#pools")  # levers moved


def test_a_broken_case_is_told_by_sheet_row_and_column(
    page: Page, address: str, tmp_path: Path
) -> None:
    case = page_case()
    case.tables["population"].loc[0, "persons"] = -5.0
    case.tables["economy"].loc[1, "contribution_wage"] = -1.0
    file = tmp_path / "broken.xlsx"
    write_case_workbook(str(case.write(tmp_path / "broken")), file)
    page.open(f"{address}#lang=zh")
    page.upload("#file", file)
    page.until("!document.querySelector('#findings').hidden")
    in_chinese = page.run(
        "return [...document.querySelectorAll('#findings tbody tr')]"
        ".flatMap(row => [...row.cells].slice(-2).map(cell => cell.textContent))"
    )
    assert all(re.search("[\u4e00-\u9fff]", text) for text in in_chinese), in_chinese
    page.open(address)
    page.upload("#file", file)
    page.until("!document.querySelector('#findings').hidden")
    said = page.text("#findings")
    assert "population" in said
    assert "contribution_wage" in said
    assert page.run("return document.querySelectorAll('#findings tbody tr').length") == 2
    assert "cannot be used" in page.text("#upload-status")


def test_a_case_of_ones_own_opens(page: Page, address: str, case_workbook: Path) -> None:
    page.open(address)
    page.upload("#file", case_workbook)
    page.until("location.hash.includes('case=')")
    page.until("document.querySelector('#command').textContent.includes('small.xlsx')")
    assert page.text("#problem") == ""


def test_chinese(page: Page, address: str) -> None:
    page.open(f"{address}#lang=zh")
    assert "现状" in page.text("#finding")
    assert page.run("return document.documentElement.lang") == "zh-CN"
    assert page.text("#policies .about") == "2022年就医增加一半。"
    left = page.run(
        "return [...document.querySelectorAll('[data-word]')]"
        ".filter(e => e.textContent === e.dataset.word).length"
    )
    assert left == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_and_a_zoom_of_400_per_cent_hold_the_page(
    page: Page, address: str, lang: str
) -> None:
    page.size(390, 844, mobile=True)
    page.open(f"{address}#lang={lang}&pooling=county%5BBoth%3Dash%7Cbirch%5D")
    assert page.run("return document.documentElement.scrollWidth") <= 390
    page.size(320, 256)
    wide = """return [...document.querySelectorAll('main *, form *, header *')]
        .filter(e => !e.closest('.scroll, .skip, .language span'))
        .filter(e => e.getBoundingClientRect().right > 321).map(e => e.outerHTML.slice(0, 90))"""
    page.until(f"(() => {{ {wide} }})().length === 0", 10)
    assert page.run(wide) == []
    assert page.run("return document.documentElement.scrollWidth") <= 320


def test_names_and_contrast(page: Page, address: str) -> None:
    """Every control has a name, every chart a description, every text contrast of 4.5 at least."""
    page.open(address)
    nameless = page.run(
        """return [...document.querySelectorAll('input, select, button, summary')].filter(e =>
        !(e.labels?.length || e.textContent.trim() || e.ariaLabel)).map(e => e.outerHTML)"""
    )
    assert nameless == []
    undescribed = page.run(
        """return [...document.querySelectorAll('.chart canvas')].map(c => c.closest('.chart'))
        .filter(c => c.getAttribute('role') !== 'img' || !c.ariaLabel).map(c => c.id)"""
    )
    assert undescribed == []
    poor = page.run(CONTRAST)
    assert poor == []
    # everything can be reached by keyboard, in the order of the page
    order = """return [...document.querySelectorAll('main [tabindex], form [tabindex]')]
        .map(e => e.tabIndex)"""
    assert set(page.run(order)) == {0}
    unreachable = page.run(
        """return [...document.querySelectorAll('.scroll')].filter(e =>
        (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
        && !(e.tabIndex === 0 && e.getAttribute('role') === 'region'
             && document.getElementById(e.getAttribute('aria-labelledby'))?.textContent))
        .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert unreachable == []


CONTRAST = """
const light = (rgb) => {
  const part = rgb.map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
};
const colour = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
const behind = (e) => {
  for (let at = e; at; at = at.parentElement) {
    const c = colour(getComputedStyle(at).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
  }
  return [255, 255, 255];
};
const poor = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const style = getComputedStyle(e);
  if (!own || !e.offsetParent || e.disabled || style.visibility === 'hidden') continue;
  const pair = [light(colour(style.color).slice(0, 3)), light(behind(e))].sort((a, b) => b - a);
  const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (ratio < 4.5) poor.push([e.tagName, e.className, e.textContent.slice(0, 30), ratio].join(' '));
}
return [...new Set(poor)];
"""


def test_every_word_of_the_page_is_in_the_catalogue() -> None:
    folder = Path(__file__).parents[3] / "fundpool" / "web" / "static"
    scripts = " ".join(file.read_text(encoding="utf-8") for file in (folder / "js").glob("*.js"))
    page = (folder / "index.html").read_text(encoding="utf-8")
    used = set(re.findall(r'word\("(\w+)"', scripts))
    used |= set(re.findall(r'data-(?:word|label)="(\w+)"', page))
    assert used - WORDS.keys() == set()
    # names that scripts put together begin with one of these, or end so after a name they hold or
    # were sent
    begun = tuple(re.findall(r"`(\w+_)\$\{", scripts))
    ends = "|".join(re.findall(r"(?:\}|\")(_\w+)[`\"]", scripts))
    stems = {name: re.sub(rf"({ends})$", "", name) for name in WORDS}
    spare = {
        name
        for name, stem in stems.items()
        if name not in used and stem not in ALTERNATIVES
        if not re.search(rf"\b({name}|{stem})\b", scripts)
        if not name.startswith(begun)
    }
    assert spare == set()


def test_a_number_decides_between_singular_and_plural(page: Page, address: str) -> None:
    page.open(address)
    said = page.run(
        "return import('/static/js/words.js').then(async ({speak, word}) => {"
        "const say = (n) => word('refused', {name: 'x', n});"
        "const english = [say(1), say('2')]; await speak('zh');"
        "const chinese = [say(1), say(2), word('with_scenarios', {n: 7})];"
        "await speak('en'); return [...english, ...chinese]; })"
    )
    assert said[:2] == ["x cannot be used: 1 finding.", "x cannot be used: 2 findings."]
    assert said[2:4] == ["x 不能使用：1 处问题。", "x 不能使用：2 处问题。"]
    assert "50% 和 90%；" in said[4]


def test_a_workbook_is_a_zip_without_macros(case_workbook: Path) -> None:
    with zipfile.ZipFile(case_workbook) as packed:
        assert not any("vba" in name for name in packed.namelist())
