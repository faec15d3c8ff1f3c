"""The report page as blocks: headings, paragraphs, lists, tables, figures, notes.

The page of HTML is the one text of the report. What is printed is read back from it, so that a
section written once for the page stands in the PDF too, with the same words and figures. Only
elements that the page's templates use are known; others give their text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset({"br", "meta", "img", "hr", "link", "input", "col"})
SKIPPED = frozenset({"head", "nav", "style", "script", "footer", "title"})
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
BREAKABLE = re.compile(r"([./_])(?=\w)")
"""Where a long path in code may break: after a full stop, a slash, an underscore."""

Block = dict[str, Any]


@dataclass
class Element:
    """An element of the page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.attributes.get("class", "").split())

    def all(self, *tags: str) -> Iterator["Element"]:
        """Elements of these tags below this one, in order."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def text(self) -> str:
        """All text below it, spaces folded."""
        parts = [c if isinstance(c, str) else c.text() for c in self.children]
        return re.sub(r"[ \t\r\n]+", " ", "".join(parts))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read_page(page: str) -> tuple[Element, list[str]]:
    """The page as a tree, its drawings taken out: ``img`` elements with their number instead."""
    drawings: list[str] = []

    def taken(match: re.Match[str]) -> str:
        drawings.append(match.group(0))
        return f'<img data-drawing="{len(drawings) - 1}">'

    reader = _Reader()
    reader.feed(re.sub(r"<svg\b.*?</svg>", taken, page, flags=re.DOTALL))
    reader.close()
    return reader.root, drawings


def blocks_of(page: str) -> tuple[list[Block], list[str]]:
    """The page's blocks in order, and its drawings as SVG text.

    A block is plain data with its kind under ``kind``: ``heading`` (level, text), ``text``
    (spans, style), ``list`` (ordered, items), ``table`` (caption, head, body, align, widths),
    ``figure`` (parts of title and drawing, legend, caption), ``note`` (blocks), ``detail``
    (spans, blocks): what the page folds away.
    A span is ``{"text", "style"}`` with style one of ``""``, ``strong``, ``em``, ``code``,
    ``soft``, ``tag``, ``mark``.
    """
    root, drawings = read_page(page)
    body = next(root.all("body"), root)
    return list(_blocks(body, 0)), drawings


def _blocks(element: Element, depth: int) -> Iterator[Block]:
    for child in element.children:
        if isinstance(child, str):
            if child.strip():
                yield {"kind": "text", "spans": _spans_of([child]), "style": ""}
        elif child.tag in SKIPPED:
            continue
        elif child.tag in HEADINGS:
            yield _heading(child, HEADINGS[child.tag])
        elif child.tag == "details":
            yield _detail(child, depth)
        elif child.tag in ("p", "footer", "dt", "dd"):
            style = "soft" if "soft" in child.classes else ""
            yield {"kind": "text", "spans": spans(child), "style": style}
        elif child.tag in ("ul", "ol"):
            items = [spans(item) for item in child.children
                     if isinstance(item, Element) and item.tag == "li"]  # fmt: skip
            style = "answers" if "answers" in child.classes else ""
            yield {"kind": "list", "ordered": child.tag == "ol", "items": items, "style": style}
        elif child.tag == "table":
            yield _table(child)
        elif child.tag == "figure":
            yield _figure(child)
        elif child.tag == "img" and "data-drawing" in child.attributes:
            yield _drawing_alone(child)
        elif "alert" in child.classes or "note" in child.classes:
            yield {"kind": "note", "blocks": list(_inline_blocks(child, depth))}
        else:
            yield from _blocks(child, depth + 1)


def _inline_blocks(element: Element, depth: int) -> Iterator[Block]:
    """Blocks of an element that mixes words and blocks: runs of words become paragraphs."""
    words: list[Element | str] = []
    for child in element.children:
        if isinstance(child, str) or child.tag in ("strong", "em", "code", "span", "b", "a"):
            words.append(child)
            continue
        if any(not isinstance(w, str) or w.strip() for w in words):
            yield {"kind": "text", "spans": _spans_of(words), "style": ""}
        words = []
        yield from _blocks(Element("div", {}, [child]), depth + 1)
    if any(not isinstance(w, str) or w.strip() for w in words):
        yield {"kind": "text", "spans": _spans_of(words), "style": ""}


def _heading(element: Element, level: int) -> Block:
    return {"kind": "heading", "level": level, "spans": spans(element)}


def _detail(element: Element, depth: int) -> Block:
    summary = next(element.all("summary"), None)
    rest = Element("div", {}, [child for child in element.children if child is not summary])
    return {
        "kind": "detail",
        "spans": [] if summary is None else spans(summary),
        "blocks": list(_blocks(rest, depth + 1)),
    }


def _figure(element: Element) -> Block:
    parts = []
    for panel in _panels(element):
        title = next((h.text().strip() for h in panel.all("h4")), "")
        for drawing in panel.all("img"):
            parts.append({"title": title, "drawing": int(drawing.attributes["data-drawing"])})
    legend = next((p for p in element.all("p") if "legend" in p.classes), None)
    caption = next(element.all("figcaption"), None)
    words = "" if caption is None else caption.text().strip()
    return {
        "kind": "figure",
        "parts": [part | {"alt": f"{part['title']} {words}".strip() or "chart"} for part in parts],
        "legend": [] if legend is None else _legend(legend),
        "caption": [] if caption is None else spans(caption),
    }


def _panels(element: Element) -> list[Element]:
    holder = next((d for d in element.all("div") if "panels" in d.classes), None)
    if holder is None:
        return [element]
    return [child for child in holder.children if isinstance(child, Element)]


def _legend(element: Element) -> list[list[dict[str, str]]]:
    return [spans(child) for child in element.children if isinstance(child, Element)]


def _drawing_alone(element: Element) -> Block:
    number = int(element.attributes["data-drawing"])
    return {
        "kind": "figure",
        "parts": [{"title": "", "drawing": number, "alt": "chart"}],
        "legend": [],
        "caption": [],
    }


def _table(element: Element) -> Block:
    caption = next(element.all("caption"), None)
    head: list[list[dict[str, Any]]] = []
    body: list[list[dict[str, Any]]] = []
    align: list[str] = []
    wide: list[bool] = []
    for row in element.all("tr"):
        cells = [c for c in row.children if isinstance(c, Element) and c.tag in ("td", "th")]
        if not align:
            align = ["left" if "t" in cell.classes else "right" for cell in cells]
            wide = [False] * len(cells)
        for number, cell in enumerate(cells):
            if "wide" in cell.classes and number < len(wide):
                wide[number] = True
        made: list[dict[str, Any]] = [
            {"spans": spans(cell), "span": int(cell.attributes.get("colspan", 1))} for cell in cells
        ]
        is_head = bool(cells) and all(cell.tag == "th" for cell in cells)
        if not any(wide) and not is_head:
            for kept in made:
                _keep_together(kept["spans"])
        (head if is_head and not body else body).append(made)
    return {
        "kind": "table",
        "caption": [] if caption is None else spans(caption),
        "head": head,
        "body": body,
        "align": align,
        "widths": widths([*head, *body], wide),
    }


def _keep_together(words: list[dict[str, str]]) -> None:
    """A short name is kept on one line; the columns of figures give way."""
    if len(words) == 1 and length(words[0]["text"]) <= NAME and words[0]["style"] != "code":
        words[0]["text"] = words[0]["text"].replace(" ", "\u00a0")


LINE = 105
"""Letters of a table's size that fit on a line of the printed page, spaces between columns off."""
SHORT, LONG, NAME = 20, 36, 18


