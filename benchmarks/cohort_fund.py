"""A closed cohort fund, projected by the kernel and in plain pandas.

People by home, residence, cover, sex and age, closed to births, moves and changes of cover; they
die, grow older, pay a level contribution and make claims by age. The fund's balance is
``B[t] = B[t-1] (1+i) + (contributions - claims) (1+i)^0.5`` by county of residence. A cell-year is
a home, residence, cover, sex and age carried through a year.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.province import Year, case_year
from benchmarks.table import Row
from benchmarks.timing import best_in_turn
from fundpool.actuarial.solvency import balance_recursion
from fundpool.inputs.format.vocabulary import AGES, OLDEST_AGE, STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.population.compiled.in_place import step_in_place
from fundpool.models.population.held_cells import every_cell
from fundpool.models.population.rates import MovementRates

YEARS = 5
DESTINATIONS = 10
INTEREST = 0.03
CONTRIBUTION = 1_000.0
COST = 500.0
K = len(STATUSES)


@dataclass(frozen=True)
class ClosedFund:
    """The people that the fund begins with, ``(P, K, 202)``, and a year in which they only age."""

    year: Year

    @property
    def cell_years(self) -> float:
        """Cells times years."""
        return float(self.year.people.size * YEARS)


def closed_fund() -> ClosedFund:
    """The case's homes with their ten largest destinations, somebody in every cell inside."""
    year = case_year().with_fewer_pairs(DESTINATIONS)
    rates = year.rates
    shape = rates.movement.home_stay.shape
    never, always = np.zeros(shape), np.ones(shape)
    people = np.random.default_rng(3).uniform(1.0, 100.0, year.people.shape)
    people[year.pairs.reservoir] = 0.0
    people[..., [OLDEST_AGE - 1, OLDEST_AGE]] = 0.0  # at 100 the kernel retires contributors,
    people[..., [AGES + OLDEST_AGE - 1, AGES + OLDEST_AGE]] = 0.0  # of whom there shall be none
    return ClosedFund(
        replace(
            year,
            people=people,
            cells=every_cell(),
            rates=replace(
                rates,
                fertility=np.zeros_like(rates.fertility),
                movement=MovementRates(always, never, never, never, always),
                retirement_age=np.array([OLDEST_AGE, OLDEST_AGE]),
                transition=np.broadcast_to(np.eye(K), rates.transition.shape).copy(),
            ),
        )
    )


def by_kernel(fund: ClosedFund) -> FloatArray:
    """Closing balances by county of residence after the last year, ``(n + 1,)``."""
    year = fund.year
    people, holdings = year.packed()
    size = year.pairs.counties + 1
    net = np.empty((YEARS, size))
    for t in range(YEARS):
        count = step_in_place(people, holdings, year.pairs, year.rates, year.care, cells=year.cells)
        flow = CONTRIBUTION * count.persons.sum(axis=1)
        flow -= COST * count.expected_claims[:, :, 0].sum(axis=(1, 2))
        net[t] = sum_by(year.pairs.residence, flow, minlength=size)
    return np.array([balance_recursion(0.0, net[:, c], INTEREST)[-1] for c in range(size)])


def in_pandas(fund: ClosedFund) -> FloatArray:
    """The same with a row a cell, and merges and a group-by a year."""
    year = fund.year
    pairs, size = year.pairs, year.pairs.counties + 1
    cells = pd.MultiIndex.from_product(
        [range(pairs.count), range(K), range(2), range(AGES)],
        names=["pair", "status", "sex", "age"],
    )
    frame = pd.DataFrame({"persons": year.people.ravel()}, index=cells).reset_index()
    frame["residence"] = pairs.residence[frame["pair"].to_numpy()]
    ages = pd.MultiIndex.from_product(
        [range(size), range(2), range(AGES)], names=["residence", "sex", "age"]
    )
    survival = pd.DataFrame({"survival": year.rates.survival.ravel()}, index=ages).reset_index()
    frequency = survival[["sex", "age"]].iloc[: 2 * AGES].assign(frequency=year.care.frequency[0])
    balance = np.zeros(size)
    for _ in range(YEARS):
        frame = frame.merge(survival, on=["residence", "sex", "age"])
        frame["persons"] *= frame.pop("survival")
        frame["age"] = (frame["age"] + 1).clip(upper=OLDEST_AGE)
        money = frame.merge(frequency, on=["sex", "age"])
        money["net"] = money["persons"] * (CONTRIBUTION - COST * money["frequency"])
        net = money.groupby("residence")["net"].sum().to_numpy(dtype=float)
        balance = balance * (1 + INTEREST) + net * (1 + INTEREST) ** 0.5
    return balance


def measure() -> list[Row]:
    """Cell-years a second each way, their ratio, and that they agree."""
    fund = closed_fund()
    one, other = by_kernel(fund), in_pandas(fund)
    apart = float(np.abs(one - other).max() / np.abs(other).max())
    best = best_in_turn(
        {"kernel": lambda: by_kernel(fund), "pandas": lambda: in_pandas(fund)}, rounds=3
    )
    return [
        Row(
            "closed fund: plain pandas, cell-years a second",
            fund.cell_years / best["pandas"] / 1e6,
            "million",
        ),
        Row(
            "closed fund: kernel, cell-years a second",
            fund.cell_years / best["kernel"] / 1e6,
            "million",
        ),
        Row("closed fund: pandas over kernel", best["pandas"] / best["kernel"], "times"),
        Row("closed fund: kernel against pandas, largest difference", apart, "", 1e-9, "at most"),
    ]
