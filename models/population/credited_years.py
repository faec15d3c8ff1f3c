"""Credited years: what contributors have in the base year, and who has retiree cover at the end.

The first two moments of credited years are carried with the contributors of every pair and cell
(:mod:`fundpool.models.population.holdings`). The share with enough years at retirement comes from
the beta distribution with these moments between nothing and the longest possible career. Of those
who are short of years a share, the rule ``buys_missing_years_share``, pays the missing ones.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.credited_years import MANY, eligible_share_of_many, missing_years
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, slices
from fundpool.models.axes.threads import side_by_side
from fundpool.models.coverage.retirement import RetiringGroups, retiring_groups
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import LAYERS, MONEY, SQUARES, YEARS, mean_of
from fundpool.models.terms.coverage import CoverageTerms
from fundpool.models.terms.years import YearTerms


def opening_holdings(
    terms: CoverageTerms,
    pairs: PairIndex,
    people: FloatArray,
    cells: HeldCells,
    balance_per_member: FloatArray,
) -> FloatArray:
    """What contributors hold at the end of the base year, packed ``(P, 3, H)``.

    A share of the years since working age is credited, with a coefficient of variation; accounts
    hold the county's mean balance.

    Args:
        terms: cover in the base year.
        pairs: the pairs.
        people: packed, ``(P, M)``.
        cells: the cells of packed rows.
        balance_per_member: mean account balance, ``(n + 1,)``.
    """
    ages = np.tile(np.arange(AGES, dtype=float), len(SEXES))
    mean = terms.credited_density * np.maximum(ages - terms.working_age_from, 0.0)
    square = mean**2 * (1.0 + terms.credited_cv**2)
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


@dataclass(frozen=True)
class RetirementCover:
    """Who of the contributors reaching retirement age has retiree cover.

    Attributes (by pair and retiring group, ``(P, R)``):
        earned: share with enough credited years.
        bought: share short of years who pay the missing ones.
        years_bought: missing years paid, a contributor who reaches the age.
    """

    earned: FloatArray
    bought: FloatArray
    years_bought: FloatArray

    @property
    def share(self) -> FloatArray:
        """Share with retiree cover."""
        return self.earned + self.bought


def no_retirement_cover(pairs: PairIndex) -> RetirementCover:
    """That of a case without a scheme that covers retired members."""
    nobody = np.zeros((pairs.count, len(SEXES)))
    return RetirementCover(nobody, nobody, nobody)


def retirement_cover(
    terms: YearTerms,
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
) -> RetirementCover:
    """Cover of the contributors who will reach retirement age, by what they hold a year before.

    Args:
        terms: of the year in which they retire.
        people, holdings: at the end of the year before, packed.
        cells: the cells of packed rows.
        pairs: the pairs.
    """
    if terms.payroll < 0:
        return no_retirement_cover(pairs)
    groups = retiring_groups(terms.retirement_age)

    def of_group(group: int) -> tuple[FloatArray, ...]:
        place = cells.amount_place(int(groups.cells[group]) - 1)
        if place < 0:  # nobody of that age contributes
            return (np.zeros(pairs.count),) * 3
        members, years, squares = (
            values.astype(np.float64)
            for values in (
                cells.contributors(people, place),
                holdings[:, YEARS, place],
                holdings[:, SQUARES, place],
            )
        )
        mean = mean_of(years, members)
        variance = np.maximum(mean_of(squares, members) - mean**2, 0.0)
        return _cover(terms, pairs, (groups, group), (mean, variance))

    by_group = side_by_side(of_group, range(groups.share.size))
    return RetirementCover(*(np.stack(values, axis=1) for values in zip(*by_group, strict=True)))


def years_bought_in_base_year(
    terms: YearTerms, people: FloatArray, cells: HeldCells, pairs: PairIndex
) -> FloatArray:
    """Missing years paid in the base year, ``(P,)``, by contributors a year below retirement age.

    Args:
        terms: of the base year.
        people: of the base year, packed ``(P, M)``.
        cells: the cells of packed rows.
        pairs: the pairs.
    """
    result = np.zeros(pairs.count)
    if terms.payroll < 0:
        return result
    cover, groups = terms.coverage, retiring_groups(terms.retirement_age)
    for group, (age, share) in enumerate(zip(groups.age, groups.share, strict=True)):
        place = cells.amount_place(int(groups.cells[group]) - 1)
        if place < 0:
            continue
        mean = cover.credited_density * max(float(age) - 1.0 - cover.working_age_from, 0.0)
        variance = (cover.credited_cv * mean) ** 2
        moments = (np.full(pairs.count, mean), np.full(pairs.count, variance))
        _, _, bought = _cover(terms, pairs, (groups, group), moments)
        result += cells.contributors(people, place) * share * bought
    result[pairs.reservoir] = 0.0
    return result


def _cover(
    terms: YearTerms,
    pairs: PairIndex,
    who: tuple[RetiringGroups, int],
    moments: tuple[FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three shares of :class:`RetirementCover` of one group, ``(P,)`` each.

    Args:
        terms, pairs: as above.
        who: those who reach retirement age, and which of their groups.
        moments: mean and variance of credited years a year before, ``(P,)`` each.
    """
    groups, group = who
    rules = terms.schemes[terms.payroll].payroll
    assert rules is not None
    longest = float(groups.retirement_age[group]) - terms.coverage.working_age_from
    mean = np.minimum(moments[0] + groups.credited[group], longest)

    def by_pair(values: FloatArray) -> FloatArray:
        return np.asarray(np.append(values, values.mean())[pairs.residence])

    required = by_pair(rules.min_credited_years[groups.sex[group]])
    earned = eligible_share_of_many(mean, moments[1], required, longest)
    buys = by_pair(rules.buys_missing_years)
    if not buys.any():
        return earned, np.zeros_like(earned), np.zeros_like(earned)
    exact = earned if earned.size < MANY else None
    short = missing_years(mean, moments[1], required, longest, exact)
    return earned, buys * (1.0 - earned), buys * short


def carry_factors(terms: YearTerms, counties: int) -> FloatArray:
    """What a mover brings from another territory, ``(2, n + 1)``: credited years and money."""
    carry = np.ones((2, counties + 1))
    if terms.payroll < 0:
        return carry
    scheme = terms.schemes[terms.payroll]
    assert scheme.payroll is not None
    carry[0] = float(scheme.time_recognised)
    carry[1] = 0.0
    if scheme.account_on_move == "transfer":
        carry[1] = np.append(scheme.payroll.account_conversion, 1.0)
    return carry
