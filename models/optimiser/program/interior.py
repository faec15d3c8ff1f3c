"""The interior-point method for programs that fall apart into blocks (:mod:`.bordered`).

Mehrotra's predictor and corrector (1992) for ``minimise c z, A z = q, l <= z <= u``, with Newton
systems solved by decomposition (:mod:`.newton`): a nation's counties are worked off one by one, and
what is common to them, prices of the hub's money and bounds on unevenness, follows from a small
system. Its result is a claim like any solver's; the certificate is made elsewhere.
"""

import time
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import sparse

from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.optimiser.program.bordered import MANY, Bordered, bordered
from fundpool.models.optimiser.program.linear import Arrays
from fundpool.models.optimiser.program.newton import NewtonSystem

ITERATIONS = 120
RESIDUAL, GAP = 1e-8, 1e-5
"""What rows and prices may be out by, and the relative gap, at the end."""
KEPT = 1e-10
"""Curvature added to every column, so that free ones have some too."""
NEAR = 0.9999
"""Largest share of the way to a bound that a step goes."""
CORRECTIONS, FURTHER = 3, 0.3
"""Most corrections of a step, and how much longer it is hoped to get."""
PATIENCE = 12
"""Steps without a better point after which the best one is taken."""
NEARLY = 10.0
"""Multiple of these limits up to which it is taken; the certificate has the last word."""
REACH = 1e6
"""Most that a column counts for where prices prove that there is no solution."""


@dataclass(frozen=True)
class Interior:
    """What the method found.

    Attributes:
        status: ``optimal``, ``infeasible`` or ``unsolved``.
        values: of the ``n`` columns.
        duals: of the ``m`` rows; the change of the optimum with the side of the row.
        iterations: Newton steps.
        blocks, common: blocks, and rows and columns common to them.
    """

    status: str
    values: FloatArray
    duals: FloatArray
    iterations: int
    blocks: int
    common: int


@dataclass(frozen=True)
class _Standard:
    """``c z`` at least, ``A z = q``, ``l <= z <= u``; slack columns last, fixed columns left out.

    Attributes:
        matrix, cost, side, lower, upper: as above.
        kept: numbers of the columns among those of the program and its slacks.
        fixed: values of all of these, zero for those kept.
    """

    matrix: sparse.csr_array
    cost: FloatArray
    side: FloatArray
    lower: FloatArray
    upper: FloatArray
    kept: IntArray
    fixed: FloatArray


class _Point(NamedTuple):
    """Values and prices; or a step of all of these.

    Attributes:
        value: of the columns, ``(n,)``.
        price: of the rows, ``(m,)``.
        below, above: distances of the values from their bounds, one where there is none.
        low_price, high_price: of the bounds, zero where there is none.
    """

    value: FloatArray
    price: FloatArray
    below: FloatArray
    above: FloatArray
    low_price: FloatArray
    high_price: FloatArray


@dataclass(frozen=True)
class _Residuals:
    """What a point leaves.

    Attributes:
        rows: ``q - A z``.
        columns: ``c - A' y`` less the prices of the bounds.
        products: mean product of a distance and its price.
        count: number of bounds.
        gap: relative, of the cost to the bound by the prices.
        bound: that bound.
    """

    rows: FloatArray
    columns: FloatArray
    products: float
    count: int
    gap: float
    bound: float

    @property
    def largest(self) -> float:
        """Of rows and columns."""
        return max(float(np.abs(self.rows).max(initial=0.0)),
                   float(np.abs(self.columns).max(initial=0.0)))  # fmt: skip


def block_order(arrays: Arrays, many: int = MANY) -> Bordered | None:
    """The order of a program's rows by blocks; None where the method is not for it."""
    order = bordered(arrays.matrix, many)
    return order if order.worthwhile else None


