"""Severity families against scipy.stats and numerical integration."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from fundpool.actuarial.severity import (
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    Severity,
    Weibull,
)

FAMILIES: list[tuple[Severity, object]] = [
    (Lognormal(7.0, 1.2), stats.lognorm(1.2, scale=math.exp(7.0))),
    (Gamma(2.5, 800.0), stats.gamma(2.5, scale=800.0)),
    (Gamma(0.4, 5000.0), stats.gamma(0.4, scale=5000.0)),
    (Pareto(3.2, 4000.0), stats.lomax(3.2, scale=4000.0)),
    (Pareto(1.5, 900.0), stats.lomax(1.5, scale=900.0)),
    (Exponential(1200.0), stats.expon(scale=1200.0)),
    (Weibull(0.7, 900.0), stats.weibull_min(0.7, scale=900.0)),
]


@pytest.mark.parametrize(("family", "reference"), FAMILIES, ids=lambda f: repr(f)[:24])
def test_against_scipy(family: Severity, reference: stats.rv_continuous) -> None:
    x = np.array([0.0, 10.0, 500.0, 2500.0, 50_000.0])
    assert family.mean() == pytest.approx(reference.mean(), rel=1e-9)
    assert np.asarray(family.cdf(x)) == pytest.approx(reference.cdf(x), abs=1e-12)
    p = np.array([0.01, 0.5, 0.99])
    assert np.asarray(family.quantile(p)) == pytest.approx(reference.ppf(p), rel=1e-9)
    for limit in (100.0, 2500.0, 40_000.0):
        # E[min(X, u)] is the area under the survival function up to u
        area = integrate.quad(reference.sf, 0.0, limit, limit=400)[0]
        assert float(family.limited_expected_value(limit)) == pytest.approx(area, rel=1e-6)
    assert float(family.limited_expected_value(np.inf)) == pytest.approx(family.mean())
    assert float(family.limited_expected_value(0.0)) == 0.0
    bigger = family.scaled(3.0)
    assert bigger.mean() == pytest.approx(3 * family.mean())
    assert float(bigger.limited_expected_value(3000.0)) == pytest.approx(
        3 * float(family.limited_expected_value(1000.0))
    )


@pytest.mark.parametrize("family", [Lognormal, Gamma, Weibull])
@given(mean=st.floats(1.0, 1e5), cv=st.floats(0.1, 5.0))
@settings(deadline=None, max_examples=25, derandomize=True)
def test_two_moments_come_back(family: type[Lognormal], mean: float, cv: float) -> None:
    made = family.from_mean_cv(mean, cv)
    assert made.mean() == pytest.approx(mean, rel=1e-8)
    assert math.sqrt(made.variance()) / made.mean() == pytest.approx(cv, rel=1e-6)


def test_pareto_needs_more_spread_than_an_exponential() -> None:
    made = Pareto.from_mean_cv(1000.0, 1.5)
    assert made.mean() == pytest.approx(1000.0)
    assert math.sqrt(made.variance()) == pytest.approx(1500.0)
    with pytest.raises(ValueError, match="variation"):
        Pareto.from_mean_cv(1000.0, 0.9)


@given(
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(0.01, 5)), min_size=1, max_size=30),
    st.floats(0, 2e4),
)
@settings(deadline=None, max_examples=80, derandomize=True)
def test_empirical_is_a_weighted_sum(rows: list[tuple[float, float]], limit: float) -> None:
    values, weights = np.array(rows).T
    table = Empirical(values, weights)
    assert table.mean() == pytest.approx(np.average(values, weights=weights))
    assert float(table.limited_expected_value(limit)) == pytest.approx(
        np.average(np.minimum(values, limit), weights=weights), abs=1e-9
    )
    assert float(table.cdf(limit)) == pytest.approx(
        weights[values <= limit].sum() / weights.sum(), abs=1e-12
    )


def test_samples_have_the_mean() -> None:
    generator = np.random.default_rng(3)
    for family, _ in FAMILIES[:4]:
        drawn = family.sample(generator, 200_000)
        error = drawn.std() / math.sqrt(drawn.size)
        assert abs(drawn.mean() - family.mean()) < 5 * error


def test_refusals() -> None:
    with pytest.raises(ValueError, match="sigma"):
        Lognormal(1.0, 0.0)
    with pytest.raises(ValueError, match="shape"):
        Gamma(0.0, 1.0)
    with pytest.raises(ValueError, match="scale"):
        Weibull(1.0, -1.0)
    with pytest.raises(ValueError, match="mean"):
        Gamma.from_mean_cv(-1.0, 1.0)
    with pytest.raises(ValueError, match="limit"):
        Exponential(1.0).limited_expected_value(-1.0)
    with pytest.raises(ValueError, match="one length"):
        Empirical([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="zero"):
        Empirical([1.0], [0.0])
    with pytest.raises(ValueError, match="factor"):
        Exponential(1.0).scaled(0.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Exponential(1.0).quantile(1.5)
