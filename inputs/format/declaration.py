"""What a table of a case declares about itself and its columns."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "integer"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: its name in the file.
        about: what it holds.
        kind: text, number or integer.
        unit: unit of a number.
        least, most: range of a number; ``most`` may be None.
        above: the number must lie above ``least``, not at it.
        allowed: words that may stand in a text column.
        blank: whether a cell may be empty, or the column missing.
        refers: what a text must name: ``region``, ``county`` (a region of the lowest level),
            ``county_or_outside``, ``scheme``, ``service`` or ``industry``.
    """

    name: str
    about: str
    kind: Kind = "number"
    unit: str = ""
    least: float | None = 0.0
    most: float | None = None
    above: bool = False
    allowed: tuple[str, ...] = ()
    blank: bool = False
    refers: str = ""


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: file name without ending, or sheet name.
        about: what a row says.
        columns: its columns.
        key: columns that identify a row.
        sums_to_one: (columns of a group, column) whose sum must be one in each group.
        row_sum: columns whose sum must be one in each row.
        required: whether a case must have it.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sums_to_one: tuple[tuple[tuple[str, ...], str], ...] = ()
    row_sum: tuple[str, ...] = ()
    required: bool = True

    def column(self, name: str) -> Column:
        """A column by name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)
