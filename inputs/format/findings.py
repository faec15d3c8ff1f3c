"""Findings: what is wrong with a case, where, what was expected, and one way to mend it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Literal

from fundpool.inputs.format.messages import Listed, Message, Value

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One mistake in an input.

    Attributes:
        file: file or sheet, named relative to the case.
        row: line of the file (the header is line 1); None where no single row is meant.
        column: column, or the path of a setting.
        value: what stands there.
        expected: what should.
        mend: one way to put it right.
        severity: errors refuse the case, warnings do not.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    expected: Message
    mend: Message
    severity: Severity = "error"

    @classmethod
    def of_file(
        cls, file: str, expected: Message, mend: Message, severity: Severity = "error"
    ) -> "Finding":
        """A mistake of a whole file or sheet."""
        return cls(file, None, None, None, expected, mend, severity)

    @classmethod
    def of_setting(
        cls, file: str, path: str | None, value: str | None, expected: Message, mend: Message,
        severity: Severity = "error",
    ) -> "Finding":  # fmt: skip
        """A mistake of a setting, an option or a column as a whole, without a row."""
        return cls(file, None, path, value, expected, mend, severity)

    @property
    def place(self) -> str:
        """Where: file, row and column."""
        return str(self.where)

    @property
    def where(self) -> Listed:
        """The same, to be worded in any language."""
        places: list[Value] = [self.file]
        if self.row is not None:
            places.append(Message("row %(row)s", row=self.row))
        if self.column:
            places.append(Message("column %(column)s", column=self.column))
        return Listed(tuple(places))

    @property
    def message(self) -> Message:
        """The finding as a sentence or two.

        >>> Finding("a.csv", 3, "age", "x", Message("a number"), Message("Correct it.")).message
        "a.csv, row 3, column age: found 'x'; expected a number. Correct it."
        """
        return self._said(self.where)

    @property
    def message_of_form(self) -> Message:
        """The same to someone who filled in a form: a column or setting without its file."""
        return self._said(self.column or self.file)

    def _said(self, place: Value) -> Message:
        words = {"place": place, "expected": self.expected, "mend": self.mend}
        if self.value is None:
            return Message("%(place)s: expected %(expected)s. %(mend)s", **words)
        return Message(
            "%(place)s: found %(value)s; expected %(expected)s. %(mend)s",
            value=repr(self.value), **words,
        )  # fmt: skip

    @property
    def line(self) -> Message:
        """The finding with how grave it is."""
        if self.severity == "error":
            return Message("error: %(finding)s", finding=self.message)
        return Message("warning: %(finding)s", finding=self.message)


class CaseError(Exception):
    """A case that cannot be used.

    Examples:
        >>> import fundpool
        >>> try:
        ...     fundpool.read_case("nowhere")
        ... except fundpool.CaseError as error:
        ...     print([finding.severity for finding in error.findings])
        ['error']
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings."""
        self.findings = tuple(findings)
        super().__init__(format_findings(self.findings))


def errors_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings as they are listed: errors before warnings, by file and row."""
    return sorted(findings, key=lambda f: (f.severity != "error", f.file, f.row or 0))


def finding_lines(findings: Iterable[Finding]) -> list[Message | Listed]:
    """All findings, errors first, a line each, then a line that counts them."""
    ordered = errors_first(findings)
    errors = sum(finding.severity == "error" for finding in ordered)
    warnings = len(ordered) - errors
    counts = [Message("%(n)s error", n=1) if errors == 1 else Message("%(n)s errors", n=errors)]
    if warnings:
        counts.append(
            Message("%(n)s warning", n=1)
            if warnings == 1
            else Message("%(n)s warnings", n=warnings)
        )
    return [*(finding.line for finding in ordered), Listed(tuple(counts))]


def format_findings(findings: Iterable[Finding]) -> str:
    """The lines of :func:`finding_lines` as English text."""
    return "\n".join(str(line) for line in finding_lines(findings))


def findings_as_records(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as plain data."""
    return [asdict(finding) | {"message": finding.message} for finding in findings]


def did_you_mean(word: str, known: Iterable[str]) -> Message:
    """``Did you mean ...?`` where something known is close, else the list of what is known.

    >>> str(did_you_mean("wages", [])), str(did_you_mean("wage", ["wages"]))
    ('Take it out.', "Did you mean 'wages'?")
    """
    options = list(known)
    close = get_close_matches(word, options, n=1, cutoff=0.6)
    if close:
        return Message("Did you mean %(word)s?", word=repr(close[0]))
    if not options:
        return Message("Take it out.")
    more = ["..."] if len(options) > 12 else []
    return Message("Known: %(words)s.", words=Listed.of([*options[:12], *more]))