def solved_by_blocks(
    arrays: Arrays, order: Bordered, gap: float = GAP, seconds: float = np.inf
) -> Interior:
    """The optimum of a program, from inside.

    Args:
        arrays: the program.
        order: of its rows.
        gap: relative gap at which to stop.
        seconds: after which no further step is begun.
    """
    last = time.perf_counter() + seconds
    program = _standard(arrays)
    common_columns = np.flatnonzero(np.isin(program.kept, order.common_columns))
    order = replace(order, common_columns=common_columns)
    system = NewtonSystem(program.matrix, order)
    program = replace(program, matrix=system.matrix, side=program.side[system.order])
    point = _started(program)
    best, least, at, status, number = point, np.inf, 0, "unsolved", 0
    for number in range(ITERATIONS):
        residuals = _residuals(program, system, point)
        error = max(residuals.largest / RESIDUAL, residuals.gap / gap)
        if error < least:
            best, least, at = point, error, number
        if least <= 1.0:
            status = "optimal"
            break
        if _impossible(program, residuals):
            status = "infeasible"
            break
        # rounding has the last word where nothing gets better
        patience = PATIENCE if least > NEARLY else PATIENCE // 4
        stuck = number - at > patience or not np.isfinite(error)
        if stuck or time.perf_counter() > last:
            break
        point = _advanced(program, system, point, residuals)
    if status == "unsolved" and least <= NEARLY:
        status = "optimal"
    values = program.fixed.copy()
    values[program.kept] = best.value
    duals = np.zeros(system.order.size)
    duals[system.order] = best.price
    common = order.common_rows.size + order.common_columns.size
    return Interior(status, values[: arrays.cost.size], duals, number, order.start.size - 1, common)


def _standard(arrays: Arrays) -> _Standard:
    """Rows with a range get a slack column, fixed columns go to the side."""
    rows = arrays.row_lower.size
    ranged = np.flatnonzero(arrays.row_lower != arrays.row_upper)
    slacks = sparse.csr_array(
        (-np.ones(ranged.size), (ranged, np.arange(ranged.size))), shape=(rows, ranged.size)
    )
    matrix = sparse.csr_array(sparse.hstack([arrays.matrix, slacks]).tocsr())
    lower = np.concatenate([arrays.lower, arrays.row_lower[ranged]])
    upper = np.concatenate([arrays.upper, arrays.row_upper[ranged]])
    cost = np.concatenate([arrays.cost, np.zeros(ranged.size)])
    fixed = np.where(lower == upper, lower, 0.0)
    kept = np.flatnonzero(lower != upper)
    side = np.where(arrays.row_lower == arrays.row_upper, arrays.row_lower, 0.0)
    return _Standard(
        sparse.csr_array(matrix[:, kept]), cost[kept], side - matrix @ fixed, lower[kept],
        upper[kept], kept, fixed,
    )  # fmt: skip


def _started(program: _Standard) -> _Point:
    """In the middle of two bounds or one off a single one; prices of the bounds alike."""
    lower, upper = program.lower, program.upper
    below, above = np.isfinite(lower), np.isfinite(upper)
    least, most = np.where(below, lower, 0.0), np.where(above, upper, 0.0)
    value = np.where(below & above, (least + most) / 2.0, least + below + most - above)
    size = max(1.0, float(np.abs(program.cost).max(initial=0.0)))
    return _Point(
        value, np.zeros(program.side.size), np.where(below, value - least, 1.0),
        np.where(above, most - value, 1.0), size * below, size * above,
    )  # fmt: skip


def _residuals(program: _Standard, system: NewtonSystem, point: _Point) -> _Residuals:
    rows = program.side - program.matrix @ point.value
    columns = program.cost - system.transposed @ point.price - point.low_price + point.high_price
    least = np.where(np.isfinite(program.lower), program.lower, 0.0)
    most = np.where(np.isfinite(program.upper), program.upper, 0.0)
    # plain sums: threads of a library would add up in an order of their own
    reached = float((program.cost * point.value).sum())
    bound = float((program.side * point.price).sum()) + float(
        (least * point.low_price - most * point.high_price).sum()
    )
    products = float((point.below * point.low_price + point.above * point.high_price).sum())
    count = int(np.isfinite(program.lower).sum() + np.isfinite(program.upper).sum())
    return _Residuals(
        rows, columns, products / max(count, 1), count,
        abs(reached - bound) / max(abs(reached), 1.0), bound,
    )  # fmt: skip


def _impossible(program: _Standard, residuals: _Residuals) -> bool:
    """Whether the prices prove that no columns within ``REACH`` keep all rows (Farkas)."""
    # without costs, prices give this bound; what they leave of a column counts for the most
    left = np.abs(program.cost - residuals.columns).sum()
    return residuals.bound > REACH * float(left) and residuals.bound > 0.0


def _advanced(
    program: _Standard, system: NewtonSystem, point: _Point, residuals: _Residuals
) -> _Point:
    """A step of prediction, one that centres and corrects, and corrections of that (Gondzio 1996).

    Corrections bring products of a distance and its price that lie far off the others back to
    them, so that steps are longer; each costs a solution more, but no factors.
    """
    below, above = np.isfinite(program.lower), np.isfinite(program.upper)
    curvature = below * point.low_price / point.below + above * point.high_price / point.above
    system.factorise(1.0 / (curvature + KEPT))
    mean = residuals.products
    first = _direction(system, point, residuals, (
        -point.below * point.low_price * below, -point.above * point.high_price * above,
    ), (below, above))  # fmt: skip
    shares = _shares(point, first, 1.0)
    ahead = _moved(point, first, shares)
    reached = float(
        (ahead.below * ahead.low_price)[below].sum() + (ahead.above * ahead.high_price)[above].sum()
    ) / max(residuals.count, 1)  # fmt: skip
    aim = mean * (reached / mean) ** 3
    low = (aim - point.below * point.low_price - first.below * first.low_price) * below
    high = (aim - point.above * point.high_price - first.above * first.high_price) * above
    step = _direction(system, point, residuals, (low, high), (below, above))
    shares = _shares(point, step, 1.0)
    for _ in range(CORRECTIONS):
        ahead = _moved(point, step, (min(1.0, shares[0] + FURTHER), min(1.0, shares[1] + FURTHER)))
        low = low + _outliers(ahead.below * ahead.low_price, aim) * below
        high = high + _outliers(ahead.above * ahead.high_price, aim) * above
        other = _direction(system, point, residuals, (low, high), (below, above))
        reach = _shares(point, other, 1.0)
        if sum(reach) < sum(shares) + FURTHER / 10.0:
            break
        step, shares = other, reach
    return _moved(point, step, _shares(point, step, min(max(0.9, 1.0 - mean), NEAR)))


def _outliers(products: FloatArray, aim: float) -> FloatArray:
    """What products lack to a tenth of the aim, or exceed ten times the aim by, at most that."""
    return np.asarray(np.maximum(np.clip(products, 0.1 * aim, 10.0 * aim) - products, -10.0 * aim))


def _direction(
    system: NewtonSystem,
    point: _Point,
    residuals: _Residuals,
    products: tuple[FloatArray, FloatArray],
    bounded: tuple[BoolArray, BoolArray],
) -> _Point:
    """The Newton step after which the products of distances and prices change by so much."""
    low, high = products[0] / point.below, products[1] / point.above
    side = residuals.columns - low + high
    value, price = system.step(residuals.rows, side)
    return _Point(
        value, price, value * bounded[0], -value * bounded[1],
        low - point.low_price / point.below * value * bounded[0],
        high + point.high_price / point.above * value * bounded[1],
    )  # fmt: skip


def _shares(point: _Point, step: _Point, most: float) -> tuple[float, float]:
    """Shares of a step, of values and of prices, up to which distances and prices stay positive."""
    return (
        _share((point.below, point.above), (step.below, step.above), most),
        _share((point.low_price, point.high_price), (step.low_price, step.high_price), most),
    )


def _share(here: tuple[FloatArray, ...], step: tuple[FloatArray, ...], most: float) -> float:
    share = 1.0
    for value, change in zip(here, step, strict=True):
        falls = change < 0.0
        if falls.any():
            share = min(share, most * float((value[falls] / -change[falls]).min()))
    return share


def _moved(point: _Point, step: _Point, shares: tuple[float, float]) -> _Point:
    return _Point(
        *(here + share * change for here, change, share in zip(
            point, step, (shares[0], shares[1], shares[0], shares[0], shares[1], shares[1]),
            strict=True,
        ))
    )  # fmt: skip
