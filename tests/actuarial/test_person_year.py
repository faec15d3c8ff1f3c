"""A person's year: by hand, against simulated persons, against closed forms."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from fundpool.actuarial import person_year
from fundpool.actuarial.benefit_layers import layers, with_copayment_limit
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.mixed_severity import MixedSeverity
from fundpool.actuarial.person_year import (
    matched_payment,
    payment,
    payment_by_stay,
    payment_of_services,
)
from fundpool.actuarial.severity import (
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    Severity,
    Weibull,
)

VISITS = Lognormal.from_mean_cv(250.0, 1.8)
OUTPATIENT = BenefitFormula(1000.0, ((0.0, 0.65),), 5000.0)


def test_by_hand_with_fixed_costs() -> None:
    """Every claim costs 100; P(N = n) of a Poisson count of 2; the year's deductible is 150."""
    formula = BenefitFormula(150.0, ((0.0, 0.5),), 60.0)
    chances = [math.exp(-2.0) * 2.0**n / math.factorial(n) for n in range(60)]
    paid = [min(max(100.0 * n - 150.0, 0.0) * 0.5, 60.0) for n in range(60)]
    mean = sum(p * b for p, b in zip(chances, paid, strict=True))
    square = sum(p * b**2 for p, b in zip(chances, paid, strict=True))
    result = payment(2.0, 0.0, Empirical([100.0]), formula)
    assert result == pytest.approx((mean, square - mean**2), rel=1e-4)


