"""Text to typed columns: what a table's declaration demands of its cells."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.raw import ERROR_CELL, RawTable, as_text, error_cell_mend
from fundpool.inputs.format.tables import PROVENANCE

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters that nothing can show: reports cannot be written with them."""

MOST_SHOWN = 20
"""Findings of one kind shown for one column; the rest is counted."""


def typed_table(raw: RawTable, table: Table) -> tuple[pd.DataFrame | None, list[Finding]]:
    """A table with typed columns, and everything that is wrong with its cells.

    Returns:
        the table, or None if a column is missing or a cell cannot be used; the findings.
    """
    findings = _header(raw, table)
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    columns: dict[str, object] = {}
    for column in (*table.columns, *PROVENANCE):
        if column.name not in raw.cells.columns:
            columns[column.name] = np.full(len(raw.cells), np.nan if _numeric(column) else "")
            continue
        values, problems = _typed(raw, column)
        findings += problems
        columns[column.name] = values
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    frame = pd.DataFrame(columns)
    if table.name != "regions":  # codes that stand twice are a matter of the tree
        findings += _keys(raw, table, frame)
    findings += _sums(raw, table, frame)
    return frame, findings


def _numeric(column: Column) -> bool:
    return column.kind != "text"


def _header(raw: RawTable, table: Table) -> list[Finding]:
    present = list(raw.cells.columns)
    known = [*table.column_names, *(column.name for column in PROVENANCE)]
    findings = [
        Finding(
            raw.file, 1, column.name, None, f"the column {column.name} ({column.about})",
            "Add the column." if not _similar(column.name, present, known)
            else f"Is it {_similar(column.name, present, known)!r}? Then rename that one.",
        )
        for column in table.columns
        if column.name not in present and not column.blank
    ]  # fmt: skip
    findings += [
        Finding(
            raw.file, 1, name or None, name, f"a column of {table.name}",
            did_you_mean(name, known) + " Remove or rename it.",
        )
        for name in present
        if name not in known
    ]  # fmt: skip
    return findings


