"""The Word document: what the page says, in Word's own structure, the same bytes everywhere."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

import docx
import pytest
from docx.document import Document as Opened

from fundpool.languages import language
from fundpool.report.document.html import html_page
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
    Block,
    Cell,
    Deferrable,
    Detail,
    Document,
    Figure,
    Heading,
    LegendEntry,
    Listing,
    Note,
    Panel,
    Paragraph,
    Section,
    Span,
    Table,
    Terms,
)
from fundpool.report.docx_file import report_docx
from fundpool.report.imprint import Imprint
from fundpool.report.sections.report import report_document
from tests.fundpool.documents import document_of
from tests.fundpool.docx_reading import contents_of, docx_words, opened, outline
from tests.fundpool.page import read_page
from tests.fundpool.processes import printed_by
from tests.fundpool.reported import Reported

DRAWING = '<svg width="320" height="160" xmlns="http://www.w3.org/2000/svg"></svg>'
IMPRINT = Imprint("run", "footer", 2020)
NUMBERS = table((left("n"), right("v", "short")), [row("Ash", "1.5 %")], "shares")
EVERY_BLOCK: dict[type, tuple[Block, str]] = {
    Heading: (Heading(spans("head")), "head"),
    Paragraph: (paragraph("one", LINE_BREAK, "two", soft=True), "one\ntwo"),
    Listing: (Listing((spans("first"), spans("second")), "sources"), "first\nsecond"),
    Table: (NUMBERS, "shares\nn\nv\nAsh\n1.5 %"),
    Figure: (
        Figure((Panel(DRAWING, "a"), Panel(DRAWING, "b")), spans("c"),
               (LegendEntry("●", "#ff0000", "sign"),)),
        "a\nb\n● sign\nc",
    ),
    Terms: (Terms(((spans("term"), spans("meaning")),)), "term\nmeaning"),
    Note: (Note((paragraph("careful"), NUMBERS)), "careful\nshares\nn\nv\nAsh\n1.5 %"),
    Detail: (Detail(spans("more"), (paragraph("inside"),)), "more\ninside"),
    Deferrable: (Deferrable(1, spans("over it"), (paragraph("later"), NUMBERS)),
                 "later\nshares\nn\nv\nAsh\n1.5 %"),
}  # fmt: skip

MADE = """
import hashlib
from fundpool.report.docx_file import report_docx
from tests.fundpool.documents import document_of
from tests.fundpool.report.test_docx import EVERY_BLOCK, IMPRINT
for code in ("en", "zh"):
    document = document_of(*(block for block, _ in EVERY_BLOCK.values()), code=code)
    print(hashlib.sha256(report_docx(document, IMPRINT)).hexdigest())
"""


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def made(*blocks: Block, code: str = "en") -> Opened:
    file = report_docx(document_of(*blocks, code=code), IMPRINT)
    return docx.Document(io.BytesIO(file))


@pytest.fixture(scope="module", params=["en", "zh"])
def document(request: pytest.FixtureRequest, english: Reported) -> Document:
    given = english.comparison, english.summary, english.extras
    return report_document(*given, language(request.param))


@pytest.fixture(scope="module")
def report(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    file = tmp_path_factory.mktemp("docx") / "report.docx"
    file.write_bytes(report_docx(document, IMPRINT))
    return opened(file)


def test_every_kind_of_block_has_a_form() -> None:
    assert set(EVERY_BLOCK) == set(get_args(Block))


@pytest.mark.parametrize("kind", EVERY_BLOCK)
def test_a_block_keeps_its_words(kind: type) -> None:
    block, words = EVERY_BLOCK[kind]
    lines = [line for line in docx_words(made(block)).split("\n") if line.strip()]
    assert [" ".join(line.split()) for line in lines] == ["title", *words.split("\n")]


def test_the_words_are_those_of_the_page(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page but for its list of contents and footer; the file without annexes."""
    for longest in ("LONGEST_IN_TEXT", "LONGEST_ON_FIRST_PAGE"):
        monkeypatch.setattr(f"fundpool.report.document.annexes.{longest}", 1_000_000)
    file = docx.Document(io.BytesIO(report_docx(document, IMPRINT)))
    page = re.sub(r"<svg\b.*?</svg>|<nav>.*?</nav>|<footer>.*?</footer>|<title>.*?</title>", "",
                  html_page(document), flags=re.DOTALL)  # fmt: skip
    words = squeezed(docx_words(file))
    assert words == squeezed(read_page(page).text)
    assert len(words) > 4_000


