"""What one year does to people: the numbers that the population step works with."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.coverage.retirement import RetiringGroups, retiring_groups


@dataclass(frozen=True)
class MovementRates:
    """Probabilities of a year's moves, by home and cell (sex by age), shape ``(n + 1, 202)``.

    The exact solution of the home / destinations chain
    (:func:`fundpool.actuarial.mobility.home_away_probabilities`): from home to destination ``r``
    with probability ``home_to_away * share[r]``; from destination ``r`` home with
    ``away_to_home``; from ``r`` to another destination ``r'`` with
    ``onward * share[r']``, where ``onward = away_to_away - persistence``.
    """

    home_stay: FloatArray
    home_to_away: FloatArray
    away_to_home: FloatArray
    onward: FloatArray
    persistence: FloatArray


@dataclass(frozen=True)
class Changes:
    """The changes of status that a year's rates make possible in some county.

    Attributes:
        on_move: on a move, ``(K, K)``.
        of_cover: yearly changes of cover by band, ``(bands, K, K)``.
        newborn: statuses of the newborn, ``(K,)``.
        fallback: statuses of those who retire without retiree cover, ``(K,)``.
        retirement_cells: cells in which contributors retire, ``(R,)``.
        all_retire: whether all contributors of the cell do, ``(R,)``.
        band: band of each cell, ``(202,)``.
    """

    on_move: BoolArray
    of_cover: BoolArray
    newborn: BoolArray
    fallback: BoolArray
    retirement_cells: IntArray
    all_retire: BoolArray
    band: IntArray

    @property
    def of_status(self) -> BoolArray:
        """On a move or of cover, ``(K, K)``."""
        return np.asarray(self.on_move | self.of_cover.any(axis=0))


@dataclass(frozen=True)
class YearRates:
    """Everything that the population step of one year needs.

    ``n`` counties (index ``n`` is outside), ``P`` pairs, 202 cells (male 0 ... 100, female
    0 ... 100), ``K`` coverage statuses.

    Attributes:
        survival: survivorship ratio by residence, ``(n + 1, 202)``.
        fertility: births per woman-year by residence and age, ``(n + 1, 101)``.
        newborn_survival: ``L[0] / l[0]`` by residence and sex, ``(n + 1, 2)``.
        newborn_sex: share of births by sex, ``(2,)``.
        newborn_status: share of newborn by home and coverage status, ``(n + 1, K)``.
        child_accompanies: probability that a child born to a migrant lives with the mother.
        movement: probabilities of moving.
        destination: share of a home's movers that go to each pair, ``(P,)``; 0 for own pairs.
        move_out, move_onward, move_return: what becomes of a status on a move, by home,
            ``(n + 1, K, K)``.
        retirement_age: by sex in years, ``(2,)``; may have a fraction.
        retired_share: share of the payroll scheme's contributors reaching retirement age that
            have earned retiree cover, by pair and retiring group, ``(P, R)``.
        home_cover: what those who have not earned it fall back on, by home, ``(n + 1, K)``.
        carry: share of credited years, and factor of account money, that a mover brings into
            each county from another territory, ``(2, n + 1)``; credited years 0 or 1.
        prior_credit: credited years of those who enter, relative to the contributors of their age.
        transition: yearly coverage matrices, ``(rows, bands, K, K)``.
        transition_row: row of ``transition`` that a pair uses, ``(P,)``.
        band: band of ``transition`` that a cell uses, ``(202,)``, constant in runs.
    """

    survival: FloatArray
    fertility: FloatArray
    newborn_survival: FloatArray
    newborn_sex: FloatArray
    newborn_status: FloatArray
    child_accompanies: float
    movement: MovementRates
    destination: FloatArray
    move_out: FloatArray
    move_onward: FloatArray
    move_return: FloatArray
    retirement_age: FloatArray | IntArray
    retired_share: FloatArray
    home_cover: FloatArray
    carry: FloatArray
    prior_credit: float
    transition: FloatArray
    transition_row: IntArray
    band: IntArray

    @cached_property
    def changes(self) -> Changes:
        """The changes of status that are possible in some county."""
        moves = (self.move_out, self.move_onward, self.move_return)
        return Changes(
            on_move=np.any([(m != 0.0).any(axis=0) for m in moves], axis=0),
            of_cover=(self.transition != 0.0).any(axis=0),
            newborn=(self.newborn_status != 0.0).any(axis=0),
            fallback=(self.home_cover != 0.0).any(axis=0),
            retirement_cells=self.retiring_groups.cells,
            all_retire=np.asarray(self.retiring_groups.share == 1.0),
            band=self.band,
        )

    @cached_property
    def retiring_groups(self) -> RetiringGroups:
        """Who reaches retirement age in the year."""
        return retiring_groups(self.retirement_age)


@dataclass(frozen=True)
class CareWeights:
    """Claims a person is expected to make in a year, before relativities.

    Attributes:
        frequency: claims per person-year by service and cell, ``(C, 202)``.
        severity_class: age class of the severity table by cell, ``(202,)``.
        classes: number of age classes, ``J``.
    """

    frequency: FloatArray
    severity_class: IntArray
    classes: int


class YearCount(NamedTuple):
    """What a year's step counted. ``P`` pairs, ``K`` statuses, ``C`` services, ``J`` classes.

    The reservoir pair is left out of every count but ``money_in``: account money that contributors
    registered outside take home.

    Attributes:
        persons: people at the end of the year by status, ``(P, K)``.
        expected_claims: claims a year that these people make, before relativities,
            ``(P, K, C, J)``.
        births: births by the pair in which the child first lives, ``(P,)``.
        deaths: deaths by pair, infants included, ``(P,)``.
        arrivals: people who moved into the pair, ``(P,)``.
        onward: people who left the pair for another destination (for an own pair: who moved
            out), by status before the move, ``(P, K)``.
        returned: people who left the pair for home, by status before the move, ``(P, K)``.
        retiring: contributors reaching retirement age by retiring group
            (:class:`fundpool.models.coverage.retirement.RetiringGroups`), ``(P, R)``.
        lapsed: people insured a year before, or before a move, who are uninsured after, ``(P,)``.
        money_out: account money that contributors took out of the pair, within their territory
            and to another one, ``(P, 2)``.
        money_in: account money that contributors brought, before any conversion, ``(P, 2)``.
        money_released: account money of those who ceased to contribute or died, ``(P,)``.
    """

    persons: FloatArray
    expected_claims: FloatArray
    births: FloatArray
    deaths: FloatArray
    arrivals: FloatArray
    onward: FloatArray
    returned: FloatArray
    retiring: FloatArray
    lapsed: FloatArray
    money_out: FloatArray
    money_in: FloatArray
    money_released: FloatArray
