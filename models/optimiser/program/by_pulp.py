"""A program built in PuLP and solved there, by a solver that is asked for by name."""

import time
from typing import Any

import numpy as np
import pulp

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.program.linear import Arrays

STATUSES = {
    pulp.LpStatusOptimal: "optimal",
    pulp.LpStatusInfeasible: "infeasible",
    pulp.LpStatusUnbounded: "unbounded",
}


def named_solver(name: str, time_limit: float | None = None) -> Any:
    """A solver of PuLP by name.

    Args:
        name: as PuLP lists it.
        time_limit: seconds.

    Raises:
        ValueError: PuLP has no such solver here.
    """
    available = pulp.listSolvers(onlyAvailable=True)
    if name not in available:
        raise ValueError(f"{name!r} is not a solver at hand: {', '.join(available)}")
    return pulp.getSolver(name, msg=False, timeLimit=time_limit)


def solved_by_pulp(
    arrays: Arrays,
    names: tuple[list[str], list[str]],
    solver: str,
    time_limit: float | None = None,
) -> tuple[str, FloatArray, FloatArray, float, float]:
    """Status, values of the columns, duals of the rows, and seconds of building and of solving.

    Raises:
        ValueError: PuLP has no such solver here.
    """
    chosen = named_solver(solver, time_limit)
    began = time.perf_counter()
    problem, variables = as_pulp(arrays, names)
    built = time.perf_counter()
    problem.solve(chosen)
    ended = time.perf_counter()
    values = np.array([v.varValue if v.varValue is not None else 0.0 for v in variables])
    duals = np.array([c.pi if c.pi is not None else np.nan for c in problem.constraints()])
    status = STATUSES.get(problem.status, "unsolved")
    return status, values, duals, built - began, ended - built


def as_pulp(
    arrays: Arrays, names: tuple[list[str], list[str]], title: str = "plan"
) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The program in PuLP, with its variables in column order.

    Expressions are made from whole rows at once, not by adding terms, which is where PuLP's time
    goes.
    """
    problem = pulp.LpProblem(title, pulp.LpMinimize)
    column_names, row_names = names
    lower = [None if bound == -np.inf else bound for bound in arrays.lower.tolist()]
    upper = [None if bound == np.inf else bound for bound in arrays.upper.tolist()]
    kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in arrays.integer.tolist()]
    variables = [
        problem.add_variable(name, least, most, kind)
        for name, least, most, kind in zip(column_names, lower, upper, kinds, strict=True)
    ]
    costly = np.flatnonzero(arrays.cost)
    problem.setObjective(
        pulp.LpAffineExpression(
            [(variables[j], value) for j, value in zip(costly, arrays.cost[costly], strict=True)]
        )
    )
    start = arrays.matrix.indptr.tolist()
    members = [variables[j] for j in arrays.matrix.indices.tolist()]
    values = arrays.matrix.data.tolist()
    for i, (name, least, most) in enumerate(
        zip(row_names, arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True)
    ):
        here = slice(start[i], start[i + 1])
        if least == most:
            sense, side = pulp.LpConstraintEQ, least
        elif most == np.inf:
            sense, side = pulp.LpConstraintGE, least
        elif least == -np.inf:
            sense, side = pulp.LpConstraintLE, most
        else:
            raise ValueError(f"the row {name} has two sides; write it as two rows")
        expression = pulp.LpAffineExpression(zip(members[here], values[here], strict=True))
        problem.addConstraint(pulp.LpConstraint(expression, sense, name, side))
    return problem, variables
