"""One year of the bundled province, ready to be stepped through."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from fundpool.inputs.case import Case, read_case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, dense_pairs, next_level, pair_index
from fundpool.models.contributions.books import AccountBooks
from fundpool.models.coverage import base_year, leaving
from fundpool.models.coverage import chain as coverage
from fundpool.models.economy import economic_paths
from fundpool.models.flows.record import empty_record
from fundpool.models.flows.years import opening_year
from fundpool.models.population.credited_years import retirement_cover
from fundpool.models.population.held_cells import HeldCells, every_cell
from fundpool.models.population.holdings import CONTRIBUTING
from fundpool.models.population.preparation import Prepared, prepare, year_rates
from fundpool.models.population.rates import CareWeights, YearRates
from fundpool.models.terms.years import year_terms

CASE = "jiangsu"


@dataclass(frozen=True)
class Year:
    """What a step of the population needs.

    People ``(P, K, 202)``, what contributors hold ``(P, 3, 202)``, and the cells that a packed
    state keeps of them.
    """

    people: FloatArray
    holdings: FloatArray
    pairs: PairIndex
    rates: YearRates
    care: CareWeights
    cells: HeldCells

    def packed(self) -> tuple[FloatArray, FloatArray]:
        """People and what contributors hold as the fused kernel takes them, copies."""
        return self.cells.packed(self.people), self.cells.packed_amounts(self.holdings)

    def with_fewer_pairs(self, destinations: int) -> "Year":
        """The same cut down to each home's largest destinations.

        For measuring only: dropping small pairs does not give the same results.
        """
        persons = self.people.sum(axis=(1, 2))
        kept = np.zeros(self.pairs.count, dtype=bool)
        for home in range(self.pairs.counties + 1):
            slab = np.arange(self.pairs.start[home], self.pairs.start[home + 1])
            kept[slab[np.argsort(-persons[slab], kind="stable")][: destinations + 1]] = True
        kept[self.pairs.own_pair] = True
        pairs = pair_index(
            self.pairs.counties,
            self.pairs.home[kept],
            self.pairs.residence[kept],
            next_level(province()),
        )
        return Year(
            people=np.ascontiguousarray(self.people[kept]),
            holdings=np.ascontiguousarray(self.holdings[kept]),
            pairs=pairs,
            rates=replace(
                _on_pairs(self.rates, pairs, self.rates.destination[kept]),
                transition_row=self.rates.transition_row[kept],
                retired_share=self.rates.retired_share[kept],
            ),
            care=self.care,
            cells=self.cells,
        )


def _on_pairs(rates: YearRates, pairs: PairIndex, destination: FloatArray) -> YearRates:
    whole = np.add.reduceat(destination, pairs.start[:-1])[pairs.home]
    share = np.divide(destination, whole, out=np.zeros_like(destination), where=whole > 0)
    return replace(rates, destination=share)


@cache
def province() -> Case:
    """The bundled case."""
    return read_case(CASE)


@cache
def prepared_province() -> Prepared:
    """The bundled case as arrays."""
    return prepare(province())


@cache
def case_year() -> Year:
    """The first projected year of the case, its own pairs and statuses."""
    prepared, case = prepared_province(), province()
    pairs, terms = prepared.pairs, year_terms(case, case.base_year + 1)
    opened = opening_year(prepared)
    store = empty_record(
        len(case.schemes), 1, pairs.counties, int(prepared.region[-1]) + 1, len(case.levels)
    )
    books = AccountBooks(prepared, store, economic_paths(case, 1))
    holdings = books.opening_holdings(opened.people.persons)
    earned = retirement_cover(terms, prepared.people, holdings, prepared.cells, pairs)
    transition = coverage.yearly_transition(prepared.cover, leaving.coverage_hazards(terms))
    rates = year_rates(prepared, terms, transition, earned.share)
    cells = prepared.cells
    return Year(
        cells.spread(prepared.people), cells.spread_amounts(holdings), pairs, rates, prepared.care,
        cells,
    )  # fmt: skip


@cache
def dense_year() -> Year:
    """The same with people in every status and cell of every home and residence.

    Statuses that the case does not use get people too, and every change of cover is possible, so
    that no zero can be skipped.
    """
    case = case_year()
    case_rates = case.rates
    pairs = dense_pairs(next_level(province()))
    draw = np.random.default_rng(1)
    statuses = case.people.shape[1]
    destination = draw.uniform(0.1, 1.0, pairs.count)
    destination[pairs.own_pair] = 0.0
    rates = replace(
        _on_pairs(case_rates, pairs, destination),
        transition_row=prepared_province().cover.row[base_year.pair_rows(pairs)],
        transition=draw.dirichlet(np.ones(statuses), case_rates.transition.shape[:-1]),
        move_out=draw.dirichlet(np.ones(statuses), (pairs.counties + 1, statuses)),
        move_onward=draw.dirichlet(np.ones(statuses), (pairs.counties + 1, statuses)),
        move_return=draw.dirichlet(np.ones(statuses), (pairs.counties + 1, statuses)),
        retired_share=draw.uniform(0.1, 0.9, (pairs.count, 2)),
    )
    people = draw.uniform(1.0, 100.0, (pairs.count, *case.people.shape[1:]))
    holdings = draw.uniform(1.0, 1000.0, (pairs.count, *case.holdings.shape[1:]))
    people[pairs.reservoir, CONTRIBUTING] = 0.0  # who is neither here nor from here pays nothing
    holdings[pairs.reservoir] = 0.0
    return Year(people, holdings, pairs, rates, case.care, every_cell())
