"""Migrants by origin and destination, from margins.

Known: for each county the residents registered in another county of the case and in another
province; for each region of the second level (city) the registered population and the residents.
The identity ``registered - residents = people away - people arrived`` gives each city's people
away. A gravity model (size of the origin, inverse power of the distance) says how arrivals from
within the case divide over origins; iterative proportional fitting makes it meet the margins.
Moves inside a city are told from moves between cities by the same model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        held = member @ between.sum(axis=1)
        factor = member.T @ (wanted / held)
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
