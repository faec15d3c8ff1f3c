"""Credited years: what contributors have in the base year, and who earns retiree cover.

The first two moments of credited years are carried with the contributors of every pair and cell
(:mod:`fundpool.models.population.holdings`). The share with enough years at retirement comes from
the beta distribution with these moments between nothing and the longest possible career.
"""

import numpy as np

from fundpool.actuarial.credited_years import eligible_share_of_many
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex, slices
from fundpool.models.axes.threads import side_by_side
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import HALF_YEAR, LAYERS, MONEY, SQUARES, YEARS, mean_of


def opening_holdings(
    case: Case,
    pairs: PairIndex,
    people: FloatArray,
    cells: HeldCells,
    balance_per_member: FloatArray,
) -> FloatArray:
    """What contributors hold at the end of the base year, packed ``(P, 3, H)``.

    A share of the years since working age is credited, with a coefficient of variation; accounts
    hold the county's mean balance.

    Args:
        case: the case.
        pairs: its pairs.
        people: packed, ``(P, M)``.
        cells: the cells of packed rows.
        balance_per_member: mean account balance, ``(n + 1,)``.
    """
    start = case.value("coverage.working_age_from")
    since = np.maximum(np.tile(np.arange(AGES, dtype=float), len(SEXES)) - start, 0.0)
    mean = case.value("coverage.credited_density") * since
    square = mean**2 * (1.0 + case.value("coverage.credited_cv") ** 2)
    holdings = np.empty((pairs.count, LAYERS, cells.amount_width), people.dtype)
    kept = cells.amount_index
    mean, square, each = (
        values.astype(people.dtype) for values in (mean[kept], square[kept], balance_per_member)
    )

    def enter(part: slice) -> None:
        contributors = cells.contributors(people[part])
        np.multiply(contributors, mean, out=holdings[part, YEARS])
        np.multiply(contributors, square, out=holdings[part, SQUARES])
        np.multiply(contributors, each[pairs.residence[part], None], out=holdings[part, MONEY])

    side_by_side(enter, slices(pairs.count))
    holdings[pairs.reservoir] = 0.0
    return holdings


def retired_share(
    case: Case,
    scheme: Scheme,
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    ages: IntArray,
    year: int,
) -> FloatArray:
    """Share of contributors who will reach retirement age with enough credited years, ``(P, 2)``.

    Args:
        case: the case.
        scheme: the payroll scheme.
        people, holdings: at the end of the year before, packed.
        cells: the cells of packed rows.
        pairs: the pairs.
        ages: retirement ages by sex in the year.
        year: the year in which they retire.
    """
    start = case.value("coverage.working_age_from")

    def share(number: int) -> FloatArray:
        place = cells.amount_place(number * AGES + int(ages[number]) - 1)
        if place < 0:  # nobody of that age contributes
            return np.zeros(pairs.count)
        longest = float(ages[number]) - start
        required = scheme.rule_array(f"min_credited_years_{SEXES[number]}", case.regions, year)
        members, years, squares = (
            values.astype(np.float64)
            for values in (
                cells.contributors(people, place),
                holdings[:, YEARS, place],
                holdings[:, SQUARES, place],
            )
        )
        mean = mean_of(years, members)
        return eligible_share_of_many(
            np.minimum(mean + HALF_YEAR, longest),
            np.maximum(mean_of(squares, members) - mean**2, 0.0),
            np.append(required, required.mean())[pairs.residence],
            longest,
        )

    return np.stack(side_by_side(share, range(len(SEXES))), axis=1)


def carry_factors(case: Case, scheme: Scheme | None, year: int) -> FloatArray:
    """What a mover brings from another territory, ``(2, n + 1)``: credited years and money."""
    n = len(case.regions.codes)
    carry = np.ones((2, n + 1))
    if scheme is None:
        return carry
    carry[0] = float(scheme.time_recognised(year))
    carry[1] = 0.0
    if scheme.account_on_move(year) == "transfer":
        carry[1] = np.append(scheme.rule_array("account_conversion", case.regions, year), 1.0)
    return carry
