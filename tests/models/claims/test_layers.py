"""Layers above the basic benefit of a person's year, each paid by its own fund."""

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_rules import OWN_FUND, PersonLayer, PersonRule, together
from fundpool.actuarial.severity import Empirical, Exponential, Gamma, Lognormal
from fundpool.inputs.case import Case, check_case, read_case
from fundpool.models.axes.statuses import DUAL
from fundpool.models.claims import compiled, year
from fundpool.models.claims.terms import ClaimTerms
from fundpool.models.flows import opening_year
from fundpool.models.flows.years import OpeningYear
from fundpool.models.population.preparation import prepare
from fundpool.models.projection.study import study
from tests.cases.small import SmallCase, given, small_case

pytestmark = pytest.mark.plain

BASIC = BenefitFormula(1_000.0, ((0.0, 0.5),), ceiling=3_000.0)
CATASTROPHIC = BenefitFormula(1_500.0, ((0.0, 0.6), (2_000.0, 0.8)))
ASSISTANCE = BenefitFormula(0.0, ((0.0, 0.5),), ceiling=1_000.0)
RULE = PersonRule(
    "year", (BASIC,), 0.7,
    layers=(PersonLayer("major", CATASTROPHIC), PersonLayer("aid", ASSISTANCE, 0.25)),
)  # fmt: skip
FUNDS = (OWN_FUND, "major", "aid")


def by_hand(cost: float) -> tuple[float, float, float]:
    """What the three pay of a year's cost, for someone who has them all."""
    basic = min(0.5 * max(cost - 1_000.0, 0.0), 3_000.0)
    above = max(cost - basic - 1_500.0, 0.0)
    major = 0.6 * min(above, 2_000.0) + 0.8 * max(above - 2_000.0, 0.0)
    return basic, major, min(0.5 * (cost - basic - major), 1_000.0)


@pytest.mark.parametrize(
    ("cost", "paid"),
    [(800.0, (0.0, 0.0, 400.0)), (5_000.0, (2_000.0, 900.0, 1_000.0)),
     (9_000.0, (3_000.0, 3_200.0, 1_000.0))],
)  # fmt: skip
def test_a_year_by_hand(cost: float, paid: tuple[float, ...]) -> None:
    """A single claim of a known cost, in a year that has one for sure of those with any.

    Of 9,000 the basic benefit pays its ceiling; of the 6,000 left 4,500 lie above 1,500: 0.6 of
    2,000 and 0.8 of 2,500; of the last 2,800 half is more than 1,000.
    """
    assert by_hand(cost) == pytest.approx(paid)
    rare, severity = 1e-5, Empirical([cost], [1.0])
    for fund, each in zip(FUNDS, paid, strict=True):
        mean, square = RULE.payment(rare, severity, fund=fund)
        chance = 0.25 if fund == "aid" else 1.0
        assert mean / rare == pytest.approx(chance * each, rel=1e-3, abs=0.05)
        assert square / rare == pytest.approx(chance * each**2, rel=1e-3, abs=50.0)


def test_two_hundred_thousand_persons() -> None:
    """Every fund's mean within three standard errors of persons drawn one by one."""
    rng, persons = np.random.default_rng(11), 200_000
    severity = Lognormal.from_mean_cv(2_500.0, 1.3)
    stays = rng.poisson(0.9 * rng.gamma(1.0 / 0.7, 0.7, persons))
    costs = rng.lognormal(severity.mu, severity.sigma, stays.sum())
    total = np.bincount(np.repeat(np.arange(persons), stays), costs, persons)
    paid = np.array([by_hand(cost) for cost in total]).T
    paid[2] *= rng.random(persons) < 0.25
    for fund, each in zip(FUNDS, paid, strict=True):
        mean, variance = RULE.payment(0.9, severity, fund=fund)
        assert abs(each.mean() - mean) < 3.0 * np.sqrt(variance / persons)
        assert each.std() == pytest.approx(np.sqrt(variance), rel=0.02)


