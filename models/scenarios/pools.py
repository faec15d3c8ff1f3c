"""Balances of every pool of a pooling plan in one scenario, compiled.

The recursion is that of :mod:`fundpool.models.funds.compiled`, on flows that differ by scenario.
For every pool a second balance is carried that opened with nothing: what it lacks at its worst,
discounted to the opening, is the opening reserve that the scenario asks for (swaps do not depend on
balances, so the balance is linear in the opening).
"""

from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import FAST, compiled
from fundpool.models.funds.compiled import ScenarioFunds, ScenarioMoney, balances_of_scenario
from fundpool.models.scenarios.compiled import CountyScratch, Draw, county_flows_of_scenario
from fundpool.models.scenarios.layouts import layout_of

U = np.uint64
"""Places counted with unsigned numbers: a signed one might be negative, and the compiler would have
to look at each."""

CACHED = 16
"""Balances counted together: their bins fit the first cache."""

NEVER = 32_767
"""Year of ruin of a pool that is never ruined."""


class Kept(NamedTuple):
    """What is kept of ``N`` scenarios; ``C`` balances of all plans' pools by year, ``P`` pools.

    Attributes:
        balances: ``(N, C)``, in single precision.
        need: opening reserve with which a pool never runs dry, ``(N, P)``.
        one_year, horizon: what the first year and the whole time lack, discounted to the opening,
            ``(N, P)``.
        ruin: number of the year of ruin, ``(N, P)``; NEVER if none.
    """

    balances: np.ndarray
    need: FloatArray
    one_year: FloatArray
    horizon: FloatArray
    ruin: np.ndarray


class PoolScratch(NamedTuple):
    """Working room for one scenario; ``P`` pools of the largest layout.

    Attributes:
        money: of pools, ``(T, P)``.
        funds: what pools and adjustment funds hold.
        bare: balances that opened with nothing, ``(P,)``.
    """

    money: ScenarioMoney
    funds: ScenarioFunds
    bare: FloatArray


class Place(NamedTuple):
    """Where the balances of a scenario and plan go: row, first pool and first balance."""

    row: int
    pool: int
    cell: int


@compiled(FAST, inline=True)
def _add_by_pool(values, of_county, totals):  # type: ignore[no-untyped-def]
    """Add values of counties, ``(n,)``, to the totals of their pools."""
    # counties of a pool stand side by side as a rule: their sum is kept in a register
    pool, total = of_county[0], 0.0
    for c in range(values.shape[0]):
        if of_county[c] != pool:
            totals[pool] += total
            pool, total = of_county[c], 0.0
        total += values[c]
    totals[pool] += total


@compiled(FAST)
def _pool_money(layout, flows, net, money, by_county):  # type: ignore[no-untyped-def]
    """Sum money of counties over the pools in force, with what pooling makes of it.

    Args:
        layout: the pools, a :class:`fundpool.models.scenarios.layouts.PlanLayout`.
        flows: of counties, a :class:`CountyScratch`.
        net: income and subsidies less outgo of counties, ``(S, T, n)``.
        money: what is filled, a :class:`fundpool.models.funds.compiled.ScenarioMoney`.
        by_county: working room, ``(n,)``.
    """
    timeline, m = layout.timeline, layout.scheme[0]
    paid_in, result = money.paid_in, money.result
    years, counties = net.shape[1], net.shape[2]
    for t in range(years):
        first, last, stage = timeline.first[t], timeline.last[t], timeline.stage[t]
        for p in range(first, last):
            result[t, p] = 0.0
        for c in range(counties):
            by_county[c] = net[m, t, c]
        for late in range(min(layout.added.shape[0], t + 1)):
            for c in range(counties):
                by_county[c] -= flows.claims[m, t - late, c] * layout.added[late, t, c]
        _add_by_pool(by_county, layout.of_county[stage], result[t])
        if timeline.hub[first] >= 0 or layout.slackening[t] == 1:
            for p in range(first, last):
                paid_in[t, p] = 0.0
            _add_by_pool(flows.income[m, t], layout.of_county[stage], paid_in[t])
        if layout.slackening[t] == 1:
            for p in range(first, last):
                result[t, p] -= (1.0 - layout.effort[p]) * paid_in[t, p]
                paid_in[t, p] *= layout.effort[p]


