"""Every word of the report is marked, and every marked word has its Chinese."""

import re

import pytest

from fundpool.languages import LANGUAGES, language
from fundpool.languages.catalogue import catalogue_of, messages, untranslated
from fundpool.web.words.page import WORDS, words_of_page


def test_nothing_is_left_untranslated() -> None:
    assert untranslated("zh") == []


def test_translations_keep_their_places() -> None:
    """A translation names the same values and tags as the message, each once or more."""
    for message in catalogue_of("zh"):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for pattern in (r"%\((\w+)\)s", r"</?(\w+)>"):
            wanted = {found for text in ids for found in re.findall(pattern, text)}
            for text in strings:
                assert set(re.findall(pattern, text)) == wanted, ids[0]


def test_catalogue_holds_nothing_else() -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in messages() if m.id}
    own = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue_of("zh") if m.id}
    assert own == known


def test_unknown_language() -> None:
    with pytest.raises(KeyError):
        language("xx")


def test_one_term_has_one_translation() -> None:
    """Page, report and tables translate a term alike, whatever the case of its letters."""
    said: dict[str, set[str]] = {}
    for message in catalogue_of("zh"):
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
            term = message.id.casefold().rstrip(".:")
            said.setdefault(term, set()).add(message.string.rstrip("。："))
    assert {term: words for term, words in said.items() if len(words) > 1} == {}


def test_page_speaks_every_language() -> None:
    for code in LANGUAGES:
        words = words_of_page(language(code))
        assert words.keys() >= WORDS.keys()
        assert all(words.values())
    assert words_of_page(language("zh"))["undo"] == language("zh")("Undo")
