"""Stochastic solvency: balances of every pool in many scenarios, under several plans at once.

Scenarios are run in blocks that know nothing of each other; every plan sees the same states of
the world. Of each scenario is kept, by pool: the opening reserve it asks for, what the first year
and the whole time lack, and the year of ruin, so that quantiles of these are exact. Balances by
year are counted in bins; their quantiles are exact to one bin (:attr:`Fan.bin_width`).

Memory: one block of balances a worker, the bins, and 26 bytes a scenario and pool.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.books import subsidised_share
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import Layout, layout
from fundpool.models.projection.study import Study
from fundpool.models.scenarios.draws import REPLICATES
from fundpool.models.scenarios.engines import Engine, Job, results
from fundpool.models.scenarios.flows import chunks
from fundpool.models.scenarios.layouts import PlanLayout, PlanSet, plan_layout, plan_set
from fundpool.models.scenarios.model import ScenarioModel, refuse_beyond_scenarios
from fundpool.models.scenarios.pools import Kept, count_in_bins, run_chunk
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
        part = ratio(wanted - before, inside, 0.5)
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
    plans: PlanSet
    seed: int


def run_block(shared: _Shared, block: tuple[int, int]) -> Kept:
    """Scenarios ``first ... first + count - 1`` under every plan."""
    first, count = block
    pools, cells = int(shared.plans.pool_start[-1]), int(shared.plans.cell_start[-1])
    need, one_year, horizon = (np.empty((count, pools)) for _ in range(3))
    balances = np.empty((count, cells), dtype=np.float32)  # finer than the bins they are counted in
    kept = Kept(balances, need, one_year, horizon, np.empty((count, pools), dtype=np.int16))
    for chunk in chunks(shared.terms, shared.seed, first, count):
        run_chunk(
            shared.terms.kernel, shared.plans, chunk.rows, shared.terms.model.noise,
            chunk.first - first, kept,
        )  # fmt: skip
    return kept


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

    >>> from fundpool import examples
    >>> run = run_scenarios(examples.study(), ["county"], scenarios=50, seed=7)
    >>> run.scenarios, sorted(run.outcomes)
    (50, [('county', 'employee'), ('county', 'resident')])

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
        ValueError: fewer than two scenarios, a bad seed, a bad plan or schemes that merge.
        EngineError: the engine cannot be used.
    """
    if scenarios < 2:
        raise ValueError("ask for at least two scenarios")
    refuse_beyond_scenarios(study.case)
    drawn_terms = terms or scenario_terms(study)
    named = {plan.name: plan for plan in (plan_for(study.case, plan) for plan in plans)}
    sections = [
        (plan, number, layout(study.case, plan, scheme.name, drawn_terms.years))
        for plan in named.values()
        for number, scheme in enumerate(study.case.schemes)
    ]
    layouts = [_plan_layout(study, drawn_terms, number, laid) for _, number, laid in sections]
    plans_as_arrays = plan_set(layouts)
    shared = _Shared(drawn_terms, plans_as_arrays, seed)
    pool_start, cell_start = plans_as_arrays.pool_start, plans_as_arrays.cell_start
    pools, cells = int(pool_start[-1]), int(cell_start[-1])
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
    for place, (plan, _, laid) in enumerate(sections):
        own_pools = slice(int(pool_start[place]), int(pool_start[place + 1]))
        cell = slice(int(cell_start[place]), int(cell_start[place + 1]))
        outcomes[plan.name, laid.scheme] = Outcomes(
            pools=_plan_pools(plan.name, laid, layouts[place].opening),
            need=kept["need"][:, own_pools],
            one_year=kept["one_year"][:, own_pools],
            horizon=kept["horizon"][:, own_pools],
            ruin=ruin[:, own_pools],
            fan=_fan(layouts[place], low[cell], width[cell], counts[cell]),
        )
    return StochasticRun(drawn_terms, named, outcomes, scenarios, seed)


@dataclass(frozen=True)
class GivenDeviations(ScenarioModel):
    """Scenarios whose drivers are given, without catastrophes and without chance in claims.

    Attributes:
        given: deviations of the drivers, ``(N, T, 6)``.
    """

    given: FloatArray = field(default_factory=lambda: np.zeros((0, 0, 6)))

    def deviations(self, seed: int, first: int, count: int, years: int) -> FloatArray:
        """The deviations of some of the scenarios, ``(count, T, 6)``; nothing is drawn."""
        del seed
        return np.ascontiguousarray(self.given[first : first + count, :years])


