"""The report as PDF: its document set by Typst (PDF/A-2a, PDF/UA-1)."""

import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from fundpool.report.document.annexes import annexed
from fundpool.report.document.model import Document
from fundpool.report.document.typst import printed
from fundpool.report.fonts import CHINESE, MONO, font_folders, is_latin, printable, text_fonts

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


@dataclass(frozen=True)
class Imprint:
    """What stands around the text.

    Attributes:
        run: which run it reports, for the head of every page.
        footer: what the foot of every page says.
        year: the base year, whose last day dates the document.
        annex: the word for an annex.
    """

    run: str
    footer: str
    year: int
    annex: str = "Annex"


def report_pdf(document: Document, imprint: Imprint) -> bytes:
    """A document as PDF; the same document gives the same bytes on every machine.

    Characters that cannot be printed (:func:`fundpool.report.fonts.unprintable`) become
    placeholders; the page keeps them. What the page folds away stands in the text where it is
    short, in annexes where it is long.

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
        "blocks": paper.blocks,
        "drawings": [_for_print(drawing) for drawing in paper.drawings],
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


_LETTERING = re.compile(r"<text ([^>]*)>(.*?)</text>", re.DOTALL)
_FAMILY = re.compile(r'font-family="[^"]*"')


def _for_print(drawing: str) -> str:
    """A drawing whose lettering names the font that holds it.

    Typst sets a text of a drawing in one font, the first of the collection if the named one lacks
    a character: Chinese names would come in the Japanese forms. It draws a variable font at its
    lightest unless a weight is named. Labels that are hidden for want of room are left out.
    """

    def named(match: re.Match[str]) -> str:
        attributes, contents = match.groups()
        if 'opacity="0"' in attributes:
            return ""
        if is_latin(printable(unescape(re.sub(r"<[^>]+>", "", contents)))):
            return match.group(0)
        attributes = _FAMILY.sub(f'font-family="{CHINESE}"', attributes)
        weight = 700 if 'font-weight="bold"' in attributes else 400
        style = f"style=\"font-variation-settings:'wght' {weight}\""
        return f"<text {attributes} {style}>{contents}</text>"

    return _LETTERING.sub(named, drawing)
