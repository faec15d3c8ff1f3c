"""No output says a word of another country: names, plurals and labels come from the case."""

import json
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import typst
from python_calamine import CalamineWorkbook

import fundpool
from fundpool.inputs.format.findings import CaseError
from fundpool.languages import ENGLISH, language
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.serving import Serving
from fundpool.web.words.page import words_of_page
from fundpool.web.work.answers import answer
from fundpool.web.work.case_record import case_record
from fundpool.web.work.planning import Pending, plan_material
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.values import assumption_records
from fundpool.web.work.workbook import plan_workbook
from tests.cases.countries import COUNTRIES, german
from tests.fundpool.conftest import Run

FOREIGN = re.compile(
    r"\b(count(y|ies)|cit(y|ies)|provinces?|provincial|prefectures?|hukou|registrations?|"
    r"registered|CNY|RMB|renminbi|yuan|China|Chinese|Jiangsu|Fujian|Nanjing|"
    r"basic medical insurance|(employee|resident) (schemes?|insurance)|"
    r"(local|rural|home|urban) residents?|migrant workers?|rural (co-?operative|scheme)|"
    r"catastrophic cover|medical assistance|provinsis|kreises|lands)\b|[\u4e00-\u9fff]",
    re.IGNORECASE,
)
CHINESE_FOREIGN = re.compile(
    "县|[本全各]省|省[级内外]|地级|[本全各]市|市[级内外]|户籍|户口|江苏|福建|职工|城乡居民|"
    "居民医保|新农合|大病保险|人民币|[亿万]元|元/|CNY"
)
BADLY_SCALED = re.compile(r"\d[\d,]*,\d{3}(\.\d+)?\s(m|bn|tn)\b|\d{13,}|\de\+(0[6-9]|[1-9]\d)")


def words_of(country: str) -> set[str]:
    """Words of a case: levels, schemes, statuses, services, places, payers and currency."""
    case = COUNTRIES[country]()
    settings = case.settings
    return {
        *settings["levels"], *settings["plurals"].values(), settings["currency"],
        *settings["status_titles"].values(), *settings["services"],
        *(scheme["title"] for scheme in case.schemes.values()), *case.tables["regions"]["name"],
        *case.tables["subsidies"]["payer"],
    }  # fmt: skip


