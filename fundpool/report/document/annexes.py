"""A document for paper, where nothing can be folded away."""

from collections.abc import Iterable
from dataclasses import replace

from fundpool.report.document.model import (
    Block,
    Deferrable,
    Detail,
    Document,
    Heading,
    Note,
    Paragraph,
    Section,
    Span,
    Table,
    opens,
)

LONGEST_IN_TEXT, LONGEST_ON_FIRST_PAGE = 14, 0
"""Rows of a table folded away on a screen that may stand in the text, and in the section that opens
a document, whose page has room for answers alone; longer ones are annexed."""


def annexed(document: Document, word: str) -> Document:
    """The document with short details where they are and long ones as annexes at its end.

    Args:
        document: as it is shown on a screen.
        word: for an annex, in the document's language.
    """
    annexes: list[Block] = []
    count = 0

    def placed(blocks: Iterable[Block], longest: int) -> Iterable[Block]:
        nonlocal count
        for block in blocks:
            if isinstance(block, Note):
                yield Note(tuple(placed(block.blocks, longest)))
            elif isinstance(block, Deferrable):
                yield replace(block, blocks=tuple(placed(block.blocks, longest)))
            elif not isinstance(block, Detail):
                yield block
            elif _rows(block) <= longest:
                yield Heading(block.spans, 4)
                yield from placed(block.blocks, longest)
            else:
                count += 1
                spans = (Span(f"{word} {count}: ", "strong"), *block.spans)
                yield Paragraph(spans, soft=True)
                annexes.append(Heading(spans))
                annexes.extend(tuple(placed(block.blocks, LONGEST_IN_TEXT)))

    sections = [
        replace(
            section,
            blocks=tuple(
                placed(
                    section.blocks,
                    LONGEST_ON_FIRST_PAGE if opens(document, section) else LONGEST_IN_TEXT,
                )
            ),
        )
        for section in document.sections
    ]
    if annexes:
        sections.append(Section("annexes", "", "", tuple(annexes)))
    return replace(document, sections=tuple(sections))


def _rows(block: Detail) -> int:
    return sum(len(inner.body) for inner in block.blocks if isinstance(inner, Table))
