"""The fonts of the printed report and of the charts: those that two dependencies install.

``fontpkg-noto-sans`` brings Noto Sans (Latin, Greek, Cyrillic), ``manimgx-fonts-cjk`` brings Noto
Sans CJK (Chinese, Japanese, Korean and most symbols); both are variable fonts with every weight.
Fonts of the system are never used, so that a report is the same bytes on every machine.
"""

import os
import re
import tempfile
import unicodedata
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from threading import Lock

LATIN = "Noto Sans"
CHINESE = "Noto Sans CJK SC"
MONO = "DejaVu Sans Mono"
"""Comes with Typst itself."""
CHART_FAMILIES = f"{LATIN}, {CHINESE}, sans-serif"
"""Families of a chart's lettering; the last is for browsers of readers without the other two."""
PLACEHOLDER = "\u25a1"
"""What is printed for a character that no font holds: a white square."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = frozenset("\n\r\t\u00ad\u200b\u200c\u200d")
"""Control and format characters that may be printed: they break, join or divide words."""
_FILES = (
    ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf", LATIN),
    ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", CHINESE),
)
_registering = Lock()


def _file(package: str, name: str) -> Path:
    return Path(str(files(package))) / name


def font_folders() -> list[Path]:
    """Folders of the installed fonts."""
    return [_file(package, name).parent for package, name, _ in _FILES]


def text_fonts(language: str) -> list[str | dict[str, str]]:
    """Families to set a text in, in Typst's terms, the preferred one first.

    In Chinese, quotation marks and dashes come from the Chinese font, where they are as wide as a
    character; Latin letters and figures are the same in both languages.
    """
    if language == "zh":
        return [{"name": LATIN, "covers": "latin-in-cjk"}, CHINESE, LATIN]
    return [LATIN, CHINESE]


@cache
def _covered_by(family: str) -> frozenset[str]:
    from fontTools.ttLib import TTCollection, TTFont

    package, name, _ = next(entry for entry in _FILES if entry[2] == family)
    file = _file(package, name)
    if file.suffix == ".ttc":
        with TTCollection(str(file), lazy=True) as collection:
            (font,) = [f for f in collection.fonts if f["name"].getDebugName(1) == family]
            return frozenset(map(chr, font.getBestCmap()))
    with TTFont(str(file), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def is_latin(text: str) -> bool:
    """Whether the Latin font holds every character of a text."""
    return _covered_by(LATIN).issuperset(text)


def unprintable(text: str) -> str:
    """Characters of a text that cannot be printed, once each, in order of their code.

    No font holds them, or they are control characters, which an archival PDF must not contain,
    or format characters that could turn the direction of the text around them.

    >>> unprintable("Ash 基金 \\x07กก")
    '\\x07ก'
    """
    if text.isascii() and text.isprintable():
        return ""
    return "".join(sorted(letter for letter in set(text) - _INVISIBLE if not _has_glyph(letter)))


def _has_glyph(letter: str) -> bool:
    if unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs"):
        return False
    return letter in _covered_by(LATIN) or letter in _covered_by(CHINESE)


def printable(text: str) -> str:
    """A text with a placeholder for every character that cannot be printed.

    >>> printable("Ash 基金 กก")
    'Ash 基金 □□'
    """
    lost = unprintable(text)
    return text.translate(dict.fromkeys(map(ord, lost), PLACEHOLDER)) if lost else text


def drawable(text: str) -> str:
    """A text with a placeholder for every character that a drawing in SVG must not contain.

    The drawing library ends the whole process at such a character.

    >>> drawable("กก\\x07")
    'กก□'
    """
    return _NOT_XML.sub(PLACEHOLDER, text)


@cache
def register_chart_fonts() -> None:
    """Make the installed fonts the only ones that the drawing library measures text with.

    The library reads the system's fonts once, when the first folder is registered, and prefers
    them to registered ones of the same name. Where it finds them through fontconfig, it is shown
    a configuration that names the installed fonts alone.
    """
    import vl_convert

    with _registering, tempfile.TemporaryDirectory(prefix="fundpool-fonts-") as folder:
        configuration = Path(folder) / "fonts.conf"
        names = "".join(f"<dir>{escape(str(fonts))}</dir>" for fonts in font_folders())
        configuration.write_text(f"<fontconfig>{names}</fontconfig>", encoding="utf-8")
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        try:
            for fonts in font_folders():
                vl_convert.register_font_directory(str(fonts))
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
