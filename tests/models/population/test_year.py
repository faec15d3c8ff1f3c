"""The population step: identities, and the compiled kernel against the readable specification."""

from dataclasses import fields, replace

import numpy as np
import pytest

from fundpool.models.population import year as population
from fundpool.models.population.compiled import in_place
from fundpool.models.population.rates import YearCount
from tests.models.random_years import random_year

MONTHS = np.array([60.75, 55.5])
CASES = [(3, 1, True), (6, 2, True), (9, 3, False), (1, 4, True), (14, 5, False)]


@pytest.mark.parametrize(("counties", "seed", "dense"), CASES)
def test_kernel_equals_the_specification(counties: int, seed: int, dense: bool) -> None:
    people, holdings, pairs, rates, care = random_year(counties, seed, dense)
    before = people.copy()
    after, held, count = population.step(people, holdings, pairs, rates, care)
    assert np.array_equal(people, before), "the specification leaves its input alone"
    fast = in_place.step_in_place(people, holdings, pairs, rates, care)
    assert np.abs(people - after).max() <= 1e-12 * after.max()
    for layer in range(held.shape[1]):
        difference = np.abs(holdings[:, layer] - held[:, layer]).max()
        assert difference <= 1e-12 * held[:, layer].max()
    for name in YearCount._fields:
        one, other = getattr(count, name), getattr(fast, name)
        assert np.abs(one - other).max() <= 1e-12 * max(1.0, np.abs(one).max()), name


def test_kernel_equals_the_specification_with_ages_in_months() -> None:
    """Part of an age retires, what the others hold goes on."""
    people, holdings, pairs, rates, care = random_year(5, 6)
    shares = np.random.default_rng(6).uniform(0.2, 0.9, (pairs.count, 4))
    months = replace(rates, retirement_age=MONTHS, retired_share=shares)
    after, held, count = population.step(people, holdings, pairs, months, care)
    fast = in_place.step_in_place(people, holdings, pairs, months, care)
    assert people == pytest.approx(after, rel=1e-11, abs=1e-11)
    assert holdings == pytest.approx(held, rel=1e-11, abs=1e-9)
    for name in YearCount._fields:
        one, other = getattr(count, name), getattr(fast, name)
        assert np.abs(one - other).max() <= 1e-12 * max(1.0, np.abs(one).max()), name
    assert count.retiring.shape == (pairs.count, 4)


@pytest.mark.parametrize(("counties", "seed", "dense"), CASES)
def test_people_are_conserved_by_pair(counties: int, seed: int, dense: bool) -> None:
    """End = start - deaths + births + arrivals - those who left, for every pair."""
    people, holdings, pairs, rates, care = random_year(counties, seed, dense)
    after, _, count = population.step(people, holdings, pairs, rates, care)
    start, end = people.sum(axis=(1, 2)), after.sum(axis=(1, 2))
    left = count.onward.sum(axis=1) + count.returned.sum(axis=1)
    expected = start - count.deaths + count.births + count.arrivals - left
    inside = np.arange(pairs.count) != pairs.reservoir
    assert end[inside] == pytest.approx(expected[inside], rel=1e-12)
    assert count.persons.sum(axis=1)[inside] == pytest.approx(end[inside], rel=1e-12)


def test_moves_alone_keep_every_home_its_people() -> None:
    """Without deaths, births and changes of cover each home has as many people after as before."""
    people, holdings, pairs, rates, care = random_year(5, 7)
    still = type(rates)(
        **{
            **{field.name: getattr(rates, field.name) for field in fields(rates)},
            "survival": np.ones_like(rates.survival),
            "fertility": np.zeros_like(rates.fertility),
        }
    )
    after, _, _ = population.step(people, holdings, pairs, still, care)
    before_home = np.add.reduceat(people.sum(axis=(1, 2)), pairs.start[:-1])
    after_home = np.add.reduceat(after.sum(axis=(1, 2)), pairs.start[:-1])
    # outside keeps a reservoir that is no part of the population
    assert after_home[:-1] == pytest.approx(before_home[:-1], rel=1e-12)


def test_everyone_is_a_year_older() -> None:
    """Without events the people of an age are those of the age below, and 99 joins 100."""
    people, holdings, pairs, rates, care = random_year(2, 8)
    still = type(rates)(
        **{
            **{field.name: getattr(rates, field.name) for field in fields(rates)},
            "survival": np.ones_like(rates.survival),
            "fertility": np.zeros_like(rates.fertility),
            "retirement_age": np.array([100, 100]),
            "transition": np.broadcast_to(np.eye(9), rates.transition.shape).copy(),
            "movement": type(rates.movement)(
                home_stay=np.ones_like(rates.movement.home_stay),
                home_to_away=np.zeros_like(rates.movement.home_stay),
                away_to_home=np.zeros_like(rates.movement.home_stay),
                onward=np.zeros_like(rates.movement.home_stay),
                persistence=np.ones_like(rates.movement.home_stay),
            ),
        }
    )
    after, _, _ = population.step(people, holdings, pairs, still, care)
    inside = np.arange(pairs.count) != pairs.reservoir  # which is filled anew each year
    people, after = people[inside], after[inside]
    for first in (0, 101):
        assert (after[:, :, first] == 0).all()
        older = after[:, :4, first + 1 : first + 100]
        assert older == pytest.approx(people[:, :4, first : first + 99])
    # at the open age contributors retire, so only their sum is compared
    oldest = people[..., 99].sum() + people[..., 100].sum()
    assert after[..., 100].sum() == pytest.approx(oldest)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_same_bits_on_any_number_of_threads(threads: int) -> None:
    people, holdings, pairs, rates, care = random_year(11, 9)
    one, other = people.copy(), people.copy()
    held_one, held_other = holdings.copy(), holdings.copy()
    first = in_place.step_in_place(one, held_one, pairs, rates, care, threads=1)
    second = in_place.step_in_place(other, held_other, pairs, rates, care, threads=threads)
    assert one.tobytes() == other.tobytes()
    assert held_one.tobytes() == held_other.tobytes()
    for name in YearCount._fields:
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
