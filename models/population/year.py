"""One year of the population, step by step: the readable specification.

State ``people[pair, status, cell]``: persons by home and residence (a pair), coverage status,
and sex by age (a cell); beside it what contributors hold
(:mod:`fundpool.models.population.holdings`). A year is, in this order: survive and age, births,
move, retire, change of cover (docs/method.md, sections 2 and 4).
:mod:`fundpool.models.population.compiled.year` does the same in one pass over memory and is tested
against this module to 1e-12.

People are conserved: for every pair,
``end = start - deaths + births + arrivals - onward - returned``.
"""

import numpy as np

from fundpool.inputs.format.vocabulary import AGES, CELLS, OLDEST_AGE
from fundpool.models.axes import statuses
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.population.holdings import CONTRIBUTING, MONEY, carried
from fundpool.models.population.rates import CareWeights, YearCount, YearRates

WOMEN = slice(AGES, CELLS)
NONE, RETIRED = statuses.NONE, statuses.RETIRED


def survive_and_age(people: FloatArray, survival: FloatArray) -> FloatArray:
    """People a year later and a year older, before births.

    ``N[a+1] = N[a] * S[a]``; the open interval takes the survivors of 99 and of 100 and over.

    >>> people, survival = np.zeros((1, 1, 202)), np.full((1, 202), 0.99)
    >>> people[0, 0, 30] = 1_000.0
    >>> float(survive_and_age(people, survival)[0, 0, 31])
    990.0

    Args:
        people: ``(P, K, 202)``.
        survival: survivorship ratios at each pair's residence, ``(P, 202)``.
    """
    survivors = people * survival[:, None, :]
    older = np.zeros_like(survivors)
    for first in (0, AGES):
        last = first + OLDEST_AGE
        older[..., first + 1 : last + 1] = survivors[..., first:last]
        older[..., last] += survivors[..., last]
    return older


def births_by_pair(before: FloatArray, after: FloatArray, fertility: FloatArray) -> FloatArray:
    """Births to the women of each pair, by the mean of the women before and after survival.

    >>> women, fertility = np.zeros((1, 1, 202)), np.zeros((1, 101))
    >>> women[0, 0, WOMEN], fertility[0, 25] = 100.0, 0.1
    >>> births_by_pair(women, women, fertility).tolist()
    [10.0]

    Args:
        before: people at the end of the year before, ``(P, K, 202)``.
        after: the same after :func:`survive_and_age`.
        fertility: births per woman-year at each pair's residence, ``(P, 101)``.
    """
    women = 0.5 * (before[..., WOMEN].sum(axis=1) + after[..., WOMEN].sum(axis=1))
    return np.asarray((women * fertility).sum(axis=1))


