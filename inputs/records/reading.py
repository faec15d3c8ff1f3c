"""Files and data frames of members and claims as typed rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from fundpool.inputs.accounts.words import date_of, month_of, number_of_year
from fundpool.inputs.files.table_words import plain, split_unit
from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import as_text
from fundpool.inputs.records.columns import HEADINGS, WORDS
from fundpool.inputs.tidy.cells import Remarks, convert_cells
from fundpool.inputs.tidy.grids import Grid, read_grids
from fundpool.inputs.tidy.layout import LINE, MOST_LINES_ABOVE, lay_out
from fundpool.inputs.tidy.mapping import TableMapping
from fundpool.inputs.tidy.places import Places
from fundpool.inputs.tidy.totals import without_totals

PERSONAL = frozenset({"person", "birth", "cost", "paid"})
"""Columns of which no cell is repeated where all went well."""

HEADING_OF = {word: column for column, words in HEADINGS.items() for word in words}

Source = Path | pd.DataFrame
"""A file (CSV, Parquet, workbook) or a data frame."""


@dataclass
class Rows:
    """Rows of one source, and what became of each.

    Attributes:
        place: the file, or what the data frame is.
        table: what the rows are.
        frame: typed cells, with the line of the file in :data:`LINE`.
        read: rows of the table in the source.
        set_aside: number of rows that are not used, by reason.
        findings: conversions.
    """

    place: str
    table: Table
    frame: pd.DataFrame
    read: int
    set_aside: dict[Message, int]
    findings: list[Finding]

    @property
    def used(self) -> int:
        """Rows that the fit is made of."""
        return len(self.frame)

    def drop(self, rows: "pd.Series[bool] | np.ndarray", why: Message, mend: Message) -> None:
        """Set rows aside, said in a finding."""
        mask = np.asarray(rows, dtype=bool)
        if not mask.any():
            return
        number = int(mask.sum())
        self.set_aside[why] = self.set_aside.get(why, 0) + number
        line = int(self.frame.loc[mask, LINE].iloc[0])
        self.findings.append(
            Finding(self.place, line, None, f"{number}", why, mend, severity="warning")
        )
        self.frame = self.frame.loc[~mask].reset_index(drop=True)

    def say(self, column: str, done: Message, expected: Message) -> None:
        """Note what was assumed of a column."""
        self.findings.append(
            Finding.of_setting(self.place, column, None, expected, done, severity="warning")
        )


def grid_of(source: Source, name: str) -> tuple[Grid, list[Finding]]:
    """The one table of a source.

    Raises:
        CaseError: it cannot be read, or there are several.
    """
    if isinstance(source, pd.DataFrame):
        return _frame_grid(source, name), []
    if not source.is_file():
        raise CaseError(
            [Finding.of_file(source.name, Message("an existing file or folder"),
                             Message("Check the name."))]
        )  # fmt: skip
    if source.suffix.lower() == ".parquet":
        import duckdb

        try:
            with duckdb.connect() as connection:
                frame = connection.execute("SELECT * FROM read_parquet(?)", [str(source)]).df()
        except duckdb.Error:
            raise CaseError(
                [Finding.of_file(source.name, Message("a Parquet file"),
                                 Message("The file cannot be opened as one."))]
            ) from None  # fmt: skip
        return _frame_grid(frame, source.name), []
    grids, findings = read_grids(source)
    if len(grids) != 1 and not any(finding.severity == "error" for finding in findings):
        findings.append(
            Finding.of_file(source.name, Message("one table with a line of headings"),
                            Message("Keep one sheet, as CSV, Parquet or .xlsx."))
        )  # fmt: skip
    if len(grids) != 1 or any(finding.severity == "error" for finding in findings):
        raise CaseError([replace(finding, severity="error") for finding in findings])
    return grids[0], findings


def _frame_grid(frame: pd.DataFrame, name: str) -> Grid:
    columns = [
        ["" if blank else as_text(cell).strip() for cell, blank in
         zip(frame[column].tolist(), frame[column].isna(), strict=True)]
        for column in frame.columns
    ]  # fmt: skip
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Grid(name, "", [[str(column) for column in frame.columns], *rows])


def headings_of(grid: Grid) -> dict[str, str]:
    """Columns by the headings in the first lines of a grid that are known words."""
    return {
        cell: HEADING_OF[word]
        for row in grid.rows[:MOST_LINES_ABOVE] for cell in row
        if (word := plain(split_unit(cell)[0])) in HEADING_OF
    }  # fmt: skip


def read_rows(
    source: Source, choose: Callable[[set[str]], Table], mapping: TableMapping, places: Places,
    words: Mapping[str, tuple[str, ...]],
) -> Rows:  # fmt: skip
    """Rows of a source with the columns of the format.

    Args:
        source: a file or data frame.
        choose: the table that it is, from the columns that its headings name.
        mapping: what is stated about it.
        places: counties of a case; none to take codes as they are.
        words: what may stand in a column, by column, beside what the table allows.

    Raises:
        CaseError: it cannot be read; all findings.
    """
    grid, findings = grid_of(source, choose(set()).name)
    names = {**headings_of(grid), **mapping.columns}
    table = choose(set(names.values()))
    known = {heading: name for heading, name in names.items() if name in table.column_names}
    laid_out, problems = lay_out(grid, table, replace(mapping, columns=known))
    findings += problems
    if laid_out is None or any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    remarks = Remarks(grid.place)
    if not len(laid_out.cells):
        raise CaseError(
            [Finding.of_file(grid.place, Message("at least one row"),
                             Message("There is only a header; fill it."))]
        )  # fmt: skip
    limited = replace(
        table,
        columns=tuple(
            replace(column, allowed=words[column.name]) if column.name in words else column
            for column in table.columns
        ),
    )
    texts = _words(laid_out.cells, mapping, remarks)
    cells, steps = convert_cells(texts, limited, mapping, laid_out.units, places, remarks)
    findings += remarks.findings()
    set_aside: dict[Message, int] = {}
    read = len(cells)
    if "person" not in cells:
        cells, problems, totals = without_totals(cells, table, places, steps, grid.place)
        findings += problems
        if totals:
            set_aside[Message("rows without totals")] = totals
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    kept = [replace(one, value=None) if one.column in PERSONAL else one for one in findings]
    return Rows(grid.place, table, cells.reset_index(drop=True), read, set_aside, kept)


def _words(cells: pd.DataFrame, mapping: TableMapping, remarks: Remarks) -> pd.DataFrame:
    """Chinese words of services, schemes and statuses exchanged for those of the format."""
    changed = cells.copy()
    for column, words in WORDS.items():
        if column not in changed:
            continue
        stated = mapping.codes.get(column, {})
        exchanged = changed[column].map(
            lambda text, words=words, stated=stated: text in words and text not in stated
        )
        for text, line in zip(
            changed.loc[exchanged, column], changed.loc[exchanged, LINE], strict=True
        ):
            remarks.convert(int(line), column, text, Message("a word of the format"),
                            Message("Exchanged for the word of the format."))  # fmt: skip
        changed[column] = changed[column].where(~exchanged, changed[column].map(words.get))
    return changed


def dates_of(rows: Rows, column: str, finest: str = "day") -> tuple[np.ndarray, np.ndarray, str]:
    """First and last day that each cell of a column may mean, and how fine they are.

    Args:
        rows: the rows; a blank cell is ``NaT``.
        column: of days (``2024-05-01``), months (``2024-05``) or years (``2024``), all alike.
        finest: ``day``, or what alone is allowed to stand there.

    Raises:
        CaseError: cells that are no date, or of several kinds.
    """
    texts = rows.frame[column].fillna("").astype(str)
    read = {text: _date(text) for text in pd.unique(texts)}
    wrong = texts.map(lambda text: read[text] is None)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise CaseError(
            [Finding(rows.place, int(rows.frame[LINE].iloc[first]), column, texts.iloc[first],
                     Message("a date, as in 2024-05-31, 2024-05 or 2024"),
                     Message("Correct the cell; such cells: %(cells)s.",
                             cells=int(wrong.sum())))]
        )  # fmt: skip
    kinds = {kind for text, (_, _, kind) in read.items() if text}  # type: ignore[misc]
    if len(kinds) > 1 or (finest != "day" and kinds - {finest}):
        raise CaseError(
            [Finding.of_setting(rows.place, column, Listed.of(sorted(kinds)).__str__(),
                                Message("dates of one kind: days, months or years"),
                                Message("Write all of them alike."))]
        )  # fmt: skip
    first_days = np.array([read[text][0] for text in texts], dtype="datetime64[D]")  # type: ignore[index]
    last_days = np.array([read[text][1] for text in texts], dtype="datetime64[D]")  # type: ignore[index]
    return first_days, last_days, min(kinds, default="day")


def _date(text: str) -> tuple[str, str, str] | None:
    if not text:
        return "NaT", "NaT", ""
    if day := date_of(text):
        return day, day, "day"
    if month := month_of(text):
        begin = np.datetime64(f"{month[0]}-{month[1]:02}", "M")
        return str(begin.astype("M8[D]")), str((begin + 1).astype("M8[D]") - 1), "month"
    if year := number_of_year(text.removesuffix(".0")):
        return f"{year}-01-01", f"{year}-12-31", "year"
    return None
