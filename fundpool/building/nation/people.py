"""People of a nation of counties: residents by age, migrants on sparse pairs of home and place."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.building import ages, cover, migration
from fundpool.building.nation.units import AGES_FROM, FloatArray, IntArray, Units
from fundpool.inputs.format.vocabulary import SEXES

ROUNDS = 200


@dataclass(frozen=True)
class People:
    """People of the base year.

    Attributes:
        residents: by county, sex and age, ``(n, 2, 101)``.
        home, place, migrants: migrants by pair, ``(P,)`` each.
        profiles: age patterns of migrants by tie, ``(4, 2, 101)``.
        by_tie: by county, tie, sex and age, ``(n, 5, 2, 101)``.
    """

    residents: FloatArray
    home: IntArray
    place: IntArray
    migrants: FloatArray
    profiles: FloatArray
    by_tie: FloatArray


def people_of(
    units: Units, nation: FloatArray, death_rates: FloatArray, assumed: dict[str, Any]
) -> People:
    """People of the base year.

    Args:
        units: the census units.
        nation: people by sex in the census bands, ``(2, 19)``, for the sex ratio of each band.
        death_rates: by sex and age, ``(2, 101)``, to divide the open band.
        assumed: assumptions.
    """
    bands = np.stack([units.column(f"age_{start}") for start in AGES_FROM], axis=1)
    ratio = units.column("males_per_100_females") / 100.0
    males = units.residents * ratio / (1.0 + ratio)
    by_sex = ages.residents_by_sex(bands, males, units.residents - males, nation)
    starts = np.array(AGES_FROM, dtype=float)
    tails = [ages.stationary_tail(death_rates[sex], AGES_FROM[-1]) for sex in range(len(SEXES))]
    residents = np.stack(
        [ages.single_ages(starts, by_sex[:, sex], tails[sex]) for sex in range(len(SEXES))], axis=1
    )
    home, place, migrants = sparse_migrants(units, assumed)
    profiles = migration.migrant_profiles(residents.sum(axis=0), assumed)
    n = len(units.codes)
    within = units.city[home] == units.city[place]
    stocks = np.zeros((n, 4))
    stocks[:, 0] = np.bincount(place, migrants * within, minlength=n)
    stocks[:, 1] = np.bincount(place, migrants * ~within, minlength=n)
    by_tie = cover.people_by_tie(residents, stocks, profiles)
    return People(residents, home, place, migrants, profiles, by_tie)


def sparse_migrants(units: Units, assumed: dict[str, Any]) -> tuple[IntArray, IntArray, FloatArray]:
    """Migrants on the largest pairs, whose arrivals meet the census, ``(P,)`` each.

    A gravity model from residents, rural share and distance says where arrivals from the own
    province and from others come from; for each home its largest destinations are kept (and for
    each destination its largest origins), and arrivals are fitted on what is kept.
    """
    n = len(units.codes)
    apart = migration.distances(units.column("latitude"), units.column("longitude"))
    origin = (
        units.residents
        * (1.1 - units.column("urban_share")) ** (assumed["rural_origin_power"]["value"])
    )
    pull = migration.gravity(
        origin, apart, units.column("area_km2"), assumed["distance_power"]["value"]
    )
    same = units.province[:, None] == units.province[None, :]
    arrivals = np.stack(
        [units.residents * units.column(name) for name in ("from_province", "from_elsewhere")]
    )
    table = np.zeros((n, n))
    for kind, mask in enumerate((same, ~same)):
        part = pull * mask
        total = part.sum(axis=0)
        table += part * ratio(arrivals[kind], total)
    kept = _largest(table, int(assumed["destinations"]["value"]), axis=1)
    kept &= table >= assumed["least_pair"]["value"]
    for mask in (same, ~same):
        kept |= _largest(table * mask, 4, axis=0) & mask & (table > 0)
    for kind, mask in enumerate((same, ~same)):
        part = np.where(kept & mask, table, 0.0)
        total = part.sum(axis=0)
        scale = ratio(arrivals[kind], total)
        table = np.where(mask, part * scale, table)
    home, place = np.nonzero(table)
    return home.astype(np.int64), place.astype(np.int64), table[home, place]


def _largest(table: FloatArray, number: int, axis: int) -> np.ndarray:
    """Mask of the ``number`` largest entries along an axis."""
    if number >= table.shape[axis]:
        return np.ones(table.shape, dtype=bool)
    edge = np.partition(table, -number, axis=axis)
    least = np.take(edge, [table.shape[axis] - number], axis=axis)
    return np.asarray(table >= least)


def gross_rates(
    people: People, n: int, schedule: dict[str, float], return_rate: float
) -> FloatArray:
    """Gross migraproduction rates that hold the base-year stocks, ``(n,)``.

    ``rate * sum(people at home x schedule) = return rate x people away``.
    """
    at_home = people.by_tie[:, 0].sum(axis=1) @ migration.leaving_by_age(schedule)
    away = np.bincount(people.home, people.migrants, minlength=n)
    return np.asarray(ratio(return_rate * away, at_home))
