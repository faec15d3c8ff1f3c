"""People at the end of 2024: those of the census carried on by the model, fitted to what is known.

The model's own step carries people of the case of 2020 over four years (deaths, births, moves).
At the end of 2023 residents are published by city, and for the province by sex and by three age
groups; the factors that bring the carried people to these margins are applied at the end of 2024,
a year later, when nothing is published by place.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.building import cover
from fundpool.building.jiangsu.people import People, stocks_by_tie
from fundpool.building.jiangsu.published import (
    BASE_YEAR,
    CENSUS_YEAR,
    PROVINCE,
    FloatArray,
    Published,
)
from fundpool.building.migration import Migrants
from fundpool.inputs.case.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES, TIES
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.contributions.books import AccountBooks
from fundpool.models.economy import economic_paths
from fundpool.models.flows.record import empty_record
from fundpool.models.flows.years import opening_year
from fundpool.models.population.moving import MovingPeople
from fundpool.models.population.preparation import prepare
from fundpool.models.terms.years import terms_of_years

COUNTED_YEAR = 2023
"""Last year whose residents are published by city, sex and age group."""
AGE_GROUPS = {"residents_0_14": (0, 15), "residents_15_64": (15, 65),
              "residents_65_and_over": (65, AGES)}  # fmt: skip


@dataclass(frozen=True)
class Rolled:
    """What carrying the census on gives.

    Attributes:
        people: at the end of 2024.
        counted: residents at the end of 2023, fitted, ``(n, 2, 101)``.
        carried: the same before they were fitted.
    """

    people: People
    counted: FloatArray
    carried: FloatArray


def rolled(published: Published, census: People, case: Case) -> Rolled:
    """People at the end of 2024.

    Args:
        published: figures.
        census: people of 2020.
        case: the case of 2020.
    """
    years = BASE_YEAR - CENSUS_YEAR
    pairs, by_year = carried_on(case, years)
    inside = pairs.residence < pairs.counties
    carried = _residents(pairs, by_year[COUNTED_YEAR - CENSUS_YEAR])
    counted = _fitted(published, carried)
    factor = ratio(counted, carried, 1.0)
    people = by_year[years]
    people[inside] *= factor[pairs.residence[inside]]
    return Rolled(people_of_pairs(published, census, pairs, people), counted, carried)


def people_of_pairs(
    published: Published, census: People, pairs: PairIndex, people: FloatArray
) -> People:
    """People by pair of home and residence as the tables of a case need them.

    Args:
        published: figures.
        census: people of 2020, for those elsewhere.
        pairs: of the case that they were carried on from.
        people: by pair, sex and age, ``(P, 2, 101)``.
    """
    residents = _residents(pairs, people)
    stock = people.sum(axis=(1, 2))
    moved = _migrants(pairs, stock)
    profiles = np.stack(
        [people[pairs.tie == tie].sum(axis=0) for tie in range(1, len(TIES))]
    )  # ages of migrants by tie, as the model has carried them
    profiles /= profiles.sum(axis=(1, 2), keepdims=True)
    by_tie = cover.people_by_tie(residents, stocks_by_tie(published, moved), profiles)
    return People(residents, census.outside, moved, profiles, by_tie)


def _residents(pairs: PairIndex, people: FloatArray) -> FloatArray:
    """Residents ``(n, 2, 101)`` of people by pair ``(P, 2, 101)``."""
    inside = pairs.residence < pairs.counties
    return np.stack(
        [
            sum_by(pairs.residence[inside], cell, pairs.counties)
            for cell in people[inside].reshape(-1, len(SEXES) * AGES).T
        ]
    ).T.reshape(pairs.counties, len(SEXES), AGES)


def carried_on(case: Case, years: int) -> tuple[PairIndex, list[FloatArray]]:
    """People by pair, sex and age at the end of each year, ``(P, 2, 101)``."""
    prepared = prepare(case)
    pairs = prepared.pairs
    persons = opening_year(prepared).people.persons
    store = empty_record(
        len(case.schemes), years, pairs.counties, int(prepared.region[-1]) + 1, len(case.levels)
    )
    books = AccountBooks(prepared, store, economic_paths(case, years))
    moving = MovingPeople(prepared, prepared.people, books.opening_holdings(persons))
    by_year = []
    for terms in terms_of_years(case, years):
        if terms.elapsed > 0:
            moving.advance(terms)
        of_cells = moving.cells.spread(moving.people).sum(axis=1)
        by_year.append(of_cells.reshape(-1, len(SEXES), AGES))
    return pairs, by_year


def _fitted(published: Published, carried: FloatArray) -> FloatArray:
    """Residents ``(n, 2, 101)`` fitted to the totals of cities, sexes and age groups of 2023."""
    table = published.table("residents_2023").set_index(["region", "measure"])["value"]
    of_city = np.array([float(table[city, "residents"]) for city in published.cities])
    of_city *= float(table[PROVINCE, "residents"]) / of_city.sum()  # cities are rounded
    fitted = carried.copy()
    for _ in range(200):
        fitted *= (of_city / sum_by(published.city, fitted.sum(axis=(1, 2)), of_city.size))[
            published.city, None, None
        ]
        for sex, name in enumerate(("males", "females")):
            fitted[:, sex] *= float(table[PROVINCE, name]) / fitted[:, sex].sum()
        for name, (first, end) in AGE_GROUPS.items():
            group = fitted[:, :, first:end]
            group *= float(table[PROVINCE, name]) / group.sum()
    return fitted


def _migrants(pairs: PairIndex, stock: FloatArray) -> Migrants:
    """Migrants by origin and destination from people of each pair, ``(P,)``."""
    n = pairs.counties
    whole = np.zeros((n + 1, n + 1))
    whole[pairs.home, pairs.residence] = stock
    np.fill_diagonal(whole, 0.0)
    return Migrants(between=whole[:n, :n], inbound=whole[n, :n], outbound=whole[:n, n])
