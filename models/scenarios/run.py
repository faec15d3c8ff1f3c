"""Stochastic solvency: balances of every pool in many scenarios, under several plans at once.

Scenarios are run in blocks that know nothing of each other; every plan sees the same states of
the world. Of each scenario is kept, by pool: the opening reserve it asks for, what the first year
and the whole time lack, and the year of ruin, so that quantiles of these are exact. Balances by
year are counted in bins; their quantiles are exact to one bin (:attr:`Fan.bin_width`).

Memory: one block of balances a worker, the bins, and 26 bytes a scenario and pool.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.pooling.effects import claims_by_year_of_care
from fundpool.models.pooling.plans import PoolingPlan, Pools
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.draws import REPLICATES
from fundpool.models.scenarios.engines import Engine, Job, results
from fundpool.models.scenarios.flows import chunks
from fundpool.models.scenarios.pools import PlanLayout, count_in_bins, plan_layout, run_chunk
from fundpool.models.scenarios.terms import ScenarioTerms, added_parts, scenario_terms

PILOT = 128
"""Scenarios that set the bins of the balances: mean and standard deviation by pool and year."""

BINS, REACH = 256, 6.0
"""Bins of a pool's balance in a year, from 6 standard deviations below its mean to 6 above."""

BLOCK_BYTES = 64_000_000
LARGEST_BLOCK = 512


@dataclass(frozen=True)
class PlanPools:
    """One scheme's pools under one plan, those of all stages in one list.

    Attributes:
        plan, scheme: names.
        codes, names, levels: of each pool.
        first_year, last_year: first and last projected year of each pool's life, counted from 0.
        opening: opening balance, NaN for pools of later stages.
        counties: number of counties of each pool.
    """

    plan: str
    scheme: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    first_year: IntArray
    last_year: IntArray
    opening: FloatArray
    counties: IntArray


@dataclass(frozen=True)
class Fan:
    """Balances of pools by year, counted.

    Attributes:
        low: lower end of the bins, ``(p, T)``; NaN where a pool does not live.
        bin_width: width of a bin: the largest error of a quantile, ``(p, T)``.
        counts: scenarios by bin, ``(p, T, bins)``.
    """

    low: FloatArray
    bin_width: FloatArray
    counts: NDArray[np.int32]

    def quantile(self, probability: float) -> FloatArray:
        """Balance that a share of the scenarios does not exceed, ``(p, T)``; within one bin."""
        total = self.counts.sum(axis=2)
        wanted = probability * total
        reached = np.cumsum(self.counts, axis=2)
        place = (reached < wanted[..., None]).sum(axis=2).clip(0, self.counts.shape[2] - 1)
        inside = np.take_along_axis(self.counts, place[..., None], axis=2)[..., 0]
        before = np.take_along_axis(reached, place[..., None], axis=2)[..., 0] - inside
        part = np.divide(wanted - before, inside, out=np.full(total.shape, 0.5), where=inside > 0)
        return np.asarray(self.low + (place + part.clip(0.0, 1.0)) * self.bin_width)


@dataclass(frozen=True)
class Outcomes:
    """What scenarios did to one scheme's pools under one plan; ``N`` scenarios, ``p`` pools.

    Attributes:
        pools: the pools.
        need: opening reserve with which a pool never runs dry, ``(N, p)``; below zero where it
            could owe money at the start. For pools of later stages: at the start of their life.
        one_year: present value at the opening of what the first year lacks, ``(N, p)``.
        horizon: the same of all years.
        ruin: year of ruin counted from 0, ``(N, p)``; NEVER if none.
        fan: balances by year.
    """

    pools: PlanPools
    need: FloatArray
    one_year: FloatArray
    horizon: FloatArray
    ruin: np.ndarray
    fan: Fan


