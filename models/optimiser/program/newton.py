"""Newton systems of a bordered program, by decomposition.

For a diagonal ``D > 0`` over the columns, the system is

``A dz = r``, ``A' dy - D^-1 dz = g``.

Blocks are eliminated one by one (:mod:`.elimination`). What is left ties common rows and columns
together: for a plan of many pools the prices of the hub's money and the bounds on unevenness of
each year. With these known every block is solved alone.
"""

from functools import partial
from itertools import pairwise

import numpy as np
from scipy import linalg, sparse

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.optimiser.program.bordered import Bordered
from fundpool.models.optimiser.program.elimination import Matrix, eliminate_blocks, solve_blocks

REPEATS, EXACT = 6, 1e-11
"""Most corrections of a solution for rounding, and what rows may then be out by."""

Pair = tuple[FloatArray, FloatArray]
"""Two of: values of the rows, of the columns, of the common columns."""


class NewtonSystem:
    """Systems of one matrix for one diagonal after the other.

    Attributes:
        matrix: ``A`` with its rows in the order of the blocks, common ones last.
        transposed: ``A'`` by rows.
        order: number of each of these rows in the program.
        common: common columns.
    """

    def __init__(self, matrix: sparse.csr_array, order: Bordered) -> None:
        """A matrix and its order."""
        self.order = np.concatenate([order.rows, order.common_rows])
        self.common: IntArray = order.common_columns
        self.matrix = sparse.csr_array(matrix[self.order])
        by_column = self.matrix.tocsc()
        self.transposed = sparse.csr_array(self.matrix.T.tocsr())
        self._rows, self._common_rows = order.rows.size, order.common_rows.size
        place = np.full(matrix.shape[1], -1, dtype=np.int64)
        place[self.common] = self._common_rows + np.arange(self.common.size)
        self._whole = Matrix(
            self.matrix.indptr.astype(np.int64), self.matrix.indices.astype(np.int64),
            self.matrix.data, by_column.indptr.astype(np.int64),
            by_column.indices.astype(np.int64), by_column.data, place, self._rows,
        )  # fmt: skip
        self._band = np.zeros((self._rows, order.width + 1))
        blocks = order.start.size - 1
        edges = np.linspace(0, blocks, min(CHUNKS, blocks) + 1).astype(np.int64)
        self._chunks = [order.start[low : high + 1] for low, high in pairwise(edges)]
        self._last_rows = sparse.csr_array(self.matrix[self._rows :])
        self._corner = self._last_rows[:, self.common].toarray()
        self._diagonal, self._inverse = np.zeros(0), np.zeros(0)
        self._factors = linalg.lu_factor(np.eye(1))

    def factorise(self, diagonal: FloatArray) -> None:
        """Take a diagonal ``D``, ``(n,)``."""
        self._inverse = 1.0 / diagonal[self.common]
        self._diagonal = diagonal.copy()
        self._diagonal[self.common] = 0.0
        size = self._common_rows + self.common.size

        def eliminated(start: IntArray) -> FloatArray:
            border = np.zeros((size, size))
            eliminate_blocks(start, self._whole, self._diagonal, self._band, border)
            return border

        # chunks stay the same on any number of processors, and so do the sums
        taken = np.sum(side_by_side(eliminated, self._chunks), axis=0)
        system = -(np.tril(taken) + np.tril(taken, -1).T)
        rows = slice(0, self._common_rows)
        columns = slice(self._common_rows, size)
        scaled = self._last_rows.multiply(self._diagonal)
        system[rows, rows] += (scaled @ self._last_rows.T).toarray()
        system[rows, columns] += self._corner
        system[columns, rows] += self._corner.T
        system[columns, columns] -= np.diag(self._inverse)
        self._factors = linalg.lu_factor(system, check_finite=False)

    def step(self, rows: FloatArray, columns: FloatArray) -> Pair:
        """``dz`` and ``dy``.

        Args:
            rows: ``r``, ``(m,)``.
            columns: ``g``, ``(n,)``.
        """
        inner = self._diagonal * columns
        common = columns[self.common]
        prices, moved = self._refined(rows + self.matrix @ inner, common)
        scaled, _ = self._columns(prices, moved)
        return scaled - inner, prices

    def _refined(self, rows: FloatArray, columns: FloatArray) -> Pair:
        """``dy``, and ``dz`` of common columns, where ``D`` has taken the others out."""
        prices, moved = self._once(rows, columns)
        size = np.inf
        for _ in range(REPEATS):
            # what rounding has left out, once more
            scaled, priced = self._columns(prices, moved)
            left = rows - self.matrix @ scaled
            left_of_columns = columns - priced[self.common] + self._inverse * moved
            last, size = size, float(np.abs(left).max())
            if size <= EXACT or size > last / 2.0:
                break
            more = self._once(left, left_of_columns)
            prices, moved = prices + more[0], moved + more[1]
        return prices, moved

    def _columns(self, prices: FloatArray, moved: FloatArray) -> Pair:
        """``D A' dy`` with common columns as given, and ``A' dy``."""
        priced = self.transposed @ prices
        scaled = self._diagonal * priced
        scaled[self.common] = moved
        return scaled, priced

    def _once(self, rows: FloatArray, columns: FloatArray) -> Pair:
        count = self._rows
        alone = np.zeros(rows.size)
        alone[:count] = self._solved(rows[:count])
        priced = self.transposed @ alone
        side = np.concatenate(
            [rows[count:] - self._last_rows @ (self._diagonal * priced),
             columns - priced[self.common]]
        )  # fmt: skip
        common = linalg.lu_solve(self._factors, side, check_finite=False)
        prices = np.zeros(rows.size)
        prices[count:], moved = common[: self._common_rows], common[self._common_rows :]
        scaled, _ = self._columns(prices, moved)
        prices[:count] = alone[:count] - self._solved((self.matrix @ scaled)[:count])
        return prices, moved

    def _solved(self, values: FloatArray) -> FloatArray:
        """``K^-1`` of every block."""
        result = values.copy()
        side_by_side(partial(solve_blocks, band=self._band, values=result), self._chunks)
        return result
