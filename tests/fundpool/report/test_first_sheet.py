"""The first page is one sheet of paper, whatever stands on it: the rest waits for the next."""

from pathlib import Path

import pytest

from fundpool.report.document.making import left, paragraph, right, row, spans, table
from fundpool.report.document.model import Block, Deferrable, Document, Heading, Section
from fundpool.report.imprint import Imprint
from fundpool.report.pdf import report_pdf
from tests.fundpool.pdf_reading import page_texts

IMPRINT = Imprint("r", "f", 2020)


def long_table(name: str, rows: int) -> Block:
    return table((left(name), right("n")), [row(f"{name}-{n}", n) for n in range(rows)])


def sheets(file: Path, *blocks: Block) -> list[str]:
    """Texts of the pages of a document that opens with these blocks."""
    sections = (
        Section("answers", "", "Answers", blocks),
        Section("levels", "Levels", "Levels", (paragraph("what follows"),)),
    )
    file.write_bytes(report_pdf(Document("title", spans("title"), (), sections, (), "en"), IMPRINT))
    return [" ".join(text.split()) for text in page_texts(file)]


def scheme(name: str, rows: int) -> tuple[Block, ...]:
    """A statement that stays, a table that may go, and a remark that goes before it."""
    return (
        Heading(spans(f"scheme {name}")),
        paragraph(f"statement {name}"),
        Deferrable(1, spans(f"scheme {name}"), (long_table(f"table{name}", rows),)),
        Deferrable(2, (), (paragraph(f"remark {name}"),)),
    )


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        (14, ()),
        (20, ("tableC", "remark A", "remark B", "remark C")),
        (60, ("tableA", "tableB", "tableC", "remark A", "remark B", "remark C")),
    ],
)
def test_what_has_no_room_goes_by_its_rank_the_last_first(
    tmp_path: Path, rows: int, gone: tuple[str, ...]
) -> None:
    blocks = [block for name in "ABC" for block in scheme(name, rows)]
    first, second, *others = sheets(tmp_path / "a.pdf", *blocks)
    names = [f"{part}{name}" for name in "ABC" for part in ("table", "remark ")]
    assert {name for name in names if name not in first} == set(gone)
    assert all(f"statement {name}" in first for name in "ABC")
    assert ("More on the next sheet." in first) == bool(gone)
    assert "what follows" not in first
    assert second.startswith("title r First page, continued") == bool(gone)
    if gone:
        rest = " ".join((second, *others))
        assert rest.index("scheme C") < rest.index("tableC-0") < rest.index("remark C")
    else:
        assert "what follows" in second


def test_what_cannot_be_deferred_runs_over(tmp_path: Path) -> None:
    first, second, *_ = sheets(tmp_path / "a.pdf", long_table("plain", 90))
    assert "plain-0" in first
    assert "plain-89" in second
