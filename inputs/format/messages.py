"""Sentences as data: a template and its values, which any language can word.

A message is its English text, so that files, JSON and other programs read it as any string; it
keeps what it is made of, so that what shows it to a reader can word the template and each value
anew (:func:`fundpool.languages.wording.worded`). No text is ever taken apart.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self, Union

Value = Union[str, int, "Listed", "Money", "Clause"]
"""What stands in the place of a template: a text as it is (names of regions in the reader's
language), a whole number, another message, a :class:`Word`, a list, an amount of money or a clause
that begins a sentence. Other numbers are given as text with the digits that they are to have."""


class Message(str):
    """A sentence or part of one, in English, with its template and values.

    The template is always a literal, which catalogues are made from; a per cent sign in one with
    values is doubled.

    Attributes:
        template: the English words with places such as ``%(name)s``.
        values: what stands in each place.

    >>> text = Message("at most %(most)s cells", most=12)
    >>> text, text.template, text.values["most"]
    ('at most 12 cells', 'at most %(most)s cells', 12)
    """

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Word the template in English.

        Raises:
            KeyError: a place without a value.
        """
        text = super().__new__(cls, template % values if values else template)
        text.template = template
        text.values = MappingProxyType(values)
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and other processes get the template and values as well."""
        return _message, (self.template, dict(self.values))

    def with_texts(self, change: Callable[[str], str]) -> "Message":
        """The same message with every text among its values changed, those of messages within too.

        >>> Message("the %(file)s", file="a.csv").with_texts(lambda text: text[:1])
        'the a'
        """

        def changed(value: Value) -> Value:
            if isinstance(value, Message):
                return value.with_texts(change)
            if isinstance(value, Listed):
                return Listed(tuple(changed(item) for item in value.items), value.joint)
            return change(value) if type(value) is str else value

        return Message(self.template, **{name: changed(v) for name, v in self.values.items()})


def _message(template: str, values: dict[str, Value]) -> Message:
    return Message(template, **values)


class Word(str):
    """A word of the case that the catalogue may know: a scheme, a measure, a currency."""


COMMA = Message(", ")


@dataclass(frozen=True)
class Listed:
    """Several values one after the other.

    Attributes:
        items: the values.
        joint: what stands between them.

    >>> str(Listed(("a", "b"))), str(Listed(("a", "b"), Message(" and ")))
    ('a, b', 'a and b')
    """

    items: tuple[Value, ...]
    joint: Message = COMMA

    @classmethod
    def of(cls, items: Iterable[object]) -> "Listed":
        """Names or numbers as text, with commas."""
        return cls(tuple(str(item) for item in items))

    def __str__(self) -> str:
        """In English."""
        return self.joint.join(str(item) for item in self.items)


@dataclass(frozen=True)
class Money:
    """An amount in the case's currency, in millions.

    Attributes:
        amount: in units of the currency.
        currency: its code; may be empty.

    >>> str(Money(1.25e6, "CNY")), str(Money(1.25e6, ""))
    ('1.2 million CNY', '1.2 million')
    """

    amount: float
    currency: str

    def __str__(self) -> str:
        """In English."""
        return f"{self.amount / 1e6:,.1f} million {self.currency}".rstrip()


@dataclass(frozen=True)
class Clause:
    """Words that begin a sentence: with a capital letter where a language has them.

    >>> str(Clause(Message("shares lie between 0 and 1")))
    'Shares lie between 0 and 1'
    """

    words: str

    def __str__(self) -> str:
        """In English."""
        return capital(self.words)


def capital(text: str) -> str:
    """A text with a capital letter at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"


def sentence(words: str) -> Message:
    """A clause, such as the words of an error, as a sentence.

    >>> sentence("shares lie between 0 and 1")
    'Shares lie between 0 and 1.'
    """
    return Message("%(words)s.", words=Clause(words))


def reason(error: Exception) -> str:
    """The words of an error, as a message where it was raised with one."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Message) else str(error)


def sentences(first: Message, *others: Message) -> Message:
    """Sentences one after the other.

    >>> sentences(Message("Add it."), Message("Or leave it out."))
    'Add it. Or leave it out.'
    """
    for other in others:
        first = Message("%(first)s %(second)s", first=first, second=other)
    return first
