"""Formal parts: slots, provisions, accounts that add up, warning bands, error of the model."""

import copy
import re
from pathlib import Path

import pandas as pd
import pytest

from fundpool.alert_changes import alert_changes, insured_by_change, insured_of
from fundpool.inputs.case import read_case
from fundpool.inputs.format.findings import CaseError
from fundpool.languages import ENGLISH, Language, language
from fundpool.models.funds.totals import INFLOWS, OUTFLOWS
from fundpool.report.document.model import (
    Detail,
    Document,
    Note,
    Paragraph,
    Section,
    Table,
    plain,
)
from fundpool.report.sections.account import ITEMS, shown_years
from fundpool.report.sections.report import report_document
from tests.cases.small import small_case
from tests.fundpool.docx_reading import docx_words, opened
from tests.fundpool.pdf_reading import pdf_text
from tests.fundpool.report.test_report_files import sheet, squeezed
from tests.fundpool.reported import Reported

BOTH = pytest.mark.parametrize("lang", ["en", "zh"])


def section(document: Document, name: str) -> Section:
    (found,) = [part for part in document.sections if part.id == name]
    return found


def tables(part: Section) -> list[Table]:
    return [block for block in part.blocks if isinstance(block, Table)]


def cells(table: Table) -> list[list[str]]:
    return [[plain(cell.spans) for cell in row] for row in table.body]


@pytest.fixture(scope="module")
def documents(english: Reported, chinese: Reported) -> dict[str, Document]:
    return {
        code: report_document(made.comparison, made.summary, made.extras, words)
        for code, made, words in (("en", english, ENGLISH), ("zh", chinese, language("zh")))
    }


@BOTH
def test_slots_in_every_medium(
    lang: str, english: Reported, chinese: Reported, documents: dict[str, Document]
) -> None:
    """What the case states and which slots are empty, alike in all five."""
    made = english if lang == "en" else chinese
    board = "the board of Land" if lang == "en" else "某省医保局"
    decision = "Raise the premium" if lang == "en" else "提高个人缴费"
    unsigned = "This report is not signed." if lang == "en" else "本报告尚未签署。"
    for text in (
        (made.folder / "report.html").read_text(encoding="utf-8"),
        pdf_text(made.folder / "report.pdf"),
        docx_words(opened(made.folder / "report.docx")),
    ):
        for wanted in (board, decision, unsigned, "A. Actuary", "2021-12-01"):
            assert squeezed(wanted) in squeezed(text), wanted
    slots = made.summary["formal"]["slots"]  # type: ignore[index]
    assert slots["commissioned_by"] == "the board of Land"
    assert slots["valuation_date"] == "2020-12-31"
    assert slots["qualification"] is None
    book = sheet(made.folder / "report.xlsx", "formal")
    shown = dict(zip(book.iloc[:, 0], book.iloc[:, 1], strict=True))
    rows = dict(
        pair for table in tables(section(documents[lang], "formal")) for pair in cells(table)
    )
    blank = {name for name, words in rows.items() if words.startswith("___")}
    assert {name for name, words in shown.items() if not words} <= blank
    assert {name: words for name, words in shown.items() if words}.items() <= rows.items()
    assert len(blank) > 15


@BOTH
def test_account_adds_up_as_shown(
    lang: str, english: Reported, documents: dict[str, Document]
) -> None:
    """The accounts of the report show the flows of the totals, and nothing is left over."""
    words: Language = ENGLISH if lang == "en" else language("zh")
    plan = next(iter(english.comparison.projections))
    totals = english.comparison.totals
    shown = tables(section(documents[lang], "account"))
    for scheme, table in zip(("employee", "resident"), shown, strict=False):
        of_scheme = totals[(totals["plan"] == plan) & (totals["scheme"] == scheme)]
        rows = cells(table)
        years = [int(plain(column.head)) for column in table.columns[1:]]
        of_scheme = of_scheme.set_index("year").loc[years]
        added = of_scheme["opening_balance"] + of_scheme[list(INFLOWS)].sum(axis=1)
        added = added - of_scheme[list(OUTFLOWS)].sum(axis=1)
        assert added.to_numpy() == pytest.approx(of_scheme["balance"].to_numpy())
        by_name = {row[0]: row[1:] for row in rows}
        for name, column in ((words("closing balance"), "balance"),
                             (words("opening balance"), "opening_balance")):  # fmt: skip
            assert by_name[name] == [words.money(value) for value in of_scheme[column]]
        assert set(by_name[words("left over")]) == {words.money(0.0)}
        # each year's opening balance is the closing balance of the year before
        assert by_name[words("opening balance")][1:] == by_name[words("closing balance")][:-1]


