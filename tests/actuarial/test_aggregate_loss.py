"""Aggregate loss where the number of claims is the loss itself: known discrete distributions."""

import numpy as np
import pytest
from scipy import stats

from fundpool.actuarial.aggregate_loss import (
    _less_one,
    compound_negative_binomial,
    compound_poisson_moments,
    log_generating,
)
from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_year import payment, payment_by_stay
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


@pytest.mark.parametrize("dispersion", [1e-18, 8.9e-16, 1e-12, 1e-9, 1e-6, 4e-6, 6e-6, 1e-4])
def test_next_to_no_dispersion_is_next_to_poisson(dispersion: float) -> None:
    """Where ``(1 - d x)^(-1/d)`` is rounding alone; to first order in ``d`` the pgf is
    ``exp(x) (1 + d x^2 / 2)``: ``p[n] (1 + d ((n - m)^2 - n) / 2)`` by powers of ``z``."""
    rate, numbers = 2.0, np.arange(16)
    poisson = stats.poisson.pmf(numbers, rate)
    expected = poisson * (1 + dispersion / 2 * ((numbers - rate) ** 2 - numbers))
    probabilities = compound_negative_binomial(rate, dispersion, OneUnit(), 1.0, numbers.size)
    assert probabilities == pytest.approx(expected, abs=2e-9 + 3 * dispersion**2)
    formula = BenefitFormula(deductible=0.5)
    paid = [payment_by_stay(rate, d, Exponential(5.0), [formula]) for d in (0.0, dispersion)]
    assert paid[1] == pytest.approx(paid[0], rel=1e-7 + 2 * dispersion)
    both = [payment(rate, d, Exponential(5.0), formula) for d in (0.0, dispersion)]
    assert both[1] == pytest.approx(both[0], rel=1e-5 + 2 * dispersion)


@pytest.mark.parametrize("rate", [1e-9, 0.3, 40.0])
def test_generating_functions_in_real_functions(rate: float) -> None:
    """``ln`` and ``exp - 1`` of complex numbers as numpy has them, and exact where it rounds."""
    turns = np.exp(2j * np.pi * np.linspace(0.0, 0.5, 33)) * np.linspace(1.0, 0.2, 33)
    exponent = rate * (turns - 1.0)
    logarithm = log_generating(exponent, 0.5)
    assert logarithm == pytest.approx(-2.0 * np.log(1.0 - 0.5 * exponent), rel=1e-13, abs=1e-15)
    if rate < 1e-6:  # the series of -ln(1 - x) to its third term, beyond rounding
        exact = exponent * (1.0 + exponent / 4.0 + exponent**2 / 12.0)
        assert logarithm == pytest.approx(exact, rel=1e-14)
    assert _less_one(logarithm) == pytest.approx(np.expm1(logarithm), rel=1e-13, abs=1e-300)
