"""Credited years: what contributors have in the base year, and who has retiree cover at the end.

The first two moments of credited years are carried with the contributors of every pair and cell
(:mod:`fundpool.models.population.holdings`). The share with enough years at retirement comes from
the beta distribution with these moments between nothing and the longest possible career. Of those
who are short of years a share, the rule ``buys_missing_years_share``, pays the missing ones.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.credited_years import eligible_share_of_many, missing_years
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, slices
from fundpool.models.axes.threads import side_by_side
from fundpool.models.coverage.retirement import RetiringGroups, retirement_ages, retiring_groups
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import LAYERS, MONEY, SQUARES, YEARS, mean_of


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
    case: Case,
    scheme: Scheme,
    people: FloatArray,
    holdings: FloatArray,
    cells: HeldCells,
    pairs: PairIndex,
    ages: FloatArray,
    year: int,
) -> RetirementCover:
    """Cover of the contributors who will reach retirement age, by what they hold a year before.

    Args:
        case: the case.
        scheme: the payroll scheme.
        people, holdings: at the end of the year before, packed.
        cells: the cells of packed rows.
        pairs: the pairs.
        ages: retirement ages by sex in the year.
        year: the year in which they retire.
    """

    groups = retiring_groups(ages)

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
        return _cover(case, scheme, pairs, (groups, group), (mean, variance), year)

    by_group = side_by_side(of_group, range(groups.share.size))
    return RetirementCover(*(np.stack(values, axis=1) for values in zip(*by_group, strict=True)))


def years_bought_in_base_year(
    case: Case, scheme: Scheme, people: FloatArray, cells: HeldCells, pairs: PairIndex
) -> FloatArray:
    """Missing years paid in the base year, ``(P,)``, by contributors a year below retirement age.

    Args:
        case: the case.
        scheme: the payroll scheme.
        people: of the base year, packed ``(P, M)``.
        cells: the cells of packed rows.
        pairs: the pairs.
    """
    result = np.zeros(pairs.count)
    start, year = case.value("coverage.working_age_from"), case.base_year
    groups = retiring_groups(retirement_ages(case, year))
    for group, (age, share) in enumerate(zip(groups.age, groups.share, strict=True)):
        place = cells.amount_place(int(groups.cells[group]) - 1)
        if place < 0:
            continue
        mean = case.value("coverage.credited_density") * max(float(age) - 1.0 - start, 0.0)
        variance = (case.value("coverage.credited_cv") * mean) ** 2
        moments = (np.full(pairs.count, mean), np.full(pairs.count, variance))
        _, _, bought = _cover(case, scheme, pairs, (groups, group), moments, year)
        result += cells.contributors(people, place) * share * bought
    result[pairs.reservoir] = 0.0
    return result


def _cover(
    case: Case,
    scheme: Scheme,
    pairs: PairIndex,
    who: tuple[RetiringGroups, int],
    moments: tuple[FloatArray, FloatArray],
    year: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three shares of :class:`RetirementCover` of one group, ``(P,)`` each.

    Args:
        case, scheme, pairs: as above.
        who: those who reach retirement age, and which of their groups.
        moments: mean and variance of credited years a year before, ``(P,)`` each.
        year: the year in which they retire.
    """
    groups, group = who
    sex = SEXES[int(groups.sex[group])]
    longest = float(groups.retirement_age[group]) - case.value("coverage.working_age_from")
    mean = np.minimum(moments[0] + groups.credited[group], longest)

    def by_pair(rule: str) -> FloatArray:
        values = scheme.rule_array(rule, case.regions, year)
        return np.asarray(np.append(values, values.mean())[pairs.residence])

    required = by_pair(f"min_credited_years_{sex}")
    earned = eligible_share_of_many(mean, moments[1], required, longest)
    buys = by_pair("buys_missing_years_share")
    if not buys.any():
        return earned, np.zeros_like(earned), np.zeros_like(earned)
    short = missing_years(mean, moments[1], required, longest)
    return earned, buys * (1.0 - earned), buys * short


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
