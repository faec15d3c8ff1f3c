"""The report as a Word document to be edited (``report.docx``)."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fundpool.report.document.annexes import annexed
from fundpool.report.document.docx import LANGUAGES, docx_body, drawings
from fundpool.report.document.docx_xml import Picture, complex_field, element, run
from fundpool.report.document.model import Document
from fundpool.report.drawings import PIXELS, pictures
from fundpool.report.fonts import drawable
from fundpool.report.imprint import Imprint

TEMPLATES = Path(__file__).parent / "templates" / "word"
LONGEST_TITLE = 255
"""Characters of a title that a file's properties may hold."""
_PREFIXES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}
_NEEDED = ("officeDocument", "core-properties", "styles", "settings", "numbering", "theme",
           "fontTable")  # fmt: skip
"""Ends of the types of those relationships of the library's empty document that stay: it also
brings a thumbnail, properties and fonts of the document that it was made from."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can give for a file in it."""


def report_docx(document: Document, imprint: Imprint) -> bytes:
    """A document as a Word file; the same document gives the same bytes on every machine.

    Headings, lists, tables and captions have Word's own structure, charts are pictures with
    words for those who do not see them. What the page folds away stands in the text where it is
    short, in annexes where it is long. Characters that XML cannot hold become placeholders.

    Args:
        document: the report.
        imprint: what stands around it.
    """
    import docx

    paper = annexed(document, imprint.annex)
    file = docx.Document()
    for relationships in (file.part.package.rels, file.part.rels):
        for name, relationship in list(relationships.items()):
            if not relationship.reltype.endswith(_NEEDED):
                del relationships[name]
    placed = [_placed(file, png) for png in pictures(drawings(paper))]
    body = docx_body(paper, placed, imprint.contents)
    for part in reversed(_parsed(f"<w:body>{body.xml}</w:body>")):
        file.element.body.insert(0, part)
    _replace(file.settings.element, "settings.xml")
    _replace(file.styles.element, "styles.xml")
    numbering = file.part.numbering_part.element
    _replace(numbering, "numbering.xml")
    for number in range(2, body.numberings + 1):
        start = element("lvlOverride", element("startOverride", val=1), ilvl=0)
        kind = element("abstractNumId", val=1)
        numbering.append(_parsed(element("num", kind, start, numId=number)))
    _set_page(file, document, imprint)
    _set_properties(file, document, imprint.year)
    saved = io.BytesIO()
    file.save(saved)
    return _without_times(saved.getvalue())


def _placed(file: Any, png: bytes) -> Picture:
    relation, image = file.part.get_or_add_image(io.BytesIO(png))
    return Picture(relation, image.px_width / PIXELS, image.px_height / PIXELS)


def _parsed(xml: str) -> Any:
    """An element of a text that begins with its tag; the prefixes are declared in it."""
    from docx.oxml import parse_xml

    end = min(place for mark in " />" if (place := xml.find(mark)) > 0)
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _PREFIXES.items())
    return parse_xml(f"{xml[:end]}{names}{xml[end:]}")


def _replace(root: Any, template: str) -> None:
    """Give a part of the empty document the contents of a template."""
    from docx.oxml import parse_xml

    for child in list(root):
        root.remove(child)
    root.extend(list(parse_xml((TEMPLATES / template).read_bytes())))


def _set_page(file: Any, document: Document, imprint: Imprint) -> None:
    """A4 with running head and foot; the first page has the title instead of the head."""
    from docx.shared import Mm

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.header_distance = section.footer_distance = Mm(9)
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    head.add_run(drawable(f"{document.title}\t{imprint.run}"))
    section.first_page_header.is_linked_to_previous = False
    for foot in (section.footer, section.first_page_footer):
        words = foot.paragraphs[0]
        words.add_run(drawable(f"{imprint.footer}\t"))
        for field in ("PAGE", "NUMPAGES"):
            divider = run(" / ") if field == "NUMPAGES" else ""
            for part in _parsed(f"<w:p>{divider}{complex_field(field, run('1'))}</w:p>"):
                words._p.append(part)


def _set_properties(file: Any, document: Document, year: int) -> None:
    properties: dict[str, Any] = {
        "title": drawable(document.title)[:LONGEST_TITLE],
        "author": "fundpool",
        "last_modified_by": "fundpool",
        "language": LANGUAGES[document.language],
        "comments": "",
        "revision": 1,
    }
    dated = datetime(year, 12, 31, tzinfo=UTC).replace(tzinfo=None)
    for name, value in (properties | {"created": dated, "modified": dated}).items():
        setattr(file.core_properties, name, value)


def _without_times(packed: bytes) -> bytes:
    """An archive whose files carry neither the time nor the system of their writing."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, given.read(name))
    return made.getvalue()
