"""Every file of a report says the same; the same report twice is the same bytes."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from fundpool.inputs.case import Case
from fundpool.languages import ENGLISH, Language, language
from fundpool.report.columns import CALCULATED
from tests.fundpool.docx_reading import docx_words, opened
from tests.fundpool.page import read_page
from tests.fundpool.pdf_reading import pdf_text
from tests.fundpool.reported import Reported, reported

FILES = ("report.html", "report.pdf", "report.xlsx", "report.docx", "summary.json")


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u200b]+", "", text)


def sheet(file: Path, name: str) -> pd.DataFrame:
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name(name).to_python()
    return pd.DataFrame(rows[1:], columns=rows[0])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_medium_shows_the_same_numbers(
    lang: str, english: Reported, chinese: Reported
) -> None:
    """Each pool's level rate, balances and reserve months, in all five."""
    made, words = (english, ENGLISH) if lang == "en" else (chinese, language("zh"))
    page = squeezed((made.folder / "report.html").read_text(encoding="utf-8"))
    pdf = squeezed(pdf_text(made.folder / "report.pdf"))
    word = squeezed(docx_words(opened(made.folder / "report.docx")))
    saved = json.loads((made.folder / "summary.json").read_text(encoding="utf-8"))
    book = sheet(made.folder / "report.xlsx", "measures")
    heads = list(made.comparison.measures.columns)
    book.columns = pd.Index(heads)
    shown = 0
    for row in made.comparison.measures.to_dict("records"):
        own = book[
            (book["plan"] == row["plan"])
            & (book["scheme"] == row["scheme"])
            & (book["pool"] == row["pool"])
        ]
        (pool,) = [
            pool
            for pool in saved["pooling"][row["plan"]]["pools"]
            if (pool["scheme"], pool["pool"]) == (row["scheme"], row["pool"])
        ]
        for name in ("level_rate", "opening_balance", "min_reserve_months", "actuarial_balance"):
            assert own[name].item() == pytest.approx(row[name], rel=1e-14), name
            assert pool[name] == row[name]
        for text in (
            words.percent(row["level_rate"]), words.money(row["closing_balance"]),
            words.number(row["min_reserve_months"]), words.percent(row["actuarial_balance"]),
        ):  # fmt: skip
            assert squeezed(text) in page
            assert squeezed(text) in pdf
            assert squeezed(text) in word
            shown += 1
    assert shown == 4 * len(made.comparison.measures)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_medium_shows_the_figures_of_the_first_page(
    lang: str, english: Reported, chinese: Reported
) -> None:
    """Each figure of the first page in page, PDF, Word document, workbook and summary."""
    made, words = (english, ENGLISH) if lang == "en" else (chinese, language("zh"))
    files = [
        squeezed((made.folder / "report.html").read_text(encoding="utf-8")),
        squeezed(pdf_text(made.folder / "report.pdf")),
        squeezed(docx_words(opened(made.folder / "report.docx"))),
    ]
    saved = json.loads((made.folder / "summary.json").read_text(encoding="utf-8"))["decision"]
    texts = [words.percent(row[name], 1) for row in saved["plans"]
             for name in ("dry_within_5", "dry_within_10", "dry_by_end", "paying_less",
                          "paying_more")]  # fmt: skip
    texts += [words.percent(row[name]) for row in saved["plans"]
              for name in ("income_rate", "level_rate")]  # fmt: skip
    texts += [words.money(row[name]) for row in saved["now"]
              for name in ("opening_balance", "income", "outgo", "net")]  # fmt: skip
    texts += [words.number(row["months_of_outgo"]) for row in saved["now"]]
    texts += [words.money(row["lacking"]) for row in saved["next_years"] if row["funds_below_zero"]]
    assert len(texts) > 40
    for file in files:
        assert [text for text in texts if squeezed(text) not in file] == []
    for part, name in (
        ("now", "funds_now"), ("plans", "decision"), ("next_years", "money_lacking"),
    ):  # fmt: skip
        book = sheet(made.folder / "report.xlsx", name)
        for place, row in enumerate(saved[part]):
            shown = dict(zip(row, book.iloc[place], strict=True))
            for key, value in row.items():
                rounded = pytest.approx(value, rel=1e-14) if isinstance(value, float) else value
                assert shown[key] == ("" if value is None else rounded), (name, key)


