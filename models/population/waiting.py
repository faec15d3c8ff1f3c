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
from fundpool.models.population.compiled.sums import CellSum
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
    end: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
    count: YearCount,
    schemes: tuple[SchemeTerms, ...],
) -> Joined:
    """Who joined the schemes in a year.

    Args:
        end: people at the end of the year that :func:`sum_by_band` says, ``(P, bands * K)``.
        pairs: the pairs; nobody in the reservoir joins.
        rates: the year's rates.
        count: what the year counted.
        schemes: terms of the schemes.
    """
    persons = np.zeros((len(schemes), pairs.count, K))
    waiting = np.zeros_like(persons)
    waits = [number for number, scheme in enumerate(schemes) if scheme.waiting.any()]
    inside = np.array([_covered(schemes[number]) for number in waits], dtype=np.bool_)
    bands = rates.transition.shape[1]
    joining = joining_by_cover(rates.transition, inside.reshape(-1, K))
    by_cover = _joined_by_cover(end.reshape(-1, bands, K), joining, rates.transition_row)
    kinds = np.argwhere(inside)
    for place, number in enumerate(waits):
        persons[number] = on_move(count, pairs, rates, inside[place]) * inside[place]
        of_scheme = kinds[:, 0] == place
        persons[number][:, kinds[of_scheme, 1]] += by_cover[:, of_scheme]
        persons[number, pairs.reservoir] = 0.0
        waiting[number] = _waiting(schemes[number], pairs)
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
    waits = [number for number in range(len(schemes)) if waiting[number].any()]
    if not waits:
        return
    shares = ratio(waiting[waits], persons, 0.0).astype(exposure.dtype)
    statuses = [[_without(schemes[number], status) for status in range(K)] for number in waits]
    _count_uncovered(exposure, shares, np.array(statuses))


@compiled()
def _count_uncovered(  # type: ignore[no-untyped-def]
    exposure, shares, uncovered
):
    """Move a share of the claims of each pair and status to the status without a scheme.

    Args:
        exposure: claims, ``(P, K, C, J)``.
        shares: of each scheme, pair and status, ``(S, P, K)``.
        uncovered: status that each becomes without each scheme, ``(S, K)``.
    """
    for pair in range(exposure.shape[0]):
        for scheme in range(shares.shape[0]):
            for status in range(K):
                share, other = shares[scheme, pair, status], uncovered[scheme, status]
                if share == 0.0:
                    continue
                for service in range(exposure.shape[2]):
                    for group in range(exposure.shape[3]):
                        claims = exposure[pair, status, service, group] * share
                        exposure[pair, status, service, group] -= claims
                        exposure[pair, other, service, group] += claims


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


def sum_by_band(cells: HeldCells, pairs: PairIndex, rates: YearRates) -> CellSum:
    """People by band of ages with one change of cover and status, ``(P, bands * K)``."""
    return CellSum(
        weights=np.ones((1, cells.width)),
        row=np.zeros(pairs.count, dtype=np.int64),
        group=rates.band[cells.index % CELLS] * K + cells.index // CELLS,
        groups=rates.transition.shape[1] * K,
    )


def joining_by_cover(transition: FloatArray, inside: BoolArray) -> FloatArray:
    """Of people by status at the end of a year, who came into schemes by the change of cover.

    The change is ``end = before @ T`` with ``T = expm(Q)`` for each row and band. It is undone, and
    done again with those whom the scheme did not cover before:
    ``T^-1 diag(outside) T = 1 - T^-1 diag(inside) T``, in the columns of the statuses inside.

    Args:
        transition: by row of a pair and band, ``(R, bands, K, K)``.
        inside: statuses that each scheme covers, ``(S, K)``.

    Returns:
        by row, band, status at the end, and scheme and status joined, in the order of
        ``np.argwhere(inside)``, ``(R, bands, K, J)``.
    """
    kinds = np.argwhere(inside)
    result = np.empty((*transition.shape[:3], len(kinds)))
    _joining(transition, inside, kinds, result)
    return result