def length(text: str) -> int:
    """Width of a text in letters; Chinese characters count as two.

    >>> length("fund"), length("基金")
    (4, 4)
    """
    return sum(2 if ord(letter) >= 0x2E80 else 1 for letter in text)


def widths(rows: list[list[dict[str, Any]]], wide: list[bool]) -> list[float]:
    """Shares of the line for each column; empty where the columns fit by themselves.

    A column of prose (``wide``) takes what the others leave, at least ``LONG`` letters; a longer
    cell of another column is broken at ``SHORT``.
    """
    natural = [1] * len(wide)
    for row in rows:
        if len(row) != len(wide):
            continue
        for number, cell in enumerate(row):
            text = "".join(span["text"] for span in cell["spans"])
            if any(span["style"] == "tag" for span in cell["spans"]):
                text += "   "
            natural[number] = max(natural[number], length(text))
    if not any(wide):
        return []
    kept = [min(n, SHORT) + 2 for n in natural]
    left = LINE - sum(k for k, w in zip(kept, wide, strict=True) if not w)
    share = max(LONG, left) / sum(wide)
    return [float(share if w else k) for k, w in zip(kept, wide, strict=True)]


STYLES = {"strong": "strong", "b": "mark", "em": "em", "code": "code", "th": ""}


def spans(element: Element) -> list[dict[str, str]]:
    """The words of an element with their style."""
    return _spans_of(element.children, _style(element, ""))


def _style(element: Element, outer: str) -> str:
    if "status" in element.classes:
        return "tag"
    if "bad" in element.classes:
        return "strong"
    if "local" in element.classes or "soft" in element.classes:
        return outer or "soft"
    return STYLES.get(element.tag, "") or outer


def _spans_of(children: list["Element | str"], style: str = "") -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def walk(items: list[Element | str], style: str) -> None:
        for item in items:
            if isinstance(item, Element):
                if item.tag == "br":
                    found.append({"text": "\n", "style": style})
                else:
                    walk(item.children, _style(item, style))
                continue
            text = re.sub(r"[ \t\r\n]+", " ", item)
            if style == "code":
                text = BREAKABLE.sub("\\1\u200b", text)
            if not text:
                continue
            if found and found[-1]["text"].endswith(" ") and text.startswith(" "):
                text = text[1:]
            if found and found[-1]["style"] == style:
                found[-1]["text"] += text
            elif text:
                found.append({"text": text, "style": style})

    walk(children, style)
    if found:
        found[0]["text"] = found[0]["text"].lstrip(" \n")
        found[-1]["text"] = found[-1]["text"].rstrip(" \n")
    return [span for span in found if span["text"]]
