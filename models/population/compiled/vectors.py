"""Blocks of cells as vectors, stated explicitly to the compiler.

Runs of a few blocks are too short for a compiler to find the vectors in a loop by itself: what it
does before and after one costs more than the loop. These intrinsics write a block's operations as
vectors of ``LANES`` numbers, which become the machine's own whatever their length. What they gain
over loops is a row of ``python -m benchmarks``.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from fundpool.models.axes.compiling import LOOSE, intrinsic
from fundpool.models.population.compiled import plain as plain_blocks
from fundpool.models.population.compiled.plain import (
    ADD,
    AFTER,
    BAND,
    FEW,
    FIRST_BEFORE,
    MANY,
)
from fundpool.models.population.held_cells import LANES


def _place(context: Any, builder: Any, kind: Any, value: Any, *index: Any) -> Any:
    """Where an element of an array lies."""
    array = context.make_array(kind)(context, builder, value)
    find: Any = cgutils.get_item_pointer
    return find(context, builder, kind, array, list(index), wraparound=False)


def _pointer(context: Any, builder: Any, kind: Any, value: Any, *index: Any) -> Any:
    """Where a block of an array with contiguous rows begins, as a pointer to a vector."""
    at = _place(context, builder, kind, value, *index)
    vector = ir.VectorType(context.get_data_type(kind.dtype), LANES)
    return builder.bitcast(at, vector.as_pointer())


def _load(context: Any, builder: Any, kind: Any, value: Any, *index: Any) -> Any:
    at = _pointer(context, builder, kind, value, *index)
    return builder.load(at, align=kind.dtype.bitwidth // 8)


def _everywhere(builder: Any, number: Any) -> Any:
    """A number in every lane."""
    vector = ir.VectorType(number.type, LANES)
    lane = builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(lane, ir.Constant(vector, ir.Undefined), zeros)


def _plus_times(builder: Any, total: Any, one: Any, other: Any) -> Any:
    return builder.fadd(total, builder.fmul(one, other, flags=LOOSE), flags=LOOSE)


def _item(context: Any, builder: Any, kind: Any, value: Any, *index: Any) -> Any:
    """One number of an array."""
    return builder.load(_place(context, builder, kind, value, *index))


def _combine(before: int) -> Any:
    """Code of a block: vectors of the statuses before are read once for all statuses after."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target, source, matrices, row, plan, n, cell = args
        into, out_of, weighted, _, planned = signature.args[:5]
        index = ir.IntType(64)

        def planned_at(column: Any) -> Any:
            return _item(context, builder, planned, plan, n, column)

        band, add = planned_at(index(BAND)), planned_at(index(ADD))
        statuses = [planned_at(index(FIRST_BEFORE + i)) for i in range(before)]
        vectors = [_load(context, builder, out_of, source, k, cell) for k in statuses]
        count = planned_at(index(AFTER))
        adds = builder.icmp_signed("!=", add, index(0))
        zero = ir.Constant(vectors[0].type, [0.0] * LANES)
        with cgutils.for_range(builder, count, intp=index) as loop:
            j = planned_at(builder.add(index(AFTER + 1), loop.index))
            there = _load(context, builder, into, target, j, cell)
            total = builder.select(adds, there, zero)
            for k, vector in zip(statuses, vectors, strict=True):
                weight = _item(context, builder, weighted, matrices, row, band, k, j)
                total = _plus_times(builder, total, _everywhere(builder, weight), vector)
            at = _pointer(context, builder, into, target, j, cell)
            builder.store(total, at, align=into.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return generate


@intrinsic(plain_blocks.combine_few)
def combine_few(typingctx, target, source, matrices, row, plan, n, cell):  # type: ignore[no-untyped-def]
    """A block of a row of a plan of at most ``FEW`` statuses before.

    For each status after ``j``: ``target[j]`` becomes the sum over statuses before ``k`` of
    ``matrices[row, band, k, j] * source[k]``, or is added to, in ``LANES`` cells from a cell on
    (:func:`fundpool.models.population.compiled.blocks.cover_plan`).
    """
    whole = types.int64
    return types.void(target, source, matrices, whole, plan, whole, types.uint64), _combine(FEW)


@intrinsic(plain_blocks.combine_many)
def combine_many(typingctx, target, source, matrices, row, plan, n, cell):  # type: ignore[no-untyped-def]
    """The same for at most ``MANY`` statuses before."""
    whole = types.int64
    return types.void(target, source, matrices, whole, plan, whole, types.uint64), _combine(MANY)
