"""Solve a program through PuLP."""

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pulp

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.program.highs import InMemoryHighs
from fundpool.models.optimiser.program.linear import Arrays, LinearProgram, as_pulp

LARGE = 20_000
"""Rows above which an interior solution is taken as it is, without crossing to a corner."""


@dataclass(frozen=True)
class Solution:
    """What a solver returned.

    Attributes:
        status: ``optimal``, ``infeasible``, ``unbounded`` or ``unsolved``.
        values: of the columns.
        duals: of the rows; the change of the optimum with the side of the row.
        objective: cost of the values.
        build_seconds, solve_seconds: time in PuLP and in the solver.
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


def default_solver(
    rows: int, time_limit: float | None = None, tolerance: float | None = None
) -> InMemoryHighs:
    """HiGHS by the interior-point method, the quicker one here (docs/optimiser.md).

    Args:
        rows: of the program.
        time_limit: seconds.
        tolerance: relative gap at which an interior solution is taken as it is.
    """
    options: dict[str, Any] = {"solver": "ipx", "random_seed": 0, **_limit(time_limit)}
    if tolerance is not None:
        options["ipm_optimality_tolerance"] = tolerance
    if rows > LARGE or tolerance is not None:
        options["run_crossover"] = "off"
        # much faster on large programs, where its libraries are installed (extra "large")
        if find_spec("highspy_extras") is not None:
            # pools share rates and hubs: normal equations would be dense, and trying them is slow
            options |= {"solver": "hipo", "hipo_system": "augmented"}
    return InMemoryHighs(**options)


def _limit(seconds: float | None) -> dict[str, Any]:
    return {} if seconds is None else {"time_limit": float(seconds)}


def named_solver(
    name: str | None, rows: int, time_limit: float | None = None, tolerance: float | None = None
) -> Any:
    """A PuLP solver by name; default: HiGHS in memory.

    Raises:
        ValueError: PuLP has no such solver here.
    """
    if name is None or name == "HiGHS":
        return default_solver(rows, time_limit, tolerance)
    available = pulp.listSolvers(onlyAvailable=True)
    if name not in available:
        raise ValueError(f"{name!r} is not a solver at hand: {', '.join(available)}")
    return pulp.getSolver(name, msg=False, timeLimit=time_limit)


def solve(
    program: LinearProgram,
    solver: str | None = None,
    time_limit: float | None = None,
    tolerance: float | None = None,
) -> tuple[Solution, Arrays]:
    """Build the program in PuLP and solve it; to a relative gap, where one is given."""
    began = time.perf_counter()
    arrays = program.arrays()
    problem, variables = as_pulp(arrays, program.names())
    built = time.perf_counter()
    chosen = named_solver(solver, arrays.row_lower.size, time_limit, tolerance)
    if arrays.integer.any() and isinstance(chosen, InMemoryHighs):
        chosen = InMemoryHighs(mip_rel_gap=1e-9, random_seed=0, **_limit(time_limit))
    problem.solve(chosen)
    if (
        problem.status == pulp.LpStatusNotSolved
        and isinstance(chosen, InMemoryHighs)
        and time_limit is None
    ):
        # rare: stuck inside a program with hardly any room; a corner can still be found
        chosen = InMemoryHighs(solver="ipx", random_seed=0)
        problem.solve(chosen)
    ended = time.perf_counter()
    status = {
        pulp.LpStatusOptimal: "optimal", pulp.LpStatusInfeasible: "infeasible",
        pulp.LpStatusUnbounded: "unbounded",
    }.get(problem.status, "unsolved")  # fmt: skip
    values = np.array([v.varValue if v.varValue is not None else 0.0 for v in variables])
    duals = np.array([c.pi if c.pi is not None else np.nan for c in problem.constraints()])
    solution = Solution(
        status, values, duals, float(arrays.cost @ values), built - began, ended - built,
        solver or "HiGHS", _best_bound(chosen, arrays, values),
    )  # fmt: skip
    return solution, arrays


def _best_bound(solver: Any, arrays: Arrays, values: FloatArray) -> float:
    if arrays.integer.any() and isinstance(solver, InMemoryHighs) and solver.model is not None:
        return float(solver.model.getInfo().mip_dual_bound)
    return float(arrays.cost @ values)
