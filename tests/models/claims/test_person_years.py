"""Deductible, limit and ceiling of a person's year, and deductibles by the number of the stay."""

from collections.abc import Callable
from dataclasses import replace
from math import exp, factorial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_rules import PersonRule
from fundpool.actuarial.person_year import payment
from fundpool.actuarial.severity import Empirical, Exponential, Lognormal
from fundpool.inputs.case import Case, check_case, read_case
from fundpool.models.claims.benefits import class_frequency
from fundpool.models.claims.person_years import NODES, _nodes, payments_for_a_claim
from fundpool.models.claims.terms import claim_tables, payments_of_scheme
from fundpool.models.projection.study import study
from fundpool.models.terms.years import year_terms
from tests.cases.small import SmallCase, small_case

pytestmark = pytest.mark.plain

HALF = BenefitFormula(800.0, ((0.0, 0.5),), ceiling=1_400.0)
YEAR = PersonRule("year", (HALF,), 0.0)
LIMITED = PersonRule("year", (HALF,), 0.0, copayment_limit=1_500.0)
STAYS = PersonRule(
    "stay", tuple(BenefitFormula(amount, ((0.0, 0.5),)) for amount in (600.0, 300.0, 0.0)), 0.0
)
CAPPED = replace(STAYS, annual_ceiling=900.0)
PAID: dict[str, tuple[PersonRule, Callable[[int], float]]] = {
    # claims of 1,000 each: paid in a year with none, one, two ... of them
    "year": (YEAR, lambda n: min(max(1_000.0 * n - 800.0, 0.0) * 0.5, 1_400.0)),
    "limit": (LIMITED, lambda n: (0.0, 100.0, 600.0, 1_400.0)[min(n, 3)]),  # 3,000 - 1,500 > 1,400
    "stay": (STAYS, lambda n: (0.0, 200.0, 550.0)[min(n, 2)] + 500.0 * max(n - 2, 0)),
    "ceiling": (CAPPED, lambda n: (0.0, 200.0, 550.0, 900.0)[min(n, 3)]),
}


@pytest.mark.parametrize("kind", list(PAID))
def test_persons_years_by_hand(kind: str) -> None:
    """A Poisson number of claims of 1,000 each: the sum over their number."""
    rule, paid = PAID[kind]
    mean, variance = rule.payment(1.5, Empirical([1_000.0], [1.0]))
    chance = [exp(-1.5) * 1.5**n / factorial(n) for n in range(60)]
    by_hand = sum(p * paid(n) for n, p in enumerate(chance))
    square = sum(p * paid(n) ** 2 for n, p in enumerate(chance))
    assert mean == pytest.approx(by_hand, rel=1e-9)
    assert variance == pytest.approx(square - by_hand**2, rel=1e-7)


RULES = {
    "year": PersonRule("year", (BenefitFormula(1_500.0, ((0.0, 0.7),), 40_000.0),), 0.8),
    "limit": PersonRule("year", (BenefitFormula(1_500.0, ((0.0, 0.7),), 40_000.0),), 0.8, 5_000.0),
    "stay": PersonRule(
        "stay", tuple(BenefitFormula(d, ((0.0, 0.7),), 40_000.0) for d in (1_500.0, 900.0, 300.0)),
        0.8,
    ),
}  # fmt: skip
RULES["ceiling"] = replace(RULES["stay"], annual_ceiling=15_000.0)


@pytest.mark.parametrize("kind", list(RULES))
def test_two_hundred_thousand_persons(kind: str) -> None:
    """Stays and costs drawn person by person; the mean within three standard errors."""
    rule, rng, persons = RULES[kind], np.random.default_rng(20), 200_000
    severity, expected = Lognormal.from_mean_cv(9_000.0, 1.2), 0.9
    factor = rng.gamma(1.0 / rule.dispersion, rule.dispersion, persons)
    stays = rng.poisson(expected * factor)
    person = np.repeat(np.arange(persons), stays)
    costs = rng.lognormal(severity.mu, severity.sigma, person.size)
    if rule.per == "stay":
        first = np.concatenate([[0], np.cumsum(stays)[:-1]])
        number = np.minimum(np.arange(person.size) - first[person], len(rule.formulas) - 1)
        each = np.choose(number, [formula(costs) for formula in rule.formulas])
        paid = np.minimum(np.bincount(person, each, persons), rule.annual_ceiling)
    else:
        total = np.bincount(person, costs, persons)
        paid = np.asarray(rule.formulas[0](total))
        if rule.copayment_limit is not None:  # the ceiling still holds
            borne = np.minimum(total - np.minimum(paid, total), rule.copayment_limit)
            paid = np.minimum(np.maximum(total - borne, paid), rule.formulas[0].ceiling)
    mean, variance = rule.payment(expected, severity)
    error = np.sqrt(variance / persons)
    assert abs(paid.mean() - mean) < 3.0 * error
    assert paid.std() == pytest.approx(np.sqrt(variance), rel=0.02)


