"""Limited moments against quadrature and against simulation of nothing but the definition."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundpool.actuarial.benefits import BenefitFormula, expected_payment_grid
from fundpool.actuarial.limited_moments import limited_moment, payment_moment_grid
from fundpool.actuarial.severity import Empirical, Exponential, Gamma, Lognormal, Pareto, Weibull

FAMILIES = [
    Lognormal.from_mean_cv(7_000.0, 1.5),
    Gamma.from_mean_cv(900.0, 0.7),
    Pareto.from_mean_cv(500.0, 2.0),
    Pareto(2.0, 300.0),
    Pareto(1.0, 300.0),
    Weibull.from_mean_cv(400.0, 1.3),
    Exponential(250.0),
    Empirical([10.0, 500.0, 9_000.0], [0.5, 0.3, 0.2]),
]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
STEPS = [10.0, 500.0, 9_000.0]  # where the empirical distribution jumps


def integral(function, a: float, b: float, panels: int = 400) -> float:
    """Composite Gauss quadrature, panels growing towards ``b``."""
    inner = np.concatenate([a + (b - a) * np.linspace(0, 1, panels + 1) ** 3, STEPS])
    edges = np.unique(np.clip(inner, a, b))
    half = np.diff(edges)[:, None] / 2
    x = (edges[:-1, None] + edges[1:, None]) / 2 + half * NODES
    return float((function(x) * half * WEIGHTS).sum())


FORMULA = BenefitFormula(deductible=300, bands=((0, 0.7), (2_000, 0.85)), ceiling=6_000)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("severity", FAMILIES, ids=lambda s: type(s).__name__)
def test_limited_moment_is_the_integral_of_the_survival_function(severity, order) -> None:
    for limit in (0.0, 120.0, 4_000.0, 60_000.0):
        area = integral(lambda x: order * x ** (order - 1) * (1.0 - severity.cdf(x)), 0.0, limit)
        assert float(limited_moment(severity, limit, order)) == pytest.approx(area, rel=1e-7)


@pytest.mark.parametrize("severity", FAMILIES[:3] + FAMILIES[5:], ids=lambda s: type(s).__name__)
def test_moments_without_limit(severity) -> None:
    mean, variance = severity.mean(), severity.variance()
    assert float(limited_moment(severity, np.inf, 2)) == pytest.approx(variance + mean**2)


def test_a_pareto_without_variance_has_an_infinite_second_moment() -> None:
    assert np.isinf(limited_moment(Pareto(1.5, 100.0), np.inf, 2))
    assert np.isfinite(limited_moment(Pareto(1.5, 100.0), 1e9, 2))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("severity", FAMILIES, ids=lambda s: type(s).__name__)
def test_moments_of_a_payment_against_quadrature(severity, order) -> None:
    scale = 1.3
    scaled = severity.scaled(scale)
    full = 2_300.0 + (6_000.0 - 0.7 * 2_000.0) / 0.85
    form = FORMULA.breakpoints()
    edges = [0.0, 300.0, 2_300.0, full]
    if isinstance(severity, Empirical):
        edges = sorted({*edges, *(v for v in scaled.values if v < full)})
    area = 0.0
    for a, b in pairwise(edges):
        slope = (float(form(b)) - float(form(a))) / (b - a)
        area += integral(
            lambda x, s=slope: order * form(x) ** (order - 1) * s * (1.0 - scaled.cdf(x)), a, b
        )
    got = float(payment_moment_grid(FORMULA, severity, scale, order))
    assert got == pytest.approx(area, rel=1e-7)


@given(
    st.floats(0, 2_000),
    st.floats(0.05, 1.0),
    st.floats(100, 50_000),
    st.floats(100, 20_000),
    st.floats(0.2, 4.0),
)
def test_first_order_is_the_expected_payment_and_jensen_holds(
    deductible: float, rate: float, ceiling: float, mean: float, cv: float
) -> None:
    formula = BenefitFormula(deductible, ((0.0, rate),), ceiling)
    severity = Lognormal.from_mean_cv(mean, cv)
    scales = np.array([0.7, 1.0, 1.6])
    first = payment_moment_grid(formula, severity, scales, 1)
    np.testing.assert_allclose(
        first, expected_payment_grid(formula, severity, scales), rtol=1e-9, atol=1e-9
    )
    second = payment_moment_grid(formula, severity, scales, 2)
    third = payment_moment_grid(formula, severity, scales, 3)
    slack = 1e-9 * mean**2
    assert (second >= first**2 - slack).all()
    assert (second <= ceiling * first + slack).all()
    assert (third <= ceiling * second + 1e-9 * mean**3).all()


def test_orders_beyond_three_are_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        limited_moment(Exponential(1.0), 1.0, 4)
