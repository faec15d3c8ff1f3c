"""The environment that measurements are taken in."""

import os
from collections.abc import Mapping

FORCED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Variables that would make a library pretend to be on another machine."""


def unforced(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without them."""
    return {name: value for name, value in environment.items() if name not in FORCED}


def without_cache(folder: str) -> dict[str, str]:
    """The environment of a process that finds nothing compiled."""
    return {**os.environ, "FUNDPOOL_CACHE_DIR": folder}
