"""A case laid out as arrays, and the rates of each of its years."""

from dataclasses import dataclass, replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import CELLS, SEXES, STATUSES
from fundpool.models.axes import statuses
from fundpool.models.axes.arrays import BoolArray, FloatArray, IntArray
from fundpool.models.axes.pairs import PairIndex, next_level
from fundpool.models.coverage import base_year, leaving
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
from fundpool.models.population.net_migration import NetMigration, net_migration
from fundpool.models.population.opening import case_pairs, opening_people, opening_reach
from fundpool.models.population.rates import CareWeights, YearRates
from fundpool.models.terms.coverage import retirement_steps
from fundpool.models.terms.years import YearTerms, year_terms

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
        base: terms of the base year.
        home_cover: cover that a home gives, ``(n + 1, K)``.
        retirement_steps: years from which a retirement age changes, and the ages from then on.
        net_migration: people who join from abroad and leave for it; None where none are given.
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
    base: YearTerms
    home_cover: FloatArray
    retirement_steps: tuple[tuple[int, FloatArray], ...]
    net_migration: NetMigration | None


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
        base=year_terms(case, case.base_year),
        home_cover=home_cover(base_year.rural_shares(case), cover.resident),
        retirement_steps=retirement_steps(case),
        net_migration=net_migration(case),
    )
    first = year_terms(case, case.base_year + 1, prepared.base)
    transition = coverage.yearly_transition(cover, leaving.coverage_hazards(first))
    rates = year_rates(prepared, first, transition, np.zeros((pairs.count, len(SEXES))))
    cells = room_ahead(prepared, reach, first, rates)
    return replace(prepared, cells=cells, people=opening_people(case, pairs, cover, cells, kind))


def room_ahead(
    prepared: Prepared, reach: BoolArray, terms: YearTerms, rates: YearRates
) -> HeldCells:
    """Cells with room for a year's rates and for the retirement ages that follow.

    Args:
        prepared: the case.
        reach: cells in which there may be people at the beginning of the year, ``(K, 202)``.
        terms: of the year.
        rates: the year's rates.
    """
    later = [ages for year, ages in prepared.retirement_steps if year > terms.year]
    ages_ahead = [terms.retirement_age, *later]
    return with_room_for(reach, *(replace(rates, retirement_age=age).changes for age in ages_ahead))


def year_rates(
    prepared: Prepared, terms: YearTerms, transition: coverage.Transition, retired: FloatArray
) -> YearRates:
    """The rates of one year.

    >>> from fundpool import examples
    >>> examples.rates().fertility.shape
    (5, 101)
    """
    tables, cover, at_home = prepared.demography, terms.coverage, prepared.home_cover
    ratios, newborn = survival(tables, terms.year)
    status = cover.newborn_enrolment * at_home
    status[:, statuses.NONE] = 1.0 - cover.newborn_enrolment
    kept, fallback = cover.kept_on_move, cover.fallback_resident
    dependants = prepared.case.settings.has_dependants
    moved = cover_on_move(kept, fallback, at_home, dependants)
    return YearRates(
        survival=ratios,
        fertility=fertility(tables, terms.year),
        newborn_survival=newborn,
        newborn_sex=newborn_sex(tables, terms.year),
        newborn_status=status,
        child_accompanies=terms.mobility.child_accompanies,
        movement=movement(tables, terms.mobility),
        destination=tables.destination,
        move_out=moved,
        move_onward=moved,
        move_return=cover_on_return(kept, fallback, at_home, dependants),
        retirement_age=terms.retirement_age,
        retired_share=retired,
        home_cover=at_home,
        carry=carry_factors(terms, prepared.pairs.counties),
        prior_credit=cover.prior_credit,
        transition=transition.matrices,
        transition_row=transition.row[base_year.pair_rows(prepared.pairs)],
        band=prepared.cover.band,
    )