def test_accounts_name_every_flow() -> None:
    assert set(ITEMS) == {*INFLOWS, *OUTFLOWS}


def test_accounts_show_the_first_years_then_every_fifth() -> None:
    assert shown_years(2021, 2050) == [2021, 2022, 2023, 2024, 2025, 2030, 2035, 2040, 2045, 2050]
    assert shown_years(2021, 2022) == [2021, 2022]


def test_bands_hold_every_fund_once(english: Reported) -> None:
    bands = pd.DataFrame(english.summary["formal"]["warning_bands"])  # type: ignore[index]
    funds = bands.groupby(["scheme", "year"])["funds"].sum()
    assert set(funds) == {2}
    assert set(bands["year"]) == {2020, 2021}  # the projection ends before the fifth year
    assert list(dict.fromkeys(bands["band"])) == ["below_zero", "short", "thin", "above"]
    measures = english.comparison.projections["county"].funds
    first = measures[(measures["year"] == 2021) & (measures["scheme"] == "resident")]
    at_end = bands[(bands["scheme"] == "resident") & (bands["year"] == 2021)].set_index("band")
    assert at_end["funds"]["below_zero"] == (first["balance"] < 0).sum() > 0
    assert at_end["funds"]["above"] == (first["reserve_months"] >= 6).sum()
    employee = measures[(measures["year"] == 2021) & (measures["scheme"] == "employee")]
    months = 12 * employee["opening_balance"] / employee["claims_paid"]  # no administration
    start = bands[(bands["scheme"] == "employee") & (bands["year"] == 2020)].set_index("band")
    assert start["funds"]["short"] == (months < 3).sum() == 1


def test_error_of_the_model_against_funds_priced_anew(english: Reported) -> None:
    """A rate worked out with dearer claims moves by what the backtest's error says."""
    (row,) = english.summary["formal"]["rate_errors"]  # type: ignore[index]
    projection = english.comparison.projections["county"]
    funds = projection.funds[projection.funds["scheme"] == "employee"]
    yearly = funds.groupby("year")[
        ["claims_paid", "administration", "contributions", "account_credits", "contribution_base"]
    ].sum()
    weight = pd.Series(1.21 ** -(yearly.index - 2020.5), index=yearly.index)
    outgo = ((yearly["claims_paid"] + yearly["administration"]) * weight).sum()
    income = ((yearly["contributions"] - yearly["account_credits"]) * weight).sum()
    base = (yearly["contribution_base"] * weight).sum()
    expected = ((0.03 * outgo / base) ** 2 + (0.04 * income / base) ** 2) ** 0.5
    assert row["rate_error"] == pytest.approx(expected)
    assert row["rate_error"] > 0


def test_budget_beside_the_projection(english: Reported) -> None:
    formal, decision = english.summary["formal"], english.summary["decision"]
    (row,) = formal["budgets"]  # type: ignore[index]
    now = {item["scheme"]: item for item in decision["now"]}["resident"]  # type: ignore[index]
    assert (row["projected_income"], row["projected_outgo"]) == (now["income"], now["outgo"])
    assert row["budget_income"] == 3e5


@BOTH
def test_provisions_are_sentences_with_the_values_of_the_case(
    lang: str, documents: dict[str, Document]
) -> None:
    sentences = [row[0] for table in tables(section(documents[lang], "provisions"))
                 for row in cells(table)]  # fmt: skip
    assert len(sentences) >= 10
    words = ENGLISH if lang == "en" else language("zh")
    assert any(words.percent(0.08) in text and words.percent(0.02) in text for text in sentences)
    assert any("200 " in text and re.search("state adds|财政", text) for text in sentences)
    assert all(text.rstrip()[-1] in ".。" for text in sentences)


