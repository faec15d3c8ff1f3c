"""People and what contributors hold while a projection runs."""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.coverage import chain as coverage
from fundpool.models.coverage import leaving
from fundpool.models.coverage.retirement import retirement_ages
from fundpool.models.population import credited_years, net_migration, shocks
from fundpool.models.population.compiled.count import Counted, counted
from fundpool.models.population.compiled.in_place import step_in_place
from fundpool.models.population.held_cells import packed_anew, reached_in
from fundpool.models.population.preparation import Prepared, payroll_scheme, room_ahead, year_rates
from fundpool.models.population.rates import YearCount, YearRates


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
        self._payroll = payroll_scheme(prepared.case)
        self._transition: coverage.Transition | None = None
        self._hazards: leaving.CoverageHazards | None = None

    def advance(self, year: int, room: FloatArray | None = None) -> YearMoved:
        """Carry people on to the end of a year.

        Args:
            year: the year after the one they are at the end of.
            room: memory for the expected claims; new unless given.
        """
        prepared = self._prepared
        case, pairs = prepared.case, prepared.pairs
        retirement = self._retirement(year)
        rates = year_rates(prepared, self._transition_of(year), retirement.share, year)
        added = net_migration.net_migration(case, year)
        self._make_room(rates, year, added)
        struck = shocks.strike(self.people, self.holdings, self.cells, pairs, case, rates, year)
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
            where = (case.regions.codes, year)
            net_migration.join(self.people, self.holdings, self.cells, pairs, added, where)
            count = net_migration.with_joined(count, self.people, pairs, prepared.care, self.cells)
            joined = np.stack([np.maximum(sign * added, 0.0).sum(axis=1) for sign in (1.0, -1.0)])
        return YearMoved(count, rates, retirement, joined, begun)

    def _transition_of(self, year: int) -> coverage.Transition:
        """Coverage matrices; those of the year before where nothing has changed."""
        asked = leaving.coverage_hazards(self._prepared.case, year)
        if self._transition is None or not asked.same_as(self._hazards):
            self._transition = coverage.yearly_transition(self._prepared.cover, asked)
            self._hazards = asked
        return self._transition

    def _retirement(self, year: int) -> credited_years.RetirementCover:
        case, pairs = self._prepared.case, self._prepared.pairs
        if self._payroll < 0:
            return credited_years.no_retirement_cover(pairs)
        return credited_years.retirement_cover(
            case,
            case.schemes[self._payroll],
            self.people,
            self.holdings,
            self.cells,
            pairs,
            retirement_ages(case, year),
            year,
        )

    def _make_room(self, rates: YearRates, year: int, added: FloatArray | None) -> None:
        """Lay people out anew if the year can bring somebody to a cell that is not kept."""
        case = self._prepared.case
        ends = shocks.reached(self._ends, case, rates, year)
        during, settled, after = reached_in(ends, rates.changes)
        after = net_migration.reached(after, added)
        during = during | after
        if not self.cells.has_room_for(during, settled):
            wider = room_ahead(case, ends | after, rates, year)
            self.people, self.holdings = packed_anew(
                self.people, self.holdings, ends, self.cells, wider
            )
            self.cells = wider
        self._ends = after | self._prepared.reach  # the reservoir stays as it is
