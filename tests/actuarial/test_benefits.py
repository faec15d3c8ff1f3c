"""Benefit formulas against a claim-by-claim calculation, and coordination of two funds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from fundpool.actuarial.benefits import BenefitFormula, coordinate, expected_payment_grid
from fundpool.actuarial.severity import Empirical, Gamma, Lognormal, Pareto

RULES = ("remaining_cost", "non_duplication", "sequential")


def paid_by_hand(cost: float, formula: BenefitFormula) -> float:
    """Walk through the bands one after the other."""
    left = max(cost - formula.deductible, 0.0)
    total = 0.0
    starts = [start for start, _ in formula.bands] + [float("inf")]
    for number, (start, rate) in enumerate(formula.bands):
        total += rate * max(min(left, starts[number + 1]) - start, 0.0)
    return min(total, formula.ceiling)


@st.composite
def formulas(draw: st.DrawFn) -> BenefitFormula:
    deductible = draw(st.sampled_from([0.0, 100.0, 1500.0]))
    starts = sorted(draw(st.sets(st.integers(0, 50), min_size=1, max_size=4)))
    bands = tuple((float(100 * s), draw(st.integers(0, 100)) / 100) for s in starts)
    ceiling = draw(st.sampled_from([float("inf"), 0.0, 750.0, 20_000.0]))
    return BenefitFormula(deductible, bands, ceiling)


def test_a_claim_by_hand() -> None:
    """Cost 20,500 less 500; 70 % of 10,000 and 80 % of the other 10,000: 15,000."""
    formula = BenefitFormula(deductible=500, bands=((0, 0.7), (10_000, 0.8)), ceiling=50_000)
    assert formula(20_500) == pytest.approx(15_000)
    assert formula(400) == 0.0
    assert formula(1e6) == 50_000


@given(formulas(), st.lists(st.floats(0, 1e5), min_size=1, max_size=20))
@settings(deadline=None, max_examples=150, derandomize=True)
def test_against_a_payment_worked_out_step_by_step(
    formula: BenefitFormula, costs: list[float]
) -> None:
    paid = np.asarray(formula(costs))
    assert paid == pytest.approx([paid_by_hand(c, formula) for c in costs], abs=1e-6)
    assert (paid <= np.array(costs) + 1e-9).all()
    table = Empirical(costs)
    assert formula.expected_payment(table) == pytest.approx(paid.mean(), abs=1e-6)


@pytest.mark.parametrize("severity", [Lognormal(8.0, 1.0), Gamma(1.3, 3000.0)])
def test_expectation_by_integration(severity: Lognormal) -> None:
    formula = BenefitFormula(800, ((0, 0.6), (5000, 0.85)), 12_000)
    form = formula.breakpoints()
    # E[b(X)] = integral of b'(x) P(X > x)
    total = 0.0
    for number, (knot, slope) in enumerate(zip(form.knots, form.slopes, strict=True)):
        end = form.knots[number + 1] if number + 1 < len(form.knots) else knot
        area = integrate.quad(lambda x: 1.0 - float(severity.cdf(x)), knot, end, limit=400)[0]
        total += slope * area
    assert formula.expected_payment(severity) == pytest.approx(total, rel=1e-6)


def test_grid_is_the_scaled_severity() -> None:
    formula, severity = BenefitFormula(800, ((0, 0.6),), 9000), Lognormal(8.0, 1.0)
    scales = np.array([0.5, 1.0, 2.5])
    grid = np.asarray(expected_payment_grid(formula, severity, scales))
    assert grid == pytest.approx(
        [formula.expected_payment(severity.scaled(float(s))) for s in scales]
    )


@given(formulas(), formulas(), st.sampled_from(RULES), st.lists(st.floats(0, 1e5), min_size=1))
@settings(deadline=None, max_examples=200, derandomize=True)
def test_two_funds_never_pay_more_than_the_cost(
    first: BenefitFormula, second: BenefitFormula, rule: str, costs: list[float]
) -> None:
    one, added = coordinate(first, second, rule=rule)
    for cost in costs:
        b1, b2 = paid_by_hand(cost, first), paid_by_hand(cost, second)
        expected = {
            "remaining_cost": min(b2, cost - b1),
            "non_duplication": max(0.0, b2 - b1),
            "sequential": paid_by_hand(cost - b1, second),
        }[rule]
        assert float(one(cost)) == pytest.approx(b1, abs=1e-6)
        assert float(added(cost)) == pytest.approx(expected, abs=1e-5)
        assert float(one(cost)) + float(added(cost)) <= cost + 1e-6


@given(
    formulas(), formulas(), st.sampled_from(RULES), st.integers(0, 100),
    st.lists(st.floats(0, 1e5), min_size=1),
)  # fmt: skip
@settings(deadline=None, max_examples=200, derandomize=True)
def test_a_quota_binds_the_second_fund(
    first: BenefitFormula, second: BenefitFormula, rule: str, percent: int, costs: list[float]
) -> None:
    """The second pays what the rule allows, but no more than the quota leaves over."""
    quota = percent / 100
    one, added = coordinate(first, second, rule=rule, quota=quota)
    _, free = coordinate(first, second, rule=rule)
    for cost in costs:
        room = max(quota * cost - float(one(cost)), 0.0)
        assert float(added(cost)) == pytest.approx(min(float(free(cost)), room), abs=1e-4)
        assert float(one(cost)) + float(added(cost)) <= cost + 1e-4


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("quota", [1.0, 0.85])
def test_composed_formulas_against_simulation(rule: str, quota: float) -> None:
    """Expected payments of both funds within four standard errors of 400,000 claims."""
    cost = Lognormal.from_mean_cv(9_000.0, 1.5)
    first = BenefitFormula(700, ((0, 0.6), (20_000, 0.8)), 60_000)
    second = BenefitFormula(300, ((0, 0.7),), 40_000)
    claims = np.random.default_rng(11).lognormal(cost.mu, cost.sigma, 400_000)
    for payment in coordinate(first, second, rule=rule, quota=quota):
        paid = np.asarray(payment(claims))
        error = paid.std() / np.sqrt(paid.size)
        assert abs(paid.mean() - payment.expected_payment(cost)) < 4 * error


def test_variants() -> None:
    formula = BenefitFormula(100, ((0, 0.05), (1000, 0.8)), 500)
    assert formula.with_offsite_penalty(0.1).bands == ((0.0, 0.0), (1000.0, pytest.approx(0.7)))
    assert formula.with_rate(0.5).bands == ((0.0, 0.5),)
    double = formula.indexed(2.0)
    assert float(double(4000.0)) == pytest.approx(2 * float(formula(2000.0)))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"deductible": -1.0}, "deductible"),
        ({"deductible": float("inf")}, "finite"),
        ({"ceiling": -1.0}, "ceiling"),
        ({"bands": ()}, "at least one band"),
        ({"bands": ((0, 1.2),)}, "exceed 1"),
        ({"bands": ((0, -0.2),)}, "rate"),
        ({"bands": ((5, 0.2), (5, 0.3))}, "ascend"),
        ({"bands": (0.8,)}, "pairs"),
    ],
)
def test_bad_formulas(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        BenefitFormula(**arguments)  # type: ignore[arg-type]


def test_other_refusals() -> None:
    formula = BenefitFormula()
    with pytest.raises(ValueError, match="rule of coordination"):
        coordinate(formula, formula, rule="first_come")
    with pytest.raises(ValueError, match="penalty"):
        formula.with_offsite_penalty(1.5)
    with pytest.raises(ValueError, match="index"):
        formula.indexed(0.0)
    with pytest.raises(ValueError, match="cost"):
        formula(-1.0)
    with pytest.raises(ValueError, match="scales"):
        expected_payment_grid(formula, Lognormal(1, 1), 0.0)


def test_a_ceiling_bounds_a_cost_without_a_mean() -> None:
    """Pareto (Lomax) of shape 0.8: no mean, but ``0.8 LEV(125)`` with LEV in closed form."""
    shape, scale, limit = 0.8, 100.0, 125.0
    lev = scale / (shape - 1) * (1 - (scale / (limit + scale)) ** (shape - 1))
    severity = Pareto(shape, scale)
    assert BenefitFormula(ceiling=100).expected_payment(severity) == pytest.approx(0.8 * lev)
    assert BenefitFormula().expected_payment(severity) == float("inf")
