"""Credibility against hand-worked figures, a second implementation and its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundpool.actuarial.credibility import (
    buhlmann_straub,
    full_credibility_claims,
    limited_by_periods,
    limited_fluctuation,
)


def test_full_credibility() -> None:
    # the classical 1,082 claims, and twice as many when claims vary as an exponential does
    assert full_credibility_claims(0.9, 0.05) == pytest.approx(1082.217, abs=1e-3)
    assert full_credibility_claims(0.9, 0.05, 1.0) == pytest.approx(2 * 1082.217, abs=2e-3)
    with pytest.raises(ValueError, match="probability between 0 and 1"):
        full_credibility_claims(1.0)


def test_square_root_rule() -> None:
    assert limited_fluctuation(1082.217 / 4, full_credibility_claims()) == pytest.approx(0.5, 1e-6)
    with pytest.raises(ValueError, match="at least 0"):
        limited_fluctuation(-1.0, 100.0)


def test_buhlmann_straub_by_hand() -> None:
    """Two groups of two years, weights one.

    Ratios (0.8, 1.0) and (1.2, 1.6): means 0.9 and 1.4, of all 1.15.
    within = (0.01 + 0.01 + 0.04 + 0.04) / 2 = 0.05
    between = (2 x 0.25^2 x 2 - 1 x 0.05) / (4 - 8/4) = (0.25 - 0.05) / 2 = 0.1
    factor = 2 / (2 + 0.5) = 0.8; estimates 0.8 x 0.9 + 0.2 x 1.15 = 0.95 and 1.35
    """
    credibility = buhlmann_straub([[0.8, 1.0], [1.2, 1.6]], np.ones((2, 2)))
    assert credibility.within == pytest.approx(0.05)
    assert credibility.between == pytest.approx(0.1)
    assert credibility.factor == pytest.approx([0.8, 0.8])
    assert credibility.collective == pytest.approx(1.15)
    assert credibility.estimate == pytest.approx([0.95, 1.35])


HACHEMEISTER_RATIOS = [
    [1738, 1642, 1794, 2051, 2079, 2234, 2032, 2035, 2115, 2262, 2267, 2517],
    [1364, 1408, 1597, 1444, 1342, 1675, 1470, 1448, 1464, 1831, 1612, 1471],
    [1759, 1685, 1479, 1763, 1674, 2103, 1502, 1622, 1828, 2155, 2233, 2059],
    [1223, 1146, 1010, 1257, 1426, 1532, 1953, 1123, 1343, 1243, 1762, 1306],
    [1456, 1499, 1609, 1741, 1482, 1572, 1606, 1735, 1607, 1573, 1613, 1690],
]
HACHEMEISTER_WEIGHTS = [
    [7861, 9251, 8706, 8575, 7917, 8263, 9456, 8003, 7365, 7832, 7849, 9077],
    [1622, 1742, 1523, 1515, 1622, 1602, 1964, 1515, 1527, 1748, 1654, 1861],
    [1147, 1357, 1329, 1204, 998, 1077, 1277, 1218, 896, 1003, 1108, 1121],
    [407, 396, 348, 341, 315, 328, 352, 331, 287, 384, 321, 342],
    [2902, 3172, 3046, 3068, 2693, 2910, 3275, 2697, 2663, 3017, 3242, 3425],
]


def test_published_example() -> None:
    """Hachemeister's bodily injury claims of five states in twelve quarters (1975), with the
    results that the R package actuar publishes for them."""
    states = buhlmann_straub(HACHEMEISTER_RATIOS, HACHEMEISTER_WEIGHTS)
    assert states.collective == pytest.approx(1683.713, abs=1e-3)
    assert states.between == pytest.approx(89639, abs=1)
    assert states.within == pytest.approx(139120026, abs=1)
    assert states.factor == pytest.approx([0.9847, 0.9276, 0.8985, 0.7279, 0.9588], abs=5e-5)
    assert states.estimate == pytest.approx([2055, 1524, 1793, 1443, 1603], abs=0.5)


def test_error_of_estimates() -> None:
    """By hand for the two groups above: 0.1 x 0.2 x (1 + 0.2 / 1.6) = 0.0225; of groups without
    differences it is the variance of the mean; it is met by the spread of simulated groups."""
    assert buhlmann_straub([[0.8, 1.0], [1.2, 1.6]], np.ones((2, 2))).squared_error == (
        pytest.approx([0.0225, 0.0225])
    )
    same = buhlmann_straub([[0.9, 1.1], [1.1, 0.9]], np.ones((2, 2)))
    assert same.squared_error == pytest.approx([same.within / 4] * 2)
    draws = np.random.default_rng(1)
    size, periods, between, within = 400, 6, 0.04, 0.09
    truth = 1.0 + np.sqrt(between) * draws.standard_normal(size)
    ratios = truth[:, None] + np.sqrt(within) * draws.standard_normal((size, periods))
    estimated = buhlmann_straub(ratios, np.ones((size, periods)))
    squares = float(((estimated.estimate - truth) ** 2).mean())
    assert squares == pytest.approx(float(estimated.squared_error.mean()), rel=0.2)


def test_limited_fluctuation_by_periods() -> None:
    """Half the credibility with a quarter of the periods; the standard itself gives one."""
    few = limited_by_periods([[0.7, 1.3] * 4], np.ones((1, 8)))
    many = limited_by_periods([[0.7, 1.3] * 16], np.ones((1, 32)))
    # the estimated variance has n - 1 below it
    correction = np.sqrt((8 / 7) / (32 / 31))
    assert many.factor[0] / few.factor[0] == pytest.approx(2 * correction, rel=1e-9)
    z = 1.6448536
    assert few.factor[0] == pytest.approx(0.05 / (z * np.sqrt(0.09 * 8 / 7 / 8)), rel=1e-6)
    assert few.estimate[0] == pytest.approx(1.0)
    assert limited_by_periods([[2.0, 2.0]], np.ones((1, 2))).factor[0] == 1.0
    for ratios in ([[1.0]], [[1.0, 2.0], [1.0, 2.0]]):
        with pytest.raises(ValueError, match=r"one row|two periods"):
            limited_by_periods(ratios, np.ones_like(ratios))


def by_loops(x: np.ndarray, w: np.ndarray) -> list[float]:
    """The same estimators written out term by term."""
    groups, periods = x.shape
    means = [sum(w[i, j] * x[i, j] for j in range(periods)) / sum(w[i]) for i in range(groups)]
    total = w.sum()
    overall = sum(sum(w[i]) * means[i] for i in range(groups)) / total
    within = sum(
        w[i, j] * (x[i, j] - means[i]) ** 2 for i in range(groups) for j in range(periods)
    ) / (groups * (periods - 1))
    between = (
        sum(sum(w[i]) * (means[i] - overall) ** 2 for i in range(groups)) - (groups - 1) * within
    ) / (total - sum(sum(w[i]) ** 2 for i in range(groups)) / total)
    if between <= 0:
        return [0.0] * groups
    return [sum(w[i]) / (sum(w[i]) + within / between) for i in range(groups)]


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 8))
def test_against_the_estimators_written_out(seed: int, groups: int, periods: int) -> None:
    draw = np.random.default_rng(seed)
    x, w = draw.uniform(0.5, 1.5, (groups, periods)), draw.uniform(0.1, 5.0, (groups, periods))
    credibility = buhlmann_straub(x, w)
    assert credibility.factor == pytest.approx(by_loops(x, w), abs=1e-9)
    assert (credibility.factor >= 0).all()
    assert (credibility.factor <= 1).all()
    low, high = credibility.experience.min() - 1e-9, credibility.experience.max() + 1e-9
    assert ((credibility.estimate >= low) & (credibility.estimate <= high)).all()


def test_estimators_recover_the_truth() -> None:
    """Many groups drawn from the model: the variances come out, within a few standard errors."""
    draw = np.random.default_rng(5)
    groups, periods, within, between = 4000, 6, 0.09, 0.04
    w = draw.uniform(0.5, 2.0, (groups, periods))
    truth = draw.normal(1.0, between**0.5, groups)
    x = draw.normal(truth[:, None], np.sqrt(within / w))
    credibility = buhlmann_straub(x, w)
    assert credibility.within == pytest.approx(within, rel=0.05)
    assert credibility.between == pytest.approx(between, rel=0.1)
    # believing in proportion beats believing all or nothing
    error = ((credibility.estimate - truth) ** 2).mean()
    assert error < ((credibility.experience - truth) ** 2).mean()
    assert error < ((credibility.collective - truth) ** 2).mean()


def test_no_spread_no_belief_and_gaps() -> None:
    same = buhlmann_straub([[0.9, 1.1], [1.1, 0.9]], np.ones((2, 2)))
    assert same.factor.tolist() == [0.0, 0.0]
    assert same.estimate == pytest.approx([1.0, 1.0])
    gaps = buhlmann_straub([[0.8, np.nan, 1.0], [1.2, 1.6, np.nan]], [[1, 0, 1], [1, 1, 0]])
    assert gaps.factor == pytest.approx([0.8, 0.8])
    absent = buhlmann_straub([[0.8, 1.0], [1.2, 1.6], [9.0, 9.0]], [[1, 1], [1, 1], [0, 0]])
    assert absent.factor == pytest.approx([0.8, 0.8, 0.0])


@pytest.mark.parametrize(
    ("ratios", "weights"),
    [([[1.0, 1.0]], [[1.0, 1.0]]), ([[1.0], [2.0]], [[1.0], [1.0]]), ([1.0], [1.0]),
     ([[1.0, 1.0], [1.0, 2.0]], [[1.0, -1.0], [1.0, 1.0]])],
)  # fmt: skip
def test_what_gives_no_credibility(ratios: list[object], weights: list[object]) -> None:
    with pytest.raises(ValueError, match=r"weights|two groups"):
        buhlmann_straub(ratios, weights)
