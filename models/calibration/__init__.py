"""Base-year flows meet published totals, and actual figures are held against expected ones."""

from fundpool.models.calibration.experience import periods
from fundpool.models.calibration.multipliers import (
    Calibration,
    actual_to_expected,
    calibrate,
    carried_over,
)

__all__ = [
    "Calibration",
    "actual_to_expected",
    "calibrate",
    "carried_over",
    "periods",
]
