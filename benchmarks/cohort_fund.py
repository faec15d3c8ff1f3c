"""A closed cohort fund, projected by the kernel and by what else its user could take.

People by home, residence, cover, sex and age, closed to births, moves and changes of cover; they
die, grow older, pay a level contribution and make claims by age. The fund's balance is
``B[t] = B[t-1] (1+i) + (contributions - claims) (1+i)^0.5`` by county of residence. A cell-year is
a home, residence, cover, sex and age carried through a year.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

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
GOALS = {"modelx, a cell an array": 5.0, "modelx, a cell a number": 5_000.0}
"""Of how often the kernel does what another program does in the same time."""


@dataclass(frozen=True)
class ClosedFund:
    """The people that the fund begins with, ``(P, K, 202)``, and a year in which they only age."""

    year: Year

    @property
    def cell_years(self) -> float:
        """Cells times years."""
        return float(self.year.people.size * YEARS)


def closed_fund(destinations: int = DESTINATIONS) -> ClosedFund:
    """The case's homes with their largest destinations, somebody in every cell inside.

    With none, every county is a fund of those who were born there.
    """
    year = case_year().with_fewer_pairs(destinations)
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


def _apart(one: FloatArray, other: FloatArray) -> float:
    return float(np.abs(one - other).max() / np.abs(one).max())


def measure() -> list[Row]:
    """Cell-years a second each way, ratios to the kernel, and that all agree."""
    from benchmarks import peers

    large, alone = closed_fund(), closed_fund(destinations=0)
    programs: dict[str, Callable[[ClosedFund], FloatArray]] = {
        "numpy": peers.in_numpy,
        "modelx, a cell an array": peers.in_modelx_arrays,
        "polars": peers.in_polars,
        "pandas": peers.in_pandas,
    }
    rows = []
    for of, fund in (("", large), ("95 funds, ", alone)):
        balances = by_kernel(fund)
        apart = max(_apart(balances, program(fund)) for program in programs.values())
        calls: dict[str, Callable[[], object]] = {
            name: partial(program, fund) for name, program in programs.items()
        }
        calls["kernel"] = partial(by_kernel, fund)
        if fund is alone:
            calls["modelx, a cell a number"] = partial(peers.in_modelx_numbers, fund)
            first = peers.in_modelx_numbers(fund)
            apart = max(apart, abs(first / balances[0] - 1))
        best = best_in_turn(calls, rounds=5)
        cells = dict.fromkeys(calls, fund.cell_years)
        cells["modelx, a cell a number"] = float(fund.year.people[0].size * YEARS)
        speed = {name: cells[name] / best[name] for name in calls}
        goals = GOALS if fund is alone else {}
        for name in calls:
            what = f"closed fund: {of}{name}"
            rows.append(Row(f"{what}, cell-years a second", speed[name] / 1e6, "million"))
            if name != "kernel":
                ratio = speed["kernel"] / speed[name]
                rows.append(Row(f"{what} over kernel", ratio, "times", goals.get(name)))
        rows.append(
            Row(f"closed fund: {of}largest difference to the kernel", apart, "", 1e-9, "at most")
        )
    spreadsheet = peers.formulas(alone) / 1e6
    return [*rows, Row("closed fund: 95 funds, formulas of a spreadsheet", spreadsheet, "million")]
