"""The report as PDF: the page's own blocks, set by Typst (PDF/A-2a, PDF/UA-1)."""

import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from fundpool.report.fonts import CHINESE, MONO, font_folders, is_latin, printable, text_fonts
from fundpool.report.page.blocks import Block, blocks_of

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
PAGE_POINTS = 640.0
"""Width of a drawing, in its own units, that fills a line of text."""


@dataclass(frozen=True)
class Imprint:
    """What stands around the text.

    Attributes:
        title: of the document.
        run: which run it reports, for the head of every page.
        footer: what the foot of every page says.
        year: the base year, whose last day dates the document.
        language: ``en`` or ``zh``.
        annex: the word for an annex.
    """

    title: str
    run: str
    footer: str
    year: int
    language: str = "en"
    annex: str = "Annex"


def report_pdf(page: str, imprint: Imprint) -> bytes:
    """The report page as PDF; the same page gives the same bytes on every machine.

    Characters that cannot be printed (:func:`fundpool.report.fonts.unprintable`) become
    placeholders; the page keeps them.

    Args:
        page: the report as HTML (:func:`fundpool.report.page.page.report_page`).
        imprint: what stands around it.
    """
    import typst

    blocks, drawings = blocks_of(page)
    for block in blocks:
        _measure(block, drawings)
    blocks = _annexed(blocks, imprint.annex)
    _nest(blocks, 0)
    contents = {
        "title": imprint.title,
        "run": imprint.run,
        "footer": imprint.footer,
        "date": [imprint.year, 12, 31],
        "lang": imprint.language,
        "fonts": text_fonts(imprint.language),
        "mono": [MONO, *text_fonts(imprint.language)],
        "blocks": blocks,
        "drawings": [_for_print(drawing) for drawing in drawings],
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


LONGEST_IN_TEXT = 14
"""Rows of a table folded away on the page that may stand in the text; longer ones are annexed."""


def _annexed(blocks: list[Block], word: str) -> list[Block]:
    """What the page folds away: short tables stay where they are, long ones go to the end."""
    annexes: list[Block] = []

    def placed(items: list[Block]) -> list[Block]:
        kept: list[Block] = []
        for block in items:
            if block["kind"] != "detail":
                inner = {"blocks": placed(block["blocks"])} if "blocks" in block else {}
                kept.append(block | inner)
                continue
            rows = sum(len(inner.get("body", ())) for inner in block["blocks"])
            title = {"kind": "heading", "level": 4, "spans": block["spans"]}
            if rows <= LONGEST_IN_TEXT:
                kept += [title, *placed(block["blocks"])]
                continue
            number = 1 + sum(item["kind"] == "heading" for item in annexes)
            mark = {"text": f"{word} {number}: ", "style": "strong"}
            kept.append({"kind": "text", "spans": [mark, *block["spans"]], "style": "soft"})
            annexes.append(title | {"level": 3, "spans": [mark, *block["spans"]]})
            annexes.extend(block["blocks"])
        return kept

    text = placed(blocks)
    return text + annexes


def _nest(blocks: list[Block], last: int) -> int:
    """Lower headings so that no level is skipped, as an outline must be."""
    for block in blocks:
        if block["kind"] == "heading":
            block["look"] = block["level"]
            last = block["level"] = min(block["level"], last + 1)
        last = _nest(block.get("blocks", []), last)
    return last


def _measure(block: Block, drawings: list[str]) -> None:
    """Give single drawings their share of the line, in per cent, so that lettering keeps size."""
    for part in block.get("parts", ()):
        width = re.search(r'<svg[^>]*?\bwidth="([\d.]+)"', drawings[part["drawing"]])
        part["share"] = round(100 * float(width.group(1)) / PAGE_POINTS, 2) if width else 100
    for inner in block.get("blocks", ()):
        _measure(inner, drawings)
