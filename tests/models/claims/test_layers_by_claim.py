"""Layers above a benefit by claim or by stay: on a person's year of what it leaves to pay."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, nbinom, poisson

from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.benefit_layers import composed, left_by
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.layers_above import layer_payment
from fundpool.actuarial.person_rules import OWN_FUND, PersonLayer, PersonRule
from fundpool.actuarial.severity import Empirical, Exponential, Gamma, Lognormal
from fundpool.inputs.case import Case, check_case, read_case
from fundpool.models.axes.statuses import DUAL
from fundpool.models.claims import compiled, year
from fundpool.models.flows import opening_year
from fundpool.models.flows.years import OpeningYear
from fundpool.models.population.preparation import prepare
from tests.cases.small import SmallCase
from tests.models.claims.test_layers import layered

pytestmark = pytest.mark.plain

BASIC = BenefitFormula(1_000.0, ((0.0, 0.5),), ceiling=3_000.0)
LATER = BenefitFormula(200.0, ((0.0, 0.7),), ceiling=3_000.0)
MAJOR = BenefitFormula(1_500.0, ((0.0, 0.6), (2_000.0, 0.8)))
AID = BenefitFormula(0.0, ((0.0, 0.5),), ceiling=1_000.0)
LAYERS = (PersonLayer("major", MAJOR), PersonLayer("aid", AID, 0.25))
FIRST = {"claim": (BASIC,), "stay": (BASIC, LATER)}


def paid_above(left: FloatArray) -> FloatArray:
    """What the two layers pay of sums left ``(...)``, to who has both, ``(2, ...)``; by hand."""
    above = np.maximum(left - 1_500.0, 0.0)
    major = 0.6 * np.minimum(above, 2_000.0) + 0.8 * np.maximum(above - 2_000.0, 0.0)
    return np.array([major, np.minimum(0.5 * (left - major), 1_000.0)])


def left_of_stay(number: int, cost: float, per: str) -> float:
    """What the benefit leaves of a claim; ``number`` counts from 0."""
    later = per == "stay" and number > 0
    deductible, rate = (200.0, 0.7) if later else (1_000.0, 0.5)
    return cost - min(rate * max(cost - deductible, 0.0), 3_000.0)


@pytest.mark.parametrize("per", ["claim", "stay"])
@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_every_year_of_a_small_case(per: Any, spread: float) -> None:
    """Years of up to 30 claims that cost 900 or 9,000: the first, and how many more are dear."""
    expected, values, weights = 0.4, (900.0, 9_000.0), (0.8, 0.2)
    count: Any = poisson(expected)
    if spread > 0:
        count = nbinom(1.0 / spread, 1.0 / (1.0 + spread * expected))
    sums = np.zeros((2, 2))
    for claims in range(1, 31):
        more = binom.pmf(np.arange(claims), claims - 1, weights[1]) * count.pmf(claims)
        for first, dear in product(range(2), range(claims)):
            chance = weights[first] * float(more[dear])
            costs = [values[first], *[values[1]] * dear, *[values[0]] * (claims - 1 - dear)]
            left = sum(left_of_stay(n, cost, per) for n, cost in enumerate(costs))
            paid = paid_above(np.array(left))
            sums += chance * np.array([paid, paid**2])
    rule = PersonRule(per, FIRST[per], spread, layers=(LAYERS[0], PersonLayer("aid", AID)))
    severity = Empirical(list(values), list(weights))
    for number, fund in enumerate(("major", "aid")):
        mean, variance = rule.payment(expected, severity, fund=fund)
        assert mean == pytest.approx(sums[0, number], rel=1e-5)
        assert variance + mean**2 == pytest.approx(sums[1, number], rel=1e-5)


@pytest.mark.parametrize("per", ["claim", "stay"])
def test_two_hundred_thousand_persons(per: Any) -> None:
    """Means within three standard errors of persons drawn one by one."""
    rng, persons = np.random.default_rng(12), 200_000
    severity = Lognormal.from_mean_cv(2_500.0, 1.3)
    stays = rng.poisson(0.9 * rng.gamma(1.0 / 0.7, 0.7, persons))
    costs = rng.lognormal(severity.mu, severity.sigma, stays.sum())
    person = np.repeat(np.arange(persons), stays)
    number = np.arange(person.size) - np.repeat(np.cumsum(stays) - stays, stays)
    later = (number > 0) & (per == "stay")
    basic = np.where(later, np.asarray(LATER(costs)), np.asarray(BASIC(costs)))
    paid = paid_above(np.bincount(person, costs - basic, persons))
    paid[1] *= rng.random(persons) < 0.25
    rule = PersonRule(per, FIRST[per], 0.7, layers=LAYERS)
    for fund, each in zip(("major", "aid"), paid, strict=True):
        mean, variance = rule.payment(0.9, severity, fund=fund)
        assert abs(each.mean() - mean) < 3.0 * np.sqrt(variance / persons)
        fourth = float(((each - each.mean()) ** 4).mean())
        assert abs(each.var() - variance) < 3.0 * np.sqrt((fourth - each.var() ** 2) / persons)
    own = np.bincount(person, basic, persons)
    mean, variance = rule.payment(0.9, severity, fund=OWN_FUND)
    assert abs(own.mean() - mean) < 3.0 * np.sqrt(variance / persons)


@pytest.mark.parametrize("count", [0.05, 1.0, 8.0])
def test_by_claim_as_by_stay_where_stays_are_paid_alike(count: float) -> None:
    """Two ways to the same sum: a compound sum, and a nested transform."""
    cost = Gamma.from_mean_cv(4_000.0, 2.0)
    one = layer_payment(count, 0.7, cost, [BASIC], MAJOR)
    assert layer_payment(count, 0.7, cost, [BASIC, BASIC], MAJOR) == pytest.approx(one, rel=1e-6)


def test_a_benefit_that_leaves_nothing_or_everything() -> None:
    full, nothing = BenefitFormula(bands=((0.0, 1.0),)), BenefitFormula(bands=((0.0, 0.0),))
    cost = Exponential(2_000.0)
    assert layer_payment(2.0, 0.5, cost, [full], MAJOR) == (0.0, 0.0)
    assert layer_payment(2.0, 0.5, cost, [full, full], MAJOR) == (0.0, 0.0)
    alone = PersonRule("year", (MAJOR,), 0.5).payment(2.0, cost)
    assert layer_payment(2.0, 0.5, cost, [nothing], MAJOR) == pytest.approx(alone, rel=1e-6)
    assert layer_payment(0.0, 0.5, cost, [BASIC], MAJOR) == (0.0, 0.0)


@pytest.mark.parametrize("per", ["claim", "stay"])
def test_a_layer_below_the_deductible_and_one_that_nobody_reaches(per: Any) -> None:
    """The patient's first 1,000 are covered; beyond 60,000 next to nothing is left."""
    low = PersonLayer("major", BenefitFormula(0.0, ((0.0, 1.0),), ceiling=100.0))
    far = PersonLayer("aid", BenefitFormula(60_000.0, ((0.0, 0.6),), 50_000.0))
    rule = PersonRule(per, FIRST[per], 0.5, layers=(low, far))
    cost = Gamma.from_mean_cv(165.0, 1.0)
    assert 0.0 < rule.payment(3.35, cost, fund="major")[0] < 100.0
    mean, variance = rule.payment(3.35, cost, fund="aid")
    assert 0.0 <= mean < 1e-3
    assert variance >= 0.0


