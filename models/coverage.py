"""Coverage: the Markov chain between insurance statuses.

For a person type (tie to the place, county, sex and age band) the base-year shares of the
statuses are data. The hazards of *leaving* a status (job turnover, lapse) are assumptions; the
hazards of *entering* are those that, with the base year's hazards of leaving, would hold the
base-year shares if nothing else changed:

``share[i] * q[i, j] = share[j] * q[j, i]``  (detailed balance),

for work-based cover times a factor by age band that lets cohorts grow through the bands without
lagging behind (:mod:`fundpool.models.entry_hazards`). So a case without levers keeps its cover, and
a lever that multiplies an enrolment hazard (:mod:`fundpool.models.participation`) moves it by a
known amount. Yearly matrix: ``expm(Q)``.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.mobility import transition_matrix, turnover_hazard
from fundpool.inputs.case import Case
from fundpool.inputs.vocabulary import AGES, CELLS, OUTSIDE, SEXES, STATUSES, TIES
from fundpool.models.entry_hazards import renewing_entry
from fundpool.models.pairs import IntArray, PairIndex, sum_by
from fundpool.models.participation import Participation, participation
from fundpool.models.rates import FloatArray

K = len(STATUSES)
(NONE, HOME_RESIDENT, LOCAL_RESIDENT, EMPLOYEE, RETIRED, MIGRANT, DUAL, RETIRED_ELSEWHERE,
 RURAL_RESIDENT) = range(K)  # fmt: skip
STAYER, OUTBOUND = TIES.index("stayer"), TIES.index("outbound")
UNEMPLOYED = (NONE, HOME_RESIDENT, LOCAL_RESIDENT, RURAL_RESIDENT)
"""Statuses from which a job leads into a work-based scheme."""
HOME_COVER = (HOME_RESIDENT, RURAL_RESIDENT)
"""Schemes that insure people at home."""
WORK_BASED = (EMPLOYEE, MIGRANT, DUAL)


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
            (:func:`fundpool.models.entry_hazards.renewing_entry`).
        hazards: hazards of leaving in the observed base year, at which entry balances.
        first, kind: person types (rows by bands, laid flat) that differ in nothing share a kind,
            ``(rows * bands,)``; ``first`` is one of each kind.
        row: rows that differ in nothing share a number, ``(rows,)``.
    """

    shares: FloatArray
    band: IntArray
    working: np.ndarray
    entry: FloatArray
    hazards: "CoverageHazards"
    first: IntArray
    kind: IntArray
    row: IntArray


@dataclass(frozen=True)
class CoverageHazards:
    """Yearly hazards of leaving a status, and how much easier enrolment has become.

    Attributes:
        job_loss: by tie, ``(5,)``: leaving work-based cover through job turnover.
        resident_lapse: leaving the home resident scheme for no cover.
        local_resident_lapse: leaving the local resident scheme for the home one.
        dual_lapse: dropping the home scheme while in a work-based one.
        participation: what multiplies the hazards of entering and of lapsing.
    """

    job_loss: FloatArray
    resident_lapse: float
    local_resident_lapse: float
    dual_lapse: float
    participation: Participation

    def same_as(self, other: "CoverageHazards | None") -> bool:
        """Whether another year's hazards lead to the same matrices."""
        return (
            other is not None
            and np.array_equal(self.job_loss, other.job_loss)
            and (self.resident_lapse, self.local_resident_lapse, self.dual_lapse)
            == (other.resident_lapse, other.local_resident_lapse, other.dual_lapse)
            and self.participation.same_as(other.participation)
        )


def retirement_ages(case: Case, year: int) -> IntArray:
    """Retirement age by sex under the payroll scheme, ``(2,)``."""
    for scheme in case.schemes:
        if scheme.kind == "payroll" and "retired" in scheme.statuses_covered:
            return np.array(
                [round(scheme.rule(f"retirement_age_{sex}", None, year)) for sex in SEXES],
                dtype=np.int64,
            )
    return np.array([AGES - 1, AGES - 1], dtype=np.int64)