def reserves_needed(
    study: Study, plan: str | PoolingPlan, deviations: FloatArray, terms: ScenarioTerms
) -> dict[str, tuple[PlanPools, FloatArray]]:
    """Opening reserves that pools would need under given deviations of the drivers.

    Args:
        study: a projected case with a section ``scenarios``.
        plan: level or plan.
        deviations: of the drivers from the central path, ``(N, T, 6)``.
        terms: the study's coefficients.

    Returns:
        by scheme: its pools, and the opening reserve with which each never runs dry, ``(N, p)``.
    """
    chosen, count = plan_for(study.case, plan), len(deviations)
    laid = [layout(study.case, chosen, scheme.name, terms.years) for scheme in study.case.schemes]
    layouts = [_plan_layout(study, terms, n, each) for n, each in enumerate(laid)]
    plans = plan_set(layouts)
    model = terms.model
    given = GivenDeviations(
        model.drivers, (), model.premium_follows_wages, model.interest_floor, model.overdispersion,
        noise=False, given=deviations,
    )  # fmt: skip
    shared = _Shared(replace(terms, model=given), plans, 0)
    size = int(np.clip(BLOCK_BYTES // (8 * int(plans.cell_start[-1])), 1, LARGEST_BLOCK))
    blocks = [(first, min(size, count - first)) for first in range(0, count, size)]
    need = np.concatenate([run_block(shared, block).need for block in blocks])
    return {
        each.scheme: (
            _plan_pools(chosen.name, each, layouts[n].opening),
            need[:, int(plans.pool_start[n]) : int(plans.pool_start[n + 1])],
        )
        for n, each in enumerate(laid)
    }


def _plan_layout(study: Study, terms: ScenarioTerms, number: int, laid: Layout) -> PlanLayout:
    """Pools of the scheme with a number as arrays."""
    expected_cost = study.flows.expected_cost[number, 1:, : terms.shape[2]]
    borne = 1.0 - subsidised_share(study.flows, number)
    added = added_parts(terms.care[number], laid.care[laid.scheme]) * borne
    return plan_layout(study.case, laid, terms.opening[number], expected_cost, added)


def _bins(pilot: Iterable[Kept], cells: int) -> tuple[FloatArray, FloatArray]:
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


def _plan_pools(plan: str, laid: Layout, opening_balances: FloatArray) -> PlanPools:
    ends = np.append(laid.starts[1:], laid.stage_of.size) - 1
    sizes = np.diff(laid.offsets)
    opening = np.full(int(laid.offsets[-1]), np.nan)
    opening[: opening_balances.size] = opening_balances
    return PlanPools(
        plan=plan,
        scheme=laid.scheme,
        codes=laid.codes,
        names=tuple(name for pools in laid.pools for name in pools.names),
        levels=tuple(level for pools in laid.pools for level in pools.levels),
        first_year=np.repeat(laid.starts, sizes),
        last_year=np.repeat(ends, sizes),
        opening=opening,
        counties=np.concatenate([np.bincount(pools.of_county) for pools in laid.pools]),
    )


def _fan(layout: PlanLayout, low: FloatArray, width: FloatArray, counts: NDArray[np.int32]) -> Fan:
    timeline = layout.timeline
    pools, years = layout.effort.size, timeline.stage.size
    ends, widths = np.full((pools, years), np.nan), np.full((pools, years), np.nan)
    by_cell = np.zeros((pools, years, BINS), dtype=np.int32)
    for t in range(years):
        first, last = int(timeline.first[t]), int(timeline.last[t])
        alive, cell = slice(first, last), slice(layout.cell[t], layout.cell[t] + last - first)
        ends[alive, t], widths[alive, t] = low[cell], width[cell]
        by_cell[alive, t] = counts[cell]
    return Fan(ends, widths, by_cell)


def replicate_of(scenarios: int) -> IntArray:
    """The group of each scenario for standard errors, ``(N,)``: copies of the Sobol sequence."""
    return np.arange(scenarios) % REPLICATES
