"""Bounds of the columns that no plan worth having violates, for the bound of the optimum.

A dual solution leaves reduced costs that are zero but for rounding; on a column without a bound
even those say nothing. Every column has a bound that follows from the limits.
"""

from collections.abc import Sequence

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.constraints import FundColumns, hub_unit
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.objectives import Burden
from fundpool.models.optimiser.program.tail import TailColumns, of_pairs


def trusted_bounds(
    program: LinearProgram,
    funds: Sequence[FundProblem],
    columns: Sequence[FundColumns | TailColumns],
    burdens: Sequence[Burden],
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bounds of all columns, finite.

    Money: what a pool or hub holds, pays or draws in a year is at most what all pools together
    hold and collect at the highest rates until then, as a pool that pays keeps its floor and so
    pays from money it has. A pool that pays ends the year at its floor, which is not negative; so
    no balance lies below the lower of zero and what the lowest rates without swaps lead to.
    Where the floor need not hold in every scenario, the largest levies are taken off them.
    Burdens: between the least and the largest that the corridors allow.
    """
    lower, upper = program.bounds()
    for fund, column in zip(funds, columns, strict=True):
        held, deep = _reachable(fund)
        span = float((fund.rate_upper / fund.reference).max())
        for part in (column.rise, column.fall):
            _tighten(upper, part, np.full(part.shape, span))
        hubs = held[:, :, None] / hub_unit(fund)
        most = held[:, :, None] / fund.unit
        floor, depth = fund.floor / fund.unit, deep / fund.unit
        money = [column.balance, column.levy, column.grant]
        hub = [column.hub]
        if isinstance(column, TailColumns):
            most, floor, depth = (of_pairs(v, column.pairs) for v in (most, floor, depth))
            hubs = hubs[column.account_scenario, :, column.account_hub]
            hub.append(column.others)
        for limit, parts in ((most, money), (hubs, hub)):
            for one in parts:
                if one is not None:
                    _tighten(upper, one, limit)
        lower[column.balance] = np.maximum(lower[column.balance], depth)
        if column.shortfall is not None:
            _tighten(upper, column.shortfall, np.maximum(floor - depth, 0.0))
        if column.balance.size:
            reach = float(
                max(
                    (floor - lower[column.balance]).max(),
                    (upper[column.balance] - floor).max(),
                    0.0,
                )
            )
            for family in ("quantile", "excess"):
                found = program.columns.get(f"{fund.paths.scheme}_{family}")
                if found is not None:
                    _tighten(upper, found, np.full(found.shape, reach))
                    lower[found] = np.maximum(lower[found], -reach)
    _bound_burdens(program, funds, burdens, lower, upper)
    return lower, upper


def _tighten(upper: FloatArray, columns: np.ndarray, bound: FloatArray) -> None:
    upper[columns] = np.minimum(upper[columns], bound)


def _reachable(fund: FundProblem) -> tuple[FloatArray, FloatArray]:
    """Most money held and collected by all pools, ``(s, T)``; least balance, ``(s, T, p)``."""
    growth = 1.0 + fund.paths.interest
    half = np.sqrt(growth)
    most = fund.rate_upper[:, fund.group] * fund.paths.contribution_base
    least = fund.rate_lower[:, fund.group] * fund.paths.contribution_base
    if fund.policy.swaps and fund.policy.floor != "every":
        # a floor that need not be kept in every scenario lets a pool pay while short
        least = least * (1.0 - min(fund.policy.levy_ceiling, 1.0))
    held, deep = np.empty(most.shape[:2]), np.empty(most.shape)
    money = np.full(fund.scenarios, np.maximum(fund.paths.opening_balance, 0.0).sum())
    debt = np.tile(np.minimum(fund.paths.opening_balance, 0.0), (fund.scenarios, 1))
    for t in range(fund.years):
        into = most[:, t] + np.maximum(-fund.net_outgo[:, t], 0.0)
        money = money * growth[:, t] + into.sum(axis=1) * half[:, t]
        lost = (least[:, t] - fund.net_outgo[:, t]) * half[:, t, None]
        debt = np.minimum(debt * growth[:, t, None] + lost, 0.0)
        held[:, t], deep[:, t] = money, debt
    return held, deep


def _bound_burdens(
    program: LinearProgram,
    funds: Sequence[FundProblem],
    burdens: Sequence[Burden],
    lower: FloatArray,
    upper: FloatArray,
) -> None:
    for number, burden in enumerate(burdens):
        most = float(burden.of([f.rate_upper / f.reference for f in funds]).max())
        for family, part in program.columns.items():
            if family.startswith(f"unevenness{number}_"):
                _tighten(upper, part, np.full(part.shape, most))
                lower[part] = np.maximum(lower[part], 0.0)