@pytest.mark.parametrize("count", [0.01, 0.3, 3.0, 30.0])
@pytest.mark.parametrize("spread", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("ceiling", [700.0, 5000.0, 250_000.0, np.inf])
@pytest.mark.parametrize("deductible", [0.0, 500.0, 1000.0, 2000.0])
@pytest.mark.parametrize("cost", [1000.0, 1000.0 / 3])
def test_fixed_costs_are_exact(
    count: float, spread: float, ceiling: float, deductible: float, cost: float
) -> None:
    """Every year is a number of equal claims; the deductible may end exactly at one of them."""
    claims: Any = poisson(count)
    if spread > 0:
        claims = nbinom(1 / spread, 1 / (1 + spread * count))
    number = np.arange(5000)
    formula = BenefitFormula(deductible, ((0, 0.7), (20_000, 0.9)), ceiling)
    chance, paid = claims.pmf(number), np.asarray(formula(number * cost))
    mean = chance @ paid
    square = chance @ paid**2
    got_mean, got_variance = payment(count, spread, Empirical([cost]), formula)
    # a difference of large numbers carries their rounding
    largest = max(formula.breakpoints().knots)
    assert got_mean == pytest.approx(mean, rel=1e-6, abs=1e-14 * largest)
    rounding = 1e-14 * largest**2 + 1e-8 * square
    assert got_variance == pytest.approx(square - mean**2, rel=1e-6, abs=rounding)


def test_two_fixed_costs_in_cents_by_hand() -> None:
    """The step of the lattice is the largest sum of money that divides both costs."""
    severity = Empirical([100.25, 200.5], [0.5, 0.5])
    none, one = np.exp(-1.0), np.exp(-1.0)
    # the ceiling is reached by the dearer claim, or by any two
    expected = one * (0.5 * 100.25 + 0.5 * 200.5) + (1 - none - one) * 200.5
    mean, _ = payment(1.0, 0.0, severity, BenefitFormula(0, ((0, 1.0),), 200.5))
    assert mean == pytest.approx(expected, rel=1e-10)


def test_claims_that_cost_nothing() -> None:
    assert payment(2.0, 1.0, Empirical([0.0]), BenefitFormula(100)) == (0.0, 0.0)


def test_exponential_claims_by_their_gamma_sums() -> None:
    """E[(S - d)+] of a negative binomial sum of exponential costs is a sum of gamma layers."""
    count, spread, scale, deductible = 3.0, 0.5, 100.0, 400.0
    chances = nbinom(1 / spread, 1 / (1 + spread * count)).pmf(np.arange(1, 400))
    expected = sum(
        chance * (n * scale - float(Gamma(n, scale).limited_expected_value(deductible)))
        for n, chance in enumerate(chances, start=1)
    )
    mean, _ = payment(count, spread, Exponential(scale), BenefitFormula(deductible, ((0, 1.0),)))
    assert mean == pytest.approx(expected, rel=1e-6)


def test_without_a_limit_the_moments_are_those_of_the_sum() -> None:
    mean, variance = payment(3.0, 0.5, VISITS, BenefitFormula(0.0, ((0.0, 0.6),)))
    total = 3.0 * VISITS.variance() + 3.0 * (1 + 0.5 * 3.0) * VISITS.mean() ** 2
    assert (mean, variance) == pytest.approx((0.6 * 3.0 * VISITS.mean(), 0.36 * total), rel=1e-12)


SIMULATED: list[tuple[float, float, Severity, BenefitFormula]] = [
    (6.0, 1.0, VISITS, OUTPATIENT),
    (0.2, 0.5, Lognormal.from_mean_cv(12_000.0, 1.5), BenefitFormula(800, ((0, 0.8),), 20_000)),
    (2.0, 0.0, Gamma.from_mean_cv(300.0, 0.7), BenefitFormula(200, ((0, 0.5), (500, 0.7)))),
    (0.5, 2.0, Pareto(2.5, 3000.0), BenefitFormula(500, ((0, 0.6), (5000, 0.8)), 30_000)),
    (30.0, 0.3, Weibull.from_mean_cv(50.0, 2.0), BenefitFormula(1000, ((0, 0.9),), 1500)),
    (1.0, 1.0, Empirical([20.0, 100.0, 900.0], [0.5, 0.4, 0.1]), BenefitFormula(50, ((0, 0.7),))),
]


@pytest.mark.parametrize("number", range(len(SIMULATED)))
def test_two_hundred_thousand_simulated_persons(number: int) -> None:
    count, spread, severity, formula = SIMULATED[number]
    generator = np.random.default_rng(number)
    persons = 200_000
    paid = np.asarray(formula(_years(generator, persons, count, spread, severity)))
    mean, variance = payment(count, spread, severity, formula)
    assert abs(paid.mean() - mean) < 3.0 * math.sqrt(variance / persons)
    fourth = float(((paid - paid.mean()) ** 4).mean())
    assert abs(paid.var() - variance) < 3.5 * math.sqrt((fourth - paid.var() ** 2) / persons)


def _years(
    generator: np.random.Generator, persons: int, count: float, spread: float, severity: Severity
) -> "np.ndarray":  # type: ignore[type-arg]
    rates = count * (generator.gamma(1 / spread, spread, persons) if spread else np.ones(persons))
    numbers = generator.poisson(rates)
    costs = severity.sample(generator, int(numbers.sum()))
    return np.bincount(np.repeat(np.arange(persons), numbers), costs, minlength=persons)


def test_a_higher_ceiling_pays_more() -> None:
    """1,000 to 2,000 to 4,000 a year raises what is paid by far more than the claim rule shows."""
    paid = [
        payment(15.0, 1.0, VISITS, BenefitFormula(200.0, ((0.0, 0.5),), ceiling))[0]
        for ceiling in (1000.0, 2000.0, 4000.0)
    ]
    assert paid[1] / paid[0] > 1.4
    assert paid[2] / paid[0] > 1.8


@pytest.mark.parametrize("ceiling", [1e5, 1e6, 1e7, 1e9])
def test_ceilings_far_out_join_the_case_without_one(ceiling: float) -> None:
    bands = ((0.0, 0.7), (50_000.0, 0.8))
    far = payment(6.0, 0.5, VISITS, BenefitFormula(100.0, bands, ceiling))
    none = payment(6.0, 0.5, VISITS, BenefitFormula(100.0, bands))
    assert far[0] == pytest.approx(none[0], rel=1e-5)
    assert far[1] == pytest.approx(none[1], rel=2e-4)


def test_heavy_tails() -> None:
    formula = BenefitFormula(100.0, ((0.0, 0.5),))
    mean, variance = payment(1.0, 0.5, Pareto(1.5, 100.0), formula)
    assert (mean > 0, variance) == (True, math.inf)
    assert payment(1.0, 0.5, Pareto(0.8, 100.0), formula) == (math.inf, math.inf)
    capped = payment(1.0, 0.5, Pareto(0.8, 100.0), BenefitFormula(100.0, ((0.0, 0.5),), 5000.0))
    assert all(0 < value < math.inf for value in capped)
    # rarely above a deductible: one claim decides, and the payment is that of a single one
    rare, _ = payment(0.01, 0.0, Pareto(2.5, 100.0), BenefitFormula(10_000.0, ((0.0, 1.0),)))
    single = Pareto(2.5, 100.0)
    above = single.mean() - float(single.limited_expected_value(10_000.0))
    assert rare == pytest.approx(0.01 * above, rel=1e-3)


@pytest.mark.parametrize("shape", [1.2, 1.5])
@pytest.mark.parametrize("spread", [0.0, 1.0, 4.0])
def test_a_ceiling_beyond_the_lattice(
    monkeypatch: pytest.MonkeyPatch, shape: float, spread: float
) -> None:
    """One large claim stands for the far tail; a lattice that reaches the ceiling needs none."""
    severity = Pareto(shape, 500.0)
    formula = BenefitFormula(0.0, ((0.0, 0.8),), severity.mean() * 2.0**15)
    monkeypatch.setattr(person_year, "RESOLVED", 2.0**15)
    expected = payment(10.0, spread, severity, formula)
    for resolved, exact in ((2.0**14, (1e-4, 1e-3)), (2.0**10, (3e-4, 3e-3))):
        monkeypatch.setattr(person_year, "RESOLVED", resolved)
        mean, variance = payment(10.0, spread, severity, formula)
        assert mean == pytest.approx(expected[0], rel=exact[0])
        assert variance == pytest.approx(expected[1], rel=exact[1])


def test_nobody_is_ill() -> None:
    assert payment(0.0, 1.0, VISITS, OUTPATIENT) == (0.0, 0.0)
    assert payment_by_stay(0.0, 1.0, VISITS, [OUTPATIENT]) == (0.0, 0.0)


@pytest.mark.parametrize(("count", "spread"), [(-1.0, 0.0), (1.0, -0.1), (math.nan, 0.0)])
def test_numbers_that_cannot_be(count: float, spread: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        payment(count, spread, VISITS, OUTPATIENT)


def test_what_is_not_settled_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundpool.actuarial.person_year.POINTS", (4, 16))
    with pytest.raises(ArithmeticError, match="not settled"):
        payment(6.0, 1.0, VISITS, OUTPATIENT)


def test_stays_by_hand() -> None:
    """Deductibles of 1,000, 500 and then nothing; every stay costs 3,000; Poisson count of 1."""
    formulas = [BenefitFormula(d, ((0.0, 0.8),)) for d in (1000.0, 500.0, 0.0)]
    paid = [0.0, 1600.0, 3600.0]
    paid += [paid[-1] + 2400.0 * n for n in range(1, 40)]
    chances = [math.exp(-1.0) / math.factorial(n) for n in range(len(paid))]
    mean = sum(p * b for p, b in zip(chances, paid, strict=True))
    square = sum(p * b**2 for p, b in zip(chances, paid, strict=True))
    result = payment_by_stay(1.0, 0.0, Empirical([3000.0]), formulas)
    assert result == pytest.approx((mean, square - mean**2), rel=1e-9)


def test_stays_under_one_formula_are_claims() -> None:
    formula = BenefitFormula(500.0, ((0.0, 0.8),), 9000.0)
    severity = Lognormal.from_mean_cv(8000.0, 1.0)
    mean, _ = payment_by_stay(0.4, 1.0, severity, [formula])
    assert mean == pytest.approx(0.4 * formula.expected_payment(severity), rel=1e-12)


def test_services_share_a_limit() -> None:
    """One formula on visits and stays of the same person, the more of one the more of the other."""
    generator = np.random.default_rng(5)
    persons, spread = 200_000, 1.0
    stays = Gamma.from_mean_cv(5000.0, 1.2)
    formula = BenefitFormula(1500.0, ((0.0, 0.7),), 10_000.0)
    factor = generator.gamma(1 / spread, spread, persons)
    total = np.zeros(persons)
    for count, severity in ((6.0, VISITS), (0.3, stays)):
        numbers = generator.poisson(count * factor)
        costs = severity.sample(generator, int(numbers.sum()))
        total += np.bincount(np.repeat(np.arange(persons), numbers), costs, minlength=persons)
    paid = np.asarray(formula(total))
    mean, variance = payment_of_services([6.0, 0.3], spread, [VISITS, stays], formula)
    assert abs(paid.mean() - mean) < 3.0 * math.sqrt(variance / persons)
    assert payment_of_services([0.0, 0.0], 1.0, [VISITS, stays], formula) == (0.0, 0.0)
    with pytest.raises(ValueError, match="every service"):
        payment_of_services([1.0], 1.0, [VISITS, stays], formula)


def test_a_mixture_has_the_moments_of_its_parts() -> None:
    mixture = MixedSeverity((3.0, 1.0), (Exponential(100.0), Exponential(500.0)))
    assert mixture.mean() == pytest.approx(200.0)
    assert mixture.variance() == pytest.approx(0.75 * 2e4 + 0.25 * 5e5 - 4e4)
    with pytest.raises(ValueError, match="weight"):
        MixedSeverity((1.0,), (VISITS, VISITS))
    with pytest.raises(ValueError, match="weights"):
        MixedSeverity((0.0, 0.0), (VISITS, VISITS))


@pytest.mark.parametrize(
    "formula",
    [
        BenefitFormula(100.0, ((0.0, 0.8),)), BenefitFormula(0.0, ((0.0, 0.5), (1000.0, 0.9))),
        BenefitFormula(100.0, ((50.0, 0.8),)), BenefitFormula(500.0, ((0.0, 0.8),)),
        BenefitFormula(10.0, ((0.0, 1.0),)), BenefitFormula(100.0, ((0.0, 0.2), (150.0, 1.0))),
    ],
)  # fmt: skip
def test_nobody_bears_more_than_the_limit(formula: BenefitFormula) -> None:
    costs = np.linspace(0.0, 20_000.0, 4001)
    limited = with_copayment_limit(formula, 300.0)
    borne = costs - np.asarray(formula(costs))
    assert costs - np.asarray(limited(costs)) == pytest.approx(np.minimum(borne, 300.0), abs=1e-8)
    with pytest.raises(ValueError, match="positive"):
        with_copayment_limit(formula, 0.0)


def test_layers_act_on_what_is_left() -> None:
    basic = BenefitFormula(1000.0, ((0.0, 0.7),), 70_000.0)
    catastrophic = BenefitFormula(15_000.0, ((0.0, 0.6), (20_000.0, 0.7)))
    assistance = BenefitFormula(3000.0, ((0.0, 0.5),), 30_000.0)
    costs = np.linspace(0.0, 400_000.0, 8001)
    left = costs.copy()
    for layer, formula in zip(
        layers([basic, catastrophic, assistance]), (basic, catastrophic, assistance), strict=True
    ):
        paid = np.asarray(formula(left))
        assert np.asarray(layer(costs)) == pytest.approx(paid, abs=1e-6)
        left -= paid
    with pytest.raises(ValueError, match="at least one"):
        layers([])


def test_two_matched_moments_are_close() -> None:
    """The stated error of the fast form: 13 % of the expected payment."""
    worst = 0.0
    for severity in (Lognormal.from_mean_cv(1.0, 1.8), Gamma.from_mean_cv(1.0, 1.0)):
        for spread in (0.3, 1.0, 2.0):
            for count in (0.05, 1.0, 6.0, 20.0):
                for formula in (
                    BenefitFormula(0.5, ((0.0, 0.8),), 20.0),
                    BenefitFormula(4.0, ((0.0, 0.65),), 20.0),
                ):
                    exact, _ = payment(count, spread, severity, formula)
                    fast = float(matched_payment(count, spread, severity, formula))
                    worst = max(worst, abs(fast / exact - 1.0))
    assert 0.1 < worst < 0.13
    counts = np.array([[0.0, 1.0], [2.0, 3.0]])
    assert matched_payment(counts, 1.0, VISITS, OUTPATIENT).shape == (2, 2)
    assert matched_payment(counts, 1.0, VISITS, OUTPATIENT)[0, 0] == 0.0
    with pytest.raises(ValueError, match="finite variance"):
        matched_payment(counts, 1.0, Pareto(1.5, 100.0), OUTPATIENT)
