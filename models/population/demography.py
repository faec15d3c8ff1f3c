"""Survival, fertility and moves: the case's demographic assumptions as yearly rates."""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.lifetable import LifeTable, usual_infant_share
from fundpool.actuarial.mobility import home_away_probabilities, rogers_castro
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, CELLS, SEXES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.population.opening import migrant_stock
from fundpool.models.population.rates import MovementRates
from fundpool.models.terms.coverage import MobilityTerms


@dataclass(frozen=True)
class Demography:
    """Demographic tables as arrays, before the year is chosen.

    Attributes:
        mortality_years: knot years, ``(Y,)``.
        death_rate: central death rates at the knots, ``(Y, 202)``.
        mortality_level: by county, ``(n + 1,)``; outside 1.
        fertility_years: knot years.
        birth_rate: births per woman-year at the knots, ``(Y, 101)``.
        fertility_level: by county, ``(n + 1,)``.
        sex_ratio_years, males_per_female: sex ratio at birth.
        gross_migraproduction_rate, return_rate, onward_rate: by home, ``(n + 1,)``.
        schedule: age pattern of out-migration, summing to one over ages, ``(101,)``.
        destination: destination shares of the pairs, ``(P,)``.
    """

    mortality_years: FloatArray
    death_rate: FloatArray
    mortality_level: FloatArray
    fertility_years: FloatArray
    birth_rate: FloatArray
    fertility_level: FloatArray
    sex_ratio_years: FloatArray
    males_per_female: FloatArray
    gross_migraproduction_rate: FloatArray
    return_rate: FloatArray
    onward_rate: FloatArray
    schedule: FloatArray
    destination: FloatArray


def _by_region(case: Case, table: str, key: str, column: str, missing: float) -> FloatArray:
    """A column of a table by county, with the value for outside last, ``(n + 1,)``."""
    result = np.full(len(case.regions.codes) + 1, missing)
    data = case.tables[table]
    index = [case.regions.index(code) for code in data[key]]
    result[index] = data[column].to_numpy(dtype=float)
    return result


def demography(case: Case, pairs: PairIndex) -> Demography:
    """Read the demographic tables of a case."""
    deaths = case.tables["mortality"]
    mortality_years = np.unique(deaths["year"].to_numpy(dtype=float))
    death_rate = np.zeros((mortality_years.size, CELLS))
    death_rate[
        np.searchsorted(mortality_years, deaths["year"].to_numpy(dtype=float)),
        cell_index(deaths["sex"].to_numpy(), deaths["age"].to_numpy()),
    ] = deaths["death_rate"].to_numpy(dtype=float)
    births = case.tables["fertility"]
    fertility_years = np.unique(births["year"].to_numpy(dtype=float))
    birth_rate = np.zeros((fertility_years.size, AGES))
    birth_rate[
        np.searchsorted(fertility_years, births["year"].to_numpy(dtype=float)),
        births["age"].to_numpy(dtype=np.int64),
    ] = births["rate"].to_numpy(dtype=float)
    sex_ratio = case.tables["sex_ratio_at_birth"].sort_values("year")
    form = case.settings.mobility.schedule
    schedule = np.asarray(
        rogers_castro(
            np.arange(AGES, dtype=float),
            form.a1, form.alpha1, form.a2, form.mu2, form.alpha2, form.lambda2, form.c,
        )
    )  # fmt: skip
    stock = migrant_stock(case, pairs)
    by_home = np.add.reduceat(stock, pairs.start[:-1])
    whole = by_home[pairs.home]
    return Demography(
        mortality_years=mortality_years,
        death_rate=death_rate,
        mortality_level=_by_region(case, "demography", "region", "mortality_level", 1.0),
        fertility_years=fertility_years,
        birth_rate=birth_rate,
        fertility_level=_by_region(case, "demography", "region", "fertility_level", 1.0),
        sex_ratio_years=sex_ratio["year"].to_numpy(dtype=float),
        males_per_female=sex_ratio["males_per_female"].to_numpy(dtype=float),
        # a home whose people are known to live nowhere else sends nobody away
        gross_migraproduction_rate=_by_region(
            case, "mobility", "home", "gross_migraproduction_rate", 0.0
        )
        * (by_home > 0),
        return_rate=_by_region(case, "mobility", "home", "return_rate", 0.0),
        onward_rate=_by_region(case, "mobility", "home", "onward_rate", 0.0),
        schedule=schedule / schedule.sum(),
        destination=ratio(stock, whole),
    )


