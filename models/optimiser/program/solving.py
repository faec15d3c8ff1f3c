"""Solve a program: as arrays, by HiGHS or block by block, or in PuLP by a solver asked for."""

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.program.highs import HighsResult, WarmStart, loaded, run
from fundpool.models.optimiser.program.linear import Arrays, LinearProgram

if TYPE_CHECKING:
    from fundpool.models.optimiser.program.interior import Interior

HIGHS = "HiGHS"
"""The solver unless another is named."""
LARGE = 20_000
"""Rows above which an interior solution is taken as it is, without crossing to a corner."""
BLOCKS = "blocks"
"""Name of the method for large programs that fall apart into blocks (:mod:`.interior`)."""


@dataclass(frozen=True)
class Solution:
    """What a solver returned.

    Attributes:
        status: ``optimal``, ``infeasible``, ``unbounded`` or ``unsolved``.
        values: of the columns.
        duals: of the rows; the change of the optimum with the side of the row.
        objective: cost of the values.
        build_seconds, solve_seconds: time to make the arrays (and the model of PuLP), and to solve.
        solver: name of the solver.
        bound: of the optimum of a mixed-integer program, by branch and bound; the objective
            where there are no whole numbers, or the solver gives none.
    """

    status: str
    values: FloatArray
    duals: FloatArray
    objective: float
    build_seconds: float
    solve_seconds: float
    solver: str
    bound: float


def highs_options(
    rows: int, time_limit: float | None = None, tolerance: float | None = None
) -> dict[str, Any]:
    """Options of HiGHS: the interior-point method, the quicker one here (docs/optimiser.md).

    Args:
        rows: of the program.
        time_limit: seconds.
        tolerance: relative gap at which an interior solution is taken as it is.
    """
    options: dict[str, Any] = {"solver": "ipx", **_limit(time_limit)}
    if tolerance is not None:
        options["ipm_optimality_tolerance"] = tolerance
    if rows > LARGE or tolerance is not None:
        options["run_crossover"] = "off"
        # much faster on large programs, where its libraries are installed (extra "large")
        if find_spec("highspy_extras") is not None:
            # pools share rates and hubs: normal equations would be dense, and trying them is slow
            options |= {"solver": "hipo", "hipo_system": "augmented"}
    return options


def _limit(seconds: float | None) -> dict[str, Any]:
    return {} if seconds is None else {"time_limit": float(seconds)}


def check_solver(name: str | None) -> None:
    """Refuse a solver that is not at hand.

    Raises:
        ValueError: PuLP has no such solver here.
    """
    if name not in (None, HIGHS):
        from fundpool.models.optimiser.program.by_pulp import named_solver

        named_solver(str(name))


def solve(
    program: LinearProgram,
    solver: str | None = None,
    time_limit: float | None = None,
    tolerance: float | None = None,
    warm: WarmStart | None = None,
) -> tuple[Solution, Arrays]:
    """Solve a program; to a relative gap, where one is given.

    Args:
        program: columns, rows and costs.
        solver: name of a solver of PuLP, which the program is then built in; HiGHS if None.
        time_limit: seconds.
        tolerance: relative gap at which an interior solution of HiGHS is taken as it is.
        warm: program before this one, which HiGHS starts from where it can.

    Raises:
        ValueError: PuLP has no such solver here.
    """
    began = time.perf_counter()
    arrays = program.arrays()
    made = time.perf_counter() - began
    if solver not in (None, HIGHS):
        from fundpool.models.optimiser.program.by_pulp import solved_by_pulp

        status, values, duals, built, took = solved_by_pulp(
            arrays, program.names(), str(solver), time_limit
        )
        objective = float(arrays.cost @ values)
        return Solution(
            status, values, duals, objective, made + built, took, str(solver), objective
        ), arrays  # fmt: skip
    by_blocks = _by_blocks(arrays, time_limit, tolerance)
    if by_blocks is not None:
        objective = float(arrays.cost @ by_blocks.values)
        return Solution(
            by_blocks.status, by_blocks.values, by_blocks.duals, objective, made,
            time.perf_counter() - began - made, BLOCKS, objective,
        ), arrays  # fmt: skip
    result = _by_highs(arrays, time_limit, tolerance, warm)
    objective = float(arrays.cost @ result.values)
    return Solution(
        result.status, result.values, result.duals, objective, made,
        time.perf_counter() - began - made, HIGHS,
        result.bound if arrays.integer.any() else objective,
    ), arrays  # fmt: skip


def _by_blocks(
    arrays: Arrays, time_limit: float | None, tolerance: float | None
) -> "Interior | None":
    """A large program solved block by block; None where it is not of that kind, or not solved."""
    if arrays.row_lower.size <= LARGE or arrays.integer.any():
        return None
    from fundpool.models.optimiser.program.interior import GAP, block_order, solved_by_blocks

    order = block_order(arrays)
    if order is None:
        return None
    seconds = np.inf if time_limit is None else time_limit
    result = solved_by_blocks(arrays, order, max(GAP, tolerance or 0.0), seconds)
    return None if result.status == "unsolved" else result


def _by_highs(
    arrays: Arrays, time_limit: float | None, tolerance: float | None, warm: WarmStart | None
) -> HighsResult:
    if arrays.integer.any():
        return run(loaded(arrays, mip_rel_gap=1e-9, **_limit(time_limit)))
    started = None if warm is None else warm.result(arrays)
    if started is not None:
        return started
    model = loaded(arrays, **highs_options(arrays.row_lower.size, time_limit, tolerance))
    result = run(model)
    if warm is not None and result.status == "optimal":
        warm.keep(model, arrays)
    if result.status == "unsolved" and time_limit is None:
        # rare: stuck inside a program with hardly any room; a corner can still be found
        result = run(loaded(arrays, solver="ipx"))
    return result
