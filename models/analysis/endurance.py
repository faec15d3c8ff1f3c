"""Endurance: how many months each fund survives after a shock, by pooling level.

A fund's balance is known at year ends; between them it is taken to move in a straight line. The
months survived run from the start of the shock's year to the moment the balance falls below zero.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.projection.study import Projection


def months_survived(balances: FloatArray, opening: float) -> float:
    """Months until a fund's balance falls below zero; infinite if it does not.

    Args:
        balances: at the end of the shock's year and of every year after, ``(T,)``.
        opening: at the start of the shock's year.

    >>> months_survived(np.array([6.0, -6.0]), 12.0)
    18.0
    >>> months_survived(np.array([6.0, 3.0]), 12.0)
    inf
    >>> months_survived(np.array([-1.0]), -2.0)
    0.0
    """
    if opening < 0:
        return 0.0
    before = opening
    for year, balance in enumerate(np.asarray(balances, dtype=float)):
        if balance < 0:
            return float(12.0 * (year + before / (before - balance)))
        before = balance
    return float("inf")


@dataclass(frozen=True)
class Endurance:
    """How a plan's funds stand a shock, all schemes together.

    Attributes:
        plan: name of the pooling plan.
        funds: number of funds.
        dry_before: funds that hold nothing when it begins; they are left out of what follows.
        within_year, within_five: funds that run dry within one and five years.
        shortest: months survived by the first to run dry; infinite if none does.
        insured_within_five: share of the insured whose fund runs dry within five years.
    """

    plan: str
    funds: int
    dry_before: int
    within_year: int
    within_five: int
    shortest: float
    insured_within_five: float


def endurance(projection: Projection, year: int) -> Endurance:
    """How the funds of a projection stand from the start of a year on."""
    table = projection.funds
    table = table[(table["year"] >= year) & table["reserve_months"].notna()]
    months, persons, opened = [], [], []
    for _, fund in table.groupby(["scheme", "pool"], sort=False):
        fund = fund.sort_values("year")
        months.append(
            months_survived(fund["balance"].to_numpy(float), float(fund["opening_balance"].iloc[0]))
        )
        persons.append(float(fund["persons"].iloc[0]))
        opened.append(float(fund["opening_balance"].iloc[0]))
    solvent = np.array(opened) >= 0
    survived, weight = np.array(months)[solvent], np.array(persons)[solvent]
    soon = survived <= 60.0
    return Endurance(
        plan=projection.plan.name,
        funds=solvent.size,
        dry_before=int((~solvent).sum()),
        within_year=int((survived <= 12.0).sum()),
        within_five=int(soon.sum()),
        shortest=float(survived.min()) if survived.size else float("inf"),
        insured_within_five=float(ratio(weight[soon].sum(), sum(persons))),
    )


def endurance_table(projections: list[Projection], year: int) -> pd.DataFrame:
    """Endurance of several plans, one row each.

    >>> from fundpool import examples
    >>> endurance_table([examples.projection("county"), examples.projection("city")], 2021).shape
    (2, 7)
    """
    return pd.DataFrame([vars(endurance(projection, year)) for projection in projections])