def _similar(wanted: str, present: Iterable[str], known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    spare = [name for name in present if name not in known]
    return next(iter(get_close_matches(wanted, spare, n=1, cutoff=0.6)), None)


def _typed(raw: RawTable, column: Column) -> tuple[object, list[Finding]]:
    cells = raw.cells[column.name]
    if _numeric(column) and cells.dtype.kind == "f":
        return _numbers(raw, column, cells)
    text = cells.map(as_text).astype(str) if cells.dtype.kind == "f" else cells.astype(str)
    blank = (text == "").to_numpy()
    findings: list[Finding] = []
    if not column.blank:
        findings += _report(raw, column, text, blank, _wanted(column), "Fill the cell.")
    if not _numeric(column):
        errors = text.map(lambda cell: ERROR_CELL.fullmatch(cell) is not None).to_numpy(dtype=bool)
        mend = error_cell_mend(text[errors].iloc[0]) if errors.any() else ""
        findings += _report(raw, column, text, errors, _wanted(column), mend)
        odd = text.str.contains(CONTROL).to_numpy(dtype=bool)
        findings += _report(
            raw, column, text, odd, "text without control characters", "Remove them."
        )
        if column.allowed and not errors.any():
            wrong = ~blank & ~text.isin(column.allowed).to_numpy()
            findings += _report(raw, column, text, wrong, _wanted(column), "", column.allowed)
        return text.to_numpy(dtype=object), findings
    values = pd.to_numeric(text.where(~blank, None), errors="coerce").to_numpy(dtype=float)
    return _checked(raw, column, text, values, blank, findings)


def _numbers(raw: RawTable, column: Column, cells: pd.Series) -> tuple[object, list[Finding]]:
    """A column that holds numbers already; blanks are NaN."""
    values = cells.to_numpy(dtype=float)
    blank = np.isnan(values)
    findings = []
    if not column.blank:
        findings += _report(raw, column, cells, blank, _wanted(column), "Fill the cell.")
    return _checked(raw, column, cells, values, blank, findings)


def _checked(
    raw: RawTable, column: Column, text: pd.Series, values: np.ndarray, blank: np.ndarray,
    findings: list[Finding],
) -> tuple[object, list[Finding]]:  # fmt: skip
    """Numbers against the column's range and kind."""
    # text that parses but is no plain number: nan, inf, hex
    odd = ~blank & ~np.isfinite(values)
    findings += _report(raw, column, text, odd, _wanted(column), _number_hint(text, odd))
    fine = ~blank & ~odd
    outside = fine & ~_in_range(values, column)
    findings += _report(raw, column, text, outside, _wanted(column), "Correct the number.")
    if column.kind == "integer":
        broken = fine & ~outside & (values != np.round(values))
        findings += _report(raw, column, text, broken, "a whole number", "Correct the number.")
        if not findings and not blank.any():
            return values.astype(np.int64), findings
    return values, findings


def _number_hint(text: pd.Series, wrong: np.ndarray) -> str:
    sample = as_text(text[wrong].iloc[0]) if wrong.any() else ""
    if ERROR_CELL.fullmatch(sample):
        return error_cell_mend(sample)
    if "," in sample:
        return "Write numbers with a point and without separators, as in 1234.5."
    if "%" in sample:
        return "Write a share as a fraction, as in 0.05 for 5 %."
    return "Write a plain number."


def _in_range(values: np.ndarray, column: Column) -> np.ndarray:
    inside = np.ones(values.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        if column.least is not None:
            inside &= values > column.least if column.above else values >= column.least
        if column.most is not None:
            inside &= values <= column.most
    return inside


def _wanted(column: Column) -> str:
    """What a column expects, in words."""
    if column.allowed:
        return "one of " + ", ".join(column.allowed)
    if column.kind == "text":
        return column.about
    noun = "a whole number" if column.kind == "integer" else "a number"
    if column.least is not None and column.most is not None:
        start = f"above {column.least:g}" if column.above else f"from {column.least:g}"
        return f"{noun} {start} to {column.most:g}"
    if column.least is not None:
        return f"{noun} above {column.least:g}" if column.above else f"{noun} of at least 0"
    return noun


def _report(
    raw: RawTable,
    column: Column,
    text: pd.Series,
    wrong: np.ndarray,
    expected: str,
    mend: str,
    known: tuple[str, ...] = (),
) -> list[Finding]:
    """One finding a wrong cell, cut off after ``MOST_SHOWN``."""
    places = np.flatnonzero(wrong)
    findings = [
        Finding(
            raw.file, int(place) + raw.first_row, column.name, as_text(text.iloc[place]),
            expected, mend or did_you_mean(as_text(text.iloc[place]), known),
        )
        for place in places[:MOST_SHOWN]
    ]  # fmt: skip
    return findings + more_of_the_same(raw.file, column.name, places.size, expected)


def more_of_the_same(file: str, column: str, number: int, expected: str) -> list[Finding]:
    """A last finding that counts those not shown."""
    if number <= MOST_SHOWN:
        return []
    left = number - MOST_SHOWN
    return [Finding(file, None, column, None, expected, f"And {left} more cells of this column.")]


def _keys(raw: RawTable, table: Table, frame: pd.DataFrame) -> list[Finding]:
    key = list(table.key)
    twice = frame.duplicated(key, keep="first").to_numpy()
    findings = []
    places = np.flatnonzero(twice)
    if places.size:
        first = frame.reset_index().groupby(key, dropna=False)["index"].min()
    for place in places[:MOST_SHOWN]:
        values = tuple(frame.loc[place, key])
        before = int(first.loc[values if len(key) > 1 else values[0]]) + raw.first_row
        findings.append(
            Finding(
                raw.file, int(place) + raw.first_row, " + ".join(key),
                ", ".join(str(value) for value in values), "each key once",
                f"Row {before} has it already; remove one of them.",
            )
        )  # fmt: skip
    return findings + more_of_the_same(raw.file, " + ".join(key), places.size, "each key once")


def _sums(raw: RawTable, table: Table, frame: pd.DataFrame) -> list[Finding]:
    findings = []
    for group, column in table.sums_to_one:
        sums = frame.groupby(list(group), sort=False)[column].sum()
        rows = frame.reset_index().groupby(list(group), sort=False)["index"].min()
        off = np.flatnonzero(np.abs(sums.to_numpy() - 1.0) > 1e-6)
        for place in off[:MOST_SHOWN]:
            label = sums.index[place]
            words = label if isinstance(label, str) else ", ".join(str(part) for part in label)
            findings.append(
                Finding(
                    raw.file, int(rows.iloc[place]) + raw.first_row, column,
                    f"{sums.iloc[place]:.6g}", f"shares of {words} that sum to 1",
                    "Correct the shares from this row on.",
                )
            )  # fmt: skip
        findings += more_of_the_same(raw.file, column, off.size, "shares that sum to 1")
    if table.row_sum:
        sums = frame[list(table.row_sum)].sum(axis=1)
        for place in np.flatnonzero(np.abs(sums.to_numpy() - 1.0) > 1e-6)[:MOST_SHOWN]:
            findings.append(
                Finding(
                    raw.file, int(place) + raw.first_row, " + ".join(table.row_sum),
                    f"{sums.iloc[place]:.6g}", "shares that sum to 1", "Correct the row.",
                )
            )  # fmt: skip
    return findings