@dataclass(frozen=True)
class StochasticRun:
    """Scenarios of a study under several plans.

    Attributes:
        terms: coefficients of the flows.
        plans: the plans by name.
        outcomes: by plan and scheme.
        scenarios, seed: how many, and of which draws.
    """

    terms: ScenarioTerms
    plans: dict[str, PoolingPlan]
    outcomes: dict[tuple[str, str], Outcomes]
    scenarios: int
    seed: int

    @property
    def years(self) -> IntArray:
        """Projected years, ``(T,)``."""
        return self.terms.years


@dataclass(frozen=True)
class _Shared:
    """What all blocks share."""

    terms: ScenarioTerms
    layouts: tuple[PlanLayout, ...]
    seed: int

    @property
    def pool_start(self) -> IntArray:
        sizes = [layout.effort.size for layout in self.layouts]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @property
    def cell_start(self) -> IntArray:
        sizes = [int((layout.last - layout.first).sum()) for layout in self.layouts]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


@dataclass(frozen=True)
class _Block:
    """A block's results; balances in single precision, which bins cannot tell apart."""

    balances: np.ndarray
    need: FloatArray
    one_year: FloatArray
    horizon: FloatArray
    ruin: np.ndarray


def run_block(shared: _Shared, block: tuple[int, int]) -> _Block:
    """Scenarios ``first ... first + count - 1`` under every plan."""
    first, count = block
    pools, cells = int(shared.pool_start[-1]), int(shared.cell_start[-1])
    balances = np.empty((count, cells), dtype=np.float32)
    need, one_year, horizon = (np.empty((count, pools)) for _ in range(3))
    ruin = np.empty((count, pools), dtype=np.int16)
    for chunk in chunks(shared.terms, shared.seed, first, count):
        run_chunk(
            shared.terms.kernel, shared.layouts, shared.pool_start, shared.cell_start,
            chunk.drivers, chunk.noise, shared.terms.model.noise, chunk.struck, chunk.factors,
            chunk.first - first, (balances, need, one_year, horizon, ruin),
        )  # fmt: skip
    return _Block(balances, need, one_year, horizon, ruin)


