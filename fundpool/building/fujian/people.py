"""People of a province among those of the nation: residents, arrivals, and people away."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building import ages, cover, migration
from fundpool.building.nation.people import People, people_of
from fundpool.building.nation.units import FloatArray, Units
from fundpool.inputs.format.vocabulary import OUTSIDE, SEXES


@dataclass(frozen=True)
class Province:
    """People of the base year of a province.

    Attributes:
        units: its counties.
        within: its people; pairs within the province only, cover by tie complete.
        outside: the people elsewhere, ``(2, 101)``.
        inbound: residents registered in other provinces by county, ``(n,)``.
        outbound: people registered here who live in other provinces by county, ``(n,)``.
    """

    units: Units
    within: People
    outside: FloatArray
    inbound: FloatArray
    outbound: FloatArray


def of_province(units: Units, code: str) -> Units:
    """The counties of one province."""
    return Units(units.table[units.table["province"] == code].reset_index(drop=True))


def people_away(units: Units, code: str, assumed: dict[str, Any]) -> FloatArray:
    """People of each county of a province who live in other provinces, ``(n,)``.

    No page gives them by county. Arrivals in the counties of other provinces come, by the gravity
    model of the nation, from every county outside their own province by its pull; the part that
    falls on this province's counties is theirs.
    """
    apart = migration.distances(units.column("latitude"), units.column("longitude"))
    origin = (
        units.residents
        * (1.1 - units.column("urban_share")) ** (assumed["rural_origin_power"]["value"])
    )
    pull = migration.gravity(
        origin, apart, units.column("area_km2"), assumed["distance_power"]["value"]
    )
    pull *= units.province[:, None] != units.province[None, :]
    arrivals = units.residents * units.column("from_elsewhere")
    in_province = np.array([province == code for province in units.table["province"]])
    return np.asarray((pull[in_province] / pull.sum(axis=0)) @ arrivals)


def province_people(
    nation: Units, code: str, bands: FloatArray, whole: FloatArray, death_rates: FloatArray,
    assumed: dict[str, Any],
) -> Province:  # fmt: skip
    """People of the base year of a province.

    Args:
        nation: census units of the whole nation.
        code: the province.
        bands: the nation's people by sex in census bands, ``(2, 19)``.
        whole: the nation's people by sex and single age, ``(2, 101)``.
        death_rates: by sex and age, ``(2, 101)``.
        assumed: assumptions.
    """
    units = of_province(nation, code)
    within = people_of(units, bands, death_rates, assumed)
    inbound = units.residents * units.column("from_elsewhere")
    outbound = people_away(nation, code, assumed)
    n = len(units.codes)
    profiles = migration.migrant_profiles(within.residents.sum(axis=0), assumed)
    inside = units.city[within.home] == units.city[within.place]
    stocks = np.stack(
        [
            np.bincount(within.place, within.migrants * inside, minlength=n),
            np.bincount(within.place, within.migrants * ~inside, minlength=n),
            inbound,
            outbound,
        ],
        axis=1,
    )
    by_tie = cover.people_by_tie(within.residents, stocks, profiles)
    outside = np.maximum(whole - within.residents.sum(axis=0), 0.0)
    return Province(units, replace(within, by_tie=by_tie), outside, inbound, outbound)


def nation_by_age(bands: pd.DataFrame) -> FloatArray:
    """The nation's people by sex and single age, ``(2, 101)``."""
    starts = bands["age_from"].to_numpy(dtype=float)
    return np.stack(
        [ages.single_ages(starts, bands[sex].to_numpy(dtype=float), np.ones(1)) for sex in SEXES]
    )


def migrants_table(people: Province) -> pd.DataFrame:
    """Migrants by home and residence, those from and to other provinces included."""
    codes, within = np.array(people.units.codes), people.within
    tables = [
        pd.DataFrame(
            {
                "home": codes[within.home],
                "residence": codes[within.place],
                "persons": within.migrants,
            }
        ),
        pd.DataFrame({"home": codes, "residence": OUTSIDE, "persons": people.outbound}),
        pd.DataFrame({"home": OUTSIDE, "residence": codes, "persons": people.inbound}),
    ]
    table = pd.concat(tables, ignore_index=True)
    return table.assign(persons=table["persons"].round(2))


def outside_rows(people: Province) -> pd.DataFrame:
    """Rows of ``population`` for the people elsewhere."""
    return ages.people_table([OUTSIDE], people.outside[None])
