"""From a solution for the pairs in some tail to one of all scenarios and pools, and what it lacks.

With the rates and the losses that each pool may have in each scenario given, scenarios fall apart:
the swaps of each are a small program of their own, the *recourse*.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision, recursion, tail_mean
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.problem.scenarios import chosen_scenarios
from fundpool.models.optimiser.program.constraints import FundColumns, add_fund
from fundpool.models.optimiser.program.highs import solved_arrays
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.tail import TailColumns, TailPairs, of_pairs

ENOUGH = 5e-7
"""Money missing in the tail, over outgo, that no further pair is sought for."""

PENALTY = 1e3
"""Price of a loss beyond what is allowed, in levies."""


@dataclass(frozen=True)
class Extension:
    """A decision for all scenarios and pools.

    Attributes:
        decision: rates and swaps.
        lacking: pairs that should have columns, ``(s, p)``: those in a tail that misses its floor;
            else, where a scenario's recourse fails, those that draw or have no room left; else
            all of it. In a complete plan those that draw, else those without room where there are
            swaps, else all of these.
        complete: whether no pair misses its floor in the tail.
    """

    decision: Decision
    lacking: NDArray[np.bool_]
    complete: bool


def extended(
    fund: FundProblem, columns: TailColumns, values: FloatArray, lift: float = 0.0
) -> Extension:
    """Rates and swaps of all scenarios and pools from the values of the columns.

    Args:
        fund: the problem.
        columns: its columns.
        values: of the columns.
        lift: share of the way to the highest rates, themselves a plan within the limits on rates.
    """
    rates = np.clip(values[columns.rate] * fund.reference, fund.rate_lower, fund.rate_upper)
    rates = rates + lift * (fund.rate_upper - rates)
    nothing = np.zeros_like(fund.paths.outgo)
    decision = Decision(rates, nothing.copy(), nothing.copy())
    loss = fund.floor - recursion(fund, decision).balance
    most = allowed_loss(fund, columns, values)
    in_program = marked(fund, columns.pairs)
    over = (loss > most + ENOUGH * fund.unit).any(axis=(1, 2))
    if not fund.policy.swaps:
        tails = tail_of(fund, loss - shortfalls(fund, columns, values))
        return Extension(decision, tails & ~in_program, not tails.any())
    drawing, failed = np.zeros(in_program.shape, dtype=bool), np.zeros(in_program.shape, dtype=bool)
    for scenario in np.flatnonzero(over):
        grants, levies, short = recourse(fund, rates, most, int(scenario))
        decision.grants[scenario], decision.levies[scenario] = grants, levies
        drawing[scenario] = (grants > 1e-6 * fund.unit).any(axis=0)
        failed[scenario] = bool((short > ENOUGH * fund.unit).any())
    loss = fund.floor - recursion(fund, decision).balance - shortfalls(fund, columns, values)
    full: NDArray[np.bool_] = np.asarray((loss > most - ENOUGH * fund.unit).any(axis=1))
    tails = tail_of(fund, loss)
    complete = not tails.any()
    wanted: list[NDArray[np.bool_]] = [tails, (full | drawing) & failed, failed]
    if complete:
        swapping = np.tile(np.asarray(over)[:, None], (1, fund.pools))
        wanted = [drawing, full & swapping, swapping]
    for group in wanted:
        if (group & ~in_program).any():
            return Extension(decision, group & ~in_program, complete)
    return Extension(decision, np.zeros_like(in_program), complete)


def recourse(
    fund: FundProblem, rates: FloatArray, most: FloatArray, scenario: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Grants, levies and losses beyond what is allowed of one scenario, each ``(T, p)``.

    Args:
        fund: the problem.
        rates: ``(T, G)``.
        most: loss allowed, ``(s, T, p)``.
        scenario: its number.
    """
    one = np.array([scenario])
    alone = replace(
        fund, paths=chosen_scenarios(fund.paths, one), weight=np.ones(1),
        floor=(fund.floor - most)[one],
        policy=replace(fund.policy, floor="every", yearly_change=np.inf),
        grant_limit=fund.grant_limit[one], rate_lower=rates, rate_upper=rates,
    )  # fmt: skip
    program = LinearProgram()
    columns: FundColumns = add_fund(program, alone, elastic=True)
    assert columns.levy is not None
    assert columns.grant is not None
    assert columns.shortfall is not None
    weight = fund.unit / fund.unit.mean()
    program.add_cost(columns.levy, weight / fund.unit.sum(axis=1)[:, None] * fund.unit.mean())
    program.add_cost(columns.shortfall, PENALTY * weight)
    values = solved_arrays(program.arrays(), solver="simplex")
    grants, levies, short = (
        np.maximum(values[part][0], 0.0) * fund.unit
        for part in (columns.grant, columns.levy, columns.shortfall)
    )
    return grants, levies, short


