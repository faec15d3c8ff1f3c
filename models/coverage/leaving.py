"""Hazards of leaving a coverage status, by year."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.format.vocabulary import TIES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.statuses import STAYER
from fundpool.models.coverage.participation import Participation, participation
from fundpool.models.terms.years import YearTerms


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


def coverage_hazards(terms: YearTerms) -> CoverageHazards:
    """The hazards of a year.

    >>> from fundpool import examples
    >>> hazards = coverage_hazards(examples.year_terms())
    >>> hazards.resident_lapse >= 0.0
    True
    """
    cover = terms.coverage
    job_loss = np.full(len(TIES), cover.turnover)
    job_loss[STAYER] *= cover.stayer_turnover
    return CoverageHazards(
        job_loss=job_loss,
        resident_lapse=cover.resident_lapse,
        local_resident_lapse=cover.local_resident_lapse,
        dual_lapse=cover.dual_lapse,
        participation=participation(terms),
        hiring=terms.shocks.hiring,
    )
