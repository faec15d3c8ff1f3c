"""Coverage statuses by number, and the groups that rules speak of."""

from enum import IntEnum

from fundpool.inputs.format.vocabulary import TIES


class Status(IntEnum):
    """Coverage statuses: the axis ``K`` of every array that has one.

    Their names in a case, in lower case, are
    :data:`fundpool.inputs.format.vocabulary.STATUSES`.
    """

    NONE = 0
    HOME_RESIDENT = 1
    LOCAL_RESIDENT = 2
    EMPLOYEE = 3
    RETIRED = 4
    MIGRANT = 5
    DUAL = 6
    RETIRED_ELSEWHERE = 7
    RURAL_RESIDENT = 8

    @classmethod
    def of(cls, name: str) -> "Status":
        """The status that a case calls by a name.

        Raises:
            KeyError: no such status.

        >>> Status.of("dual") == Status.DUAL
        True
        """
        return cls[name.upper()]


K = len(Status)

(NONE, HOME_RESIDENT, LOCAL_RESIDENT, EMPLOYEE, RETIRED, MIGRANT, DUAL, RETIRED_ELSEWHERE,
 RURAL_RESIDENT) = (status.value for status in Status)  # fmt: skip
"""The same as plain numbers, for compiled code."""

STAYER, OUTBOUND = TIES.index("stayer"), TIES.index("outbound")

UNEMPLOYED = (NONE, HOME_RESIDENT, LOCAL_RESIDENT, RURAL_RESIDENT)
"""Statuses from which a job leads into a work-based scheme."""

HOME_COVER = (HOME_RESIDENT, RURAL_RESIDENT)
"""Schemes that insure people at home."""

WORK_BASED = (EMPLOYEE, MIGRANT, DUAL)