def move_home(
    people: FloatArray, own_pair: int, share: FloatArray, rates: YearRates, home: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The year's moves of the people of one home.

    >>> from fundpool import examples
    >>> pairs, people = examples.prepared().pairs, examples.whole_people()
    >>> here, rates = slice(*pairs.start[:2]), examples.rates()  # the pairs of home 0
    >>> own_pair = int(pairs.own_pair[0] - pairs.start[0])
    >>> after, *_ = move_home(people[here], own_pair, rates.destination[here], rates, 0)
    >>> bool(np.isclose(after.sum(), people[here].sum()))
    True

    Args:
        people: ``(m, K, 202)``, the ``m`` places where they live.
        own_pair: which of the ``m`` is the home itself.
        share: destination shares, ``(m,)``, zero for the home.
        rates: the year's rates.
        home: the home's index.

    Returns:
        people after the moves; people who stayed where they were (with their status);
        leavers to another destination and leavers to home, each ``(m, K, 202)`` by the status
        they had before.
    """
    movement = rates.movement
    away = people.copy()
    away[own_pair] = 0.0
    at_home = people[own_pair]

    onward_chance = movement.onward[home]
    onward = away * onward_chance * (1.0 - share)[:, None, None]
    returned = away * movement.away_to_home[home]
    stayed = away * (movement.persistence[home] + share[:, None, None] * onward_chance)
    stayed[own_pair] = at_home * movement.home_stay[home]

    moving = onward_chance * (away.sum(axis=0) - away)  # those who might arrive from elsewhere
    leaving = at_home * movement.home_to_away[home]
    onward[own_pair] = leaving
    arriving = np.einsum("kj,mkc->mjc", rates.move_onward[home], moving)
    arriving += np.einsum("kj,kc->jc", rates.move_out[home], leaving)
    arriving *= share[:, None, None]
    arriving[own_pair] = np.einsum("kj,kc->jc", rates.move_return[home], returned.sum(axis=0))
    return stayed + arriving, stayed, onward, returned


def retire(people: FloatArray, pairs: PairIndex, rates: YearRates) -> FloatArray:
    """Move the contributors who reached retirement age in the year out of contributing.

    Those with enough credited years become ``retired``, the others fall back on the cover that
    their home gives.

    >>> from fundpool import examples
    >>> people, rates = examples.whole_people(), examples.rates()
    >>> bool(np.isclose(retire(people, examples.prepared().pairs, rates).sum(), people.sum()))
    True

    Args:
        people: ``(P, K, 202)``.
        pairs: the pairs.
        rates: the year's rates.
    """
    result = people.copy()
    fallback = rates.home_cover[pairs.home]
    groups = rates.retiring_groups
    for group, (cell, share) in enumerate(zip(groups.cells, groups.share, strict=True)):
        for status in CONTRIBUTING:
            reaching = people[:, status, cell] * share
            earned = reaching * rates.retired_share[:, group]
            result[:, status, cell] -= reaching
            result[:, RETIRED, cell] += earned
            result[:, :, cell] += (reaching - earned)[:, None] * fallback
    return result


def change_cover(people: FloatArray, rates: YearRates) -> FloatArray:
    """Yearly Markov transition of coverage statuses, ``(P, K, 202)``.

    >>> from fundpool import examples
    >>> people, rates = examples.whole_people(), examples.rates()
    >>> bool(np.isclose(change_cover(people, rates).sum(), people.sum()))
    True
    """
    result = np.empty_like(people)
    for first, last, band in band_runs(rates.band):
        matrices = rates.transition[rates.transition_row, band]
        result[..., first:last] = np.einsum("pkj,pkc->pjc", matrices, people[..., first:last])
    return result


def band_runs(band: np.ndarray) -> list[tuple[int, int, int]]:
    """Runs ``(first, last, band)`` of cells that use the same coverage band.

    >>> band_runs(np.array([0, 0, 1, 1, 1, 0]))
    [(0, 2, 0), (2, 5, 1), (5, 6, 0)]
    """
    edges = np.flatnonzero(np.diff(band)) + 1
    starts = np.concatenate([[0], edges])
    ends = np.concatenate([edges, [band.size]])
    return [(int(a), int(b), int(band[a])) for a, b in zip(starts, ends, strict=True)]


def expected_claims(people: FloatArray, care: CareWeights) -> FloatArray:
    """Claims a year by pair, status, service and severity class, ``(P, K, C, J)``.

    >>> from fundpool import examples
    >>> people = examples.whole_people()
    >>> claims = expected_claims(people, examples.prepared().care)
    >>> claims.shape[:2] == people.shape[:2]
    True
    """
    membership = np.zeros((care.classes, CELLS))
    membership[care.severity_class, np.arange(CELLS)] = 1.0
    weights = care.frequency[:, None, :] * membership[None]
    flat = weights.reshape(-1, CELLS).astype(people.dtype)
    return np.asarray((people @ flat.T).reshape(*people.shape[:2], *weights.shape[:2]))


def step(
    people: FloatArray,
    holdings: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
    care: CareWeights,
) -> tuple[FloatArray, FloatArray, YearCount]:
    """One year of the population.

    >>> from fundpool import examples
    >>> ready, people = examples.prepared(), examples.whole_people()
    >>> holdings = np.zeros((people.shape[0], 3, 202))
    >>> after, _, count = step(people, holdings, ready.pairs, examples.rates(), ready.care)
    >>> bool(np.isclose(after.sum(), people.sum() + count.births.sum() - count.deaths.sum()))
    True

    Args:
        people: the state at the end of the year before, ``(P, K, 202)``; not changed.
        holdings: what its contributors hold, ``(P, 3, 202)``; not changed.
        pairs: the pairs of the case.
        rates: the year's rates.
        care: claim frequencies.

    Returns:
        people and holdings at the end of the year, and what was counted on the way.
    """
    residence = pairs.residence
    reservoir = pairs.reservoir
    after = survive_and_age(people, rates.survival[residence])
    surviving_holdings = survive_and_age(holdings, rates.survival[residence])
    deaths = people.sum(axis=(1, 2)) - after.sum(axis=(1, 2))

    born = births_by_pair(people, after, rates.fertility[residence])
    born[reservoir] = 0.0
    own_of_pair = pairs.own_pair[pairs.home]
    moves_home = np.where(own_of_pair == np.arange(pairs.count), 0.0, 1.0 - rates.child_accompanies)
    births = born * (1.0 - moves_home)
    np.add.at(births, own_of_pair, born * moves_home)
    births[reservoir] = 0.0  # children left behind outside the case
    newborn_status = rates.newborn_status[pairs.home]
    for sex in range(2):
        infants = births * rates.newborn_sex[sex] * rates.newborn_survival[residence, sex]
        after[:, :, sex * AGES] = infants[:, None] * newborn_status
        deaths += births * rates.newborn_sex[sex] - infants

    moved = np.empty_like(after)
    stayed, onward, returned = (np.empty_like(after) for _ in range(3))
    for home in range(pairs.counties + 1):
        slab = slice(pairs.start[home], pairs.start[home + 1])
        moved[slab], stayed[slab], onward[slab], returned[slab] = move_home(
            after[slab],
            int(pairs.own_pair[home] - pairs.start[home]),
            rates.destination[slab],
            rates,
            home,
        )
    arrived = moved - stayed
    retiring = np.stack(
        [
            share * sum(moved[:, status, cell] for status in CONTRIBUTING)
            for cell, share in zip(
                rates.retiring_groups.cells, rates.retiring_groups.share, strict=True
            )
        ],
        axis=1,
    )
    settled = retire(moved, pairs, rates)
    end = change_cover(settled, rates)
    new_holdings, moves = carried(surviving_holdings, after, stayed, moved, end, pairs, rates)
    released = moves.money_released + (holdings - surviving_holdings)[:, MONEY].sum(axis=1)
    end[reservoir] = people[reservoir]
    new_holdings[reservoir] = holdings[reservoir]
    for array in (stayed, onward, returned, arrived):
        array[reservoir] = 0.0

    count = YearCount(
        persons=end.sum(axis=2),
        expected_claims=expected_claims(end, care),
        births=births,
        deaths=deaths,
        arrivals=arrived.sum(axis=(1, 2)),
        onward=onward.sum(axis=2),
        returned=returned.sum(axis=2),
        retiring=retiring,
        lapsed=lapsed_in_transition(settled, rates)
        + lapsed_on_move(onward.sum(axis=2), returned.sum(axis=2), pairs, rates),
        money_out=moves.money_out,
        money_in=moves.money_in,
        money_released=released,
    )
    return end, new_holdings, without_reservoir(count, pairs)


def lapsed_in_transition(settled: FloatArray, rates: YearRates) -> FloatArray:
    """People insured before the year's change of cover and uninsured after it, ``(P,)``.

    >>> from fundpool import examples
    >>> bool((lapsed_in_transition(examples.whole_people(), examples.rates()) >= 0).all())
    True

    Args:
        settled: people after moves and retirement, ``(P, K, 202)``.
        rates: the year's rates.
    """
    insured = np.arange(settled.shape[1]) != NONE
    total = np.zeros(settled.shape[0])
    for first, last, band in band_runs(rates.band):
        chance = rates.transition[rates.transition_row, band][:, :, NONE]
        number = settled[..., first:last].sum(axis=2)
        total += (number * chance)[:, insured].sum(axis=1)
    return total


def lapsed_on_move(
    onward: FloatArray, returned: FloatArray, pairs: PairIndex, rates: YearRates
) -> FloatArray:
    """People who lose all cover on leaving a pair, ``(P,)``.

    >>> from fundpool import examples
    >>> pairs = examples.prepared().pairs
    >>> nobody = np.zeros((pairs.count, examples.whole_people().shape[1]))
    >>> float(lapsed_on_move(nobody, nobody, pairs, examples.rates()).sum())
    0.0

    Args:
        onward: leavers to another place, by their status before, ``(P, K)``.
        returned: leavers to their home, by their status before, ``(P, K)``.
        pairs: the pairs.
        rates: the year's rates.
    """
    lost = np.zeros(pairs.count)
    out, on, back = (
        moves[:, :, NONE] for moves in (rates.move_out, rates.move_onward, rates.move_return)
    )
    may_lose = (out != 0).any(axis=0) | (on != 0).any(axis=0) | (back != 0).any(axis=0)
    for status in np.flatnonzero(may_lose):
        if status == NONE:  # has nothing to lose
            continue
        chance = on[pairs.home, status]
        chance[pairs.own_pair] = out[:, status]
        lost += onward[:, status] * chance + returned[:, status] * back[pairs.home, status]
    return lost


def by_residence(values: FloatArray, pairs: PairIndex) -> FloatArray:
    """Sum over homes, ``(P, 202) -> (n + 1, 202)``.

    >>> from fundpool import examples
    >>> pairs = examples.prepared().pairs
    >>> by_residence(np.ones((pairs.count, 202)), pairs).shape  # four counties and outside
    (5, 202)
    """
    total = np.zeros((pairs.counties + 1, values.shape[1]))
    inside = np.arange(pairs.count) != pairs.reservoir
    np.add.at(total, pairs.residence[inside], values[inside])
    return total


def without_reservoir(count: YearCount, pairs: PairIndex) -> YearCount:
    """The counts with the reservoir pair set to zero.

    >>> from fundpool import examples
    >>> ready, people = examples.prepared(), examples.whole_people()
    >>> holdings = np.zeros((people.shape[0], 3, 202))
    >>> _, _, count = step(people, holdings, ready.pairs, examples.rates(), ready.care)
    >>> float(without_reservoir(count, ready.pairs).persons[ready.pairs.reservoir].sum())
    0.0
    """
    changed = {}
    for name in (
        "persons",
        "expected_claims",
        "births",
        "deaths",
        "arrivals",
        "retiring",
        "lapsed",
        "money_out",
        "money_released",
    ):  # fmt: skip  (account money taken out of the case arrives in the reservoir)
        values = getattr(count, name)
        values[pairs.reservoir] = 0.0
        changed[name] = values
    return count._replace(**changed)
