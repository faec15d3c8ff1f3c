"""Blocks of cells as vectors, stated explicitly to the compiler.

Runs of a few blocks are too short for a compiler to find the vectors in a loop by itself: what it
does before and after one costs more than the loop. These intrinsics write a block's operations as
vectors of ``LANES`` numbers, which become the machine's own whatever their length.
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
    FOUR,
    MANY,
)
from fundpool.models.population.held_cells import LANES

LINE = 64
"""Bytes that memory hands over at once."""


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


@intrinsic(plain_blocks.dot_four)
def dot_four(  # type: ignore[no-untyped-def]
    typingctx, result, rows, k, weights, service, starts, blocks
):
    """Four sums of products over ``blocks``, the first and the one behind the last.

    ``result[i]``, for ``i`` below four, is the sum over blocks ``b`` and lanes ``n`` of
    ``rows[k, starts[b] + n] * weights[service + i, LANES * b + n]``.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        into, rows, k, weights, service, starts, between = args
        kinds = signature.args
        first, last = (builder.extract_value(between, i) for i in range(2))
        element = context.get_data_type(kinds[0].dtype)
        vector = ir.VectorType(element, LANES)
        index = ir.IntType(64)
        zero = ir.Constant(vector, [0.0] * LANES)
        room: Any = cgutils.alloca_once
        totals = [room(builder, vector) for _ in range(FOUR)]
        for total in totals:
            builder.store(zero, total)
        count = builder.sub(last, first)
        with cgutils.for_range(builder, count, intp=index) as loop:
            block = builder.add(first, loop.index)
            start = _item(context, builder, kinds[5], starts, block)
            cells = _load(context, builder, kinds[1], rows, k, start)
            at = builder.mul(block, index(LANES))
            for i, total in enumerate(totals):
                which = builder.add(service, index(i))
                weight = _load(context, builder, kinds[3], weights, which, at)
                builder.store(_plus_times(builder, builder.load(total), cells, weight), total)
        sums = _sums_of_four(builder, [builder.load(total) for total in totals])
        at = _place(context, builder, kinds[0], into, index(0))
        at = builder.bitcast(at, ir.VectorType(element, FOUR).as_pointer())
        builder.store(sums, at, align=kinds[0].dtype.bitwidth // 8)
        return context.get_dummy_value()

    whole = types.int64
    between = types.UniTuple(whole, 2)  # type: ignore[no-untyped-call]
    return types.void(result, rows, whole, weights, whole, starts, between), generate


def _sums_of_four(builder: Any, vectors: list[Any]) -> Any:
    """The sums of four vectors as a vector of four: halves are added until one lane is left."""
    lanes = LANES
    while len(vectors) > 1 or lanes > 1:
        half = lanes // 2
        parts = vectors if len(vectors) > 1 else [vectors[0], vectors[0]]
        joined = []
        for one, other in zip(parts[::2], parts[1::2], strict=True):
            groups = one.type.count // lanes  # sums that a vector holds already
            both = range(groups) if len(vectors) == 1 else range(2 * groups)
            low = [g * lanes + n for g in both for n in range(half)]
            high = [g * lanes + half + n for g in both for n in range(half)]
            masks = [
                ir.Constant(ir.VectorType(ir.IntType(32), len(p)), list(p)) for p in (low, high)
            ]
            one_half, other_half = (builder.shuffle_vector(one, other, mask) for mask in masks)
            joined.append(builder.fadd(one_half, other_half, flags=LOOSE))
        vectors, lanes = joined, half
    return vectors[0]


@intrinsic(plain_blocks.fetch_ahead)
def fetch_ahead(typingctx, array, row):  # type: ignore[no-untyped-def]
    """Ask for a row of an array with contiguous rows, so that it is near when it is needed."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind, index, bit = signature.args[0], ir.IntType(64), ir.IntType(32)
        held = context.make_array(kind)(context, builder, args[0])
        length = builder.extract_value(held.strides, 0)
        begin = builder.add(builder.ptrtoint(held.data, index), builder.mul(args[1], length))
        place = ir.IntType(8).as_pointer()
        asked = ir.FunctionType(ir.VoidType(), [place, bit, bit, bit])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [place], asked)
        lines = builder.udiv(length, index(LINE))
        with cgutils.for_range(builder, lines, intp=index) as loop:
            at = builder.add(begin, builder.mul(loop.index, index(LINE)))
            builder.call(ask, [builder.inttoptr(at, place), bit(0), bit(3), bit(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate
