"""What sharing a fund means to each county, and the payments that come to the same."""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.solvency import discount_factors
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.recursion import PoolRun
from fundpool.models.funds.summary import PoolSummary


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

    Between counties of one pool the gains sum to zero but for moral hazard, care that only the
    pool's territory pays in full, and what less effort in collecting costs: both level rates share
    their definition, and the pool's is the mean of the counties' weighted by the present value of
    their bases.

    Args:
        alone: every county by itself.
        pooled: the plan's pools.
        run: the plan's paths.
    """
    alone_rate = alone.level_rate[alone.last]
    shared = pooled.level_rate[pooled.last][run.layout.pools[-1].of_county]
    worth = alone.window_worth[alone.last]
    return CountyEffect(alone_rate, shared, (alone_rate - shared) * worth / alone.span)


def yearly_swaps(run: PoolRun) -> FloatArray:
    """What a pool of the last stage receives less what it pays, ``(p,)``.

    Money a year on average in present values.

    Args:
        run: the plan's paths.
    """
    first = int(np.flatnonzero(run.layout.stage_of == run.layout.stage_of[-1])[0])
    here = (slice(first, None), run.layout.last)
    factors = discount_factors(run.interest[first:], run.interest[first:].size)
    net = run.received[here] - run.paid[here]
    return np.asarray((net * factors[:, None]).sum(axis=0) / factors.size)


def payments_between(net: FloatArray) -> list[tuple[int, int, float]]:
    """Payments that settle what each receives (above zero) or pays, largest to largest.

    What does not sum to zero stays with the larger side. At most one payment fewer than parties.

    >>> payments_between(np.array([3.0, -5.0, 2.0]))
    [(1, 0, 3.0), (1, 2, 2.0)]
    """
    left = net.astype(np.float64).copy()
    least = 1e-9 * float(np.abs(left).max(initial=0.0))
    payments: list[tuple[int, int, float]] = []
    while True:
        payer, receiver = int(left.argmin()), int(left.argmax())
        amount = min(-left[payer], left[receiver])
        if amount <= least:
            return payments
        left[payer] += amount
        left[receiver] -= amount
        payments.append((payer, receiver, float(amount)))
