"""A document as WordprocessingML: the paragraphs and tables of ``report.docx``.

Looks are those of the named styles in ``templates/word/styles.xml``, so that whoever edits the
report changes a style once. Tags are made, and texts escaped, by
:mod:`fundpool.report.document.docx_xml` alone. What is folded away must have been placed before
(:func:`fundpool.report.document.annexes.annexed`). Explanations that a screen shows over the head
of a column are left out, as on paper.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from fundpool.report.document.docx_xml import (
    LINE_TWIPS,
    Picture,
    Xml,
    drawing,
    element,
    field_end,
    field_start,
    joined,
    run,
)
from fundpool.report.document.lettering import column_widths, folded, trimmed
from fundpool.report.document.model import (
    Block,
    Column,
    Deferrable,
    Detail,
    Document,
    Figure,
    Heading,
    Listing,
    Note,
    Panel,
    Paragraph,
    Section,
    Span,
    Spans,
    Style,
    Table,
    Terms,
    plain,
)

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
"""Codes of languages as Word has them, for spelling."""
BULLETS = 1
"""Numbering of lists without numbers; those with numbers have the following ones."""
NOTE_INDENT = 200
"""Twips by which a note is set in, so that its border stands within the margin."""
CONTENTS_LEVELS = 2
"""Levels of headings in the list of contents."""
_CHARACTER_STYLES: dict[Style, str] = {
    "strong": "Strong", "bad": "Warning", "em": "Emphasis", "code": "Code", "soft": "Soft",
    "tag": "Label",
}  # fmt: skip
_LABELS = {"assumed": "LabelAssumed", "published": "LabelPublished", "derived": "LabelDerived"}
_CHINESE_MARKS = re.compile("[“”‘’…—·]")
"""Marks that are as wide as a character in Chinese, and narrow in the Latin font."""


@dataclass(frozen=True)
class Body:
    """The text of a file.

    Attributes:
        xml: paragraphs and tables, one after the other.
        numberings: how many numberings it uses; the first is :data:`BULLETS`.
    """

    xml: Xml
    numberings: int


def drawings(document: Document) -> list[str]:
    """SVG texts of a document in the order in which :func:`docx_body` shows them."""

    def within(blocks: Iterable[Block]) -> Iterator[str]:
        for block in blocks:
            if isinstance(block, Figure):
                yield from (panel.drawing for panel in block.panels)
            elif isinstance(block, Note | Detail | Deferrable):
                yield from within(block.blocks)

    return [svg for section in document.sections for svg in within(section.blocks)]


def docx_body(document: Document, pictures: Iterable[Picture], contents: str) -> Body:
    """A document as the body of a file.

    The list of contents stands before the first section with a title, so that the document's
    answers stay on its first page. It shows headings without page numbers until it is updated in
    Word.

    Args:
        document: what it shows; nothing may be folded away.
        pictures: of :func:`drawings`, in their order.
        contents: heading of the list of contents.

    Raises:
        TypeError: something is still folded away.
    """
    made = _Making(document, iter(pictures))
    front = [made.paragraph(document.heading, "Title")]
    if document.about:
        front.append(made.paragraph(document.about, "SoftText"))
    opening = 0
    while opening < len(document.sections) and not document.sections[opening].title:
        front.append(made.section(document.sections[opening]))
        opening += 1
    rest = [made.section(section) for section in document.sections[opening:]]
    listed = [made.contents(contents)] if made.headings else []
    return Body(joined(*front, *listed, *rest), made.numberings)


@dataclass
class _Making:
    """A document on its way into a file.

    Attributes:
        document: what is shown.
        pictures: those not placed yet.
        headings: level, words and bookmark of those for the list of contents.
        level: of the last heading.
        numberings: used so far.
        in_note: whether the blocks stand in a note.
        numbers: of bookmarks and pictures, which are unique together.
    """

    document: Document
    pictures: Iterator[Picture]
    headings: list[tuple[int, Spans, str]] = field(default_factory=list)
    level: int = 0
    numberings: int = BULLETS
    in_note: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def section(self, section: Section) -> Xml:
        """A section; links lead to its bookmark."""
        mark = self._bookmark(_section_mark(self.document, section.id))
        title = (self._heading((Span(section.title),), 2),) if section.title else ()
        return joined(mark, *title, self.blocks(section.blocks))

    def blocks(self, blocks: Iterable[Block]) -> Xml:
        """Blocks one after the other."""
        return joined(*(self.block(block) for block in blocks))

    def block(self, block: Block) -> Xml:
        """A block of any kind.

        Raises:
            TypeError: it is folded away.
        """
        match block:
            case Heading():
                return self._heading(block.spans, block.level)
            case Paragraph():
                return self.paragraph(block.spans, "SoftText" if block.soft else "Normal")
            case Listing():
                return self._listing(block)
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block)
            case Terms():
                pairs = [
                    self.paragraph(words, style)
                    for entry in block.entries
                    for words, style in zip(entry, ("Term", "Definition"), strict=True)
                ]
                return joined(*pairs)
            case Note():
                self.in_note = True
                inner = self.blocks(block.blocks)
                self.in_note = False
                return inner
            case Deferrable():
                return self.blocks(block.blocks)
            case Detail():
                raise TypeError(f"{plain(block.spans)!r} is folded away, which paper cannot show")

    def paragraph(
        self,
        words: Spans | Xml,
        style: str,
        *,
        keep_next: bool = False,
        numbering: int = 0,
        align: str = "",
        bookmark: str = "",
        outline: int = 0,
    ) -> Xml:
        """A paragraph in a named style; in a note it carries the note's border."""
        given = [element("pStyle", val=style)] if style != "Normal" else []
        if keep_next:
            given.append(element("keepNext"))
        if numbering:
            level = element("ilvl", val=0)
            given.append(element("numPr", level, element("numId", val=numbering)))
        if self.in_note and not style.startswith("Table"):
            edge = element("left", val="single", sz=24, space=8, color="7F0000")
            given += [element("pBdr", edge), element("shd", val="clear", color="auto",
                                                     fill="FBF1F0"),
                      element("ind", left=NOTE_INDENT)]  # fmt: skip
        if align:
            given.append(element("jc", val=align))
        if outline:
            given.append(element("outlineLvl", val=outline - 1))
        mark = (self._bookmark(bookmark),) if bookmark else ()
        properties = (element("pPr", *given),) if given else ()
        inner = words if isinstance(words, Xml) else self._spans(words)
        return element("p", *properties, *mark, inner)

    def contents(self, heading: str) -> Xml:
        """The list of contents, a field that Word can update; its entries lead to headings."""
        entries = []
        for number, (level, words, mark) in enumerate(self.headings):
            texts = [run(span.text) for span in trimmed(words)]
            link = element("hyperlink", *texts, anchor=mark, history=1)
            start = (field_start(rf'TOC \o "1-{CONTENTS_LEVELS}" \h \z \u'),) if number == 0 else ()
            end = (field_end(),) if number == len(self.headings) - 1 else ()
            entries.append(self.paragraph(joined(*start, link, *end), f"TOC{level}"))
        gallery = element("docPartGallery", val="Table of Contents")
        properties = element("sdtPr", element("docPartObj", gallery, element("docPartUnique")))
        title = self.paragraph((Span(heading),), "TOCHeading")
        return element("sdt", properties, element("sdtContent", title, *entries))

    def _bookmark(self, name: str) -> Xml:
        number = next(self.numbers)
        return joined(
            element("bookmarkStart", id=number, name=name), element("bookmarkEnd", id=number)
        )

    def _heading(self, words: Spans, level: int) -> Xml:
        """A heading; its place in the outline is lowered so that no level is skipped.

        It keeps the look of its level, as on paper.
        """
        self.level = min(level - 1, self.level + 1)
        mark = ""
        if self.level <= CONTENTS_LEVELS:
            mark = f"heading_{len(self.headings) + 1}"
            self.headings.append((self.level, words, mark))
        outline = self.level if self.level < level - 1 else 0
        return self.paragraph(words, f"Heading{level - 1}", bookmark=mark, outline=outline)

    def _spans(self, words: Spans) -> Xml:
        return joined(*(self._span(span) for span in trimmed(words)))

    def _span(self, span: Span) -> Xml:
        properties = []
        if style := _LABELS.get(span.status) or _CHARACTER_STYLES.get(span.style):
            properties.append(element("rStyle", val=style))
        elif span.link:
            properties.append(element("rStyle", val="Hyperlink"))
        if "zh" in (self.document.language, span.language) and _CHINESE_MARKS.search(span.text):
            properties.append(element("rFonts", hint="eastAsia"))
        if span.language:
            properties.append(element("lang", val=LANGUAGES[span.language]))
        made = run(span.text, properties)
        if not span.link:
            return made
        mark = _section_mark(self.document, span.link)
        return element("hyperlink", made, anchor=mark, history=1)

    def _listing(self, block: Listing) -> Xml:
        if block.use == "answers":
            return joined(*(self.paragraph(item, "Answer") for item in block.items))
        numbering, style = BULLETS, "ListBullet"
        if block.use == "sources":
            self.numberings += 1
            numbering, style = self.numberings, "ListNumber"
        return joined(*(self.paragraph(item, style, numbering=numbering) for item in block.items))

    def _table(self, block: Table) -> Xml:
        """A table whose heads stand on every page; figures are set flush right."""
        if not block.columns:
            return Xml("")
        size = "" if len(block.columns) <= 6 else "Small" if len(block.columns) <= 9 else "Smallest"
        widths = column_widths(block, LINE_TWIPS)
        head = element(
            "tr",
            element("trPr", element("cantSplit"), element("tblHeader")),
            *(
                self._cell(column.head, column, (width,), f"TableHead{size}")
                for column, width in zip(block.columns, widths, strict=True)
            ),
        )
        rows = []
        for row in block.body:
            place, cells = 0, []
            for cell in row:
                taken = tuple(widths[place : place + cell.columns])
                column = block.columns[place] if cell.columns == 1 else Column((), text=True)
                cells.append(self._cell(cell.spans, column, taken, f"TableText{size}"))
                place += cell.columns
            rows.append(element("tr", element("trPr", element("cantSplit")), *cells))
        caption = (
            (self.paragraph(block.caption, "Caption", keep_next=True),) if block.caption else ()
        )
        look = element(
            "tblLook", val="0420", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=0,
            noVBand=1,
        )  # fmt: skip
        properties = element(
            "tblPr",
            element("tblStyle", val="ReportTable"),
            element("tblW", w=sum(widths), type="dxa"),
            look,
        )
        grid = element("tblGrid", *(element("gridCol", w=width) for width in widths))
        return joined(*caption, element("tbl", properties, grid, head, *rows), self._after_table())

    def _cell(self, words: Spans, column: Column, widths: tuple[int, ...], style: str) -> Xml:
        properties = [element("tcW", w=sum(widths), type="dxa")]
        if len(widths) > 1:
            properties.append(element("gridSpan", val=len(widths)))
        if column.width == "short":
            properties.append(element("noWrap"))
        text = self.paragraph(words, style, align="" if column.text else "right")
        return element("tc", element("tcPr", *properties), text)

    def _after_table(self) -> Xml:
        """Room below a table, without which Word joins it to a table that follows."""
        return self.paragraph(Xml(""), "TableEnd")

    def _figure(self, block: Figure) -> Xml:
        below = bool(block.legend or block.caption)
        if len(block.panels) == 1:
            pieces = self._panel(block, block.panels[0], LINE_TWIPS, below)
            drawn = joined(*pieces)
        else:
            drawn = self._panels(block)
        legend = Xml("")
        if block.legend:
            entries = []
            for entry in block.legend:
                colour = element("color", val=entry.colour.removeprefix("#"))
                sign = run(entry.sign, [element("rStyle", val="Strong"), colour])
                entries.append(joined(sign, run(f" {folded(entry.words)}   ")))
            legend = self.paragraph(
                joined(*entries), "Legend", keep_next=bool(block.caption)
            )  # fmt: skip
        caption = (self.paragraph(block.caption, "Caption"),) if block.caption else ()
        return joined(drawn, legend, *caption)

    def _panel(
        self, block: Figure, panel: Panel, room: int, below: bool, fill: bool = False
    ) -> tuple[Xml, Xml]:
        """A panel's title and its picture, at most ``room`` twips wide, or filling it."""
        words = folded(block.alternative(panel))
        drawn = drawing(next(self.pictures), room, next(self.numbers), words, fill)
        title = self.paragraph((Span(panel.title),), "PanelTitle") if panel.title else Xml("")
        return title, self.paragraph(drawn, "Picture", keep_next=below)

    def _panels(self, block: Figure) -> Xml:
        """Panels side by side: a table whose heads are their titles."""
        panels = block.panels
        if not panels:
            return Xml("")
        columns = 2 if len(panels) in (2, 4) else 3
        width = LINE_TWIPS // columns
        rows = []
        for start in range(0, len(panels), columns):
            made = [
                self._panel(block, panel, width - 160, True, fill=True)
                for panel in panels[start : start + columns]
            ]
            made += [(Xml(""), Xml(""))] * (columns - len(made))
            for place, tblheader in ((0, start == 0), (1, False)):
                cells = [self._panel_cell(pair[place], width) for pair in made]
                if place == 0 and not any(pair[0] for pair in made):
                    continue
                properties = [element("cantSplit"), *([element("tblHeader")] if tblheader else [])]
                rows.append(element("tr", element("trPr", *properties), *cells))
        properties = [
            element("tblStyle", val="Panels"),
            element("tblW", w=columns * width, type="dxa"),
            element("tblLayout", type="fixed"),
        ]
        grid = element("tblGrid", *(element("gridCol", w=width) for _ in range(columns)))
        table = element("tbl", element("tblPr", *properties), grid, *rows)
        return joined(table, self._after_table())

    def _panel_cell(self, contents: Xml, width: int) -> Xml:
        inner = contents or self.paragraph(Xml(""), "PanelTitle")
        return element("tc", element("tcPr", element("tcW", w=width, type="dxa")), inner)


def _section_mark(document: Document, name: str) -> str:
    """The bookmark of a section: ids may hold characters that a bookmark may not."""
    return f"section_{[section.id for section in document.sections].index(name) + 1}"
