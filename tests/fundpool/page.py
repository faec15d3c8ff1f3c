"""A page of HTML taken apart: what it loads, what it says, whether its tags close."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = {"h2", "h3", "summary"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Page:
    """What a parser found.

    Attributes:
        tags: every element's name.
        attributes: (element, attribute, value) of all attributes.
        styles: contents of style elements.
        text: what a reader sees, pieces joined by a space.
        rows: cells of every table row.
        headings: of sections, of their parts and of what is folded away.
        mistakes: tags that do not match.
    """

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def values(self, attribute: str) -> list[str]:
        """Values of an attribute, wherever it stands."""
        return [value for _, name, value in self.attributes if name == attribute]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(tag)
        self.page.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.page.rows.append([])
        if tag in ("td", "th"):
            self.page.rows[-1].append("")
        if tag in HEADINGS:
            self.page.headings.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append(tag)
        self.page.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.page.mistakes.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.page.styles.append(data)
            return
        self.pieces.append(data)
        if self.page.rows and {"td", "th"} & set(self.open):
            self.page.rows[-1][-1] += data
        if HEADINGS & set(self.open):
            self.page.headings[-1] += data


def read_page(text: str) -> Page:
    """Take a page apart."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    page = reader.page
    page.mistakes += [f"<{tag}> is never closed" for tag in reader.open]
    page.text = " ".join(" ".join(reader.pieces).split())
    page.rows = [[" ".join(cell.split()) for cell in row] for row in page.rows]
    return page
