"""Sums over cells of packed people beside numpy's products."""

import numpy as np
import pytest

from fundpool.models.population.compiled.sums import CellSum, sums_together, weighted_sums


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


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_together_as_one_by_one(kind: type[np.floating]) -> None:  # type: ignore[type-arg]
    """Sums with other rows, groups and runs of weights; one tells every cell apart."""
    rng = np.random.default_rng(5)
    people, cells = rng.random((7, 60)).astype(kind), np.arange(60)
    asked = [
        CellSum(np.ones((1, 60)), np.zeros(7, dtype=np.int64), cells // 11, 6),
        CellSum(
            np.where(cells < 33, [[0.9], [0.4]], 1.0), rng.integers(-1, 2, 7), cells // 20 - 1, 2
        ),
        CellSum(np.repeat(rng.random((3, 12)), 5, axis=1), rng.integers(-1, 3, 7), cells % 2, 2),
    ]
    for some in (asked, asked[:2], asked[1:2], []):
        got = sums_together(people, some)
        expected = [weighted_sums(people, *each) for each in some]
        assert len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            assert one == pytest.approx(other, rel=1e-13, abs=0.0)
