"""Parts of a document: spans of text, blocks, sections.

A document says what a report contains and means, not how it looks: which words are a heading,
which column holds text, what may be folded away. Texts are plain characters; no renderer reads
markup in them, each escapes what its format needs. Every renderer shows every part, or says why
it leaves one out.
"""

from dataclasses import dataclass
from typing import Literal

Style = Literal["", "strong", "bad", "em", "code", "soft", "tag"]
"""How a span is set: plain; strong; strong, and a warning; emphasised; as typed into a computer;
of less weight than the rest; as a label."""
Width = Literal["", "short", "named", "wide"]
"""How a column takes its width: from its contents; likewise, and its cells are never broken; room
for a name; prose, which takes what the other columns leave."""


@dataclass(frozen=True)
class Span:
    """A run of characters set alike.

    Attributes:
        text: the characters; a line break is written as the single character ``\\n``.
        style: how it is set.
        link: the section that it leads to, by its id; empty if it leads nowhere.
        language: of the text (``en``, ``zh``) where it is not the document's; else empty.
        status: of what a label stands for, ``published``, ``derived`` or ``assumed``; else empty.
    """

    text: str
    style: Style = ""
    link: str = ""
    language: str = ""
    status: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """A heading within a section.

    Attributes:
        spans: its words.
        level: 3 directly below a section's title, 4 below that.
    """

    spans: Spans
    level: int = 3


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes:
        spans: its words.
        soft: an explanation of what stands beside it, of less weight than the text.
    """

    spans: Spans
    soft: bool = False


@dataclass(frozen=True)
class Listing:
    """A list.

    Attributes:
        items: the words of each item.
        use: ``answers`` are the document's main statements, ``sources`` are numbered from one,
            so that a table can refer to them; other lists have neither numbers nor weight.
    """

    items: tuple[Spans, ...]
    use: Literal["", "answers", "sources"] = ""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        head: its heading.
        text: it holds words and is set flush left; figures are set flush right.
        width: how it takes its width.
        about: what it shows, in a sentence; empty if the heading says enough.
    """

    head: Spans
    text: bool = False
    width: Width = ""
    about: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table's body.

    Attributes:
        spans: its words.
        columns: how many columns it takes; a cell over several holds words.
    """

    spans: Spans
    columns: int = 1


@dataclass(frozen=True)
class Table:
    """A table with one row of headings.

    Attributes:
        columns: its columns.
        body: rows of cells, which together take as many columns as the table has.
        caption: what the table shows; empty if the heading above it says so.

    Raises:
        ValueError: a row takes more or fewer columns than the table has.
    """

    columns: tuple[Column, ...]
    body: tuple[tuple[Cell, ...], ...]
    caption: Spans = ()

    def __post_init__(self) -> None:
        """Refuse rows of another length."""
        for row_index, row in enumerate(self.body):
            taken = sum(cell.columns for cell in row)
            if taken != len(self.columns):
                raise ValueError(
                    f"row {row_index} takes {taken} columns of a table of {len(self.columns)}"
                )


@dataclass(frozen=True)
class Panel:
    """A drawing.

    Attributes:
        drawing: SVG text.
        title: its heading; empty for a figure of one drawing.
    """

    drawing: str
    title: str = ""


@dataclass(frozen=True)
class LegendEntry:
    """A sign of a drawing and what it stands for.

    Attributes:
        sign: the character that looks like it.
        colour: as ``#rrggbb``.
        words: what it stands for.
    """

    sign: str
    colour: str
    words: str


@dataclass(frozen=True)
class Figure:
    """One drawing, or several side by side.

    Attributes:
        panels: the drawings.
        caption: what they show.
        legend: signs that the drawings do not explain themselves.
    """

    panels: tuple[Panel, ...]
    caption: Spans = ()
    legend: tuple[LegendEntry, ...] = ()

    def alternative(self, panel: Panel) -> str:
        """What a drawing shows, in words, for those who do not see it."""
        words = f"{panel.title} {plain(self.caption).strip()}".strip()
        return words or "chart"


@dataclass(frozen=True)
class Terms:
    """Terms, each with its explanation.

    Attributes:
        entries: pairs of a term and its explanation.
    """

    entries: tuple[tuple[Spans, Spans], ...]


@dataclass(frozen=True)
class Note:
    """Something that a reader must not miss.

    Attributes:
        blocks: what it says.
    """

    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Detail:
    """What may be folded away on a screen and annexed on paper.

    Attributes:
        spans: what is folded away, in a few words.
        blocks: the contents.
        open: shown on a screen until the reader folds it away.
    """

    spans: Spans
    blocks: tuple["Block", ...]
    open: bool = False


@dataclass(frozen=True)
class Deferrable:
    """What stands where it is if the first sheet of paper has room for it, else on the next sheet.

    On a screen, in a document that flows and after the first sheet it always stands where it is.

    Attributes:
        rank: of those that do not fit, the highest rank gives way first, of one rank the last.
        title: what stands over the blocks on the next sheet.
        blocks: the contents.
    """

    rank: int
    title: Spans
    blocks: tuple["Block", ...]


Block = Heading | Paragraph | Listing | Table | Figure | Terms | Note | Detail | Deferrable


@dataclass(frozen=True)
class Section:
    """A section of a document.

    Attributes:
        id: by which links lead to it; unique in the document.
        title: its heading; empty for the section that opens the document.
        link: its name in a list of contents, shorter than the title.
        blocks: its contents.
    """

    id: str
    title: str
    link: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A document.

    Attributes:
        title: as plain text.
        heading: the title as it stands over the document.
        about: what the document is, in a sentence or two below the heading.
        sections: its contents.
        footer: what stands at the end of a page on a screen; paper has running feet.
        language: ``en`` or ``zh``.
    """

    title: str
    heading: Spans
    about: Spans
    sections: tuple[Section, ...]
    footer: Spans
    language: str = "en"


def opens(document: Document, section: Section) -> bool:
    """Whether a section stands on the first page, before those with a title."""
    first = section is document.sections[0] and not section.title
    return first and any(other.title for other in document.sections)


def plain(spans: Spans) -> str:
    """The characters of spans without their styles."""
    return "".join(span.text for span in spans)