@compiled(FAST)
def _keep(layout, scratch, place, kept):  # type: ignore[no-untyped-def]
    """Keep balances of a scenario, and what their pools lack, ``kept`` being a :class:`Kept`."""
    timeline, bare = layout.timeline, scratch.bare
    balance, result = scratch.funds.balance, scratch.money.result
    row, pool = place.row, place.pool
    years = timeline.stage.shape[0]
    for p in range(layout.effort.shape[0]):
        kept.need[row, pool + p] = -np.inf
        kept.ruin[row, pool + p] = NEVER
        bare[p] = 0.0
    grown = 1.0
    for t in range(years):
        first, last = timeline.first[t], timeline.last[t]
        if timeline.begins[t] == 1:
            grown = 1.0
        growth = scratch.money.growth[t]
        half = np.sqrt(growth)
        grown *= growth
        discount = 1.0 / grown
        lead, alive = U(first), U(last - first)
        cell, kept_pool = U(place.cell + layout.cell[t]), U(pool + first)
        lowest = 0.0
        for i in range(alive):
            q = lead + U(i)
            bare[q] = bare[q] * growth + result[t, q] * half
            lowest = min(lowest, balance[t, q])
        for i in range(alive):
            kept.balances[row, cell + U(i)] = balance[t, lead + U(i)]
        for i in range(alive):
            lacking = -bare[lead + U(i)] * discount
            kept.need[row, kept_pool + U(i)] = max(kept.need[row, kept_pool + U(i)], lacking)
        if t == 0 or timeline.begins[t] == 1:
            for p in range(first, last):
                kept.one_year[row, pool + p] = -bare[p] * discount
        if t == years - 1 or timeline.begins[t + 1] == 1:
            for p in range(first, last):
                kept.horizon[row, pool + p] = -bare[p] * discount
        if lowest < 0.0:
            for p in range(first, last):
                if balance[t, p] < 0.0 and kept.ruin[row, pool + p] == NEVER:
                    kept.ruin[row, pool + p] = t


@compiled(FAST)
def run_chunk(terms, plans, draws, noisy, begin, kept):  # type: ignore[no-untyped-def]
    """Flows and balances of a chunk of ``N`` scenarios under several plans.

    Args:
        terms: coefficients of the flows, a
            :class:`fundpool.models.scenarios.compiled.KernelTerms`.
        plans: the pools, a :class:`fundpool.models.scenarios.layouts.PlanSet`.
        draws: a :class:`fundpool.models.scenarios.compiled.Draw` of ``N`` rows.
        noisy: whether claims vary beyond the drivers.
        begin: row of the first scenario among the kept.
        kept: a :class:`Kept`, whose rows ``begin ... begin + N - 1`` are filled.
    """
    shape = terms.income.shape
    flows = CountyScratch(np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape))
    net, growth, by_county = np.empty(shape), np.empty(shape[1]), np.empty(shape[2])
    most, hubs = plans.expected_cost.shape[2], plans.timeline.hub_to_pool.shape[1]
    paid_in, result = np.empty((shape[1], most)), np.empty((shape[1], most))
    funds = ScenarioFunds(
        np.empty((shape[1], most)), np.empty((shape[1], hubs)), np.empty((4, hubs))
    )
    bare = np.empty(most)
    last_noise = draws.noise.shape[0] - 1
    for k in range(draws.drivers.shape[0]):
        drivers = draws.drivers[k]
        draw = Draw(drivers, draws.noise[min(k, last_noise)], draws.struck[k], draws.factors[k])
        county_flows_of_scenario(terms, draw, noisy, flows)
        for m in range(shape[0]):
            for t in range(shape[1]):
                for c in range(shape[2]):
                    net[m, t, c] = (
                        flows.income[m, t, c] + flows.subsidies[m, t, c] - flows.outgo[m, t, c]
                    )
        for t in range(shape[1]):
            growth[t] = 1.0 + drivers[t, 5]
        for number in range(plans.scheme.shape[0]):
            layout = layout_of(plans, number)
            money = ScenarioMoney(paid_in, result, layout.expected_cost, growth)
            scratch = PoolScratch(money, funds, bare)
            _pool_money(layout, flows, net, money, by_county)
            balances_of_scenario(layout.timeline, layout.opening, money, funds)
            place = Place(begin + k, plans.pool_start[number], plans.cell_start[number])
            _keep(layout, scratch, place, kept)


@compiled()
def count_in_bins(balances, low, width, counts):  # type: ignore[no-untyped-def]
    """Add ``(N, cells)`` balances to ``counts``, ``(cells, bins)``; outliers go to the ends."""
    count, cells = balances.shape
    last = counts.shape[1] - 1
    for begin in range(0, cells, CACHED):
        end = min(begin + CACHED, cells)
        for k in range(count):
            for cell in range(begin, end):
                place = (balances[k, cell] - low[cell]) * (1.0 / width[cell])
                counts[cell, int(min(max(place, 0.0), float(last)))] += 1