@compiled()
def _joining(transition, inside, kinds, result):  # type: ignore[no-untyped-def]
    """:func:`joining_by_cover` into ``result``; ``kinds`` of joiners are scheme and status."""
    both = np.empty((K, 2 * K))
    for row in range(transition.shape[0]):
        for band in range(transition.shape[1]):
            # [T | 1] becomes [1 | T^-1], by Gauss and Jordan with the largest pivot of a column
            both[:, K:] = 0.0
            for i in range(K):
                both[i, K + i] = 1.0
                for j in range(K):
                    both[i, j] = transition[row, band, i, j]
            for i in range(K):
                largest = i
                for other in range(i + 1, K):
                    if abs(both[other, i]) > abs(both[largest, i]):
                        largest = other
                if largest != i:
                    for j in range(2 * K):
                        both[i, j], both[largest, j] = both[largest, j], both[i, j]
                scale = 1.0 / both[i, i]
                for j in range(i, 2 * K):
                    both[i, j] *= scale
                for other in range(K):
                    factor = both[other, i]
                    if other == i or factor == 0.0:
                        continue
                    for j in range(i, 2 * K):
                        both[other, j] -= factor * both[i, j]
            for end in range(K):
                for kind in range(kinds.shape[0]):
                    scheme, after = kinds[kind, 0], kinds[kind, 1]
                    share = 0.0
                    for before in range(K):
                        if not inside[scheme, before]:
                            share += both[end, K + before] * transition[row, band, before, after]
                    result[row, band, end, kind] = share


@compiled()
def _joined_by_cover(end, joining, row):  # type: ignore[no-untyped-def]
    """Who comes into each scheme by the year's change of cover, by kind of joiner, ``(P, J)``.

    Args:
        end: people at the end of the year, ``(P, bands, K)``.
        joining: from :func:`joining_by_cover`.
        row: of each pair, ``(P,)``.
    """
    kinds = joining.shape[3]
    persons = np.zeros((end.shape[0], kinds))
    for pair in range(end.shape[0]):
        place = row[pair]
        for band in range(end.shape[1]):
            for status in range(K):
                people = end[pair, band, status]
                if people == 0.0:
                    continue
                for kind in range(kinds):
                    persons[pair, kind] += people * joining[place, band, status, kind]
    return persons


def on_move(count: YearCount, pairs: PairIndex, rates: YearRates, inside: BoolArray) -> FloatArray:
    """People whose move brings them into a scheme, by pair and status after it, ``(P, K)``."""
    arriving = np.zeros((pairs.count, K))
    _arriving(
        (count.onward, count.returned), (pairs.start, pairs.own_pair, rates.destination),
        (rates.move_onward, rates.move_out, rates.move_return), inside, arriving,
    )  # fmt: skip
    return arriving


@compiled()
def _arriving(moves, places, becoming, inside, arriving):  # type: ignore[no-untyped-def]
    """:func:`on_move` into ``arriving``, which is nil.

    Args:
        moves: people who moved on and who went home, by pair and status before it, ``(P, K)``.
        places: first pair of each home and their number; own pair of each home; share of a home's
            movers that go to each pair.
        becoming: what becomes of a status on a move from destination to destination, from home and
            back home, by home, ``(n + 1, K, K)``.
        inside: statuses that the scheme covers, ``(K,)``.
        arriving: people by pair and status after the move, ``(P, K)``.
    """
    onward, returned = moves
    start, own_pair, destination = places
    on, out, back = becoming
    total, leaving, home_again = np.empty(K), np.empty(K), np.empty(K)
    for home in range(start.size - 1):
        at_home = own_pair[home]
        total[:] = 0.0
        leaving[:] = 0.0
        home_again[:] = 0.0
        for status in range(K):
            if inside[status]:
                continue
            for pair in range(start[home], start[home + 1]):
                # of those who move on the share of a place stays there: who left is the rest
                if pair != at_home and destination[pair] < 1.0:
                    total[status] += onward[pair, status] / (1.0 - destination[pair])
                home_again[status] += returned[pair, status]
            for after in range(K):
                leaving[after] += onward[at_home, status] * out[home, status, after]
        for pair in range(start[home], start[home + 1]):
            if pair == at_home:
                continue
            share = destination[pair]
            for after in range(K):
                arriving[pair, after] = leaving[after]
            for status in range(K):
                if inside[status]:
                    continue
                elsewhere = total[status]
                if share < 1.0:
                    elsewhere -= onward[pair, status] / (1.0 - share)
                for after in range(K):
                    arriving[pair, after] += elsewhere * on[home, status, after]
            for after in range(K):
                arriving[pair, after] *= share
        for status in range(K):
            for after in range(K):
                arriving[at_home, after] += home_again[status] * back[home, status, after]
