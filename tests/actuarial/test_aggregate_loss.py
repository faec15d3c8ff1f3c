"""Aggregate loss where the number of claims is the loss itself: known discrete distributions."""

import numpy as np
import pytest
from scipy import stats

from fundpool.actuarial.aggregate_loss import compound_negative_binomial, compound_poisson_moments
from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.severity import Exponential


class OneUnit:
    """Every claim costs exactly one."""

    def limited_expected_value(self, limit: FloatArray) -> FloatArray:
        return np.minimum(limit, 1.0)


@pytest.mark.parametrize("rate", [2.0, 20.0, 30.0])
@pytest.mark.parametrize("dispersion", [0.0, 0.2])
def test_what_lies_beyond_the_lattice_does_not_wrap_round(rate: float, dispersion: float) -> None:
    """Claims of one unit: the total is the number of claims, Poisson or negative binomial.

    Sixteen points hold less than a sixth of a distribution around 20 or 30; a plain Fourier
    transform on 32 points would add the probability of 32 to that of 0.
    """
    numbers = np.arange(16)
    if dispersion == 0.0:
        exact = stats.poisson.pmf(numbers, rate)
    else:
        exact = stats.nbinom.pmf(numbers, 1 / dispersion, 1 / (1 + dispersion * rate))
    probabilities = compound_negative_binomial(rate, dispersion, OneUnit(), 1.0, numbers.size)
    assert probabilities == pytest.approx(exact, abs=2e-9)


def test_moments_of_a_compound_poisson_sum() -> None:
    """Exponential costs of 5: mean 4 * 5, variance 4 * 2 * 5^2."""
    assert compound_poisson_moments(4.0, Exponential(5.0)) == pytest.approx((20.0, 200.0))
