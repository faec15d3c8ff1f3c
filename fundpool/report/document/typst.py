"""A document as the plain data that the Typst template ``report.typ`` sets.

A block is a mapping with its kind under ``kind``: ``heading`` (level, look, spans), ``text``
(spans, style), ``list`` (ordered, items, style), ``table`` (caption, head, body, align, widths),
``figure`` (parts of title, drawing, alt and share, legend, caption), ``note`` (blocks), ``page``
(the next block begins a page), ``deferrable`` (rank, over, blocks). A table may name the size of
its lettering in points. A span is ``{"text", "style"}`` with style one of ``""``, ``strong``,
``em``, ``code``, ``soft``, ``tag``, ``mark``. Links are left out: paper has none. What is folded
away must have been placed before (:func:`fundpool.report.document.annexes.annexed`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fundpool.report.document.lettering import (
    folded,
    length,
    natural_lengths,
    shares,
    trimmed,
)
from fundpool.report.document.model import (
    Block,
    Deferrable,
    Detail,
    Document,
    Figure,
    Heading,
    LegendEntry,
    Listing,
    Note,
    Paragraph,
    Span,
    Spans,
    Table,
    Terms,
    opens,
    plain,
)

BREAKABLE = re.compile(r"([./_])(?=\w)")
"""Where a long path in code may break: after a full stop, a slash, an underscore."""
PAGE_POINTS = 640.0
"""Width of a drawing, in its own units, that fills a line of text."""
LEAST_POINTS = 8.5
"""Size of the lettering of tables on the first page."""
NAME, LONG_NAME = 18, 32
"""Letters of a name that is kept on one line: in any cell, and at the start of a row on the first
page."""

Data = dict[str, Any]


@dataclass
class Printed:
    """A document on its way to paper.

    Attributes:
        blocks: its blocks in order.
        drawings: SVG texts, which figures name by their place.
    """

    blocks: list[Data] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)


def printed(document: Document) -> Printed:
    """The blocks of a document and its drawings.

    Raises:
        TypeError: something is still folded away.
    """
    made = Printed()
    made.blocks = [_heading(document.heading, 1)]
    if document.about:
        made.blocks.append(_text(document.about, soft=True))
    for section in document.sections:
        if section.title:
            made.blocks.append(_heading((Span(section.title),), 2))
        blocks = _all(section.blocks, made.drawings)
        if opens(document, section):
            blocks = [*map(_first_page, blocks), {"kind": "page"}]
        made.blocks += blocks
    _lower(made.blocks, 0)
    return made


def _first_page(block: Data) -> Data:
    """A block of the section that opens a document: its tables are not set small, and a name that
    begins a row stays on one line."""
    if block["kind"] == "deferrable":
        return block | {"blocks": [_first_page(inner) for inner in block["blocks"]]}
    if block["kind"] != "table":
        return block
    for cells in block["body"]:
        _keep_together(cells[0]["spans"], LONG_NAME)
    return block | {"size": LEAST_POINTS}


def _all(blocks: Iterable[Block], drawings: list[str]) -> list[Data]:
    return [data for block in blocks for data in _data(block, drawings)]


def _data(block: Block, drawings: list[str]) -> list[Data]:
    match block:
        case Heading():
            return [_heading(block.spans, block.level)]
        case Paragraph():
            return [_text(block.spans, soft=block.soft)]
        case Listing():
            return [
                {
                    "kind": "list",
                    "ordered": block.use == "sources",
                    "items": [span_data(item) for item in block.items],
                    "style": "answers" if block.use == "answers" else "",
                }
            ]
        case Table():
            return [_table(block)]
        case Figure():
            return [_figure(block, drawings)]
        case Terms():
            return [_text(words) for entry in block.entries for words in entry]
        case Note():
            return [{"kind": "note", "blocks": _all(block.blocks, drawings)}]
        case Deferrable():
            inner = _all(block.blocks, drawings)
            over = span_data(block.title)
            return [{"kind": "deferrable", "rank": block.rank, "over": over, "blocks": inner}]
        case Detail():
            raise TypeError(f"{plain(block.spans)!r} is folded away, which paper cannot show")


def _heading(spans: Spans, level: int) -> Data:
    return {"kind": "heading", "level": level, "spans": span_data(spans)}


def _text(spans: Spans, soft: bool = False) -> Data:
    style = "soft" if soft else ""
    return {"kind": "text", "spans": span_data(spans, style), "style": style}


def _lower(blocks: list[Data], last: int) -> int:
    """Lower headings so that no level is skipped, as an outline must be."""
    for block in blocks:
        if block["kind"] == "heading":
            block["look"] = block["level"]
            last = block["level"] = min(block["level"], last + 1)
        last = _lower(block.get("blocks", []), last)
    return last


def span_data(spans: Spans, style: str = "") -> list[dict[str, str]]:
    """Spans with those alike joined, and spaces folded as on a screen.

    Args:
        spans: the spans.
        style: of plain spans.
    """
    made: list[dict[str, str]] = []
    for span in trimmed(spans):
        text = span.text
        shown = "strong" if span.style == "bad" else span.style or style
        if shown == "code":
            text = BREAKABLE.sub("\\1\u200b", text)
        if made and made[-1]["style"] == shown and text != "\n":
            made[-1]["text"] += text
        else:
            made.append({"text": text, "style": shown})
    return made


def _figure(block: Figure, drawings: list[str]) -> Data:
    """A figure; its drawings get their share of the line, so that lettering keeps its size."""
    panels = []
    for panel in block.panels:
        width = re.search(r'<svg[^>]*?\bwidth="([\d.]+)"', panel.drawing)
        panels.append(
            {
                "title": folded(panel.title),
                "drawing": len(drawings),
                "alt": folded(block.alternative(panel)),
                "share": round(100 * float(width.group(1)) / PAGE_POINTS, 2) if width else 100,
            }
        )
        drawings.append(panel.drawing)
    return {
        "kind": "figure",
        "parts": panels,
        "legend": [_entry(entry) for entry in block.legend],
        "caption": span_data(block.caption),
    }


def _entry(entry: LegendEntry) -> list[dict[str, str]]:
    sign = {"text": entry.sign, "style": "mark", "colour": entry.colour}
    return [sign, {"text": f" {entry.words}", "style": ""}]


def _table(block: Table) -> Data:
    wide = [column.width == "wide" for column in block.columns]
    head = [{"spans": span_data(column.head), "span": 1} for column in block.columns]
    body: list[list[Data]] = [
        [{"spans": span_data(cell.spans), "span": cell.columns} for cell in row]
        for row in block.body
    ]
    if not any(wide):
        for row in body:
            for cell in row:
                _keep_together(cell["spans"])
    return {
        "kind": "table",
        "caption": span_data(block.caption),
        "head": [head],
        "body": body,
        "align": ["left" if column.text else "right" for column in block.columns],
        "widths": widths([head, *body], wide),
    }


def _keep_together(words: list[dict[str, str]], longest: int = NAME) -> None:
    """A short name is kept on one line; the columns of figures give way."""
    if len(words) == 1 and length(words[0]["text"]) <= longest and words[0]["style"] != "code":
        words[0]["text"] = words[0]["text"].replace(" ", "\u00a0")


def widths(rows: list[list[Data]], wide: list[bool]) -> list[float]:
    """Shares of the line for each column; empty where the columns fit by themselves."""
    if not any(wide):
        return []
    texts = [[_lettering(cell) for cell in row] for row in rows if len(row) == len(wide)]
    return shares(natural_lengths(texts, len(wide)), wide)


def _lettering(cell: Data) -> str:
    """The letters of a cell, with room for the frame of a label."""
    text = "".join(span["text"] for span in cell["spans"])
    return f"{text}   " if any(span["style"] == "tag" for span in cell["spans"]) else text
