"""Payments as a distribution, and their aggregate with an overdispersed number of claims."""

import numpy as np
import pytest

from fundpool.actuarial.aggregate_loss import compound_negative_binomial, compound_poisson
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.payment_severity import PaymentSeverity
from fundpool.actuarial.severity import Exponential, Lognormal

FORMULAS = (
    BenefitFormula(300.0, ((0, 0.7), (2_000, 0.9)), 5_000.0),
    BenefitFormula(0.0, ((0, 0.5),)),
)
COSTS = (Lognormal.from_mean_cv(2_000.0, 1.2), Exponential(150.0))
PAYMENT = PaymentSeverity((1.0, 3.0), FORMULAS, COSTS)


def test_limited_expected_value_against_simulation() -> None:
    draw = np.random.default_rng(1)
    kind = draw.random(400_000) < 0.25
    paid = np.where(
        kind,
        np.asarray(FORMULAS[0](COSTS[0].sample(draw, kind.size))),
        np.asarray(FORMULAS[1](COSTS[1].sample(draw, kind.size))),
    )
    limits = np.array([0.0, 40.0, 500.0, 4_000.0, 6_000.0, np.inf])
    got = np.asarray(PAYMENT.limited_expected_value(limits))
    for limit, value in zip(limits, got, strict=True):
        capped = np.minimum(paid, limit)
        assert value == pytest.approx(capped.mean(), abs=5 * capped.std() / np.sqrt(kind.size))
    assert PAYMENT.mean() == got[-1]
    mean = 0.25 * FORMULAS[0].expected_payment(COSTS[0]) + 0.75 * FORMULAS[1].expected_payment(
        COSTS[1]
    )
    assert PAYMENT.mean() == pytest.approx(mean, rel=1e-12)


def test_negative_binomial_has_the_moments_of_its_cumulants() -> None:
    rate, dispersion, step, points = 12.0, 0.2, 25.0, 8_192
    mass = compound_negative_binomial(rate, dispersion, PAYMENT, step, points)
    value = step * np.arange(points)
    assert mass.sum() == pytest.approx(1.0, abs=1e-9)
    first = rate * PAYMENT.mean()
    second, third = (
        rate * sum(
            w * float(payment_moment_grid(f, s, 1.0, order))
            for w, f, s in zip((0.25, 0.75), FORMULAS, COSTS, strict=True)
        )
        for order in (2, 3)
    )  # fmt: skip
    variance = second + dispersion * first**2
    cumulant = third + 3 * dispersion * first * second + 2 * dispersion**2 * first**3
    mean = mass @ value
    assert mean == pytest.approx(first, rel=1e-9)
    assert mass @ (value - mean) ** 2 == pytest.approx(variance, rel=2e-3)
    assert mass @ (value - mean) ** 3 == pytest.approx(cumulant, rel=5e-3)


def test_without_dispersion_it_is_poisson() -> None:
    poisson = compound_poisson(5.0, Exponential(100.0), 10.0, 512)
    np.testing.assert_allclose(
        compound_negative_binomial(5.0, 0.0, Exponential(100.0), 10.0, 512), poisson, atol=1e-15
    )
    nearly = compound_negative_binomial(5.0, 1e-7, Exponential(100.0), 10.0, 512)
    np.testing.assert_allclose(nearly, poisson, atol=1e-6)


def test_bad_mixtures_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        PaymentSeverity((1.0,), FORMULAS, COSTS)
    with pytest.raises(ValueError, match="zero"):
        PaymentSeverity((0.0, 0.0), FORMULAS, COSTS)
    with pytest.raises(ValueError, match="dispersion"):
        compound_negative_binomial(1.0, -0.1, PAYMENT, 1.0, 8)