def test_first_page_says_what_to_do(english: Reported, chinese: Reported) -> None:
    """Level, rate, who pays and what funds lack, a statement a scheme, on the opening section."""
    saved = english.summary["decision"]
    page = squeezed((english.folder / "report.html").read_text(encoding="utf-8"))
    local = squeezed((chinese.folder / "report.html").read_text(encoding="utf-8"))
    for words in ("Recommendation: Keep pooling by county:", "; no other level leaves fewer",
                  "of contribution wages instead of", "a premium of",
                  "2 of 2 funds stand below zero"):  # fmt: skip
        assert squeezed(words) in re.sub(r"</?strong>", "", page.split('id="employee"')[0])
    assert "其他层次均不低于此" in local
    assert "费率须为缴费工资的" in local
    assert [row["scheme"] for row in saved["now"]] == ["employee", "resident"]  # type: ignore[index]


def test_sections_reach_the_pdf(english: Reported) -> None:
    """Every heading and every cell of every table of the page stands in the PDF."""
    text = squeezed(pdf_text(english.folder / "report.pdf")).replace("-", "")
    page = read_page((english.folder / "report.html").read_text(encoding="utf-8"))
    cells = [cell for row in page.rows for cell in row if cell] + page.headings
    assert len(cells) > 400
    short = [cell for cell in cells if len(cell) < 40]
    missing = [t for t in short if squeezed(t).replace("-", "") not in text]
    assert missing == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_same_report_twice_is_the_same_bytes(
    lang: str, full: Case, english: Reported, chinese: Reported, tmp_path: Path
) -> None:
    first = english if lang == "en" else chinese
    second = reported(full, tmp_path / "again", lang)
    for name in FILES:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_the_page_needs_nothing_beside_it(english: Reported, chinese: Reported) -> None:
    for made in (english, chinese):
        page = (made.folder / "report.html").read_text(encoding="utf-8")
        without_names = page.replace("http://www.w3.org/2000/svg", "").replace(
            "http://www.w3.org/1999/xlink", ""
        )
        assert not re.search(r"<script|<link|@import|src=|https?://", without_names)


def test_the_report_has_what_such_reports_have(english: Reported) -> None:
    page = read_page((english.folder / "report.html").read_text(encoding="utf-8"))
    sections = [value for tag, name, value in page.attributes if (tag, name) == ("section", "id")]
    assert sections == [
        "answers", "levels", "change", "account", "employee", "resident", "tests", "sensitivity",
        "alternatives", "migrants", "people", "calibration", "experience", "basis", "provisions",
        "assumptions", "limitations", "terms", "reproducibility", "formal",
    ]  # fmt: skip
    links = page.values("href")
    assert [link[1:] for link in links] == sections, "the contents, and no other link"


def test_the_pdf_is_archival_and_tagged(english: Reported) -> None:
    contents = (english.folder / "report.pdf").read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part>" in contents
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in contents
    assert b"<pdfuaid:part>1</pdfuaid:part>" in contents
    assert b"/StructTreeRoot" in contents


def test_chinese_letters_are_embedded(chinese: Reported) -> None:
    text = pdf_text(chinese.folder / "report.pdf")
    for word in ("累计结余可支付月数", "均衡费率", "统筹基金", "个人账户", "缴费基数"):
        assert word in text
    if shutil.which("pdffonts"):
        done = subprocess.run(
            ["pdffonts", str(chinese.folder / "report.pdf")], capture_output=True, check=True
        )
        fonts = done.stdout.decode().splitlines()[2:]
        families = ("NotoSans-", "NotoSansCJKsc-", "DejaVuSansMono")
        assert all(any(f"+{family}" in line for family in families) for line in fonts)
        assert all(re.search(r"yes\s+yes\s+yes", line) for line in fonts)


