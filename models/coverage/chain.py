"""Coverage: the Markov chain between insurance statuses.

For a person type (tie to the place, county, sex and age band) the base-year shares of the
statuses are data. The hazards of *leaving* a status (job turnover, lapse) are assumptions; the
hazards of *entering* are those that, with the base year's hazards of leaving, would hold the
base-year shares if nothing else changed:

``share[i] * q[i, j] = share[j] * q[j, i]``  (detailed balance),

for work-based cover times a factor by age band that lets cohorts grow through the bands without
lagging behind (:mod:`fundpool.models.coverage.renewal`). So a case without levers keeps its cover,
and a lever that multiplies an enrolment hazard (:mod:`fundpool.models.coverage.participation`)
moves it by a known amount. Yearly matrix: ``expm(Q)``.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.mobility import transition_matrix
from fundpool.inputs.format.vocabulary import TIES
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.statuses import (
    DUAL,
    EMPLOYEE,
    HOME_COVER,
    LOCAL_RESIDENT,
    MIGRANT,
    NONE,
    UNEMPLOYED,
    K,
)
from fundpool.models.coverage.base_year import BaseCoverage
from fundpool.models.coverage.leaving import CoverageHazards


def coverage_generator(
    base: BaseCoverage, hazards: CoverageHazards, types: IntArray | None = None
) -> FloatArray:
    """Generator ``Q`` by person type, ``(rows, bands, K, K)``; rows of each matrix sum to zero.

    >>> from fundpool import examples
    >>> from fundpool.models.coverage import base_coverage, coverage_hazards
    >>> base, hazards = base_coverage(examples.case()), coverage_hazards(examples.year_terms())
    >>> bool(np.allclose(coverage_generator(base, hazards).sum(axis=-1), 0.0))
    True

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
    enrolment = enrolment * hazards.hiring[row % hazards.hiring.size]

    for status in (EMPLOYEE, MIGRANT):
        for other in UNEMPLOYED:
            leave = loss * np.where(idle > 0, ratio(share[:, other], idle), other == NONE)
            # past the retirement age of the base year those who still work stay in their jobs
            q[:, status, other] = leave * working
            enter = loss_then * ratio(share[:, status], idle) * enrolment
            q[:, other, status] = enter * (working & (share[:, other] > 0))
    separate = levers.migrant_scheme.reshape(-1)[row]
    for other in UNEMPLOYED:
        q[:, other, MIGRANT] += separate * (working & (share[:, other] > 0))
    at_home = share[:, HOME_COVER].sum(axis=-1)
    lapse = hazards.resident_lapse * levers.lapse[tie]
    for home in HOME_COVER:
        part = np.where(at_home > 0, ratio(share[:, home], at_home), home == base.resident)
        q[:, DUAL, home] = loss * part
        balanced = loss_then * ratio(share[:, DUAL], at_home)
        q[:, home, DUAL] = balanced * working * enrolment * (share[:, home] > 0)
        # where nobody is uninsured in the base year nobody lapses either
        q[:, home, NONE] = lapse * (share[:, NONE] > 0)
        back = base.hazards.resident_lapse * ratio(share[:, home], share[:, NONE])
        q[:, NONE, home] = np.where(share[:, NONE] > 0, back, hazards.resident_lapse * part)
        q[:, LOCAL_RESIDENT, home] = hazards.local_resident_lapse * part
        q[:, home, LOCAL_RESIDENT] = (
            base.hazards.local_resident_lapse
            * ratio(share[:, LOCAL_RESIDENT], at_home)
            * (share[:, home] > 0)
        )
    if base.resident == LOCAL_RESIDENT:  # who is left without cover becomes a dependant
        q[:, NONE, LOCAL_RESIDENT] = hazards.resident_lapse * (share[:, NONE] == 0)
    q[:, DUAL, EMPLOYEE] = hazards.dual_lapse * working
    q[:, EMPLOYEE, DUAL] = (
        base.hazards.dual_lapse * ratio(share[:, DUAL], share[:, EMPLOYEE]) * working
    )
    diagonal = np.arange(K)
    q[:, diagonal, diagonal] = -q.sum(axis=-1)
    return q


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
    """Yearly matrices ``expm(Q)``; those of equal person types are computed and kept once.

    >>> from fundpool import examples
    >>> from fundpool.models.coverage import base_coverage, coverage_hazards
    >>> base, hazards = base_coverage(examples.case()), coverage_hazards(examples.year_terms())
    >>> chances = yearly_transition(base, hazards).matrices
    >>> bool(np.allclose(chances.sum(axis=-1), 1.0))
    True
    """
    differing = hazards.participation.migrant_scheme.any() or np.ptp(hazards.hiring) > 0
    if differing:  # by county: no two types are alike
        every = np.arange(base.row.size)
        return Transition(transition_matrix(coverage_generator(base, hazards)), every)
    matrices = transition_matrix(coverage_generator(base, hazards, base.first))
    _, one = np.unique(base.row, return_index=True)
    kinds = base.kind.reshape(base.row.size, -1)[one]
    return Transition(np.ascontiguousarray(matrices[kinds]), base.row)