def death_rates(terms: Demography, year: int) -> FloatArray:
    """Central death rates of a year, ``(202,)``: log-linear between knots, flat outside them."""
    logs = np.log(np.maximum(terms.death_rate, 1e-12))
    at_year = [np.interp(year, terms.mortality_years, logs[:, c]) for c in range(CELLS)]
    return np.asarray(np.exp(np.array(at_year)))


def survival(terms: Demography, year: int) -> tuple[FloatArray, FloatArray]:
    """Survivorship ratios ``(n + 1, 202)`` and ``L[0]/l[0]`` by sex ``(n + 1, 2)`` of a year.

    Infants who die live the part of the year that goes with their death rate
    (:func:`fundpool.actuarial.lifetable.usual_infant_share`), others half.
    """
    rates = death_rates(terms, year)
    levels, inverse = np.unique(terms.mortality_level, return_inverse=True)
    ratios = np.empty((levels.size, CELLS))
    newborn = np.empty((levels.size, len(SEXES)))
    for number, level in enumerate(levels):
        for sex, name in enumerate(SEXES):
            rates_at_level = level * rates[sex * AGES : (sex + 1) * AGES]
            table = LifeTable.from_death_rates(
                rates_at_level, usual_infant_share(float(rates_at_level[0]), name)
            )
            ratios[number, sex * AGES : (sex + 1) * AGES] = table.survivorship_ratios()
            newborn[number, sex] = table.Lx[0] / table.lx[0]
    return ratios[inverse], newborn[inverse]


def fertility(terms: Demography, year: int) -> FloatArray:
    """Births per woman-year by county and age, ``(n + 1, 101)``: linear between knots."""
    rate = np.array(
        [np.interp(year, terms.fertility_years, terms.birth_rate[:, a]) for a in range(AGES)]
    )
    return np.asarray(terms.fertility_level[:, None] * rate)


def newborn_sex(terms: Demography, year: int) -> FloatArray:
    """Share of births by sex in a year, ``(2,)``."""
    males = float(np.interp(year, terms.sex_ratio_years, terms.males_per_female))
    return np.array([males, 1.0]) / (1.0 + males)


def movement(tables: Demography, mobility: MobilityTerms) -> MovementRates:
    """Probabilities of a year's moves by home and cell.

    Out-migration hazard ``o[h, a] = gross_migraproduction_rate[h] * schedule[a] * trend[t]``;
    return and onward hazards by home.
    """
    level = tables.gross_migraproduction_rate * mobility.out_growth
    level[-1] *= mobility.in_growth / mobility.out_growth  # those who come from outside
    hazard = np.tile(level[:, None] * tables.schedule, (1, len(SEXES)))
    chances = home_away_probabilities(
        hazard,
        np.broadcast_to(tables.return_rate[:, None], hazard.shape),
        np.broadcast_to(tables.onward_rate[:, None], hazard.shape),
    )
    return MovementRates(
        home_stay=np.ascontiguousarray(chances.home_stay),
        home_to_away=np.ascontiguousarray(chances.home_to_away),
        away_to_home=np.ascontiguousarray(chances.away_to_home),
        onward=np.ascontiguousarray(chances.away_to_away - chances.persistence),
        persistence=np.ascontiguousarray(chances.persistence),
    )
