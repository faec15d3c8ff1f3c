"""Waiting periods: who has joined a scheme and may not claim yet.

Those who join in a year do so evenly over it. With a waiting period of the part ``w`` of a year
(at most one), the joiners ``J`` of a year wait ``J (w - w^2 / 2)`` person-years in it and
``J w^2 / 2`` in the next. They pay contributions from the day on which they join; their care is
paid by whatever other scheme covers them, or by nobody.

Joiners are people whom the scheme insures at the end of the year, or after a move, and did not
insure before. The newborn, those who retire without retiree cover and members who keep their
scheme on a move do not wait.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import CELLS, STATUSES
from fundpool.models.axes.arrays import BoolArray, FloatArray
from fundpool.models.axes.compiling import compiled
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.statuses import DUAL, EMPLOYEE, HOME_RESIDENT, NONE, RETIRED_ELSEWHERE, K
from fundpool.models.population.compiled.sums import weighted_sums
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.rates import YearCount, YearRates
from fundpool.models.terms.schemes import SchemeTerms


@dataclass(frozen=True)
class Joined:
    """Joiners of a year.

    Attributes:
        persons: by scheme, pair and status, ``(S, P, K)``.
        waiting: part of a year that they wait, ``(S, P, K)``.
    """

    persons: FloatArray
    waiting: FloatArray

    @property
    def in_their_year(self) -> FloatArray:
        """Person-years that they wait in the year in which they join, ``(S, P, K)``."""
        return np.asarray(self.persons * (self.waiting - 0.5 * self.waiting**2))

    @property
    def in_the_next(self) -> FloatArray:
        """Person-years that they wait in the year after, ``(S, P, K)``."""
        return np.asarray(self.persons * 0.5 * self.waiting**2)


def anybody_waits(schemes: tuple[SchemeTerms, ...]) -> bool:
    """Whether a scheme has a waiting period somewhere."""
    return any(scheme.waiting.any() for scheme in schemes)


def joined(
    people: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    rates: YearRates,
    count: YearCount,
    schemes: tuple[SchemeTerms, ...],
) -> Joined:
    """Who joined the schemes in a year.

    Args:
        people: packed, at the end of the year, ``(P, M)``.
        cells: the cells of packed rows.
        pairs: the pairs; nobody in the reservoir joins.
        rates: the year's rates.
        count: what the year counted.
        schemes: terms of the schemes.
    """
    persons = np.zeros((len(schemes), pairs.count, K))
    waiting = np.zeros_like(persons)
    outside = np.array([scheme.waiting.any() & ~_covered(scheme) for scheme in schemes])
    end = _by_band(people, cells, rates)
    undone = np.linalg.inv(rates.transition)
    _joined_by_cover(end, undone, rates.transition, rates.transition_row, outside, persons)
    for number, scheme in enumerate(schemes):
        if not scheme.waiting.any():
            continue
        inside = _covered(scheme)
        persons[number] += on_move(count, pairs, rates, inside)
        persons[number] *= inside
        persons[number, pairs.reservoir] = 0.0
        waiting[number] = _waiting(scheme, pairs)
    return Joined(np.maximum(persons, 0.0), waiting)


def still_waiting(now: Joined, before: Joined | None, persons: FloatArray) -> FloatArray:
    """Person-years spent waiting in a year, ``(S, P, K)``, at most those of the insured.

    Args:
        now: joiners of the year.
        before: joiners of the year before; None if nobody waited then.
        persons: mean numbers of the year, ``(P, K)``.
    """
    earlier = 0.0 if before is None else before.in_the_next
    return np.minimum(now.in_their_year + earlier, persons)


def care_not_paid(
    exposure: FloatArray, persons: FloatArray, waiting: FloatArray, schemes: tuple[SchemeTerms, ...]
) -> None:
    """Count the claims of those who wait with people whom the scheme does not cover, in place.

    Who waits claims as others of the pair and status do.

    Args:
        exposure: claims before relativities, ``(P, K, C, J)``.
        persons: mean numbers, ``(P, K)``.
        waiting: person-years spent waiting, ``(S, P, K)``.
        schemes: terms of the schemes.
    """
    for number, scheme in enumerate(schemes):
        if not waiting[number].any():
            continue
        share = ratio(waiting[number], persons, 0.0).astype(exposure.dtype)
        uncovered = np.array([_without(scheme, status) for status in range(K)])
        _count_uncovered(exposure, share, uncovered)


@compiled()
def _count_uncovered(  # type: ignore[no-untyped-def]
    exposure, share, uncovered
):
    """Move a share of the claims of each pair and status to the status without the scheme.

    Args:
        exposure: claims, ``(P, K, C, J)``.
        share: of each pair and status, ``(P, K)``.
        uncovered: status that each becomes, ``(K,)``.
    """
    for pair in range(exposure.shape[0]):
        for status in range(K):
            if share[pair, status] == 0.0:
                continue
            for service in range(exposure.shape[2]):
                for group in range(exposure.shape[3]):
                    claims = exposure[pair, status, service, group] * share[pair, status]
                    exposure[pair, status, service, group] -= claims
                    exposure[pair, uncovered[status], service, group] += claims


def _covered(scheme: SchemeTerms) -> BoolArray:
    """Statuses that a scheme covers, ``(K,)``."""
    return np.array([name in scheme.covers for name in STATUSES])


def _without(scheme: SchemeTerms, status: int) -> int:
    """Status of a member of a status whom a scheme does not cover yet."""
    if status != DUAL:
        return NONE
    return EMPLOYEE if scheme.settlement_pool == "home" else HOME_RESIDENT


def _waiting(scheme: SchemeTerms, pairs: PairIndex) -> FloatArray:
    """Part of a year that members wait, by the county that insures them, ``(P, K)``."""
    by_county = np.append(scheme.waiting, 0.0)
    result = np.repeat(by_county[pairs.residence][:, None], K, axis=1)
    at_home = [k for k, name in enumerate(STATUSES) if scheme.insured_at_home(name)]
    result[:, at_home] = by_county[pairs.home][:, None]
    result[:, RETIRED_ELSEWHERE] = 0.0
    return result


def _by_band(people: FloatArray, cells: HeldCells, rates: YearRates) -> FloatArray:
    """People by band of ages with one change of cover and status, ``(P, bands, K)``."""
    bands = rates.transition.shape[1]
    group = rates.band[cells.index % CELLS] * K + cells.index // CELLS
    every, row = np.ones((1, cells.width)), np.zeros(len(people), dtype=np.int64)
    return weighted_sums(people, every, row, group, bands * K).reshape(-1, bands, K)


@compiled()
def _joined_by_cover(  # type: ignore[no-untyped-def]
    end, undone, transition, row, outside, persons
):
    """Add to ``persons`` who comes into each scheme by the year's change of cover.

    The change is ``end = before @ expm(Q)`` for each pair and band. It is undone, and done again
    with those whom the scheme did not cover before.

    Args:
        end: people at the end of the year, ``(P, bands, K)``.
        undone: inverse of ``transition``.
        transition: by row of a pair and band, ``(R, bands, K, K)``.
        row: of each pair, ``(P,)``.
        outside: statuses that each scheme does not cover, ``(S, K)``; none where nobody waits.
        persons: ``(S, P, K)``.
    """
    before = np.empty(K)
    for pair in range(end.shape[0]):
        place = row[pair]
        for band in range(end.shape[1]):
            before[:] = 0.0
            for other in range(K):
                if end[pair, band, other] != 0.0:
                    for status in range(K):
                        chance = undone[place, band, other, status]
                        before[status] += end[pair, band, other] * chance
            for scheme in range(outside.shape[0]):
                for status in range(K):
                    if not outside[scheme, status] or before[status] == 0.0:
                        continue
                    for after in range(K):
                        chance = transition[place, band, status, after]
                        persons[scheme, pair, after] += before[status] * chance


def on_move(count: YearCount, pairs: PairIndex, rates: YearRates, inside: BoolArray) -> FloatArray:
    """People whose move brings them into a scheme, by pair and status after it, ``(P, K)``."""
    share, home = rates.destination[:, None], pairs.home
    # of those who move on the share of a place stays there: who left is the rest
    moving = ratio(count.onward, 1.0 - share, 0.0)
    moving[pairs.own_pair] = 0.0
    elsewhere = np.add.reduceat(moving, pairs.start[:-1])[home] - moving
    leaving = count.onward[pairs.own_pair][home]
    arriving = np.einsum("pk,pkj->pj", elsewhere * ~inside, rates.move_onward[home])
    arriving += np.einsum("pk,pkj->pj", leaving * ~inside, rates.move_out[home])
    arriving *= share
    back = np.add.reduceat(count.returned, pairs.start[:-1]) * ~inside
    arriving[pairs.own_pair] = np.einsum("hk,hkj->hj", back, rates.move_return)
    return np.asarray(arriving)
