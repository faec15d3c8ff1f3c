"""What libraries, the system and the science say of bad input, as messages that have words.

The English text stays word by word what they say. What is not listed stays as it is.
"""

import errno
import re

from fundpool.inputs.format.messages import Message

SYSTEM = {
    errno.ENOENT: Message("No such file or directory"),
    errno.EACCES: Message("Permission denied"),
    errno.EPERM: Message("Operation not permitted"),
    errno.EEXIST: Message("File exists"),
    errno.ENOTDIR: Message("Not a directory"),
    errno.EISDIR: Message("Is a directory"),
    errno.ENOSPC: Message("No space left on device"),
    errno.EDQUOT: Message("Disk quota exceeded"),
    errno.EROFS: Message("Read-only file system"),
    errno.EIO: Message("Input/output error"),
    errno.ENAMETOOLONG: Message("File name too long"),
    errno.EMFILE: Message("Too many open files"),
    errno.ELOOP: Message("Too many levels of symbolic links"),
    errno.ECONNREFUSED: Message("Connection refused"),
    errno.EADDRINUSE: Message("Address already in use"),
}
"""What the system says, by its number of the error."""

SENTENCES = {
    str(message): message
    for message in (
        # the parser of TOML
        Message("Cannot overwrite a value"),
        Message("Escaped character is not a Unicode scalar value"),
        Message("Expected '=' after a key in a key/value pair"),
        Message("Expected ']' at the end of a table declaration"),
        Message("Expected ']]' at the end of an array declaration"),
        Message("Expected newline or end of document after a statement"),
        Message("Invalid date or datetime"),
        Message("Invalid hex value"),
        Message("Invalid initial character for a key part"),
        Message("Invalid statement"),
        Message("Invalid value"),
        Message("Unclosed array"),
        Message("Unclosed inline table"),
        Message("Unescaped '\\' in a string"),
        Message("Unterminated string"),
        # the reader of CSV
        Message("unexpected end of data"),
        Message("',' expected after '\"'"),
        # formulas of benefits and distributions of costs
        Message("the deductible must be finite"),
        Message("bands must be pairs of (cost from which, rate)"),
        Message("a benefit formula needs at least one band"),
        Message("bands must ascend by the cost from which their rate applies"),
        Message("a reimbursement rate must not exceed 1"),
        Message("the limit of what a person bears must be a positive number"),
        Message("a Pareto severity needs a coefficient of variation above 1"),
    )
}
"""Sentences without a value."""

WITH_VALUE = {
    r"Cannot declare (.+) twice": Message("Cannot declare %(key)s twice", key=""),
    r"Cannot mutate immutable namespace (.+)": Message(
        "Cannot mutate immutable namespace %(key)s", key=""
    ),
    r"Cannot redefine namespace (.+)": Message("Cannot redefine namespace %(key)s", key=""),
    r"Duplicate inline table key (.+)": Message("Duplicate inline table key %(key)s", key=""),
    r"Expected (\"'+\"|'\"+')": Message("Expected %(mark)s", mark=""),
    r"Found invalid character (.+)": Message("Found invalid character %(mark)s", mark=""),
    r"Illegal character (.+)": Message("Illegal character %(mark)s", mark=""),
    r"field larger than field limit \((\d+)\)": Message(
        "field larger than field limit (%(limit)s)", limit=""
    ),
    r"no Weibull severity has a coefficient of variation of (.+)": Message(
        "no Weibull severity has a coefficient of variation of %(cv)s", cv=""
    ),
}
"""Sentences with one value."""

PLACE = re.compile(r"(?P<words>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of .*)\)")


def library_words(error: BaseException) -> str:
    """What an error says; a message where it is one that is known.

    >>> str(library_words(OSError(errno.ENOSPC, "No space left on device")))
    'No space left on device'
    """
    if isinstance(error, OSError):
        text = str(error.strerror or error)
        known = SYSTEM.get(error.errno or 0)
        return known if known == text else text
    place = PLACE.fullmatch(str(error))
    if place is None:
        return _words(str(error))
    words = _words(place["words"])
    if place["line"] is None:
        return Message("%(words)s (at end of document)", words=words)
    line, column = place["line"], place["column"]
    return Message("%(words)s (at line %(line)s, column %(column)s)",
                   words=words, line=line, column=column)  # fmt: skip


def _with_value(message: Message, value: str) -> Message:
    return message.with_texts(lambda _: value)


def _words(text: str) -> str:
    if text in SENTENCES:
        return SENTENCES[text]
    for pattern, message in WITH_VALUE.items():
        match = re.fullmatch(pattern, text)
        if match:
            return _with_value(message, match[1])
    return text
