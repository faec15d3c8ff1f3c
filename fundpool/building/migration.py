"""Migrants by origin and destination, from margins.

Known: for each county the residents registered in another county of the case and in another
province; for each region of the second level (city) the registered population and the residents.
The identity ``registered - residents = people away - people arrived`` gives each city's people
away. A gravity model (size of the origin, inverse power of the distance) says how arrivals from
within the case divide over origins; iterative proportional fitting makes it meet the margins.
Moves inside a city are separated from moves between cities by the same model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.mobility import rogers_castro
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
EARTH_RADIUS = 6371.0
ROUNDS = 5000


@dataclass(frozen=True)
class Margins:
    """What is known of migration.

    Attributes:
        arrived: residents registered in another county of the case, ``(n,)``.
        inbound: residents registered outside the case, ``(n,)``.
        gap: registered less residents by city, ``(m,)``.
        city: city of each county, ``(n,)``.
    """

    arrived: FloatArray
    inbound: FloatArray
    gap: FloatArray
    city: IntArray


@dataclass(frozen=True)
class Migrants:
    """Fitted stocks.

    Attributes:
        between: by home and residence within the case, ``(n, n)``; zero diagonal.
        inbound: from outside, ``(n,)``.
        outbound: living outside, by home, ``(n,)``.
    """

    between: FloatArray
    inbound: FloatArray
    outbound: FloatArray


def distances(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Great-circle distances in kilometres, ``(n, n)`` (haversine formula)."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def gravity(size: FloatArray, distance: FloatArray, area: FloatArray, power: float) -> FloatArray:
    """Pull between counties, ``(n, n)``: ``size[home] / distance^power``, zero at home.

    Distances are kept above the mean radius of the two areas, so that neighbours with close
    centres do not take everything.
    """
    radius = np.sqrt(area / np.pi)
    apart = np.maximum(distance, (radius[:, None] + radius) / 2)
    pull = size[:, None] * apart**-power
    np.fill_diagonal(pull, 0.0)
    return np.asarray(pull)


def fitted_migrants(seed: FloatArray, margins: Margins) -> Migrants:
    """Stocks that meet all margins.

    Columns meet ``arrived``. For each city, people away (to other cities and out of the case)
    are ``gap + arrived from other cities + inbound``; those living outside the case are, in all,
    ``sum(gap) + sum(inbound)``, divided over cities as people away are, and over the counties of
    a city as their migrants to other cities.

    Raises:
        ValueError: the margins contradict each other.
    """
    n, cities = margins.city.size, margins.gap.size
    member = np.zeros((cities, n))
    member[margins.city, np.arange(n)] = 1.0
    other_city = (margins.city[:, None] != margins.city[None, :]).astype(float)
    outbound_total = margins.gap.sum() + margins.inbound.sum()
    if outbound_total <= 0:
        raise ValueError("more people arrived from outside than the registered gap allows")
    table = seed.copy()
    table *= margins.arrived / table.sum(axis=0)
    for _ in range(ROUNDS):
        between = table * other_city
        arrived = member @ between.sum(axis=0)
        away = margins.gap + arrived + member @ margins.inbound
        least = 1e-3 * away.sum() / cities
        short = (away < least).any()
        away = np.maximum(away, least)  # may happen on the way there; refused at the end
        outbound = outbound_total * away / away.sum()
        wanted = away - outbound
        fitted = member @ between.sum(axis=1)
        factor = member.T @ (wanted / fitted)
        table = table * np.where(other_city > 0, factor[:, None], 1.0)
        table *= margins.arrived / table.sum(axis=0)
        if np.abs(factor - 1.0).max() < 1e-12:
            break
    else:
        raise ValueError("the migration margins cannot be met together")
    if short:
        raise ValueError("some city has fewer people away than none; try a lower distance power")
    between = table * other_city
    by_home = between.sum(axis=1)
    share = by_home / (member.T @ (member @ by_home))
    return Migrants(table, margins.inbound.copy(), share * (member.T @ outbound))


def migrant_profiles(residents: FloatArray, assumed: Mapping[str, Any]) -> FloatArray:
    """Age patterns of migrants (within, between, inbound, outbound), ``(4, 2, 101)``.

    A mixture of migrant workers by age, by sex as residents of their age, and of all residents.

    Args:
        residents: by sex and age, ``(2, 101)``.
        assumed: assumptions by name: workers by age band, and their part of each tie.
    """
    workers = assumed["migrant_ages_worker"]
    starts = np.array(workers["starts"])
    band = np.searchsorted(starts, np.arange(AGES), side="right") - 1
    width = np.diff(np.append(starts, AGES))
    by_age = np.where(band >= 0, np.array(workers["shares"])[band] / width[band], 0.0)
    both = residents.sum(axis=0)
    pattern = by_age * ratio(residents, both)
    of_residents = residents / residents.sum()
    mix = assumed["migrant_ages_mix"]["value"]
    return np.stack(
        [mix[tie] * pattern / pattern.sum() + (1.0 - mix[tie]) * of_residents for tie in TIES[1:]]
    )


def profile_table(profiles: FloatArray) -> pd.DataFrame:
    """The table ``migrant_ages`` from the age patterns by tie, ``(4, 2, 101)``."""
    return pd.DataFrame(
        {
            "tie": np.repeat(TIES[1:], len(SEXES) * AGES),
            "sex": np.tile(np.repeat(SEXES, AGES), len(TIES) - 1),
            "age": np.tile(np.arange(AGES), (len(TIES) - 1) * len(SEXES)),
            "share": profiles.ravel(),
        }
    )


def leaving_by_age(schedule: Mapping[str, Any]) -> FloatArray:
    """Rogers and Castro's schedule of a case at every single age, summing to one, ``(101,)``."""
    names = ("a1", "alpha1", "a2", "mu2", "alpha2", "lambda2", "c")
    curve = np.asarray(
        rogers_castro(np.arange(AGES, dtype=float), *(schedule[name] for name in names))
    )
    return np.asarray(curve / curve.sum())
