"""The language in which commands speak: ``--lang``, else that of the machine.

Data for other programs (JSON, CSV, summary.json) are the same in every language.
"""

import functools
import inspect
import locale
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fundpool.options import MESSAGES

if TYPE_CHECKING:
    from fundpool.languages import Language

_LANGUAGE: ContextVar[str | None] = ContextVar("language", default=None)
"""Code of the language that the command under way was given."""


class Lang(StrEnum):
    """Languages of messages and reports."""

    en = "en"
    zh = "zh"


def language_of_machine(environment: Mapping[str, str], platform: str, regional: str | None) -> str:
    """Code of the language that a machine is set to; English where it is none of ours.

    Args:
        environment: its variables; the first of LC_ALL, LC_MESSAGES and LANG that is set decides.
        platform: as in :data:`sys.platform`.
        regional: the first part of :func:`locale.getlocale`, which decides on Windows where no
            variable is set.

    >>> language_of_machine({"LANG": "zh_CN.UTF-8"}, "linux", None)
    'zh'
    >>> language_of_machine({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "linux", None)
    'en'
    >>> language_of_machine({}, "win32", "Chinese (Simplified)_China")
    'zh'
    """
    given = [environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((text for text in given if text), "")
    if not name and platform == "win32":
        name = regional or ""
    return Lang.zh.value if name.lower().startswith(("zh", "chinese")) else Lang.en.value


def default_language() -> str:
    """Code of the language of this machine."""
    return language_of_machine(os.environ, sys.platform, locale.getlocale()[0])


def _keep(context: typer.Context, value: str | None) -> str | None:
    """Speak the language that was asked for until the command ends."""
    if value is not None:
        token = _LANGUAGE.set(str(value))
        context.call_on_close(lambda: _LANGUAGE.reset(token))
    return value


def language_asked(words: Sequence[str]) -> str | None:
    """Code that a command line names, known before it is parsed, as help and refusals need it.

    >>> language_asked(["check", "--lang", "zh"]), language_asked(["--lang=en"])
    ('zh', 'en')
    >>> language_asked(["check"]) is None
    True
    """
    following = zip(words, (*words[1:], ""), strict=True)
    asked = [
        after if word == "--lang" else word.removeprefix("--lang=")
        for word, after in following
        if word == "--lang" or word.startswith("--lang=")
    ]
    return next((code for code in asked if code in tuple(Lang)), None)


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak a language while the block runs; None: that of the machine."""
    token = _LANGUAGE.set(code)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def code_spoken() -> str:
    """Code of the language of the command under way."""
    return _LANGUAGE.get() or default_language()


def spoken() -> "Language":
    """The language of the command under way."""
    from fundpool.languages import language

    return language(code_spoken())


ReportLanguage = Annotated[
    Lang | None,
    typer.Option(
        "--lang",
        callback=_keep,
        help="Language of the report and of messages; default: that of the machine.",
    ),
]


MessageLanguage = Annotated[
    Lang | None,
    typer.Option(
        "--lang", callback=_keep, help="Language of messages; default: that of the machine."
    ),
]


def with_language(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command with ``--lang`` beside its own parameters; its own ``lang`` where it has one."""
    signature = inspect.signature(function)
    if "lang" in signature.parameters:
        return function

    @functools.wraps(function)
    def command(*arguments: Any, **options: Any) -> Any:
        options.pop(MESSAGES)
        return function(*arguments, **options)

    added = inspect.Parameter(
        MESSAGES, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=MessageLanguage
    )
    parameters = [*signature.parameters.values(), added]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {**function.__annotations__, MESSAGES: MessageLanguage}
    return command
