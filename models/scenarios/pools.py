"""Balances of every pool of a pooling plan in one scenario, compiled.

The recursion is that of :mod:`fundpool.models.funds.compiled`, on flows that differ by scenario.
For every pool a second balance is carried that opened with nothing: what it lacks at its worst,
discounted to the opening, is the opening reserve that the scenario asks for (swaps do not depend on
balances, so the balance is linear in the opening).
"""

from typing import NamedTuple

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.compiling import FAST, compiled
from fundpool.models.funds.compiled import ScenarioFunds, ScenarioMoney, balances_of_scenario
from fundpool.models.pooling.effects import collection_effort
from fundpool.models.pooling.timeline import Layout, PoolTimeline
from fundpool.models.scenarios.compiled import CountyScratch, Draw, county_flows_of_scenario

U = np.uint64
"""Places counted with unsigned numbers: a signed one might be negative, and the compiler would have
to look at each."""

CACHED = 16
"""Balances counted together: their bins fit the first cache."""

NEVER = 32_767
"""Year of ruin of a pool that is never ruined."""


class PlanLayout(NamedTuple):
    """A scheme's pools under a plan, those of all stages in one list of ``P``.

    Attributes:
        scheme: number of the scheme, ``(1,)``.
        timeline: the pools and adjustment funds by year.
        of_county: pool of each county by stage, ``(stages, n)``.
        added: central claims paid that the plan adds (moral hazard, another territory of care), by
            the year of care, ``(L, T, n)``; no lags where it adds nothing.
        effort: what pooling leaves of income, ``(P,)``.
        slackening: 1 in years in which some pool's effort is not one, ``(T,)``.
        expected_cost: cost expected of the insured, ``(T, P)``; 0 outside a pool's life.
        opening: balance of the pools of the first stage, ``(first stage's pools,)``.
        cell: place of the first pool's balance among all balances, ``(T,)``.
    """

    scheme: IntArray
    timeline: PoolTimeline
    of_county: IntArray
    added: FloatArray
    effort: FloatArray
    slackening: IntArray
    expected_cost: FloatArray
    opening: FloatArray
    cell: IntArray


class PlanSet(NamedTuple):
    """Pools of several plans and schemes side by side.

    Attributes:
        layouts: of each plan and scheme.
        pool_start, cell_start: place of its first pool and first balance among those of all, and
            their number in all at the end.
    """

    layouts: tuple[PlanLayout, ...]
    pool_start: IntArray
    cell_start: IntArray


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
    """Working room for one scenario; ``P`` pools of a plan.

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


def plan_layout(
    case: Case, laid: Layout, opening: FloatArray, expected_cost: FloatArray, added: FloatArray
) -> PlanLayout:
    """A scheme's pools under a plan as arrays.

    Args:
        case: the case.
        laid: the pools.
        opening: opening balances by county, ``(n,)``.
        expected_cost: cost expected of the insured by county, ``(T, n)``.
        added: central claims paid that the plan adds, by year of care, ``(L, T, n)``, without what
            subsidies bear of them.
    """
    timeline = laid.timeline()
    cost = np.zeros((laid.stage_of.size, int(laid.offsets[-1])))
    for t, stage in enumerate(laid.stage_of):
        if laid.stages[stage].adjustment is not None:
            cost[t, laid.in_force(t)] = laid.pools[stage].total(expected_cost[t])
    efforts = [
        collection_effort(case, stage, pools, laid.scheme)
        for stage, pools in zip(laid.stages, laid.pools, strict=True)
    ]
    slackening = np.array([int((effort != 1.0).any()) for effort in efforts], dtype=np.int64)
    in_force = timeline.last - timeline.first
    number = case.scheme_number(laid.scheme)
    return PlanLayout(
        scheme=np.array([number], dtype=np.int64),
        timeline=timeline,
        of_county=np.stack(
            [first + p.of_county for first, p in zip(laid.offsets, laid.pools, strict=False)]
        ),
        added=np.ascontiguousarray(added if added.any() else added[:0]),
        effort=np.concatenate(efforts),
        slackening=slackening[laid.stage_of],
        expected_cost=cost,
        opening=laid.pools[0].total(opening),
        cell=np.concatenate([[0], np.cumsum(in_force)[:-1]]).astype(np.int64),
    )


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
        layout: the pools, a :class:`PlanLayout`.
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


@compiled()
def _pool_scratch(layout, growth):  # type: ignore[no-untyped-def]
    """Working room for the pools of a plan; ``growth`` is shared by all plans, ``(T,)``."""
    shape, hubs = layout.expected_cost.shape, layout.timeline.hub_to_pool.shape[1]
    return PoolScratch(
        ScenarioMoney(np.empty(shape), np.empty(shape), layout.expected_cost, growth),
        ScenarioFunds(np.empty(shape), np.empty((shape[0], hubs)), np.empty((4, hubs))),
        np.empty(shape[1]),
    )


@compiled(FAST)
def run_chunk(terms, plans, draws, noisy, begin, kept):  # type: ignore[no-untyped-def]
    """Flows and balances of a chunk of ``N`` scenarios under several plans.

    Args:
        terms: coefficients of the flows, a
            :class:`fundpool.models.scenarios.compiled.KernelTerms`.
        plans: the pools, a :class:`PlanSet`.
        draws: a :class:`fundpool.models.scenarios.compiled.Draw` of ``N`` rows.
        noisy: whether claims vary beyond the drivers.
        begin: row of the first scenario among the kept.
        kept: a :class:`Kept`, whose rows ``begin ... begin + N - 1`` are filled.
    """
    shape = terms.income.shape
    flows = CountyScratch(np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape))
    net, growth, by_county = np.empty(shape), np.empty(shape[1]), np.empty(shape[2])
    room = [_pool_scratch(layout, growth) for layout in plans.layouts]
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
        for number in range(len(plans.layouts)):
            layout, scratch = plans.layouts[number], room[number]
            _pool_money(layout, flows, net, scratch.money, by_county)
            balances_of_scenario(layout.timeline, layout.opening, scratch.money, scratch.funds)
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
