"""Every word of the report is marked, and every marked word has its Chinese."""

import re
from pathlib import Path

import pytest

from fundpool.languages import language
from fundpool.languages.catalogue import held, messages, unmarked, untranslated

TEMPLATES = sorted((Path(__file__).parents[3] / "fundpool/report/templates").glob("*.j2"))


def test_nothing_is_left_untranslated() -> None:
    assert untranslated("zh") == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_words_of_templates_are_marked(template: Path) -> None:
    assert list(unmarked(template)) == []


def test_unmarked_words_are_found(tmp_path: Path) -> None:
    file = tmp_path / "a.j2"
    file.write_text(
        '<p class="soft"{% if x %} class="bad"{% endif %}>{{ _("marked") }} left out</p>\n'
        "{% trans n=1 %}inside {{ n }}{% endtrans %}<h2>forgotten</h2>",
        encoding="utf-8",
    )
    assert [words for _, words in unmarked(file)] == ["left out", "forgotten"]


def test_translations_keep_their_places() -> None:
    """A translation names the same values and tags as the message, each once or more."""
    for message in held("zh"):
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
    own = {m.id if isinstance(m.id, str) else m.id[0] for m in held("zh") if m.id}
    assert own == known


def test_unknown_language() -> None:
    with pytest.raises(KeyError):
        language("xx")
