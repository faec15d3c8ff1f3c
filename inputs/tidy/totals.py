"""Rows that are totals of others: checked against them, then left out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import OUTSIDE
from fundpool.inputs.tidy.ages import AgeBand
from fundpool.inputs.tidy.cells import TOTAL
from fundpool.inputs.tidy.layout import LINE
from fundpool.inputs.tidy.places import Places

MOST_SHOWN = 10
"""Totals that differ which are shown for one column."""


def additive_columns(table: Table) -> list[str]:
    """Columns whose values add up over rows: people, money, and shares of a whole."""
    shares = {column for _, column in table.sums_to_one}
    return [
        column.name for column in table.columns
        if column.unit in ("persons", "money", "persons or money", "counted claims")
        or column.name in shares
    ]  # fmt: skip


def without_totals(
    cells: pd.DataFrame, table: Table, places: Places, steps: Mapping[str, float], file: str
) -> tuple[pd.DataFrame, list[Finding], int]:
    """A table without its rows of totals.

    A row is a total where a key says so, where a column of counties names a region above them, or
    where its ages hold those of other rows. It has to agree with the rows that it is a total of, to
    half a step of the last digit for each of them and for itself, since published figures are
    rounded.

    Args:
        cells: keys, numbers and lines, as :func:`convert_cells` returns them.
        table: what it is.
        places: regions of the case.
        steps: the last digit that is written, by column.
        file: where it came from.

    Returns:
        the rows that stay; what was checked, and totals that differ; the number of rows left out.
    """
    keys = [key for key in table.key if key in cells]
    above = {
        column.name: {
            code: set(places.counties_below(code))
            for code in cells[column.name].unique()
            if places.level.get(code, places.lowest) != places.lowest
        }
        for column in table.columns
        if column.refers in ("county", "county_or_outside") and column.name in keys
    }
    is_total = np.zeros(len(cells), dtype=bool)
    for key in keys:
        if key == "age":
            is_total |= _bands_of_bands(cells, [other for other in keys if other != key])
        is_total |= (cells[key] == TOTAL).to_numpy(dtype=bool)
        is_total |= cells[key].isin(above.get(key, {})).to_numpy(dtype=bool)
    if not is_total.any():
        return cells, [], 0
    rows = cells.loc[~is_total]
    findings: list[Finding] = []
    columns = [name for name in additive_columns(table) if name in cells]
    differing = 0
    for _, total in cells.loc[is_total].iterrows():
        added_rows = _parts(rows, total, keys, above)
        for column in columns:
            stated = total[column]
            if not isinstance(stated, float) or added_rows.empty:
                continue
            added = added_rows[column].dropna().astype(float)
            rounding = 0.5 * steps.get(column, 0.0) * (len(added) + 1)
            if added.empty or abs(added.sum() - stated) <= rounding + 1e-9 * abs(stated):
                continue
            differing += 1
            if differing <= MOST_SHOWN:
                findings.append(
                    Finding(file, int(total[LINE]), column, f"{stated:.10g}",
                            Message("the sum of its %(rows)s rows, %(sum)s", rows=len(added),
                                    sum=f"{added.sum():.10g}"),
                            Message("Correct the total or the rows."))
                )  # fmt: skip
    line = int(cells.loc[is_total, LINE].iloc[0])
    agreed = Message("Left out: totals that agree with their rows.")
    unchecked = Message("Left out: totals of values that do not add up over rows.")
    findings.append(
        Finding(file, line, None, f"{int(is_total.sum())}", Message("rows without totals"),
                agreed if columns else unchecked, severity="warning")
    )  # fmt: skip
    return rows, findings, int(is_total.sum())


def _bands_of_bands(cells: pd.DataFrame, others: list[str]) -> NDArray[np.bool_]:
    """Rows whose ages hold those of rows of the same group: 0-14 beside 0-4, 5-9 and 10-14.

    Bands of another county or sex make none a total: each may have bands of its own.
    """
    wide = np.zeros(len(cells), dtype=bool)
    groups = cells.groupby(others, sort=False, dropna=False).indices if others else {
        0: np.arange(len(cells))
    }  # fmt: skip
    wide_bands: dict[frozenset[AgeBand], set[AgeBand]] = {}
    for places in groups.values():
        ages = [cells["age"].iloc[place] for place in places]
        bands = frozenset(band for band in ages if isinstance(band, AgeBand))
        if bands not in wide_bands:
            wide_bands[bands] = {
                band for band in bands
                if any(band.first <= other.first and other.last <= band.last
                       for other in bands if other != band and len(other.ages) < len(band.ages))
            }  # fmt: skip
        wide[places] = [band in wide_bands[bands] for band in ages]
    return wide


def _parts(
    rows: pd.DataFrame, total: pd.Series, keys: list[str], above: dict[str, dict[str, set[str]]]
) -> pd.DataFrame:  # fmt: skip
    """The rows that a total is the sum of."""
    chosen = np.ones(len(rows), dtype=bool)
    for key in keys:
        value = total[key]
        if value == TOTAL:
            if key in above:
                chosen &= (rows[key] != OUTSIDE).to_numpy(dtype=bool)
        elif value in above.get(key, {}):
            chosen &= rows[key].isin(above[key][value]).to_numpy(dtype=bool)
        elif isinstance(value, AgeBand):
            chosen &= np.array([
                isinstance(band, AgeBand) and value.first <= band.first and band.last <= value.last
                for band in rows[key]
            ], dtype=bool)  # fmt: skip
        else:
            chosen &= (rows[key] == value).to_numpy(dtype=bool)
    return rows.loc[chosen]
