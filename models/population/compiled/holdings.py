"""What contributors hold, compiled: the pieces that :mod:`fundpool.models.population.compiled.year`
calls for each pair.

:mod:`fundpool.models.population.holdings` is the specification. Amounts of a pair are layers by
cell: credited years, their squares, account money; moving amounts have the number of movers as a
fourth layer. Layers are scratch rows like those of people, laid out, aged and packed by
:mod:`fundpool.models.population.compiled.people`, and worked on in the spans of contributors: rows
(first cell, cells, place in a packed row).
"""

import numpy as np

from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.population.compiled.people import DUAL, EMPLOYEE
from fundpool.models.population.holdings import HALF_YEAR, LAYERS, MONEY, SQUARES, YEARS


@compiled(LOOSE)
def money_of(row, work):  # type: ignore[no-untyped-def]
    """Account money of a layer, a scratch row."""
    total = row.dtype.type(0.0)
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for i in range(work[n, 1]):
            total += row[first + np.uint64(i)]
    return total


@compiled(LOOSE)
def money_before(holdings, p, layers):  # type: ignore[no-untyped-def]
    """Account money of row ``p`` of packed amounts ``(P, 3 * H)``."""
    total = holdings.dtype.type(0.0)
    for n in range(layers.shape[0]):
        if layers[n, 0] == MONEY:
            place = np.uint64(layers[n, 3])
            for i in range(layers[n, 2]):
                total += holdings[p, place + np.uint64(i)]
    return total


@compiled(LOOSE)
def to_means(mean, older, each, work):  # type: ignore[no-untyped-def]
    """Amounts of one pair become means over its contributors.

    Args:
        mean: amounts, become the means.
        older: people of the pair, scratch rows.
        each: room for a row.
        work: spans of contributors.
    """
    nil, one = mean.dtype.type(0.0), mean.dtype.type(1.0)
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            number = older[EMPLOYEE, c] + older[DUAL, c]
            each[c] = one / number if number > nil else nil
        for layer in range(LAYERS):
            for i in range(work[n, 1]):
                c = first + np.uint64(i)
                mean[layer, c] *= each[c]


@compiled(LOOSE, inline=True)
def contributors_moving(movers, x, chance, mapping, h, work):  # type: ignore[no-untyped-def]
    """Contributors of a pair who move and go on contributing, by cell.

    ``chance * sum over contributing k, j of mapping[h, k, j] * x[k]``.

    Args:
        movers: becomes how many, a scratch row.
        x: people of the pair, scratch rows.
        chance: of moving, a scratch row.
        mapping: what becomes of a status on a move, ``(n + 1, K, K)``.
        h: the home.
        work: spans of contributors.
    """
    employee = mapping[h, EMPLOYEE, EMPLOYEE] + mapping[h, EMPLOYEE, DUAL]
    dual = mapping[h, DUAL, EMPLOYEE] + mapping[h, DUAL, DUAL]
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            movers[c] = chance[c] * (employee * x[EMPLOYEE, c] + dual * x[DUAL, c])


@compiled(LOOSE)
def add_leaving(target, place, mean, movers, work):  # type: ignore[no-untyped-def]
    """Add what the movers of one pair hold to ``target[place]``; returns their account money.

    Args:
        target: amounts moving from each place, ``(places, 4, ...)``.
        place: one of them.
        mean: mean amounts of the pair's contributors, ``(3, ...)``.
        movers: from :func:`contributors_moving`.
        work: spans of contributors.
    """
    money = target.dtype.type(0.0)
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            for layer in range(LAYERS):
                target[place, layer, c] += mean[layer, c] * movers[c]
            target[place, LAYERS, c] += movers[c]
            money += mean[MONEY, c] * movers[c]
    return money


@compiled(LOOSE)
def clear_amounts(leaving, places, work):  # type: ignore[no-untyped-def]
    """Nothing moves from the first ``places``, ``(places, 4, ...)``."""
    for place in range(places):
        for n in range(work.shape[0]):
            first = np.uint64(work[n, 0])
            for layer in range(LAYERS + 1):
                for i in range(work[n, 1]):
                    leaving[place, layer, first + np.uint64(i)] = 0.0


@compiled(LOOSE)
def copy_amounts(target, moving, work):  # type: ignore[no-untyped-def]
    """``target`` becomes moving amounts near and far, ``(2, 4, ...)``."""
    for side in range(2):
        for n in range(work.shape[0]):
            first = np.uint64(work[n, 0])
            for layer in range(LAYERS + 1):
                for i in range(work[n, 1]):
                    c = first + np.uint64(i)
                    target[side, layer, c] = moving[side, layer, c]


@compiled(LOOSE)
def sum_of_places(total, leaving, places, work):  # type: ignore[no-untyped-def]
    """``total`` becomes the sum of what moves from the first places, ``(places, 4, ...)``."""
    total[:] = 0.0
    for place in range(places):
        for n in range(work.shape[0]):
            first = np.uint64(work[n, 0])
            for layer in range(LAYERS + 1):
                for i in range(work[n, 1]):
                    c = first + np.uint64(i)
                    total[layer, c] += leaving[place, layer, c]