def test_numbers_of_the_first_page(document: Document, report: Opened) -> None:
    """Every number of the answers stands in the file's first tables; what is folded is annexed."""
    (answers,) = [section for section in document.sections if section.id == "answers"]
    page = html_page(document)
    inner = re.sub(
        r"<details.*?</details>", "", page[page.index('id="answers"') :], flags=re.DOTALL
    )
    cells = [c for r in read_page(inner[: inner.index("</section>")]).rows for c in r]
    words = docx_words(report)
    front = words[: words.index(document.sections[1].title)]
    numbers = re.findall(r"[−\d.,]*\d", " ".join(cells))
    assert len(numbers) > 40
    shown = re.findall(r"[−\d.,]*\d", front)
    assert sorted(set(numbers) - set(shown)) == []
    assert answers.title == ""


def test_headings_and_contents(document: Document, report: Opened) -> None:
    """The outline has every section in order and skips no level; the list of contents is it."""
    levels = outline(report)
    titles = [section.title for section in document.sections if section.title]
    at_top = [words for level, words in levels if level == 1]
    after_page_one = at_top[at_top.index(titles[0]) :]
    assert [words for words in after_page_one if words in titles] == titles
    last = 0
    for level, words in levels:
        assert level <= last + 1, words
        last = level
    assert contents_of(report) == [entry for entry in levels if entry[0] <= 2]


def test_links_lead_to_bookmarks(report: Opened) -> None:
    body = report.element.body
    marks = body.xpath("//w:bookmarkStart/@w:name")
    assert len(marks) == len(set(marks))
    anchors = body.xpath("//w:hyperlink/@w:anchor")
    assert set(anchors) <= set(marks)
    assert len(anchors) >= len(contents_of(report))
    numbers = body.xpath("//w:bookmarkStart/@w:id")
    assert len(numbers) == len(set(numbers))


def test_tables(report: Opened) -> None:
    """Heads come again on every page, rows stay whole, figures are flush right."""
    tables = report.tables
    assert len(tables) > 15
    aligned = 0
    for found in tables:
        assert found._tbl.xpath("count(w:tr[1]/w:trPr/w:tblHeader)") == 1
        assert found._tbl.xpath("count(w:tr[not(w:trPr/w:cantSplit)])") == 0
        for cells in found._tbl.tr_lst[1:]:
            spans_ = sum(int(cell.grid_span) for cell in cells.tc_lst)
            assert spans_ == len(found.columns)
        aligned += len(found._tbl.xpath(".//w:jc[@w:val='right']"))
    assert aligned > 200


def test_captions_and_pictures(document: Document, report: Opened) -> None:
    captions = [p.text for p in report.paragraphs if p.style and p.style.name == "Caption"]
    assert len(captions) > 10
    pictures = report.element.body.xpath("//wp:docPr")
    drawn = sum(len(f.panels) for f in _figures(document))
    assert len(pictures) == drawn
    for picture in pictures:
        assert picture.get("descr"), "words for those who do not see it"
    numbers = [picture.get("id") for picture in pictures]
    assert len(numbers) == len(set(numbers))
    width = report.sections[0].page_width
    assert width is not None
    for inline in report.inline_shapes:
        assert 0 < inline.width < width - 2 * 36_000 * 17.9


def _figures(of: Document) -> Iterator[Figure]:
    def within(blocks: tuple[Block, ...]) -> Iterator[Figure]:
        for block in blocks:
            if isinstance(block, Figure):
                yield block
            elif isinstance(block, Note | Detail):
                yield from within(block.blocks)

    for section in of.sections:
        yield from within(section.blocks)


@pytest.mark.parametrize(("code", "tag"), [("en", "en-US"), ("zh", "zh-CN")])
def test_languages_and_fonts(code: str, tag: str) -> None:
    other = "zh" if code == "en" else "en"
    file = made(paragraph(Span("基金 “x”", language=other), "y “引”"), code=code)
    (defaults,) = file.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
    # Latin text in a Chinese document stays English, or its numbers and words break anywhere
    assert defaults.xpath("w:lang/@w:val") == ["en-US"]
    assert defaults.xpath("w:lang/@w:eastAsia") == ["zh-CN"]
    assert defaults.xpath("w:rFonts/@w:eastAsia") == ["Microsoft YaHei"]
    assert file.core_properties.language == tag
    runs = file.element.body.xpath("//w:r/w:rPr/w:lang/@w:val")
    assert runs == ["zh-CN" if code == "en" else "en-US"]


def test_properties_name_no_machine_and_no_time() -> None:
    packed = report_docx(document_of(*(b for b, _ in EVERY_BLOCK.values())), IMPRINT)
    properties = docx.Document(io.BytesIO(packed)).core_properties
    assert (properties.author, properties.last_modified_by) == ("fundpool", "fundpool")
    created, modified = properties.created, properties.modified
    assert created is not None
    assert modified is not None
    assert created.replace(tzinfo=None) == datetime(2020, 12, 31)
    assert created == modified
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in archive.infolist()} == {0}
        names = archive.namelist()
        assert names == list(dict.fromkeys(names))
        parts = b"".join(archive.read(name) for name in names if name.endswith(".xml"))
    assert b"python-docx" not in parts
    assert b"Macintosh" not in parts
    assert not [name for name in names if "thumbnail" in name or "customXml" in name]


