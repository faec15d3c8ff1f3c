"""Every number of the first page: its cell in the workbook, worked out anew, in every medium."""

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import fundpool
from fundpool.languages import language
from fundpool.models.risk.solvency import solvency_risk
from fundpool.report.extras import Extras
from fundpool.report.outputs import WRITERS, write_report
from fundpool.report.workbook.gathered import GATHERED
from fundpool.summary import summary
from tests.cases.small import small_case
from tests.cases.stochastic import scenario_section
from tests.fundpool.docx_reading import docx_words, opened
from tests.fundpool.page import read_page
from tests.fundpool.pdf_reading import least_lettering, page_texts, pdf_text
from tests.fundpool.reported import with_actuals
from tests.fundpool.workbook_formulas import Formulas

NUMBER = re.compile(r"[−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
LANGUAGES = ("en", "zh")
ACCOUNT_SHEETS = ("fund_account", "year_budget")
FOOT, LEAST = 40.0, 8.5
"""Points of the margin at the foot, and of the smallest lettering above it."""
FIRST_HEADINGS = {"en": "Pooling levels side by side", "zh": "各统筹层次对照"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report with scenarios in both languages; residents' funds run dry at different times."""
    contents = with_actuals(small_case())
    contents.settings["scenarios"] = scenario_section()
    source = {"source": "worked example", "status": "assumed"}
    contents.settings["alerts"] = {
        name: {"measure": "month_end_reserve", "limit": limit, **source}
        for name, limit in (("thin", 6.0), ("short", 3.0))
    }
    errors = {"income": 0.04, "outgo": 0.03, **source}
    contents.settings["report"] = {"backtest": {"employee": errors, "resident": errors}}
    balances = contents.tables["fund_balances"]
    resident = balances["scheme"] == "resident"
    balances.loc[resident & (balances["region"] == "ash"), "pooled_balance"] = 100.0
    balances.loc[resident & (balances["region"] == "birch"), "pooled_balance"] = 4e6
    contents.tables["economy"].loc[0, "disposable_income"] *= 1.5
    contents.settings["economy"]["interest"]["source"] = "a yearbook, remembered"
    contents.settings["tables"]["mortality"]["source"] = "a life table, remembered"
    base = tmp_path_factory.mktemp("page_one")
    case = fundpool.read_case(contents.write(base / "case"))
    comparison = fundpool.compare(case, ["county", "province"], years=12)
    risk = solvency_risk(comparison.study, ["county", "province"], scenarios=40)
    result = summary(comparison.projections, "county", risk)
    made = {}
    for code in LANGUAGES:
        made[code] = base / code
        made[code].mkdir()
        extras = Extras(risk=risk)
        failed = write_report(
            made[code], comparison, result, extras, language(code), tuple(WRITERS)
        )
        assert failed == []
    return made


def page_text(folder: Path) -> str:
    """The first page as a reader of report.html sees it, without what is folded away."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    start, end = text.index("<h1"), text.index('<section id="levels"')
    first = re.sub(r"<details.*?</details>|<nav.*?</nav>", " ", text[start:end], flags=re.S)
    return read_page(first).text


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(re.sub(r"\d{4}-\d\d-\d\d", " ", text)))


def page_one(folder: Path) -> pd.DataFrame:
    rows = CalamineWorkbook.from_path(folder / "report.xlsx").get_sheet_by_name("page_one")
    cells = rows.to_python()
    return pd.DataFrame(cells[1:], columns=["sheet", "figure", "value", "shown"])


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_list_of_the_workbook_is_what_the_page_shows(
    folders: dict[str, Path], code: str
) -> None:
    listed = {number for shown in page_one(folders[code])["shown"] for number in numbers(shown)}
    on_page = numbers(page_text(folders[code]))
    assert sum(on_page.values()) > 100
    assert listed == set(on_page)


def test_sources_not_opened_are_named(folders: dict[str, Path]) -> None:
    named = "2 assumptions and tables were remembered and not opened: economy.interest, mortality."
    assert named in page_text(folders["en"])
    found = page_one(folders["en"]).query("figure == 'sources not opened'")
    assert found["value"].tolist() == [2]


@pytest.mark.parametrize("code", LANGUAGES)
def test_formulas_come_to_the_values_they_carry(folders: dict[str, Path], code: str) -> None:
    book = Formulas(folders[code] / "report.xlsx")
    worked = Counter[str]()
    for sheet, place in book.formulas:
        if sheet in {*GATHERED, "page_one", *ACCOUNT_SHEETS}:
            kept = book.cell(sheet, place)
            again = book.result(sheet, place)
            assert again == pytest.approx(kept, rel=1e-9, abs=1e-9), (
                sheet, place, book.formulas[sheet, place],
            )  # fmt: skip
            worked[sheet] += 1
    assert worked["page_one"] == len(page_one(folders[code]))
    assert set(worked) == {*GATHERED, "page_one", *ACCOUNT_SHEETS}
    gathered = {"funds_now": 2 * 5, "money_lacking": 4 * 3, "own_share": 9 * 3, "rate_errors": 4}
    assert all(worked[sheet] >= least for sheet, least in gathered.items())
    assert worked["decision"] >= 4 * 13


def test_formulas_follow_what_they_point_to(folders: dict[str, Path]) -> None:
    """Another balance in the workbook moves what the first page makes of it."""
    book = Formulas(folders["en"] / "report.xlsx")
    places = [place for sheet, place in book.formulas if sheet == "decision"]
    before = [book.result("decision", place) for place in places]
    book.column("places", "dry year")[:] = 0.0
    after = [book.result("decision", place) for place in places]
    assert sum(a != b for a, b in zip(before, after, strict=True)) >= 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_page_paper_word_document_and_summary_agree(folders: dict[str, Path], code: str) -> None:
    folder = folders[code]
    on_page = numbers(page_text(folder))
    heading = FIRST_HEADINGS[code]
    document = docx_words(opened(folder / "report.docx"))
    first = document[: document.rindex(heading) if document.count(heading) == 1
                     else document.index(heading)]  # fmt: skip
    assert set(on_page) <= set(numbers(first))
    paper = pdf_text(folder / "report.pdf")
    assert set(on_page) <= set(numbers(paper[: paper.index(heading)]))
    figures = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["decision"]
    book = Formulas(folder / "report.xlsx")
    for sheet, part in (
        ("funds_now", "now"), ("decision", "plans"), ("money_lacking", "next_years"),
        ("government", "government"), ("own_share", "own_share"),
    ):  # fmt: skip
        cells = book.cells[sheet][1:]
        for row, record in zip(cells, figures[part], strict=True):
            assert row == [
                ("" if value is None else value) if isinstance(value, str | None)
                else pytest.approx(value)
                for value in record.values()
            ]  # fmt: skip


def test_accounts_close_at_the_balances_of_the_totals_in_the_unit_chosen(
    folders: dict[str, Path],
) -> None:
    """Balance brought forward, income and outgo give that carried forward, in 万元 as in 亿元."""
    book = Formulas(folders["zh"] / "report.xlsx")
    rows = book.cells["fund_account"]
    assert rows[0][1] == "万元"
    plans = book.column("totals", "方案")
    balances = book.column("totals", "累计结余")[plans == plans[0]]
    schemes = balances.reshape(2, -1)
    tops = [number for number, row in enumerate(rows) if row[1:3] == ["2021", "2022"]]
    for top, of_scheme in zip(tops, schemes, strict=True):
        lines = {row[0]: row for row in rows[top + 1 : top + 21]}
        closing = lines["年末滚存结余"][1 : 1 + len(of_scheme)]
        assert closing == pytest.approx(list(of_scheme / 1e4))
        assert lines["上年结余"][2 : 1 + len(of_scheme)] == pytest.approx(closing[:-1])
    place = f"B{tops[0] + 2}"
    before = book.result("fund_account", place)
    assert before > 0
    rows[0][1] = "亿元"
    rows[1][1] = book.result("fund_account", "B2")
    assert rows[1][1] == 1e8
    assert book.result("fund_account", place) == pytest.approx(before / 1e4)


@pytest.mark.parametrize("code", LANGUAGES)
def test_first_page_is_one_sheet_in_letters_that_can_be_read(
    folders: dict[str, Path], code: str
) -> None:
    """Answers end on the first sheet, what follows begins on the second; details are annexed."""
    file = folders[code] / "report.pdf"
    first, second = page_texts(file)[:2]
    assert set(numbers(page_text(folders[code]))) <= set(numbers(first))
    assert FIRST_HEADINGS[code] not in first
    assert FIRST_HEADINGS[code] in second
    assert least_lettering(file, FOOT) >= LEAST - 0.01
