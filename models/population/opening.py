"""The people of the base year by home, residence, coverage status, sex and age.

Known: residents of each county by sex and age (``population``), migrants by home and residence
(``migrants``), the age pattern of migrants by tie (``migrant_ages``). Fitted: in each county
the residents of every cell are divided between stayers and migrants by tie so that the totals
by tie and the residents of every cell are met exactly (iterative proportional fitting).
"""

from typing import Any, NamedTuple

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import CELLS, OUTSIDE, TIES
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.axes.compiling import compiled
from fundpool.models.axes.pairs import PairIndex, next_level, pair_index, slices
from fundpool.models.axes.threads import side_by_side
from fundpool.models.coverage.base_year import BaseCoverage, pair_rows
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.year import band_runs

RESIDENT_TIES = ("stayer", "within", "between", "inbound")


def case_pairs(case: Case) -> PairIndex:
    """The pairs of home and residence that hold people in the base year.

    >>> from fundpool import examples
    >>> pairs = case_pairs(examples.case())
    >>> pairs.counties, pairs.count
    (4, 17)
    """
    table = case.tables["migrants"]
    table = table[table["persons"] > 0]
    index = {code: case.regions.index(code) for code in (*case.regions.codes, OUTSIDE)}
    return pair_index(
        len(case.regions.codes),
        np.asarray(table["home"].map(index), dtype=np.int64),
        np.asarray(table["residence"].map(index), dtype=np.int64),
        next_level(case),
    )


def migrant_stock(case: Case, pairs: PairIndex) -> FloatArray:
    """Migrants of each pair in the base year, ``(P,)``; zero for own pairs."""
    table = case.tables["migrants"]
    index = {code: case.regions.index(code) for code in (*case.regions.codes, OUTSIDE)}
    width = pairs.counties + 1
    key = table["home"].map(index).to_numpy() * width + table["residence"].map(index).to_numpy()
    place = np.searchsorted(pairs.home * width + pairs.residence, key)
    persons = table["persons"].to_numpy(dtype=float)
    inhabited = persons > 0
    stock = np.zeros(pairs.count)
    np.add.at(stock, place[inhabited], persons[inhabited])
    return stock


def residents(case: Case) -> FloatArray:
    """Residents by county and cell, ``(n + 1, 202)``; the last row is the reservoir outside."""
    table = case.tables["population"]
    index = {code: case.regions.index(code) for code in (*case.regions.codes, OUTSIDE)}
    result = np.zeros((len(case.regions.codes) + 1, CELLS))
    cells = cell_index(table["sex"].to_numpy(), table["age"].to_numpy())
    result[table["region"].map(index).to_numpy(), cells] = table["persons"].to_numpy(dtype=float)
    return result


def migrant_age_profiles(case: Case) -> FloatArray:
    """Sex-by-age profile of migrants by tie, ``(5, 202)``, each summing to one; stayers zero."""
    table = case.tables["migrant_ages"]
    result = np.zeros((len(TIES), CELLS))
    cells = cell_index(table["sex"].to_numpy(), table["age"].to_numpy())
    result[table["tie"].map(TIES.index).to_numpy(), cells] = table["share"].to_numpy(dtype=float)
    return result


def divide_by_tie(
    people: FloatArray, totals: FloatArray, profiles: FloatArray, rounds: int = 500
) -> FloatArray:
    """Divide residents by tie so that both margins hold (iterative proportional fitting).

    Args:
        people: residents by county and cell, ``(n, 202)``.
        totals: people by county and tie (stayer, within, between, inbound), ``(n, 4)``, adding
            up to the residents of each county.
        profiles: age pattern by tie, ``(4, 202)``; the stayers' is each county's own.
        rounds: largest number of fitting rounds.

    Returns:
        people by county, tie and cell, ``(n, 4, 202)``.

    Raises:
        ValueError: more migrants than residents in some county.
    """
    if (totals[:, 0] < -1e-6 * people.sum(axis=1)).any():
        raise ValueError("some county has more migrants than residents")
    seed = totals[:, 1:, None] * profiles[None, 1:]
    stayers = np.maximum(people - seed.sum(axis=1), 0.02 * people)
    fitted = np.concatenate([stayers[:, None], seed], axis=1)
    fitted = np.where(people[:, None] > 0, fitted, 0.0)
    for _ in range(rounds):
        by_tie = fitted.sum(axis=2)
        fitted *= ratio(totals, by_tie)[..., None]
        by_cell = fitted.sum(axis=1)
        factor = ratio(people, by_cell)
        fitted *= factor[:, None]
        if np.abs(fitted.sum(axis=2) - totals).max() <= 1e-9 * max(1.0, totals.max()):
            break
    return fitted


