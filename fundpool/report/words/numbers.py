"""Changes with their sign, and shares that were set."""

from fundpool.languages import Language


def signed(language: Language, change: float) -> str:
    """A relative change in per cent, with its sign."""
    sign = "+" if round(change, 3) > 0 else ""
    return sign + language.percent(round(change, 3) + 0.0, 1)


def points(language: Language, change: float) -> str:
    """A change of a rate in percentage points, with its sign."""
    shown = round(100 * change, 2) + 0.0  # no minus before zero
    sign = "+" if shown > 0 else ""
    words = language("%(n)s percentage points")
    return words % {"n": sign + language.number(shown, 2)}


def per_cent(language: Language, share: float) -> str:
    """A share that somebody has set, with as many digits as it was set with."""
    digits = next((n for n in range(4) if round(100 * share, n) == round(100 * share, 6)), 4)
    return language.percent(share, digits)
