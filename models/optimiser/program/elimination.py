"""Compiled: the blocks of a bordered system factorised and eliminated, and solved for.

The system of a block is ``K = A D A'`` for its rows ``A`` and a diagonal ``D`` over columns, held
as a band: ``band[r, d] = K[r, r - d]``, which becomes its Cholesky factor. ``W`` is what binds the
block to the border, one column for each common row and common column of the program; the block
takes ``W' K^-1 W`` off the system of the border.
"""

from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.compiling import LOOSE, compiled

SMALLEST = 1e-30
"""Pivot below which a row says nothing that the rows before it did not."""


class Matrix(NamedTuple):
    """A matrix by rows and by columns, block rows first, with its place in the border.

    Attributes:
        row_start, row_column, row_value: by rows.
        column_start, column_row, column_value: by columns.
        border_of_column: place in the border of a common column, -1 for others.
        block_rows: number of rows of all blocks; the ones after are common.
    """

    row_start: IntArray
    row_column: IntArray
    row_value: FloatArray
    column_start: IntArray
    column_row: IntArray
    column_value: FloatArray
    border_of_column: IntArray
    block_rows: int


@compiled(LOOSE)
def eliminate_blocks(
    start: IntArray, matrix: Matrix, diagonal: FloatArray, band: FloatArray, border: FloatArray
) -> None:
    """Factorise blocks and add ``W' K^-1 W`` to the lower triangle of the border's system.

    Args:
        start: first row of each block, and the row after the last.
        matrix: of the program.
        diagonal: ``D`` of every column, zero for common ones.
        band: rows of all blocks, ``(R, width + 1)``; becomes their factors.
        border: ``(L, L)``, added to.
    """
    count, width = border.shape[0], band.shape[1] - 1
    longest = 0
    for block in range(start.size - 1):
        longest = max(longest, start[block + 1] - start[block])
    bound = np.zeros((longest, count))
    # columns of W in the order in which rows of the block first have them, so that those not yet
    # reached need no work
    slot = np.empty(count, np.int64)
    of_slot = np.empty(count, np.int64)
    reached = np.empty(longest, np.int64)
    product = np.empty((count, count))
    for block in range(start.size - 1):
        first, last = start[block], start[block + 1]
        slot[:] = -1
        used = 0
        for r in range(first, last):
            local = r - first
            bound[local] = 0.0
            band[r] = 0.0
            for k in range(matrix.row_start[r], matrix.row_start[r + 1]):
                column, value = matrix.row_column[k], matrix.row_value[k]
                place = matrix.border_of_column[column]
                if place >= 0:
                    if slot[place] < 0:
                        slot[place], of_slot[used] = used, place
                        used += 1
                    bound[local, slot[place]] += value
                    continue
                scaled = diagonal[column] * value
                for e in range(matrix.column_start[column], matrix.column_start[column + 1]):
                    other = matrix.column_row[e]
                    if other >= matrix.block_rows:
                        place = other - matrix.block_rows
                        if slot[place] < 0:
                            slot[place], of_slot[used] = used, place
                            used += 1
                        bound[local, slot[place]] += scaled * matrix.column_value[e]
                    elif other <= r:
                        band[r, r - other] += scaled * matrix.column_value[e]
            reached[local] = used
        product[:used, :used] = 0.0
        for r in range(first, last):
            local, begin = r - first, max(first, r - width)
            for j in range(begin, r):
                total = band[r, r - j]
                for k in range(max(begin, j - width), j):
                    total -= band[r, r - k] * band[j, j - k]
                factor = total / band[j, 0]
                band[r, r - j] = factor
                if factor != 0.0:
                    for i in range(reached[j - first]):
                        bound[local, i] -= factor * bound[j - first, i]
            total = band[r, 0]
            for k in range(begin, r):
                total -= band[r, r - k] ** 2
            # a row without a pivot gets a huge one: its multiplier is then zero
            root = np.sqrt(total) if total > SMALLEST else 1.0 / SMALLEST
            band[r, 0] = root
            for i in range(reached[local]):
                bound[local, i] /= root
            for i in range(reached[local]):
                value = bound[local, i]
                if value != 0.0:
                    for j in range(i + 1):
                        product[i, j] += value * bound[local, j]
        for i in range(used):
            for j in range(i + 1):
                high, low = max(of_slot[i], of_slot[j]), min(of_slot[i], of_slot[j])
                border[high, low] += product[i, j]


@compiled(LOOSE)
def solve_blocks(start: IntArray, band: FloatArray, values: FloatArray) -> None:
    """``K^-1`` of the blocks applied in place.

    Args:
        start: first row of each block, and the row after the last.
        band: factors.
        values: of all rows of blocks, ``(R,)``.
    """
    width = band.shape[1] - 1
    for block in range(start.size - 1):
        first, last = start[block], start[block + 1]
        for r in range(first, last):
            total = values[r]
            for k in range(max(first, r - width), r):
                total -= band[r, r - k] * values[k]
            values[r] = total / band[r, 0]
        for r in range(last - 1, first - 1, -1):
            values[r] /= band[r, 0]
            for k in range(max(first, r - width), r):
                values[k] -= band[r, r - k] * values[r]
