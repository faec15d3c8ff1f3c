"""A document as one page of HTML that needs nothing beside it.

Every text passes through :func:`element`, which alone makes tags and escapes what stands in them.
Only drawings and the style sheet, both of the program's making, go in as they are.
"""

from functools import singledispatch
from html import escape
from pathlib import Path

from fundpool.report.document.model import (
    Block,
    Cell,
    Column,
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
    Spans,
    Table,
    Terms,
)

STYLE_SHEET = Path(__file__).parent.parent / "templates" / "style.css"
LANGUAGES = {"zh": "zh-CN"}
"""Codes of languages as HTML has them, where they are not the document's."""
_VOID = frozenset({"br", "meta"})


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def element(tag: str, *contents: str, **attributes: str | bool) -> Html:
    """An element; contents that are not :class:`Html` are escaped.

    Args:
        tag: its name.
        contents: what stands in it, one after the other.
        attributes: by name, ``class_`` for ``class``; empty and false ones are left out, true ones
            stand without a value.

    >>> element("p", "a < b ", element("code", "c"), class_="soft", id="")
    '<p class="soft">a &lt; b <code>c</code></p>'
    """
    given = "".join(
        f" {name.removesuffix('_')}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value not in ("", False)
    )
    if tag in _VOID:
        return Html(f"<{tag}{given}>")
    inner = "".join(part if isinstance(part, Html) else escape(part) for part in contents)
    return Html(f"<{tag}{given}>{inner}</{tag}>")


def html_page(document: Document) -> str:
    """A document as a page.

    Args:
        document: what it shows.
    """
    head = element(
        "head",
        Html("\n"), element("meta", charset="utf-8"),
        Html("\n"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Html("\n"), element("title", document.title),
        Html("\n"), element("style", Html(f"\n{STYLE_SHEET.read_text(encoding='utf-8')}")),
        Html("\n"),
    )  # fmt: skip
    links = [element("a", section.link, href=f"#{section.id}") for section in document.sections]
    header = element(
        "header",
        Html("\n"), element("h1", *_spans(document.heading)),
        Html("\n"), element("p", *_spans(document.about), class_="soft"),
        Html("\n"), element("nav", *links), Html("\n"),
    )  # fmt: skip
    sections = [part for section in document.sections for part in (Html("\n"), _section(section))]
    body = element(
        "body",
        Html("\n"), header,
        Html("\n"), element("main", *sections, Html("\n")),
        Html("\n"), element("footer", *_spans(document.footer)), Html("\n"),
    )  # fmt: skip
    language = LANGUAGES.get(document.language, document.language)
    page = element("html", Html("\n"), head, Html("\n"), body, Html("\n"), lang=language)
    return f"<!DOCTYPE html>\n{page}\n"


def _section(section: Section) -> Html:
    title = (element("h2", section.title), Html("\n")) if section.title else ()
    return element("section", Html("\n"), *title, *_blocks(section.blocks), id=section.id)


def _blocks(blocks: tuple[Block, ...]) -> list[Html]:
    return [part for block in blocks for part in (_block(block), Html("\n"))]


def _spans(spans: Spans) -> list[Html]:
    return [_span(span) for span in spans]


def _span(span: Span) -> Html:
    lines = span.text.split("\n")
    words = [Html(escape(lines[0]))]
    for line in lines[1:]:
        words += [element("br"), Html(escape(line))]
    made = Html("".join(words))
    language = LANGUAGES.get(span.language, span.language)
    if span.style in ("strong", "bad"):
        class_ = "bad" if span.style == "bad" else ""
        made = element("strong", made, class_=class_, lang=language)
    elif span.style in ("em", "code"):
        made = element(span.style, made, lang=language)
    elif span.style == "soft":
        made = element("span", made, class_="soft", lang=language)
    elif span.style == "tag":
        made = element("span", made, class_=f"status {span.status}".strip(), lang=language)
    elif language:
        made = element("span", made, lang=language)
    return element("a", made, href=f"#{span.link}") if span.link else made


@singledispatch
def _block(block: Block) -> Html:
    raise TypeError(f"no HTML for {type(block).__name__}")


@_block.register
def _heading(block: Heading) -> Html:
    return element(f"h{block.level}", *_spans(block.spans))


@_block.register
def _paragraph(block: Paragraph) -> Html:
    return element("p", *_spans(block.spans), class_="soft" if block.soft else "")


@_block.register
def _listing(block: Listing) -> Html:
    items = [
        part for item in block.items for part in (element("li", *_spans(item)), Html("\n"))
    ]  # fmt: skip
    if block.use == "sources":
        return element("ol", Html("\n"), *items, class_="soft sources")
    return element("ul", Html("\n"), *items, class_=block.use)


@_block.register
def _table(block: Table) -> Html:
    caption = (element("caption", *_spans(block.caption)), Html("\n")) if block.caption else ()
    heads = [
        element("th", *_spans(column.head), class_="t" if column.text else "", scope="col",
                title=column.about)
        for column in block.columns
    ]  # fmt: skip
    rows = []
    for row in block.body:
        place, cells = 0, []
        for cell in row:
            cells.append(_cell(cell, block.columns[place]))
            place += cell.columns
        rows += [element("tr", *cells), Html("\n")]
    inner = element(
        "table",
        Html("\n"), *caption,
        element("thead", element("tr", *heads)),
        Html("\n"), element("tbody", *rows),
    )  # fmt: skip
    return element("div", inner, class_="scroll")


def _cell(cell: Cell, column: Column) -> Html:
    if cell.columns > 1:
        return element("td", *_spans(cell.spans), class_="t", colspan=str(cell.columns))
    classes = f"{'t' if column.text else ''} {column.width}".strip()
    return element("td", *_spans(cell.spans), class_=classes)


@_block.register
def _figure(block: Figure) -> Html:
    if any(panel.title for panel in block.panels):
        drawings = element("div", *(_panel(panel) for panel in block.panels), class_="panels")
    else:
        drawings = Html("".join(panel.drawing for panel in block.panels))
    legend = element("p", *(_entry(entry) for entry in block.legend), class_="legend")
    caption = element("figcaption", *_spans(block.caption))
    return element(
        "figure",
        drawings,
        *((Html("\n"), legend) if block.legend else ()),
        *((Html("\n"), caption) if block.caption else ()),
    )


def _panel(panel: Panel) -> Html:
    return element("div", element("h4", panel.title), Html(panel.drawing))


def _entry(entry: LegendEntry) -> Html:
    sign = element("b", entry.sign, style=f"color: {entry.colour}")
    return element("span", sign, f" {entry.words}")


@_block.register
def _terms(block: Terms) -> Html:
    made: list[Html] = []
    for term, explanation in block.entries:
        made += [element("dt", *_spans(term)), element("dd", *_spans(explanation)), Html("\n")]
    return element("dl", *made)


@_block.register
def _note(block: Note) -> Html:
    return element("div", *_blocks(block.blocks), class_="alert")


@_block.register
def _detail(block: Detail) -> Html:
    summary = element("summary", *_spans(block.spans))
    return element("details", summary, *_blocks(block.blocks), open=block.open)


@_block.register
def _deferrable(block: Deferrable) -> Html:
    return Html("".join(_blocks(block.blocks)))
