"""What code written out by hand for the compiler gains: a year of the population with and without.

In a copy of the compiled year a function is replaced by loops that say the same and that the
compiler turns into vectors by itself. Copy and original run in turn in one process, on one core, so
that a spell of load falls on both; the gain is the median over rounds of the ratio of their
processor times. What gains less than ``GOAL`` is not worth its lines.
"""

from collections.abc import Callable, Iterator, Mapping
from statistics import median
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from benchmarks.province import Year, case_year, dense_year
from benchmarks.table import Row
from benchmarks.timing import in_turn, processor_seconds
from fundpool.inputs.format.vocabulary import CELLS
from fundpool.models.axes.compiling import LOOSE, compiled
from fundpool.models.population.compiled import in_place
from fundpool.models.population.compiled.blocks import K
from fundpool.models.population.compiled.plain import (
    ADD,
    AFTER,
    BAND,
    FEW_OR_MANY,
    FIRST_BEFORE,
)
from fundpool.models.population.held_cells import LANES

ROUNDS = 25
GOAL = 1.05


@compiled(LOOSE)
def change_cover(target, source, matrices, row, plan):  # type: ignore[no-untyped-def]
    """Loops over all cells of a band for ``combine_few`` and ``combine_many``.

    Three statuses before, or six, are added up at once, which of several ways to write the loops
    is the quickest.
    """
    for n in range(plan.shape[0]):
        first, count, band = np.uint64(plan[n, 0]), LANES * plan[n, 1], plan[n, BAND]
        there = target.dtype.type(plan[n, ADD])
        a, b, d, e, f, g = (
            np.uint64(plan[n, FIRST_BEFORE]),
            np.uint64(plan[n, FIRST_BEFORE + 1]),
            np.uint64(plan[n, FIRST_BEFORE + 2]),
            np.uint64(plan[n, FIRST_BEFORE + 3]),
            np.uint64(plan[n, FIRST_BEFORE + 4]),
            np.uint64(plan[n, FIRST_BEFORE + 5]),
        )
        for after in range(plan[n, AFTER]):
            j = np.uint64(plan[n, AFTER + 1 + after])
            of_a, of_b = matrices[row, band, a, j], matrices[row, band, b, j]
            of_d = matrices[row, band, d, j]
            if plan[n, FEW_OR_MANY] == 0:
                for i in range(count):
                    c = first + np.uint64(i)
                    moved = of_a * source[a, c] + of_b * source[b, c] + of_d * source[d, c]
                    target[j, c] = there * target[j, c] + moved
            else:
                of_e, of_f = matrices[row, band, e, j], matrices[row, band, f, j]
                of_g = matrices[row, band, g, j]
                for i in range(count):
                    c = first + np.uint64(i)
                    moved = of_a * source[a, c] + of_b * source[b, c] + of_d * source[d, c]
                    moved += of_e * source[e, c] + of_f * source[f, c] + of_g * source[g, c]
                    target[j, c] = there * target[j, c] + moved
    lapsed = target.dtype.type(0.0)
    for cell in range(CELLS):
        lapsed += target[K, cell]
    return lapsed


@compiled(LOOSE)
def claims_by_class(claims, p, rows, numbers, of_claims):  # type: ignore[no-untyped-def]
    """One service after the other instead of four in a pass."""
    frequency, runs, edges, kind = of_claims
    for k in range(K):
        for j in range(claims.shape[3]):
            begin, end = edges[kind[k], j], edges[kind[k], j + 1]
            if numbers[k] == 0.0:
                end = begin
            for s in range(claims.shape[2]):
                total = rows.dtype.type(0.0)
                for run in range(begin, end):
                    first = np.uint64(runs[run, 0])
                    for i in range(runs[run, 1]):
                        c = first + np.uint64(i)
                        total += rows[k, c] * frequency[s, c]
                claims[p, k, s, j] = total


LOOPS: dict[str, dict[str, Any]] = {
    "cover changed by written vectors": {"change_cover": change_cover},
    "claims of four services in a pass": {"claims_by_class": claims_by_class},
}
"""What is written out by hand, and by name the functions that do without."""


def with_replaced(function: Any, replaced: Mapping[str, Any]) -> Any:
    """A copy of a function, and of the compiled ones it calls, that calls others by some names.

    The copy has a file of no name, so numba neither keeps it nor takes the original's code for it.
    """
    original = getattr(function, "py_func", function)
    called = {name: original.__globals__.get(name) for name in _names(original.__code__)}
    copied = {
        name: replaced[name] if name in replaced else with_replaced(value, replaced)
        for name, value in called.items()
        if name in replaced or hasattr(value, "py_func")
    }
    if all(value is called[name] for name, value in copied.items()):
        return function
    code = original.__code__.replace(co_filename=f"<without {', '.join(replaced)}>")
    names = {**original.__globals__, **copied}
    copy = FunctionType(code, names, original.__name__, original.__defaults__)
    return copy if original is function else compiled(LOOSE)(copy)


def _names(code: CodeType) -> Iterator[str]:
    """Names that a function uses, and those of the functions within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def step_of(year: Year, replaced: Mapping[str, Any]) -> Callable[[], Any]:
    """A year on one core that calls other functions by some names; the count that it returns."""
    people, holdings = year.packed()
    function = with_replaced(in_place.step_in_place, replaced)
    return lambda: function(
        people, holdings, year.pairs, year.rates, year.care, threads=1, cells=year.cells
    )


def _gains(name: str, year: Year) -> list[Row]:
    steps = {what: step_of(year, loops) for what, loops in LOOPS.items()}
    steps["all"] = step_of(year, {})
    for run in steps.values():
        run()  # compiles
    times = in_turn(steps, ROUNDS, processor_seconds)
    return [
        Row(
            f"{name}: {what}, a year without over one with",
            median(a / b for a, b in zip(times[what], times["all"], strict=True)),
            "times",
            GOAL,
        )
        for what in LOOPS
    ]


def measure() -> list[Row]:
    """How many times as long a year takes without what is written out by hand."""
    return _gains("own pairs", case_year()) + _gains("dense", dense_year())
