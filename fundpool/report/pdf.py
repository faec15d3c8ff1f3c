"""The report as PDF: its document set by Typst (PDF/A-2a, PDF/UA-1)."""

import json
from pathlib import Path
from typing import Any

from fundpool.report.document.annexes import annexed
from fundpool.report.document.model import Document
from fundpool.report.document.typst import printed
from fundpool.report.drawings import for_print
from fundpool.report.fonts import MONO, font_folders, printable, text_fonts
from fundpool.report.imprint import Imprint

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


def report_pdf(document: Document, imprint: Imprint) -> bytes:
    """A document as PDF; the same document gives the same bytes on every machine.

    Characters that cannot be printed (:func:`fundpool.report.fonts.unprintable`) become
    placeholders; the page keeps them. The first page is one sheet: what can be deferred and has no
    room on it stands on the next. What the page folds away stands in the text where it is short,
    in annexes where it is long.

    Args:
        document: the report.
        imprint: what stands around it.
    """
    import typst

    paper = printed(annexed(document, imprint.annex))
    contents = {
        "title": document.title,
        "run": imprint.run,
        "footer": imprint.footer,
        "date": [imprint.year, 12, 31],
        "lang": document.language,
        "fonts": text_fonts(document.language),
        "mono": [MONO, *text_fonts(document.language)],
        "more": imprint.more,
        "continued": imprint.continued,
        "blocks": paper.blocks,
        "drawings": [for_print(drawing) for drawing in paper.drawings],
    }
    done: bytes = typst.compile(
        TEMPLATE,
        sys_inputs={"report": json.dumps(_printable(contents), ensure_ascii=False)},
        font_paths=font_folders(),
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
    )
    return done


def _printable(part: Any) -> Any:
    """Plain data with every string fit to be printed."""
    if isinstance(part, dict):
        return {key: _printable(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_printable(item) for item in part]
    return printable(part) if isinstance(part, str) else part
