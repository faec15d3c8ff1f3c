"""Words of fund statements: headings, units, months, dates and amounts as they are written."""

import math
import re
from dataclasses import dataclass

from fundpool.inputs.files.table_words import MONEY_UNITS, plain

ITEMS = ("opening", "income", "outgo", "closing", "income_to_date", "outgo_to_date", "bank")
"""What an amount may be: balances, flows of the month, flows since January, money at the bank."""
TO_DATE = {"income": "income_to_date", "outgo": "outgo_to_date"}
ROLES = ("scheme", "fund", "year", "month", "issued", "item", "amount", *ITEMS)
"""What a column may hold."""

HEADINGS = {
    "scheme": ("scheme", "险种", "险种名称", "险种类型"),
    "fund": ("fund", "region", "fund name", "基金", "基金名称", "统筹区", "统筹地区", "地区"),
    "year": ("year", "年", "年度"),
    "month": ("month", "period", "月", "月份", "年月", "期间", "所属期", "所属月份"),
    "issued": ("issued", "date of issue", "编制日期", "填报日期", "报送日期"),
    "item": ("item", "项目"),
    "amount": ("amount", "金额"),
    "opening": ("opening", "opening balance", "期初余额", "期初结余", "上期结余", "上月结余"),
    "income": ("income", "income of the month", "本期收入", "本月收入"),
    "outgo": ("outgo", "outgo of the month", "本期支出", "本月支出"),
    "closing": ("closing", "closing balance", "期末余额", "期末结余", "期末滚存结余", "累计结余",
                "滚存结余"),
    "income_to_date": ("income to date", "income year to date", "本年累计收入", "累计收入",
                       "本年收入累计"),
    "outgo_to_date": ("outgo to date", "outgo year to date", "本年累计支出", "累计支出",
                      "本年支出累计"),
    "bank": ("bank", "bank balance", "银行余额", "银行存款", "银行存款余额"),
}  # fmt: skip
"""Headings of known layouts by what their column holds; items of the long layout as well."""
TOTALS = ("合计", "总计", "total")
SUBTOTALS = ("小计", "subtotal")
LARGEST = 1e18
"""An amount above this is a mistake."""
MOST_DECIMALS = 6

_ROLE_OF = {heading: role for role, headings in HEADINGS.items() for heading in headings}
_UNIT_AT_END = re.compile(r"^(.*?)\s*[(（](?:单位[:：]\s*)?([^()（）]*)[)）]$")
_UNIT_STATED = re.compile(r"(?:单位|unit)\s*[:：]\s*([^\s,，;；()（）]+)", re.I)
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:月|[-/.]\s*\d{1,2}(?:[ T].*)?)?")
_MONTH_STATED = re.compile(r"(\d{4})\s*(?:年\s*(\d{1,2})\s*月|-(\d{2})\b)")
_DATE = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[ T].*)?"
)
_ISSUED = re.compile(r"(?:编制日期|填报日期|报送日期|issued)\s*[:：]?\s*(.+)", re.I)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.I)


@dataclass(frozen=True)
class Heading:
    """A cell of the heading row.

    Attributes:
        text: as it stands.
        role: what the column holds; None where that is not known.
        unit: money that one of its figures stands for; None where it says nothing.
    """

    text: str
    role: str | None
    unit: float | None = None


def heading_of(text: str, roles: dict[str, str] | None = None) -> Heading:
    """What a heading says.

    Args:
        text: the cell.
        roles: role by heading of an unknown layout; None: those of the known layouts.

    >>> heading_of("本期收入（万元）").role, heading_of("本期收入（万元）").unit
    ('income', 10000.0)
    """
    words, unit = text.strip(), None
    ending = _UNIT_AT_END.match(words)
    if ending and unit_of(ending[2]) is not None:
        words, unit = ending[1], unit_of(ending[2])
    if roles is not None:
        return Heading(text, roles.get(text.strip()) or roles.get(words), unit)
    return Heading(text, _ROLE_OF.get(plain(words)), unit)


def item_of(text: str) -> str | None:
    """The item that a cell of the long layout names."""
    role = heading_of(text).role
    return role if role in ITEMS else None


def unit_of(text: str) -> float | None:
    """Money that a unit such as ``万元`` stands for; None where the word is not known."""
    return MONEY_UNITS.get(plain(text).removesuffix(" cny").removeprefix("人民币"))


def stated_unit(line: str) -> str | None:
    """The unit that a line above the table states, as in ``单位：万元``."""
    match = _UNIT_STATED.search(line)
    return match[1] if match else None


def month_of(text: str) -> tuple[int, int] | None:
    """Year and month of a cell such as ``2024-03``, ``202403``, ``2024年3月`` or a date.

    >>> month_of("2024年3月"), month_of("202403"), month_of("2024-13"), month_of("3")
    ((2024, 3), (2024, 3), None, None)
    """
    digits = text.strip()
    match = re.fullmatch(r"(\d{4})(\d{2})", digits) or _MONTH.fullmatch(digits)
    return _checked(match[1], match[2]) if match else None


def stated_month(line: str) -> tuple[int, int] | None:
    """The month that a line above the table states, as in ``2024年3月``."""
    match = _MONTH_STATED.search(line)
    return _checked(match[1], match[2] or match[3]) if match else None


def number_of_month(text: str) -> int | None:
    """Number of a month that stands without its year: ``3`` or ``3月``."""
    match = re.fullmatch(r"(\d{1,2})\s*月?", text.strip())
    return int(match[1]) if match and 1 <= int(match[1]) <= 12 else None


def number_of_year(text: str) -> int | None:
    """A year such as ``2024`` or ``2024年``."""
    match = re.fullmatch(r"(\d{4})\s*年?", text.strip())
    return int(match[1]) if match and 1900 <= int(match[1]) <= 2300 else None


def date_of(text: str) -> str | None:
    """A date as YYYY-MM-DD; None where a cell holds none.

    >>> date_of("2024年4月9日"), date_of("2024-02-30")
    ('2024-04-09', None)
    """
    from datetime import date

    digits = text.strip()
    match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", digits) or _DATE.fullmatch(digits)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def stated_issue(line: str) -> str | None:
    """The date of issue that a line above the table states."""
    match = _ISSUED.search(line)
    return date_of(match[1].split()[0]) if match and match[1].split() else None


def amount_of(text: str) -> tuple[float, int] | None:
    """An amount and how many decimals it is written with; None where a cell holds none.

    >>> amount_of("-1,234.50"), amount_of("12,34"), amount_of("1e3")
    ((-1234.5, 2), None, (1000.0, 0))
    """
    digits = text.strip()
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if not digits.isascii() or not _NUMBER.fullmatch(digits):
        return None
    value = float(digits)
    if not math.isfinite(value) or abs(value) > LARGEST:
        return None
    decimals = 0 if "e" in digits.lower() else len(digits.partition(".")[2])
    return value, min(decimals, MOST_DECIMALS)


def _checked(year: str, month: str) -> tuple[int, int] | None:
    inside = 1900 <= int(year) <= 2300 and 1 <= int(month) <= 12
    return (int(year), int(month)) if inside else None
