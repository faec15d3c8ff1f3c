"""Help pages and refusals of the parser in the language of the command.

The library that parses the command line words both in English. Texts of help are translated by the
catalogue; a refusal is worded anew from what its exception holds, as no sentence is taken apart.
"""

import difflib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from fundpool.cli.spoken import code_spoken, language_asked, speaking, spoken
from fundpool.inputs.format.messages import Listed, Message

UsageRefused: Any = typer.BadParameter.__mro__[1]
"""What the parser raises on a command line that it cannot take; the class has moved by version."""


def marked(text: str) -> str:
    """A text of the library, for the catalogue."""
    return text


ENGLISH_USAGE = marked("Usage: ")
TITLES = {
    "DEPRECATED_STRING": marked("(deprecated) "),
    "DEFAULT_STRING": marked("[default: {}]"),
    "ENVVAR_STRING": marked("[env var: {}]"),
    "REQUIRED_LONG_STRING": marked("[required]"),
    "ARGUMENTS_PANEL_TITLE": marked("Arguments"),
    "OPTIONS_PANEL_TITLE": marked("Options"),
    "COMMANDS_PANEL_TITLE": marked("Commands"),
    "ERRORS_PANEL_TITLE": marked("Error on the command line"),
    "ABORTED_TEXT": marked("Aborted."),
    "RICH_HELP": marked("Try [blue]'{command_path} {help_option}'[/] for help."),
}
"""What :mod:`typer.rich_utils` puts around a page in its place, by the name it has there."""
OF_TYPER = (
    marked("Show this message and exit."),
    marked("Install completion for the current shell."),
    marked("Show completion for the current shell, to copy it or customize the installation."),
)
"""Help of the options that the library adds."""


@contextmanager
def _replaced(changes: Sequence[tuple[Any, str, str]]) -> Iterator[None]:
    """Attributes of objects with other texts while the block runs."""
    before = [(item, name, getattr(item, name)) for item, name, _ in changes]
    for item, name, text in changes:
        setattr(item, name, text)
    try:
        yield
    finally:
        for item, name, text in before:
            setattr(item, name, text)


@contextmanager
def _titled() -> Iterator[None]:
    """Pages of the library with titles in the language of the command."""
    try:
        from typer import rich_utils
    except ImportError:  # pages without frames have no titles of this kind
        yield
        return
    language = spoken()
    known = {name: text for name, text in TITLES.items() if hasattr(rich_utils, name)}
    with _replaced([(rich_utils, name, language(text)) for name, text in known.items()]):
        yield


def _helped(command: Any, context: Any) -> list[tuple[Any, str, str]]:
    """Texts of a command's help page in the language of the command."""
    language = spoken()
    items = [command, *command.get_params(context), *getattr(command, "commands", {}).values()]
    return [
        (item, name, language(text))
        for item in items
        for name in ("help", "short_help")
        if (text := getattr(item, name, None))
    ]


class _Spoken:
    """A command whose help page is in the language it was asked for in."""

    def get_usage(self, ctx: Any) -> str:
        """The line on usage."""
        text = str(super().get_usage(ctx))  # type: ignore[misc]
        if code_spoken() == "en" or not text.startswith(ENGLISH_USAGE):
            return text
        return spoken()(ENGLISH_USAGE) + text.removeprefix(ENGLISH_USAGE)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        changes = [] if code_spoken() == "en" else _helped(self, ctx)
        with _replaced(changes):
            super().format_help(ctx, formatter)  # type: ignore[misc]


class SpokenCommand(_Spoken, TyperCommand):
    """A command whose help page is in the language it was asked for in."""


class SpokenGroup(_Spoken, TyperGroup):
    """The commands, with help and refusals in the language that ``--lang`` or the machine says."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Run what is asked for."""
        words = sys.argv[1:] if args is None else list(args)
        with speaking(language_asked(words)):
            if code_spoken() == "en":
                return super().main(args, *rest, **more)
            with _titled():
                return super().main(args, *rest, **more)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command."""
        try:
            return super().parse_args(ctx, args)
        except UsageRefused as error:
            raise in_language_spoken(error, ctx) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named, with what there is to say where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except UsageRefused:
            near = difflib.get_close_matches(args[0], self.commands)
            text = Message("No such command %(name)s.", name=repr(args[0]))
            if near:
                text = Message("No such command %(name)s. Did you mean %(near)s?",
                               name=repr(args[0]), near=Listed(tuple(map(repr, near))))  # fmt: skip
            raise UsageRefused(text, ctx) from None


def in_language_spoken(error: Exception, context: Any) -> Exception:
    """A refusal of the parser in the language of the command; other errors as they are.

    Args:
        error: what was raised.
        context: that of all commands.
    """
    refused: Any = error
    kind = type(error).__name__
    if code_spoken() == "en" or not isinstance(refused, UsageRefused):
        return error
    if kind == "NoArgsIsHelpError":  # its text is a help page
        return error
    from fundpool.languages.wording import worded

    text = worded(_refusal(refused, kind, context.command), spoken())
    reworded: Exception = UsageRefused(text, getattr(refused, "ctx", None))
    return reworded


def _refusal(error: Any, kind: str, program: Any) -> Message:
    """What a refusal says, from what its exception holds."""
    if isinstance(error.message, Message) and kind != "BadParameter":
        return error.message
    if kind == "NoSuchOption":
        known = tuple(sorted(error.possibilities or ()))
        if known:
            return Message("No such option: %(option)s (possible options: %(known)s)",
                           option=error.option_name, known=Listed(known))  # fmt: skip
        return Message("No such option: %(option)s", option=error.option_name)
    if kind == "BadOptionUsage":
        flags = {
            name
            for command in (program, *program.commands.values())
            for item in command.params
            if getattr(item, "is_flag", False)
            for name in (*item.opts, *item.secondary_opts)
        }
        if error.option_name in flags:
            return Message("Option %(option)s does not take a value.", option=error.option_name)
        return Message("Option %(option)s requires an argument.", option=error.option_name)
    if kind == "MissingParameter":
        return Message("Missing %(option)s.", option=_hint(error))
    if kind == "BadParameter":
        if isinstance(error.message, Message):
            return Message("%(option)s: %(why)s", option=_hint(error), why=error.message)
        return Message("%(option)s: expected %(expected)s", option=_hint(error),
                       expected=_expected(error.param))  # fmt: skip
    return Message("The arguments do not fit the line on usage above.")


def _hint(error: Any) -> str:
    """How a refusal names a parameter."""
    if error.param_hint:
        hint = error.param_hint
        return hint if isinstance(hint, str) else " / ".join(hint)
    if error.param is None:
        return ""
    if error.param.param_type_name == "argument":
        return str(error.param.metavar or error.param.name).upper()
    return " / ".join(error.param.opts)


def _expected(parameter: Any) -> Message:
    """What a parameter takes."""
    described = getattr(parameter, "type_descriptor", None)
    kind = getattr(described, "annotation", None)
    least, most = (getattr(parameter, name, None) for name in ("min", "max"))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Message("one of %(known)s", known=Listed.of(item.value for item in kind))
    if kind is int:
        if least is not None and most is not None:
            return Message("a whole number from %(least)s to %(most)s", least=least, most=most)
        if least is not None:
            return Message("a whole number of at least %(least)s", least=least)
        return Message("a whole number")
    if kind is float and least is not None:
        return Message("a number of at least %(least)s", least=f"{least:g}")
    return Message("a number") if kind is float else Message("what its line in --help says")
