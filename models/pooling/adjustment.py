"""Adjustment funds: levies and grants between pools that stay apart."""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.pooling.plans import AdjustmentFund


@dataclass(frozen=True)
class PoolFlow:
    """What an adjustment fund looks at in a year, by pool, ``(p,)``.

    Attributes:
        pooled_contributions: contributions without what goes to accounts.
        result: income less outgo before swaps.
        expected_cost: cost expected of the insured by age and sex.
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
    insured by age and sex; what is left, with the reserve, meets deficits.

    Args:
        member: adjustment fund that each pool belongs to, ``(p,)``.
        fund: its rules.
        flow: the year's money of each pool.
        reserve: money each adjustment fund holds, ``(f,)``.

    Returns:
        levies ``(p,)``, grants ``(p,)``, money left in each fund ``(f,)``. Grants are cut in
        proportion where a fund cannot meet all of them, so that it never turns negative.
    """
    levies = fund.levy * np.maximum(flow.pooled_contributions, 0.0)
    collected = sum_by(member, levies, minlength=reserve.size)
    needed = sum_by(member, flow.expected_cost, minlength=reserve.size)
    each = np.divide(fund.need * collected, needed, out=np.zeros_like(collected), where=needed > 0)
    by_need = each[member] * flow.expected_cost
    deficit = np.maximum(-(flow.result - levies + by_need), 0.0)
    wanted = (1.0 - fund.own_responsibility) * (
        deficit if fund.need > 0 else np.maximum(-flow.result, 0.0)
    )
    available = reserve + collected - sum_by(member, by_need, minlength=reserve.size)
    asked = sum_by(member, wanted, minlength=reserve.size)
    share = np.divide(available, asked, out=np.ones_like(asked), where=asked > 0).clip(0.0, 1.0)
    grants = by_need + wanted * share[member]
    left = reserve + collected - sum_by(member, grants, minlength=reserve.size)
    return levies, grants, np.maximum(left, 0.0)


def batch_swaps(
    member: IntArray,
    fund: AdjustmentFund,
    income: FloatArray,
    result: FloatArray,
    expected_cost: FloatArray,
    reserve: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """:func:`swaps_of_year` for many scenarios.

    Args:
        member: fund of each pool, ``(p,)``.
        fund: its rules.
        income: pooled contributions, ``(N, p)``.
        result: income less outgo before swaps, ``(N, p)``.
        expected_cost: ``(p,)``.
        reserve: money each fund holds, ``(N, f)``.

    Returns:
        levies, grants ``(N, p)``, and money left ``(N, f)``.
    """
    belongs = (member[:, None] == np.arange(reserve.shape[1])).astype(np.float64)
    levies = fund.levy * np.maximum(income, 0.0)
    collected = levies @ belongs
    needed = expected_cost @ belongs
    each = np.divide(fund.need * collected, needed, out=np.zeros_like(collected), where=needed > 0)
    by_need = each[:, member] * expected_cost
    lacking = result - levies + by_need if fund.need > 0 else result
    wanted = (1.0 - fund.own_responsibility) * np.maximum(-lacking, 0.0)
    available = reserve + collected - by_need @ belongs
    asked = wanted @ belongs
    share = np.divide(available, asked, out=np.ones_like(asked), where=asked > 0).clip(0.0, 1.0)
    grants = by_need + wanted * share[:, member]
    left = reserve + collected - grants @ belongs
    return levies, grants, np.maximum(left, 0.0)
