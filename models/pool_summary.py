"""Solvency of the pools of a run, evenness between them, and what each county gains or loses.

The measures are those of :mod:`models.measures` on arrays.
"""

from dataclasses import dataclass

import numpy as np

from actuarial.risk import ruin_probability
from actuarial.solvency import discount_factors, level_rate, short_range_test
from inputs.case import Case
from models.measures import evenness_indices
from models.pairs import IntArray
from models.pool_recursion import PoolRun
from models.rates import FloatArray

NEVER = -1
"""Exhaustion year of a pool that is never exhausted."""


@dataclass(frozen=True)
class PoolSummary:
    """Measures of the pools that last to the end, ``(p,)`` each.

    Attributes:
        exhaustion_year: first year with a negative closing balance; NEVER if none.
        min_reserve_months, final_reserve_months: reserve net of claims owed; NaN for a pool
            without outgo.
        payg_rate_first, payg_rate_last: pay-as-you-go rates; NaN without a base.
        income_rate: pooled contributions over the base, in present values.
        level_rate: NaN without a base.
        short_range_test: whether it is passed.
        ruin: probability of a negative balance at some year end of the pool's life.
        base: contribution base of the first year of life.
        worth: present value of the base over the pool's life.
        span: years that the pools have lived at the end.
    """

    exhaustion_year: IntArray
    min_reserve_months: FloatArray
    final_reserve_months: FloatArray
    payg_rate_first: FloatArray
    payg_rate_last: FloatArray
    income_rate: FloatArray
    level_rate: FloatArray
    short_range_test: np.ndarray
    ruin: FloatArray
    base: FloatArray
    worth: FloatArray
    span: int


def pool_summary(run: PoolRun, target_months: float) -> PoolSummary:
    """Measures of the pools of the last stage.

    Args:
        run: the pools' paths.
        target_months: reserve target in months of outgo.
    """
    first = int(np.flatnonzero(run.layout.stage_of == run.layout.stage_of[-1])[0])
    here = (slice(first, None), run.layout.last)
    base, outgo = run.contribution_base[here].T, run.outgo[here].T
    subsidies, income = run.subsidies[here].T, run.income[here].T
    months, balance = run.reserve_months[here].T, run.balance[0][here].T
    opening = run.opening[run.layout.last]
    interest = run.interest[first:]
    target = target_months / 12.0 * run.outgo_next_year[here][-1] + run.outstanding[here][-1]
    rated = (base > 0).all(axis=1)
    level, paid, worth = (np.full(base.shape[0], np.nan) for _ in range(3))
    payg = np.full(base.shape, np.nan)
    if rated.any():
        factors = discount_factors(interest, base.shape[1])
        worth[rated] = (base[rated] * factors).sum(axis=1)
        level[rated] = level_rate(
            outgo[rated], subsidies[rated], base[rated], opening[rated], interest, target[rated]
        )
        paid[rated] = (income[rated] * factors).sum(axis=1) / worth[rated]
        payg[rated] = (outgo[rated] - subsidies[rated]) / base[rated]
    negative = balance < 0
    years = run.years[first:]
    dry = np.where(negative.any(axis=1), years[negative.argmax(axis=1)], NEVER)
    tests = [
        short_range_test(row, target_months)
        for row in np.where(np.isnan(months), target_months, months)
    ]
    ruin = (
        (run.balance[(slice(1, None), *here)] < 0).any(axis=1).mean(axis=0)
        if run.balance.shape[0] > 1
        else np.full(base.shape[0], np.nan)
    )
    return PoolSummary(
        exhaustion_year=dry.astype(np.int64),
        min_reserve_months=np.fmin.reduce(months, axis=1),
        final_reserve_months=months[:, -1],
        payg_rate_first=payg[:, 0],
        payg_rate_last=payg[:, -1],
        income_rate=paid,
        level_rate=level,
        short_range_test=np.array(tests),
        ruin=ruin,
        base=base[:, 0],
        worth=worth,
        span=base.shape[1],
    )


def evenness_between(case: Case, codes: tuple[str, ...], summary: PoolSummary) -> dict[str, float]:
    """Evenness of the level rate between pools, weighted by contribution base.

    As :func:`models.measures.evenness_of`: floored at zero, within and between the regions of the
    second level.
    """
    rated = ~np.isnan(summary.level_rate)
    return evenness_indices(
        case, list(np.array(codes)[rated]), summary.level_rate[rated], summary.base[rated]
    )


def ruin_by_year(balance: FloatArray) -> FloatArray:
    """Share of scenarios that have been negative by each year, from ``(N, T)``."""
    return np.asarray(ruin_probability(balance))


@dataclass(frozen=True)
class CountyEffect:
    """What sharing a fund means to a county, ``(n,)`` each.

    Attributes:
        own_rate: level rate that the county would need by itself.
        pool_rate: level rate of the pool that it is in at the end.
        gain: the difference on its contribution base, money a year on average over the
            projection in present values; above zero if others carry part of its cost.
    """

    own_rate: FloatArray
    pool_rate: FloatArray
    gain: FloatArray


def county_effect(alone: PoolSummary, pooled: PoolSummary, run: PoolRun) -> CountyEffect:
    """What a plan gives each county or takes from it, at the same levers.

    Between counties of one pool the gains sum to zero but for moral hazard and what less effort
    in collecting costs: both level rates share their definition, and the pool's is the mean of
    the counties' weighted by the present value of their bases.

    Args:
        alone: every county by itself.
        pooled: the plan's pools.
        run: the plan's paths.
    """
    own = alone.level_rate
    shared = pooled.level_rate[run.layout.pools[-1].of_county]
    return CountyEffect(own, shared, (own - shared) * alone.worth / alone.span)


def yearly_swaps(run: PoolRun, summary: PoolSummary) -> FloatArray:
    """What a pool receives less what it pays, money a year on average in present values, ``(p,)``.

    Args:
        run: the plan's paths.
        summary: their measures.
    """
    first = int(np.flatnonzero(run.layout.stage_of == run.layout.stage_of[-1])[0])
    here = (slice(first, None), run.layout.last)
    factors = discount_factors(run.interest[first:], summary.span)
    net = run.received[here] - run.paid[here]
    return np.asarray((net * factors[:, None]).sum(axis=0) / summary.span)


def payments_between(net: FloatArray) -> list[tuple[int, int, float]]:
    """Payments that settle what each receives (above zero) or pays, largest to largest.

    What does not sum to zero stays with the larger side. At most one payment fewer than parties.

    >>> payments_between(np.array([3.0, -5.0, 2.0]))
    [(1, 0, 3.0), (1, 2, 2.0)]
    """
    left = net.astype(np.float64).copy()
    least = 1e-9 * float(np.abs(left).max(initial=0.0))
    found: list[tuple[int, int, float]] = []
    while True:
        payer, receiver = int(left.argmin()), int(left.argmax())
        amount = min(-left[payer], left[receiver])
        if amount <= least:
            return found
        left[payer] += amount
        left[receiver] -= amount
        found.append((payer, receiver, float(amount)))
