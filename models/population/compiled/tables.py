"""What a year of the population is computed from, as the tables that compiled code takes
(:mod:`fundpool.models.population.compiled.year`).

People and chances are in one precision, which is that of the state. ``P`` pairs, ``n`` counties,
``K`` statuses, 202 cells of sex and age; ``M`` and ``H`` cells of a packed row.
"""

from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.population.compiled.blocks import K, cover_plan, moves_plan, with_lapses
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import share_elsewhere_in_territory, staying_by_cell
from fundpool.models.population.rates import YearCount, YearRates


class State(NamedTuple):
    """What a year changes in place.

    Attributes:
        people: persons, packed ``(P, M)``.
        holdings: credited years, their squares and account money of contributors, packed
            ``(P, 3 * H)``.
    """

    people: FloatArray
    holdings: FloatArray


class CellLayout(NamedTuple):
    """Cells of packed rows (:class:`fundpool.models.population.held_cells.HeldCells`).

    Attributes:
        people: runs of people as rows (status, first cell, cells, place).
        layers: runs of holdings as rows (layer, first cell, cells, place).
        work: runs of one layer's contributors as rows (first cell, cells, place).
    """

    people: IntArray
    layers: IntArray
    work: IntArray


class HomePairs(NamedTuple):
    """Pairs of home and residence, sorted by home (:class:`fundpool.models.axes.pairs.PairIndex`).

    Attributes:
        start: first pair of each home, and the number of pairs, ``(n + 2,)``.
        own_pair: the pair of each home with itself, ``(n + 1,)``.
        residence: county where the people of a pair live, ``(P,)``.
        territory: number, within its home, of the region that the residence lies in, ``(P,)``.
        own_territory: that of the home itself, ``(n + 1,)``.
        most_places: most territories that a home's pairs lie in.
        destination: share of a home's movers that go to each pair, ``(P,)``.
        near: share of them that goes elsewhere in the pair's territory, ``(P,)``.
    """

    start: IntArray
    own_pair: IntArray
    residence: IntArray
    territory: IntArray
    own_territory: IntArray
    most_places: int
    destination: FloatArray
    near: FloatArray


class VitalRates(NamedTuple):
    """Survival and births; shapes as in :class:`fundpool.models.population.rates.YearRates`."""

    survival: FloatArray
    fertility: FloatArray
    newborn_survival: FloatArray
    newborn_sex: FloatArray
    newborn_status: FloatArray
    child_accompanies: float


class MoveRates(NamedTuple):
    """Chances of a year's moves and what becomes of a status on them.

    Attributes:
        home_stay, home_to_away, away_to_home, onward, persistence: by home and cell,
            ``(n + 1, 202)``; see :class:`fundpool.models.population.rates.MovementRates`.
        status_out, status_onward, status_return: share of each status before that has each status
            after a move away, onward or home, ``(n + 1, K, K)``.
        plan: changes that are possible (:func:`moves_plan`).
    """

    home_stay: FloatArray
    home_to_away: FloatArray
    away_to_home: FloatArray
    onward: FloatArray
    persistence: FloatArray
    status_out: FloatArray
    status_onward: FloatArray
    status_return: FloatArray
    plan: IntArray


class CoverRates(NamedTuple):
    """Retirement and changes of cover.

    Attributes:
        retiring_groups: cells in which contributors retire and the share who do, ``(R,)`` each.
        retired_share: share of contributors reaching it who have earned retiree cover, ``(P, 2)``.
        home_cover: what the others fall back on, by home, ``(n + 1, K)``.
        transition: yearly matrices by row and band (:func:`with_lapses`).
        row: row of ``transition`` and of ``staying`` that a pair uses, ``(P,)``.
        staying: share of employees and of the doubly insured who go on contributing, packed
            ``(rows, 2, H)``.
        plan: what a change of cover computes (:func:`cover_plan`).
        changes: possible changes of status, on a move or of cover, as rows (before, after).
    """

    retiring_groups: tuple[IntArray, FloatArray]
    retired_share: FloatArray
    home_cover: FloatArray
    transition: FloatArray
    row: IntArray
    staying: FloatArray
    plan: IntArray
    changes: IntArray


class CreditRates(NamedTuple):
    """What credited years and account money become.

    Attributes:
        carry: share of credited years, and factor of account money, that a mover brings into each
            county from another territory, ``(2, n + 1)``.
        prior_credit: credited years of those who enter, relative to contributors of their age.
    """

    carry: FloatArray
    prior_credit: float


class RateTables(NamedTuple):
    """The rates of a year."""

    vital: VitalRates
    moves: MoveRates
    cover: CoverRates
    credit: CreditRates


def home_pairs(pairs: PairIndex, rates: YearRates, kind: type[np.floating]) -> HomePairs:
    """The pairs of a case, with the destination shares of a year in a precision."""
    return HomePairs(
        pairs.start,
        pairs.own_pair,
        pairs.residence,
        pairs.territory,
        pairs.own_territory,
        most_places=int(pairs.territory.max()) + 1,
        destination=np.ascontiguousarray(rates.destination, kind),
        near=share_elsewhere_in_territory(pairs, rates.destination),
    )


def rate_tables(rates: YearRates, cells: HeldCells, kind: type[np.floating]) -> RateTables:
    """The rates of a year for packed people, in their precision."""

    def same_kind(values: FloatArray) -> FloatArray:
        return np.ascontiguousarray(values, kind)

    movement, changes = rates.movement, rates.changes
    vital = VitalRates(
        survival=same_kind(rates.survival),
        fertility=same_kind(rates.fertility),
        newborn_survival=rates.newborn_survival,
        newborn_sex=rates.newborn_sex,
        newborn_status=rates.newborn_status,
        child_accompanies=rates.child_accompanies,
    )
    moves = MoveRates(
        home_stay=same_kind(movement.home_stay),
        home_to_away=same_kind(movement.home_to_away),
        away_to_home=same_kind(movement.away_to_home),
        onward=same_kind(movement.onward),
        persistence=same_kind(movement.persistence),
        status_out=same_kind(rates.move_out),
        status_onward=same_kind(rates.move_onward),
        status_return=same_kind(rates.move_return),
        plan=moves_plan(changes.on_move),
    )
    cover = CoverRates(
        retiring_groups=(rates.retiring_groups.cells, rates.retiring_groups.share),
        retired_share=rates.retired_share,
        home_cover=rates.home_cover,
        transition=same_kind(with_lapses(rates.transition)),
        row=rates.transition_row,
        staying=same_kind(staying_by_cell(rates, cells.amount_index)),
        plan=cover_plan(changes.of_cover, rates.band, cells),
        changes=np.argwhere(changes.of_status),
    )
    credit = CreditRates(same_kind(rates.carry), kind(rates.prior_credit))  # type: ignore[arg-type]  # a number of the kind of the state
    return RateTables(vital, moves, cover, credit)


def empty_counts(count: int, claims: FloatArray, groups: int) -> YearCount:
    """Counts of a number of pairs and retiring groups, with memory for the expected claims."""
    by_status, by_pair, by_two = (count, K), (count,), (count, 2)
    return YearCount(
        persons=np.zeros(by_status),
        expected_claims=claims,
        births=np.empty(by_pair),
        deaths=np.empty(by_pair),
        arrivals=np.empty(by_pair),
        onward=np.zeros(by_status),
        returned=np.zeros(by_status),
        retiring=np.empty((count, groups)),
        lapsed=np.empty(by_pair),
        money_out=np.empty(by_two),
        money_in=np.empty(by_two),
        money_released=np.empty(by_pair),
    )