def test_weights_between_the_nodes_are_those_of_scipy() -> None:
    """At prices between, at a node itself and at equal prices, for a function of one's own."""
    prices = np.exp(np.linspace(-0.4, 0.6, 25))
    # NODES of them, and the ends of their range
    angles = (2 * np.arange(NODES) + 1) * np.pi / (2 * NODES)
    prices[:NODES] = np.exp(0.1 + 0.5 * np.cos(angles))
    prices[-1], prices[-2], prices[-3] = np.exp(-0.4), np.exp(0.6), prices[3]
    nodes, between, place = _nodes(prices.tobytes())
    values = np.sin(3.0 * nodes) + 2.0
    assert between is not None
    assert nodes.size == NODES
    by_scipy = BarycentricInterpolator(np.log(nodes), values)(np.log(prices))
    assert (between @ values)[place] == pytest.approx(by_scipy, rel=1e-13)


def test_prices_between_the_nodes() -> None:
    """Interpolated prices against each computed by itself; no more than the stated 2e-4."""
    prices, cost = np.geomspace(0.5, 2.0, 24), Lognormal.from_mean_cv(9_000.0, 1.5)
    for rule in (RULES["limit"].of_fund(), RULES["stay"].of_fund()):
        for order in (1, 2):
            got = payments_for_a_claim(rule, (0.4, 0.1), cost, prices, order)
            single = [
                payments_for_a_claim(rule, (0.4, 0.1), cost, np.array([price]), order)[0]
                for price in prices
            ]
            assert got == pytest.approx(np.array(single), rel=2e-4)
            again = payments_for_a_claim(rule, (0.4, 0.1), cost, prices, order)
            assert np.array_equal(got, again)  # nodes are not taken in a random order


def paid_by(folder: Path, **benefit: Any) -> Case:
    """The worked example with the employee scheme's outpatient benefit changed.

    That of the resident scheme, which pays for the same people, acts on the same period.
    """
    made: SmallCase = small_case()
    made.schemes["employee"]["benefits"]["outpatient"] |= benefit
    made.schemes["resident"]["benefits"]["outpatient"] |= {
        key: benefit[key] for key in ("per", "dispersion") if key in benefit
    }
    return read_case(made.write(folder / "case"))


def test_in_the_claims_of_a_case(tmp_path: Path) -> None:
    """Two claims a year of 1,000 at the price of each place, exponential."""
    case = paid_by(tmp_path, per="year", deductible=800.0, ceiling=1_400.0, dispersion=0.5)
    tables, terms = claim_tables(case), year_terms(case, 2020)
    paid = payments_of_scheme(tables, terms.schemes[0], tables.price)
    formula = BenefitFormula(800.0, ((0.0, 0.8),), 1_400.0)
    for site, form in enumerate((formula, formula.with_offsite_penalty(0.1))):
        for place, price in enumerate((1.0, 1.5)):
            mean, variance = payment(2.0, 0.5, Exponential(1_000.0 * price), form)
            assert paid[0, site, 0, 0, place] == pytest.approx(mean / 2.0)
    second = payments_of_scheme(tables, terms.schemes[0], tables.price, order=2)
    assert second[0, 1, 0, 0, 1] == pytest.approx(variance / 2.0)


def test_without_amounts_years_and_claims_pay_alike(tmp_path: Path) -> None:
    flows = [
        study(paid_by(tmp_path / per, per=per), 2).flows.claims_incurred
        for per in ("claim", "year")
    ]
    np.testing.assert_allclose(flows[0], flows[1], rtol=1e-9)


def test_people_of_a_class_differ(tmp_path: Path) -> None:
    """Men of 30 with 2 claims and as many of 40 with 6: 4 on average, varying by a quarter."""
    made = small_case()
    people, often = made.tables["population"], made.tables["morbidity"]
    of_40 = (people["sex"] == "male") & (people["age"] == 40)
    people.loc[of_40, "persons"] = [1_000.0, 1_200.0]
    often.loc[often["age"] == 40, "frequency"] = 6.0
    case = read_case(made.write(tmp_path / "case"))
    assert class_frequency(case).of([0], 0) == pytest.approx((4.0, 4.0 / 16.0))
    rule, cost = RULES["year"], Exponential(1_000.0)
    wide = rule.payment(4.0, cost, 0.25)
    assert wide == payment(4.0, 1.8 * 1.25 - 1.0, cost, rule.formulas[0])


@pytest.mark.parametrize(
    ("benefit", "path"),
    [
        ({"per": "month"}, "benefits.outpatient.per"),
        ({"copayment_limit": 500.0}, "benefits.outpatient.copayment_limit"),
        ({"per": "year", "copayment_limit": 0.0}, "benefits.outpatient.copayment_limit"),
        ({"per": "year", "later_deductibles": [1.0]}, "benefits.outpatient.later_deductibles"),
        ({"per": "stay"}, "benefits.outpatient.later_deductibles"),
        ({"per": "year", "annual_ceiling": 9.0}, "benefits.outpatient.annual_ceiling"),
        ({"per": "stay", "later_deductibles": [1.0]}, "benefits.outpatient.later_deductibles"),
        ({"per": "year", "dispersion": -0.1}, "benefits.outpatient.dispersion"),
    ],
)
def test_benefits_that_cannot_stand(benefit: dict[str, Any], path: str, tmp_path: Path) -> None:
    made = small_case()
    made.schemes["employee"]["benefits"]["outpatient"] |= benefit
    assert path in [finding.column for finding in check_case(made.write(tmp_path / "case"))]
