"""Numbers in words, as English readers write them."""

import math
from collections.abc import Mapping

NARROW = "\u00a0"
"""A space at which a line does not break."""


def percent(value: float, digits: int = 2) -> str:
    r"""A share in per cent.

    >>> percent(0.0512) == "5.12\u00a0%"
    True
    """
    return (
        "–"
        if value is None or math.isnan(value)
        else f"{100 * value:.{digits}f}{NARROW}%".replace("-", "−")
    )


MONEY_UNITS = ((1e12, "trillion", "tn", 2), (1e9, "billion", "bn", 1), (1e6, "million", "m", 1))
"""Units of money, largest first: size, word, short form and decimals of a figure."""


def money_unit(size: float) -> tuple[float, str, str, int]:
    """The largest unit of money of which a figure has one or more once rounded, else the smallest.

    >>> money_unit(9.996e11)[2], money_unit(-9.99e11)[2], money_unit(10.0)[2]
    ('tn', 'bn', 'm')
    """
    return next((unit for unit in MONEY_UNITS if abs(size) >= 0.9995 * unit[0]), MONEY_UNITS[-1])


def money(value: float) -> str:
    r"""Money in trillions, billions or millions, three or four figures.

    >>> money(8.5532e10) == "85.5\u00a0bn", money(-3.2e7) == "−32.0\u00a0m"
    (True, True)
    >>> money(7.65571e13) == "76.56\u00a0tn"
    True
    >>> money(-30_000.0) == "0.0\u00a0m"  # no minus before what is shown as nothing
    True
    """
    size = abs(value)
    sign = "−" if value < 0 and size >= 5e4 else ""
    unit, _, short, decimals = money_unit(value)
    return f"{sign}{size / unit:,.{decimals}f}{NARROW}{short}"


def people(value: float) -> str:
    r"""People in millions or thousands.

    >>> people(84748016) == "84.75\u00a0m", people(5120) == "5.1\u00a0k"
    (True, True)
    """
    return f"{value / 1e6:,.2f}{NARROW}m" if value >= 1e6 else f"{value / 1e3:,.1f}{NARROW}k"


def number(value: float, digits: int = 1) -> str:
    """A plain number with a true minus sign."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}".replace("-", "−")


def plain_number(value: float) -> str:
    """A value of an assumption: six figures, a large one written out instead of as a power of ten.

    >>> plain_number(0.0815), plain_number(2.4e7), plain_number(math.inf)
    ('0.0815', '24,000,000', 'inf')
    """
    return f"{value:,.0f}" if 1e6 <= abs(value) < math.inf else f"{value:g}"


def year_or_never(value: object) -> str:
    """A year, or that it does not come."""
    import pandas as pd

    return "never" if value is None or pd.isna(value) else str(int(value))  # type: ignore


def months_or_never(value: float) -> str:
    """Months without decimals, or that it does not come."""
    return "never" if math.isinf(value) else f"{value:,.0f}"


ENGLISH_NOUNS = frozenset(
    {
        "area", "borough", "canton", "city", "commune", "community", "country", "county",
        "department", "district", "division", "fund", "governorate", "municipality", "nation",
        "parish", "prefecture", "province", "region", "sector", "state", "territory", "town",
        "township", "village", "ward", "zone",
    }
)  # fmt: skip
"""Words for regions whose plural follows the English rule."""


def plural(level: str, count: int = 2, stated: Mapping[str, str] | None = None) -> str:
    """A noun in the plural: the one stated, by the English rule for an English word, else as it is.

    Args:
        level: the noun.
        count: how many there are; one leaves the noun as it is.
        stated: plurals that the case states, by noun.

    >>> plural("county"), plural("city", 1), plural("fund"), plural("provinsi")
    ('counties', 'city', 'funds', 'provinsi')
    >>> plural("Land", stated={"Land": "Länder"})
    'Länder'
    """
    if count == 1:
        return level
    if stated and level in stated:
        return stated[level]
    if level not in ENGLISH_NOUNS:
        return level
    return level[:-1] + "ies" if level.endswith("y") else level + "s"
