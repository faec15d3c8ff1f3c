"""A Chinese report is Chinese where the program speaks; texts of the case keep their language."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import fundpool
from fundpool.inputs.case import Case, bundled_cases, read_case
from fundpool.languages import ENGLISH, language
from fundpool.languages.catalogue import messages
from fundpool.languages.wording import worded
from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.problem.fund import fund_problem
from fundpool.models.optimiser.stages import optimised
from fundpool.report.words.sentences import alert_sentences
from tests.cases.pool_flows import pool_flows
from tests.fundpool.conftest import Run
from tests.fundpool.page import VOID

ENGLISH_WORDS = re.compile(r"[A-Za-z]{3,}")
PROPER = re.compile(r"SHA-256|ISAP|CNY|TVaR|fundpool|https?://\S+")
SPOKEN = {"h1", "h2", "h3", "h4", "th", "caption", "summary", "figcaption", "text", "nav", "title"}
"""Elements in which the program speaks: headings, column names, legends and axes of drawings."""
LISTS = {"answers", "alert", "note"}


@dataclass
class Spoken(HTMLParser):
    """What a page says in elements and lists of the program, and in labels for screen readers."""

    said: list[str] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        spoken = tag in SPOKEN or bool(LISTS & classes)
        self.said += [given[name] or "" for name in ("title", "aria-label") if name in given]
        if tag not in VOID:
            within = bool(self.open) and self.open[-1][1]
            self.open.append((tag, tag != "code" and (spoken or within)))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1]:
            self.said.append(data)


def english_in(texts: list[str]) -> list[str]:
    return sorted({text for text in texts if ENGLISH_WORDS.search(PROPER.sub("", text))})


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with every section: alerts by rule, a plan, policies, scenarios, sensitivity."""
    from typer.testing import CliRunner

    from fundpool.cli.commands import app

    out = tmp_path_factory.mktemp("chinese") / "report"
    words = ["report", "jiangsu", "--lang", "zh", "--years", "2", "--scenarios", "20", "--quiet",
             "--policies", "manual-claims", "--out", str(out)]  # fmt: skip
    assert CliRunner().invoke(app, words).exit_code == 3
    return out


def test_headings_legends_columns_and_alerts_are_chinese(chinese: Path) -> None:
    reader = Spoken()
    reader.feed((chinese / "report.html").read_text("utf-8"))
    assert len(reader.said) > 500
    assert english_in(reader.said) == []


def test_the_section_on_the_plan_is_chinese_throughout(chinese: Path) -> None:
    page = (chinese / "report.html").read_text("utf-8")
    section = page.split('<section id="plan">')[1].split("</section>")[0]
    shown = re.sub(r"<svg.*?</svg>|<[^>]*>", "\n", section, flags=re.DOTALL)
    assert english_in(shown.splitlines()) == []


def test_the_language_of_case_texts_is_explained(chinese: Path) -> None:
    page = (chinese / "report.html").read_text("utf-8")
    assert "为案例原文，沿用案例的语言，不作翻译" in page


def test_columns_of_the_workbook_are_chinese(chinese: Path) -> None:
    book = CalamineWorkbook.from_path(chinese / "report.xlsx")
    heads = [
        str(cell)
        for name in book.sheet_names
        if name not in ("README", "comparison")  # the first rows of these are no heads
        for cell in book.get_sheet_by_name(name).to_python()[0]
    ]
    assert len(heads) > 150
    assert english_in(heads) == []


def test_words_of_bundled_cases_are_in_the_catalogue() -> None:
    """Units, industries, services, catastrophes of the bundled cases; rules by local title."""
    known = {message.id for message in messages() if isinstance(message.id, str)}
    for name in bundled_cases():
        if name == "nation":
            continue  # derived on demand, with the words of the others
        case = read_case(name)
        words = {*case.assumptions()["unit"], *case.tables["industries"]["industry"]}
        words |= set(case.settings.services)
        assert case.settings.scenarios is not None
        words |= set(case.settings.scenarios.catastrophes)
        assert {word.replace("_", " ") for word in words if word} - known == set()
        assert all(rule.title_local for rule in case.settings.alerts.values())


def _planned(policy: Policy) -> Plan:
    """A plan for two pools over three years, the second poor."""
    paths = pool_flows(
        [[100.0, 90.0]] * 3, [[1000.0, 700.0]] * 3, [[100.0, 70.0]] * 3, [40.0, 20.0], 0.02
    )
    return Plan(policy, Aims(), (optimised([fund_problem(paths, policy)], Aims()),))


def test_sentences_of_a_plan_keep_their_figures() -> None:
    """Prices of a plan that holds; what is missing, and what would help, where none can."""
    holds = Policy(reserve_months=3.0, levy_ceiling=0.1, rate_most=1.3)
    tight = replace(holds, reserve_months=9.0, yearly_change=0.01)
    sentences = list(shadow_prices(_planned(holds))["sentence"])
    for policy in (tight, replace(tight, floor="cvar", tail=0.05), replace(tight, rate_most=1.01)):
        why = obstacle(_planned(policy), "CNY")
        assert why.sentences
        assert why.remedies
        sentences += [*why.sentences, *why.remedies]
    assert len(sentences) > 8
    for sentence in sentences:
        assert worded(sentence, ENGLISH, NAMES) == sentence
        said = worded(sentence, language("zh"), NAMES)
        assert not re.search("[A-Za-z]", said), said
        assert sorted(re.findall(r"\d+\.\d{2,}", said)) == sorted(
            re.findall(r"\d+\.\d{2,}", sentence)
        )


NAMES = {"p0": "甲县", "p1": "乙县"}


@pytest.mark.parametrize("command", ["project", "compare"])
def test_status_3_says_why(run: Run, small_folder: Path, command: str) -> None:
    result = run(command, small_folder, "--years", 2)
    assert result.exit_code == 3
    sentences = [line for line in result.stderr.splitlines() if "solvency alert" in line]
    assert sentences == ["2 solvency alerts."]
    assert (
        "Pooled by county, 2 of 4 funds hold less than 6 months of spending, claims owed taken "
        "off, at some time in the first 5 years." in result.stderr
    )
    assert run(command, small_folder, "--years", 2, "--quiet").stderr == ""


def test_sentences_name_rules_that_fired_and_those_not_judged(full: Case) -> None:
    from fundpool.summary import summary

    projection = fundpool.project(full, years=2)
    found = summary({"county": projection}, "county")
    said = " ".join(alert_sentences(found, full, ENGLISH))
    assert "2 funds run dry within 2 years on the central path (rule “soon”)." in said
    assert "The rule ruin could not be judged" in said
    assert alert_sentences(found | {"alerts": []}, full, ENGLISH) == []
