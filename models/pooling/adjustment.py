"""Adjustment funds: levies and grants between pools that stay apart."""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.pooling.plans import AdjustmentFund


@dataclass(frozen=True)
class PoolFlow:
    """What an adjustment fund looks at in a year, by pool, ``(..., p)``.

    Leading axes, scenarios say, are those of the reserve of the funds.

    Attributes:
        pooled_contributions: contributions without what goes to accounts.
        result: income less outgo before swaps.
        expected_cost: cost expected of the insured by age and sex, ``(p,)``.
    """

    pooled_contributions: FloatArray
    result: FloatArray
    expected_cost: FloatArray


def swaps_of_year(
    member: IntArray,
    fund: AdjustmentFund,
    flow: PoolFlow,
    reserve: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Levies paid to and grants received from the adjustment funds above the pools.

    A share of the year's levies is paid out by need, in proportion to the cost expected of the
    insured by age and sex; what is left, with the reserve, meets deficits. A deficit is what a pool
    lacks once it has paid its levy and received what it gets by need.

    >>> fund = AdjustmentFund("province", levy=0.1, own_responsibility=0.0)
    >>> flow = PoolFlow(np.array([100.0, 100.0]), np.array([20.0, -30.0]), np.array([1.0, 1.0]))
    >>> paid, received, reserve = swaps_of_year(np.array([0, 0]), fund, flow, np.array([0.0]))
    >>> paid.tolist(), received.tolist(), reserve.tolist()
    ([10.0, 10.0], [0.0, 20.0], [0.0])

    Args:
        member: adjustment fund that each pool belongs to, ``(p,)``.
        fund: its rules.
        flow: the year's money of each pool.
        reserve: money each adjustment fund holds, ``(..., f)``.

    Returns:
        levies ``(..., p)``, grants ``(..., p)``, money left in each fund ``(..., f)``. Grants are
        cut in proportion where a fund cannot meet all of them, so that it never turns negative.
    """
    belongs = (member[:, None] == np.arange(reserve.shape[-1])).astype(np.float64)
    levies = fund.levy * np.maximum(flow.pooled_contributions, 0.0)
    collected = levies @ belongs
    needed = flow.expected_cost @ belongs
    each = ratio(fund.need * collected, needed)
    by_need = each[..., member] * flow.expected_cost
    deficit = np.maximum(-(flow.result - levies + by_need), 0.0)
    wanted = (1.0 - fund.own_responsibility) * deficit
    available = reserve + collected - by_need @ belongs
    asked = wanted @ belongs
    share = ratio(available, asked, 1.0).clip(0.0, 1.0)
    grants = by_need + wanted * share[..., member]
    left = reserve + collected - grants @ belongs
    return levies, grants, np.maximum(left, 0.0)
