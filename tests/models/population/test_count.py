"""The opening population counted in one pass, against numpy."""

import numpy as np
import pytest

from fundpool.models.population.compiled.count import counted, residents_by_cell
from fundpool.models.population.year import by_residence, expected_claims
from tests.models.random_years import random_year

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(("counties", "seed", "dense"), [(3, 1, True), (9, 3, False)])
def test_counted_equals_three_sums(counties: int, seed: int, dense: bool) -> None:
    people, _, pairs, _, care = random_year(counties, seed, dense)
    found = counted(people, pairs, care)
    inside = np.arange(pairs.count) != pairs.reservoir
    assert people[pairs.reservoir].sum() > 0, "the reservoir must be left out"
    persons, claims = people.sum(axis=2), expected_claims(people, care)
    assert found.persons[inside] == pytest.approx(persons[inside], rel=1e-12)
    assert found.expected_claims[inside] == pytest.approx(claims[inside], rel=1e-12)
    assert (found.persons[pairs.reservoir] == 0).all()
    assert (found.expected_claims[pairs.reservoir] == 0).all()
    by_cell = residents_by_cell(people, pairs)
    assert by_cell == pytest.approx(by_residence(people.sum(axis=1), pairs), rel=1e-12)
