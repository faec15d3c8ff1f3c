"""Payments of a person's year from shared lattices beside those by their specification."""

import numpy as np
import pytest

from fundpool.actuarial import year_lattices
from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.mean_one import at_mean_one
from fundpool.actuarial.mixed_severity import MixedSeverity
from fundpool.actuarial.person_year import payment
from fundpool.actuarial.severity import (
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    Severity,
    Weibull,
)
from fundpool.actuarial.year_lattices import YearCost, payments

pytestmark = pytest.mark.plain

STAYS = Lognormal.from_mean_cv(9_000.0, 1.5)
VISITS = Lognormal.from_mean_cv(250.0, 1.8)
BANDS = BenefitFormula(500.0, ((0.0, 0.6), (20_000.0, 0.8)), 60_000.0)
LAYER = BenefitFormula(15_000.0, ((0.0, 0.6), (50_000.0, 0.7)))
PRICES = (0.7, 1.0, 1.9)

YEARS: dict[str, tuple[float, float, Severity | MixedSeverity, BenefitFormula]] = {
    "rare": (0.001, 0.0, STAYS, BANDS),
    "stays": (0.3, 0.5, STAYS, BANDS),
    "layer": (0.3, 0.5, STAYS, LAYER),
    "layer of visits": (8.0, 0.5, VISITS, LAYER),
    "often": (60.0, 1e-9, VISITS, BANDS),
    "dispersed": (3.0, 30.0, VISITS, BANDS),
    "without a mode": (2.0, 1.0, Gamma(0.4, 800.0), BANDS),
    "heavy": (0.5, 1.0, Pareto(2.6, 5_000.0), BANDS),
    "heavy and often": (5.0, 1.0, Weibull.from_mean_cv(900.0, 2.0), LAYER),
    "two services": (6.2, 1.0, MixedSeverity((6.0, 0.2), (VISITS, STAYS)), BANDS),
    "deductible near nothing": (1.0, 0.5, VISITS, BenefitFormula(0.01, ((0.0, 0.7),))),
    "deductible above all": (1.0, 0.5, Exponential(100.0), BenefitFormula(5_000.0)),
    "ceiling above all": (1.0, 0.5, VISITS, BenefitFormula(100.0, ((0.0, 0.5),), 1e6)),
    "ceiling near nothing": (1.0, 0.5, STAYS, BenefitFormula(0.0, ((0.0, 0.5),), 1.0)),
    "all paid": (1.0, 0.5, STAYS, BenefitFormula(bands=((0.0, 1.0),))),
}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Payments are computed anew, whatever other tests have asked for."""
    year_lattices.forget()


def of(kind: str) -> tuple[YearCost, BenefitFormula]:
    """A year's cost and formula."""
    count, dispersion, severity, formula = YEARS[kind]
    return YearCost(count, dispersion, severity), formula  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(YEARS))
