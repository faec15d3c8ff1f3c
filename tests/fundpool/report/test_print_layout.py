"""On the printed page nothing runs over its neighbour or off the page."""

import ctypes
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from fundpool.report.charts.funds import CLASS_COLOURS, CLASS_SIGNS
from fundpool.report.document.making import left, right, row, table
from fundpool.report.imprint import Imprint
from fundpool.report.pdf import report_pdf
from tests.fundpool.documents import document_of
from tests.fundpool.pdf_reading import words_by_page
from tests.fundpool.reported import Reported

MARGIN = 45.0
"""Points of a margin that nothing may enter; the template's is 51, in which commas may hang."""


def troubles(file: Path) -> list[tuple[int, str, str]]:
    """Page and words that lie over one another, or a word in the margin."""
    result = []
    for number, (width, words) in enumerate(words_by_page(file), 1):
        for place, word in enumerate(words):
            if word.left < MARGIN or word.right > width - MARGIN:
                result.append((number, word.text, "margin"))
            for other in words[place + 1 :]:
                if other.left > word.right - 0.8:
                    break
                shared = min(word.top, other.top) - max(word.bottom, other.bottom)
                if shared > 0.55 * min(word.top - word.bottom, other.top - other.bottom):
                    result.append((number, word.text, other.text))
    return result


@pytest.mark.parametrize("code", ["en", "zh"])
def test_reports_have_no_overprints(code: str, english: Reported, chinese: Reported) -> None:
    made = english if code == "en" else chinese
    assert troubles(made.folder / "report.pdf") == []


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("columns", [8, 12, 16])
def test_wide_tables_have_no_overprints(columns: int, code: str, tmp_path: Path) -> None:
    """Figures that cannot be broken, more of them than the line has room for."""
    figure = "1083.2万 ± 5408.9万" if code == "zh" else "−859.6 bn ± 799.8 m"
    heads = [left("fund"), *[right("least reserve, months")] * columns]
    cells = row("Lianyungang City District", *[figure] * columns)
    document = document_of(table(heads, [cells, cells]), code=code)
    (tmp_path / "a.pdf").write_bytes(report_pdf(document, Imprint("r", "f", 2020)))
    assert troubles(tmp_path / "a.pdf") == []


def test_overprints_are_found(tmp_path: Path) -> None:
    import typst

    file = tmp_path / "a.pdf"
    page = b"#place(dx: 20pt)[first] #place(dx: 25pt)[second] #place(dx: -40pt, dy: 30pt)[out]"
    file.write_bytes(typst.compile(page))
    assert [(word, other) for _, word, other in troubles(file)] == [
        ("out", "margin"), ("first", "second")
    ]  # fmt: skip


def test_signs_of_the_map_have_its_colours_in_print(english: Reported) -> None:
    """The legend under a map is drawn in the colours of the map, as on the page."""
    shown: dict[str, set[str]] = {}
    with pypdfium2.PdfDocument(english.folder / "report.pdf") as document:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                sign = chr(pdfium.FPDFText_GetUnicode(text, index))
                if sign in CLASS_SIGNS:
                    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
                    assert pdfium.FPDFText_GetFillColor(text, index, red, green, blue, alpha)
                    colour = f"#{red.value:02x}{green.value:02x}{blue.value:02x}"
                    shown.setdefault(sign, set()).add(colour)
    assert shown == {
        sign: {colour} for sign, colour in zip(CLASS_SIGNS, CLASS_COLOURS, strict=True)
    }
