"""Text and places of words of a PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium


@dataclass(frozen=True)
class Word:
    """A word on a page, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


def pdf_text(file: Path) -> str:
    """Text of all pages, in the order in which it is set."""
    with pypdfium2.PdfDocument(file) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def page_texts(file: Path) -> list[str]:
    """Text of every page."""
    with pypdfium2.PdfDocument(file) as document:
        return [page.get_textpage().get_text_range() for page in document]


def least_lettering(file: Path, margin: float) -> float:
    """Points of the smallest letter of the first page above its margin at the foot."""
    with pypdfium2.PdfDocument(file) as document:
        text = document[0].get_textpage()
        return min(
            pdfium.FPDFText_GetFontSize(text, index)
            for index in range(text.count_chars())
            if text.get_charbox(index)[1] > margin
            and chr(pdfium.FPDFText_GetUnicode(text, index)).isalnum()
        )


def words_by_page(file: Path) -> Iterator[tuple[float, list[Word]]]:
    """Width of every page and its words from left to right."""
    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            yield page.get_width(), sorted(_words(page.get_textpage()), key=lambda w: w.left)


def _words(text: pypdfium2.PdfTextPage) -> Iterator[Word]:
    letters: list[tuple[str, tuple[float, float, float, float]]] = []
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        box = text.get_charbox(index, loose=True)
        # a word that is broken by a hyphen goes on in another line without a character between
        other_line = bool(letters) and not (
            box[1] < letters[-1][1][3] and letters[-1][1][1] < box[3]
        )
        divides = not letter.isprintable() or letter.isspace()
        if divides or other_line:
            yield from _joined(letters)
            letters = []
        if not divides:
            letters.append((letter, box))
    yield from _joined(letters)


def _joined(letters: list[tuple[str, tuple[float, float, float, float]]]) -> Iterator[Word]:
    if letters:
        left, bottom, right, top = zip(*(box for _, box in letters), strict=True)
        word = "".join(letter for letter, _ in letters)
        yield Word(min(left), min(bottom), max(right), max(top), word)
