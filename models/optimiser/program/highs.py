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


class WarmStart:
    """The program solved last with its corner, from which one with other bounds only is solved.

    Moved bounds leave the corner's prices valid, so that the dual simplex method mends it in a few
    steps. Of programs that lie apart in more, each takes the place of the last.

    Attributes:
        started: how many programs were solved from the one before.
    """

    def __init__(self) -> None:
        """Keep no program yet."""
        self.started = 0
        self._last: tuple[highspy.Highs, Arrays] | None = None

    def result(self, arrays: Arrays) -> HighsResult | None:
        """The result of a program; None if there is no corner to start from, or none is found."""
        if self._last is None or not _same_rows(self._last[1], arrays):
            return None
        model = self._last[0]
        self._last = None
        columns = np.arange(arrays.cost.size, dtype=np.int32)
        rows = np.arange(arrays.row_lower.size, dtype=np.int32)
        model.changeColsBounds(columns.size, columns, arrays.lower, arrays.upper)
        model.changeRowsBounds(  # type: ignore[attr-defined]  # its stubs lack it
            rows.size, rows, arrays.row_lower, arrays.row_upper
        )
        model.setOptionValue("solver", "simplex")
        result = run(model)
        if result.status == "unsolved":
            return None
        self.started += 1
        self.keep(model, arrays)
        return result

    def keep(self, model: highspy.Highs, arrays: Arrays) -> None:
        """Start the next one from a program that was just solved, if it ended in a corner."""
        if model.getBasis().valid:
            self._last = model, arrays


def _same_rows(one: Arrays, other: Arrays) -> bool:
    """Whether two programs differ in no more than bounds."""
    return all(
        np.array_equal(first, second)
        for first, second in (
            (one.cost, other.cost), (one.integer, other.integer),
            (one.matrix.indptr, other.matrix.indptr),
            (one.matrix.indices, other.matrix.indices), (one.matrix.data, other.matrix.data),
        )
    )  # fmt: skip


def solved_arrays(arrays: Arrays, **options: Any) -> FloatArray:
    """Values of the columns at the optimum of a small program that has one.

    Raises:
        RuntimeError: HiGHS finds none.
    """
    result = run(loaded(arrays, **options))
    if result.status != "optimal":
        raise RuntimeError(f"HiGHS: {result.status}")
    return result.values
