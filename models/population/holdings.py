"""What contributors hold: credited years and account money, carried along with them.

``holdings[pair, layer, cell]`` are amounts that belong together to the contributors of the payroll
scheme in a pair and cell: the sum of their credited years, the sum of their squares, and the money
in their personal accounts. Contributors of one pair and cell who move, stay, or cease to contribute
are taken to hold the pair's mean, so amounts move as people do, and sums are conserved:

* a year older, the amounts of survivors only; what the dead held in accounts is released;
* on a move inside a territory everything comes along; into another territory credited years times
  ``carry[0, county]`` (1 where insured time is recognised, 0 where it starts again) and money times
  ``carry[1, county]`` (the conversion factor; 0 where accounts do not move);
* who pays through the year gains a year, who enters, or starts again, half a year;
* who enters brings ``prior_credit`` times the mean credited years of the contributors of the age.

This module is the readable specification; :mod:`fundpool.models.population.compiled.year` computes
the same compiled.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.statuses import DUAL, EMPLOYEE
from fundpool.models.population.rates import YearRates

CONTRIBUTING = (EMPLOYEE, DUAL)
"""Statuses that pay into the payroll scheme."""

YEARS, SQUARES, MONEY = range(3)
LAYERS = 3
HALF_YEAR = 0.5
"""Mean time credited in the year of entry."""


@dataclass(frozen=True)
class HoldingMoves:
    """Account money that moved in a year; see
    :class:`fundpool.models.population.rates.YearCount`."""

    money_out: FloatArray
    money_in: FloatArray
    money_released: FloatArray


def share_elsewhere_in_territory(pairs: PairIndex, destination: FloatArray) -> FloatArray:
    """Share of a home's movers that go to other places of a pair's territory, ``(P,)``."""
    return pairs.territory_sum(destination) - destination


def staying_shares(matrices: FloatArray) -> FloatArray:
    """Probability of being a contributor afterwards, by contributing status, ``(..., 2)``."""
    return np.asarray(
        np.stack(
            [matrices[..., status, CONTRIBUTING].sum(axis=-1) for status in CONTRIBUTING], axis=-1
        )
    )


def staying_by_cell(rates: YearRates, cells: IntArray) -> FloatArray:
    """Share of employees and of the doubly insured who go on contributing, ``(rows, 2, H)``.

    Args:
        rates: the year's rates.
        cells: the cells asked for, ``(H,)``.

    Returns:
        shares by row of the coverage matrices; of nobody who reaches retirement age.
    """
    by_band = staying_shares(rates.transition).transpose(0, 2, 1)
    by_cell = np.ascontiguousarray(by_band[:, :, rates.band[cells]])
    groups = rates.retiring_groups
    for cell, share in zip(groups.cells, groups.share.astype(by_cell.dtype), strict=True):
        by_cell[:, :, cells == cell] *= 1.0 - share
    return by_cell


def mean_of(amount: FloatArray, number: FloatArray) -> FloatArray:
    """``amount / number``, zero where there is nobody."""
    return ratio(amount, number)


def carried(
    holdings: FloatArray,
    after: FloatArray,
    stayed: FloatArray,
    moved: FloatArray,
    end: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
) -> tuple[FloatArray, HoldingMoves]:
    """Holdings at the end of a year.

    Args:
        holdings: at the end of the year before, a year older and of survivors only,
            ``(P, 3, 202)``; ``holdings[:, MONEY]`` of the dead is released by the caller.
        after: people after survival and births, before the moves, ``(P, K, 202)``.
        stayed: of them, those who did not move.
        moved: people after the moves, before retirement.
        end: people at the end of the year.
        pairs: the pairs.
        rates: the year's rates.

    Returns:
        holdings, and the account money that moved or was released.
    """
    two = list(CONTRIBUTING)
    residence = pairs.residence
    contributors = after[:, two].sum(axis=1)
    mean = mean_of(holdings, contributors[:, None])

    on, back = leaving(after, pairs, rates)
    amounts_on = with_number(mean, on)
    amounts_back = with_number(mean, back)
    arrived = arriving(amounts_on, amounts_back, pairs, rates.destination)
    within, across = arrived
    carry_years = rates.carry[0, residence][:, None]
    carry_money = rates.carry[1, residence][:, None]
    new = np.zeros_like(holdings)
    gain = HALF_YEAR + HALF_YEAR * carry_years
    new[:, YEARS] = within[:, YEARS] + within[:, LAYERS]
    new[:, YEARS] += carry_years * across[:, YEARS] + gain * across[:, LAYERS]
    new[:, SQUARES] = within[:, SQUARES] + 2.0 * within[:, YEARS] + within[:, LAYERS]
    new[:, SQUARES] += carry_years * (across[:, SQUARES] + 2.0 * gain * across[:, YEARS])
    new[:, SQUARES] += gain**2 * across[:, LAYERS]
    new[:, MONEY] = within[:, MONEY] + carry_money * across[:, MONEY]

    old = with_number(mean, stayed[:, two].sum(axis=1))
    old[:, SQUARES] += 2.0 * old[:, YEARS] + old[:, LAYERS]
    old[:, YEARS] += old[:, LAYERS]

    kept_old, share_old = still_contributing(stayed, rates)
    kept_new, share_new = still_contributing(moved - stayed, rates)
    entrants = np.maximum(end[:, two].sum(axis=1) - kept_old - kept_new, 0.0)
    result = old[:, :LAYERS] * share_old[:, None] + new * share_new[:, None]
    prior = rates.prior_credit
    years, squares = mean[:, YEARS], mean[:, SQUARES]
    result[:, YEARS] += entrants * (prior * years + HALF_YEAR)
    result[:, SQUARES] += entrants * (
        prior**2 * squares + 2.0 * HALF_YEAR * prior * years + HALF_YEAR**2
    )

    # of a pair's movers those who choose the same destination again have not left it
    near = share_elsewhere_in_territory(pairs, rates.destination)[:, None]
    again = rates.destination[:, None]
    away_on = amounts_on[:, MONEY]
    same = pairs.same_territory[:, None]
    money_out = np.stack(
        [
            (near * away_on + same * amounts_back[:, MONEY]).sum(axis=1),
            ((1.0 - again - near) * away_on + ~same * amounts_back[:, MONEY]).sum(axis=1),
        ],
        axis=1,
    )
    money_in = np.stack([within[:, MONEY].sum(axis=1), across[:, MONEY].sum(axis=1)], axis=1)
    released = (
        holdings[:, MONEY].sum(axis=1)
        - money_out.sum(axis=1)
        + money_in[:, 0]
        + rates.carry[1, residence] * money_in[:, 1]
        - result[:, MONEY].sum(axis=1)
    )
    return result, HoldingMoves(money_out, money_in, released)


def leaving(after: FloatArray, pairs: PairIndex, rates: YearRates) -> tuple[FloatArray, FloatArray]:
    """Contributors who choose a destination, and who go home, and go on contributing.

    ``(P, 202)`` each; from an own pair those who move out. Those who choose the place where they
    are again are among the first.
    """
    home, movement = pairs.home, rates.movement
    at_home = np.zeros(pairs.count, dtype=bool)
    at_home[pairs.own_pair] = True
    kept = [staying_shares(m)[home] for m in (rates.move_onward, rates.move_out, rates.move_return)]
    two = [after[:, status] for status in CONTRIBUTING]

    def going(chance: FloatArray, share: FloatArray) -> FloatArray:
        return np.asarray(chance * (two[0] * share[:, :1] + two[1] * share[:, 1:]))

    on = going(movement.onward[home], kept[0])
    on[at_home] = going(movement.home_to_away[home], kept[1])[at_home]
    back = going(movement.away_to_home[home], kept[2])
    back[at_home] = 0.0
    return on, back


def with_number(mean: FloatArray, number: FloatArray) -> FloatArray:
    """Amounts that so many contributors hold, and their number as a last layer, ``(P, 4, 202)``."""
    return np.concatenate([mean * number[:, None], number[:, None]], axis=1)


def arriving(
    on: FloatArray, back: FloatArray, pairs: PairIndex, share: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What arrives in each pair from its own territory and from others, ``(P, 4, 202)`` each."""
    within, across = np.zeros_like(on), np.zeros_like(on)
    for home in range(pairs.counties + 1):
        slab = slice(int(pairs.start[home]), int(pairs.start[home + 1]))
        territory = pairs.territory[slab]
        by_territory = np.zeros((int(territory.max()) + 1, *on.shape[1:]))
        np.add.at(by_territory, territory, on[slab])
        near = by_territory[territory]
        own_pair = int(pairs.own_pair[home])
        within[slab] = share[slab, None, None] * (near - on[slab])
        across[slab] = share[slab, None, None] * (by_territory.sum(axis=0) - near)
        same = territory == pairs.own_territory[home]
        within[own_pair] = back[slab][same].sum(axis=0)
        across[own_pair] = back[slab][~same].sum(axis=0)
    return within, across


def still_contributing(people: FloatArray, rates: YearRates) -> tuple[FloatArray, FloatArray]:
    """Contributors among ``people`` who do not reach retirement age and contribute after the year.

    Returns:
        their number and their share of the contributors, ``(P, 202)`` each.
    """
    shares = staying_shares(rates.transition)[rates.transition_row][:, rates.band]
    groups = rates.retiring_groups
    for cell, share in zip(groups.cells, groups.share, strict=True):
        shares[:, cell] *= 1.0 - share
    employee, dual = CONTRIBUTING
    kept = people[:, employee] * shares[..., 0] + people[:, dual] * shares[..., 1]
    return kept, mean_of(kept, people[:, list(CONTRIBUTING)].sum(axis=1))