def test_one_fund_for_all() -> None:
    """Layers of the own fund are paid with the basic benefit: means add up, and so do squares."""
    own = PersonRule(
        "year", (BASIC,), 0.7,
        layers=tuple(PersonLayer(OWN_FUND, part.formula, part.share) for part in RULE.layers),
    )  # fmt: skip
    cost = Exponential(2_000.0)
    apart = sum(RULE.payment(1.0, cost, fund=fund)[0] for fund in FUNDS)
    assert own.payment(1.0, cost)[0] == pytest.approx(apart, rel=1e-5)
    mean, variance = own.payment(1e-5, Empirical([9_000.0], [1.0]))
    squares = 0.75 * 6_200.0**2 + 0.25 * 7_200.0**2
    assert (mean * 1e5, variance * 1e5) == pytest.approx((6_450.0, squares), rel=1e-4)


@pytest.mark.parametrize("home_first", [False, True])
def test_double_cover_of_a_year(home_first: bool) -> None:
    """Two years' rules by hand: the second pays the rest, layers are those of the first."""
    local = PersonRule("year", (BenefitFormula(0.0, ((0.0, 0.5),)),), 0.0, layers=RULE.layers[:1])
    home = PersonRule("year", (BenefitFormula(0.0, ((0.0, 0.3),)),), 0.0)
    both = together(local, home, "remaining_cost", 1.0, home_first)
    one, two = both.of_schemes()
    severity = Empirical([10_000.0], [1.0])
    paid = [rule.payment(1e-5, severity)[0] * 1e5 for rule in (one, two)]
    assert paid == pytest.approx([5_000.0, 3_000.0], rel=1e-4)
    major = both.of_schemes("major")[0].payment(1e-5, severity)[0] * 1e5
    assert major == pytest.approx(0.0 if home_first else 0.6 * 500.0, rel=1e-3)  # of the 2,000 left


def layered() -> SmallCase:
    """The worked example by year, a catastrophic fund and one of medical assistance above."""
    made = small_case()
    made.settings["schemes"] += ["major", "aid"]
    yearly = {"per": "year", "deductible": 500.0, "ceiling": 4_000.0, "dispersion": 0.5}
    for name in ("employee", "resident"):
        made.schemes[name]["benefits"]["outpatient"] |= yearly | {
            "layers": [
                {"fund": "major", "threshold": 800.0, "bands": [[0.0, 0.6]]},
                {"fund": "aid", "threshold": 0.0, "bands": [[0.0, 0.5]], "share": 0.2},
            ]
        }
    for name in ("major", "aid"):
        fund = made.schemes["resident"] | {
            "name": name, "title": f"Fund {name}", "statuses_paying": [], "statuses_covered": [],
            "rules": {"premium": given(0.0), "subsidy": given(0.0), "administration": given(0.0)},
            "benefits": {"outpatient": made.schemes["resident"]["benefits"]["outpatient"]
                         | {"per": "claim", "layers": [], "dispersion": 0.0}},
        }  # fmt: skip
        made.schemes[name] = fund
    made.tables["fund_balances"] = pd.concat(
        [
            made.tables["fund_balances"],
            pd.DataFrame({"region": ["ash", "birch"] * 2, "scheme": ["major"] * 2 + ["aid"] * 2,
                          "pooled_balance": 10_000.0, "account_balance": 0.0}),
        ]
    )  # fmt: skip
    made.tables["subsidies"] = pd.DataFrame(
        [("aid", "land", "state", 2020, "share_of_outgo", 1.0),
         ("major", "land", "state", 2020, "lump_sum", 600_000.0)],
        columns=["scheme", "region", "payer", "year", "basis", "value"],
    )  # fmt: skip
    made.settings["tables"]["subsidies"] = {"source": "worked example", "status": "assumed"}
    return made


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(layered().write(tmp_path_factory.mktemp("layers") / "case"))


@pytest.fixture(scope="module")
def opening(case: Case) -> OpeningYear:
    return opening_year(prepare(case))


@pytest.mark.parametrize("module", [year, compiled])
def test_every_yuan_is_paid_by_someone(module: Any, opening: OpeningYear) -> None:
    """Persons' own shares and all funds make up the cost of care that is claimed."""
    claims = module.claims_of_year(opening.people.exposure, opening.terms, opening.people.register)
    by_fund = claims.settlement.sum(axis=(1, 2))
    assert (by_fund > 0.0).all()
    assert by_fund.sum() == pytest.approx(claims.paid.sum() + claims.paid_second.sum())
    own_share = claims.cost - claims.paid - claims.paid_second
    assert (own_share > -1e-6).all()
    # what a person bears where all care is claimed on site, from the formulas themselves
    stayers = opening.terms.pairs.tie == 0
    local = np.flatnonzero(stayers)[0]
    cost = Exponential(1_000.0)
    rule = case_rule()
    paid = sum(rule.payment(2.0, cost, fund=fund)[0] for fund in ("", "major", "aid"))
    employees = opening.people.persons[local, 3]
    assert own_share[local, 3] == pytest.approx(employees * (2_000.0 - paid), rel=1e-5)
    assert claims.by_distance[2].sum(axis=(0, 1))[0, 0] > 0.0
    assert claims.paid_second[:, DUAL].sum() > 0.0


