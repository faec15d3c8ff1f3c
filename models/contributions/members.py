"""Members of the schemes among people of a status, where a case names statuses of its own.

People are moved and counted by coverage status. Where a case divides a status, some of its people
are covered outside the schemes and some pay less than others or nothing; this module says how many
and which claims go with them (:class:`fundpool.models.coverage.named_statuses.NamedShares`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import CELLS
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.axes.statuses import RETIRED_ELSEWHERE, K
from fundpool.models.coverage.base_year import BaseCoverage, pair_rows
from fundpool.models.population.compiled.sums import weighted_sums
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.rates import CareWeights


@dataclass(frozen=True)
class Members:
    """People by pair and status, ``(P, K)`` each; nobody of the reservoir.

    Attributes:
        insured: covered by a scheme of the case.
        contributing: of these, those who pay at all.
        paying: the same, each times what they pay over another contributor.
        named: people by pair and named status, ``(P, V)``.
    """

    insured: FloatArray
    contributing: FloatArray
    paying: FloatArray
    named: FloatArray

    def after(self, shock: FloatArray, before: FloatArray) -> "Members":
        """Members once a shock has changed numbers of people; shares of a pair and status stay.

        Args:
            shock: people after it by pair and status, ``(P, K)``.
            before: people before it, ``(P, K)``.
        """
        factor = ratio(shock, before, 0.0)
        return Members(
            self.insured * factor, self.contributing * factor, self.paying * factor, self.named
        )

    def mean_with(self, other: "Members") -> "Members":
        """Mean of a year from its ends."""
        return Members(
            0.5 * (self.insured + other.insured),
            0.5 * (self.contributing + other.contributing),
            0.5 * (self.paying + other.paying),
            0.5 * (self.named + other.named),
        )


def share_of(
    members: Members | None, among: Literal["insured", "paying"], persons: FloatArray
) -> FloatArray:
    """Members over all people of a pair and status, ``(P, K)``; one where no statuses are named.

    Args:
        members: the members.
        among: which of them: the insured, or contributors by what they pay over another.
        persons: all people, ``(P, K)``.
    """
    if members is None:
        return np.ones_like(persons)
    return np.asarray(ratio(getattr(members, among), persons, 1.0))


def paying_people(
    people: FloatArray, cells: HeldCells, pairs: PairIndex, cover: BaseCoverage
) -> FloatArray:
    """Packed people, each times what they pay over another contributor, ``(P, M)``."""
    if cover.named is None:
        return people
    return np.asarray(people * _by_cell(cover.named.mean(cover.named.pays), cells, pairs, cover))


def members_of(
    people: FloatArray, cells: HeldCells, pairs: PairIndex, cover: BaseCoverage
) -> Members | None:
    """Members among packed people; None where the case names no statuses.

    Args:
        people: packed, ``(P, M)``.
        cells: the cells of packed rows.
        pairs: the pairs.
        cover: cover of the base year, with the named statuses.
    """
    named = cover.named
    if named is None:
        return None
    status, cell = cells.index // CELLS, cells.index % CELLS
    row = np.array(pair_rows(pairs))
    row[pairs.reservoir] = -1

    def counted(values: FloatArray) -> FloatArray:
        weights = named.mean(values)[:, cover.band[cell], status]
        return weighted_sums(people, weights, row, status, K)

    numbers = np.eye(len(named.names))
    divided = [counted(numbers[v])[:, kind] for v, kind in enumerate(named.kind)]
    return Members(
        insured=counted(named.covered.astype(np.float64)),
        contributing=counted((named.pays > 0).astype(np.float64)),
        paying=counted(named.pays),
        named=np.stack(divided, axis=1),
    )


def care_of_named(
    exposure: FloatArray,
    people: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    cover: BaseCoverage,
    care: CareWeights,
) -> None:
    """Let claims be those of named statuses: none of people outside, others by relativity.

    In place. Of a kind with shares ``w[v]`` of named statuses that are covered, ``N f`` claims
    become ``N f sum_v w[v] relativity[v, service]``.

    Args:
        exposure: claims before relativities, ``(P, K, C, J)``.
        people: packed, ``(P, M)``.
        cells: the cells of packed rows.
        pairs: the pairs.
        cover: cover of the base year, with the named statuses.
        care: claim frequencies.
    """
    named = cover.named
    if named is None:
        return
    counted = named.covered[:, None] * named.care
    other = (counted != 1.0).any(axis=1)
    if not other.any():
        return
    status, cell = cells.index // CELLS, cells.index % CELLS
    kinds = (*np.unique(named.kind[other]), RETIRED_ELSEWHERE)
    # services whose relativities are the same are taken together
    relative, group = np.unique(counted, axis=1, return_inverse=True)
    for number, values in enumerate(relative.T):
        services = np.flatnonzero(group.ravel() == number)
        away = people * (1.0 - _by_cell(named.mean(values), cells, pairs, cover))
        away[pairs.reservoir] = 0.0
        for kind in kinds:
            for klass in range(care.classes):
                here = (status == kind) & (care.severity_class[cell] == klass)
                if here.any():
                    frequency = care.frequency[services][:, cell[here]]
                    exposure[:, kind, services, klass] -= away[:, here] @ frequency.T
    np.maximum(exposure, 0.0, out=exposure)


def register_of(
    register: FloatArray, pairs: PairIndex, some: FloatArray, everybody: FloatArray
) -> FloatArray:
    """Retired members living elsewhere by home and payer who are among some of them, ``(P,)``.

    Args:
        register: all of them by home and payer, ``(P,)``.
        pairs: the pairs.
        some: people by pair and status who are meant, ``(P, K)``.
        everybody: all people by pair and status, ``(P, K)``.
    """
    size = pairs.counties + 1
    part, whole = (
        sum_by(pairs.home, people[:, RETIRED_ELSEWHERE], minlength=size)
        for people in (some, everybody)
    )
    return np.asarray(register * ratio(part, whole, 1.0)[pairs.home])


def _by_cell(
    mean: FloatArray, cells: HeldCells, pairs: PairIndex, cover: BaseCoverage
) -> FloatArray:
    """A value by row, band and status for the cells of packed people, ``(P, M)``."""
    status, cell = cells.index // CELLS, cells.index % CELLS
    return np.asarray(mean[:, cover.band[cell], status][pair_rows(pairs)])
