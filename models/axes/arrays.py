"""Types of arrays."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
"""Numbers in double precision."""

BoolArray = NDArray[np.bool_]
"""Yes or no."""

IntArray = NDArray[np.int64]
"""Whole numbers, as of years and rows."""
