"""The report as PDF: the page's own blocks, set by Typst (PDF/A-2a, PDF/UA-1)."""

import json
import re
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fundpool.report.blocks import Block, blocks_of

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
LATIN = ("Noto Sans", "Liberation Sans", "DejaVu Sans")
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei",
)  # fmt: skip
SYMBOLS = ("DejaVu Sans", "Noto Sans Symbols2")
MONO = ("DejaVu Sans Mono",)
PAGE_POINTS = 640.0
"""Width of a drawing, in its own units, that fills a line of text."""


class MissingFontWarning(UserWarning):
    """No font at hand holds Chinese characters."""


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


@cache
def font_families() -> frozenset[str]:
    """Families that Typst finds: those of the system and those it brings along."""
    import typst

    return frozenset(font.family for font in typst.Fonts().fonts())


def fonts_for(language: str, families: frozenset[str]) -> list[str]:
    """Families to set the report in, the first that holds a character first.

    Warns:
        MissingFontWarning: none of them holds Chinese characters.
    """
    chinese = [name for name in CHINESE if name in families][:1]
    if not chinese:
        warnings.warn(
            "no font with Chinese characters was found: install Noto Sans CJK SC, or Chinese "
            "text in the PDF is blank",
            MissingFontWarning,
            stacklevel=2,
        )
    latin = [name for name in LATIN if name in families][:1]
    symbols = [name for name in SYMBOLS if name in families]
    order = chinese + latin if language == "zh" else latin + chinese
    return list(dict.fromkeys([*order, *symbols])) or ["Libertinus Serif"]


def report_pdf(page: str, imprint: Imprint) -> bytes:
    """The report page as PDF; the same page gives the same bytes on the same fonts.

    Args:
        page: the report as HTML (:func:`fundpool.report.page.report_page`).
        imprint: what stands around it.
    """
    import typst

    blocks, drawings = blocks_of(page)
    for block in blocks:
        _measure(block, drawings)
    blocks = _annexed(blocks, imprint.annex)
    _nest(blocks, 0)
    families = font_families()
    contents = {
        "title": imprint.title,
        "running": imprint.title,
        "run": imprint.run,
        "footer": imprint.footer,
        "date": [imprint.year, 12, 31],
        "lang": imprint.language,
        "fonts": fonts_for(imprint.language, families),
        "mono": [name for name in MONO if name in families] or ["DejaVu Sans Mono"],
        "blocks": blocks,
        "drawings": drawings,
    }
    done: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"report": json.dumps(contents, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
    )
    return done


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
