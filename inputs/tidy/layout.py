"""Where the table stands in a grid: its heading, its columns, and keys written across."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from fundpool.inputs.files.table_words import (
    HEADINGS,
    NOTE,
    is_total,
    plain,
    sex_of,
    split_unit,
    unit_factor,
)
from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.tables import PROVENANCE
from fundpool.inputs.tidy.ages import age_band
from fundpool.inputs.tidy.grids import Grid
from fundpool.inputs.tidy.mapping import TableMapping

MOST_LINES_ABOVE = 30
"""Lines in which a heading is looked for."""

UNIT_LINE = re.compile(r"(?:单位|units?)\s*[:：]\s*([^)）]+)", re.IGNORECASE)
COUNTED = ("persons", "money", "persons or money", "money a year")
"""Units of columns that a line about units may concern."""

LINE = "line"
"""Column of a laid-out table that holds the line of the file."""


@dataclass(frozen=True)
class Heading:
    """The headings of a grid.

    Attributes:
        position: index of its row.
        columns: column of the table for each cell; empty where the heading is none.
        units: what the numbers below are multiplied by, by column of the table.
    """

    position: int
    columns: list[str]
    units: Mapping[str, float]


@dataclass(frozen=True)
class LaidOut:
    """A table with the format's columns and the file's words.

    Attributes:
        cells: text by column, with the line of the file in :data:`LINE`.
        units: what numbers are multiplied by, by column.
        lines: lines of the file that hold something.
        left_out: of these, headings, titles and notes.
    """

    cells: pd.DataFrame
    units: Mapping[str, float]
    lines: int
    left_out: int


def lay_out(
    grid: Grid, table: Table, mapping: TableMapping
) -> tuple[LaidOut | None, list[Finding]]:
    """Find a table in a grid.

    Args:
        grid: cells of the file or sheet.
        table: what it is to be.
        mapping: what is stated about it.

    Returns:
        the table, or None where no heading is recognised; what was converted, and what is wrong.
    """
    heading = _heading(grid, table, mapping)
    if heading is None:
        return None, [
            Finding.of_file(grid.place,
                            Message("a line of headings with %(words)s",
                                    words=Listed.of(required_columns(table))),
                            Message("Name its line as header_row and its headings as columns in a "
                                    "mapping file."))
        ]  # fmt: skip
    findings = _lines_above(grid, heading)
    unit, problems = _stated_unit(grid, table, heading, mapping)
    findings += problems
    heading = replace(heading, units={**unit, **heading.units})
    headings = grid.rows[heading.position]
    across, problems = _written_across(grid, table, heading, mapping)
    findings += problems
    findings += _unit_findings(grid, table, heading)
    width = len(headings)
    rows: list[dict[str, str]] = []
    left_out = 1 + sum(any(row) for row in grid.rows[: heading.position])
    lines = sum(any(row) for row in grid.rows)
    for position, row in enumerate(grid.rows[heading.position + 1 :], heading.position + 1):
        if not any(row):
            continue
        if not any(row[1:]) and NOTE.match(row[0]):
            left_out += 1
            findings.append(_note(grid, position, row[0], Message("Left out: a note.")))
            continue
        if any(row[width:]):
            findings.append(
                Finding(grid.place, position + 1, None, f"{len(row)} cells",
                        Message("%(cells)s cells", cells=width),
                        Message("Put text that holds a comma in quotes, or add what is missing."))
            )  # fmt: skip
            continue
        padded = row + [""] * (width - len(row))
        rows += _rows_of(padded, position + 1, headings, heading, across)
    cells = pd.DataFrame(rows, dtype=object)
    for column, text in mapping.constants.items():
        cells[column] = text
    findings += _fill_down(grid, cells, mapping)
    return LaidOut(cells, heading.units, lines, left_out), findings


def required_columns(table: Table) -> list[str]:
    """Columns that a table cannot do without."""
    return [column.name for column in table.columns if not column.blank]


def _rows_of(
    row: list[str], line: int, headings: list[str], heading: Heading,
    across: tuple[str, str, list[int]] | None,
) -> list[dict[str, str]]:  # fmt: skip
    """One line as rows of the table: one for each column that is written across."""
    cells = {name: row[place] for place, name in enumerate(heading.columns) if name}
    cells[LINE] = str(line)
    if across is None:
        return [cells]
    key, value, places = across
    return [cells | {key: split_unit(headings[place])[0], value: row[place]} for place in places]


def _heading(grid: Grid, table: Table, mapping: TableMapping) -> Heading | None:
    """The line with most columns of the table; None where none has enough."""
    if mapping.header_row:
        position = mapping.header_row - 1
        if position >= len(grid.rows):
            return None
        return _columns(grid.rows[position], position, table, mapping)
    best: Heading | None = None
    for position, row in enumerate(grid.rows[:MOST_LINES_ABOVE]):
        candidate = _columns(row, position, table, mapping)
        if candidate and (best is None or _score(candidate) > _score(best)):
            best = candidate
    return best


def _score(heading: Heading) -> int:
    return sum(bool(name) for name in heading.columns)


def _columns(
    row: list[str], position: int, table: Table, mapping: TableMapping
) -> Heading | None:  # fmt: skip
    """The columns that a line names; None if it names no key column, or only one column."""
    names: list[str] = []
    units: dict[str, float] = {}
    for cell in row:
        name, unit = column_of(cell, table, mapping)
        if name in names:
            name = ""
        names.append(name)
        if name and unit != 1.0:
            units[name] = unit
    known = [name for name in names if name]
    spare = sum(bool(cell) for cell, name in zip(row, names, strict=True) if not name)
    enough = len(known) >= 2 or (len(known) == 1 and (spare >= 2 or len(table.columns) == 1))
    if not enough or not set(known) & set(table.key):
        return None
    return Heading(position, names, units)


def column_of(heading: str, table: Table, mapping: TableMapping) -> tuple[str, float]:
    """The column that a heading names, empty if none, and what its unit multiplies numbers by."""
    base, unit = split_unit(heading)
    factor = unit_factor(unit) if unit else 1.0
    if heading in mapping.columns:
        return mapping.columns[heading], factor or 1.0
    if heading in mapping.left_out:
        return "", 1.0
    candidates = (*table.columns, *PROVENANCE)
    for text, scale in ((heading, 1.0), (base, factor)):
        name = _named(text, candidates)
        if name and (scale is not None or name in mapping.scale):
            return name, scale or 1.0
    return "", 1.0


def _named(text: str, candidates: tuple[Column, ...]) -> str:
    word = plain(text)
    for column in candidates:
        if word in (plain(column.name), plain(column.about)):
            return column.name
    for column in candidates:
        if word in HEADINGS.get(column.name, ()) or _role(column, word):
            return column.name
    return ""


def _role(column: Column, word: str) -> bool:
    """Whether a heading for regions or ages names a column that holds them by another name."""
    return column.name == "age_from" and word in HEADINGS["age"]


def _written_across(
    grid: Grid, table: Table, heading: Heading, mapping: TableMapping
) -> tuple[tuple[str, str, list[int]] | None, list[Finding]]:
    """The key whose values are headings, the column that their cells hold, and their places."""
    row = grid.rows[heading.position]
    spare = [
        place for place, name in enumerate(heading.columns)
        if not name and row[place] and row[place] not in mapping.left_out
    ]  # fmt: skip
    lacking = [
        name for name in required_columns(table)
        if name not in heading.columns and name not in mapping.constants
    ]  # fmt: skip
    keys = [name for name in lacking if name in table.key]
    values = [name for name in lacking if name not in table.key]
    if len(keys) == 1 and len(values) == 1 and len(spare) >= 2:
        column = table.column(keys[0])
        places = [place for place in spare if is_value(split_unit(row[place])[0], column)]
        if sum(not is_total(row[place]) for place in places) >= 2:
            rest = [place for place in spare if place not in places]
            note = Finding(grid.place, heading.position + 1, None,
                           ", ".join(row[place] for place in places[:6]),
                           Message("one column %(name)s", name=keys[0]),
                           Message("Headings read as %(key)s, the cells below as %(value)s.",
                                   key=keys[0], value=values[0]), severity="warning")  # fmt: skip
            return (keys[0], values[0], places), [note, *_unused(grid, heading, rest, table)]
    missing = [
        Finding(grid.place, heading.position + 1, name, None,
                Message("the column %(name)s (%(about)s)", name=name,
                        about=Message("%(about)s", about=str(table.column(name).about))),
                Message("Name its heading under columns, or state it under constants, in a "
                        "mapping file."))
        for name in lacking
    ]  # fmt: skip
    return None, [*missing, *_unused(grid, heading, spare, table)]


def is_value(text: str, column: Column) -> bool:
    """Whether a heading is a value of a key column, or its total."""
    if is_total(text):
        return True
    if column.allowed == ("male", "female"):
        return sex_of(text) is not None and not text.isdigit()
    if column.name in ("age", "age_from"):
        return age_band(text) is not None
    if column.name == "year":
        return re.fullmatch(r"(19|20|21)\d\d年?", plain(text)) is not None
    return plain(text) in [plain(word) for word in column.allowed]


def _unused(grid: Grid, heading: Heading, places: list[int], table: Table) -> list[Finding]:
    """Columns that are not taken: an error, so that nothing is lost without being stated."""
    row = grid.rows[heading.position]
    return [
        Finding(grid.place, heading.position + 1, row[place], None,
                Message("a column of %(name)s", name=table.name),
                Message("%(close)s Else list it under left_out in a mapping file.",
                        close=did_you_mean(row[place], table.column_names)))
        for place in places
    ]  # fmt: skip


def _unit_findings(grid: Grid, table: Table, heading: Heading) -> list[Finding]:
    row = grid.rows[heading.position]
    return [
        Finding(grid.place, heading.position + 1, name, row[heading.columns.index(name)],
                Message("numbers in %(unit)s", unit=table.column(name).unit or "1"),
                Message("Multiplied by %(factor)s, as the file says.", factor=f"{factor:g}"),
                severity="warning")
        for name, factor in heading.units.items()
        if name in table.column_names and name in heading.columns
    ]  # fmt: skip


def _stated_unit(
    grid: Grid, table: Table, heading: Heading, mapping: TableMapping
) -> tuple[dict[str, float], list[Finding]]:
    """What a line such as ``Unit: 10,000 persons`` above the headings says of people and money."""
    columns = [
        column.name for column in table.columns
        if column.unit in COUNTED and column.name not in mapping.scale
    ]  # fmt: skip
    for position, row in enumerate(grid.rows[: heading.position]):
        for cell in row:
            match = UNIT_LINE.search(cell)
            if match is None or not columns:
                continue
            factor = unit_factor(match[1])
            if factor is None:
                return {}, [
                    Finding(grid.place, position + 1, None, cell, Message("a known unit"),
                            Message("State scale for %(columns)s in a mapping file.",
                                    columns=Listed.of(columns)))
                ]  # fmt: skip
            return ({} if factor == 1.0 else dict.fromkeys(columns, factor)), []
    return {}, []


def _lines_above(grid: Grid, heading: Heading) -> list[Finding]:
    return [
        _note(grid, position, next(cell for cell in row if cell),
              Message("Left out: it stands above the headings."))
        for position, row in enumerate(grid.rows[: heading.position])
        if any(row)
    ]  # fmt: skip


def _note(grid: Grid, position: int, text: str, mend: Message) -> Finding:
    return Finding(grid.place, position + 1, None, text, Message("a row of the table"), mend,
                   severity="warning")  # fmt: skip


def _fill_down(grid: Grid, cells: pd.DataFrame, mapping: TableMapping) -> list[Finding]:
    """Repeat cells downward where that is stated; merged cells leave blanks below them."""
    findings = []
    for column in mapping.fill_down:
        if column not in cells:
            continue
        blank = cells[column] == ""
        if blank.any():
            cells[column] = cells[column].where(~blank).ffill().fillna("")
            first = cells.loc[blank, LINE].iloc[0]
            findings.append(
                Finding(grid.place, int(first), column, "", Message("a cell that is filled"),
                        Message("Blank cells repeat the cell above: %(cells)s.",
                                cells=int(blank.sum())), severity="warning")
            )  # fmt: skip
    return findings
