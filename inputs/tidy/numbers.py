"""Numbers as people type them: signs of thousands, decimal commas, per cent."""

import re
import unicodedata
from dataclasses import dataclass

MINUS = str.maketrans({"−": "-", "–": "-", "—": "-"})
NO_VALUE = frozenset({"", "-", "--", "…", "...", "..", "—", "–", "n/a", "na", "x"})
"""Cells of statistical tables that hold no number."""

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f']")
_ENDING = re.compile(r"(%|‰)$")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|[+-]?\.\d+")
_COMMA_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_POINT_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_COMMA_DECIMAL = re.compile(r"[+-]?\d*,\d+")


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of a column are written.

    Attributes:
        decimal: sign before the decimals, ``.`` or ``,``; empty where both readings are possible.
        thousands: whether there are signs between thousands.
    """

    decimal: str
    thousands: bool


def bare(text: str) -> tuple[str, float]:
    """A cell without spaces, and what its ending multiplies it by.

    >>> bare(" 12.5 % "), bare("(1 234)")
    (('12.5', 0.01), ('-1234', 1.0))
    """
    digits = _SPACES.sub("", unicodedata.normalize("NFKC", text)).translate(MINUS)
    if digits.startswith("(") and digits.endswith(")"):
        digits = f"-{digits[1:-1]}"  # as accountants write what is negative
    ending = _ENDING.search(digits)
    factor = {"%": 0.01, "‰": 0.001}[ending[1]] if ending else 1.0
    return _ENDING.sub("", digits), factor


def has_no_value(text: str) -> bool:
    """Whether a cell says that there is no number.

    >>> has_no_value("…"), has_no_value("0")
    (True, False)
    """
    return unicodedata.normalize("NFKC", text).strip().lower() in NO_VALUE


def style_of(cells: list[str]) -> NumberStyle:
    """How a column writes its numbers, from all its cells together.

    A comma may stand between thousands or before decimals, a point likewise: 1,234 alone may be
    either. One reading is taken only if the other does not fit some cell.

    >>> style_of(["1,234", "12,345,678"]), style_of(["0,5", "1.234,5"]), style_of(["1,234"])
    (NumberStyle(decimal='.', thousands=True), NumberStyle(decimal=',', thousands=True), \
NumberStyle(decimal='', thousands=True))
    """
    texts = [bare(cell)[0] for cell in cells]
    with_point = all(_reads(text, ".") for text in texts)
    with_comma = all(_reads(text, ",") for text in texts)
    signs = any("," in text or "." in text for text in texts)
    if with_point and with_comma and signs:
        return NumberStyle("", thousands=True)
    decimal = "," if with_comma and not with_point else "."
    thousands = "." if decimal == "," else ","
    return NumberStyle(decimal, any(thousands in text for text in texts))


def decimal_of_whole(cells: list[str]) -> str:
    """The sign before decimals of numbers that are whole, such as people; empty where unclear.

    >>> decimal_of_whole(["1,234", "12"]), decimal_of_whole(["1.234"]), decimal_of_whole(["1,2"])
    ('.', ',', '')
    """
    for decimal in (".", ","):
        numbers = [number_of(cell, decimal) for cell in cells]
        if all(number is not None and number[0].is_integer() for number in numbers):
            return decimal
    return ""


def _reads(text: str, decimal: str) -> bool:
    if decimal == ".":
        return bool(_PLAIN.fullmatch(text) or _COMMA_THOUSANDS.fullmatch(text))
    return bool(
        re.fullmatch(r"[+-]?\d+", text)
        or _COMMA_DECIMAL.fullmatch(text)
        or _POINT_THOUSANDS.fullmatch(text)
    )


def number_of(text: str, decimal: str) -> tuple[float, float] | None:
    """The number in a cell, and what its ending multiplied it by; None where there is none.

    >>> number_of("12,5 %", ","), number_of("1,234.5", "."), number_of("twelve", ".")
    ((0.125, 0.01), (1234.5, 1.0), None)
    """
    digits, factor = bare(text)
    if not _reads(digits, decimal):
        return None
    other = "," if decimal == "." else "."
    value = float(digits.replace(other, "").replace(decimal, "."))
    return (value / round(1.0 / factor) if factor < 1.0 else value), factor


def last_digit(text: str, decimal: str) -> float:
    """What one more in the last digit of a cell adds to its number.

    >>> last_digit("12.5%", "."), last_digit("1,234", ".")
    (0.001, 1.0)
    """
    digits, factor = bare(text)
    return factor * 10.0 ** -len(digits.partition(decimal)[2])
