"""Sums over cells of packed people beside numpy's products."""

import numpy as np
import pytest

from fundpool.models.population.compiled.sums import weighted_sums


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_as_products_with_weights(kind: type[np.floating]) -> None:  # type: ignore[type-arg]
    rng = np.random.default_rng(3)
    people, weights = rng.random((5, 40)).astype(kind), rng.random((2, 40))
    row, group = (
        np.array([0, 1, -1, 1, 0]),
        np.repeat(rng.integers(0, 3, 9), [1, 2, 3, 4, 5, 6, 7, 8, 4]),
    )
    group[:3] = group[20:22] = -1
    got = weighted_sums(people, weights, row, group, 3)
    for pair, place in enumerate(row.tolist()):
        used = weights[place] if place >= 0 else np.zeros(40)
        expected = np.bincount(group + 1, used * people[pair].astype(float), 4)[1:]
        assert got[pair] == pytest.approx(expected, rel=1e-13)