def test_as_by_the_specification(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To 1e-6, or the 1e-9 of the largest knot to which rare payments are known there."""
    cost, formula = of(kind)
    largest = max(formula.breakpoints().knots)
    exact = np.array(
        [
            payment(cost.count_mean, cost.dispersion, cost.severity.scaled(price), formula)
            for price in PRICES
        ]
    ).T
    if kind != "all paid":
        monkeypatch.setattr(year_lattices, "payment", None)  # nothing is left to it
    mean, variance = payments(cost, PRICES, formula)
    assert mean == pytest.approx(exact[0], rel=1e-6, abs=1e-9 * largest)
    square = variance + mean**2
    assert square == pytest.approx(exact[1] + exact[0] ** 2, rel=2e-6, abs=1e-9 * largest**2)


@pytest.mark.parametrize("formula", [BANDS, LAYER, BenefitFormula(400_000.0)])
def test_years_with_hardly_a_claim(formula: BenefitFormula) -> None:
    """Payments of a single claim in closed form, to 1e-6 where the specification has rounding."""
    mean, variance = payments(YearCost(1e-9, 0.0, STAYS), PRICES, formula)
    for got, order in ((mean, 1), (variance + mean**2, 2)):
        single = payment_moment_grid(formula, STAYS, np.array(PRICES), order)
        assert got == pytest.approx(1e-9 * single, rel=2e-6)


def test_a_ceiling_of_nothing_pays_nothing() -> None:
    form = BenefitFormula(ceiling=0.0)
    assert payments(YearCost(1.0, 0.5, STAYS), PRICES, form).tolist() == [[0.0] * 3] * 2
    assert payments(YearCost(0.0, 0.5, STAYS), PRICES, BANDS).tolist() == [[0.0] * 3] * 2


def test_a_price_does_not_depend_on_the_others() -> None:
    cost, formula = of("layer")
    alone = [payments(cost, (price,), formula)[:, 0] for price in reversed(PRICES)]
    assert np.array(alone[::-1]).T.tolist() == payments(cost, PRICES, formula).tolist()


def test_what_does_not_settle_is_left_to_the_specification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cost, formula = of("stays")
    exact = payment(cost.count_mean, cost.dispersion, cost.severity, formula)
    monkeypatch.setattr(year_lattices, "SETTLED", 0.0)
    assert payments(cost, (1.0,), formula)[:, 0].tolist() == list(exact)
    fixed = Empirical([1_000.0])
    exact = payment(2.0, 0.5, fixed, formula)
    assert payments(YearCost(2.0, 0.5, fixed), (1.0,), formula)[:, 0].tolist() == list(exact)
    monkeypatch.setattr("fundpool.actuarial.person_year.POINTS", (4, 16))
    year_lattices.forget()
    with pytest.raises(ArithmeticError, match="not settled"):
        payments(cost, (1.0,), formula)


def test_between_lattice_points_stands_a_polynomial() -> None:
    """Those of degree five come back anywhere, near the ends of the lattice too."""
    points, places = np.arange(40.0), np.array([[0.0, 0.3, 2.5], [17.25, 38.9, 39.0]])

    def quintic(x: FloatArray) -> FloatArray:
        return np.asarray(1.0 + x * (2.0 + x**2 * (0.5 - x * (0.1 + 0.003 * x))))

    first, weights = year_lattices._stencil(places, points.size)
    nearest = first + np.arange(year_lattices.STENCIL)[:, None, None]
    between = (quintic(points)[nearest] * weights).sum(axis=0)
    assert between == pytest.approx(quintic(places), rel=1e-12)


def test_payments_asked_for_twice_are_no_one_elses() -> None:
    cost, formula = of("layer")
    first = payments(cost, PRICES, formula)
    again = first.copy()
    first[:] = 0.0
    assert payments(cost, PRICES, formula).tolist() == again.tolist()


@pytest.mark.parametrize("kind", ["layer", "without a mode", "heavy", "heavy and often",
                                  "deductible above all", "two services"])  # fmt: skip
def test_costs_at_another_price_need_no_lattices_of_their_own(kind: str) -> None:
    """``c X`` at price ``p`` costs what ``X`` does at price ``c p``."""
    cost, formula = of(kind)
    expected = payments(cost, tuple(1.37 * price for price in PRICES), formula)
    lattices = year_lattices._lattice.cache_info().misses
    assert lattices > 0
    severity = cost.severity.scaled(1.37)
    dearer = YearCost(cost.count_mean, cost.dispersion, severity)
    assert payments(dearer, PRICES, formula) == pytest.approx(expected, rel=1e-9)
    assert year_lattices._lattice.cache_info().misses == lattices


@pytest.mark.parametrize(
    "cost", [STAYS, Gamma(0.4, 800.0), Pareto(2.6, 5_000.0), Weibull(0.5, 900.0), Exponential(3.0),
             Empirical([1.0, 5.0]), Pareto(0.9, 10.0)],
)  # fmt: skip
def test_a_cost_is_that_of_mean_one_times_its_mean(cost: Severity) -> None:
    one, mean = at_mean_one(cost)
    limits = np.array([0.1, 1.0, 40.0, np.inf]) * cost.quantile(0.5)
    expected = cost.limited_expected_value(limits)
    assert one.scaled(mean).limited_expected_value(limits) == pytest.approx(expected, rel=1e-12)
    assert one.mean() == pytest.approx(cost.mean() / mean, rel=1e-12)
