"""What a Word document says and how it is built."""

import re
from pathlib import Path

import docx
from docx.document import Document as Opened
from docx.oxml.ns import qn


def opened(file: Path) -> Opened:
    """The document, as a reader of such files opens it."""
    return docx.Document(str(file))


def docx_words(document: Opened) -> str:
    """Texts of paragraphs and cells in their order, without the list of contents."""
    parts = document.element.body.xpath(
        ".//*[self::w:t or self::w:p or self::w:br][not(ancestor::w:sdt)]"
    )
    return "".join(part.text or "" if part.tag == qn("w:t") else "\n" for part in parts)


def outline(document: Opened) -> list[tuple[int, str]]:
    """Level and words of every heading: of its paragraph, else of its style."""
    found = []
    for paragraph in document.paragraphs:
        named = re.fullmatch(r"Heading (\d)", paragraph.style.name if paragraph.style else "")
        if named:
            given = paragraph._p.xpath("w:pPr/w:outlineLvl/@w:val")
            level = int(given[0]) + 1 if given else int(named.group(1))
            found.append((level, paragraph.text))
    return found


def contents_of(document: Opened) -> list[tuple[int, str]]:
    """Level and words of the entries in the list of contents."""
    entries = document.element.body.xpath("w:sdt//w:p[w:pPr/w:pStyle[starts-with(@w:val, 'TOC')]]")
    found = []
    for entry in entries:
        (style,) = entry.xpath("w:pPr/w:pStyle/@w:val")
        if style != "TOCHeading":
            found.append((int(style[-1]), "".join(entry.xpath(".//w:t/text()"))))
    return found
