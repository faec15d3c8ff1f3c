"""Seconds, measured so that a busy machine disturbs ratios little."""

import gc
import time
from collections.abc import Callable, Mapping


def seconds(function: Callable[[], object]) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def processor_seconds(function: Callable[[], object]) -> float:
    """Processor seconds of one call, all threads; waiting for a processor does not count."""
    begin = time.process_time()
    function()
    return time.process_time() - begin


def best_in_turn(
    functions: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[Callable[[], object]], float] = seconds,
) -> dict[str, float]:
    """Least seconds of each function over rounds in which all run one after the other.

    The least, because everything else that runs can only slow a function down; in turn, so that
    a spell of load falls on all of them.
    """
    return {name: min(times) for name, times in in_turn(functions, rounds, clock).items()}


def in_turn(
    functions: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[Callable[[], object]], float] = seconds,
) -> dict[str, list[float]]:
    """Seconds of each function in each of the rounds, in which all run one after the other."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    gc.collect()
    for _ in range(rounds):
        for name, function in functions.items():
            times[name].append(clock(function))
    return times


class Laps:
    """Seconds by step, by the clock and of processors, since the step before.

    Attributes:
        times: ``name`` by the clock and ``name, processors`` of all threads.
    """

    def __init__(self) -> None:
        """Start with the first step."""
        self.times: dict[str, float] = {}
        self._begin = time.perf_counter(), time.process_time()

    def __call__(self, name: str) -> None:
        """End a step, and begin the next."""
        now = time.perf_counter(), time.process_time()
        clock, processors = self._begin
        self.times[name], self.times[f"{name}, processors"] = now[0] - clock, now[1] - processors
        self._begin = now