def retirement_ages_from(case: Case, first: int) -> list[IntArray]:
    """Retirement ages of a year and of each later one in which they change."""
    years = {
        year
        for scheme in case.schemes
        for sex in SEXES
        if (rule := scheme.file.rules.get(f"retirement_age_{sex}")) is not None
        for year in rule.by_year
    }
    return [
        retirement_ages(case, year) for year in sorted({first} | {y for y in years if y > first})
    ]


def base_coverage(case: Case) -> BaseCoverage:
    """Base-year status shares from the table ``coverage``."""
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
    ages = retirement_ages(case, case.base_year)
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
    statuses = table["cover"].map(STATUSES.index).to_numpy()
    shares[_rows(case, table), _bands(table, number_of), statuses] = table["share"].to_numpy()
    rural = rural_shares_by_row(case)
    shares[..., RURAL_RESIDENT] += shares[..., HOME_RESIDENT] * rural[:, None]
    shares[..., HOME_RESIDENT] *= 1.0 - rural[:, None]
    hazards = coverage_hazards(case.reference, case.base_year)
    entry = entry_factor(shares, bands, working, hazards.job_loss)
    first, kind = _kinds(shares, working, entry)
    _, row = np.unique(kind.reshape(shares.shape[:2]), axis=0, return_inverse=True)
    return BaseCoverage(
        shares, band, working, entry, hazards, first, kind, row.ravel().astype(np.int64)
    )


def rural_shares(case: Case) -> FloatArray:
    """Share of those insured at home whom a separate rural scheme covers, by home, ``(n + 1,)``.

    Zero where the case has no such scheme.
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
        own = home < size - 1 if tie != "inbound" else home == size - 1
        number = sum_by(residence[own], persons[own], minlength=size)
        held = sum_by(residence[own], persons[own] * rural[home[own]], minlength=size)
        rows[TIES.index(tie)] = np.divide(held, number, out=np.zeros(size), where=number > 0)
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
    """Renewing entry hazards relative to those of detailed balance, ``(rows, bands)``."""
    loss = np.repeat(job_loss, shares.shape[0] // len(TIES))
    at_work = shares[..., WORK_BASED].sum(axis=-1)
    idle = shares[..., UNEMPLOYED].sum(axis=-1)
    widths = (bands["age_to"] - bands["age_from"] + 1).to_numpy(dtype=float)
    factor = np.ones(at_work.shape)
    for sex in range(len(SEXES)):
        own = np.flatnonzero(working & (bands["sex_index"].to_numpy() == sex))
        if own.size == 0:
            continue
        active = at_work[:, own] + idle[:, own]
        share = np.divide(at_work[:, own], active, out=np.zeros_like(active), where=active > 0)
        entry = renewing_entry(np.minimum(share, 0.999), loss, widths[own])
        balanced = loss[:, None] * _ratio(at_work[:, own], idle[:, own])
        factor[:, own] = np.divide(entry, balanced, out=np.ones_like(entry), where=balanced > 0)
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
    """Row of the coverage arrays that each pair uses: by residence, or by home if outbound."""
    region = np.where(pairs.tie == OUTBOUND, pairs.home, pairs.residence)
    return np.asarray(pairs.tie * (pairs.counties + 1) + region, dtype=np.int64)


def coverage_hazards(case: Case, year: int) -> CoverageHazards:
    """The case's hazards in a year."""
    turnover = turnover_hazard(
        case.value("coverage.turnover_share_remaining", year),
        case.value("coverage.turnover_years", year),
    )
    job_loss = np.full(len(TIES), turnover)
    job_loss[STAYER] *= case.value("coverage.stayer_turnover_relativity", year)
    return CoverageHazards(
        job_loss=job_loss,
        resident_lapse=case.value("coverage.resident_lapse_rate", year),
        local_resident_lapse=case.value("coverage.local_resident_lapse_rate", year),
        dual_lapse=case.value("coverage.dual_lapse_rate", year),
        participation=participation(case, year),
    )