def test_one_payment_after_another() -> None:
    """At every cost, the layer on what a benefit with a full band leaves."""
    basic = BenefitFormula(100.0, ((0.0, 0.5), (900.0, 1.0)), ceiling=5_000.0)
    left = left_by([basic])
    costs = np.linspace(0.0, 20_000.0, 4_001)
    np.testing.assert_allclose(
        np.asarray(composed(MAJOR, left)(costs)), np.asarray(MAJOR(left(costs))), atol=1e-8
    )
    np.testing.assert_allclose(np.asarray(left(costs)), costs - basic(costs), atol=1e-8)


def by_claim(per: str = "claim") -> SmallCase:
    """The layered case with basic benefits by claim; those of a scheme without dual by stay."""
    made = layered()
    for name in ("employee", "resident"):
        benefit = made.schemes[name]["benefits"]["outpatient"]
        benefit |= {"per": per}
        if per == "stay":
            benefit |= {"later_deductibles": [250.0]}
    if per == "stay":
        for name in ("employee", "resident"):
            for key in ("statuses_covered", "statuses_paying"):
                listed = made.schemes[name][key]
                made.schemes[name][key] = [s for s in listed if name == "employee" or s != "dual"]
    return made


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(by_claim().write(tmp_path_factory.mktemp("layers") / "case"))


@pytest.fixture(scope="module")
def opening(case: Case) -> OpeningYear:
    return opening_year(prepare(case))


