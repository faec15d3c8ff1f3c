"""The pools of a scheme under a pooling plan, those of all stages in one list."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.pooling.effects import PooledCare, care_with_taken_in
from fundpool.models.pooling.plans import PoolingPlan, Pools, Stage, members, pools_of


class PoolTimeline(NamedTuple):
    """A :class:`Layout` as arrays, for compiled code; ``P`` pools, ``F`` adjustment funds at most.

    Attributes:
        first, last: pools in force in each year, ``(T,)``.
        stage: stage of each year, ``(T,)``.
        begins: 1 in the first year of a later stage, ``(T,)``.
        merge_into: pool of the next stage, ``(P,)``; -1 in the last stage.
        hub: adjustment fund of each pool, ``(P,)``; -1 none.
        hub_to_pool: pool that takes in what an adjustment fund holds as a stage begins,
            ``(stages, F)``; -1 none.
        hub_to_hub: adjustment fund that does where no pool does, ``(stages, F)``.
        levy, own_share, need: levy, own responsibility and share of levies paid by need, ``(P,)``.
    """

    first: IntArray
    last: IntArray
    stage: IntArray
    begins: IntArray
    merge_into: IntArray
    hub: IntArray
    hub_to_pool: IntArray
    hub_to_hub: IntArray
    levy: FloatArray
    own_share: FloatArray
    need: FloatArray


@dataclass(frozen=True)
class Layout:
    """A scheme's pools under a plan.

    Attributes:
        scheme: its name.
        stages: the stages that come into force, in order.
        pools: the pools of each.
        hubs: the adjustment funds of each; None where it has none.
        stage_of: stage of each projected year in which the scheme stands, ``(T',)``.
        offsets: place of a stage's first pool among all, ``(stages + 1,)``.
        care: what the plan makes of claims, for the scheme and those it takes in.
    """

    scheme: str
    stages: tuple[Stage, ...]
    pools: tuple[Pools, ...]
    hubs: tuple[Pools | None, ...]
    stage_of: IntArray
    offsets: IntArray
    care: Mapping[str, PooledCare]

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the pools of all stages."""
        return tuple(code for pools in self.pools for code in pools.codes)

    @property
    def last(self) -> slice:
        """Places of the pools of the last stage."""
        return slice(int(self.offsets[-2]), int(self.offsets[-1]))

    def in_force(self, t: int) -> slice:
        """Places of the pools of a year, counted from 0."""
        stage = int(self.stage_of[t])
        return slice(int(self.offsets[stage]), int(self.offsets[stage + 1]))

    @property
    def starts(self) -> IntArray:
        """First year of each stage, counted from 0, ``(stages,)``."""
        return np.searchsorted(self.stage_of, np.arange(len(self.stages))).astype(np.int64)

    @cached_property
    def hub_history(self) -> tuple[tuple["HubMoves | None", Pools | None], ...]:
        """By stage: where the money of earlier adjustment funds goes as it begins, and the funds
        that hold money in it; None without.

        Raises:
            ValueError: new funds would split an old one.
        """
        history: list[tuple[HubMoves | None, Pools | None]] = []
        hubs: Pools | None = None
        for pools, upper in zip(self.pools, self.hubs, strict=True):
            moves = None if hubs is None else hub_moves(hubs, pools, upper)
            all_paid_out = moves is not None and bool((moves.to_pool >= 0).all())
            if upper is not None or all_paid_out:
                hubs = upper
            history.append((moves, hubs))
        return tuple(history)

    def timeline(self) -> PoolTimeline:
        """The layout as arrays.

        Raises:
            ValueError: new adjustment funds would split an old one.
        """
        total, stages = int(self.offsets[-1]), len(self.stages)
        merge_into, hub = np.full((2, total), -1, dtype=np.int64)
        levy, own_share, need = np.zeros((3, total))
        most = max([1, *(len(upper.codes) for upper in self.hubs if upper is not None)])
        to_pool = np.full((stages, most), -1, dtype=np.int64)
        to_hub = np.tile(np.arange(most, dtype=np.int64), (stages, 1))
        for number, (stage, pools) in enumerate(zip(self.stages, self.pools, strict=True)):
            here = slice(int(self.offsets[number]), int(self.offsets[number + 1]))
            moves, upper = self.hub_history[number][0], self.hubs[number]
            if moves is not None:
                inside = moves.to_pool >= 0
                to_pool[number, : inside.size][inside] = here.start + moves.to_pool[inside]
                to_hub[number, : inside.size][~inside] = moves.to_hub[~inside]
            if number + 1 < stages:
                merge_into[here] = here.stop + members(pools, self.pools[number + 1])
            if stage.adjustment is not None and upper is not None:
                hub[here] = members(pools, upper)
                levy[here], own_share[here] = (
                    stage.adjustment.levy,
                    stage.adjustment.own_responsibility,
                )
                need[here] = stage.adjustment.need
        begins = np.zeros(self.stage_of.size, dtype=np.int64)
        begins[self.starts[1:]] = 1
        return PoolTimeline(
            self.offsets[self.stage_of], self.offsets[self.stage_of + 1], self.stage_of, begins,
            merge_into.copy(), hub.copy(), to_pool, to_hub,
            levy.copy(), own_share.copy(), need.copy(),
        )  # fmt: skip

    def of_county(self) -> IntArray:
        """Place of each county's pool in each year, ``(T', n)``."""
        placed = [offset + p.of_county for offset, p in zip(self.offsets, self.pools, strict=False)]
        return np.stack([placed[stage] for stage in self.stage_of])


def layout(case: Case, plan: PoolingPlan, scheme: str, years: IntArray) -> Layout:
    """A scheme's pools under a plan.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.short_form import plan_for
    >>> plan = plan_for(examples.case(), "county,city@2023")
    >>> laid = layout(examples.case(), plan, "employee", np.arange(2021, 2024))
    >>> [pools.codes for pools in laid.pools]
    [('000000', '000001', '000002', '000003'), ('C00000', 'C00001')]

    Raises:
        ValueError: the plan names a level that the case does not have, or splits pools up.
    """
    stages: list[Stage] = []
    stage_of: list[int] = []
    for year in years:
        if not case.scheme(scheme).in_force(int(year)):
            break
        current = plan.stage(scheme, int(year))
        if not stages or current != stages[-1]:
            stages.append(current)
        stage_of.append(len(stages) - 1)
    pools = tuple(pools_of(case, stage) for stage in stages)
    hubs = tuple(
        None if stage.adjustment is None else pools_of(case, Stage(level=stage.adjustment.level))
        for stage in stages
    )
    sizes = [len(p.codes) for p in pools]
    return Layout(
        scheme, tuple(stages), pools, hubs, np.array(stage_of, dtype=np.int64),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        care_with_taken_in(case, plan, scheme, years),
    )  # fmt: skip


@dataclass(frozen=True)
class HubMoves:
    """Where the money of adjustment funds goes as a new stage begins; ``f`` funds so far.

    A fund that goes on keeps its money. Else a pool that holds all its counties takes it in; else a
    fund of the new stage above it; else it stays where it is, at interest.

    Attributes:
        to_pool: pool of the new stage, ``(f,)``; -1 none.
        to_hub: adjustment fund of the new stage, or place among the old ones where there are no
            new ones, ``(f,)``; -1 none.
    """

    to_pool: IntArray
    to_hub: IntArray

    def carry(
        self, money: FloatArray, pools: int, hubs: int | None
    ) -> tuple[FloatArray, FloatArray]:
        """What pools take in ``(..., p)``, and what funds hold ``(..., f')``.

        Args:
            money: held by the funds so far, ``(..., f)``.
            pools: number of pools of the new stage.
            hubs: number of its adjustment funds; None keeps the old ones.
        """
        into_pools = np.zeros((*money.shape[:-1], pools))
        into_hubs = np.zeros((*money.shape[:-1], money.shape[-1] if hubs is None else hubs))
        for fund, (pool, hub) in enumerate(zip(self.to_pool, self.to_hub, strict=True)):
            if pool >= 0:
                into_pools[..., pool] += money[..., fund]
            else:
                into_hubs[..., hub] += money[..., fund]
        return into_pools, into_hubs


def hub_moves(hubs: Pools, pools: Pools, upper: Pools | None) -> HubMoves:
    """Where the money of adjustment funds goes as a new stage begins.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling.plans import Stage, pools_of
    >>> cities = pools_of(examples.case(), Stage("city"))
    >>> province = pools_of(examples.case(), Stage("province"))
    >>> moves = hub_moves(cities, cities, province)  # every city has become one pool
    >>> moves.to_pool.tolist(), moves.to_hub.tolist()
    ([0, 1], [-1, -1])

    Args:
        hubs: the funds so far.
        pools: pools of the new stage.
        upper: its adjustment funds; None without.

    Raises:
        ValueError: new funds would split an old one.
    """
    to_pool = np.full(len(hubs.codes), -1, dtype=np.int64)
    to_hub = np.full(len(hubs.codes), -1, dtype=np.int64)
    for fund in range(len(hubs.codes)):
        counties = hubs.of_county == fund
        around = np.unique(pools.of_county[counties])
        above = np.array([fund]) if upper is None else np.unique(upper.of_county[counties])
        goes_on = (
            upper is not None
            and above.size == 1
            and bool((counties == (upper.of_county == above[0])).all())
        )
        if around.size == 1 and not goes_on:
            to_pool[fund] = around[0]
        elif above.size == 1:
            to_hub[fund] = above[0]
        else:
            raise ValueError(f"the adjustment fund {hubs.names[fund]} would be split up")
    return HubMoves(to_pool, to_hub)
