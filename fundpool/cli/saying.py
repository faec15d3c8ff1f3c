"""Sentences of commands in the language they were asked to speak."""

from fundpool.cli.messages import ERROR_SIGN, write
from fundpool.cli.spoken import spoken
from fundpool.inputs.format.messages import Message, Word


def in_language(message: str) -> str:
    """A message in the language of the command; a text that is none stays as it is."""
    if not isinstance(message, Message):
        return message
    from fundpool.languages.wording import worded

    return worded(message, spoken())


def say_failure(why: Exception | str) -> None:
    """A sentence on what went wrong: that of an error, or a message."""
    text = why.args[0] if isinstance(why, Exception) and why.args else why
    said = in_language(text) if isinstance(text, Message) else str(why)
    write(f"{ERROR_SIGN}{said}", english=str(text if isinstance(text, Message) else why))


def say_warning(message: Message) -> None:
    """A message that begins with the word for a warning."""
    write(spoken().gettext("warning: ") + in_language(message), "warning")


def not_written(name: str, why: str) -> Message:
    """A file that the disk refuses."""
    return Message("%(file)s could not be written: %(why)s", file=name, why=why)


def change_step(step: str) -> Message:
    """Which step of the analysis of change is under way."""
    return Message("Analysis of change: %(step)s", step=Word(step))
