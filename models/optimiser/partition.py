"""At which level to pool, and when: a partition of the counties over the region tree.

Every region of the tree is a candidate pool. In each stage every county lies in exactly one chosen
pool, which contains it; pools only ever merge. A plan costs what must come from outside to keep
each pool at its floor, what use rises by where pools are merged (moral hazard), and what it takes
to run the pools; all in present value.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.optimiser.certificate import TOLERANCE
from fundpool.models.optimiser.problem.candidates import Candidates
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.solving import Solution, solve
from fundpool.models.optimiser.statement.partition import least_cost
from fundpool.models.pooling.plans import PoolingPlan, Stage


@dataclass(frozen=True)
class Partition:
    """The chosen pools of one scheme.

    Attributes:
        scheme: name.
        plan: as a pooling plan.
        pools: codes of the pools of each stage.
        cost: present value, recomputed by an independent recursion.
        cost_parts: its parts: rescue, moral hazard and administration together, in present value.
        reported: cost by the solver.
        bound: no partition costs less.
        bound_from: ``dynamic programming``, or ``solver`` where that is too large and the bound
            is the word of the solver's branch and bound.
        alternatives: cost of every uniform plan, by level.
    """

    scheme: str
    plan: PoolingPlan
    pools: tuple[tuple[str, ...], ...]
    cost: float
    cost_parts: dict[str, float]
    reported: float
    bound: float
    bound_from: str
    alternatives: dict[str, float]

    @property
    def relative_gap(self) -> float:
        """Distance of the recomputed cost from the bound, to either side."""
        return abs(self.cost - self.bound) / max(abs(self.cost), 1.0)

    @property
    def certified(self) -> bool:
        """Whether the recomputed cost is the bound: neither above nor below it."""
        return self.relative_gap <= TOLERANCE


def best_partition(
    given: Candidates, solver: str | None = None, time_limit: float | None = None
) -> tuple[Partition | None, Solution]:
    """The cheapest staged partition, or None where the solver found none."""
    unit = float(np.maximum(-given.flow + given.floor, 0.0).sum(axis=0).max()) or 1.0
    program, chosen = _program(given, unit)
    solution, _ = solve(program, solver, time_limit)
    if solution.status != "optimal":
        return None, solution
    picked = solution.values[chosen] > 0.5
    cost, cost_parts = cost_of(given, picked)
    pools = tuple(
        tuple(code for code, in_use in zip(given.codes, row, strict=True) if in_use)
        for row in picked
    )
    bound = least_cost(given)
    partition = Partition(
        scheme=given.scheme, plan=pooling_plan(given, picked), pools=pools, cost=cost,
        cost_parts=cost_parts,
        reported=solution.objective * unit,
        bound=solution.bound * unit if bound is None else bound,
        bound_from="solver" if bound is None else "dynamic programming",
        alternatives={level: cost_of(given, _uniform(given, level))[0]
                      for level in dict.fromkeys(given.levels)},
    )  # fmt: skip
    return partition, solution


def _uniform(given: Candidates, level: str) -> np.ndarray:
    row = np.array([region_level == level for region_level in given.levels])
    return np.tile(row, (len(given.starts), 1))


def _program(given: Candidates, unit: float) -> tuple[LinearProgram, IntArray]:
    """The mixed-integer program.

    ``z[k, a]`` whether candidate ``a`` is a pool in stage ``k``; ``b[t, a]`` its balance, ``e``
    money from outside; ``m[k, d, a]`` the balance carried from ``d`` to the pool ``a`` around it:

    * cover: the candidates that contain a county sum to one;
    * only mergers: what contains a county at or above a candidate does not shrink;
    * ``b[t,a] = b[t-1,a] (1+i) + flow[t,a] z + e (1+i)^0.5``, with the carried balances at the
      start of a stage; ``b[t,a] >= floor z`` and ``b[t,a] <= most z``.
    """
    program = LinearProgram()
    count, stages = len(given.codes), len(given.starts)
    years, counties = given.years.size, given.contains.shape[1]
    growth = 1.0 + given.interest
    half = np.sqrt(growth)
    flow, floor = given.flow / unit, given.floor / unit
    stage = given.stage
    chosen = program.add_columns("pool", (stages, count), 0.0, 1.0, integer=True)
    balance = program.add_columns("balance", (years, count), -np.inf)
    outside = program.add_columns("outside", (years, count), 0.0)
    for county in range(counties):
        candidates_of_county = np.flatnonzero(given.contains[:, county])
        program.add_rows(
            f"cover{county}", (stages,), [(chosen[:, candidates_of_county], 1.0)], 1.0, 1.0
        )
        for rank in range(1, candidates_of_county.size):
            above = candidates_of_county[rank:]
            if stages > 1:
                program.add_rows(
                    f"merge{county}_{rank}", (stages - 1,),
                    [(chosen[1:, above], 1.0), (chosen[:-1, above], -1.0)], lower=0.0,
                )  # fmt: skip
    most = _most(given) / unit
    program.add_rows("held", (years, count),
                     [(balance, 1.0), (chosen[stage], -most)], upper=0.0)  # fmt: skip
    program.add_rows("floor", (years, count),
                     [(balance, 1.0), (chosen[stage], -floor)], lower=0.0)  # fmt: skip
    descent = [
        (d, a)
        for a in range(count)
        for d in range(count)
        if (given.contains[d] <= given.contains[a]).all()
    ]
    for t in range(years):
        terms = [
            (balance[t], 1.0),
            (chosen[stage[t]], -half[t] * flow[t]),
            (outside[t], -half[t] * np.ones(count)),
        ]
        if t in given.starts[1:]:
            carried = program.add_columns(f"carried{t}", (len(descent),), 0.0)
            source = np.array([d for d, _ in descent])
            target = np.array([a for _, a in descent])
            for a in range(count):
                into = carried[target == a]
                row = [(c[a : a + 1], np.atleast_1d(v)[a : a + 1] if np.ndim(v) else v)
                       for c, v in terms]  # fmt: skip
                program.add_rows(f"stage{t}_{a}", (1,),
                                 [*row, (into[None], -growth[t])], 0.0, 0.0)  # fmt: skip
                program.add_rows(f"into{t}_{a}", (into.size,),
                                 [(into, 1.0), (np.repeat(chosen[stage[t], a], into.size),
                                                -most[t, a])], upper=0.0)  # fmt: skip
            for d in range(count):
                out = carried[source == d]
                program.add_rows(f"from{t}_{d}", (1,),
                                 [(out[None], 1.0), (balance[t - 1, d : d + 1], -1.0)],
                                 0.0, 0.0)  # fmt: skip
        elif t == 0:
            opening = (given.contains @ given.opening) / unit * growth[0]
            program.add_rows("start", (count,), [*terms, (chosen[0], -opening)], 0.0, 0.0)
        else:
            program.add_rows(
                f"year{t}", (count,), [*terms, (balance[t - 1], np.full(count, -growth[t]))],
                0.0, 0.0,
            )  # fmt: skip
    factor = given.discount
    program.add_cost(outside, np.tile(given.rescue_price * factor[:, None], (1, count)))
    yearly = given.added / unit * factor[:, None]
    for k in range(stages):
        program.add_cost(chosen[k], yearly[stage == k].sum(axis=0))
    return program, chosen


def _most(given: Candidates) -> FloatArray:
    """Most that a candidate can hold, ``(T, N)``, however its counties were pooled before."""
    balance = np.maximum(given.contains @ given.opening, 0.0)
    most = np.empty_like(given.flow)
    for t in range(given.years.size):
        growth = 1.0 + float(given.interest[t])
        into = _best_split(given, np.maximum(given.flow[t], 0.0))
        floor = _best_split(given, np.maximum(given.floor[t], 0.0))
        balance = np.maximum(balance * growth + into * growth**0.5, floor)
        most[t] = balance
    return most


def _best_split(given: Candidates, values: FloatArray) -> FloatArray:
    """Largest sum of values over any split of a candidate into candidates, ``(N,)``."""
    best = values.copy()
    order = list(dict.fromkeys(given.levels))
    for below, level in itertools.pairwise(order):
        lower_regions = np.flatnonzero([region_level == below for region_level in given.levels])
        for a in np.flatnonzero([region_level == level for region_level in given.levels]):
            inside = lower_regions[(given.contains[lower_regions] <= given.contains[a]).all(axis=1)]
            best[a] = max(float(values[a]), float(best[inside].sum()))
    return best


def cost_of(given: Candidates, picked: np.ndarray) -> tuple[float, dict[str, float]]:
    """Cost of a staged partition by its own recursion.

    Money from outside is called when a pool would fall under its floor, and not before: interest
    is the same everywhere, so that later is never dearer, and a merger may make it needless.

    Args:
        given: the candidates.
        picked: whether a candidate is a pool in a stage, ``(K, N)``.
    """
    stage, factor = given.stage, given.discount
    rescue = added = 0.0
    county = given.opening.astype(float)
    balance_of: dict[int, float] = {}
    for t in range(given.years.size):
        pooled_now = np.flatnonzero(picked[stage[t]])
        if t == 0:
            balance_of = {int(a): float(county[given.contains[a]].sum()) for a in pooled_now}
        elif t in given.starts[1:]:
            before, balance_of = balance_of, dict.fromkeys((int(a) for a in pooled_now), 0.0)
            for d, money in before.items():
                home = next(a for a in balance_of if (given.contains[d] <= given.contains[a]).all())
                balance_of[home] += money
        for a in balance_of:
            growth = 1.0 + float(given.interest[t])
            closing = balance_of[a] * growth + float(given.flow[t, a]) * growth**0.5
            called = max(0.0, float(given.floor[t, a]) - closing) / growth**0.5
            balance_of[a] = closing + called * growth**0.5
            rescue += called * float(factor[t])
            added += float(given.added[t, a]) * float(factor[t])
    cost = given.rescue_price * rescue + added
    return cost, {"rescue": rescue, "moral_hazard_and_administration": added}


def pooling_plan(given: Candidates, picked: np.ndarray) -> PoolingPlan:
    """A staged partition as a pooling plan of its scheme."""
    counties = given.contains.shape[1]
    lowest = given.levels[0]
    stages = []
    for k, start in enumerate(given.starts):
        groups = []
        for a in np.flatnonzero(picked[k]):
            if given.levels[a] == lowest:
                continue
            groups += [
                (given.codes[c], given.codes[a]) for c in range(counties) if given.contains[a, c]
            ]
        stages.append(
            Stage(
                level=lowest, from_year=None if k == 0 else int(given.years[start]),
                groups=tuple(groups), schemes=(given.scheme,),
            )
        )  # fmt: skip
    return PoolingPlan(f"best for {given.scheme}", tuple(stages))
