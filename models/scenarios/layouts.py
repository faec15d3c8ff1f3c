"""Pools of several pooling plans and schemes as arrays, for compiled code."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.compiling import compiled
from fundpool.models.pooling.effects import collection_effort
from fundpool.models.pooling.timeline import Layout, PoolTimeline


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
    """Pools of ``L`` layouts (plans and schemes) one behind another, whatever their number.

    A tuple of layouts would be another type, to be compiled anew, for every number of plans.

    Attributes:
        timeline: of all pools; what it has by year ``(L, T)``, by stage ``(stages of all, F)``.
        of_county, added, expected_cost, effort, slackening, opening, cell, scheme: those of
            :class:`PlanLayout`; by year and pool ``(L, T, most pools)``.
        pool_start, cell_start: place of its first pool and first balance among those of all, and
            their number in all at the end, ``(L + 1,)``.
        stage_start, lag_start, opening_start: the same for stages, lags of ``added`` and pools of
            the first stage.
    """

    timeline: PoolTimeline
    of_county: IntArray
    added: FloatArray
    expected_cost: FloatArray
    effort: FloatArray
    slackening: IntArray
    opening: FloatArray
    cell: IntArray
    scheme: IntArray
    pool_start: IntArray
    cell_start: IntArray
    stage_start: IntArray
    lag_start: IntArray
    opening_start: IntArray


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


def plan_set(layouts: Sequence[PlanLayout]) -> PlanSet:
    """Layouts of the same counties and years one behind another."""
    timelines = [each.timeline for each in layouts]
    years, most = layouts[0].expected_cost.shape[0], max(each.effort.size for each in layouts)
    hubs = max(each.hub_to_pool.shape[1] for each in timelines)
    cost = np.zeros((len(layouts), years, most))
    for place, each in zip(cost, layouts, strict=True):
        place[:, : each.effort.size] = each.expected_cost

    def of_stages(name: str) -> IntArray:
        """Adjustment funds that a layout does not have hold nothing and hand it to the first."""
        rows = [getattr(each, name) for each in timelines]
        fill = -1 if name == "hub_to_pool" else 0
        width = [(0, hubs - row.shape[1]) for row in rows]
        return np.concatenate(
            [
                np.pad(row, ((0, 0), more), constant_values=fill)
                for row, more in zip(rows, width, strict=True)
            ]
        )

    by_year = ("first", "last", "stage", "begins")
    by_pool = ("merge_into", "hub", "levy", "own_share", "need")
    columns = {name: np.stack([getattr(each, name) for each in timelines]) for name in by_year}
    columns |= {
        name: np.concatenate([getattr(each, name) for each in timelines]) for name in by_pool
    }
    columns |= {name: of_stages(name) for name in ("hub_to_pool", "hub_to_hub")}
    return PlanSet(
        timeline=PoolTimeline(**columns),
        of_county=np.concatenate([each.of_county for each in layouts]),
        added=np.concatenate([each.added for each in layouts]),
        expected_cost=cost,
        effort=np.concatenate([each.effort for each in layouts]),
        slackening=np.stack([each.slackening for each in layouts]),
        opening=np.concatenate([each.opening for each in layouts]),
        cell=np.stack([each.cell for each in layouts]),
        scheme=np.stack([each.scheme for each in layouts]),
        pool_start=_starts(each.effort.size for each in layouts),
        cell_start=_starts(int((each.last - each.first).sum()) for each in timelines),
        stage_start=_starts(len(each.of_county) for each in layouts),
        lag_start=_starts(len(each.added) for each in layouts),
        opening_start=_starts(each.opening.size for each in layouts),
    )


def _starts(sizes: Iterable[int]) -> IntArray:
    """Where each of several parts begins in a row of them, and the length of the row."""
    return np.cumsum([0, *sizes], dtype=np.int64)


@compiled()
def layout_of(plans, number):  # type: ignore[no-untyped-def]
    """The :class:`PlanLayout` with a number in a :class:`PlanSet`."""
    pool, next_pool = plans.pool_start[number], plans.pool_start[number + 1]
    stage, next_stage = plans.stage_start[number], plans.stage_start[number + 1]
    timeline = plans.timeline
    return PlanLayout(
        plans.scheme[number],
        PoolTimeline(
            timeline.first[number],
            timeline.last[number],
            timeline.stage[number],
            timeline.begins[number],
            timeline.merge_into[pool:next_pool],
            timeline.hub[pool:next_pool],
            timeline.hub_to_pool[stage:next_stage],
            timeline.hub_to_hub[stage:next_stage],
            timeline.levy[pool:next_pool],
            timeline.own_share[pool:next_pool],
            timeline.need[pool:next_pool],
        ),
        plans.of_county[stage:next_stage],
        plans.added[plans.lag_start[number] : plans.lag_start[number + 1]],
        plans.effort[pool:next_pool],
        plans.slackening[number],
        plans.expected_cost[number],
        plans.opening[plans.opening_start[number] : plans.opening_start[number + 1]],
        plans.cell[number],
    )
