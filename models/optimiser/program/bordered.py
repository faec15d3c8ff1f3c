"""Programs that fall apart into small blocks once a few rows and columns are set aside.

A plan of many pools is such a program: pools have nothing in common but the accounts of the hubs
and the bounds on unevenness, a few of each a year. Nothing here knows of pools: rows and columns
with many entries are what is *common*, and blocks are what the other rows fall apart into.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from fundpool.models.axes.arrays import IntArray

MANY = 40
"""Entries above which a row or a column counts as common."""
MOST_COMMON, WIDEST = 400, 40
"""Common rows and columns, and width of the band, up to which blocks are worth the while."""


@dataclass(frozen=True)
class Bordered:
    """Order of a matrix in which it is a band of ``B`` blocks with a border.

    Attributes:
        rows: rows of the blocks, block by block, ``(R,)``; in each such that entries that share a
            column lie close.
        start: first row of each block, and ``R``, ``(B + 1,)``.
        common_rows, common_columns: of the border.
        width: largest distance of two rows that share a column.
    """

    rows: IntArray
    start: IntArray
    common_rows: IntArray
    common_columns: IntArray
    width: int

    @property
    def worthwhile(self) -> bool:
        """Whether eliminating the blocks is cheap."""
        common = self.common_rows.size + self.common_columns.size
        return self.start.size > 2 and common <= MOST_COMMON and self.width <= WIDEST


def bordered(matrix: sparse.csr_array, many: int = MANY) -> Bordered:
    """The order of a matrix.

    Args:
        matrix: with rows that are not all common.
        many: entries above which a row or a column is common.
    """
    row_is_common = np.diff(matrix.indptr) > many
    column_is_common = np.diff(matrix.tocsc().indptr) > many
    block_rows = np.flatnonzero(~row_is_common)
    inner = abs(matrix[block_rows][:, np.flatnonzero(~column_is_common)])
    shared = (inner @ inner.T).tocsr()
    order = np.asarray(reverse_cuthill_mckee(shared, symmetric_mode=True), dtype=np.int64)
    # blocks follow each other in this order
    _, block = connected_components(shared, directed=False)
    first = np.flatnonzero(np.diff(block[order], prepend=-1))
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    pairs = shared.tocoo()
    distance = np.abs(place[pairs.row] - place[pairs.col])
    return Bordered(
        block_rows[order], np.append(first, order.size), np.flatnonzero(row_is_common),
        np.flatnonzero(column_is_common), int(distance.max(initial=0)),
    )  # fmt: skip
