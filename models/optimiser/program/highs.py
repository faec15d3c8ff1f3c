"""HiGHS, handed a whole program as arrays in one call, and kept for a warm start."""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.program.linear import Arrays

STATUSES = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
}


@dataclass(frozen=True)
class HighsResult:
    """What HiGHS returned.

    Attributes:
        status: ``optimal``, ``infeasible``, ``unbounded`` or ``unsolved``.
        values: of the ``n`` columns; zero where there are none.
        duals: of the ``m`` rows; the change of the optimum with the side of the row.
        bound: of a mixed-integer program by branch and bound.
        iterations: of the simplex method.
    """

    status: str
    values: FloatArray
    duals: FloatArray
    bound: float
    iterations: int


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
    if arrays.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[whole] for whole in arrays.integer.tolist()]
    return model


def loaded(arrays: Arrays, **options: Any) -> highspy.Highs:
    """HiGHS with a program and its options, such as ``time_limit`` and ``solver``, not yet run."""
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, "random_seed": 0, **options}.items():
        model.setOptionValue(name, value)
    model.passModel(as_highs(arrays))
    return model


def run(model: highspy.Highs) -> HighsResult:
    """Solve a program as it is loaded; from its last basis where it was solved before."""
    model.run()
    solution, info = model.getSolution(), model.getInfo()
    columns, rows = model.getNumCol(), model.getNumRow()
    values = np.array(solution.col_value, dtype=float)
    duals = np.array(solution.row_dual, dtype=float)
    return HighsResult(
        STATUSES.get(model.getModelStatus(), "unsolved"),
        values if values.size == columns else np.zeros(columns),
        duals if duals.size == rows else np.full(rows, np.nan),
        float(info.mip_dual_bound),
        int(info.simplex_iteration_count),
    )


def solved_arrays(arrays: Arrays, **options: Any) -> FloatArray:
    """Values of the columns at the optimum of a small program that has one.

    Raises:
        RuntimeError: HiGHS finds none.
    """
    result = run(loaded(arrays, **options))
    if result.status != "optimal":
        raise RuntimeError(f"HiGHS: {result.status}")
    return result.values
