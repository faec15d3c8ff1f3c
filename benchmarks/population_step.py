"""A year of the population: the readable specification against the compiled kernel.

Twice: dense, with people in every status of every pair of home and residence (as much work as a
province of 95 counties can make), and with the pairs and statuses that the case itself holds.
"""

from typing import Any

import numpy as np

from benchmarks.machine import ceilings, cores, runs
from benchmarks.province import Year, case_year, dense_year
from benchmarks.table import Row
from benchmarks.timing import best_in_turn, processor_seconds
from fundpool.inputs.format.vocabulary import CELLS, STATUSES
from fundpool.models.population import year as population
from fundpool.models.population.compiled import in_place

K = len(STATUSES)


def operations(year: Year) -> float:
    """Floating-point operations that the specification asks for, a multiply-add being two.

    For a pair and cell: survival ``K``; chances to go on, to go home and to stay ``5 K``; the
    statuses of those who move ``2 K^2`` and of all at the year's end ``2 K^2``; claims of ``C``
    services ``2 K C``. What is done once a home or an age class, and for what contributors hold,
    is left out.
    """
    services = year.care.frequency.shape[0]
    return float(year.pairs.count * CELLS * (6 * K + 4 * K**2 + 2 * K * services))


def moved_bytes(year: Year) -> float:
    """Bytes that must be read and written: the state in and out, and what is counted by pair."""
    counted = year.pairs.count * K * (year.care.frequency.shape[0] * year.care.classes + 3) * 8
    return float(2 * sum(values.nbytes for values in year.packed()) + counted)


def largest_difference(year: Year) -> float:
    """Largest difference between kernel and specification, relative to each array's largest."""
    asked = year.pairs, year.rates, year.care
    after, after_holdings, count = population.step(year.people, year.holdings, *asked)
    people, holdings = year.packed()
    fast = in_place.step_in_place(people, holdings, *asked, cells=year.cells)
    people, holdings = year.cells.spread(people), year.cells.spread_amounts(holdings)
    compared: list[tuple[Any, Any]] = [(after, people)]
    compared += [
        (after_holdings[:, layer], holdings[:, layer]) for layer in range(after_holdings.shape[1])
    ]
    compared += list(zip(count, fast, strict=True))
    return max(float(np.abs(a - b).max() / max(np.abs(a).max(), 1.0)) for a, b in compared)


def _moves_as_products(year: Year) -> Any:
    """The moves of every home as one product of matrices, places by places: nothing else."""
    places = year.pairs.counties + 1
    draw = np.random.default_rng(2)
    chances, slab = draw.random((places, places)), draw.random((places, K * CELLS))
    out = np.empty_like(slab)

    def moves() -> None:
        for _ in range(places):
            np.matmul(chances, slab, out=out)

    return moves


def _timed(name: str, year: Year) -> list[Row]:
    people, holdings = year.packed()
    asked = year.pairs, year.rates, year.care

    def fused(threads: int) -> Any:
        return lambda: in_place.step_in_place(people, holdings, *asked, threads, year.cells)

    fused(1)()
    best = best_in_turn(
        {
            "readable": lambda: population.step(year.people, year.holdings, *asked),
            **{f"fused {n}": fused(cores()) for n in range(4)},
            **{f"one {n}": fused(1) for n in range(4)},
            "moves": _moves_as_products(year),
            **runs(),
        },
        rounds=6,
    )
    top = ceilings(best)
    alone = best_in_turn(
        {
            "readable": lambda: population.step(year.people, year.holdings, *asked),
            **{f"one {n}": fused(1) for n in range(4)},
        },
        rounds=2,
        clock=processor_seconds,
    )
    all_cores = min(best[f"fused {n}"] for n in range(4))
    one_core = min(best[f"one {n}"] for n in range(4))
    cells = year.pairs.count * K * CELLS
    rate = operations(year) / all_cores
    rows = [
        Row(f"{name}: readable numpy", best["readable"], "s a year"),
        Row(f"{name}: fused kernel", all_cores, "s a year"),
        Row(f"{name}: fused kernel, cells a second", cells / all_cores / 1e6, "million"),
        Row(f"{name}: readable over fused", best["readable"] / all_cores, "times", 20.0),
        Row(
            f"{name}: readable over fused on one core, processor time",
            alone["readable"] / min(alone[f"one {n}"] for n in range(4)),
            "times",
        ),
        Row(f"{name}: share of DGEMM", rate / top.dgemm_all, "", 0.45),
        Row(f"{name}: share of triad bandwidth", moved_bytes(year) / all_cores / top.triad_all),
        Row(
            f"{name}: one to {cores()} cores, share of perfect scaling",
            one_core / all_cores / cores(),
            "",
            0.8,
        ),
    ]
    if name == "dense":
        rows.append(
            Row(
                "dense: moves alone as DGEMMs, over the whole fused year",
                best["moves"] / all_cores,
                "times",
            )
        )
    return rows


def measure() -> list[Row]:
    """Seconds, cells a second, ratios, shares, scaling and agreement."""
    dense, bundled = dense_year(), case_year()
    places = bundled.pairs.counties + 1
    rows = _timed("dense", dense)
    rows += _timed("own pairs", bundled)
    rows.append(
        Row("own pairs: share of all pairs that hold people", bundled.pairs.count / places**2)
    )
    rows += _timed("10 destinations a home", bundled.with_fewer_pairs(10))[:5]
    worst = max(largest_difference(dense), largest_difference(bundled))
    rows.append(Row("fused against readable, largest difference", worst, "", 1e-12, "at most"))
    return rows
