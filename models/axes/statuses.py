"""Coverage statuses by number, and the groups that rules speak of."""

from fundpool.inputs.format.vocabulary import STATUSES, TIES

K = len(STATUSES)

(NONE, HOME_RESIDENT, LOCAL_RESIDENT, EMPLOYEE, RETIRED, MIGRANT, DUAL, RETIRED_ELSEWHERE,
 RURAL_RESIDENT) = range(K)  # fmt: skip

STAYER, OUTBOUND = TIES.index("stayer"), TIES.index("outbound")

UNEMPLOYED = (NONE, HOME_RESIDENT, LOCAL_RESIDENT, RURAL_RESIDENT)
"""Statuses from which a job leads into a work-based scheme."""

HOME_COVER = (HOME_RESIDENT, RURAL_RESIDENT)
"""Schemes that insure people at home."""

WORK_BASED = (EMPLOYEE, MIGRANT, DUAL)
