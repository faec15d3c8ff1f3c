"""Hazards of leaving a coverage status, by year."""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.mobility import turnover_hazard
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import TIES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.statuses import STAYER
from fundpool.models.axes.struck import counties_struck
from fundpool.models.coverage.participation import Participation, participation


@dataclass(frozen=True)
class CoverageHazards:
    """Yearly hazards of leaving a status, and how much easier enrolment has become.

    Attributes:
        job_loss: by tie, ``(5,)``: leaving work-based cover through job turnover.
        resident_lapse: leaving the home resident scheme for no cover.
        local_resident_lapse: leaving the local resident scheme for the home one.
        dual_lapse: dropping the home scheme while in a work-based one.
        participation: what multiplies the hazards of entering and of lapsing.
        hiring: what shocks make of the hazards of entering work-based cover, by county,
            ``(n + 1,)``.
    """

    job_loss: FloatArray
    resident_lapse: float
    local_resident_lapse: float
    dual_lapse: float
    participation: Participation
    hiring: FloatArray

    def same_as(self, other: "CoverageHazards | None") -> bool:
        """Whether another year's hazards lead to the same matrices."""
        return (
            other is not None
            and np.array_equal(self.job_loss, other.job_loss)
            and (self.resident_lapse, self.local_resident_lapse, self.dual_lapse)
            == (other.resident_lapse, other.local_resident_lapse, other.dual_lapse)
            and self.participation.same_as(other.participation)
            and np.array_equal(self.hiring, other.hiring)
        )


def coverage_hazards(case: Case, year: int) -> CoverageHazards:
    """The case's hazards in a year.

    >>> from fundpool import examples
    >>> hazards = coverage_hazards(examples.case(), 2021)
    >>> hazards.resident_lapse >= 0.0
    True
    """
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
        hiring=hiring(case, year),
    )


def hiring(case: Case, year: int) -> FloatArray:
    """What shocks make of the hazards of entering work-based cover, ``(n + 1,)``."""
    factor = np.ones(len(case.regions.codes) + 1)
    for shock in case.shocks:
        if shock.during(year):
            factor *= 1.0 + (shock.hiring - 1.0) * counties_struck(case, shock)
    return factor
