"""Drawings made fit for paper, and as pictures for media that show no SVG."""

import json
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path

from fundpool.report.fonts import CHINESE, font_folders, is_latin, printable

TEMPLATE = Path(__file__).parent / "templates" / "drawings.typ"
PIXELS = 2
"""Pixels of a picture to each unit of its drawing."""
_POINTS = 72
"""Dots an inch at which a point, as which a unit of a drawing is set, is a pixel."""
_LETTERING = re.compile(r"<text ([^>]*)>(.*?)</text>", re.DOTALL)
_FAMILY = re.compile(r'font-family="[^"]*"')


def pictures(drawings: Sequence[str]) -> list[bytes]:
    """Drawings as PNG, :data:`PIXELS` to a unit; the same drawing is the same bytes everywhere.

    Args:
        drawings: SVG texts.
    """
    import typst

    if not drawings:
        return []
    shown = [printable(for_print(drawing)) for drawing in drawings]
    pages = typst.compile(
        TEMPLATE,
        sys_inputs={"drawings": json.dumps(shown, ensure_ascii=False)},
        font_paths=font_folders(),
        ignore_system_fonts=True,
        format="png",
        ppi=PIXELS * _POINTS,
    )
    return [pages] if isinstance(pages, bytes) else list(pages)


def for_print(drawing: str) -> str:
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
