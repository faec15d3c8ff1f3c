"""Bounds of the columns that no plan worth having violates, for the bound of the optimum.

A dual solution leaves reduced costs that are zero but for rounding; on a column without a bound
even those say nothing. Every column has a bound that follows from the limits.
"""

from collections.abc import Sequence

import numpy as np

from models.optimiser.constraints import FundColumns
from models.optimiser.fund_problem import FundProblem
from models.optimiser.linear_program import LinearProgram
from models.optimiser.objectives import Burden
from models.rates import FloatArray


def trusted_bounds(
    program: LinearProgram,
    funds: Sequence[FundProblem],
    columns: Sequence[FundColumns],
    burdens: Sequence[Burden],
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bounds of all columns, finite.

    Money: what a pool or hub holds, pays or draws in a year is at most what all pools together
    hold and collect at the highest rates until then, as a pool that pays keeps its floor and so
    pays from money it has. A pool that pays ends the year at its floor, which is not negative; so
    no balance lies below the lower of zero and what the lowest rates without swaps lead to.
    Burdens: between the least and the largest that the corridors allow.
    """
    lower, upper = program.bounds()
    for fund, column in zip(funds, columns, strict=True):
        growth = 1.0 + fund.paths.interest
        half = np.sqrt(growth)
        base = fund.paths.contribution_base
        most = fund.rate_upper[:, fund.group] * base
        least = fund.rate_lower[:, fund.group] * base
        size = np.zeros((fund.years, fund.hubs))
        np.add.at(size.T, fund.hub, fund.unit.T)
        held = np.full(fund.scenarios, np.maximum(fund.paths.opening_balance, 0.0).sum())
        deep = np.tile(np.minimum(fund.paths.opening_balance, 0.0), (fund.scenarios, 1))
        for t in range(fund.years):
            into = most[:, t] + np.maximum(-fund.net_outgo[:, t], 0.0)
            held = held * growth[:, t] + into.sum(axis=1) * half[:, t]
            lost = (least[:, t] - fund.net_outgo[:, t]) * half[:, t, None]
            deep = np.minimum(deep * growth[:, t, None] + lost, 0.0)
            cap = held[:, None] / fund.unit[t]
            for part in (column.balance, column.levy, column.grant):
                if part is not None:
                    _tighten(upper, part[:, t], cap)
            if column.hub is not None:
                _tighten(upper, column.hub[:, t], held[:, None] / size[t])
            floor, depth = fund.floor[:, t] / fund.unit[t], deep / fund.unit[t]
            lower[column.balance[:, t]] = np.maximum(lower[column.balance[:, t]], depth)
            if column.shortfall is not None:
                _tighten(upper, column.shortfall[:, t], np.maximum(floor - depth, 0.0))
        span = float((fund.rate_upper / fund.reference).max())
        for part in (column.rise, column.fall):
            _tighten(upper, part, np.full(part.shape, span))
        for family in ("quantile", "excess"):
            part = program.columns.get(f"{fund.paths.scheme}_{family}")
            if part is not None:
                reach = _reach(lower, upper, column, fund)
                _tighten(upper, part, np.full(part.shape, reach))
                lower[part] = np.maximum(lower[part], -reach)
    _bound_burdens(program, funds, burdens, lower, upper)
    return lower, upper


def _tighten(upper: FloatArray, columns: np.ndarray, bound: FloatArray) -> None:
    upper[columns] = np.minimum(upper[columns], bound)


def _reach(lower: FloatArray, upper: FloatArray, column: FundColumns, fund: FundProblem) -> float:
    """Largest distance between a balance and its floor, either way."""
    floor = fund.floor / fund.unit
    return float(
        max((floor - lower[column.balance]).max(), (upper[column.balance] - floor).max(), 0.0)
    )


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
