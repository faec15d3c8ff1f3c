"""Years short of those required, against the integral of the density and against simple careers."""

import numpy as np
import pytest
from scipy import integrate, stats

from fundpool.actuarial.credited_years import missing_years

LONGEST = 44.0


@pytest.mark.parametrize(
    ("mean", "variance", "required"),
    [(22.0, 88.0, 25.0), (30.0, 40.0, 20.0), (8.0, 100.0, 25.0), (22.0, 88.0, 44.0)],
)
def test_mean_shortfall_of_a_spread_group(mean: float, variance: float, required: float) -> None:
    """``E[max(required - Y, 0)]``, by quadrature over a beta with the two moments."""
    part = mean / LONGEST
    weight = part * (1 - part) * LONGEST**2 / variance - 1
    years = stats.beta(part * weight, (1 - part) * weight, scale=LONGEST)
    assert years.mean() == pytest.approx(mean)
    assert years.var() == pytest.approx(variance)
    expected, _ = integrate.quad(lambda y: (required - y) * years.pdf(y), 0.0, required)
    missing = missing_years(np.array([mean]), np.array([variance]), np.array([required]), LONGEST)
    assert missing.item() == pytest.approx(expected, rel=1e-7)


def test_where_all_have_the_mean() -> None:
    missing = missing_years(
        np.array([22.0, 30.0, 0.0, 22.0]),
        np.zeros(4),
        np.array([25.0, 25.0, 25.0, 0.0]),
        LONGEST,
    )
    assert missing.tolist() == [3.0, 0.0, 25.0, 0.0]


def test_careers_of_nothing_or_everything() -> None:
    """With the largest variance a quarter has the whole career and the others have no year."""
    mean = LONGEST / 4
    missing = missing_years(
        np.array([mean]), np.array([mean * (LONGEST - mean)]), np.array([20.0]), LONGEST
    )
    assert missing.item() == pytest.approx(0.75 * 20.0, rel=1e-4)


def test_required_longer_than_any_career() -> None:
    missing = missing_years(np.array([22.0]), np.array([88.0]), np.array([50.0]), LONGEST)
    assert missing.item() == pytest.approx(28.0)
