"""People at the end of 2009, from the census ten months later."""

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.building import ages, cover, migration, vital
from fundpool.building.jiangsu.people import People, death_rates, six_figures
from fundpool.building.jiangsu.published import FloatArray
from fundpool.building.jiangsu_2009.published import BASE_YEAR, Published2009
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.models.axes.pairs import sum_by

TO_CENSUS = 10 / 12
"""Years from the end of 2009 to the census of 1 November 2010."""


def people(published: Published2009, mortality: pd.DataFrame) -> People:
    """People of the base year: the census carried back, and migrants fitted to its margins."""
    rates = death_rates(mortality, BASE_YEAR)
    table = published.table("census_ages")
    starts = np.sort(table["age_from"].unique()).astype(float)
    bands = np.stack(
        [
            table.pivot(index="region", columns="age_from", values=sex)
            .loc[published.counties]
            .to_numpy(dtype=float)
            for sex in SEXES
        ],
        axis=1,
    )
    counted = _single(starts, bands, rates)
    level = ratio(published.census["deaths"].to_numpy(float), (counted * rates).sum(axis=(1, 2)))
    residents = carried_back(counted, rates * level[:, None, None], TO_CENSUS)
    nation = published.table("nation_ages")
    whole = np.stack([nation[sex].to_numpy(dtype=float) for sex in SEXES])
    outside = carried_back(_single(starts, whole[None], rates), rates, TO_CENSUS)[0]
    outside = np.maximum(outside - residents.sum(axis=0), 0.0)
    stocks = migrants(published)
    profiles = migration.migrant_profiles(residents.sum(axis=0), published.assumptions)
    same_city = published.city[:, None] == published.city[None, :]
    by_place = np.stack(
        [
            (stocks.between * same_city).sum(axis=0),
            (stocks.between * ~same_city).sum(axis=0),
            stocks.inbound,
            stocks.outbound,
        ],
        axis=1,
    )
    by_tie = cover.people_by_tie(residents, by_place, profiles)
    return People(residents, outside, stocks, profiles, by_tie)


def _single(starts: FloatArray, bands: FloatArray, rates: FloatArray) -> FloatArray:
    """People by region, sex and single age, ``(n, 2, 101)``, from bands ``(n, 2, b)``."""
    return np.stack(
        [
            ages.single_ages(
                starts, bands[:, sex], ages.stationary_tail(rates[sex], int(starts[-1]))
            )
            for sex in range(len(SEXES))
        ],
        axis=1,
    )


def carried_back(people: FloatArray, rates: FloatArray, years: float) -> FloatArray:
    """People a part of a year earlier, without moves: the born taken out, the dead put back.

    Of those aged ``x`` then, the part ``years`` is ``x + 1`` at the census, the rest still ``x``;
    both have been exposed to the death rate ``m`` of their age for that long. In the open last age
    the part ``1 - exp(-m * years)`` has come in since, as where as many come in as die.

    >>> flat = np.full((1, 2, 101), 100.0)
    >>> carried_back(flat, np.zeros((2, 101)), 0.5)[0, 0, [0, 50]].tolist()
    [100.0, 100.0]

    Args:
        people: by region, sex and age, ``(n, 2, 101)``.
        rates: death rates by sex and age, ``(2, 101)``, or by region as well.
        years: between the two dates, at most one.
    """
    younger_then = np.zeros_like(people)
    younger_then[..., :-1] = years * people[..., 1:]
    come_in = -np.expm1(-rates[..., -1] * years) * people[..., -1]
    younger_then[..., -2] = come_in
    same_then = (1.0 - years) * people
    same_then[..., -1] = people[..., -1] - come_in
    return np.asarray((same_then + younger_then) * np.exp(rates * years))


def migrants(published: Published2009) -> migration.Migrants:
    """Migrants by origin and destination, fitted to the margins of the census."""
    regions = published.regions.set_index("region").loc[published.counties]
    census = published.census
    apart = migration.distances(
        regions["latitude"].to_numpy(float), regions["longitude"].to_numpy(float)
    )
    size = census["registered"].to_numpy(float)
    pull = migration.gravity(
        size, apart, regions["area_km2"].to_numpy(float), published.assumed("distance_power")
    )
    gap = size - census["residents"].to_numpy(float)
    return migration.fitted_migrants(
        pull,
        migration.Margins(
            arrived=census["registered_other_county"].to_numpy(dtype=float),
            inbound=census["registered_other_province"].to_numpy(dtype=float),
            gap=sum_by(published.city, gap, len(published.cities)),
            city=published.city,
        ),
    )


def demography_table(
    published: Published2009, people: People, mortality: pd.DataFrame, fertility: pd.DataFrame,
    rural: FloatArray,
) -> pd.DataFrame:  # fmt: skip
    """Levels that meet each county's births and deaths of the year before the census.

    Args:
        published: figures.
        people: people of the base year.
        mortality: the table of death rates.
        fertility: the table of birth rates.
        rural: share of those insured at home who are in the rural scheme, ``(n,)``.
    """
    census, year = published.census, BASE_YEAR + 1
    rates = death_rates(mortality, year)
    expected = (people.residents * rates).sum(axis=(1, 2))
    highest = 0.999 / float(mortality["death_rate"].max())  # no death rate may exceed one
    by_age = vital.at_year(fertility, "rate", ["age"], year)
    births = np.zeros(AGES)
    births[by_age.index.to_numpy(dtype=int)] = by_age.to_numpy()
    born = people.residents[:, 1] @ births
    return pd.DataFrame(
        {
            "region": published.counties,
            "mortality_level": np.minimum(
                ratio(census["deaths"].to_numpy(float), expected), highest
            ).round(4),
            "fertility_level": ratio(census["births"].to_numpy(float), born).round(4),
            "rural_share": [six_figures(value) for value in rural],
        }
    )
