"""What contributors hold, compiled: the pieces that :mod:`models.kernel` calls for each pair.

:mod:`models.holdings` is the specification. Amounts of a pair are layers by cell: credited years,
their squares, account money; moving amounts have the number of movers as a fourth layer.
"""

import numba

from inputs.vocabulary import AGES, CELLS, OLDEST_AGE
from models.holdings import CONTRIBUTING, HALF_YEAR, LAYERS, MONEY, SQUARES, YEARS

EMPLOYEE, DUAL = CONTRIBUTING


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def survive_amounts(held, survival, scratch):  # type: ignore[no-untyped-def]
    """Age the amounts of one pair in place; returns the account money before."""
    before = 0.0
    for c in range(CELLS):
        before += held[MONEY, c]
    for layer in range(LAYERS):
        row = held[layer]
        for c in range(CELLS):
            scratch[c] = row[c] * survival[c]
        for first in (0, AGES):
            row[first] = 0.0
            for c in range(first, first + OLDEST_AGE):
                row[c + 1] = scratch[c]
            row[first + OLDEST_AGE] += scratch[first + OLDEST_AGE]
    return before


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def to_means(held, x):  # type: ignore[no-untyped-def]
    """Turn the amounts of one pair into means over its contributors."""
    for c in range(CELLS):
        number = x[EMPLOYEE, c] + x[DUAL, c]
        for layer in range(LAYERS):
            held[layer, c] = held[layer, c] / number if number > 0.0 else 0.0


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def _going(x, chance, mapping, scratch):  # type: ignore[no-untyped-def]
    """Contributors who move with ``chance`` and go on contributing, into ``scratch``."""
    employee = mapping[EMPLOYEE, EMPLOYEE] + mapping[EMPLOYEE, DUAL]
    dual = mapping[DUAL, EMPLOYEE] + mapping[DUAL, DUAL]
    for c in range(CELLS):
        scratch[c] = chance[c] * (employee * x[EMPLOYEE, c] + dual * x[DUAL, c])


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def add_leaving(target, x, mean, chance, mapping, scratch):  # type: ignore[no-untyped-def]
    """Add what the movers of one pair hold to ``target``; returns their account money."""
    _going(x, chance, mapping, scratch)
    money = 0.0
    for layer in range(LAYERS):
        for c in range(CELLS):
            target[layer, c] += mean[layer, c] * scratch[c]
    for c in range(CELLS):
        target[LAYERS, c] += scratch[c]
        money += mean[MONEY, c] * scratch[c]
    return money


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def arrived_amounts(  # type: ignore[no-untyped-def]
    brought, leaving, own_territory, share, x, mean, chance, mapping, scratch
):
    """What arrives in a destination from its territory and from others, into ``brought``."""
    _going(x, chance, mapping, scratch)
    for layer in range(LAYERS + 1):
        for c in range(CELLS):
            total = 0.0
            for territory in range(leaving.shape[0]):
                if territory != own_territory:
                    total += leaving[territory, layer, c]
            mine = scratch[c] if layer == LAYERS else mean[layer, c] * scratch[c]
            brought[0, layer, c] = share * (leaving[own_territory, layer, c] - mine)
            brought[1, layer, c] = share * total


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def carry_on(  # type: ignore[no-untyped-def]
    held, here, moved, brought, carry, matrices, runs, retirement_cells, kept
):
    """Amounts of those who go on contributing, into ``held`` (which holds means when called).

    Args:
        held: means before, amounts after, without entrants.
        here, moved: people who stayed and who arrived.
        brought: arriving amounts; its first two layers become the means before.
        carry: share of years and factor of money that come from another territory.
        matrices, runs: transition of cover.
        retirement_cells: cells in which contributors retire.
        kept: those who go on contributing, into its first row.
    """
    gain = HALF_YEAR + HALF_YEAR * carry[0]
    for run in range(runs.shape[0]):
        first, last, band = runs[run, 0], runs[run, 1], runs[run, 2]
        employee = matrices[band, EMPLOYEE, EMPLOYEE] + matrices[band, EMPLOYEE, DUAL]
        dual = matrices[band, DUAL, EMPLOYEE] + matrices[band, DUAL, DUAL]
        for c in range(first, last):
            goes_on = 0.0 if c == retirement_cells[0] or c == retirement_cells[1] else 1.0
            number = here[EMPLOYEE, c] + here[DUAL, c]
            old = goes_on * (employee * here[EMPLOYEE, c] + dual * here[DUAL, c])
            arrived = moved[EMPLOYEE, c] + moved[DUAL, c]
            new = goes_on * (employee * moved[EMPLOYEE, c] + dual * moved[DUAL, c])
            part = new / arrived if arrived > 0.0 else 0.0
            kept[0, c] = old + new
            still = old if number > 0.0 else 0.0
            mean_years, mean_squares = held[YEARS, c], held[SQUARES, c]
            near, far = brought[0, LAYERS, c], brought[1, LAYERS, c]
            near_years, far_years = brought[0, YEARS, c], brought[1, YEARS, c]
            held[YEARS, c] = still * (mean_years + 1.0) + part * (
                near_years + near + carry[0] * far_years + gain * far
            )
            held[SQUARES, c] = still * (mean_squares + 2.0 * mean_years + 1.0) + part * (
                brought[0, SQUARES, c]
                + 2.0 * near_years
                + near
                + carry[0] * (brought[1, SQUARES, c] + 2.0 * gain * far_years)
                + gain * gain * far
            )
            held[MONEY, c] = still * held[MONEY, c] + part * (
                brought[0, MONEY, c] + carry[1] * brought[1, MONEY, c]
            )
            brought[0, YEARS, c], brought[0, SQUARES, c] = mean_years, mean_squares
