"""Texts of fixed forms in the reader's language."""

import re
from collections.abc import Mapping
from functools import cache

from fundpool.languages import Language

PLACE = re.compile(r"%\((\w+)\)s")


def translated(
    text: str, forms: tuple[str, ...], language: Language, local: Mapping[str, str]
) -> str:
    """A text by the translation of the first form that it fits; as it is where it fits none.

    Args:
        text: in English.
        forms: messages with places.
        language: of words.
        local: what stands in places, in the reader's language.
    """
    for form in forms:
        match = _pattern(form).fullmatch(text)
        if match is None:
            continue
        words = {}
        for place, part in match.groupdict().items():
            words[place] = local.get(part, part)
        said = language(form)
        return said % words if words else said
    return text


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """A form as an expression that finds what stands in its places."""
    pieces = PLACE.split(form.replace("%%", "%"))
    return re.compile(
        "".join(
            f"(?P<{piece}>.+?)" if position % 2 else re.escape(piece)
            for position, piece in enumerate(pieces)
        )
    )