def test_bytes_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """Time zones, locales, order of hashing, fonts of the system."""
    here = printed_by(MADE, PYTHONHASHSEED="1")
    there = printed_by(
        MADE, TZ="Asia/Shanghai", LC_ALL="zh_CN.UTF-8", LANG="de_DE.UTF-8", PYTHONHASHSEED="2",
        HOME=str(tmp_path), FONTCONFIG_FILE=str(tmp_path / "none.conf"), RAYON_NUM_THREADS="1",
    )  # fmt: skip
    assert here == there


def test_no_name_is_read_as_markup() -> None:
    hostile = '<w:p/> &amp; "Ash" {0} %(x)s ]]> \x07\uffff\n\tend'
    shown = '<w:p/> &amp; "Ash" {0} %(x)s ]]> □□ end'
    figure = Figure((Panel(DRAWING, hostile), Panel(DRAWING)), spans(hostile))
    blocks = (
        paragraph(hostile, strong(hostile), code(hostile)),
        table((left(hostile),), [row(hostile)], hostile),
        figure,
        Heading(spans(hostile)),
    )
    imprint = Imprint(hostile, hostile, 2020, hostile, hostile)
    file = report_docx(document_of(*blocks, title=hostile * 9), imprint)
    read = docx.Document(io.BytesIO(file))
    assert docx_words(read).count(shown) == 9 + 3 + 3 + 1 + 1 + 1
    assert figure.alternative(figure.panels[1])
    (_, other) = read.element.body.xpath("//wp:docPr/@descr")
    assert other == shown


def test_what_stands_around_the_text() -> None:
    file = made(paragraph("x"))
    (section,) = file.sections
    assert section.header.paragraphs[0].text == "title\trun"
    assert section.first_page_header.paragraphs[0].text == ""
    for foot in (section.footer, section.first_page_footer):
        assert foot.paragraphs[0].text == "footer\t1 / 1"


def test_lists_of_sources_are_numbered_from_one_each() -> None:
    sources = Listing((spans("x"), spans("y")), "sources")
    file = made(sources, Listing((spans("z"),)), sources)
    numbers = file.element.body.xpath("//w:numPr/w:numId/@w:val")
    assert numbers == ["2", "2", "1", "3", "3"]
    known = file.part.numbering_part.element.xpath("w:num/@w:numId")
    assert known == ["1", "2", "3"]


def test_tables_one_after_the_other_stay_two() -> None:
    """Word joins tables between which no paragraph stands."""
    plain = table((left("n"),), [row("x")])
    panels = Figure((Panel(DRAWING, "a"), Panel(DRAWING, "b")))
    body = made(plain, plain, panels, panels, plain).element.body
    assert body.xpath("count(w:tbl)") == 5
    assert body.xpath("count(w:tbl[not(following-sibling::*[1][self::w:p])])") == 0
    wide = table((left("n"), right("v")), [(Cell(spans("both"), columns=2),)])
    assert made(wide).tables[0].cell(1, 1).text == "both"


def test_styles_that_are_used_exist(report: Opened) -> None:
    known = set(report.styles.element.xpath("w:style/@w:styleId"))
    used = report.element.body.xpath("//w:pStyle/@w:val | //w:rStyle/@w:val | //w:tblStyle/@w:val")
    assert set(used) <= known
    every = (*(b for b, _ in EVERY_BLOCK.values()), Listing((spans("a"),), "answers"),
             paragraph(label("y", "assumed"), label("z", "published"), label("w", "derived"),
                       message("<em>a</em><strong>b</strong>"), Span("c", "soft"),
                       Span("d", "bad"), Span("e", "tag")))  # fmt: skip
    body = made(*every).element.body
    used = body.xpath("//w:pStyle/@w:val | //w:rStyle/@w:val | //w:tblStyle/@w:val")
    assert set(used) <= known


def test_links_within_the_document() -> None:
    sections = (
        Section("first", "", "First", (paragraph(Span("see", link="the last-one")),)),
        Section("the last-one", "Last", "Last", (paragraph("x"),)),
    )
    given = Document("t", spans("t"), (), sections, ())
    body = docx.Document(io.BytesIO(report_docx(given, IMPRINT))).element.body
    assert body.xpath("w:p//w:hyperlink/@w:anchor") == ["section_2"]
    assert "section_2" in body.xpath("//w:bookmarkStart/@w:name")
