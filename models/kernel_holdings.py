"""What contributors hold, compiled: the pieces that :mod:`models.kernel` calls for each pair.

:mod:`models.holdings` is the specification. Amounts of a pair are layers by cell: credited years,
their squares, account money; moving amounts have the number of movers as a fourth layer.
"""

import numba

from inputs.vocabulary import CELLS
from models.cell_blocks import LOOSE
from models.holdings import CONTRIBUTING, HALF_YEAR, LAYERS, MONEY, SQUARES, YEARS
from models.kernel_people import survive_and_age

EMPLOYEE, DUAL = CONTRIBUTING


@numba.njit(cache=True, fastmath=LOOSE)
def survive_amounts(held, survival, scratch):  # type: ignore[no-untyped-def]
    """Age the amounts of one pair in place; returns the account money before."""
    before = held.dtype.type(0.0)
    for c in range(CELLS):
        before += held[MONEY, c]
    for layer in range(LAYERS):
        survive_and_age(held[layer], survival, scratch)
    return before


@numba.njit(cache=True, fastmath=LOOSE)
def to_means(held, x):  # type: ignore[no-untyped-def]
    """Turn the amounts of one pair into means over its contributors."""
    nil, one = held.dtype.type(0.0), held.dtype.type(1.0)
    for c in range(CELLS):
        number = x[EMPLOYEE, c] + x[DUAL, c]
        each = one / number if number > nil else nil
        for layer in range(LAYERS):
            held[layer, c] = held[layer, c] * each


@numba.njit(cache=True, fastmath=LOOSE)
def _going(x, chance, mapping, scratch):  # type: ignore[no-untyped-def]
    """Contributors who move with ``chance`` and go on contributing, into ``scratch``."""
    employee = mapping[EMPLOYEE, EMPLOYEE] + mapping[EMPLOYEE, DUAL]
    dual = mapping[DUAL, EMPLOYEE] + mapping[DUAL, DUAL]
    for c in range(CELLS):
        scratch[c] = chance[c] * (employee * x[EMPLOYEE, c] + dual * x[DUAL, c])


@numba.njit(cache=True, fastmath=LOOSE)
def add_leaving(target, x, mean, chance, mapping, scratch):  # type: ignore[no-untyped-def]
    """Add what the movers of one pair hold to ``target``; returns their account money."""
    _going(x, chance, mapping, scratch)
    money = target.dtype.type(0.0)
    for layer in range(LAYERS):
        for c in range(CELLS):
            target[layer, c] += mean[layer, c] * scratch[c]
    for c in range(CELLS):
        target[LAYERS, c] += scratch[c]
        money += mean[MONEY, c] * scratch[c]
    return money


@numba.njit(cache=True, fastmath=LOOSE)
def arrived_amounts(  # type: ignore[no-untyped-def]
    brought, near, everywhere, share, x, mean, chance, mapping, scratch
):
    """What arrives in a destination from its territory and from others, into ``brought``.

    Nothing less than nothing arrives, as it might by rounding where all come from one place.

    Args:
        brought: becomes the arriving amounts, near and far, ``(2, 4, 202)``.
        near: what leaves the pairs of the destination's territory.
        everywhere: what leaves all pairs of the home.
        share: share of the home's movers that come here.
        x, mean, chance, mapping: of the pair itself, whose leavers do not arrive.
        scratch: room for a row.
    """
    _going(x, chance, mapping, scratch)
    nil = brought.dtype.type(0.0)
    for layer in range(LAYERS):
        for c in range(CELLS):
            brought[0, layer, c] = share * max(near[layer, c] - mean[layer, c] * scratch[c], nil)
    for c in range(CELLS):
        brought[0, LAYERS, c] = share * max(near[LAYERS, c] - scratch[c], nil)
    for layer in range(LAYERS + 1):
        for c in range(CELLS):
            brought[1, layer, c] = share * max(everywhere[layer, c] - near[layer, c], nil)


@numba.njit(cache=True, fastmath=LOOSE)
def carry_on(held, here, moved, brought, carry, staying, kept):  # type: ignore[no-untyped-def]
    """Amounts of those who go on contributing, into ``held`` (which holds means when called).

    Args:
        held: means before, amounts after, without entrants.
        here, moved: people who stayed and who arrived.
        brought: arriving amounts; its first two layers become the means before.
        carry: share of years and factor of money that come from another territory.
        staying: share of employees and of the doubly insured who go on contributing, nobody at
            retirement age, ``(2, 202)``.
        kept: those who go on contributing.
    """
    nil, one, two = held.dtype.type(0.0), held.dtype.type(1.0), held.dtype.type(2.0)
    gain = held.dtype.type(HALF_YEAR + HALF_YEAR * carry[0])
    for c in range(CELLS):
        still = staying[0, c] * here[EMPLOYEE, c] + staying[1, c] * here[DUAL, c]
        arrived = moved[EMPLOYEE, c] + moved[DUAL, c]
        new = staying[0, c] * moved[EMPLOYEE, c] + staying[1, c] * moved[DUAL, c]
        part = new / arrived if arrived > nil else nil
        kept[c] = still + new
        mean_years, mean_squares = held[YEARS, c], held[SQUARES, c]
        near, far = brought[0, LAYERS, c], brought[1, LAYERS, c]
        near_years, far_years = brought[0, YEARS, c], brought[1, YEARS, c]
        held[YEARS, c] = still * (mean_years + one) + part * (
            near_years + near + carry[0] * far_years + gain * far
        )
        held[SQUARES, c] = still * (mean_squares + two * mean_years + one) + part * (
            brought[0, SQUARES, c]
            + two * near_years
            + near
            + carry[0] * (brought[1, SQUARES, c] + two * gain * far_years)
            + gain * gain * far
        )
        held[MONEY, c] = still * held[MONEY, c] + part * (
            brought[0, MONEY, c] + carry[1] * brought[1, MONEY, c]
        )
        brought[0, YEARS, c], brought[0, SQUARES, c] = mean_years, mean_squares


@numba.njit(cache=True, fastmath=LOOSE)
def add_entrants(held, end, kept, brought, prior_credit):  # type: ignore[no-untyped-def]
    """Credit those who enter; returns the account money held at the end of the year.

    Args:
        held: amounts of those who go on, to which the entrants' are added.
        end: people at the end of the year.
        kept, brought: from :func:`carry_on`.
        prior_credit: credited years of entrants relative to the contributors of their age.
    """
    nil = held.dtype.type(0.0)
    half = held.dtype.type(HALF_YEAR)
    double, quarter = half + half, half * half
    money = nil
    for c in range(CELLS):
        entrants = max(end[EMPLOYEE, c] + end[DUAL, c] - kept[c], nil)
        years, squares = brought[0, YEARS, c], brought[0, SQUARES, c]
        held[YEARS, c] += entrants * (prior_credit * years + half)
        held[SQUARES, c] += entrants * (
            prior_credit * prior_credit * squares + double * prior_credit * years + quarter
        )
        money += held[MONEY, c]
    return money
