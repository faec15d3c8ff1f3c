"""HiGHS behind PuLP, handed the whole program in one call, and kept for a warm start.

PuLP's own interface adds column by column and row by row. This one reads the same problem into
one sparse matrix and passes that.
"""

from itertools import chain
from typing import Any

import highspy
import numpy as np
import pulp

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.program.linear import Arrays

STATUSES = {
    highspy.HighsModelStatus.kOptimal: pulp.LpStatusOptimal,
    highspy.HighsModelStatus.kInfeasible: pulp.LpStatusInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: pulp.LpStatusInfeasible,
    highspy.HighsModelStatus.kUnbounded: pulp.LpStatusUnbounded,
}


class InMemoryHighs(pulp.HiGHS):  # type: ignore[misc]
    """PuLP solver: HiGHS in this process.

    Attributes:
        model: the loaded HiGHS model after a solve; a later :meth:`solve_again` starts from its
            last basis.
    """

    def __init__(self, **options: Any) -> None:
        """Options are those of HiGHS, such as ``time_limit`` and ``solver``."""
        super().__init__(msg=False, **options)
        self.model: highspy.Highs | None = None

    def actualSolve(self, lp: pulp.LpProblem) -> int:  # noqa: N802 - PuLP's name
        """Load the problem, solve it, and give PuLP the values, duals and status."""
        self.createAndConfigureSolver(lp)
        self.model = lp.solverModel
        self.buildSolverModel(lp)
        return self.solve_again(lp)

    def solve_again(self, lp: pulp.LpProblem) -> int:
        """Solve the loaded model as it now stands."""
        assert self.model is not None
        self.model.run()
        solution = self.model.getSolution()
        for variable, value, reduced in zip(
            lp.held_variables, solution.col_value, solution.col_dual, strict=True
        ):
            variable.varValue = value
            variable.dj = reduced
        for constraint, dual in zip(lp.constraints(), solution.row_dual, strict=True):
            constraint.pi = dual
        status: int = STATUSES.get(self.model.getModelStatus(), pulp.LpStatusNotSolved)
        lp.assignStatus(status)
        return status

    def buildSolverModel(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        """Pass the problem as one matrix, its columns as in ``lp.held_variables``."""
        if not hasattr(lp, "held_variables"):
            lp.held_variables = lp.variables()
        for number, variable in enumerate(lp.held_variables):
            variable.index = number
        constraints = lp.constraints()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(lp.held_variables), len(constraints)
        cost = np.zeros(model.num_col_)
        for variable, value in lp.objective.items():
            if hasattr(variable, "index"):  # PuLP gives an empty objective a variable of its own
                cost[variable.index] += value
        model.col_cost_ = cost
        model.offset_ = lp.objective.constant
        model.col_lower_ = _bounds([v.lowBound for v in lp.held_variables], -highspy.kHighsInf)
        model.col_upper_ = _bounds([v.upBound for v in lp.held_variables], highspy.kHighsInf)
        model.row_lower_ = _bounds([c.getLb() for c in constraints], -highspy.kHighsInf)
        model.row_upper_ = _bounds([c.getUb() for c in constraints], highspy.kHighsInf)
        lengths = np.fromiter((len(c.expr) for c in constraints), np.int32, len(constraints))
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        size = int(start[-1])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = start
        model.a_matrix_.index_ = np.fromiter(
            (v.index for v in chain.from_iterable(c.expr for c in constraints)), np.int32, size
        )
        model.a_matrix_.value_ = np.fromiter(
            chain.from_iterable(c.expr.values() for c in constraints), np.float64, size
        )
        kinds = [v.cat == pulp.LpInteger for v in lp.held_variables]
        if any(kinds):
            whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
            model.integrality_ = [whole if kind else free for kind in kinds]
        assert self.model is not None
        self.model.passModel(model)


def _bounds(values: list[float | None], missing: float) -> np.ndarray:
    return np.array([missing if value is None else value for value in values], dtype=float)


def as_highs(arrays: Arrays) -> highspy.HighsLp:
    """A program as HiGHS holds it."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = arrays.cost.size, arrays.row_lower.size
    model.col_cost_, model.col_lower_, model.col_upper_ = arrays.cost, arrays.lower, arrays.upper
    model.row_lower_, model.row_upper_ = arrays.row_lower, arrays.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = arrays.matrix.indptr
    model.a_matrix_.index_ = arrays.matrix.indices
    model.a_matrix_.value_ = arrays.matrix.data
    return model


def solved_arrays(arrays: Arrays, **options: Any) -> FloatArray:
    """Values of the columns at the optimum of a small program that has one.

    Raises:
        RuntimeError: HiGHS finds none.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, "random_seed": 0, **options}.items():
        solver.setOptionValue(name, value)
    solver.passModel(as_highs(arrays))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS: {solver.modelStatusToString(solver.getModelStatus())}")
    return np.asarray(solver.getSolution().col_value)