def coverage_generator(
    base: BaseCoverage, hazards: CoverageHazards, types: IntArray | None = None
) -> FloatArray:
    """Generator ``Q`` by person type, ``(rows, bands, K, K)``; rows of each matrix sum to zero.

    Args:
        base: base-year cover.
        hazards: a year's hazards.
        types: person types, rows by bands laid flat, ``(N,)``, for theirs alone, ``(N, K, K)``.
    """
    rows, bands, _ = base.shares.shape
    if types is None:
        every = np.arange(rows * bands)
        return coverage_generator(base, hazards, every).reshape(rows, bands, K, K)
    row, band = np.divmod(types, bands)
    tie = row // (rows // len(TIES))
    q = np.zeros((types.size, K, K))
    share = base.shares[row, band]
    working = base.working[band]
    loss, loss_then = hazards.job_loss[tie], base.hazards.job_loss[tie]
    levers = hazards.participation
    idle = share[:, UNEMPLOYED].sum(axis=-1)
    enrolment = levers.entry[tie] * base.entry[row, band]

    for status in (EMPLOYEE, MIGRANT):
        for other in UNEMPLOYED:
            leave = loss * np.where(idle > 0, _ratio(share[:, other], idle), other == NONE)
            # past the retirement age of the base year those who still work stay in their jobs
            q[:, status, other] = leave * working
            enter = loss_then * _ratio(share[:, status], idle) * enrolment
            q[:, other, status] = enter * (working & (share[:, other] > 0))
    separate = levers.migrant_scheme.reshape(-1)[row]
    for other in UNEMPLOYED:
        q[:, other, MIGRANT] += separate * (working & (share[:, other] > 0))
    at_home = share[:, HOME_COVER].sum(axis=-1)
    lapse = hazards.resident_lapse * levers.lapse[tie]
    for home in HOME_COVER:
        part = np.where(at_home > 0, _ratio(share[:, home], at_home), home == HOME_RESIDENT)
        q[:, DUAL, home] = loss * part
        balanced = loss_then * _ratio(share[:, DUAL], at_home)
        q[:, home, DUAL] = balanced * working * enrolment * (share[:, home] > 0)
        # where nobody is uninsured in the base year nobody lapses either
        q[:, home, NONE] = lapse * (share[:, NONE] > 0)
        back = base.hazards.resident_lapse * _ratio(share[:, home], share[:, NONE])
        q[:, NONE, home] = np.where(share[:, NONE] > 0, back, hazards.resident_lapse * part)
        q[:, LOCAL_RESIDENT, home] = hazards.local_resident_lapse * part
        q[:, home, LOCAL_RESIDENT] = (
            base.hazards.local_resident_lapse
            * _ratio(share[:, LOCAL_RESIDENT], at_home)
            * (share[:, home] > 0)
        )
    q[:, DUAL, EMPLOYEE] = hazards.dual_lapse * working
    q[:, EMPLOYEE, DUAL] = (
        base.hazards.dual_lapse * _ratio(share[:, DUAL], share[:, EMPLOYEE]) * working
    )
    diagonal = np.arange(K)
    q[:, diagonal, diagonal] = -q.sum(axis=-1)
    return q


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


@dataclass(frozen=True)
class Transition:
    """Yearly coverage matrices; a nation's many places share few.

    Attributes:
        matrices: ``expm(Q)`` by row and band, ``(R, bands, K, K)``.
        row: which of them each row of the coverage arrays has, ``(rows,)``.
    """

    matrices: FloatArray
    row: IntArray


def yearly_transition(base: BaseCoverage, hazards: CoverageHazards) -> Transition:
    """Yearly matrices ``expm(Q)``; those of equal person types are computed and kept once."""
    if hazards.participation.migrant_scheme.any():  # differs by county: no two types are alike
        every = np.arange(base.row.size)
        return Transition(transition_matrix(coverage_generator(base, hazards)), every)
    matrices = transition_matrix(coverage_generator(base, hazards, base.first))
    _, one = np.unique(base.row, return_index=True)
    kinds = base.kind.reshape(base.row.size, -1)[one]
    return Transition(np.ascontiguousarray(matrices[kinds]), base.row)