def run_scenarios(
    study: Study,
    plans: Sequence[str | PoolingPlan],
    scenarios: int,
    seed: int = 1,
    engine: Engine | None = None,
    terms: ScenarioTerms | None = None,
    block: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> StochasticRun:
    """Run scenarios of a study under several plans.

    Args:
        study: a projected case with a section ``scenarios``.
        plans: levels or plans.
        scenarios: how many.
        seed: seed of all draws.
        engine: where blocks run; default: threads of this process.
        terms: the study's coefficients; computed unless given.
        block: scenarios a block; default: as memory allows. Changes nothing but time and memory.
        progress: called with the number of scenarios done.

    Raises:
        CaseError: the case has no section ``scenarios``.
        ValueError: fewer than two scenarios, a bad seed or a bad plan.
        EngineError: the engine cannot be used.
    """
    if scenarios < 2:
        raise ValueError("ask for at least two scenarios")
    own = terms or scenario_terms(study)
    named = {plan.name: plan for plan in (plan_for(study.case, plan) for plan in plans)}
    sections = [
        (plan, number) for plan in named.values() for number in range(len(study.case.schemes))
    ]
    laid = [
        plan_layout(
            study.case,
            plan,
            number,
            own.years,
            own.opening[number],
            study.flows.expected_cost[number, 1:, : own.shape[2]],
            added_parts(
                study.case,
                own,
                number,
                claims_by_year_of_care(
                    study.case, plan, study.case.schemes[number].name, own.years
                ),
            ),
        )
        for plan, number in sections
    ]
    shared = _Shared(own, tuple(layout for layout, _, _ in laid), seed)
    pools, cells = int(shared.pool_start[-1]), int(shared.cell_start[-1])
    size = block or int(np.clip(BLOCK_BYTES // (8 * cells), 1, LARGEST_BLOCK))
    where = engine or Engine()

    def blocks(count: int) -> list[tuple[int, int]]:
        return [(first, min(size, count - first)) for first in range(0, count, size)]

    low, width = _bins(results(Job(run_block, shared, blocks(PILOT)), Engine()), cells)
    counts = np.zeros((cells, BINS), dtype=np.int32)
    kept = {name: np.empty((scenarios, pools)) for name in ("need", "one_year", "horizon")}
    ruin = np.empty((scenarios, pools), dtype=np.int16)
    first = 0
    for part in results(Job(run_block, shared, blocks(scenarios)), where):
        rows = slice(first, first + len(part.ruin))
        for name, values in kept.items():
            values[rows] = getattr(part, name)
        ruin[rows] = part.ruin
        count_in_bins(part.balances, low, width, counts)
        first = rows.stop
        if progress is not None:
            progress(first)

    outcomes = {}
    for place, ((plan, number), (layout, listed, starts)) in enumerate(
        zip(sections, laid, strict=True)
    ):
        own_pools = slice(int(shared.pool_start[place]), int(shared.pool_start[place + 1]))
        cell = slice(int(shared.cell_start[place]), int(shared.cell_start[place + 1]))
        scheme = study.case.schemes[number].name
        outcomes[plan.name, scheme] = Outcomes(
            pools=_plan_pools(plan.name, scheme, layout, listed, starts),
            need=kept["need"][:, own_pools],
            one_year=kept["one_year"][:, own_pools],
            horizon=kept["horizon"][:, own_pools],
            ruin=ruin[:, own_pools],
            fan=_fan(layout, low[cell], width[cell], counts[cell]),
        )
    return StochasticRun(own, named, outcomes, scenarios, seed)


def _bins(pilot: Iterable[_Block], cells: int) -> tuple[FloatArray, FloatArray]:
    """Lower end and width of the bins of every balance, from the pilot scenarios."""
    total, squares, centre = np.zeros(cells), np.zeros(cells), None
    for part in pilot:
        for row in part.balances.astype(np.float64):  # one by one: the same sums in any block
            if centre is None:
                centre = row
            total += row - centre
            squares += (row - centre) ** 2
    assert centre is not None
    mean = total / PILOT
    spread = np.sqrt(np.maximum(squares / PILOT - mean**2, 0.0))
    mean += centre
    width = np.maximum(2.0 * REACH * spread / BINS, np.maximum(1e-9 * np.abs(mean), 1e-9))
    return mean - 0.5 * BINS * width, width


def _plan_pools(
    plan: str, scheme: str, layout: PlanLayout, listed: list[Pools], starts: list[int]
) -> PlanPools:
    ends = [*(start - 1 for start in starts[1:]), layout.stage.size - 1]
    sizes = [len(pools.codes) for pools in listed]
    opening = np.full(layout.effort.size, np.nan)
    opening[: layout.opening.size] = layout.opening
    return PlanPools(
        plan=plan,
        scheme=scheme,
        codes=tuple(code for pools in listed for code in pools.codes),
        names=tuple(name for pools in listed for name in pools.names),
        levels=tuple(level for pools in listed for level in pools.levels),
        first_year=np.repeat(starts, sizes).astype(np.int64),
        last_year=np.repeat(ends, sizes).astype(np.int64),
        opening=opening,
        counties=np.concatenate([np.bincount(pools.of_county) for pools in listed]),
    )


def _fan(layout: PlanLayout, low: FloatArray, width: FloatArray, counts: NDArray[np.int32]) -> Fan:
    pools, years = layout.effort.size, layout.stage.size
    ends, widths = np.full((pools, years), np.nan), np.full((pools, years), np.nan)
    by_cell = np.zeros((pools, years, BINS), dtype=np.int32)
    for t in range(years):
        alive = slice(int(layout.first[t]), int(layout.last[t]))
        cell = slice(int(layout.cell[t]), int(layout.cell[t] + layout.last[t] - layout.first[t]))
        ends[alive, t], widths[alive, t] = low[cell], width[cell]
        by_cell[alive, t] = counts[cell]
    return Fan(ends, widths, by_cell)


def replicate_of(scenarios: int) -> IntArray:
    """The group of each scenario for standard errors, ``(N,)``: copies of the Sobol sequence."""
    return np.arange(scenarios) % REPLICATES