def allowed_loss(fund: FundProblem, columns: TailColumns, values: FloatArray) -> FloatArray:
    """Largest loss of each scenario, year and pool that keeps the tail as it is, ``(s, T, p)``.

    A pair's is what it has; any other's is the largest quantile: the largest ``v`` with
    ``v + sum_k w_k max(L_k - v, 0) / tail <= 0``. As the sum is the largest of those over the worst
    ``j`` pairs, ``v`` is the least of ``-sum_j w L / (tail - sum_j w)`` over all ``j`` with less
    weight than the tail; zero for a pool without a pair.
    """
    pairs, tail = columns.pairs, fund.policy.tail
    unit = fund.unit[:, pairs.pool].T
    loss = of_pairs(fund.floor, pairs) - values[columns.balance] * unit
    missed = np.zeros_like(loss)
    if columns.shortfall is not None:
        missed = np.maximum(values[columns.shortfall], 0.0) * unit
    quantile = np.zeros(fund.unit.shape)
    for pool in columns.pools:
        of_pool = np.flatnonzero(pairs.pool == pool)
        losses = loss[of_pool] - missed[of_pool]
        order = np.argsort(-losses, axis=0)
        weight = fund.weight[pairs.scenario[of_pool]][order]
        mass = np.cumsum(weight, axis=0)
        total = np.cumsum(weight * np.take_along_axis(losses, order, axis=0), axis=0)
        within = mass < tail * (1.0 - 1e-9)
        bound = np.where(within, -total / np.where(within, tail - mass, 1.0), np.inf)
        quantile[:, pool] = np.minimum(bound.min(axis=0), 0.0)
    result = np.tile(quantile, (fund.scenarios, 1, 1))
    result[pairs.scenario, :, pairs.pool] = (
        np.maximum(loss - missed, quantile[:, pairs.pool].T) + missed
    )
    return result


def shortfalls(fund: FundProblem, columns: TailColumns, values: FloatArray) -> FloatArray:
    """Money by which the floor may be missed, ``(s, T, p)``; zero where it is hard."""
    result = np.zeros_like(fund.paths.outgo)
    if columns.shortfall is not None:
        pairs = columns.pairs
        missed = np.maximum(values[columns.shortfall], 0.0) * fund.unit[:, pairs.pool].T
        result[pairs.scenario, :, pairs.pool] = missed
    return result


def tail_of(fund: FundProblem, loss: FloatArray, above: float = ENOUGH) -> NDArray[np.bool_]:
    """Pairs in the worst share ``tail`` of a pool and year whose tail misses the floor, ``(s, p)``.

    Args:
        fund: the problem.
        loss: floor less balance and shortfall, ``(s, T, p)``.
        above: mean of the tail, over outgo, from which on a pool and year count.
    """
    short = tail_mean(loss, fund.policy.tail, fund.weight) > above * fund.unit
    order = np.argsort(-loss, axis=0, kind="stable")
    mass = fund.weight[order]
    before = np.cumsum(mass, axis=0) - mass
    worst = np.zeros(loss.shape, dtype=bool)
    np.put_along_axis(worst, order, before < fund.policy.tail * (1.0 - 1e-9), axis=0)
    return np.asarray((worst & short[None]).any(axis=1))


def pairs_of(chosen: NDArray[np.bool_]) -> TailPairs:
    """Pairs that are marked, ``(s, p)``."""
    scenario, pool = np.nonzero(chosen)
    return TailPairs(scenario.astype(np.int64), pool.astype(np.int64))


def marked(fund: FundProblem, pairs: TailPairs) -> NDArray[np.bool_]:
    """The inverse of :func:`pairs_of`."""
    chosen = np.zeros((fund.scenarios, fund.pools), dtype=bool)
    chosen[pairs.scenario, pairs.pool] = True
    return chosen
