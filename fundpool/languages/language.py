"""A language: its words and its way of writing numbers.

The message in the program is the English one; a catalogue ``<code>.po`` beside this module gives
the others. Money and people are written in tn, bn, m and k in English, in 万 and 亿 in Chinese.
"""

import gettext
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fundpool.languages import numbers

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
CHINESE_UNITS = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
"""Units of large numbers in Chinese, largest first."""


@dataclass(frozen=True)
class Language:
    """Words and numbers of one language.

    Attributes:
        code: ``en`` or ``zh``.
        catalogue: translations of messages.
    """

    code: str
    catalogue: gettext.NullTranslations = field(repr=False)

    def gettext(self, message: str) -> str:
        """A message in this language; the message itself where it has no translation."""
        return self.catalogue.gettext(message) if message else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """A message that depends on a number."""
        return self.catalogue.ngettext(singular, plural, number)

    def __call__(self, message: str) -> str:
        """Short for :meth:`gettext`."""
        return self.gettext(message)

    @property
    def chinese(self) -> bool:
        """Whether numbers are written the Chinese way and local names are used."""
        return self.code == "zh"

    def percent(self, value: float, digits: int = 2) -> str:
        """A share in per cent."""
        text = numbers.percent(value, digits)
        return text.replace(numbers.NARROW, "") if self.chinese else text

    def money(self, value: float) -> str:
        """Money: 85.5 bn, 855亿."""
        return self._large(value, 1) if self.chinese else numbers.money(value)

    def money_unit(self, largest: float, currency: str) -> tuple[float, str]:
        """A unit that fits all amounts of a chart or a column, and the unit's name for the heading.

        Args:
            largest: the largest amount by size.
            currency: code of the currency; empty for the unit alone.

        >>> ENGLISH.money_unit(-7.7e13, "IDR"), language("zh").money_unit(3e9, "CNY")
        ((1000000000000.0, 'IDR trillion'), (100000000.0, '亿元'))
        """
        if self.chinese:
            fitting = [each for each in CHINESE_UNITS if abs(largest) >= 0.9995 * each[0]]
            unit, word = (fitting or CHINESE_UNITS[-1:])[0]
            return unit, word + self.gettext(currency)
        unit, word, _, _ = numbers.money_unit(largest)
        return unit, f"{currency} {word}".strip()

    def people(self, value: float) -> str:
        """People: 84.75 m, 8474.8万."""
        return self._large(value, 1) if self.chinese else numbers.people(value)

    def _large(self, value: float, digits: int) -> str:
        """A large number in 万 or 亿.

        >>> language("zh").money(8.5532e10), language("zh").people(84748016)
        ('855.3亿', '8474.8万')
        """
        if value is None or math.isnan(value):
            return "–"
        size = abs(value)
        sign = "−" if value < 0 and size >= 0.05 else ""
        for unit, word in CHINESE_UNITS:
            if size >= unit * (1.0 - 10.0 ** -(digits + 4)):
                return f"{sign}{size / unit:.{digits}f}{word}"
        return f"{sign}{size:.0f}"

    def number(self, value: float, digits: int = 1) -> str:
        """A plain number with a true minus sign."""
        return numbers.number(value, digits)

    def year(self, value: object) -> str:
        """A year, or that it does not come."""
        import pandas as pd

        missing = value is None or pd.isna(value)  # type: ignore[call-overload]
        return self.gettext("never") if missing else numbers.year_or_never(value)

    def months(self, value: float) -> str:
        """Months without decimals, or that it does not come."""
        return self.gettext("never") if math.isinf(value) else numbers.months_or_never(value)

    def plural(self, level: str, count: int = 2, stated: Mapping[str, str] | None = None) -> str:
        """A level of the region tree as a noun (:func:`fundpool.languages.numbers.plural`)."""
        return self.gettext(numbers.plural(level, 2 if self.chinese else count, stated))

    def one(self, level: str) -> str:
        """A level of the region tree with its article: a county, an area, 县."""
        if self.chinese:
            return self.gettext(numbers.plural(level))
        return f"{'an' if level[:1].lower() in 'aeiou' else 'a'} {level}"

    def unit(self, unit: str, currency: str) -> str:
        """A unit, the currency of the case in it apart from the rest: ``EUR a person``.

        >>> language("zh").unit("CNY a person", "CNY"), language("zh").unit("EUR a person", "EUR")
        ('元/人', 'EUR/人')
        """
        said = self.gettext(unit)
        if said == unit and unit.startswith(f"{currency} "):
            said = self.gettext("CNY" + unit.removeprefix(currency))
            said = said.replace(self.gettext("CNY"), currency, 1)
        return said

    def title(self, item: Any) -> str:
        """The title of a case's settings or of a scheme file, local where there is one."""
        local = getattr(item, "title_local", "")
        return local if self.chinese and local else str(item.title)


@cache
def language(code: str) -> Language:
    """A language by its code.

    Raises:
        KeyError: no such language.
    """
    if code not in LANGUAGES:
        raise KeyError(code)
    if code == "en":
        return ENGLISH
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (HERE / f"{code}.po").open("rb") as stream:
        catalogue = read_po(stream, locale="zh_CN")
    packed = io.BytesIO()
    write_mo(packed, catalogue)
    packed.seek(0)
    return Language(code, gettext.GNUTranslations(packed))


ENGLISH = Language("en", gettext.NullTranslations())