@pytest.fixture(scope="module", params=list(COUNTRIES))
def country(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(country: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return COUNTRIES[country]().write(tmp_path_factory.mktemp(country) / "case")


@pytest.fixture(scope="module")
def others(country: str) -> re.Pattern[str]:
    """Words of the other two countries that this one does not have."""
    words = {word for each in COUNTRIES if each != country for word in words_of(each)}
    alternatives = "|".join(map(re.escape, sorted(words - words_of(country))))
    return re.compile(rf"\b({alternatives})\b")


def foreign(text: str, words: re.Pattern[str] = FOREIGN) -> list[str]:
    """Words of another country in a text, each with what stands around it."""
    return [text[max(0, found.start() - 40) : found.end() + 20] for found in words.finditer(text)]


def shown(page: str) -> str:
    """What a reader sees of a page; paths of settings are names of the program."""
    page = re.sub(r"(?s)<(style|script|code)\b.*?</\1>", " ", page)
    return unescape(re.sub(r"<[^>]+>", " ", page))


def in_workbook(file: Path) -> str:
    """Names of sheets, headings and texts of a workbook but for paths and notes of parameters."""
    book = CalamineWorkbook.from_path(file)
    texts = list(book.sheet_names)
    for name in book.sheet_names:
        if name in ("parameters", "inputs", "assumptions", "sensitivity"):
            continue
        texts += [str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row]
    return "\n".join(texts)


def in_document(file: Path) -> str:
    """Texts of a Word file but for paths of settings."""
    with zipfile.ZipFile(file) as archive:
        text = archive.read("word/document.xml").decode("utf-8")
    return unescape(re.sub(r"<[^>]+>", " ", text))


def texts_in(part: object, without: frozenset[str] = frozenset()) -> list[str]:
    """Texts in plain data, of keys other than those left out; paths of settings are no words."""
    if isinstance(part, str):
        return [shown(part)]
    if isinstance(part, dict):
        kept = {} if part.get("style") == "code" else part
        kept = {key: item for key, item in kept.items() if not str(key).endswith("_local")}
        part = [item for key, item in kept.items() if key not in without]
    items = part if isinstance(part, list | tuple) else []
    return [text for item in items for text in texts_in(item, without)]


def test_report(
    run: Run, country: str, folder: Path, others: re.Pattern[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Formats that readers open, and what is handed over to be set as PDF."""
    printed: list[str] = []
    set_by_typst: Any = typst.compile

    def set_as_pdf(*template: Any, sys_inputs: dict[str, str], **settings: Any) -> Any:
        if "report" not in sys_inputs:  # drawings of the Word file
            return set_by_typst(*template, sys_inputs=sys_inputs, **settings)
        printed.append(sys_inputs["report"])
        return b"%PDF-"

    monkeypatch.setattr("typst.compile", set_as_pdf)
    done = run("report", folder, "--years", 3, "--scenarios", 4, "--formats", "html,pdf,xlsx,docx",
               "--policies", "all", "--out", tmp_path / "out", "--lang", "en")  # fmt: skip
    assert done.exit_code in (0, 3), done.output
    page = shown((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    texts = {
        "page": page,
        "workbook": in_workbook(tmp_path / "out" / "report.xlsx"),
        "document": in_document(tmp_path / "out" / "report.docx"),
        "print": "\n".join(texts_in(json.loads(printed[0]))),
        "summary": (tmp_path / "out" / "summary.json").read_text(encoding="utf-8"),
        "output": done.output,
    }
    for name, text in texts.items():
        assert foreign(text) == [], name
        assert foreign(text, others) == [], name
    assert len(texts["print"]) > 0.5 * len(page)
    settings = fundpool.read_case(folder).settings
    named = [status.title for status in settings.statuses.values()]
    for title in (*settings.status_titles.values(), *named):
        assert title in page
    budgets = country == "indonesian"  # the one that pays by case group and by capitation
    assert ("What providers are paid under budgets" in page) == budgets
    assert ("provider_payments" in texts["workbook"].splitlines()) == budgets
    assert foreign(page, BADLY_SCALED) == []
    unit = {"german": "EUR billion", "indonesian": "IDR trillion", "swiss": "CHF billion"}
    assert unit[country] in page


def test_report_in_chinese(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("report", folder, "--years", 3, "--scenarios", 4, "--formats", "html,xlsx",
               "--out", tmp_path / "out", "--lang", "zh")  # fmt: skip
    assert done.exit_code in (0, 3), done.output
    page = shown((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    for text in (page, in_workbook(tmp_path / "out" / "report.xlsx"), done.output):
        assert foreign(text, CHINESE_FOREIGN) == []


def test_findings(country: str, others: re.Pattern[str], tmp_path: Path) -> None:
    """A region without people, places that are not there and amounts that cannot be."""
    case = COUNTRIES[country]()
    people = case.tables["population"]
    people["persons"] = people["persons"].where(people["region"] != "ash", 0.0)
    case.tables["economy"].loc[0, "region"] = "oak"
    case.tables["migrants"].loc[0, "home"] = "oak"
    case.tables["fund_balances"].loc[0, "region"] = "north"
    with pytest.raises(CaseError) as refused:
        fundpool.read_case(case.write(tmp_path / "case"))
    said = "\n".join(str(finding) for finding in refused.value.findings)
    assert "oak" in said
    assert foreign(said) == []
    assert foreign(said, others) == []


def test_statuses_that_cannot_be_named(tmp_path: Path) -> None:
    case = german()
    case.settings["status_titles"] |= {"children": "Kinder"}
    case.settings["status_titles"] |= {"employee": "Mitglieder", "retired": "Mitglieder"}
    with pytest.raises(CaseError) as refused:
        fundpool.read_case(case.write(tmp_path / "case"))
    assert sorted(finding.column for finding in refused.value.findings) == [
        "status_titles.children", "status_titles.employee", "status_titles.retired",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("compare", "--years", 2, "--scenarios", 4),
        ("compare", "--years", 2, "--scenarios", 4, "--policy", "tried"),
        ("project", "--years", 2),
        ("optimise", "--years", 3),
        ("policies", "--years", 2),
    ],
)
def test_commands(
    run: Run, folder: Path, others: re.Pattern[str], words: tuple[object, ...]
) -> None:
    command, *options = words
    done = run(command, folder, *options, "--lang", "en")
    assert done.exit_code in (0, 3, 4), done.output
    assert foreign(done.output) == []
    assert foreign(done.output, others) == []
    assert foreign(done.output, BADLY_SCALED) == []


def test_page(folder: Path, others: re.Pattern[str], tmp_path: Path) -> None:
    """What the page shows: its sentences, the case, its assumptions, a plan and its workbook."""
    assert foreign(_sentences()) == []
    case = fundpool.read_case(folder)
    serving = Serving(str(folder), frozenset(), tmp_path, years=2, scenarios=0)
    cache = ProjectionCache(serving, case)
    record = case_record(cache.opened(""), 2, 0)
    record_text = json.dumps(record, ensure_ascii=False)
    assert foreign(record_text) == []
    assert foreign(record_text, others) == []
    assert record["plurals"] == [ENGLISH.plural(x, stated=case.settings.plurals)
                                 for x in case.levels]  # fmt: skip
    material = plan_material(cache, PlanRequest())
    while isinstance(material, Pending):
        material.job.stop.wait(0.01)
        material = plan_material(cache, PlanRequest())
    found = answer(material, PlanRequest())
    of_case = frozenset({"path", "note", "source"})  # paths are names of the program
    for said in (found, assumption_records(case)):
        texts = "\n".join(texts_in(said, of_case))
        assert len(texts) > 200
        assert foreign(texts) == []
        assert foreign(texts, others) == []
    file = tmp_path / "plan.xlsx"
    file.write_bytes(plan_workbook(material, PlanRequest(), found, {"text": "fundpool compare"}))
    assert foreign(in_workbook(file)) == []
    cache.jobs.close()


def _sentences() -> str:
    words = words_of_page(ENGLISH).values()
    return "\n".join(text for item in words for text in ([item] if isinstance(item, str) else item))


def test_plurals(tmp_path: Path) -> None:
    """The plural is the one stated, else by the English rule for an English word, else the name."""
    assert ENGLISH.plural("provinsi") == "provinsi"
    assert ENGLISH.plural("county") == "counties"
    assert ENGLISH.plural("region") == "regions"
    assert ENGLISH.plural("Land", stated={"Land": "Länder"}) == "Länder"
    assert ENGLISH.one("county") == "a county"
    assert ENGLISH.one("area") == "an area"
    assert language("zh").plural("counties") == "县（市、区）"
    case = german()
    case.settings["plurals"]["Gemeinde"] = "Gemeinden"
    with pytest.raises(CaseError) as refused:
        fundpool.read_case(case.write(tmp_path / "case"))
    (finding,) = refused.value.findings
    assert finding.column == "plurals.Gemeinde"
    case.settings["plurals"] = {"Land": ""}
    with pytest.raises(CaseError):
        fundpool.read_case(case.write(tmp_path / "empty"))
