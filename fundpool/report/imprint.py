"""What stands around the text of a report on paper."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Imprint:
    """What stands around the text.

    Attributes:
        run: which run it reports, for the head of every page.
        footer: what the foot of every page says.
        year: the base year, whose last day dates the document.
        more: what stands at the foot of a first sheet that has no room for everything.
        continued: the heading of what it has no room for, on the next sheet.
        annex: the word for an annex.
        contents: the heading of the list of contents, in a document that has one.
    """

    run: str
    footer: str
    year: int
    more: str = "More on the next sheet."
    continued: str = "First page, continued"
    annex: str = "Annex"
    contents: str = "Contents"
