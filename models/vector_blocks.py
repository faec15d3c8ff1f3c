"""Blocks of cells as vectors, told to the compiler outright.

Runs of a few blocks are too short for a compiler to find the vectors in a loop by itself: what it
does before and after one costs more than the loop. These intrinsics write a block's operations as
vectors of ``LANES`` numbers, which become the machine's own whatever their length.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from models.held_cells import LANES

FOUR = 4
LOOSE = ("reassoc", "contract", "nsz")


def _pointer(context: Any, builder: Any, kind: Any, value: Any, *index: Any) -> Any:
    """Where a block of an array with contiguous rows begins, as a pointer to a vector."""
    array = context.make_array(kind)(context, builder, value)
    at = cgutils.get_item_pointer(context, builder, kind, array, list(index), wraparound=False)
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
    product = builder.fmul(one, other, flags=LOOSE)
    return product if total is None else builder.fadd(total, product, flags=LOOSE)


def _combined(add: bool) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target, source, j, a, b, d, wa, wb, wd, cell = args
        into, out_of = signature.args[0], signature.args[1]
        total = _load(context, builder, into, target, j, cell) if add else None
        for row, weight in ((a, wa), (b, wb), (d, wd)):
            block = _load(context, builder, out_of, source, row, cell)
            total = _plus_times(builder, total, _everywhere(builder, weight), block)
        at = _pointer(context, builder, into, target, j, cell)
        builder.store(total, at, align=into.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return generate


@intrinsic
def set_combined(  # type: ignore[no-untyped-def]
    typingctx, target, source, j, a, b, d, wa, wb, wd, cell
):
    """``target[j] = wa * source[a] + wb * source[b] + wd * source[d]`` from a cell on."""
    kind = target.dtype
    return types.void(
        target, source, types.uint64, types.uint64, types.uint64, types.uint64, kind, kind, kind,
        types.uint64,
    ), _combined(add=False)  # fmt: skip


@intrinsic
def add_combined(  # type: ignore[no-untyped-def]
    typingctx, target, source, j, a, b, d, wa, wb, wd, cell
):
    """``target[j] += wa * source[a] + wb * source[b] + wd * source[d]`` from a cell on."""
    kind = target.dtype
    return types.void(
        target, source, types.uint64, types.uint64, types.uint64, types.uint64, kind, kind, kind,
        types.uint64,
    ), _combined(add=True)  # fmt: skip


@intrinsic
def dot_four(  # type: ignore[no-untyped-def]
    typingctx, result, rows, k, weights, service, starts, first, last
):
    """Four sums of products over blocks ``first`` to ``last``, ``result[i]`` for ``i`` below four.

    ``result[i]`` is the sum over blocks ``b`` and lanes ``n`` of
    ``rows[k, starts[b] + n] * weights[service + i, LANES * b + n]``.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        into, rows, k, weights, service, starts, first, last = args
        kinds = signature.args
        element = context.get_data_type(kinds[0].dtype)
        vector = ir.VectorType(element, LANES)
        index = ir.IntType(64)
        zero = ir.Constant(vector, [0.0] * LANES)
        totals = [cgutils.alloca_once_value(builder, zero) for _ in range(FOUR)]
        for total in totals:
            builder.store(zero, total)
        count = builder.sub(last, first)
        with cgutils.for_range(builder, count, intp=index) as loop:
            block = builder.add(first, loop.index)
            start_array = context.make_array(kinds[5])(context, builder, starts)
            start = builder.load(
                cgutils.get_item_pointer(
                    context, builder, kinds[5], start_array, [block], wraparound=False
                )
            )
            cells = _load(context, builder, kinds[1], rows, k, start)
            at = builder.mul(block, index(LANES))
            for i, total in enumerate(totals):
                which = builder.add(service, index(i))
                weight = _load(context, builder, kinds[3], weights, which, at)
                builder.store(_plus_times(builder, builder.load(total), cells, weight), total)
        sums = _sums_of_four(builder, [builder.load(total) for total in totals])
        array = context.make_array(kinds[0])(context, builder, into)
        at = cgutils.get_item_pointer(
            context, builder, kinds[0], array, [index(0)], wraparound=False
        )
        at = builder.bitcast(at, ir.VectorType(element, FOUR).as_pointer())
        builder.store(sums, at, align=kinds[0].dtype.bitwidth // 8)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(result, rows, whole, weights, whole, starts, whole, whole), generate


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
