"""A linear program in families of columns and rows, kept as sparse arrays.

``minimise cost @ z`` subject to ``row_lower <= A z <= row_upper``, ``lower <= z <= upper``. A row
has one finite side, or two equal ones.

A family of columns is an array of column numbers of any shape; a family of rows names the columns
of each term as such an array. So a constraint that holds for every scenario, year and pool is
written once, and the families are what names of columns and rows begin with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from fundpool.models.axes.arrays import FloatArray, IntArray

Term = tuple[IntArray, ArrayLike]
"""Columns and their coefficients; both broadcast to the rows, further axes are summed over."""


@dataclass(frozen=True)
class Arrays:
    """A program as arrays: ``n`` columns, ``m`` rows."""

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    matrix: sparse.csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    integer: IntArray


@dataclass
class LinearProgram:
    """A program under construction.

    Attributes:
        columns: column numbers of each family, any shape.
        rows: row numbers of each family.
    """

    columns: dict[str, IntArray] = field(default_factory=dict)
    rows: dict[str, IntArray] = field(default_factory=dict)
    _lower: list[FloatArray] = field(default_factory=list)
    _upper: list[FloatArray] = field(default_factory=list)
    _integer: list[IntArray] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    _row_lower: list[FloatArray] = field(default_factory=list)
    _row_upper: list[FloatArray] = field(default_factory=list)
    _costs: list[tuple[IntArray, FloatArray]] = field(default_factory=list)
    _width: int = 0
    _height: int = 0

    def add_columns(
        self,
        family: str,
        shape: tuple[int, ...],
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
        integer: bool = False,
    ) -> IntArray:
        """New columns; their numbers in the given shape."""
        size = int(np.prod(shape, dtype=np.int64))
        numbers = np.arange(self._width, self._width + size, dtype=np.int64).reshape(shape)
        self._lower.append(_filled(lower, shape))
        self._upper.append(_filled(upper, shape))
        self._integer.append(np.full(size, integer, dtype=np.int64))
        self.columns[family] = numbers
        self._width += size
        return numbers

    def add_rows(
        self,
        family: str,
        shape: tuple[int, ...],
        terms: Sequence[Term],
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> IntArray:
        """New rows ``lower <= sum of terms <= upper``; their numbers in the given shape."""
        size = int(np.prod(shape, dtype=np.int64))
        numbers = np.arange(self._height, self._height + size, dtype=np.int64).reshape(shape)
        self._row_lower.append(_filled(lower, shape))
        self._row_upper.append(_filled(upper, shape))
        self.rows[family] = numbers
        self._height += size
        self.add_terms(numbers, terms)
        return numbers

    def add_terms(self, rows: IntArray, terms: Sequence[Term]) -> None:
        """Add terms to rows."""
        shape = rows.shape
        for columns, values in terms:
            over = columns.shape[len(shape) :] if columns.ndim > len(shape) else ()
            full = (*shape, *over)
            row = np.broadcast_to(rows.reshape((*shape, *(1 for _ in over))), full)
            value = np.broadcast_to(np.asarray(values, dtype=float), full).ravel()
            nonzero = np.flatnonzero(value)
            self._entries.append(
                (
                    row.ravel()[nonzero],
                    np.broadcast_to(columns, full).ravel()[nonzero],
                    value[nonzero],
                )
            )

    def add_cost(self, columns: IntArray, cost: ArrayLike) -> None:
        """Add to the cost of columns."""
        self._costs.append(
            (columns.ravel(), np.broadcast_to(np.asarray(cost, float), columns.shape).ravel())
        )

    def clear_cost(self) -> None:
        """Forget all costs."""
        self._costs.clear()

    def arrays(self) -> Arrays:
        """The program as it stands."""
        cost = np.zeros(self._width)
        for columns, value in self._costs:
            np.add.at(cost, columns, value)
        row, column, value = (
            np.concatenate([entry[k] for entry in self._entries]) if self._entries else np.zeros(0)
            for k in range(3)
        )
        matrix = sparse.csr_array(
            (value, (row.astype(np.int32), column.astype(np.int32))),
            shape=(self._height, self._width),
        )
        return Arrays(
            cost=cost,
            lower=np.concatenate(self._lower),
            upper=np.concatenate(self._upper),
            matrix=matrix,
            row_lower=np.concatenate(self._row_lower) if self._height else np.zeros(0),
            row_upper=np.concatenate(self._row_upper) if self._height else np.zeros(0),
            integer=np.concatenate(self._integer),
        )

    @property
    def height(self) -> int:
        """Number of rows."""
        return self._height

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bounds of all columns."""
        return np.concatenate(self._lower), np.concatenate(self._upper)

    def names(self) -> tuple[list[str], list[str]]:
        """Names of columns and rows, by family."""
        return _names(self.columns, self._width), _names(self.rows, self._height)


def _filled(value: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    return np.broadcast_to(np.asarray(value, dtype=float), shape).ravel().copy()


def _names(families: dict[str, IntArray], size: int) -> list[str]:
    names = [""] * size
    for family, numbers in families.items():
        first = int(numbers.flat[0]) if numbers.size else 0
        names[first : first + numbers.size] = [f"{family}_{k}" for k in range(numbers.size)]
    return names
