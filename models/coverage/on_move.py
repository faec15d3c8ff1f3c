"""What becomes of a person's cover on a move.

Local resident cover ends and home cover resumes; work-based cover is kept with probability
``kept`` (re-employed and enrolled at once), else the mover falls back on the resident scheme at
home with probability ``fallback``; a retired member's old pool goes on paying. Where a rural
scheme is kept apart, a share of those insured at home belongs to it. Dependants of members move
with them: they keep their cover, fall back and lose cover as often as a worker does.
"""

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.statuses import (
    DUAL,
    EMPLOYEE,
    HOME_RESIDENT,
    LOCAL_RESIDENT,
    MIGRANT,
    NONE,
    RETIRED,
    RETIRED_ELSEWHERE,
    RURAL_RESIDENT,
    K,
)


def home_cover(rural: FloatArray, resident: int = HOME_RESIDENT) -> FloatArray:
    """Cover that a home gives, by home and status, ``(n + 1, K)``.

    >>> home = home_cover(np.array([0.25]))
    >>> home[0, [HOME_RESIDENT, RURAL_RESIDENT]].tolist()
    [0.75, 0.25]

    Args:
        rural: share of those insured at home who belong to the rural scheme, ``(n + 1,)``.
        resident: status of the others; that of dependants where no scheme insures people at home.

    Raises:
        ValueError: a share outside 0 to 1.
    """
    if ((rural < 0) | (rural > 1)).any():
        raise ValueError("rural shares must lie between 0 and 1")
    cover = np.zeros((rural.size, K))
    cover[:, resident] = 1.0 - rural
    cover[:, RURAL_RESIDENT] = rural
    return cover


def cover_on_move(
    kept: float, fallback: float, home: FloatArray, dependants: bool = False
) -> FloatArray:
    """What becomes of a status when its holder moves to another county, ``(n + 1, K, K)``.

    >>> from fundpool.models.axes.statuses import EMPLOYEE
    >>> chances = cover_on_move(0.5, 0.8, home_cover(np.array([0.0])))[0, EMPLOYEE]
    >>> chances[[EMPLOYEE, HOME_RESIDENT, NONE]].round(6).tolist()
    [0.5, 0.4, 0.1]

    Args:
        kept: share of those in work-based cover who keep it.
        fallback: of the others without dual cover, the share insured at home afterwards.
        home: cover that each home gives (:func:`home_cover`).
        dependants: whether local residents are dependants of workers, who move with them.

    Raises:
        ValueError: a share outside 0 to 1.
    """
    if not (0.0 <= kept <= 1.0 and 0.0 <= fallback <= 1.0):
        raise ValueError("the shares kept and falling back must lie between 0 and 1")
    matrix = np.tile(np.eye(K), (home.shape[0], 1, 1))
    matrix[:, LOCAL_RESIDENT] = home
    for status in (EMPLOYEE, MIGRANT, *([LOCAL_RESIDENT] if dependants else [])):
        matrix[:, status] = (1.0 - kept) * fallback * home
        matrix[:, status, NONE] = (1.0 - kept) * (1.0 - fallback)
        matrix[:, status, status] += kept
    matrix[:, DUAL] = (1.0 - kept) * home
    matrix[:, DUAL, DUAL] = kept
    matrix[:, RETIRED] = np.eye(K)[RETIRED_ELSEWHERE]
    return matrix


def cover_on_return(
    kept: float, fallback: float, home: FloatArray, dependants: bool = False
) -> FloatArray:
    """As :func:`cover_on_move` for those who go home, where dual cover becomes employee cover.

    >>> matrices = cover_on_return(0.5, 0.8, home_cover(np.array([0.0])))
    >>> matrices.sum(axis=-1).round(6).tolist()
    [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    """
    matrix = cover_on_move(kept, fallback, home, dependants)
    matrix[:, DUAL] = (1.0 - kept) * home
    matrix[:, DUAL, EMPLOYEE] = kept
    return matrix


def cover_on_job_loss(share: float, fallback: float, home: FloatArray) -> FloatArray:
    """What becomes of a status when a share of jobs is lost at once, ``(n + 1, K, K)``.

    Those in work-based cover who lose their job fall back on home cover or, with probability
    ``1 - fallback``, on none; dual members keep their home cover.

    >>> from fundpool.models.axes.statuses import EMPLOYEE
    >>> chances = cover_on_job_loss(0.5, 0.8, home_cover(np.array([0.0])))[0, EMPLOYEE]
    >>> chances[[EMPLOYEE, HOME_RESIDENT, NONE]].round(6).tolist()
    [0.5, 0.4, 0.1]

    Raises:
        ValueError: a share outside 0 to 1.
    """
    if not (0.0 <= share <= 1.0 and 0.0 <= fallback <= 1.0):
        raise ValueError("the share of jobs lost and the fallback must lie between 0 and 1")
    matrix = np.tile(np.eye(K), (home.shape[0], 1, 1))
    for status in (EMPLOYEE, MIGRANT):
        matrix[:, status] = share * fallback * home
        matrix[:, status, NONE] = share * (1.0 - fallback)
        matrix[:, status, status] = 1.0 - share
    matrix[:, DUAL] = share * home
    matrix[:, DUAL, DUAL] = 1.0 - share
    return matrix
