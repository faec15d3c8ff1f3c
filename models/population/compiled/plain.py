"""What the intrinsics of :mod:`fundpool.models.population.compiled.vectors` compute, in plain
numpy: the specification.

They take the intrinsics' place where nothing is compiled (:mod:`fundpool.models.axes.compiling`).
"""

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.population.held_cells import LANES

FEW, MANY = 3, 6
BAND, FEW_OR_MANY, ADD, FIRST_BEFORE = 2, 3, 4, 5
AFTER = FIRST_BEFORE + MANY
"""Columns of a row of :func:`fundpool.models.population.compiled.blocks.cover_plan`; after
``AFTER`` statuses follow."""


def _combine(
    before: int,
    target: FloatArray,
    source: FloatArray,
    matrices: FloatArray,
    row: int,
    plan: IntArray,
    n: int,
    cell: int,
) -> None:
    planned = plan[n]
    block = slice(int(cell), int(cell) + LANES)
    statuses = planned[FIRST_BEFORE : FIRST_BEFORE + before]
    after = planned[AFTER + 1 : AFTER + 1 + planned[AFTER]]
    weights = matrices[row, planned[BAND]][statuses][:, after]
    moved = weights.T @ source[statuses, block]
    target[after, block] = moved + target[after, block] if planned[ADD] else moved


def combine_few(
    target: FloatArray,
    source: FloatArray,
    matrices: FloatArray,
    row: int,
    plan: IntArray,
    n: int,
    cell: int,
) -> None:
    """A block of a row of a plan of at most ``FEW`` statuses before.

    For each status after ``j``: ``target[j]`` becomes the sum over statuses before ``k`` of
    ``matrices[row, band, k, j] * source[k]``, or is added to, in ``LANES`` cells from a cell on
    (:func:`fundpool.models.population.compiled.blocks.cover_plan`).
    """
    _combine(FEW, target, source, matrices, row, plan, n, cell)


def combine_many(
    target: FloatArray,
    source: FloatArray,
    matrices: FloatArray,
    row: int,
    plan: IntArray,
    n: int,
    cell: int,
) -> None:
    """The same for at most ``MANY`` statuses before."""
    _combine(MANY, target, source, matrices, row, plan, n, cell)
