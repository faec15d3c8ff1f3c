"""Benefits in cash of a year: for births to insured mothers, days of sickness, insured persons.

``births * money + insured * money + contribution base * days / 365 * share of the daily wage``, by
county of the insuring pool. Births are those of the population's year: those of a home are divided
among its mothers by where they live and how they are insured.
"""

from collections.abc import Sequence

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import AGES, CELLS, STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.contributions.year import SchemeYear, pool_county
from fundpool.models.economy import EconomicPaths
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.terms.schemes import SchemeTerms
from fundpool.models.terms.years import YearTerms


def births_by_cover(
    people: Sequence[tuple[FloatArray, HeldCells]],
    pairs: PairIndex,
    fertility: FloatArray,
    births: FloatArray,
) -> FloatArray:
    """Births of a year by pair and status of the mother, ``(P, K)``.

    Args:
        people: at the beginning and at the end of the year, packed, ``(P, M)``, with the cells of
            the packed rows.
        pairs: the pairs.
        fertility: births per woman-year by residence and age, ``(n + 1, 101)``.
        births: by the pair in which the child first lives, ``(P,)``.
    """
    mothers = np.zeros((pairs.count, len(STATUSES)))
    for packed, cells in people:
        status, cell = cells.index // CELLS, cells.index % CELLS
        women = np.flatnonzero(cell >= AGES)
        expected = packed[:, women] * fertility[:, cell[women] - AGES][pairs.residence]
        by_status = np.zeros((women.size, len(STATUSES)))
        by_status[np.arange(women.size), status[women]] = 1.0
        mothers += expected @ by_status
    mothers[pairs.reservoir] = 0.0
    of_home, born = (
        np.add.reduceat(values, pairs.start[:-1])[pairs.home]
        for values in (mothers.sum(axis=1), births)
    )
    return np.asarray(mothers * ratio(born, of_home, 0.0)[:, None])


def cash_benefits(
    terms: YearTerms,
    scheme: SchemeTerms,
    collected: SchemeYear,
    births: FloatArray,
    pairs: PairIndex,
    paths: EconomicPaths,
) -> FloatArray:
    """What a scheme pays in cash in a year, by benefit and county, ``(B, n + 1)``; outside 0.

    Args:
        terms: of the year.
        scheme: the scheme's own, which has benefits in cash.
        collected: what it collects.
        births: by pair and status of the mother, ``(P, K)``.
        pairs: the pairs.
        paths: economic paths.
    """
    benefits = scheme.cash_benefits
    assert benefits is not None
    born = np.zeros(pairs.counties + 1)
    for number, status in enumerate(STATUSES):
        if status in scheme.covers:
            county = pool_county(scheme, status, pairs)
            born += sum_by(county, births[:, number], minlength=born.size)
    index = (paths.premium if scheme.payroll is None else paths.wage)[terms.elapsed]
    paid = benefits.a_birth * born[:-1] + benefits.a_head * collected.persons[:-1]
    paid = paid * index + benefits.wage_share * collected.contribution_base[:-1]
    return np.pad(paid, ((0, 0), (0, 1)))
