"""People and what contributors hold while a projection runs."""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.coverage import chain as coverage
from fundpool.models.coverage import leaving
from fundpool.models.population import credited_years, net_migration, shocks
from fundpool.models.population.compiled.count import Counted, counted
from fundpool.models.population.compiled.in_place import step_in_place
from fundpool.models.population.held_cells import packed_anew, reached_in
from fundpool.models.population.preparation import Prepared, room_ahead, year_rates
from fundpool.models.population.rates import YearCount, YearRates
from fundpool.models.terms.years import YearTerms


@dataclass(frozen=True)
class YearMoved:
    """What a year did to people.

    Attributes:
        count: what was counted, shocks and net migration included.
        begun: people and claims at the beginning of the year, after the shocks that strike then;
            None without such shocks: those at the end of the year before.
        joined: people who came from abroad and who left for it, by county, ``(2, n + 1)``.
        rates: the year's rates.
        retirement: who of the contributors at retirement age has retiree cover.
    """

    count: YearCount
    rates: YearRates
    retirement: credited_years.RetirementCover
    joined: FloatArray
    begun: Counted | None = None


class MovingPeople:
    """Packed people and holdings of a case, carried on year by year in place."""

    def __init__(self, prepared: Prepared, people: FloatArray, holdings: FloatArray) -> None:
        """Begin with those of the base year.

        Args:
            prepared: the case.
            people: packed, ``(P, M)``; changed from now on.
            holdings: packed, ``(P, 3, H)``; changed from now on.
        """
        self.people, self.holdings, self.cells = people, holdings, prepared.cells
        self._prepared, self._ends = prepared, prepared.reach
        self._transition: coverage.Transition | None = None
        self._hazards: leaving.CoverageHazards | None = None

    def advance(self, terms: YearTerms, room: FloatArray | None = None) -> YearMoved:
        """Carry people on to the end of a year.

        Args:
            terms: of the year after the one they are at the end of.
            room: memory for the expected claims; new unless given.
        """
        prepared, pairs = self._prepared, self._prepared.pairs
        retirement = credited_years.retirement_cover(
            terms, self.people, self.holdings, self.cells, pairs
        )
        rates = year_rates(prepared, terms, self._transition_of(terms), retirement.share)
        abroad = prepared.net_migration
        added = None if abroad is None else abroad.of_year(terms.year)
        self._make_room(terms, rates, added)
        struck = shocks.strike(self.people, self.holdings, self.cells, pairs, terms, rates)
        begun = None
        if struck is not None:
            begun = counted(self.people, pairs, prepared.care, self.cells)
        count = step_in_place(
            self.people, self.holdings, pairs, rates, prepared.care, cells=self.cells, claims=room
        )
        if struck is not None:
            count = shocks.with_struck(count, struck)
        joined = np.zeros((2, pairs.counties + 1))
        if added is not None:
            where = (terms.counties.codes, terms.year)
            assert abroad is not None
            net_migration.join(
                self.people, self.holdings, self.cells, pairs, added, where, abroad.at_home
            )
            count = net_migration.with_joined(count, self.people, pairs, prepared.care, self.cells)
            joined = np.stack([np.maximum(sign * added, 0.0).sum(axis=1) for sign in (1.0, -1.0)])
        return YearMoved(count, rates, retirement, joined, begun)

    def _transition_of(self, terms: YearTerms) -> coverage.Transition:
        """Coverage matrices; those of the year before where nothing has changed."""
        asked = leaving.coverage_hazards(terms)
        if self._transition is None or not asked.same_as(self._hazards):
            self._transition = coverage.yearly_transition(self._prepared.cover, asked)
            self._hazards = asked
        return self._transition

    def _make_room(self, terms: YearTerms, rates: YearRates, added: FloatArray | None) -> None:
        """Lay people out anew if the year can bring somebody to a cell that is not kept."""
        ends = shocks.reached(self._ends, terms, rates)
        during, settled, after = reached_in(ends, rates.changes)
        abroad = self._prepared.net_migration
        after = net_migration.reached(after, added, net_migration.AT_HOME if abroad is None
                                      else abroad.at_home)  # fmt: skip
        during = during | after
        if not self.cells.has_room_for(during, settled):
            wider = room_ahead(self._prepared, ends | after, terms, rates)
            self.people, self.holdings = packed_anew(
                self.people, self.holdings, ends, self.cells, wider
            )
            self.cells = wider
        self._ends = after | self._prepared.reach  # the reservoir stays as it is
