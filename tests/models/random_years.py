"""Random years of random populations, for comparing the compiled step with its specification."""

from typing import NamedTuple

import numpy as np

from fundpool.actuarial.mobility import home_away_probabilities
from fundpool.inputs.format.vocabulary import CELLS, STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, dense_pairs, pair_index
from fundpool.models.population.holdings import CONTRIBUTING, LAYERS
from fundpool.models.population.rates import CareWeights, MovementRates, YearRates

K = len(STATUSES)
BANDS = [[16, 9, 20, 15, 41], [16, 9, 20, 10, 46]]


class RandomYear(NamedTuple):
    """People ``(P, K, 202)``, what contributors hold ``(P, 3, 202)``, pairs, rates and care."""

    people: FloatArray
    holdings: FloatArray
    pairs: PairIndex
    rates: YearRates
    care: CareWeights


def random_year(counties: int, seed: int, dense: bool = True) -> RandomYear:
    """A made-up year."""
    draw = np.random.default_rng(seed)
    city = np.arange(counties) // max(1, counties // 3)
    if dense:
        pairs = dense_pairs(city)
    else:
        home = np.repeat(np.arange(counties + 1), 3)
        pairs = pair_index(counties, home, draw.integers(0, counties + 1, home.size), city)
    shape = (counties + 1, CELLS)
    chances = home_away_probabilities(
        draw.uniform(0, 0.1, shape), draw.uniform(0, 0.2, shape), draw.uniform(0, 0.2, shape)
    )
    share = draw.uniform(0, 1, pairs.count)
    share[pairs.own_pair] = 0.0
    whole = np.add.reduceat(share, pairs.start[:-1])[pairs.home]
    share = np.divide(share, whole, out=np.zeros_like(share), where=whole > 0)
    alone = np.add.reduceat(share, pairs.start[:-1]) == 0
    out = np.where(alone[:, None], 0.0, chances.home_to_away)  # nowhere to go
    onward = np.where(alone[:, None], 0.0, chances.away_to_away - chances.persistence)
    rows = 5 * (counties + 1)
    cover = draw.uniform(0, 1, (counties + 1, K))
    cover[:, CONTRIBUTING] = 0.0
    transition = draw.dirichlet(np.ones(K), (rows, 10, K))
    fertility = np.zeros((counties + 1, 101))
    fertility[:, 15:50] = draw.uniform(0, 0.1, (counties + 1, 35))
    newborn = np.zeros((counties + 1, K))
    newborn[:, :2] = 0.2, 0.8
    rates = YearRates(
        survival=draw.uniform(0.9, 1, shape),
        fertility=fertility,
        newborn_survival=draw.uniform(0.99, 1, (counties + 1, 2)),
        newborn_sex=np.array([0.53, 0.47]),
        newborn_status=newborn,
        child_accompanies=0.6,
        movement=MovementRates(
            1.0 - out, out, chances.away_to_home, onward, np.ascontiguousarray(chances.persistence)
        ),
        destination=share,
        move_out=draw.dirichlet(np.ones(K), (counties + 1, K)),
        move_onward=draw.dirichlet(np.ones(K), (counties + 1, K)),
        move_return=draw.dirichlet(np.ones(K), (counties + 1, K)),
        retirement_age=np.array([60, 55]),
        retired_share=draw.uniform(0, 1, (pairs.count, 2)),
        home_cover=cover / cover.sum(axis=1, keepdims=True),
        carry=np.stack(
            [draw.integers(0, 2, counties + 1).astype(float), draw.uniform(0, 1.5, counties + 1)]
        ),
        prior_credit=0.9,
        transition=transition,
        transition_row=pairs.tie * (counties + 1) + pairs.residence,
        band=np.concatenate([np.repeat(np.arange(5) + 5 * s, BANDS[s]) for s in range(2)]),
    )
    care = CareWeights(
        draw.uniform(0, 6, (4, CELLS)), np.tile(np.repeat([0, 1, 2, 3], [15, 30, 15, 41]), 2), 4
    )
    people = draw.uniform(0, 100, (pairs.count, K, CELLS))
    holdings = draw.uniform(0, 1000, (pairs.count, LAYERS, CELLS))
    people[pairs.reservoir, CONTRIBUTING] = 0.0
    holdings[pairs.reservoir] = 0.0
    return RandomYear(people, holdings, pairs, rates, care)
