"""Random numbers by scenario: a pure function of seed and scenario number.

Pseudo-random: Philox, a counter-based generator (Salmon and others, *Parallel random numbers: as
easy as 1, 2, 3*, 2011). Key ``(seed, stream)``, counter ``(0, 0, 0, scenario)``: a scenario has
``2^192`` numbers of its own in every stream, whichever block or worker draws it.

Quasi-random: Sobol points for the drivers of all years, scrambled in ``REPLICATES`` independent
copies by a random linear matrix and a digital shift (Matousek, *On the L2-discrepancy for anchored
boxes*, 1998), as ``scipy.stats.qmc.Sobol`` does. Scenario ``k`` is point
``k // REPLICATES`` of copy ``k % REPLICATES``, so that copies give a standard error; points are
turned into paths through principal components.
"""

from typing import Any

import numpy as np
from scipy.special import ndtri

from fundpool.models.axes.arrays import FloatArray

DRIVERS_STREAM, EVENTS_STREAM, EVENT_SIZES_STREAM, NOISE_STREAM = range(4)

REPLICATES = 16
"""Independent copies of the Sobol sequence, and groups of scenarios for standard errors."""

METHODS = ("pseudo", "sobol")


class Stream:
    """One stream of numbers that can be placed at the start of any scenario.

    The generator is this object's own; nothing is shared between streams, threads or blocks.
    """

    def __init__(self, seed: int, stream: int) -> None:
        """Key the generator.

        Raises:
            ValueError: a seed below zero or beyond 64 bits.
        """
        if not 0 <= seed < 2**64:
            raise ValueError("the seed must be a whole number from 0 to 2^64 - 1")
        self._bits = np.random.Philox(key=np.array([seed, stream], dtype=np.uint64))
        self._state: Any = self._bits.state
        self._generator = np.random.Generator(self._bits)

    def at(self, scenario: int) -> np.random.Generator:
        """The generator, placed at the first number of a scenario."""
        counter = self._state["state"]["counter"]
        counter[:] = 0
        counter[3] = scenario
        self._state["buffer_pos"] = 4
        self._state["has_uint32"] = 0
        self._bits.state = self._state
        return self._generator


def pseudo_normals(seed: int, first: int, count: int, size: tuple[int, ...]) -> FloatArray:
    """Standard normals of the drivers' stream, ``(count, *size)``."""
    stream = Stream(seed, DRIVERS_STREAM)
    result = np.empty((count, *size))
    for row in range(count):
        stream.at(first + row).standard_normal(out=result[row])
    return result


def sobol_normals(seed: int, first: int, count: int, dimensions: int) -> FloatArray:
    """Scrambled Sobol points as standard normals, ``(count, dimensions)``."""
    from scipy.stats import qmc

    result = np.empty((count, dimensions))
    for replicate in range(REPLICATES):
        rows = np.arange(count)[(first + np.arange(count)) % REPLICATES == replicate]
        if rows.size == 0:
            continue
        sequence = qmc.Sobol(
            dimensions, scramble=True, rng=np.random.default_rng([seed, replicate])
        )
        start = (first + int(rows[0])) // REPLICATES
        if start:
            sequence.fast_forward(start)
        # one point first: the library warns of a first batch that is not a power of two
        points = np.concatenate([sequence.random(1), sequence.random(rows.size - 1)])
        result[rows] = ndtri(np.maximum(points, 2.0**-33))
    return result
