"""People of one pair, compiled: the pieces that :mod:`models.kernel` calls for each pair.

Rows are worked on in the precision in which people are kept, so sums begin with a nil of their
kind: a double among singles would halve the speed.
"""

import numba

from inputs.vocabulary import AGES, CELLS, OLDEST_AGE
from models.cell_blocks import LOOSE, WIDTH, K
from models.holdings import CONTRIBUTING
from models.population import RETIRED

EMPLOYEE, DUAL = CONTRIBUTING
FIRST_FERTILE, LAST_FERTILE = 10, 54


@numba.njit(cache=True, fastmath=LOOSE)
def add_up(total, rows, numbers):  # type: ignore[no-untyped-def]
    """``total[c] = sum of rows[k, c]`` over statuses; ``numbers[k]`` becomes the sum over cells."""
    total[:] = 0.0
    for k in range(K):
        number = rows.dtype.type(0.0)
        for c in range(CELLS):
            number += rows[k, c]
        numbers[k] = number
        if number != 0.0:
            for c in range(CELLS):
                total[c] += rows[k, c]


@numba.njit(cache=True, fastmath=LOOSE)
def dead_among(everyone, survival):  # type: ignore[no-untyped-def]
    """Deaths among people of all statuses."""
    total = everyone.dtype.type(0.0)
    one = everyone.dtype.type(1.0)
    for c in range(CELLS):
        total += everyone[c] * (one - survival[c])
    return total


@numba.njit(cache=True, fastmath=LOOSE)
def born_to(everyone, survival, fertility):  # type: ignore[no-untyped-def]
    """Births to the women among people of all statuses, by their mean over the year."""
    total = everyone.dtype.type(0.0)
    for age in range(FIRST_FERTILE, LAST_FERTILE + 1):
        c = AGES + age
        total += fertility[age] * (everyone[c] + everyone[c - 1] * survival[c - 1])
    return 0.5 * total


@numba.njit(cache=True, fastmath=LOOSE)
def survive_and_age(row, survival, scratch):  # type: ignore[no-untyped-def]
    """One row a year older in place; nobody is left at age 0."""
    for c in range(CELLS):
        scratch[c] = row[c] * survival[c]
    for c in range(CELLS - 1):
        row[c + 1] = scratch[c]
    row[OLDEST_AGE] += scratch[OLDEST_AGE]
    row[CELLS - 1] += scratch[CELLS - 1]
    row[0] = 0.0
    row[AGES] = 0.0


@numba.njit(cache=True, fastmath=LOOSE)
def retire(rows, retirement_cells, retired_share, home_cover, retiring):  # type: ignore[no-untyped-def]
    """Contributors at retirement age stop contributing; ``retiring`` becomes how many, by sex."""
    for sex in range(2):
        cell = retirement_cells[sex]
        reaching = rows[EMPLOYEE, cell] + rows[DUAL, cell]
        earned = reaching * retired_share[sex]
        retiring[sex] = reaching
        rows[EMPLOYEE, cell] = 0.0
        rows[DUAL, cell] = 0.0
        rows[RETIRED, cell] += earned
        for k in range(K):
            rows[k, cell] += (reaching - earned) * home_cover[k]


@numba.njit(cache=True, fastmath=LOOSE)
def times(target, rows, chance, held):  # type: ignore[no-untyped-def]
    """``target[k, c] = rows[k, c] * chance[c]``, scratch rows of the statuses held."""
    for k in range(K):
        if held[k]:
            for c in range(WIDTH):
                target[k, c] = rows[k, c] * chance[c]


@numba.njit(cache=True, fastmath=LOOSE)
def add_to(target, rows, held):  # type: ignore[no-untyped-def]
    """Add scratch rows of the statuses held; returns the sum of ``target`` before."""
    total = target.dtype.type(0.0)
    for k in range(K):
        if held[k]:
            for c in range(WIDTH):
                total += target[k, c]
                target[k, c] += rows[k, c]
    return total


@numba.njit(cache=True, fastmath=LOOSE)
def stay_and_leave(  # type: ignore[no-untyped-def]
    x, held, persist, on, back, d, here, moving, onward, returned
):
    """Who stays in a destination, who chooses anew, and how many of each status are gone.

    Args:
        x: people of the pair, ``(K, 202)``.
        held: statuses that anybody of the home has, ``(K,)``.
        persist, on, back: chances of no event, of choosing anew, of going home, scratch rows.
        d: share of those choosing anew who choose this place again.
        here: becomes those who are here at the end of the year and were before.
        moving: becomes those who choose anew.
        onward, returned: become the leavers of each status.
    """
    for k in range(K):
        if not held[k]:
            continue
        gone = x.dtype.type(0.0)
        home = x.dtype.type(0.0)
        for c in range(CELLS):
            leaver = x[k, c] * on[c]
            gone += leaver
            home += x[k, c] * back[c]
            moving[k, c] = leaver
            here[k, c] = x[k, c] * persist[c] + d * leaver
        onward[k] = gone * (1.0 - d)
        returned[k] = home
