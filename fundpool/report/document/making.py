"""Short ways of writing parts of a document."""

import re
from collections.abc import Iterable, Sequence

from fundpool.report.document.model import (
    Cell,
    Column,
    Figure,
    Panel,
    Paragraph,
    Span,
    Spans,
    Style,
    Table,
    Width,
)

Words = str | Span | Sequence[Span]
"""What the functions of this module take as text."""
Row = tuple[Cell, ...]

LINE_BREAK = Span("\n")
"""The next span begins on a new line."""
_TAG = re.compile(r"<(?:(/)|(strong class=\"bad\"|strong|em|code)|a href=\"#([\w-]+)\")[^<>]*>")
_STYLES: dict[str, Style] = {
    'strong class="bad"': "bad", "strong": "strong", "em": "em", "code": "code",
}  # fmt: skip


def spans(*words: Words) -> Spans:
    """Texts and spans one after the other; a plain text becomes a plain span."""
    made: list[Span] = []
    for part in words:
        if isinstance(part, str):
            made += [Span(part)] if part else []
        elif isinstance(part, Span):
            made.append(part)
        else:
            made += part
    return tuple(made)


def message(text: str, **values: object) -> Spans:
    r"""A message of the catalogue, its tags turned into spans and values put into its places.

    Tags are read in the message alone, which the program and its catalogues hold; a value that
    looks like one stays what it is. Known are ``<strong>``, ``<strong class="bad">``, ``<em>``,
    ``<code>`` and ``<a href="#section">``, not within one another. A per-cent sign is doubled, as
    in every message with places.

    >>> [(span.text, span.style) for span in message("<em>%(a)s</em> or 100 %%", a="<b>")]
    [('<b>', 'em'), (' or 100 %', '')]
    """
    made: list[Span] = []
    style: Style = ""
    link = ""
    end = 0
    for tag in _TAG.finditer(text):
        if between := text[end : tag.start()]:
            made.append(Span(between % values, style, link))
        closing, name, link_to = tag.groups()
        style = "" if closing or not name else _STYLES[name]
        link = link_to or ""
        end = tag.end()
    if rest := text[end:]:
        made.append(Span(rest % values, style, link))
    return tuple(made)


def paragraph(*words: Words, soft: bool = False) -> Paragraph:
    """A paragraph."""
    return Paragraph(spans(*words), soft)


def sentences(*words: Words | None, soft: bool = False) -> Paragraph:
    """A paragraph of sentences with a space between them; what is None is left out."""
    made: list[Words] = []
    for part in words:
        if part is not None:
            made += [" ", part] if made else [part]
    return Paragraph(spans(*made), soft)


def strong(text: str) -> Span:
    """A strong text."""
    return Span(text, "strong")


def bad_if(condition: bool, text: object) -> Span:
    """A text that is a warning if the condition holds."""
    return Span(str(text), "bad" if condition else "")


def code(text: object) -> Span:
    """A text as typed into a computer."""
    return Span(str(text), "code")


def label(words: str, status: str) -> Span:
    """The label of a status: ``published``, ``derived`` or ``assumed``, worded by ``words``."""
    return Span(words, "tag", status=status)


def left(head: Words, width: Width = "") -> Column:
    """A column of words."""
    return Column(spans(head), text=True, width=width)


def right(head: Words, width: Width = "", about: str = "") -> Column:
    """A column of figures."""
    return Column(spans(head), width=width, about=about)


def row(*cells: Words | Cell | float) -> Row:
    """A row of a table; numbers stand as they are written by ``str``."""
    return tuple(
        cell
        if isinstance(cell, Cell)
        else Cell(spans(str(cell) if isinstance(cell, int | float) else cell))
        for cell in cells
    )


def table(columns: Iterable[Column], rows: Iterable[Row], caption: Words = "") -> Table:
    """A table."""
    return Table(tuple(columns), tuple(rows), spans(caption))


def figure(drawing: str, caption: Words) -> Figure:
    """A figure of one drawing."""
    return Figure((Panel(drawing),), spans(caption))