def case_rule() -> PersonRule:
    """The employee scheme's rule in that case."""
    return PersonRule(
        "year", (BenefitFormula(500.0, ((0.0, 0.8),), 4_000.0),), 0.5,
        layers=(PersonLayer("major", BenefitFormula(800.0, ((0.0, 0.6),))),
                PersonLayer("aid", BenefitFormula(0.0, ((0.0, 0.5),)), 0.2)),
    )  # fmt: skip


def test_two_layouts_of_code_agree(opening: OpeningYear) -> None:
    asked = opening.people.exposure, opening.terms, opening.people.register
    one, other = year.claims_of_year(*asked), compiled.claims_of_year(*asked)
    for name in (each.name for each in fields(one)):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)
    assert isinstance(opening.terms, ClaimTerms)


def test_in_the_accounts(case: Case) -> None:
    """Every fund's claims are those recorded; a full subsidy keeps the last fund where it was."""
    done = study(case, 2)
    money = (
        done.pooled("county")
        .funds.groupby(["scheme", "year"], as_index=False)
        .sum(numeric_only=True)
    )
    table = money[money["scheme"] == "aid"]
    assert (table["claims_incurred"] > 0.0).all()
    assert table["subsidies"].to_numpy() == pytest.approx(table["claims_paid"].to_numpy())
    assert math.isclose(
        float(money[money["scheme"] == "major"]["subsidies"].iloc[0]), 600_000.0, rel_tol=1e-9
    )


@pytest.mark.parametrize(
    ("scheme", "changes", "path"),
    [
        ("employee", {"layers": [{"fund": "majer", "threshold": 1.0, "bands": [[0, 0.5]]}]},
         "benefits.outpatient.layers.0.fund"),
        ("employee", {"layers": [{"threshold": 1.0, "bands": [[0, 1.5]]}]},
         "benefits.outpatient.layers.0"),
        ("employee", {"layers": [{"threshold": 1.0, "bands": [[0, 0.5]], "share": 1.5}]},
         "benefits.outpatient.layers.0.share"),
        ("major", {"layers": [{"threshold": 1.0, "bands": [[0, 0.5]]}]},
         "benefits.outpatient.layers.0.fund"),
        ("resident", {"per": "claim", "layers": []}, "benefits.outpatient.per"),
        ("resident", {"dispersion": 0.1}, "benefits.outpatient.per"),
    ],
)  # fmt: skip
def test_layers_that_cannot_stand(
    scheme: str, changes: dict[str, Any], path: str, tmp_path: Path
) -> None:
    made = layered()
    made.schemes[scheme]["benefits"]["outpatient"] |= changes
    assert path in [finding.column for finding in check_case(made.write(tmp_path / "case"))]


def test_a_fund_that_nothing_names(tmp_path: Path) -> None:
    made = layered()
    for name in ("employee", "resident"):
        made.schemes[name]["benefits"]["outpatient"]["layers"] = []
    found = check_case(made.write(tmp_path / "case"))
    assert [finding.file for finding in found if finding.column == "statuses_covered"] == [
        "schemes/major.toml", "schemes/aid.toml",
    ]  # fmt: skip


@pytest.mark.parametrize("threshold", [20_000.0, 60_000.0])
def test_a_layer_that_next_to_nobody_reaches_does_not_refuse_a_case(threshold: float) -> None:
    """What it pays is known to 1e-9 of the largest amount, where it was not settled before."""
    rule = PersonRule(
        "year", (BenefitFormula(),), 0.5,
        layers=(PersonLayer("major", BenefitFormula(threshold, ((0.0, 0.6),), 50_000.0)),),
    )  # fmt: skip
    mean, variance = rule.payment(3.35, Gamma.from_mean_cv(165.0, 1.0), fund="major")
    assert 0.0 <= mean < 1e-9 * 10.0 * threshold
    assert variance >= 0.0
