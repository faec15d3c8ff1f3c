"""Moves: the closed form against the matrix exponential of the whole chain."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from fundpool.actuarial.mobility import (
    home_away_probabilities,
    rogers_castro,
    transition_matrix,
    turnover_hazard,
)

hazard = st.floats(0.0, 3.0)


def test_rogers_castro_at_the_position_of_its_peak() -> None:
    """At x = mu2 the labour part is a2 exp(-1); at 0 the childhood part is a1."""
    value = rogers_castro(20.0, 0.0, 0.1, 0.06, 20.0, 0.1, 0.4, 0.003)
    assert value == pytest.approx(0.06 * math.exp(-1) + 0.003)
    child = rogers_castro([0.0], 0.02, 0.1, 0.0, 20.0, 0.1, 0.4, 0.0)
    assert child == pytest.approx([0.02])
    ages = np.arange(101.0)
    schedule = np.asarray(rogers_castro(ages, 0.02, 0.1, 0.06, 20.0, 0.1, 0.4, 0.003))
    # the labour peak lies at mu2 - ln(alpha2/lambda2)/lambda2 = 23.5
    assert 15 + int(np.argmax(schedule[15:])) in (23, 24)


def test_turnover_of_the_paper() -> None:
    """A quarter left after three years: -ln(0.25)/3 = 0.4621 a year."""
    assert turnover_hazard(0.25, 3) == pytest.approx(0.462098, abs=1e-6)
    assert turnover_hazard(1.0, 5) == 0.0
    assert math.exp(-3 * float(turnover_hazard(0.25, 3))) == pytest.approx(0.25)


@given(st.lists(st.floats(0.0, 5.0), min_size=12, max_size=12), st.floats(0.0, 4.0))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_transition_rows_sum_to_one_and_years_compose(rates: list[float], years: float) -> None:
    q = np.zeros((4, 4))
    q[~np.eye(4, dtype=bool)] = rates
    q -= np.diag(q.sum(axis=1))
    p = transition_matrix(q, years)
    assert p.sum(axis=1) == pytest.approx(np.ones(4))
    assert (p >= 0).all()
    assert p == pytest.approx(expm(q * years), abs=1e-9)
    assert transition_matrix(q, 2 * years) == pytest.approx(p @ p, abs=1e-9)


def test_two_states_in_closed_form() -> None:
    """Hazards a out and b back: P(out) = a/(a+b) (1 - exp(-(a+b)))."""
    a, b = 0.3, 0.2
    p = transition_matrix([[-a, a], [b, -b]])
    assert p[0, 1] == pytest.approx(a / (a + b) * (1 - math.exp(-(a + b))))


@given(hazard, hazard, hazard, st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5))
@settings(deadline=None, max_examples=80, derandomize=True)
def test_home_and_destinations_against_the_whole_chain(
    out: float, back: float, onward: float, weights: list[float]
) -> None:
    """Home and R destinations as one generator of size R + 1, exponentiated."""
    share = np.array(weights) / sum(weights)
    size = share.size + 1
    q = np.zeros((size, size))
    q[0, 1:] = out * share
    q[1:, 0] = back
    q[1:, 1:] += onward * share
    np.fill_diagonal(q, 0.0)
    q -= np.diag(q.sum(axis=1))
    whole = expm(q)
    chances = home_away_probabilities(out, back, onward)
    assert whole[0, 0] == pytest.approx(float(chances.home_stay), abs=1e-9)
    assert whole[0, 1:] == pytest.approx(float(chances.home_to_away) * share, abs=1e-9)
    assert whole[1:, 0] == pytest.approx(np.full(size - 1, chances.away_to_home), abs=1e-9)
    moved = float(chances.away_to_away - chances.persistence)
    expected = float(chances.persistence) * np.eye(size - 1) + moved * share
    assert whole[1:, 1:] == pytest.approx(expected, abs=1e-9)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="a1"):
        rogers_castro([1.0], -1, 0.1, 0, 20, 0.1, 0.4, 0)
    with pytest.raises(ValueError, match="square"):
        transition_matrix([[0.0, 1.0]])
    with pytest.raises(ValueError, match="sum to zero"):
        transition_matrix([[-1.0, 0.5], [0.0, 0.0]])
    with pytest.raises(ValueError, match="must not be negative"):
        transition_matrix([[1.0, -1.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match="years"):
        transition_matrix([[0.0, 0.0], [0.0, 0.0]], -1.0)
    with pytest.raises(ValueError, match="share remaining"):
        turnover_hazard(0.0, 3)
    with pytest.raises(ValueError, match="years must be positive"):
        turnover_hazard(0.5, 0)
    with pytest.raises(ValueError, match="return hazard"):
        home_away_probabilities(0.1, -0.1, 0.0)
