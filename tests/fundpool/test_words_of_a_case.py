"""No output says a word of another country: names, plurals and labels come from the case."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import fundpool
from fundpool.inputs.format.findings import CaseError
from fundpool.languages import ENGLISH, language
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.serving import Serving
from fundpool.web.words import words_of_page
from fundpool.web.work.answers import answer
from fundpool.web.work.case_record import case_record
from fundpool.web.work.planning import Pending, plan_material
from fundpool.web.work.projection_cache import ProjectionCache
from fundpool.web.work.workbook import plan_workbook
from tests.cases.countries import COUNTRIES, german
from tests.fundpool.conftest import Run

FOREIGN = re.compile(
    r"\b(count(y|ies)|cit(y|ies)|provinces?|provincial|hukou|registrations?|registered|CNY|yuan|"
    r"employee schemes?|resident schemes?|provinsis|kreises|lands)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", params=list(COUNTRIES))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return COUNTRIES[request.param]().write(tmp_path_factory.mktemp(request.param) / "case")


def foreign(text: str) -> list[str]:
    """Words of another country in a text, each with what stands around it."""
    return [text[max(0, found.start() - 40) : found.end() + 20] for found in FOREIGN.finditer(text)]


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


def test_report(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("report", folder, "--years", 3, "--scenarios", 4, "--formats", "html,xlsx",
               "--out", tmp_path / "out", "--lang", "en")  # fmt: skip
    assert done.exit_code in (0, 3), done.output
    page = shown((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert foreign(page) == []
    assert foreign(in_workbook(tmp_path / "out" / "report.xlsx")) == []
    assert foreign(done.output) == []
    for title in fundpool.read_case(folder).settings.status_titles.values():
        assert title in page


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
        ("project", "--years", 2),
        ("optimise", "--years", 3),
        ("policies", "--years", 2),
    ],
)
def test_commands(run: Run, folder: Path, words: tuple[object, ...]) -> None:
    command, *options = words
    done = run(command, folder, *options, "--lang", "en")
    assert done.exit_code in (0, 3, 4), done.output
    assert foreign(done.output) == []


def test_page(folder: Path, tmp_path: Path) -> None:
    """What the page shows: its sentences, the record of the case, the plan's workbook."""
    assert foreign(_sentences()) == []
    case = fundpool.read_case(folder)
    serving = Serving(str(folder), frozenset(), tmp_path, years=2, scenarios=0)
    cache = ProjectionCache(serving, case)
    record = case_record(cache.opened(""), 2, 0)
    assert foreign(json.dumps(record)) == []
    assert record["plurals"] == [ENGLISH.plural(x, stated=case.settings.plurals)
                                 for x in case.levels]  # fmt: skip
    material = plan_material(cache, PlanRequest())
    while isinstance(material, Pending):
        material.job.stop.wait(0.01)
        material = plan_material(cache, PlanRequest())
    found = answer(material, PlanRequest())
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
