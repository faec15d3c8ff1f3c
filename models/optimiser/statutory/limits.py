"""Corridors of what a statute states: plain data, to compare.

A leaf of the package: the policy carries them, so that the program and the second statement of its
limits both see them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fundpool.models.axes.arrays import FloatArray

InstrumentKind = Literal["member", "account", "subsidy"]
"""Who pays an instrument, or that it is taken off for personal accounts."""
ByYear = tuple[tuple[float, ...], ...]
"""A number for each year and group that shares a rate, ``T`` rows of ``G``."""


@dataclass(frozen=True)
class InstrumentLimit:
    """Corridor and step of one instrument of a scheme, ``T`` years and ``G`` groups.

    Attributes:
        scheme: name of the scheme.
        name: ``premium``, ``employer_rate``, ``employee_rate``, ``account_rate``, ``subsidy`` or
            ``subsidy_PAYER``.
        kind: members and employers, accounts, or another payer.
        heads: what an amount is paid on: the contribution base of rates, contributors of a
            premium, insured persons of a subsidy.
        in_force: amount in force: money a head and year, or a share of the base.
        least, most: corridor in the same unit; both are the amount in force where it stays.
        yearly_change: largest change from year to year in the same unit.
        decided: whether the plan decides it; else it stays in force.
    """

    scheme: str
    name: str
    kind: InstrumentKind
    heads: ByYear
    in_force: ByYear
    least: ByYear
    most: ByYear
    yearly_change: float = np.inf
    decided: bool = True

    @property
    def sign(self) -> float:
        """What the pooled fund gets of a unit of money: 1, or -1 for what goes to accounts."""
        return -1.0 if self.kind == "account" else 1.0


def by_year(values: FloatArray) -> ByYear:
    """An array ``(T, G)`` as plain data.

    >>> by_year(np.array([[1.0, 2.0]]))
    ((1.0, 2.0),)
    """
    return tuple(tuple(row) for row in values.tolist())
