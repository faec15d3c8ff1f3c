"""Cover of the base year by person type: tie, county, sex and age band."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, CELLS, OUTSIDE, SEXES, TIES
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.axes.statuses import (
    HOME_RESIDENT,
    NONE,
    OUTBOUND,
    RURAL_RESIDENT,
    UNEMPLOYED,
    WORK_BASED,
    K,
)
from fundpool.models.coverage.leaving import CoverageHazards, coverage_hazards
from fundpool.models.coverage.named_statuses import (
    NamedShares,
    kind_of_cover,
    named_shares,
    status_at_home,
)
from fundpool.models.coverage.renewal import renewing_entry
from fundpool.models.terms.coverage import retirement_ages
from fundpool.models.terms.years import year_terms


@dataclass(frozen=True)
class BaseCoverage:
    """Base-year cover by person type.

    Attributes:
        shares: share of each status, ``(ties * (n + 1), bands, K)``; a row is
            ``tie * (n + 1) + region``.
        band: band of each cell, ``(202,)``.
        working: whether a band is of working age, ``(bands,)``.
        entry: hazard of entering work-based cover that renews the base-year pattern by age,
            relative to detailed balance, ``(rows, bands)``
            (:func:`fundpool.models.coverage.renewal.renewing_entry`).
        hazards: hazards of leaving in the observed base year, at which entry balances.
        first, kind: person types (rows by bands, laid flat) that differ in nothing share a kind,
            ``(rows * bands,)``; ``first`` is one of each kind.
        row: rows that differ in nothing share a number, ``(rows,)``.
        named: how statuses divide into those that the case names; None if it names none.
        resident: status of people whom nothing but their home insures.
    """

    shares: FloatArray
    band: IntArray
    working: np.ndarray
    entry: FloatArray
    hazards: "CoverageHazards"
    first: IntArray
    kind: IntArray
    row: IntArray
    named: NamedShares | None = None
    resident: int = HOME_RESIDENT


def base_coverage(case: Case) -> BaseCoverage:
    """Base-year status shares from the table ``coverage``.

    >>> from fundpool import examples
    >>> cover = base_coverage(examples.case())
    >>> bool(np.allclose(cover.shares.sum(axis=-1), 1.0))
    True
    """
    table = case.tables["coverage"]
    n = len(case.regions.codes)
    bands = (
        table[["sex", "age_from", "age_to"]]
        .drop_duplicates()
        .assign(sex_index=lambda t: [SEXES.index(s) for s in t["sex"]])
        .sort_values(["sex_index", "age_from"])
        .reset_index(drop=True)
    )
    band = np.full(CELLS, -1, dtype=np.int64)
    limits = zip(bands["sex_index"], bands["age_from"], bands["age_to"], strict=True)
    for number, (sex_index, age_from, age_to) in enumerate(limits):
        lowest = int(sex_index) * AGES
        band[lowest + int(age_from) : lowest + int(age_to) + 1] = number
    # nobody enters or leaves work in the band that holds the year of age of the retirement age
    ages = np.floor(retirement_ages(case, case.base_year))
    working = (bands["age_from"].to_numpy() >= case.value("coverage.working_age_from")) & (
        bands["age_to"].to_numpy() < ages[bands["sex_index"].to_numpy()]
    )
    number_of = {
        (sex, age): number
        for number, (sex, age) in enumerate(zip(bands["sex"], bands["age_from"], strict=True))
    }
    shares = np.zeros((len(TIES) * (n + 1), len(bands), K))
    shares[..., NONE] = 1.0
    shares[_rows(case, table), _bands(table, number_of), :] = 0.0
    statuses = table["cover"].map(kind_of_cover(case)).to_numpy(dtype=np.int64)
    place = (_rows(case, table), _bands(table, number_of))
    np.add.at(shares, (*place, statuses), table["share"].to_numpy(dtype=float))
    named = named_shares(case, table, place, (shares.shape[0], shares.shape[1]))
    outside = TIES.index("stayer") * (n + 1) + n
    at_home = any("home_resident" in scheme.statuses_covered for scheme in case.schemes)
    resident = status_at_home(case)
    insures = at_home or resident != HOME_RESIDENT
    if insures and not (table["region"] == OUTSIDE).any():
        insured = insured_share(case, shares[:n], band)
        shares[outside] = 0.0
        shares[outside, :, resident], shares[outside, :, NONE] = insured, 1.0 - insured
    rural = rural_shares_by_row(case)
    shares[..., RURAL_RESIDENT] += shares[..., HOME_RESIDENT] * rural[:, None]
    shares[..., HOME_RESIDENT] *= 1.0 - rural[:, None]
    hazards = coverage_hazards(year_terms(case.reference, case.base_year))
    entry = entry_factor(shares, bands, working, hazards.job_loss)
    first, kind = _kinds(shares, working, entry)
    _, row = np.unique(kind.reshape(shares.shape[:2]), axis=0, return_inverse=True)
    return BaseCoverage(
        shares, band, working, entry, hazards, first, kind, row.ravel().astype(np.int64), named,
        resident,
    )  # fmt: skip


def insured_share(case: Case, shares: FloatArray, band: IntArray) -> FloatArray:
    """Share of the residents of the case with any cover by age band, ``(bands,)``.

    People outside of whom nothing is said are insured at home as often as the stayers of the case
    are in any way: what they have through work does not move with them.

    Args:
        case: the case.
        shares: base-year shares of the stayers of each county, ``(n, bands, K)``.
        band: band of each cell, ``(202,)``.
    """
    table = case.tables["population"]
    table = table[table["region"] != OUTSIDE]
    counties, bands, _ = shares.shape
    county = table["region"].map(case.regions.index).to_numpy(dtype=np.int64)
    cell = cell_index(table["sex"].to_numpy(), table["age"].to_numpy())
    residents = sum_by(
        county * bands + band[cell], table["persons"].to_numpy(dtype=float), counties * bands
    ).reshape(counties, bands)
    total = residents.sum(axis=0)
    # a band in which nobody lives counts its counties alike
    weight = np.where(total > 0, residents / np.where(total > 0, total, 1.0), 1.0 / counties)
    return np.asarray(1.0 - (weight * shares[..., NONE]).sum(axis=0))


def rural_shares(case: Case) -> FloatArray:
    """Share of those insured at home whom a separate rural scheme covers, by home, ``(n + 1,)``.

    Zero where the case has no such scheme.

    >>> from fundpool import examples
    >>> rural_shares(examples.case()).shape
    (5,)
    """
    shares = np.zeros(len(case.regions.codes) + 1)
    if any("rural_resident" in scheme.statuses_covered for scheme in case.schemes):
        table = case.tables["demography"]
        index = [case.regions.index(code) for code in table["region"]]
        shares[index] = table["rural_share"].fillna(0.0).to_numpy(dtype=float)
    return shares


def rural_shares_by_row(case: Case) -> FloatArray:
    """The same for the rows of the coverage arrays, ``(ties * (n + 1),)``.

    Rows of migrants are kept by residence: the mean over the homes of those who live there.

    >>> from fundpool import examples
    >>> rural_shares_by_row(examples.case()).shape
    (25,)
    """
    rural = rural_shares(case)
    size = rural.size
    rows = np.tile(rural, (len(TIES), 1))
    table = case.tables["migrants"]
    index = {code: case.regions.index(code) for code in (*case.regions.codes, OUTSIDE)}
    home: IntArray = np.array(table["home"].map(index), dtype=np.int64)
    residence: IntArray = np.array(table["residence"].map(index), dtype=np.int64)
    persons = table["persons"].to_numpy(dtype=float)
    for tie in ("within", "between", "inbound"):
        of_tie = home < size - 1 if tie != "inbound" else home == size - 1
        number = sum_by(residence[of_tie], persons[of_tie], minlength=size)
        rural_number = sum_by(
            residence[of_tie], persons[of_tie] * rural[home[of_tie]], minlength=size
        )
        rows[TIES.index(tie)] = ratio(rural_number, number)
    return rows.ravel()


def _kinds(shares: FloatArray, working: np.ndarray, entry: FloatArray) -> tuple[IntArray, IntArray]:
    """Person types with the same tie, shares and entry: one of each, and which one each is."""
    rows, bands, _ = shares.shape
    tie = np.repeat(np.arange(len(TIES)), rows // len(TIES))
    key = np.concatenate(
        [
            np.broadcast_to(tie[:, None, None], (rows, bands, 1)),
            np.broadcast_to(working[None, :, None], (rows, bands, 1)),
            entry[..., None],
            shares,
        ],
        axis=-1,
    ).reshape(rows * bands, -1)
    _, first, kind = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), kind.ravel().astype(np.int64)


def entry_factor(
    shares: FloatArray, bands: pd.DataFrame, working: np.ndarray, job_loss: FloatArray
) -> FloatArray:
    """Renewing entry hazards relative to those of detailed balance, ``(rows, bands)``.

    >>> bands = pd.DataFrame({"sex_index": [0, 0], "age_from": [0, 16], "age_to": [15, 100]})
    >>> nobody = np.zeros((len(TIES), 2, K))
    >>> entry_factor(nobody, bands, np.array([False, True]), np.full(len(TIES), 0.4)).shape
    (5, 2)
    """
    loss = np.repeat(job_loss, shares.shape[0] // len(TIES))
    at_work = shares[..., WORK_BASED].sum(axis=-1)
    idle = shares[..., UNEMPLOYED].sum(axis=-1)
    widths = (bands["age_to"] - bands["age_from"] + 1).to_numpy(dtype=float)
    factor = np.ones(at_work.shape)
    for sex in range(len(SEXES)):
        bands_of_sex = np.flatnonzero(working & (bands["sex_index"].to_numpy() == sex))
        if bands_of_sex.size == 0:
            continue
        active = at_work[:, bands_of_sex] + idle[:, bands_of_sex]
        share = ratio(at_work[:, bands_of_sex], active)
        entry = renewing_entry(np.minimum(share, 0.999), loss, widths[bands_of_sex])
        balanced = loss[:, None] * ratio(at_work[:, bands_of_sex], idle[:, bands_of_sex])
        factor[:, bands_of_sex] = ratio(entry, balanced, 1.0)
    return factor


def _rows(case: Case, table: pd.DataFrame) -> IntArray:
    n = len(case.regions.codes)
    index = {code: case.regions.index(code) for code in table["region"].unique()}
    tie = table["tie"].map(TIES.index).to_numpy()
    return np.asarray(tie * (n + 1) + table["region"].map(index).to_numpy(), dtype=np.int64)


def _bands(table: pd.DataFrame, number_of: dict[tuple[str, int], int]) -> IntArray:
    first = table["age_from"].to_numpy(dtype=np.int64)
    sexes = np.asarray(table["sex"])
    result = np.empty(first.size, dtype=np.int64)
    for (sex, age), number in number_of.items():
        result[(first == age) & (sexes == sex)] = number
    return result


def pair_rows(pairs: PairIndex) -> IntArray:
    """Row of the coverage arrays that each pair uses: by residence, or by home if outbound.

    >>> from fundpool import examples
    >>> pairs = examples.prepared().pairs
    >>> pair_rows(pairs).size == pairs.count
    True
    """
    region = np.where(pairs.tie == OUTBOUND, pairs.home, pairs.residence)
    return np.asarray(pairs.tie * (pairs.counties + 1) + region, dtype=np.int64)