def test_workbook_holds_tables_formulas_and_checks(english: Reported) -> None:
    file = english.folder / "report.xlsx"
    book = CalamineWorkbook.from_path(file)
    names = book.sheet_names
    assert names[:4] == ["README", "comparison", "parameters", "inputs"]
    assert {"funds", "measures", "sensitivity", "change", "experience", "checks"} <= set(names)
    checks = sheet(file, "checks")
    assert (checks["result"] == "met").all()
    assert (checks["found"].abs() <= checks["allowed"]).all()
    with zipfile.ZipFile(file) as packed:
        sheets = {n: packed.read(n).decode() for n in packed.namelist() if "worksheets/sheet" in n}
        tables = [n for n in packed.namelist() if n.startswith("xl/tables/")]
        charts = [n for n in packed.namelist() if n.startswith("xl/charts/")]
    assert (
        len(tables) == len(names) - 6
    )  # all but README, comparison, account, budget, page_one, checks
    assert len(charts) >= 3
    frozen = [text for text in sheets.values() if 'state="frozen"' in text]
    assert len(frozen) == len(names) - 1  # all but README
    formulas = sum(text.count("<f>") for text in sheets.values())
    assert formulas > 100
    assert not any("#REF!" in text or "#NAME?" in text for text in sheets.values())


def test_formulas_carry_their_value(english: Reported) -> None:
    """Ratios and differences in the workbook, worked out here from the cells they point to."""
    funds = sheet(english.folder / "report.xlsx", "funds")
    other = funds["subsidies"] + funds["from accounts"] + funds["missing years paid"]
    spent = funds["claims paid"] + funds["administration"] - other
    assert funds["payg rate"].to_numpy(float) == pytest.approx(
        (spent / funds["contribution base"]).to_numpy(float)
    )
    true = english.comparison.tables["funds"]["payg_rate"].to_numpy(float)
    assert funds["payg rate"].to_numpy(float) == pytest.approx(true, rel=1e-12)
    compared = sheet(english.folder / "report.xlsx", "comparison").head(12)
    apart = compared["C: province"] - compared["A: county"]
    assert compared["C - A"].to_numpy(float) == pytest.approx(apart.to_numpy(float))
    totals = CalamineWorkbook.from_path(english.folder / "report.xlsx").get_sheet_by_name(
        "measures"
    )
    last = totals.to_python()[-1]
    measures = english.comparison.measures
    place = list(measures.columns).index("closing_balance")
    assert last[place] == pytest.approx(measures["closing_balance"].sum())


def test_calculated_columns_exist(english: Reported) -> None:
    tables = english.comparison.tables
    for name, columns in CALCULATED.items():
        for calculated in columns.values():
            named = {*calculated.plus, *calculated.minus} | (
                {calculated.over} if calculated.over else set()
            )
            assert named <= set(tables[name].columns), name


def test_chinese_workbook_keeps_numbers(english: Reported, chinese: Reported) -> None:
    first = sheet(english.folder / "report.xlsx", "overview")
    second = sheet(chinese.folder / "report.xlsx", "overview")
    assert "平均均衡费率" in second.columns
    assert first["level rate mean"].tolist() == second["平均均衡费率"].tolist()


@pytest.mark.parametrize(
    ("value", "money", "people"),
    [(8.5532e10, "855.3亿", "855.3亿"), (-3.2e7, "−3200.0万", "−3200.0万"), (812.0, "812", "812"),
     (1.23e13, "12.3万亿", "12.3万亿"), (84748016, "8474.8万", "8474.8万")],
)  # fmt: skip
def test_large_numbers_in_chinese(value: float, money: str, people: str) -> None:
    chinese: Language = language("zh")
    assert chinese.money(value) == money
    assert chinese.people(value) == people
    assert chinese.percent(0.0512) == "5.12%"