@pytest.mark.parametrize("module", [year, compiled])
def test_every_yuan_is_paid_by_someone(module: Any, opening: OpeningYear) -> None:
    """Own shares and all funds make up the cost; those of employees by the formulas themselves."""
    claims = module.claims_of_year(opening.people.exposure, opening.terms, opening.people.register)
    by_fund = claims.settlement.sum(axis=(1, 2))
    assert (by_fund > 0.0).all()
    assert by_fund.sum() == pytest.approx(claims.paid.sum() + claims.paid_second.sum())
    own_share = claims.cost - claims.paid - claims.paid_second
    assert (own_share > -1e-6).all()
    basic = BenefitFormula(500.0, ((0.0, 0.8),), 4_000.0)
    above = (PersonLayer("major", BenefitFormula(800.0, ((0.0, 0.6),))),
             PersonLayer("aid", BenefitFormula(0.0, ((0.0, 0.5),)), 0.2))  # fmt: skip
    rule, cost = PersonRule("claim", (basic,), 0.5, layers=above), Exponential(1_000.0)
    paid = sum(rule.payment(2.0, cost, fund=fund)[0] for fund in (OWN_FUND, "major", "aid"))
    local = np.flatnonzero(opening.terms.pairs.tie == 0)[0]
    employees = opening.people.persons[local, 3]
    assert own_share[local, 3] == pytest.approx(employees * (2_000.0 - paid), rel=1e-5)
    assert claims.paid_second[:, DUAL].sum() > 0.0


def test_the_basic_benefit_is_paid_as_without_layers(case: Case, tmp_path: Path) -> None:
    made = by_claim()
    for name in ("employee", "resident"):
        made.schemes[name]["benefits"]["outpatient"] |= {"layers": []}
    made.settings["schemes"] = ["employee", "resident"]
    made.tables["fund_balances"] = made.tables["fund_balances"][
        lambda rows: rows["scheme"].isin(["employee", "resident"])
    ]
    del made.tables["subsidies"], made.settings["tables"]["subsidies"]
    for name in ("major", "aid"):
        del made.schemes[name]
    bare = opening_year(prepare(read_case(made.write(tmp_path / "case"))))
    full = opening_year(prepare(case))
    assert bare.terms.payments.tobytes() == full.terms.payments[:2].tobytes()
    assert bare.terms.together.tobytes() == full.terms.together.tobytes()
    assert np.isfinite(full.terms.layers[0].payments).all()


def test_double_cover_is_left_what_both_leave(opening: OpeningYear) -> None:
    """A layer of the first scheme pays less for who has two than for who has it alone."""
    layer = opening.terms.layers[0]
    local, home = (opening.base.schemes[number].benefits for number in range(2))
    assert len(local.formulas) == len(home.formulas) == 1
    at_home = np.s_[0, 0, 0, :, 0]
    both = layer.together[0, 0, 0, 0, 0, 0, 0, 0]
    alone = layer.payments[at_home][0, 0]
    assert 0.0 < both < alone
    assert not layer.together[1].any()


def test_by_stay_in_a_case(tmp_path: Path) -> None:
    opening = opening_year(prepare(read_case(by_claim("stay").write(tmp_path / "case"))))
    asked = opening.people.exposure, opening.terms, opening.people.register
    one, other = year.claims_of_year(*asked), compiled.claims_of_year(*asked)
    for name in ("settlement", "by_distance", "paid", "paid_second"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)
    assert (one.settlement.sum(axis=(1, 2)) > 0.0).all()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"layers": [{"threshold": 1.0, "bands": [[0, 0.5]]}]},
         "benefits.outpatient.layers.0.fund"),
        ({"layers": [{"fund": "resident", "threshold": 1.0, "bands": [[0, 0.5]]}]},
         "benefits.outpatient.layers.0.fund"),
        ({"dispersion": 0.1}, "benefits.outpatient.per"),
        ({"per": "stay", "later_deductibles": [1.0], "annual_ceiling": 9_000.0},
         "benefits.outpatient.annual_ceiling"),
        ({"copayment_limit": 100.0}, "benefits.outpatient.copayment_limit"),
    ],
)  # fmt: skip
def test_layers_that_cannot_stand(changes: dict[str, Any], path: str, tmp_path: Path) -> None:
    made = by_claim()
    made.schemes["resident"]["benefits"]["outpatient"] |= changes
    assert path in [finding.column for finding in check_case(made.write(tmp_path / "case"))]
