"""What the machine itself can do: the ceilings that shares are taken of.

DGEMM: ``2 n^3`` operations of a product of square matrices. Triad: ``a = b + s c`` over arrays
that fit no cache, 24 bytes an element (McCalpin 1995; what a cache reads before it writes is not
counted).
"""

import os
import platform
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks.table import Row
from benchmarks.timing import best_in_turn
from fundpool.models.axes.compiling import FAST, compiled

SIZE = 1536
"""Side of the matrices."""

LENGTH = 24_000_000
"""Elements of each array of the triad: 192 MB."""


@dataclass(frozen=True)
class Ceilings:
    """Operations and bytes a second, on one core and on all."""

    dgemm_one: float
    dgemm_all: float
    triad_one: float
    triad_all: float


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@compiled(FAST)
def _triad(a, b, c, first, last):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        a[i] = b[i] + 3.0 * c[i]


def _triad_on(threads: int, arrays: list[Any]) -> None:
    a, b, c = arrays
    edges = np.linspace(0, LENGTH, threads + 1).astype(np.int64)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda i: _triad(a, b, c, edges[i], edges[i + 1]), range(threads)))


@cache
def runs() -> dict[str, Callable[[], object]]:
    """The work that each ceiling is measured by, named as in :class:`Ceilings`."""
    draw = np.random.default_rng(1)
    left, right = draw.random((SIZE, SIZE)), draw.random((SIZE, SIZE))
    product = np.empty_like(left)
    arrays = [np.ones(LENGTH) for _ in range(3)]
    _triad_on(1, arrays)

    def dgemm_one() -> None:
        with threadpool_limits(1):
            np.matmul(left, right, out=product)

    return {
        "dgemm_one": dgemm_one,
        "dgemm_all": lambda: np.matmul(left, right, out=product),
        "triad_one": lambda: _triad_on(1, arrays),
        "triad_all": lambda: _triad_on(cores(), arrays),
    }


def ceilings(seconds: Mapping[str, float]) -> Ceilings:
    """Ceilings from the seconds of :func:`runs`."""
    work = {"dgemm": 2.0 * SIZE**3, "triad": 24.0 * LENGTH}
    return Ceilings(**{name: work[name.partition("_")[0]] / seconds[name] for name in runs()})


def load() -> float:
    """How busy the machine is: processes that run or wait to run, in the mean of a minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def description() -> str:
    """Processor, cores, libraries, in a sentence."""
    kernels = sorted(
        {str(info.get("architecture")) for info in threadpool_info() if info["user_api"] == "blas"}
    )
    return (
        f"{platform.machine()}, {cores()} cores; Python {platform.python_version()}, "
        f"numpy {np.__version__}, numba {metadata.version('numba')}; "
        f"linear algebra: OpenBLAS kernels for {', '.join(kernels)}."
    )


def measure() -> list[Row]:
    """The ceilings as rows."""
    top = ceilings(best_in_turn(runs(), rounds=8))
    return [
        Row("machine: DGEMM, one core", top.dgemm_one / 1e9, "GFLOP/s"),
        Row("machine: DGEMM, all cores", top.dgemm_all / 1e9, "GFLOP/s"),
        Row("machine: triad, one core", top.triad_one / 1e9, "GB/s"),
        Row("machine: triad, all cores", top.triad_all / 1e9, "GB/s"),
    ]
