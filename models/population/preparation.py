"""A case laid out as arrays, and the rates of each of its years."""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import CELLS, SEXES, STATUSES
from fundpool.models.axes import statuses
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex, next_level
from fundpool.models.coverage import base_year, leaving, retirement
from fundpool.models.coverage import chain as coverage
from fundpool.models.coverage.on_move import cover_on_move, cover_on_return, home_cover
from fundpool.models.population.care import care_weights
from fundpool.models.population.credited_years import carry_factors
from fundpool.models.population.demography import (
    Demography,
    demography,
    fertility,
    movement,
    newborn_sex,
    survival,
)
from fundpool.models.population.held_cells import HeldCells, held_cells, with_room_for
from fundpool.models.population.opening import case_pairs, opening_people, opening_reach
from fundpool.models.population.rates import CareWeights, YearRates

K = len(STATUSES)


@dataclass(frozen=True)
class Prepared:
    """A case laid out as arrays, before the first year.

    Attributes:
        case: the case.
        pairs: its pairs of home and residence.
        cover: base-year cover by person type.
        demography: demographic tables.
        care: claim frequencies.
        cells: the cells of packed people.
        reach: those of them in which there are people in the base year, ``(K, 202)``.
        people: of the base year, packed ``(P, M)``.
        region: region of the second level of each county, ``(n + 1,)``; outside is one of its own.
    """

    case: Case
    pairs: PairIndex
    cover: base_year.BaseCoverage
    demography: Demography
    care: CareWeights
    cells: HeldCells
    reach: BoolArray
    people: FloatArray
    region: IntArray


LARGEST_DOUBLE = 1_000_000_000
"""Bytes of people up to which double precision is the default."""


def prepare(case: Case, precision: str | None = None) -> Prepared:
    """Lay a case out as arrays: pairs, base-year people and cover, demographic tables.

    >>> from fundpool import examples
    >>> prepared = prepare(examples.case())
    >>> prepared.people.dtype == np.float64, prepared.pairs.counties
    (True, 4)

    Args:
        case: a checked case.
        precision: ``single`` or ``double`` for the people of the yearly step; double unless the
            people would fill more than a gigabyte. Totals and money are double in any case.

    Raises:
        ValueError: another precision.
    """
    if precision not in (None, "single", "double"):
        raise ValueError(f"precision is single or double, not {precision!r}")
    pairs = case_pairs(case)
    large = pairs.count * K * CELLS * 8 > LARGEST_DOUBLE
    single = precision == "single" or (precision is None and large)
    cover = base_year.base_coverage(case)
    kind = np.dtype(np.float32 if single else np.float64)
    reach = opening_reach(pairs, cover)
    prepared = Prepared(
        case=case,
        pairs=pairs,
        cover=cover,
        demography=demography(case, pairs),
        care=care_weights(case),
        cells=held_cells(reach, reach),
        reach=reach,
        people=np.empty((0, 0), kind),
        region=np.append(next_level(case), int(next_level(case).max()) + 1),
    )
    first = case.base_year + 1
    transition = coverage.yearly_transition(cover, leaving.coverage_hazards(case, first))
    rates = year_rates(prepared, transition, np.zeros((pairs.count, len(SEXES))), first)
    cells = room_ahead(case, reach, rates, first)
    return replace(prepared, cells=cells, people=opening_people(case, pairs, cover, cells, kind))


def room_ahead(case: Case, reach: BoolArray, rates: YearRates, year: int) -> HeldCells:
    """Cells with room for a year's rates and for the retirement ages that follow.

    Args:
        case: the case.
        reach: cells in which there may be people at the beginning of the year, ``(K, 202)``.
        rates: the year's rates.
        year: the year.
    """
    steps = retirement.retirement_ages_from(case, year)
    return with_room_for(reach, *(replace(rates, retirement_age=age).changes for age in steps))


def payroll_scheme(case: Case) -> int:
    """Index of the scheme that gives retiree cover; -1 if none does."""
    for number, scheme in enumerate(case.schemes):
        if scheme.kind == "payroll" and "retired" in scheme.statuses_covered:
            return number
    return -1


def year_rates(
    prepared: Prepared, transition: coverage.Transition, retired: FloatArray, year: int
) -> YearRates:
    """The rates of one year.

    >>> from fundpool import examples
    >>> examples.rates().fertility.shape
    (5, 101)
    """
    case, terms = prepared.case, prepared.demography
    ratios, newborn = survival(terms, year)
    at_home = home_cover(base_year.rural_shares(case))
    enrolled = case.value("coverage.newborn_enrolment", year)
    status = enrolled * at_home
    status[:, statuses.NONE] = 1.0 - enrolled
    kept = case.value("coverage.employee_kept_on_move", year)
    fallback = case.value("coverage.fallback_resident", year)
    moved = cover_on_move(kept, fallback, at_home)
    payroll = payroll_scheme(case)
    return YearRates(
        survival=ratios,
        fertility=fertility(terms, year),
        newborn_survival=newborn,
        newborn_sex=newborn_sex(terms, year),
        newborn_status=status,
        child_accompanies=case.value("mobility.child_accompanies", year),
        movement=movement(case, terms, year),
        destination=terms.destination,
        move_out=moved,
        move_onward=moved,
        move_return=cover_on_return(kept, fallback, at_home),
        retirement_age=retirement.retirement_ages(case, year),
        retired_share=retired,
        home_cover=at_home,
        carry=carry_factors(case, case.schemes[payroll] if payroll >= 0 else None, year),
        prior_credit=case.value("coverage.prior_credit_share", year),
        transition=transition.matrices,
        transition_row=transition.row[base_year.pair_rows(prepared.pairs)],
        band=prepared.cover.band,
    )
