"""The report's document: page and paper say the same, nothing is read as markup, all is worded."""

import dataclasses
import gettext
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fundpool
from fundpool.inputs.case import Case, read_case
from fundpool.languages import ENGLISH, Language, language
from fundpool.models.analysis.policies import policy_effects
from fundpool.models.analysis.sensitivity import Step, sensitivity
from fundpool.models.projection.comparison import Comparison, compare
from fundpool.models.risk.solvency import solvency_risk
from fundpool.report.charts import funds
from fundpool.report.document.annexes import annexed
from fundpool.report.document.html import element, html_page
from fundpool.report.document.making import (
    LINE_BREAK,
    code,
    label,
    left,
    message,
    paragraph,
    right,
    row,
    spans,
    strong,
    table,
)
from fundpool.report.document.model import (
    Cell,
    Column,
    Detail,
    Document,
    Figure,
    Heading,
    LegendEntry,
    Listing,
    Note,
    Panel,
    Span,
    Table,
    Terms,
)
from fundpool.report.document.typst import printed, span_data
from fundpool.report.extras import Extras, Identity
from fundpool.report.sections.report import report_document
from fundpool.summary import summary
from tests.cases.policies import policy
from tests.cases.stochastic import stochastic_case
from tests.fundpool.cli.test_policy_arguments import SHOCK
from tests.fundpool.documents import document_of
from tests.fundpool.page import read_page
from tests.fundpool.reported import with_actuals

HOSTILE = '<script>alert(1)</script> &amp; "Ash" {{ x }} <!--'
"""A name that is markup to a page."""
DRAWING = '<svg width="320" xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Scenarios, policies, a shock, actual figures; markup in every name that a case gives."""
    contents = with_actuals(stochastic_case())
    contents.settings["title"] = f"Title {HOSTILE}"
    contents.settings["title_local"] = f"标题 {HOSTILE}"
    contents.tables["regions"].loc[0, "name"] = f"Name {HOSTILE}"
    contents.schemes["employee"]["title"] = f"Scheme {HOSTILE}"
    contents.settings["economy"]["wage_growth"]["source"] = f"Source {HOSTILE}"
    contents.policies["tried"] = policy(pooling="city", about=f"About {HOSTILE}")
    contents.policies["dearer"] = policy(shocks=[SHOCK]) | {
        "name": "dearer", "title": f"Policy {HOSTILE}",
    }  # fmt: skip
    return read_case(contents.write(tmp_path_factory.mktemp("document") / "case"))


@pytest.fixture(scope="module")
def results(case: Case) -> tuple[Comparison, dict[str, Any], Extras]:
    from fundpool.models.calibration.experience import experience

    comparison = compare(case, years=3)
    projection = comparison.projections["county"]
    extras = Extras(
        identity=Identity(HOSTILE, f"fundpool report {HOSTILE}", "0", "a" * 64),
        sensitivity=sensitivity(comparison.study, "county", [Step("economy.wage_growth", 0.01)]),
        experience=experience(case, comparison.study.flows),
        risk=solvency_risk(comparison.study, list(comparison.projections), 10),
        plan=fundpool.optimise(projection, reserve_months=600),
        effects=policy_effects(comparison.study, ["tried", "dearer"], "county"),
        warnings=(f"Warning {HOSTILE}",),
    )
    return comparison, summary(comparison.projections, "county"), extras


@pytest.fixture(scope="module", params=["en", "zh"])
def document(request: pytest.FixtureRequest, results: Any) -> Document:
    """Its charts are held against the schema of the drawing library, in one language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funds, "SCHEMA_CHECKED", request.param == "en")
        return report_document(*results, language(request.param))


def parts(of: object, kind: type) -> Iterator[Any]:
    """Every part of a kind, at any depth."""
    if isinstance(of, kind):
        yield of
    if dataclasses.is_dataclass(of):
        for part in dataclasses.fields(of):
            yield from parts(getattr(of, part.name), kind)
    elif isinstance(of, tuple):
        for item in of:
            yield from parts(item, kind)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def printed_words(blocks: Any) -> Iterator[str]:
    """Texts of the data for Typst, in the order in which they are set."""
    if isinstance(blocks, list):
        for item in blocks:
            yield from printed_words(item)
    elif isinstance(blocks, dict):
        if "text" in blocks:
            yield blocks["text"]
        for key in ("title", "caption", "spans", "items", "head", "body", "parts", "blocks"):
            if key == "title" and "title" in blocks:
                yield blocks["title"]
            elif key in blocks and not (key == "caption" and blocks["kind"] == "figure"):
                yield from printed_words(blocks[key])
        if blocks.get("kind") == "figure":
            yield from printed_words([blocks["legend"], blocks["caption"]])


def test_page_and_paper_hold_the_same_words_in_the_same_order(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page but for its list of contents and footer; paper without annexes or running lines."""
    for longest in ("LONGEST_IN_TEXT", "LONGEST_ON_FIRST_PAGE"):
        monkeypatch.setattr(f"fundpool.report.document.annexes.{longest}", 1_000_000)
    page = re.sub(r"<svg\b.*?</svg>|<nav>.*?</nav>|<footer>.*?</footer>|<title>.*?</title>", "",
                  html_page(document), flags=re.DOTALL)  # fmt: skip
    paper = "".join(printed_words(printed(annexed(document, "Annex")).blocks))
    assert squeezed(read_page(page).text) == squeezed(paper)
    assert len(squeezed(paper)) > 8_000


