"""People of one pair, compiled: the pieces that :mod:`fundpool.models.population.compiled.year`
calls for each pair.

A packed row of people (:mod:`fundpool.models.population.held_cells`) is laid out in scratch rows,
one a status, that are nil outside its spans; all work goes over spans. Rows are worked on in the
precision in which people are kept, so sums begin with a nil of their kind: a double among singles
would halve the speed. Cells are counted without sign, since an index that might be negative is
slow. Arrays are handed over whole, with the row that is meant: a view is counted by its array, and
to count with one counter for all processors takes longer than the work.
"""

from typing import NamedTuple

import numpy as np

from fundpool.inputs.format.vocabulary import AGES, CELLS, OLDEST_AGE
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.population.compiled.blocks import K
from fundpool.models.population.holdings import CONTRIBUTING
from fundpool.models.population.year import RETIRED

EMPLOYEE, DUAL = CONTRIBUTING
FIRST_FERTILE, LAST_FERTILE = 10, 54


class Chances(NamedTuple):
    """Chances of a year's moves by cell, from one place.

    Attributes:
        stay: of no event, a scratch row.
        anew: of choosing a destination anew, a scratch row.
        back: of going home, a scratch row.
    """

    stay: FloatArray
    anew: FloatArray
    back: FloatArray


@compiled(LOOSE)
def lay_out(rows, people, p, spans):  # type: ignore[no-untyped-def]
    """Row ``p`` of packed people ``(P, M)``, or of what they hold, laid out in scratch rows."""
    for n in range(spans.shape[0]):
        k, first, place = np.uint64(spans[n, 0]), np.uint64(spans[n, 1]), np.uint64(spans[n, 3])
        for i in range(spans[n, 2]):
            rows[k, first + np.uint64(i)] = people[p, place + np.uint64(i)]


@compiled(LOOSE)
def pack(people, p, rows, spans):  # type: ignore[no-untyped-def]
    """The opposite of :func:`lay_out`."""
    for n in range(spans.shape[0]):
        k, first, place = np.uint64(spans[n, 0]), np.uint64(spans[n, 1]), np.uint64(spans[n, 3])
        for i in range(spans[n, 2]):
            people[p, place + np.uint64(i)] = rows[k, first + np.uint64(i)]


@compiled(LOOSE)
def add_up(rows, spans, numbers):  # type: ignore[no-untyped-def]
    """``numbers[k]`` becomes the sum of ``rows[k]`` over cells."""
    numbers[:] = 0.0
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        number = rows.dtype.type(0.0)
        for i in range(spans[n, 2]):
            number += rows[k, first + np.uint64(i)]
        numbers[k] += number


@compiled(LOOSE)
def sum_statuses(total, people, p, spans):  # type: ignore[no-untyped-def]
    """``total[c]`` becomes the sum over statuses of row ``p`` of packed people ``(P, M)``."""
    total[:] = 0.0
    for n in range(spans.shape[0]):
        first, place = np.uint64(spans[n, 1]), np.uint64(spans[n, 3])
        for i in range(spans[n, 2]):
            total[first + np.uint64(i)] += people[p, place + np.uint64(i)]


@compiled(LOOSE)
def dead_among(everyone, survival, r):  # type: ignore[no-untyped-def]
    """Deaths among people of all statuses who live in ``r``."""
    total = everyone.dtype.type(0.0)
    one = everyone.dtype.type(1.0)
    for c in range(CELLS):
        total += everyone[c] * (one - survival[r, c])
    return total


@compiled(LOOSE)
def born_to(everyone, survival, fertility, r):  # type: ignore[no-untyped-def]
    """Births to the women among people of all statuses, by their mean over the year."""
    total = everyone.dtype.type(0.0)
    for age in range(FIRST_FERTILE, LAST_FERTILE + 1):
        c = AGES + age
        total += fertility[r, age] * (everyone[c] + everyone[c - 1] * survival[r, c - 1])
    return 0.5 * total


@compiled(LOOSE)
def survive_and_age(older, packed, p, spans, survival, r):  # type: ignore[no-untyped-def]
    """People of a pair, or what they hold, a year older; nobody is left at age 0.

    Args:
        older: become those a year older, scratch rows.
        packed: those of the year before, ``(P, M)``.
        p: the pair.
        spans: of statuses or layers; nobody comes into one from before it, nor leaves it at its
            end, behind which a nil is written (or what the open age leaves, behind the row).
        survival: survivorship ratios, ``(n + 1, 202)``.
        r: where they live.
    """
    for n in range(spans.shape[0]):
        k, first, place = np.uint64(spans[n, 0]), np.uint64(spans[n, 1]), np.uint64(spans[n, 3])
        older[k, first] = 0.0
        for i in range(spans[n, 2]):
            c = first + np.uint64(i)
            older[k, c + np.uint64(1)] = packed[p, place + np.uint64(i)] * survival[r, c]
        for oldest in (OLDEST_AGE, CELLS - 1):  # the open age keeps its survivors
            if spans[n, 1] <= oldest < spans[n, 1] + spans[n, 2]:
                older[k, oldest] += older[k, oldest + 1]
        if spans[n, 1] <= OLDEST_AGE:
            older[k, AGES] = 0.0


@compiled(LOOSE)
def add_infants(  # type: ignore[no-untyped-def]
    older, births, newborn_sex, newborn_survival, r, newborn_status, h
):
    """The newborn who live at the year's end join people a year older; returns the others."""
    dead = 0.0
    for sex in range(2):
        born = births * newborn_sex[sex]
        infants = born * newborn_survival[r, sex]
        dead += born - infants
        for k in range(K):
            older[k, sex * AGES] = infants * newborn_status[h, k]
    return dead


