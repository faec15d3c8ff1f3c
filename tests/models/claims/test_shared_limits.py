"""One deductible, limit and ceiling of the year over several services."""

from math import exp, factorial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_rules import PersonRule
from fundpool.actuarial.person_year import MixedSeverity
from fundpool.actuarial.severity import Empirical, Exponential, Lognormal
from fundpool.inputs.case import check_case, read_case
from fundpool.models.claims.benefits import claims_under, class_frequency
from fundpool.models.claims.terms import claim_tables, payments_of_scheme
from fundpool.models.terms.years import year_terms
from tests.cases.small import SmallCase, small_case

pytestmark = pytest.mark.plain

YEAR = {"per": "year", "deductible": 900.0, "ceiling": 6_000.0, "dispersion": 0.6}
FORMULA = BenefitFormula(900.0, ((0.0, 0.8),), 6_000.0)


def with_hospitals(**shared: Any) -> SmallCase:
    """The worked example with inpatient care, 0.5 stays of 4,000, under one limit."""
    made = small_case()
    made.settings["services"] = ["outpatient", "inpatient"]
    for scheme in made.schemes.values():
        outpatient = scheme["benefits"]["outpatient"] | YEAR
        scheme["benefits"] = {
            "outpatient": outpatient,
            "inpatient": outpatient | {"shared_with": "outpatient"} | shared,
        }
    for name, column, value in (("morbidity", "frequency", 0.5), ("severity", "mean", 4_000.0),
                                ("treatment", "", 0.0)):  # fmt: skip
        table = made.tables[name]
        more = table.assign(service="inpatient")
        if column:
            more[column] = value
        made.tables[name] = pd.concat([table, more], ignore_index=True)
    return made


def test_two_services_by_hand() -> None:
    """Poisson numbers of claims of 1,000 and of 3,000: the sum over both numbers."""
    rule = PersonRule("year", (BenefitFormula(500.0, ((0.0, 0.5),), 3_000.0),), 0.0)
    mixed = MixedSeverity((1.2, 0.3), (Empirical([1_000.0], [1.0]), Empirical([3_000.0], [1.0])))
    mean, variance = rule.payment(1.5, mixed)
    first = second = 0.0
    for visits in range(25):
        for stays in range(15):
            chance = exp(-1.5) * 1.2**visits * 0.3**stays / factorial(visits) / factorial(stays)
            cost = 1_000.0 * visits + 3_000.0 * stays
            paid = min(0.5 * max(cost - 500.0, 0.0), 3_000.0)
            first, second = first + chance * paid, second + chance * paid**2
    assert mean == pytest.approx(first, rel=1e-7)
    assert variance == pytest.approx(second - first**2, rel=1e-6)


def test_two_hundred_thousand_persons() -> None:
    """Both numbers move with one factor of the person: within three standard errors."""
    rng, persons = np.random.default_rng(7), 200_000
    costs = Lognormal.from_mean_cv(300.0, 1.0), Lognormal.from_mean_cv(8_000.0, 1.2)
    rule = PersonRule("year", (FORMULA,), 0.6, copayment_limit=2_500.0)
    factor = rng.gamma(1.0 / 0.6, 0.6, persons)
    total = np.zeros(persons)
    for expected, cost in zip((3.0, 0.2), costs, strict=True):
        number = rng.poisson(expected * factor)
        each = rng.lognormal(cost.mu, cost.sigma, number.sum())
        total += np.bincount(np.repeat(np.arange(persons), number), each, persons)
    paid = np.asarray(FORMULA(total))
    paid = np.minimum(np.maximum(total - 2_500.0, paid), 6_000.0)
    mean, variance = rule.payment(3.2, MixedSeverity((3.0, 0.2), costs))
    assert abs(paid.mean() - mean) < 3.0 * np.sqrt(variance / persons)
    assert paid.std() == pytest.approx(np.sqrt(variance), rel=0.02)


def test_in_the_claims_of_a_case(tmp_path: Path) -> None:
    """What both services are paid adds up to the payment of the year; so does its variance."""
    case = read_case(with_hospitals().write(tmp_path / "case"))
    tables, terms = claim_tables(case), year_terms(case, 2020)
    mixed = MixedSeverity((2.0, 0.5), (Exponential(1_000.0), Exponential(4_000.0)))
    year = PersonRule("year", (FORMULA,), 0.6).payment(2.5, mixed)
    for order, expected in enumerate(year, start=1):
        paid = payments_of_scheme(tables, terms.schemes[0], tables.price, order)[0, 0, :, 0, 0]
        assert 2.0 * paid[0] + 0.5 * paid[1] == pytest.approx(expected, rel=1e-4)
        assert paid[1] / paid[0] == pytest.approx(4.0)


def test_people_of_a_class_differ_in_both(tmp_path: Path) -> None:
    """Men of 30 and as many of 40 with 2 and 6 visits, 0.5 and 1.5 stays: they rise together."""
    made = with_hospitals()
    people, often = made.tables["population"], made.tables["morbidity"]
    of_40 = (people["sex"] == "male") & (people["age"] == 40)
    people.loc[of_40, "persons"] = [1_000.0, 1_200.0]
    often.loc[often["age"] == 40, "frequency"] *= 3.0
    case = read_case(made.write(tmp_path / "case"))
    frequency = class_frequency(case)
    costs = ((Exponential(1_000.0),), (Exponential(4_000.0),))
    claims, cost, part = claims_under((0, 0), 1, 0, costs, frequency)
    assert claims == pytest.approx((5.0, 0.25))
    assert (cost.mean(), part) == pytest.approx((1_600.0, 2.5))


@pytest.mark.parametrize(
    ("shared", "path"),
    [
        ({"shared_with": "dental"}, "benefits.inpatient.shared_with"),
        ({"deductible": 100.0}, "benefits.inpatient.shared_with"),
        ({"per": "claim", "dispersion": 0.0}, "benefits.inpatient.shared_with"),
    ],
)
def test_limits_that_cannot_be_shared(shared: dict[str, Any], path: str, tmp_path: Path) -> None:
    found = check_case(with_hospitals(**shared).write(tmp_path / "case"))
    assert path in [finding.column for finding in found]


def test_a_region_changes_the_rule_of_both(tmp_path: Path) -> None:
    """A rule of a region stands with the service that leads; with the other it is refused."""
    made = with_hospitals()
    rows = [("employee", "ash", "deductible", "outpatient", 2020, 100.0)]
    columns = ["scheme", "region", "rule", "service", "year", "value"]
    made.tables["scheme_rules"] = pd.DataFrame(rows, columns=columns)
    made.settings["tables"]["scheme_rules"] = {"source": "worked example", "status": "assumed"}
    case = read_case(made.write(tmp_path / "case"))
    scheme = case.schemes[0]
    assert {scheme.benefit(s, "ash", 2020).deductible for s in case.services} == {100.0}
    assert {scheme.benefit(s, "birch", 2020).deductible for s in case.services} == {900.0}
    made.tables["scheme_rules"]["service"] = "inpatient"
    assert "service" in [f.column for f in check_case(made.write(tmp_path / "other"))]
