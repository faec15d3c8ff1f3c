"""Shocks: what an epidemic, a wave of closures, a sudden return or a jump in prices does in a year.

Jobs lost and migrants who return act on people at the start of the year, before they age; claims,
prices and wages are multiplied in their county. A shock without regions is felt everywhere in the
case.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import BoolArray, FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.statuses import NONE, WORK_BASED, K
from fundpool.models.coverage.on_move import cover_on_job_loss
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import CONTRIBUTING, MONEY, mean_of, staying_shares
from fundpool.models.population.rates import YearCount, YearRates
from fundpool.models.terms.years import YearTerms


@dataclass(frozen=True)
class Struck:
    """What shocks did to people at the start of a year, by pair, ``(P,)`` or ``(P, K)``.

    Attributes:
        arrivals: people who came home.
        returned: people who went home, by status before.
        lapsed: people who lost all cover.
        money_in, money_out: account money taken home within the territory and across, ``(P, 2)``.
        money_released: account money of those who ceased to contribute.
    """

    arrivals: FloatArray
    returned: FloatArray
    lapsed: FloatArray
    money_in: FloatArray
    money_out: FloatArray
    money_released: FloatArray


def strike(
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    terms: YearTerms,
    rates: YearRates,
) -> Struck | None:
    """Let the shocks that begin in a year act on packed people and holdings, in place.

    Returns:
        what happened, or None if nobody was struck.
    """
    if not terms.shocks.blows:
        return None
    result = Struck(
        *(np.zeros(shape) for shape in ((pairs.count,), (pairs.count, K), (pairs.count,))),
        *(np.zeros(shape) for shape in ((pairs.count, 2), (pairs.count, 2), (pairs.count,))),
    )
    lost = _cover_without_job(terms, rates)
    for blow in terms.shocks.blows:
        jobs, returning = blow.jobs_lost[pairs.residence], blow.migrants_return[pairs.residence]
        jobs[pairs.reservoir] = returning[pairs.reservoir] = 0.0
        _lose_jobs(people, holdings, cells, pairs, lost, jobs, result)
        _go_home(people, holdings, cells, pairs, rates, returning, result)
    return result


def _cover_without_job(terms: YearTerms, rates: YearRates) -> FloatArray:
    """What becomes of a status when the job is lost, ``(n + 1, K, K)``."""
    return cover_on_job_loss(1.0, terms.coverage.fallback_resident, rates.home_cover)


def reached(ends: BoolArray, terms: YearTerms, rates: YearRates) -> BoolArray:
    """Cells in which there may be people once the shocks of a year have struck, ``(K, 202)``.

    Args:
        ends: the same at the end of the year before.
        terms: of the year.
        rates: the year's rates.
    """
    blows = terms.shocks.blows
    if not blows:
        return ends
    result = ends.copy()
    for matrices in (_cover_without_job(terms, rates), rates.move_return) * len(blows):
        before = result.copy()
        for status, after in np.argwhere((matrices != 0.0).any(axis=0)):
            result[after] |= before[status]
    return result


def _lose_jobs(
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    lost: FloatArray,
    share: FloatArray,
    result: Struck,
) -> None:
    working = list(WORK_BASED)
    for p in np.flatnonzero(share > 0):
        leaving = cells.spread(people[[p]])[0, working] * share[p]
        change = np.einsum("kj,kc->jc", lost[pairs.home[p], working], leaving)
        change[working] -= leaving
        people[p] += change.ravel()[cells.index]
        result.lapsed[p] += (leaving.sum(axis=1) * lost[pairs.home[p], working, NONE]).sum()
        gone = holdings[p] * share[p]
        holdings[p] -= gone
        result.money_released[p] += gone[MONEY].sum()


def _go_home(
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    rates: YearRates,
    share: FloatArray,
    result: Struck,
) -> None:
    inside = (pairs.home != pairs.residence) & (pairs.home < pairs.counties)
    same = pairs.same_territory
    for p in np.flatnonzero(inside & (share > 0)):
        home = int(pairs.home[p])
        own_pair = int(pairs.own_pair[home])
        leaving = cells.spread(people[[p]] * share[p])[0]
        people[p] -= people[p] * share[p]
        arriving = np.einsum("kj,kc->jc", rates.move_return[home], leaving)
        people[own_pair] += arriving.ravel()[cells.index]
        number = leaving.sum(axis=1)
        result.returned[p] += number
        result.arrivals[own_pair] += number.sum()
        insured = np.arange(number.size) != NONE
        result.lapsed[p] += (number * rates.move_return[home][:, NONE])[insured].sum()
        # of the contributors who leave, those who go on contributing take what they hold along
        keep = staying_shares(rates.move_return[home])
        two = leaving[list(CONTRIBUTING)]
        part = mean_of((two * keep[:, None]).sum(axis=0), two.sum(axis=0))[cells.amount_index]
        gone = holdings[p] * share[p]
        holdings[p] -= gone
        taken = gone * part
        side = 0 if same[p] else 1
        brought = taken.copy()
        if side == 1:
            brought[:MONEY] *= rates.carry[0, home]
            brought[MONEY] *= rates.carry[1, home]
        holdings[own_pair] += brought
        result.money_out[p, side] += taken[MONEY].sum()
        result.money_in[own_pair, side] += taken[MONEY].sum()
        result.money_released[p] += (gone - taken)[MONEY].sum()


def with_struck(count: YearCount, struck: Struck) -> YearCount:
    """A year's count with what shocks did at its start."""
    names = Struck.__dataclass_fields__
    return count._replace(**{name: getattr(count, name) + getattr(struck, name) for name in names})