@pytest.mark.parametrize(
    ("section_of_case", "path"),
    [
        ({"signed_on": "31 March"}, "signed_on"),
        ({"actuary": "x"}, "actuary"),
        ({"backtest": {"nobody": {"income": 0.1, "outgo": 0.1, "source": "s",
                                  "status": "assumed"}}}, "nobody"),
        ({"budgets": {"employee": {"year": 2021, "income": -1.0, "outgo": 0.1, "source": "s",
                                   "status": "assumed"}}}, "income"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_section_is_a_finding(
    section_of_case: dict[str, object], path: str, tmp_path: Path
) -> None:
    contents = small_case()
    contents.settings["report"] = section_of_case
    with pytest.raises(CaseError) as caught:
        read_case(contents.write(tmp_path / "case"))
    assert any(path in str(finding.column) for finding in caught.value.findings)


@BOTH
def test_alternatives_in_every_medium(lang: str, english: Reported, chinese: Reported) -> None:
    """Rates of joint alternatives and sub-periods, and the moves that empty funds."""
    made, words = (english, ENGLISH) if lang == "en" else (chinese, language("zh"))
    wanted = [words.percent(value) for value in made.extras.alternatives["level_rate_mean"]]
    wanted += [words.percent(value) for value in made.extras.long_range["level_rate"]]
    wanted += [words.number(2.5, 2), words.number(-1.25, 2)]
    for text in (
        (made.folder / "report.html").read_text(encoding="utf-8"),
        pdf_text(made.folder / "report.pdf"),
        docx_words(opened(made.folder / "report.docx")),
    ):
        assert [each for each in wanted if squeezed(each) not in squeezed(text)] == []
    assert len(made.summary["alternatives"]) == 6  # type: ignore[arg-type]
    saved = made.summary["reverse_stress"]
    assert saved[1]["move"] is None  # type: ignore[index]
    book = sheet(made.folder / "report.xlsx", "long_range")
    assert list(book.iloc[:, 1]) == [2, 3, 4] * 2


def test_alerts_by_change_and_insured(english: Reported) -> None:
    """New, worse and cleared ones stand in this order, those of most insured first."""
    before = copy.deepcopy(english.summary)
    first, second = [alert for alert in before["alerts"] if alert["rule"] == "target"]  # type: ignore[attr-defined]
    gone = dict(first) | {"rule": "soon", "pool": "nowhere", "name": "Nowhere"}
    milder = dict(second) | {"reserve_months": 1.0}
    earlier = {**before, "alerts": [milder, gone]}
    changed = {**english.summary, **alert_changes(english.summary, earlier, "before-1")}
    measures = english.comparison.projections["county"].measures
    rows = insured_by_change(changed, insured_of(measures))
    assert [row["change"] for row in rows] == ["new", "worse", "cleared"]
    persons = measures.set_index(["scheme", "pool"])["persons"]
    assert rows[1]["insured"] == persons[second["scheme"], second["pool"]]
    document = report_document(english.comparison, changed, english.extras)
    (note,) = [part for part in section(document, "answers").blocks if isinstance(part, Note)]
    said = next(plain(part.spans) for part in note.blocks if isinstance(part, Paragraph))
    counts = re.findall(r"(new|worse|cleared) (\d+) \([\d.,]+\xa0[mk] insured\)", said)
    assert counts == [("new", "6"), ("worse", "1"), ("cleared", "1")]
    (which,) = [part for part in note.blocks if isinstance(part, Detail)]
    (listed,) = [part for part in which.blocks if isinstance(part, Table)]
    shown = cells(listed)
    assert [row[-1] for row in shown] == ["new"] * 6 + ["worse", "cleared"]
    schemes = {"Employee scheme": "employee", "Resident scheme": "resident"}
    sizes = [persons[schemes[row[0]], row[1].lower()] for row in shown[:6]]
    assert sizes == sorted(sizes, reverse=True)