@compiled(LOOSE)
def retire(  # type: ignore[no-untyped-def]
    rows, retiring_groups, retired_share, p, home_cover, h, retiring
):
    """Contributors at retirement age stop contributing; ``retiring`` becomes how many, by group.

    ``retiring_groups`` are the cells in which contributors retire and the share of them who do.
    """
    cells, shares = retiring_groups
    for group in range(cells.shape[0]):
        cell = cells[group]
        waiting = 1.0 - shares[group]
        reaching = (rows[EMPLOYEE, cell] + rows[DUAL, cell]) * shares[group]
        earned = reaching * retired_share[p, group]
        retiring[p, group] = reaching
        rows[EMPLOYEE, cell] *= waiting
        rows[DUAL, cell] *= waiting
        rows[RETIRED, cell] += earned
        for k in range(K):
            rows[k, cell] += (reaching - earned) * home_cover[h, k]


@compiled(LOOSE)
def times(target, rows, chance, spans, occupied):  # type: ignore[no-untyped-def]
    """``target[k, c] = rows[k, c] * chance[c]``, scratch rows of the statuses occupied."""
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        if occupied[k]:
            for i in range(spans[n, 2]):
                c = first + np.uint64(i)
                target[k, c] = rows[k, c] * chance[c]


@compiled(LOOSE)
def clear(rows, spans):  # type: ignore[no-untyped-def]
    """Nobody in any kept cell."""
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        for i in range(spans[n, 2]):
            rows[k, first + np.uint64(i)] = 0.0


@compiled(LOOSE)
def add_rows(target, rows, spans):  # type: ignore[no-untyped-def]
    """``target[k, c] += rows[k, c]``, scratch rows."""
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        for i in range(spans[n, 2]):
            c = first + np.uint64(i)
            target[k, c] += rows[k, c]


@compiled(LOOSE)
def add_to(target, rows, spans, occupied):  # type: ignore[no-untyped-def]
    """Add scratch rows of the statuses occupied; returns the sum of ``target`` before."""
    total = target.dtype.type(0.0)
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        if occupied[k]:
            for i in range(spans[n, 2]):
                c = first + np.uint64(i)
                total += target[k, c]
                target[k, c] += rows[k, c]
    return total


@compiled(LOOSE)
def add_mapped(  # type: ignore[no-untyped-def]
    target, mapping, h, source, factor, spans, occupied, plan
):
    """``target[j] += factor * sum of mapping[h, k, j] * source[k]`` over statuses; scratch rows.

    Args:
        target, source: scratch rows; nobody in the last of ``source``.
        mapping: ``(n + 1, K, K)``.
        h: the home.
        factor: a number.
        spans: of the statuses.
        occupied: statuses that anybody has, ``(K + 1,)``; rows of others are left alone.
        plan: from :func:`fundpool.models.population.compiled.blocks.moves_plan`.
    """
    for n in range(plan.shape[0]):
        j, a, b, d = np.uint64(plan[n, 0]), plan[n, 1], plan[n, 2], plan[n, 3]
        if not (occupied[a] or occupied[b] or occupied[d]):
            continue
        wa = target.dtype.type(factor * mapping[h, a, j])
        wb = target.dtype.type(factor * mapping[h, b, j] if b < K else 0.0)
        wd = target.dtype.type(factor * mapping[h, d, j] if d < K else 0.0)
        one, two, three = np.uint64(a), np.uint64(b), np.uint64(d)
        for m in range(spans.shape[0]):
            if np.uint64(spans[m, 0]) == j:
                first = np.uint64(spans[m, 1])
                for i in range(spans[m, 2]):
                    c = first + np.uint64(i)
                    target[j, c] += (
                        wa * source[one, c] + wb * source[two, c] + wd * source[three, c]
                    )


@compiled(LOOSE)
def add_arriving(target, arriving, share, spans, occupied):  # type: ignore[no-untyped-def]
    """Add a share of those arriving in all places; nobody less than nobody, as by rounding."""
    nil = target.dtype.type(0.0)
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        if occupied[k]:
            for i in range(spans[n, 2]):
                c = first + np.uint64(i)
                target[k, c] = max(target[k, c] + share * arriving[k, c], nil)


@compiled(LOOSE)
def stay_and_leave(  # type: ignore[no-untyped-def]
    here, moving, people, chances, again, spans, occupied, leavers
):
    """Who stays in a place, who chooses anew, and how many of each status are gone.

    ``moving = people * anew`` and ``here = people * stay + again * moving``, by status and cell.

    Args:
        here: becomes those who are here at the end of the year and were before, scratch rows.
        moving: becomes those who choose anew, scratch rows.
        people: people of the pair, scratch rows.
        chances: :class:`Chances`.
        again: share of those choosing anew who choose this place again.
        spans: of the statuses.
        occupied: statuses that anybody of the home has, ``(K,)``.
        leavers: become those who go elsewhere and those who go home by status, ``(2, K)``.
    """
    stay, anew, back = chances.stay, chances.anew, chances.back
    leavers[:] = 0.0
    for n in range(spans.shape[0]):
        k, first = np.uint64(spans[n, 0]), np.uint64(spans[n, 1])
        if not occupied[k]:
            continue
        gone = people.dtype.type(0.0)
        home = people.dtype.type(0.0)
        for i in range(spans[n, 2]):
            c = first + np.uint64(i)
            leaver = people[k, c] * anew[c]
            gone += leaver
            home += people[k, c] * back[c]
            moving[k, c] = leaver
            here[k, c] = people[k, c] * stay[c] + again * leaver
        leavers[0, k] += gone * (1.0 - again)
        leavers[1, k] += home