@compiled(LOOSE)
def arrived_amounts(  # type: ignore[no-untyped-def]
    brought, leaving, place, everywhere, share, mean, movers, work
):
    """What arrives in a destination from its territory and from others, into ``brought``.

    ``share * (leaving the territory - leaving this pair)`` near and
    ``share * (leaving everywhere - leaving the territory)`` far, clipped at zero against rounding
    where all come from one place.

    Args:
        brought: becomes the arriving amounts, near and far, ``(2, 4, ...)``.
        leaving: what leaves the home's pairs, by territory, ``(places, 4, ...)``.
        place: territory of the destination.
        everywhere: what leaves all pairs of the home.
        share: share of the home's movers that come here.
        mean, movers: mean amounts and movers of the pair itself, who do not arrive in it.
        work: spans of contributors.
    """
    nil = brought.dtype.type(0.0)
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for layer in range(LAYERS):
            for i in range(work[n, 1]):
                c = first + np.uint64(i)
                near = leaving[place, layer, c]
                brought[0, layer, c] = share * max(near - mean[layer, c] * movers[c], nil)
                brought[1, layer, c] = share * max(everywhere[layer, c] - near, nil)
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            number = leaving[place, LAYERS, c]
            brought[0, LAYERS, c] = share * max(number - movers[c], nil)
            brought[1, LAYERS, c] = share * max(everywhere[LAYERS, c] - number, nil)


@compiled(LOOSE)
def go_on_contributing(  # type: ignore[no-untyped-def]
    kept, still, part, here, moved, staying, row, work
):
    """Who goes on contributing in a pair, by cell.

    Args:
        kept: becomes those who do, a scratch row.
        still: becomes those of them who were here before, a scratch row.
        part: becomes the share of arriving contributors who do, a scratch row.
        here, moved: people who stayed and who arrived, scratch rows.
        staying: share of employees and of the doubly insured who go on contributing, nobody at
            retirement age, packed ``(rows, 2, H)``.
        row: the pair's row of it.
        work: spans of contributors. The loops are short, so that compilers make vectors of them.
    """
    nil = kept.dtype.type(0.0)
    for n in range(work.shape[0]):
        first, place = np.uint64(work[n, 0]), np.uint64(work[n, 2])
        for i in range(work[n, 1]):
            c, at = first + np.uint64(i), place + np.uint64(i)
            arrived = moved[EMPLOYEE, c] + moved[DUAL, c]
            new = staying[row, 0, at] * moved[EMPLOYEE, c] + staying[row, 1, at] * moved[DUAL, c]
            part[c] = new / arrived if arrived > nil else nil
            kept[c] = new
        for i in range(work[n, 1]):
            c, at = first + np.uint64(i), place + np.uint64(i)
            still[c] = staying[row, 0, at] * here[EMPLOYEE, c] + staying[row, 1, at] * here[DUAL, c]
            kept[c] += still[c]


@compiled(LOOSE)
def carry_on(amounts, brought, still, part, carry, r, work):  # type: ignore[no-untyped-def]
    """Amounts of those who go on contributing, with a year's credit, into ``amounts``.

    With years ``y`` and squares ``y2`` before, those who stayed have ``y + 1`` and
    ``y2 + 2 y + 1``; what movers bring from another territory is carried by its share first.

    Args:
        amounts: means before, amounts after, without entrants, ``(3, ...)``.
        brought: arriving amounts, ``(2, 4, ...)``; its first two layers become the means before.
        still, part: from :func:`go_on_contributing`.
        carry: share of years and factor of money that come from another territory, by place,
            ``(2, n + 1)``.
        r: the place.
        work: spans of contributors. The loops are short, so that compilers make vectors of them.
    """
    one, two = amounts.dtype.type(1.0), amounts.dtype.type(2.0)
    years_carried, money_carried = carry[0, r], carry[1, r]
    gain = amounts.dtype.type(HALF_YEAR + HALF_YEAR * years_carried)
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            near, far = brought[0, LAYERS, c], brought[1, LAYERS, c]
            near_years, far_years = brought[0, YEARS, c], brought[1, YEARS, c]
            brought[0, YEARS, c] = near_years + near + years_carried * far_years + gain * far
            brought[0, SQUARES, c] = (
                brought[0, SQUARES, c]
                + two * near_years
                + near
                + years_carried * (brought[1, SQUARES, c] + two * gain * far_years)
                + gain * gain * far
            )
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            years, squares = amounts[YEARS, c], amounts[SQUARES, c]
            new_years, new_squares = brought[0, YEARS, c], brought[0, SQUARES, c]
            amounts[YEARS, c] = still[c] * (years + one) + part[c] * new_years
            amounts[SQUARES, c] = still[c] * (squares + two * years + one) + part[c] * new_squares
            brought[0, YEARS, c], brought[0, SQUARES, c] = years, squares
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            money = brought[0, MONEY, c] + money_carried * brought[1, MONEY, c]
            amounts[MONEY, c] = still[c] * amounts[MONEY, c] + part[c] * money


@compiled(LOOSE)
def add_entrants(amounts, end, kept, brought, prior_credit, work):  # type: ignore[no-untyped-def]
    """Credit those who enter; returns the account money held at the end of the year.

    Args:
        amounts: those of people who go on, to which the entrants' are added.
        end: people at the end of the year.
        kept: from :func:`go_on_contributing`.
        brought: from :func:`carry_on`.
        prior_credit: credited years of entrants relative to the contributors of their age.
        work: spans of contributors.
    """
    nil = amounts.dtype.type(0.0)
    half = amounts.dtype.type(HALF_YEAR)
    double, quarter = half + half, half * half
    money = nil
    for n in range(work.shape[0]):
        first = np.uint64(work[n, 0])
        for i in range(work[n, 1]):
            c = first + np.uint64(i)
            entrants = max(end[EMPLOYEE, c] + end[DUAL, c] - kept[c], nil)
            years, squares = brought[0, YEARS, c], brought[0, SQUARES, c]
            amounts[YEARS, c] += entrants * (prior_credit * years + half)
            amounts[SQUARES, c] += entrants * (
                prior_credit * prior_credit * squares + double * prior_credit * years + quarter
            )
            money += amounts[MONEY, c]
    return money
