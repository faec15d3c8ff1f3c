"""A year's swaps settled by quarter: advances, the settlement at the year's end, to the cent.

What a region pays into the hub (上解) follows its collection over the quarters, what it draws
(下拨) its payments. A share of each quarter's amount is advanced in the quarter; the settlement at
the year's end is the annual amount less the advances, so that all parts add up to it to the cent.
The hub takes in and pays out what regions do, so that every part is zero over regions and hub.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.plan import Plan

QUARTERS = 4
PARTS = ("q1", "q2", "q3", "q4", "year_end")
"""Parts of a year's settlement."""


@dataclass(frozen=True)
class SettlementTerms:
    """How the swaps of a year are settled.

    >>> SettlementTerms(collected=(0.4, 0.2, 0.2, 0.2)).advance
    0.9

    Attributes:
        collected: share of a year's contributions that is collected in each quarter.
        paid: share of a year's payments that is made in each quarter.
        advance: share of a quarter's amount that is advanced in it.
        late_interest: interest on what is paid late, a year of 365 days.
    """

    collected: tuple[float, ...] = (0.25,) * QUARTERS
    paid: tuple[float, ...] = (0.25,) * QUARTERS
    advance: float = 0.9
    late_interest: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares that are none, or that do not add up."""
        for name, shares in (("collected", self.collected), ("paid", self.paid)):
            whole = len(shares) == QUARTERS and min(shares) >= 0.0
            if not whole or abs(sum(shares) - 1.0) > 1e-9:
                raise ValueError(
                    Message("%(name)s: expected four shares of quarters that sum to one", name=name)
                )
        if not 0.0 <= self.advance <= 1.0:
            raise ValueError(Message("advance: expected a share between 0 and 1"))
        if not 0.0 <= self.late_interest < np.inf:
            raise ValueError(Message("late_interest: expected a rate of 0 or more"))


def cents(amounts: FloatArray) -> FloatArray:
    """Amounts to the cent, halves away from zero, as a spreadsheet rounds.

    >>> cents(np.array([0.005, -1.014999])).tolist()
    [0.01, -1.01]
    """
    return np.asarray(np.copysign(np.floor(np.abs(amounts) * 100.0 + 0.5) / 100.0, amounts))


def annual_swaps(plan: Plan, year: int) -> Mapping[str, pd.DataFrame]:
    """What each region pays into the hub and draws from it in a year, to the cent, by scheme.

    Columns: pool, name, paid, received.

    Raises:
        ValueError: the plan has no such year.
    """
    table = plan.swaps[plan.swaps["year"] == year]
    if table.empty:
        raise ValueError(
            Message(
                "%(year)s is not a year of the plan, %(first)s to %(last)s", year=year,
                first=int(plan.swaps["year"].min()), last=int(plan.swaps["year"].max()),
            )
        )  # fmt: skip
    by_scheme = {}
    for scheme, rows in table.groupby("scheme", sort=False):
        annual = rows[["pool", "name", "paid", "received"]].reset_index(drop=True)
        for column in ("paid", "received"):
            annual[column] = cents(annual[column].to_numpy(float))
        by_scheme[str(scheme)] = annual
    return by_scheme


def settlement(plan: Plan, year: int, terms: SettlementTerms | None = None) -> pd.DataFrame:
    """Every part of a year's settlement, the hub's own rows included.

    Columns: scheme, pool (``hub`` for the hub), name, part (of :data:`PARTS`), paid, received, net
    (received less paid); money to the cent, without interest, as nobody is late yet.

    Args:
        plan: the plan.
        year: of the plan.
        terms: shares of quarters and advances; even quarters and nine tenths unless given.

    Raises:
        ValueError: the plan has no such year.
    """
    terms = terms or SettlementTerms()
    frames = []
    for scheme, annual in annual_swaps(plan, year).items():
        paid = in_parts(annual["paid"].to_numpy(), terms.collected, terms.advance)
        received = in_parts(annual["received"].to_numpy(), terms.paid, terms.advance)
        for number, part in enumerate(PARTS):
            out, back = paid[:, number], received[:, number]
            rows = pd.DataFrame(
                {
                    "scheme": scheme, "pool": [*annual["pool"], "hub"],
                    "name": [*annual["name"], "hub"], "part": part,
                    "paid": np.append(out, cents(back.sum())),
                    "received": np.append(back, cents(out.sum())),
                }
            )  # fmt: skip
            frames.append(rows.assign(net=cents((rows["received"] - rows["paid"]).to_numpy())))
    return pd.concat(frames, ignore_index=True)


def in_parts(annual: FloatArray, shares: tuple[float, ...], advance: float) -> FloatArray:
    """Advances of the quarters and what is left for the year's end, to the cent, ``(p, 5)``."""
    advances = cents(annual[:, None] * np.array(shares) * advance)
    left = cents(annual - advances.sum(axis=1))
    return np.column_stack([advances, left])
