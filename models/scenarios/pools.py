"""Balances of every pool of a pooling plan in one scenario, compiled.

The recursion of :mod:`fundpool.models.funds.table`, with stages, merges and adjustment funds, on
flows that differ by scenario. For every pool a second balance is carried that opened with nothing:
what it lacks at its worst, discounted to the opening, is the opening reserve that the scenario asks
for (swaps do not depend on balances, so the balance is linear in the opening).
"""

from typing import NamedTuple

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.compiling import FAST, compiled
from fundpool.models.pooling.effects import collection_effort
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, pools_of
from fundpool.models.pooling.timeline import hub_moves
from fundpool.models.scenarios.compiled import county_flows_of_scenario

PAID_IN, RESULT, ACTUAL, BARE = range(4)
"""Rows of working room: contributions, the year's result, the balance, the balance that opened
with nothing."""

HELD, COLLECTED, EACH, ASKED, SHARE = range(5)
"""Rows of an adjustment fund: money it holds, levies of the year, paid by need for each unit of
expected cost, asked for by deficits, share of that granted."""

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
        first, last: pools alive in each year, ``(T,)``.
        of_county: pool of each county by stage, ``(stages, n)``.
        stage: stage of each year, ``(T,)``.
        begins: 1 in the first year of a later stage, ``(T,)``.
        merge_into: pool of the next stage, ``(P,)``; -1 in the last stage.
        hub_to_pool: pool that takes in what an adjustment fund holds as a stage begins,
            ``(stages, F)``; -1 none.
        hub_to_hub: adjustment fund that does where no pool does, ``(stages, F)``.
        added: central claims paid that moral hazard adds, by the year of care, ``(L, T, n)``; no
            lags where it adds nothing.
        effort: what pooling leaves of income, ``(P,)``.
        slackening: 1 in years in which some pool's effort is not one, ``(T,)``.
        hub: adjustment fund of each pool, ``(P,)``; -1 none.
        levy, own, need: levy, own responsibility and share of levies paid by need, ``(P,)``.
        expected_cost: cost expected of the insured, ``(T, P)``; 0 outside a pool's life.
        hubs: largest number of adjustment funds, ``(1,)``.
        opening: balance of the pools of the first stage, ``(first stage's pools,)``.
        cell: place of the first pool's balance among all balances, ``(T,)``.
    """

    scheme: IntArray
    first: IntArray
    last: IntArray
    of_county: IntArray
    stage: IntArray
    begins: IntArray
    merge_into: IntArray
    hub_to_pool: IntArray
    hub_to_hub: IntArray
    added: FloatArray
    effort: FloatArray
    slackening: IntArray
    hub: IntArray
    levy: FloatArray
    own: FloatArray
    need: FloatArray
    expected_cost: FloatArray
    hubs: IntArray
    opening: FloatArray
    cell: IntArray


def plan_layout(
    case: Case,
    plan: PoolingPlan,
    scheme: int,
    years: IntArray,
    opening: FloatArray,
    expected_cost: FloatArray,
    added: FloatArray,
) -> tuple[PlanLayout, list[Pools], list[int]]:
    """A scheme's pools under a plan as arrays, its pools by stage, and each stage's first year.

    Args:
        case: the case.
        plan: the plan.
        scheme: number of the scheme.
        years: projected years, ``(T,)``.
        opening: opening balances by county, ``(n,)``.
        expected_cost: cost expected of the insured by county, ``(T, n)``.
        added: central claims paid that moral hazard adds, by year of care, ``(L, T, n)``.
    """
    name = case.schemes[scheme].name
    stages: list[Stage] = []
    stage_of = np.zeros(years.size, dtype=np.int64)
    starts: list[int] = []
    for t, year in enumerate(years):
        current = plan.stage(name, int(year))
        if not stages or current != stages[-1]:
            stages.append(current)
            starts.append(t)
        stage_of[t] = len(stages) - 1
    pools = [pools_of(case, stage) for stage in stages]
    offsets = np.concatenate([[0], np.cumsum([len(p.codes) for p in pools])]).astype(np.int64)
    total = int(offsets[-1])
    merge, hub = np.full(total, -1, dtype=np.int64), np.full(total, -1, dtype=np.int64)
    levy, own, need = np.zeros(total), np.zeros(total), np.zeros(total)
    cost = np.zeros((years.size, total))
    begins = np.zeros(years.size, dtype=np.int64)
    uppers = [
        None if s.adjustment is None else pools_of(case, Stage(level=s.adjustment.level))
        for s in stages
    ]
    most = max([1, *(len(upper.codes) for upper in uppers if upper is not None)])
    to_pool = np.full((len(stages), most), -1, dtype=np.int64)
    to_hub = np.tile(np.arange(most), (len(stages), 1))
    held: Pools | None = None
    for number, (stage, here) in enumerate(zip(stages, pools, strict=True)):
        lead = np.array([np.flatnonzero(here.of_county == p)[0] for p in range(len(here.codes))])
        span = slice(int(offsets[number]), int(offsets[number + 1]))
        if stage.adjustment is not None:
            cost[stage_of == number, span] = here.total(expected_cost[stage_of == number])
        if number:
            begins[starts[number]] = 1
            if held is not None:
                moves = hub_moves(held, here, uppers[number])
                inside = moves.to_pool >= 0
                to_pool[number, : inside.size][inside] = offsets[number] + moves.to_pool[inside]
                to_hub[number, : inside.size][~inside] = moves.to_hub[~inside]
                if uppers[number] is None and inside.all():
                    held = None
        if number + 1 < len(pools):
            merge[span] = offsets[number + 1] + pools[number + 1].of_county[lead]
        upper = uppers[number]
        if stage.adjustment is not None and upper is not None:
            held = upper
            hub[span] = upper.of_county[lead]
            levy[span], own[span] = stage.adjustment.levy, stage.adjustment.own_responsibility
            need[span] = stage.adjustment.need
    alive = offsets[stage_of + 1] - offsets[stage_of]
    effort = np.concatenate(
        [collection_effort(case, stage, p) for stage, p in zip(stages, pools, strict=True)]
    )
    slackening = np.add.reduceat(effort != 1.0, offsets[:-1]) > 0
    layout = PlanLayout(
        scheme=np.array([scheme], dtype=np.int64),
        first=offsets[stage_of],
        last=offsets[stage_of + 1],
        of_county=np.stack([offsets[i] + p.of_county for i, p in enumerate(pools)]),
        stage=stage_of,
        begins=begins,
        merge_into=merge,
        hub_to_pool=to_pool,
        hub_to_hub=to_hub,
        added=np.ascontiguousarray(added if added.any() else added[:0]),
        effort=effort,
        slackening=slackening.astype(np.int64)[stage_of],
        hub=hub,
        levy=levy,
        own=own,
        need=need,
        expected_cost=cost,
        hubs=np.array([most], dtype=np.int64),
        opening=pools[0].total(opening),
        cell=np.concatenate([[0], np.cumsum(alive)[:-1]]).astype(np.int64),
    )
    return layout, pools, starts


@compiled(FAST)
def _pool_balances(  # type: ignore[no-untyped-def]
    layout, m, k, flows, drivers, work, hubs, begin, pool, cells, kept
):
    """Scheme ``m`` of scenario ``k`` of a chunk: its pools through all years.

    Args:
        layout: the pools.
        m, k: scheme, and scenario within the chunk.
        flows: income, claims factor, and income and subsidies less outgo, by county,
            ``(S, T, n)`` each.
        drivers: of the chunk, ``(N, T, 6)``.
        work: room for four numbers a pool, ``(4, P)``.
        hubs: room for five numbers an adjustment fund.
        begin: row of the first scenario of the chunk among the kept.
        pool, cells: place of the plan's first pool and first balance among those of all plans.
        kept: what :func:`run_chunk` fills.
    """
    income, claims, net = flows
    balances, need, one_year, horizon, ruin = kept
    years, counties = net.shape[1], net.shape[2]
    pools = layout.effort.shape[0]
    row = begin + k
    for p in range(pools):
        need[row, pool + p] = -np.inf
        ruin[row, pool + p] = NEVER
        work[ACTUAL, p] = work[BARE, p] = 0.0
    for p in range(layout.opening.shape[0]):
        work[ACTUAL, p] = layout.opening[p]
    hubs[:] = 0.0
    grown = 1.0
    for t in range(years):
        first, last = layout.first[t], layout.last[t]
        if layout.begins[t] == 1:
            grown = 1.0
            for p in range(layout.first[t - 1], layout.last[t - 1]):
                work[ACTUAL, layout.merge_into[p]] += work[ACTUAL, p]
            hubs[SHARE] = 0.0
            for f in range(layout.hubs[0]):
                p = layout.hub_to_pool[layout.stage[t], f]
                if p >= 0:
                    work[ACTUAL, p] += hubs[HELD, f]
                else:
                    hubs[SHARE, layout.hub_to_hub[layout.stage[t], f]] += hubs[HELD, f]
            hubs[HELD] = hubs[SHARE]
        interest = 1.0 + drivers[k, t, 5]
        half = np.sqrt(interest)
        stage = layout.stage[t]
        alive, lead = U(last - first), U(first)
        for i in range(alive):
            work[RESULT, lead + U(i)] = 0.0
        for c in range(counties):
            work[RESULT, U(layout.of_county[stage, c])] += net[m, t, c]
        for late in range(min(layout.added.shape[0], t + 1)):
            for c in range(counties):
                more = claims[m, t - late, c] * layout.added[late, t, c]
                work[RESULT, layout.of_county[stage, c]] -= more
        if layout.hub[first] >= 0 or layout.slackening[t] == 1:
            for p in range(first, last):
                work[PAID_IN, p] = 0.0
            for c in range(counties):
                work[PAID_IN, layout.of_county[stage, c]] += income[m, t, c]
        if layout.slackening[t] == 1:
            for p in range(first, last):
                work[RESULT, p] -= (1.0 - layout.effort[p]) * work[PAID_IN, p]
                work[PAID_IN, p] *= layout.effort[p]
        if layout.hub[first] >= 0:
            _swap(layout, t, work[PAID_IN], work[RESULT], hubs, half)
        else:  # adjustment funds whose stage is over keep what they hold at interest
            for f in range(hubs.shape[1]):
                hubs[HELD, f] *= interest
        grown *= interest
        discount = 1.0 / grown
        cell, kept_pool = U(cells + layout.cell[t]), U(pool + first)
        lowest = 0.0
        for i in range(alive):
            q = lead + U(i)
            flow = work[RESULT, q] * half
            work[ACTUAL, q] = work[ACTUAL, q] * interest + flow
            work[BARE, q] = work[BARE, q] * interest + flow
            lowest = min(lowest, work[ACTUAL, q])
        for i in range(alive):
            balances[row, cell + U(i)] = work[ACTUAL, lead + U(i)]
        for i in range(alive):
            lacking = -work[BARE, lead + U(i)] * discount
            need[row, kept_pool + U(i)] = max(need[row, kept_pool + U(i)], lacking)
        if t == 0 or layout.begins[t] == 1:
            for p in range(first, last):
                one_year[row, pool + p] = -work[BARE, p] * discount
        if t == years - 1 or layout.begins[t + 1] == 1:
            for p in range(first, last):
                horizon[row, pool + p] = -work[BARE, p] * discount
        if lowest < 0.0:
            for p in range(first, last):
                if work[ACTUAL, p] < 0.0 and ruin[row, pool + p] == NEVER:
                    ruin[row, pool + p] = t


@compiled()
def _swap(layout, t, paid_in, result, hubs, half):  # type: ignore[no-untyped-def]
    """Add the year's swaps to ``result``; ``hubs`` becomes what the adjustment funds hold.

    The twin of :func:`fundpool.models.pooling.adjustment.swaps_of_year` for one scenario.
    """
    first, last = layout.first[t], layout.last[t]
    cost = layout.expected_cost[t]
    for f in range(hubs.shape[1]):
        hubs[HELD, f] *= half
        hubs[COLLECTED, f] = hubs[EACH, f] = hubs[ASKED, f] = 0.0
    for p in range(first, last):
        levy = layout.levy[p] * max(paid_in[p], 0.0)
        result[p] -= levy
        hubs[COLLECTED, layout.hub[p]] += levy
        hubs[EACH, layout.hub[p]] += cost[p]
    for f in range(hubs.shape[1]):
        hubs[HELD, f] += hubs[COLLECTED, f]
        if hubs[EACH, f] > 0.0:
            by_need = layout.need[first] * hubs[COLLECTED, f]
            hubs[HELD, f] -= by_need
            hubs[EACH, f] = by_need / hubs[EACH, f]
    for p in range(first, last):
        result[p] += hubs[EACH, layout.hub[p]] * cost[p]
        hubs[ASKED, layout.hub[p]] += (1.0 - layout.own[p]) * max(-result[p], 0.0)
    for f in range(hubs.shape[1]):  # grants are cut in proportion where money is short
        asked = hubs[ASKED, f]
        hubs[SHARE, f] = min(max(hubs[HELD, f] / asked, 0.0), 1.0) if asked > 0.0 else 0.0
        hubs[HELD, f] = (hubs[HELD, f] - asked * hubs[SHARE, f]) * half
    for p in range(first, last):
        lacking = (1.0 - layout.own[p]) * max(-result[p], 0.0)
        result[p] += lacking * hubs[SHARE, layout.hub[p]]


@compiled(FAST)
def run_chunk(  # type: ignore[no-untyped-def]
    terms, layouts, pool_start, cell_start, drivers, noise, noisy, struck, factors, begin, kept
):
    """Flows and balances of a chunk of ``N`` scenarios under several plans.

    Fills rows ``begin ... begin + N - 1`` of ``kept``: balances (all plans' pools by year), and by
    pool the opening reserve that never runs dry, what the first year and the whole time lack,
    discounted to the opening, and the number of the year of ruin.
    """
    shape = terms.income.shape
    income, subsidies, claims = np.empty(shape), np.empty(shape), np.empty(shape)
    outgo, net = np.empty(shape), np.empty(shape)
    most = hubs = 1
    for number in range(len(layouts)):
        most = max(most, layouts[number].effort.shape[0])
        hubs = max(hubs, layouts[number].hubs[0])
    work = np.empty((4, most))
    funds = np.zeros((5, hubs))
    for k in range(drivers.shape[0]):
        county_flows_of_scenario(
            terms, drivers[k], noise[min(k, noise.shape[0] - 1)], noisy, struck[k], factors[k],
            income, subsidies, claims, outgo,
        )  # fmt: skip
        for m in range(shape[0]):
            for t in range(shape[1]):
                for c in range(shape[2]):
                    net[m, t, c] = income[m, t, c] + subsidies[m, t, c] - outgo[m, t, c]
        for number in range(len(layouts)):
            _pool_balances(
                layouts[number], layouts[number].scheme[0], k, (income, claims, net), drivers,
                work, funds, begin, pool_start[number], cell_start[number], kept,
            )  # fmt: skip


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
