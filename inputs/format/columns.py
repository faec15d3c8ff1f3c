"""Text to typed columns: what a table's declaration demands of its cells."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message, Word, sentences
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
        Finding(raw.file, 1, column.name, None,
                Message("the column %(name)s (%(about)s)", name=column.name,
                        about=Word(column.about)),
                Message("Add the column.") if not _similar(column.name, present, known)
                else Message("Is it %(similar)s? Then rename that one.",
                             similar=repr(_similar(column.name, present, known))))
        for column in table.columns
        if column.name not in present and not column.blank
    ]  # fmt: skip
    findings += [
        Finding(raw.file, 1, name or None, name, Message("a column of %(name)s", name=table.name),
                sentences(did_you_mean(name, known), Message("Remove or rename it.")))
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
        findings += _report(raw, column, text, blank, _wanted(column), Message("Fill the cell."))
    if not _numeric(column):
        errors = text.map(lambda cell: ERROR_CELL.fullmatch(cell) is not None).to_numpy(dtype=bool)
        mend = error_cell_mend(text[errors].iloc[0]) if errors.any() else None
        findings += _report(raw, column, text, errors, _wanted(column), mend)
        odd = text.str.contains(CONTROL).to_numpy(dtype=bool)
        findings += _report(
            raw, column, text, odd,
            Message("text without control characters"), Message("Remove them."),
        )  # fmt: skip
        if column.allowed and not errors.any():
            wrong = ~blank & ~text.isin(column.allowed).to_numpy()
            findings += _report(raw, column, text, wrong, _wanted(column), None, column.allowed)
        return text.to_numpy(dtype=object), findings
    values = pd.to_numeric(text.where(~blank, None), errors="coerce").to_numpy(dtype=float)
    return _checked(raw, column, text, values, blank, findings)


def _numbers(raw: RawTable, column: Column, cells: pd.Series) -> tuple[object, list[Finding]]:
    """A column that holds numbers already; blanks are NaN."""
    values = cells.to_numpy(dtype=float)
    blank = np.isnan(values)
    findings = []
    if not column.blank:
        findings += _report(raw, column, cells, blank, _wanted(column), Message("Fill the cell."))
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
    findings += _report(raw, column, text, outside, _wanted(column),
                        Message("Correct the number."))  # fmt: skip
    if column.kind == "integer":
        broken = fine & ~outside & (values != np.round(values))
        findings += _report(raw, column, text, broken, Message("a whole number"),
                            Message("Correct the number."))  # fmt: skip
        if not findings and not blank.any():
            return values.astype(np.int64), findings
    return values, findings


def _number_hint(text: pd.Series, wrong: np.ndarray) -> Message:
    sample = as_text(text[wrong].iloc[0]) if wrong.any() else ""
    if ERROR_CELL.fullmatch(sample):
        return error_cell_mend(sample)
    if "," in sample:
        return Message("Write numbers with a point and without separators, as in 1234.5.")
    if "%" in sample:
        return Message("Write a share as a fraction, as in 0.05 for 5 %.")
    return Message("Write a plain number.")


def _in_range(values: np.ndarray, column: Column) -> np.ndarray:
    inside = np.ones(values.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        if column.least is not None:
            inside &= values > column.least if column.above else values >= column.least
        if column.most is not None:
            inside &= values <= column.most
    return inside


def _wanted(column: Column) -> Message:
    """What a column expects."""
    if column.allowed:
        return Message("one of %(words)s", words=Listed.of(column.allowed))
    if column.kind == "text":
        return Message("%(about)s", about=Word(column.about))
    noun = Message("a whole number") if column.kind == "integer" else Message("a number")
    if column.least is None:
        return noun
    least = f"{column.least:g}"
    if column.most is not None:
        most = f"{column.most:g}"
        if column.above:
            return Message("%(noun)s above %(least)s to %(most)s",
                           noun=noun, least=least, most=most)  # fmt: skip
        return Message("%(noun)s from %(least)s to %(most)s", noun=noun, least=least, most=most)
    if column.above:
        return Message("%(noun)s above %(least)s", noun=noun, least=least)
    return Message("%(noun)s of at least 0", noun=noun)


def _report(
    raw: RawTable,
    column: Column,
    text: pd.Series,
    wrong: np.ndarray,
    expected: Message,
    mend: Message | None,
    known: tuple[str, ...] = (),
) -> list[Finding]:
    """One finding a wrong cell, cut off after ``MOST_SHOWN``."""
    places = np.flatnonzero(wrong)
    findings = [
        Finding(raw.file, int(place) + raw.first_row, column.name, as_text(text.iloc[place]),
                expected, mend or did_you_mean(as_text(text.iloc[place]), known))
        for place in places[:MOST_SHOWN]
    ]  # fmt: skip
    return findings + more_of_the_same(raw.file, column.name, places.size, expected)


def more_of_the_same(file: str, column: str, number: int, expected: Message) -> list[Finding]:
    """A last finding that counts those not shown."""
    if number <= MOST_SHOWN:
        return []
    left = number - MOST_SHOWN
    return [
        Finding.of_setting(
            file,
            column,
            None,
            expected,
            Message("And %(left)s more cells of this column.", left=left),
        )
    ]


def _keys(raw: RawTable, table: Table, frame: pd.DataFrame) -> list[Finding]:
    key = _given(table.key, frame)
    twice = frame.duplicated(key, keep="first").to_numpy()
    findings = []
    places = np.flatnonzero(twice)
    if places.size:
        first = frame.reset_index().groupby(key, dropna=False)["index"].transform("min")
    for place in places[:MOST_SHOWN]:
        values = tuple(frame.loc[place, key])
        before = int(first.iloc[place]) + raw.first_row
        findings.append(
            Finding(raw.file, int(place) + raw.first_row, " + ".join(key),
                    ", ".join(str(value) for value in values), Message("each key once"),
                    Message("Row %(row)s has it already; remove one of them.", row=before))
        )  # fmt: skip
    return findings + more_of_the_same(
        raw.file, " + ".join(key), places.size, Message("each key once")
    )


def _given(names: tuple[str, ...], frame: pd.DataFrame) -> list[str]:
    """Columns of a key but for numbers that may be blank and are in every row."""
    return [name for name in names if frame.empty or frame[name].notna().any()]


def _sums(raw: RawTable, table: Table, frame: pd.DataFrame) -> list[Finding]:
    findings = []
    for names, column in table.sums_to_one:
        group = _given(names, frame)
        by_group = frame.reset_index().groupby(group if len(group) > 1 else group[0], sort=False,
                                               dropna=False)  # fmt: skip
        sums, rows = by_group[column].sum(), by_group["index"].min()
        off = np.flatnonzero(np.abs(sums.to_numpy() - 1.0) > 1e-6)
        for place in off[:MOST_SHOWN]:
            label = sums.index[place]
            words = label if isinstance(label, str) else ", ".join(str(part) for part in label)
            findings.append(
                Finding(raw.file, int(rows.iloc[place]) + raw.first_row, column,
                        f"{sums.iloc[place]:.6g}",
                        Message("shares of %(words)s that sum to 1", words=words),
                        Message("Correct the shares from this row on."))
            )  # fmt: skip
        findings += more_of_the_same(raw.file, column, off.size, Message("shares that sum to 1"))
    if table.row_sum:
        sums = frame[list(table.row_sum)].sum(axis=1)
        for place in np.flatnonzero(np.abs(sums.to_numpy() - 1.0) > 1e-6)[:MOST_SHOWN]:
            findings.append(
                Finding(raw.file, int(place) + raw.first_row, " + ".join(table.row_sum),
                        f"{sums.iloc[place]:.6g}", Message("shares that sum to 1"),
                        Message("Correct the row."))
            )  # fmt: skip
    return findings
