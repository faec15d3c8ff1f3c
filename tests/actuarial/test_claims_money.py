"""Run-off, aggregate loss, contribution base and credited years."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from fundpool.actuarial.aggregate_loss import (
    compound_poisson,
    compound_poisson_moments,
    discretised,
)
from fundpool.actuarial.contribution_base import expected_contribution_base
from fundpool.actuarial.credited_years import eligible_share
from fundpool.actuarial.run_off import lag_pattern, paid_claims
from fundpool.actuarial.severity import Empirical, Exponential, Gamma, Lognormal


def test_run_off_by_hand() -> None:
    """Incurred 100 then 200, paid 60 / 30 / 10, nothing before.

    Year 1: paid 60, owed 40. Year 2: paid 120 + 30 = 150, owed 80 + 10 = 90.
    """
    paid, owed = paid_claims([100.0, 200.0], [0.6, 0.3, 0.1])
    assert paid.tolist() == pytest.approx([60.0, 150.0])
    assert owed.tolist() == pytest.approx([40.0, 90.0])


@given(
    st.lists(st.floats(0, 1e3), min_size=1, max_size=12),
    st.lists(st.floats(0.01, 1), min_size=1, max_size=4),
    st.floats(0, 100),
)
@settings(deadline=None, max_examples=100, derandomize=True)
def test_nothing_is_lost_in_run_off(
    incurred: list[float], weights: list[float], before: float
) -> None:
    lag = np.array(weights) / sum(weights)
    paid, owed = paid_claims(incurred, lag, before)
    first = before * sum(lag[k:].sum() for k in range(1, lag.size))
    change = np.diff(np.concatenate([[first], owed]))
    assert paid + change == pytest.approx(np.array(incurred), abs=1e-8)


def test_discretised_severity_keeps_its_mean() -> None:
    mass = discretised(Exponential(10.0), 0.5, 2000)
    assert mass.sum() == pytest.approx(1.0)
    assert mass @ (0.5 * np.arange(2000)) == pytest.approx(10.0, rel=1e-9)


def test_aggregate_of_single_coins_is_poisson() -> None:
    """Every claim costs exactly 1: the aggregate is Poisson."""
    total = compound_poisson(3.0, Empirical([1.0]), 1.0, 40)
    assert total == pytest.approx(stats.poisson(3.0).pmf(np.arange(40)), abs=1e-12)


@pytest.mark.parametrize("severity", [Gamma(2.0, 5.0), Lognormal(2.0, 0.8)])
def test_aggregate_moments(severity: Gamma) -> None:
    step, points = 0.25, 4096
    mass = compound_poisson(4.0, severity, step, points)
    x = step * np.arange(points)
    mean, variance = compound_poisson_moments(4.0, severity)
    assert mass.sum() == pytest.approx(1.0, abs=1e-6)
    assert mass @ x == pytest.approx(mean, rel=1e-4)
    assert mass @ (x - mean) ** 2 == pytest.approx(variance, rel=2e-3)
    assert mass[0] == pytest.approx(math.exp(-4.0 * (1 - discretised(severity, step, points)[0])))


def test_no_claims_no_loss() -> None:
    assert compound_poisson(0.0, Exponential(1.0), 0.1, 8).tolist() == pytest.approx(
        [1.0] + [0.0] * 7, abs=1e-12
    )


@pytest.mark.parametrize("cv", [0.3, 0.8])
def test_contribution_base_by_integration(cv: float) -> None:
    wage = Lognormal.from_mean_cv(100.0, cv)
    density = stats.lognorm(wage.sigma, scale=math.exp(wage.mu)).pdf
    floor, ceiling = 60.0, 300.0
    inner = integrate.quad(lambda w: w * density(w), floor, ceiling)[0]
    expected = floor * float(wage.cdf(floor)) + inner + ceiling * (1 - float(wage.cdf(ceiling)))
    assert expected_contribution_base(100.0, cv, floor, ceiling) == pytest.approx(expected)


def test_contribution_base_limits() -> None:
    assert expected_contribution_base(100.0, 0.5, 0.0, np.inf) == pytest.approx(100.0)
    assert expected_contribution_base(100.0, 0.0, 120.0, 300.0) == pytest.approx(120.0)
    assert expected_contribution_base(400.0, 0.0, 60.0, 300.0) == pytest.approx(300.0)


def test_eligible_share() -> None:
    """Gamma with mean 20 and variance 100 has shape 4 and scale 5."""
    assert eligible_share(20.0, 100.0, 25.0) == pytest.approx(stats.gamma(4, scale=5).sf(25))
    assert eligible_share([10.0, 30.0], 0.0, 20.0).tolist() == [0.0, 1.0]
    assert eligible_share(0.0, 0.0, 1.0) == 0.0


def test_eligible_share_of_simulated_careers() -> None:
    """Careers of 40 years, credited by a person's own density; 25 years are required.

    Density Beta(6, 3) has the moments of credited years mean 40 * 2/3 and variance
    40^2 * 2/90; the share above 25 of 40 is counted over 200,000 people, so its standard error
    is 0.0011.
    """
    generator = np.random.default_rng(11)
    years = 40 * generator.beta(6, 3, size=200_000)
    share = float(eligible_share(80 / 3, 1600 * 2 / 90, 25.0, longest=40.0))
    counted = float((years >= 25).mean())
    assert share == pytest.approx(counted, abs=4 * 0.0011)


def test_year_by_year_careers() -> None:
    """Forty coin tosses with a density of one's own: whole years, so half a year of slack."""
    generator = np.random.default_rng(12)
    years = generator.binomial(40, generator.beta(6, 3, size=200_000)).astype(float)
    share = float(eligible_share(years.mean(), years.var(), 24.5, longest=40.0))
    assert share == pytest.approx(float((years >= 25).mean()), abs=0.005)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        lag_pattern([0.5, 0.4])
    with pytest.raises(ValueError, match="at least one year"):
        paid_claims(1.0, [1.0])
    with pytest.raises(ValueError, match="step"):
        discretised(Exponential(1.0), 0.0, 8)
    with pytest.raises(ValueError, match="two points"):
        discretised(Exponential(1.0), 1.0, 1)
    with pytest.raises(ValueError, match="number of claims"):
        compound_poisson(-1.0, Exponential(1.0), 1.0, 8)
    with pytest.raises(ValueError, match="number of claims"):
        compound_poisson_moments(math.inf, Exponential(1.0))
    with pytest.raises(ValueError, match="mean wage"):
        expected_contribution_base(0.0, 0.5, 0.0, 1.0)
    with pytest.raises(ValueError, match="floor"):
        expected_contribution_base(1.0, 0.5, 2.0, 1.0)
    with pytest.raises(ValueError, match="required"):
        eligible_share(1.0, 1.0, -1.0)
    with pytest.raises(ValueError, match="longest career"):
        eligible_share(41.0, 1.0, 25.0, longest=40.0)
