"""Messages in the reader's language: templates from the catalogue, values as it writes them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fundpool.inputs.format.messages import Clause, Listed, Message, Money, Value, Word, capital
from fundpool.inputs.region_names import region_names
from fundpool.languages.language import ENGLISH, Language

if TYPE_CHECKING:
    import pandas as pd

_NO_NAMES: Mapping[str, str] = {}


def marked(message: str) -> str:
    """A message that is translated where it is shown."""
    return message


def forms(singular: str, plural: str) -> tuple[str, str]:
    """A message that depends on a number, translated where it is shown."""
    return singular, plural


def worded(text: str | Listed, language: Language, names: Mapping[str, str] = _NO_NAMES) -> str:
    """A message in a language; a text that is none stays as it is.

    Args:
        text: the message, or several.
        language: of words and numbers.
        names: regions' names in that language by their name in the case.

    >>> from fundpool.languages import language
    >>> worded(Message("row %(row)s", row=3), language("zh")), worded("row 3", language("zh"))
    ('第3行', 'row 3')
    """
    if language.code == ENGLISH.code or not isinstance(text, Message | Listed):
        return str(text)
    if isinstance(text, Listed):
        return _value(text, language, names)
    template = language(text.template)
    if not text.values:
        return template
    return template % {name: _value(item, language, names) for name, item in text.values.items()}


def local_names(regions: "pd.DataFrame", language: Language) -> dict[str, str]:
    """Regions' names in the reader's language by their name in the case.

    Args:
        regions: the table of regions.
        language: the reader's.
    """
    if not language.chinese or "name_local" not in regions.columns:
        return {}
    names = region_names(regions)
    local = region_names(regions, "name_local", "%(name)s（%(parent)s）")
    return {names[code]: name for code, name in local.items() if name}


def _value(value: Value, language: Language, names: Mapping[str, str]) -> str:
    if isinstance(value, Message):
        return worded(value, language, names)
    if isinstance(value, Word):
        return language(str(value))
    if isinstance(value, Listed):
        return language(str(value.joint)).join(_value(i, language, names) for i in value.items)
    if isinstance(value, Clause):
        return capital(worded(value.words, language, names))
    if isinstance(value, Money):
        return f"{language.money(value.amount)}{language(value.currency)}"
    return names.get(value, value) if isinstance(value, str) else str(value)
