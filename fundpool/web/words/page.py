"""Words of the page: by name, the English message; the catalogue has the other languages."""

from fundpool.languages import Language
from fundpool.languages.numbers import ENGLISH_NOUNS, plural
from fundpool.web.words.controls import CONTROLS
from fundpool.web.words.results import RESULTS
from fundpool.web.words.taking import TAKING

WORDS: dict[str, str | tuple[str, str]] = {**CONTROLS, **RESULTS, **TAKING}
"""Places for values are as in every message, ``%(name)s``; the page fills them."""


def words_of_page(language: Language) -> dict[str, str | list[str]]:
    """The words of the page in a language: a text, or those for one and for more.

    A name ``level_X`` is what a level of the region tree is called, ``noun_X`` its regions; a
    level that the language has no word for keeps the name that the case gives it.

    Args:
        language: the reader's.

    >>> from fundpool.languages import language
    >>> words_of_page(language("zh"))["undo"], words_of_page(language("zh"))["level_city"]
    ('撤销', '市级')
    """
    words: dict[str, str | list[str]] = {
        name: language(message) if isinstance(message, str)
        else [language.ngettext(*message, number) for number in (1, 2)]
        for name, message in WORDS.items()
    }  # fmt: skip
    if language.chinese:
        for level in sorted(ENGLISH_NOUNS - {"fund"}):
            title, regions = language(level), language(plural(level))
            if title != level:
                words[f"level_{level}"], words[f"noun_{level}"] = title, regions
    return words
