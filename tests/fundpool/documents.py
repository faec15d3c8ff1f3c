"""Small documents for tests of the renderers."""

from fundpool.report.document.making import spans
from fundpool.report.document.model import Block, Document, Section


def document_of(*blocks: Block, title: str = "title", code: str = "en") -> Document:
    """A document of one section with these blocks."""
    sections = (Section("only", "", "Only", blocks),)
    return Document(title, spans(title), (), sections, (), code)
