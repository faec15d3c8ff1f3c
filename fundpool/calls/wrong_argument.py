"""What is said of a wrong argument, in Python and at the command line."""

from fundpool.inputs.format.messages import Message


def sentence(argument: str, value: object, expected: str) -> str:
    """What is said of a wrong argument.

    >>> sentence("years", "ten", "a whole number")
    "years is 'ten'; expected a whole number"
    """
    text = repr(value)
    return f"{argument} is {text if len(text) <= 80 else text[:77] + '...'}; expected {expected}"


class WrongArgumentError(ValueError):
    """An argument of the right kind with a value that cannot be.

    Attributes:
        argument: its name, after that of its group and a dot where it is in one.
        value: as given.
        expected: what would do.
    """

    def __init__(self, argument: str, value: object, expected: str) -> None:
        """Say what is wrong in a sentence."""
        super().__init__(sentence(argument, value, expected))
        self.argument, self.value, self.expected = argument, value, expected

    def with_option(self, option: str) -> Message:
        """The sentence with the option of the command line in place of the argument.

        >>> WrongArgumentError("limits.hubs", "moon", "one of a, b").with_option("--hubs")
        "--hubs 'moon': expected one of a, b"
        """
        shown = "" if self.value is True else f" {self.value!r}"
        return Message(
            "%(option)s: expected %(expected)s", option=option + shown, expected=self.expected
        )
