"""Sentences on an optimised plan in the reader's language.

The model says why a plan is as it is in English sentences of fixed forms. A form is a message
with places; a sentence that fits one is replaced by the message's translation, its places
filled with the same figures, regions and schemes. English sentences stay as they are.
"""

import re
from collections.abc import Mapping
from functools import cache

from fundpool.languages import Language
from fundpool.report.words.vocabulary import marked

SENTENCES = (
    marked(
        "%(name)s, %(scheme)s: %(limit)s the plan, all aims weighed, as much as %(money)s on "
        "every million that the scheme collects (%(points)s basis points of the rate if borne "
        "there alone)."
    ),
    marked("%(scheme)s: the %(limit)s has no measurable price in any pool."),
    marked(
        "%(name)s, %(scheme)s: misses its reserve floor %(span)s; at worst %(amount)s million "
        "%(currency)s in %(year)s, where it holds %(months)s months of outgo and the floor is "
        "%(floor)s."
    ),
    marked(
        "%(name)s, %(scheme)s: misses its reserve floor in the mean of its worst %(tail)s %% of "
        "scenarios %(span)s; at worst %(amount)s million %(currency)s in %(year)s, where the floor "
        "is %(floor)s months of outgo and it holds %(months)s on average."
    ),
    marked("%(schemes)s: every floor could be kept if %(change)s."),
    marked("%(schemes)s: no single limit stands in the way; more than one must give."),
)
"""Forms of sentences."""
PHRASES = (
    marked("one more month of reserve costs"),
    marked("0.1 point on the largest rate would save"),
    marked("one more point of the levy ceiling would save"),
    marked("reserve floor"),
    marked("largest rate"),
    marked("levy ceiling"),
    marked("in %(count)s years from %(first)s to %(last)s"),
    marked("in %(first)s"),
    marked("rates could rise above the corridor"),
    marked("rates could change faster from year to year"),
    marked("rates were not frozen"),
    marked("pools could pay more than the levy ceiling"),
    marked("pools could draw on the hub without bearing part of the deficit"),
)
"""What stands in their places ``limit``, ``span`` and ``change``; the first that fits counts."""
NESTED = ("limit", "span", "change")
PLACE = re.compile(r"%\((\w+)\)s")


def reworded(sentence: str, language: Language, local: Mapping[str, str]) -> str:
    """A sentence of the model in the reader's language; as it is where it fits no form.

    Args:
        sentence: what the model says.
        language: of words.
        local: regions' names in the reader's language.
    """
    return translated(sentence, SENTENCES, language, local) if language.chinese else sentence


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
            if place in NESTED:
                words[place] = translated(part, PHRASES, language, local)
            elif place in ("scheme", "schemes"):
                words[place] = language(", ").join(language(one) for one in part.split(" and "))
            elif place == "currency":
                words[place] = language(part)
            else:
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