def test_drawings_are_on_page_and_paper(document: Document) -> None:
    drawings = printed(annexed(document, "Annex")).drawings
    assert re.findall(r"<svg\b.*?</svg>", html_page(document), flags=re.DOTALL) == drawings
    assert [panel.drawing for panel in parts(document, Panel)] == drawings
    assert len(drawings) > 20


def test_rows_are_as_long_as_the_head(document: Document) -> None:
    tables = list(parts(document, Table))
    assert len(tables) > 20
    for found in tables:
        for cells in found.body:
            assert sum(cell.columns for cell in cells) == len(found.columns)
    page = read_page(html_page(document))
    assert sum(bool(r) for r in page.rows) == sum(1 + len(found.body) for found in tables)


def test_a_row_of_another_length_is_refused() -> None:
    columns = (left("a"), right("b"))
    with pytest.raises(ValueError, match="row 1 takes 1 columns of a table of 2"):
        table(columns, [row("x", 1), row("y")])
    with pytest.raises(ValueError, match="takes 3 columns"):
        table(columns, [(Cell(spans("x")), Cell(spans("y"), columns=2))])


def test_no_name_is_read_as_markup(document: Document) -> None:
    """Names, titles, sources, reasons and the command come out letter for letter."""
    text = html_page(document)
    page = read_page(text)
    assert page.mistakes == []
    assert "script" not in page.tags
    assert "<!--" not in text
    # a title that the other language replaces is not shown
    kinds = ["Name", "Scheme", "Source", "Warning", "Policy", "About", "fundpool report"]
    kinds.append("Title" if document.language == "en" else "标题")
    for kind in kinds:
        assert f"{kind} {HOSTILE}" in page.text, kind
    for name, value in ((name, value) for _, name, value in page.attributes):
        assert not name.startswith("on"), name
        assert "<script" not in value or name == "aria-label", (name, value)


def test_ids_and_links(document: Document) -> None:
    page = read_page(html_page(document))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    named = [section.id for section in document.sections]
    contents = [link.removeprefix("#") for link in page.values("href")]
    assert contents[: len(named)] == named
    assert {span.link for span in parts(document, Span)} - {""} <= set(named)


def test_heads_of_columns_say_so(document: Document) -> None:
    page = read_page(html_page(document))
    columns = sum(1 for _ in parts(document, Column))
    assert page.values("scope") == ["col"] * columns
    assert page.tags.count("th") == columns


class Disguised(gettext.NullTranslations):
    """Every message in letters that no case uses: what is left in Latin letters has no message."""

    LETTERS = {ord("a") + n: 0xFF41 + n for n in range(26)} | {
        ord("A") + n: 0xFF21 + n for n in range(26)
    }

    def gettext(self, message: str) -> str:
        pieces = re.split(r"(%\(\w+\)s|</?[a-z][^>]*>)", message)
        return "".join(
            piece if number % 2 else piece.translate(self.LETTERS)
            for number, piece in enumerate(pieces)
        )

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


def test_every_word_of_the_program_is_a_message(case: Case, results: Any) -> None:
    """Words outside messages are those of the case, of the run and of units of money."""
    made = report_document(*results, Language("disguised", Disguised()))
    shown = " ".join(span.text for span in parts(made, Span) if span.style != "code")
    shown += "".join(f" {section.title} {section.link}" for section in made.sections)
    shown += "".join(f" {panel.title}" for panel in parts(made, Panel))
    of_case = " ".join(
        file.read_text(encoding="utf-8") for file in Path(case.origin).rglob("*") if file.is_file()
    )
    extras = results[2]
    given = f"{of_case} {extras.identity} {extras.warnings} counties Counties cities fundpool"
    said = set(re.findall(r"[A-Za-z]{3,}", shown))
    assert said - set(re.findall(r"\w+", given)) == set()


# parts


def test_message_reads_tags_of_the_message_alone() -> None:
    text = 'Take <strong class="bad">%(a)s</strong>, <a href="#terms">see</a> <code>%(b)s</code> %%'
    assert message(text, a="<em>x</em>", b="</code>") == (
        Span("Take "), Span("<em>x</em>", "bad"), Span(", "), Span("see", link="terms"),
        Span(" "), Span("</code>", "code"), Span(" %"),
    )  # fmt: skip