def opening_reach(pairs: PairIndex, cover: BaseCoverage) -> BoolArray:
    """Cells of each status in which there are people in the base year, ``(K, 202)``."""
    of_band = (cover.shares[np.unique(pair_rows(pairs))] != 0.0).any(axis=0)
    return np.ascontiguousarray(of_band[cover.band].T)


def opening_people(
    case: Case,
    pairs: PairIndex,
    cover: BaseCoverage,
    cells: HeldCells,
    kind: np.dtype[Any] | None = None,
) -> FloatArray:
    """People at the end of the base year, packed ``(P, M)``; ``kind`` defaults to doubles.

    >>> from fundpool import examples
    >>> ready = examples.prepared()
    >>> people = opening_people(ready.case, ready.pairs, ready.cover, ready.cells)
    >>> bool((people >= 0).all())
    True
    """
    n = pairs.counties
    stock = migrant_stock(case, pairs)
    people = residents(case)
    profiles = migrant_age_profiles(case)

    totals = np.zeros((n + 1, len(TIES)))
    np.add.at(totals, (pairs.residence, pairs.tie), stock)
    by_tie = totals[:n, : len(RESIDENT_TIES)].copy()
    by_tie[:, 0] = people[:n].sum(axis=1) - by_tie[:, 1:].sum(axis=1)
    fitted = divide_by_tie(people[:n], by_tie, profiles[: len(RESIDENT_TIES)])

    # each pair is a share of the people of some tie in some place, or of an age pattern
    of_tie = fitted.reshape(-1, CELLS)
    patterns = np.concatenate([of_tie, profiles[[TIES.index("outbound")]], people[[n]]])
    row = np.full(pairs.count, of_tie.shape[0])
    share = stock.copy()
    for tie in range(1, len(RESIDENT_TIES)):
        member = np.flatnonzero(pairs.tie == tie)
        place = pairs.residence[member]
        whole = by_tie[place, tie]
        row[member] = place * len(RESIDENT_TIES) + tie
        share[member] = ratio(stock[member], whole)
    row[pairs.own_pair] = np.append(np.arange(n) * len(RESIDENT_TIES), of_tie.shape[0] + 1)
    share[pairs.own_pair] = 1.0
    result = np.empty((pairs.count, cells.width), kind or np.dtype(np.float64))
    kinds = [values.astype(result.dtype) for values in (share, patterns, cover.shares)]
    origin = _Origin(row, pair_rows(pairs), *kinds)
    pieces = _pieces(cells, cover.band)

    def fill(part: slice) -> None:
        _fill(result, part.start, part.stop, origin, pieces)

    side_by_side(fill, slices(pairs.count))
    return result


def _pieces(cells: HeldCells, band: IntArray) -> IntArray:
    """Kept cells of one status and band as rows (status, first cell, cells, place, band)."""
    rows = [
        (status, max(first, begin), min(first + count, end) - max(first, begin),
         place + max(first, begin) - first, number)
        for status, first, count, place in cells.spans
        for begin, end, number in band_runs(band)
        if begin < first + count and first < end
    ]  # fmt: skip
    return np.array(rows, dtype=np.int64)


class _Origin(NamedTuple):
    """What the people of each pair are a share of.

    Attributes:
        row: row of ``patterns`` that a pair uses, ``(P,)``.
        cover_row: row of ``cover`` that a pair uses, ``(P,)``.
        share: part of the row's people that the pair has, ``(P,)``.
        patterns: people, or age patterns, by cell, ``(rows, 202)``.
        cover: share of people with each status, by row and band, ``(rows, bands, K)``.
    """

    row: IntArray
    cover_row: IntArray
    share: FloatArray
    patterns: FloatArray
    cover: FloatArray


@compiled()
def _fill(result, first, last, origin, pieces):  # type: ignore[no-untyped-def]
    """Persons of the pairs ``first`` to ``last``, without the latter, packed ``(P, M)``.

    ``result[p, k, c] = share[p] * patterns[row[p], c] * cover[cover_row[p], band[c], k]``, with
    the arrays of ``origin`` and the cells of ``pieces`` (:func:`_pieces`).
    """
    row, cover_row, share = origin.row, origin.cover_row, origin.share
    patterns, cover = origin.patterns, origin.cover
    for p in range(first, last):
        pattern = patterns[row[p]]
        for n in range(pieces.shape[0]):
            begin, place = np.uint64(pieces[n, 1]), np.uint64(pieces[n, 3])
            part = share[p] * cover[cover_row[p], pieces[n, 4], pieces[n, 0]]
            for i in range(pieces[n, 2]):
                result[p, place + np.uint64(i)] = part * pattern[begin + np.uint64(i)]
