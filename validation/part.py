"""A part of the validation: what it found, as text and tables, and which checks failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

ALIKE = 1e-9
"""Relative difference up to which two numbers are the same."""


@dataclass(frozen=True)
class Check:
    """One statement that must hold.

    Attributes:
        statement: what must hold, in words.
        outcome: what came out, as printed.
        holds: whether it does.
        source: where the statement comes from.
    """

    statement: str
    outcome: str
    holds: bool
    source: str = ""


@dataclass(frozen=True)
class Part:
    """What a part of the validation found.

    Attributes:
        text: Markdown, printed as it is.
        checks: statements that must hold.
        files: contents of files that follow from it, written with the page.
    """

    text: str
    checks: tuple[Check, ...] = field(default_factory=tuple)
    files: Mapping[Path, str] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[Check, ...]:
        """Statements that do not hold."""
        return tuple(check for check in self.checks if not check.holds)


def markdown_table(table: pd.DataFrame) -> str:
    """A table of text as Markdown; numbers must have been formatted."""
    numeric = [table[name].map(looks_numeric).all() for name in table.columns]
    lines = [
        "| " + " | ".join(str(name) for name in table.columns) + " |",
        "| " + " | ".join("---:" if right else "---" for right in numeric) + " |",
    ]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in table.to_numpy()]
    return "\n".join(lines)


def looks_numeric(cell: object) -> bool:
    """Whether a cell is set to the right: figures, signs and blanks only."""
    return not str(cell).strip("0123456789.,+-−% ")


def checks_table(checks: Sequence[Check]) -> str:
    """Checks as Markdown."""
    rows = [(c.statement, c.outcome, "yes" if c.holds else "**no**", c.source) for c in checks]
    return markdown_table(
        pd.DataFrame(rows, columns=["what must hold", "found", "holds", "source"])
    )


def figure(value: float, digits: int = 4) -> str:
    """A number of at most so many significant digits, with separators of thousands."""
    if value != value:
        return ""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    number = float(text)
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.10f}".rstrip("0").rstrip(".") if "e" in text else text


def equal(statement: str, computed: float, wanted: float, source: str, digits: int = 6) -> Check:
    """A check that two numbers agree to nine figures."""
    close = abs(computed - wanted) <= ALIKE * max(1.0, abs(wanted))
    return Check(statement, f"{figure(computed, digits)} against {figure(wanted, digits)}", close,
                 source)  # fmt: skip


def percent(value: float) -> str:
    """A relative difference in per cent, signed; blank where there is none."""
    return "" if value != value else f"{100 * value:+.1f} %"


def bound(value: float) -> str:
    """A rounding error as a power of ten above it, so that machines print the same."""
    for power in range(-12, 3):
        if abs(value) < 10.0**power:
            return f"below 1e{power:+03d}"
    return figure(value)
