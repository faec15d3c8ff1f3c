"""One side of the comparison, and numbers as JSON has them."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.funds.overview import Headline
from fundpool.models.funds.recursion import PoolRun
from fundpool.models.funds.summary import NEVER, PoolSummary


@dataclass(frozen=True)
class Side:
    """One side of the comparison."""

    case: Case
    run: PoolRun
    summary: PoolSummary
    headline: Headline


def number(value: Any) -> Any:
    """A number for JSON: NaN and infinity become null."""
    finite = float(value)
    return finite if isfinite(finite) else None


def listed(values: FloatArray) -> list[Any]:
    """Numbers for JSON."""
    return [number(value) for value in values]


def year_or_none(value: int) -> int | None:
    """A year, or null for never."""
    return None if value == NEVER else int(value)
