"""Credited years of very many groups: the interpolated share against the beta function."""

import numpy as np
import pytest
from scipy import stats

from fundpool.actuarial import credited_years
from fundpool.actuarial.credited_years import MANY, eligible_share, eligible_share_of_many

LONGEST = 44.0


def groups(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, variances and required years, with groups at every edge among them."""
    draw = np.random.default_rng(3)
    mean = draw.uniform(15.0, 35.0, number)
    variance = mean * (LONGEST - mean) * draw.uniform(0.05, 0.4, number)
    mean[:4], variance[:4] = [0.0, 44.0, 30.0, 20.0], [0.0, 0.0, 0.0, 600.0]
    return mean, variance, draw.choice([15.0, 25.0], number, p=[0.01, 0.99])


def test_share_of_one_group() -> None:
    """Mean 22 of 44 years, variance 88: p = 1/2, k = 4.5, so Beta(2.25, 2.25) above 25/44."""
    share = eligible_share(22.0, 88.0, 25.0, LONGEST)
    assert share == pytest.approx(stats.beta(2.25, 2.25).sf(25 / 44))


def test_share_of_many_equals_the_share_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    mean, variance, required = groups(2 * MANY)
    answers = []
    on_grid = credited_years._on_grid

    def kept(*given: object) -> object:
        answers.append(on_grid(*given))
        return answers[-1]

    monkeypatch.setattr(credited_years, "_on_grid", kept)
    shares = eligible_share_of_many(mean, variance, required, LONGEST)
    assert [answer is not None for answer in answers] == [True], "the grid must have been used"
    exact = eligible_share(mean, variance, required, LONGEST)
    assert np.abs(shares - exact).max() <= credited_years.INTERPOLATED


def test_few_groups_are_exact() -> None:
    mean, variance, required = groups(500)
    shares = eligible_share_of_many(mean, variance, required, LONGEST)
    assert np.array_equal(shares, eligible_share(mean, variance, required, LONGEST))


def test_a_grid_that_misses_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credited_years, "KNOTS", 6)
    mean, variance, required = groups(2 * MANY)
    shares = eligible_share_of_many(mean, variance, required, LONGEST)
    assert np.array_equal(shares, eligible_share(mean, variance, required, LONGEST))
