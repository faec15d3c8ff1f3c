"""Net migration: people who join or leave a region from or to abroad, given by year, sex and age.

``M[r, c, t]`` persons are added (negative: lost) in year ``t`` at the age they have at its end: the
knot years of the table with linear values between them, the first and the last one held. They join
as stayers with the mix of statuses of the residents of their sex and age, contributors with the
mean credited years of these and without account money; they leave from among the stayers in the
same mix, as far as there are stayers of a status. Where nobody lives they join without cover.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import AGES, CELLS, SEXES
from fundpool.models.axes.arrays import BoolArray, FloatArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.statuses import (
    HOME_RESIDENT,
    LOCAL_RESIDENT,
    NONE,
    RETIRED,
    RETIRED_ELSEWHERE,
)
from fundpool.models.population.compiled.count import counted
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import MONEY, mean_of
from fundpool.models.population.rates import CareWeights, YearCount

AT_HOME: Mapping[int, int] = {LOCAL_RESIDENT: HOME_RESIDENT, RETIRED_ELSEWHERE: RETIRED}
"""Statuses of people away from home, and what a stayer has instead."""
WITH_DEPENDANTS: Mapping[int, int] = {RETIRED_ELSEWHERE: RETIRED}
"""The same where local residents are dependants of members, who are such at home as well."""
ROUNDING = 1e-9
"""Relative size of a shortage that is rounding."""


@dataclass(frozen=True)
class NetMigration:
    """Persons added by county and cell in knot years.

    Attributes:
        codes: of the counties.
        knots: years, ascending, ``(Y,)``.
        persons: added in them, ``(Y, n + 1, 202)``.
        at_home: statuses of people away from home, and what a stayer has instead.
    """

    codes: tuple[str, ...]
    knots: FloatArray
    persons: FloatArray
    at_home: Mapping[int, int]

    def of_year(self, year: int) -> FloatArray | None:
        """Persons added in a year, ``(n + 1, 202)``; None where nobody is."""
        # np.interp holds the first and the last knot year beyond them
        position = float(np.interp(year, self.knots, np.arange(self.knots.size)))
        before, after = int(np.floor(position)), int(np.ceil(position))
        first, last = self.persons[before], self.persons[after]
        row = first + (position - before) * (last - first)
        return row if row.any() else None


def net_migration(case: Case) -> NetMigration | None:
    """What a case says of net migration; None where it says nothing."""
    table = case.tables["net_migration"]
    if table.empty:
        return None
    counties = len(case.regions.codes) + 1
    years = table["year"].to_numpy(dtype=float)
    knots = np.unique(years)
    values = np.zeros((knots.size, counties, CELLS))
    place = np.array([case.regions.index(code) for code in table["region"]])
    cell = cell_index(table["sex"].to_numpy(), table["age"].to_numpy())
    row = np.searchsorted(knots, years)
    values[row, place, cell] = table["persons"].to_numpy(dtype=float)
    at_home = WITH_DEPENDANTS if case.settings.has_dependants else AT_HOME
    return NetMigration(tuple(case.regions.codes), knots, values, at_home)


def reached(
    ends: BoolArray, added: FloatArray | None, instead: Mapping[int, int] = AT_HOME
) -> BoolArray:
    """Cells in which there may be people once newcomers have joined, ``(K, 202)``.

    Args:
        ends: the same without them.
        added: persons by county and cell, ``(n + 1, 202)``; None: nobody.
        instead: statuses of people away from home, and what a stayer has instead.
    """
    if added is None:
        return ends
    result = ends.copy()
    somebody = (added > 0).any(axis=0)
    result[NONE] |= somebody
    for away, at_home in instead.items():
        result[at_home] |= somebody & ends[away]
    return result


def join(
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    added: FloatArray,
    when: tuple[Sequence[str], int],
    instead: Mapping[int, int] = AT_HOME,
) -> None:
    """Let people join and leave at the end of a year, in place.

    Args:
        people: packed, ``(P, M)``.
        holdings: packed, ``(P, 3, H)``.
        cells: the cells of packed rows; cells of ``none`` with newcomers are among them.
        pairs: the pairs.
        added: persons by county and cell, ``(n + 1, 202)``.
        when: codes of the counties and the year, for what is said of it.
        instead: statuses of people away from home, and what a stayer has instead.

    Raises:
        CaseError: more people leave than live there.
    """
    for county in (int(c) for c in np.flatnonzero(added.any(axis=1))):
        own_pair, residents = int(pairs.own_pair[county]), np.flatnonzero(pairs.residence == county)
        living = cells.spread(people[residents].sum(axis=0, dtype=float)[None])[0]
        stayers = cells.spread(people[[own_pair]])[0].astype(float)
        number = living.sum(axis=0)
        mix = ratio(living, number)
        mix[NONE, number <= 0] = 1.0
        for away, at_home in instead.items():
            mix[at_home] += mix[away]
            mix[away] = 0.0
        coming = mix * np.maximum(added[county], 0.0)
        going = _leaving(mix, stayers, np.maximum(-added[county], 0.0), (when[0][county], when[1]))
        before = cells.contributors(people[[own_pair]])[0]
        came = cells.contributors(coming.reshape(1, -1)[:, cells.index])[0]
        left = cells.contributors(going.reshape(1, -1)[:, cells.index])[0]
        mean = mean_of(
            holdings[residents].sum(axis=0, dtype=float),
            cells.contributors(people[residents]).sum(axis=0, dtype=float)[None],
        )
        staying = ratio(before - left, before, 1.0)
        for layer in range(holdings.shape[1]):
            if layer != MONEY:  # who leaves abroad leaves account money with the others
                holdings[own_pair, layer] = holdings[own_pair, layer] * staying + came * mean[layer]
        people[own_pair] += (coming - going).ravel()[cells.index]


def _leaving(
    mix: FloatArray, stayers: FloatArray, number: FloatArray, where: tuple[str, int]
) -> FloatArray:
    """People who leave by status, ``(K, 202)``, in the mix of residents and then of stayers.

    Args:
        mix: shares of statuses among residents, ``(K, 202)``.
        stayers: people who can leave, ``(K, 202)``.
        number: who leave, ``(202,)``.
        where: county and year, for what is said of them.

    Raises:
        CaseError: more leave than there are stayers.
    """
    most = stayers.sum(axis=0)
    short = number > most * (1.0 + ROUNDING) + ROUNDING
    if short.any():
        cell = int(np.flatnonzero(short)[0])
        sex, age = SEXES[cell // AGES], cell % AGES
        raise CaseError(
            [Finding.of_setting("tables/net_migration", "persons", f"{-number[cell]:g}",
                                Message("at most the %(most)s %(sex)s stayers of %(age)s in "
                                        "%(region)s in %(year)s", most=f"{most[cell]:.0f}", sex=sex,
                                        age=age, region=where[0], year=where[1]),
                                Message("Let fewer people leave."))]
        )  # fmt: skip
    first = np.minimum(mix * number, stayers)
    rest = np.maximum(number - first.sum(axis=0), 0.0)
    room = stayers - first
    total = room.sum(axis=0)
    share = ratio(rest, total)
    return np.asarray(first + room * np.minimum(share, 1.0))


def with_joined(
    count: YearCount, people: FloatArray, pairs: PairIndex, care: CareWeights, cells: HeldCells
) -> YearCount:
    """The count of a year with those who joined and without those who left at its end."""
    again = counted(people, pairs, care, cells)
    return count._replace(persons=again.persons, expected_claims=again.expected_claims)