def test_spans_on_paper() -> None:
    """Alike ones joined, spaces folded, paths breakable, lines kept."""
    given = spans(" one  ", strong(" two"), Span(" three", "bad"), LINE_BREAK, code("a.b_c"))
    assert span_data(given) == [
        {"text": "one ", "style": ""}, {"text": "two three", "style": "strong"},
        {"text": "\n", "style": ""}, {"text": "a.\u200bb_\u200bc", "style": "code"},
    ]  # fmt: skip
    assert span_data(spans(Span("x"), label("y", "assumed")), "soft") == [
        {"text": "x", "style": "soft"}, {"text": "y", "style": "tag"}
    ]  # fmt: skip


def test_elements_escape_contents_and_attributes() -> None:
    made = element("td", "a & <b>", element("br"), title='say "x" & y', class_="", open=True)
    assert made == '<td title="say &quot;x&quot; &amp; y" open>a &amp; &lt;b&gt;<br></td>'


def test_parts_on_a_page() -> None:
    figure = Figure(
        (Panel(DRAWING, "a"), Panel(DRAWING, "b")), spans("c"), (LegendEntry("●", "#000000", "d"),)
    )
    blocks = (
        figure,
        Listing((spans("one"), spans("two")), "sources"),
        Terms(((spans("term"), spans("meaning")),)),
        Detail(spans("more"), (paragraph("inside", LINE_BREAK, "next", soft=True),), open=True),
        table((left("n", "named"), right("v", "short", "about v")), [row("x", 1)]),
        table((left("n"), right("v")), [(Cell(spans("both"), columns=2),)], "caption"),
    )
    page = html_page(document_of(*blocks))
    for expected in (
        f'<div class="panels"><div><h4>a</h4>{DRAWING}</div><div><h4>b</h4>{DRAWING}</div></div>',
        '<p class="legend"><span><b style="color: #000000">●</b> d</span></p>',
        "<figcaption>c</figcaption>",
        '<ol class="soft sources">\n<li>one</li>\n<li>two</li>\n</ol>',
        "<dl><dt>term</dt><dd>meaning</dd>\n</dl>",
        '<details open><summary>more</summary><p class="soft">inside<br>next</p>\n</details>',
        '<th class="t" scope="col">n</th><th scope="col" title="about v">v</th>',
        '<td class="t named">x</td><td class="short">1</td>',
        '<td class="t" colspan="2">both</td>',
        "<caption>caption</caption>",
    ):
        assert expected in page, expected


def test_tables_on_paper() -> None:
    """Short names stay on one line, prose takes what is left, cells over columns are counted."""
    narrow = table((left("n"), right("v")), [row("East Town", "1 to 2"), row("a" * 19 + " b", "")])
    prose = table((left("n"), left("source", "wide")), [row("East Town", "read in a book")])
    wide = table((left("n"), right("v")), [(Cell(spans("both"), columns=2),)])
    blocks = printed(document_of(narrow, prose, wide)).blocks[1:]
    assert blocks[0]["align"] == ["left", "right"]
    assert blocks[0]["body"][0][0]["spans"][0]["text"] == "East\u00a0Town"
    assert blocks[0]["body"][1][0]["spans"][0]["text"] == "a" * 19 + " b"
    assert blocks[0]["widths"] == []
    assert blocks[1]["body"][0][0]["spans"][0]["text"] == "East Town"
    assert blocks[1]["widths"] == [11.0, 94.0]
    assert blocks[2]["body"][0][0]["span"] == 2


def test_what_is_folded_away_is_placed_on_paper() -> None:
    """Short tables in the text, long ones annexed; headings skip no level."""
    columns = (left("n"),)
    short = Detail(spans("short"), (table(columns, [row("x")] * 14),))
    long = Detail(spans("long"), (table(columns, [row("x")] * 15),))
    document = document_of(Heading(spans("h")), Note((long,)), short, long)
    with pytest.raises(TypeError, match="'long' is folded away"):
        printed(document)
    blocks = printed(annexed(document, "Annex")).blocks
    assert [block["kind"] for block in blocks] == [
        "heading", "heading", "note", "heading", "table", "text", "heading", "table", "heading",
        "table",
    ]  # fmt: skip
    assert blocks[2]["blocks"][0]["spans"][0] == {"text": "Annex 1: ", "style": "strong"}
    assert blocks[5]["spans"][0]["text"] == "Annex 2: "
    headings = [(b["look"], b["level"]) for b in blocks if b["kind"] == "heading"]
    assert headings == [(1, 1), (3, 2), (4, 3), (3, 3), (3, 3)]
    json.dumps(blocks)


def test_a_drawing_has_words_for_those_who_do_not_see_it() -> None:
    figure = Figure(
        (Panel(DRAWING, "pooled by county"), Panel(DRAWING)), spans("Funds by ", "year")
    )
    (block,) = printed(document_of(figure)).blocks[1:]
    assert [part["alt"] for part in block["parts"]] == [
        "pooled by county Funds by year", "Funds by year"
    ]  # fmt: skip
    assert [part["share"] for part in block["parts"]] == [50.0, 50.0]
    assert Figure((Panel(DRAWING),)).alternative(Panel(DRAWING)) == "chart"


def test_english_is_the_default(results: Any) -> None:
    comparison, found, _ = results
    assert report_document(comparison, found).language == ENGLISH.code
