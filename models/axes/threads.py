"""Independent pieces of work side by side on the processors."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")

Result = TypeVar("Result")

CHUNKS = 8
"""Independent groups that sums are kept for; fixed, so that they come out the same bits."""


def side_by_side(
    work: Callable[[Part], Result], tasks: Iterable[Part], threads: int | None = None
) -> list[Result]:
    """Results of ``work`` on parts that write nothing in common, on one thread a processor.

    >>> side_by_side(abs, [-1, 2, -3], threads=2)
    [1, 2, 3]
    """
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count()) as pool:
        return list(pool.map(work, tasks))
