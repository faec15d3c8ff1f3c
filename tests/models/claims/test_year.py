"""Claims: margins of the settlement matrix, cost never exceeded, kernel against specification."""

from dataclasses import fields, replace

import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims import compiled as claims_kernel
from fundpool.models.claims import year as claims
from fundpool.models.claims.terms import ClaimTerms, claim_tables, claim_terms
from fundpool.models.claims.year import YearClaims
from fundpool.models.flows.territory import near_and_away
from fundpool.models.population.preparation import Prepared, prepare
from fundpool.models.population.year import expected_claims
from fundpool.models.terms.years import year_terms

K = len(STATUSES)


def terms_of(case: Case, prepared: Prepared, year: int) -> ClaimTerms:
    """Claim terms of a year of a case."""
    return claim_terms(claim_tables(case), prepared.pairs, year_terms(case, year))


@pytest.fixture(scope="module")
def prepared(jiangsu: Case) -> Prepared:
    return prepare(jiangsu)


@pytest.fixture(scope="module")
def expected(prepared: Prepared) -> FloatArray:
    people = prepared.cells.spread(prepared.people)
    people[prepared.pairs.reservoir] = 0.0
    return expected_claims(people, prepared.care)


@pytest.fixture(scope="module")
def register(prepared: Prepared) -> FloatArray:
    pairs = prepared.pairs
    return np.random.default_rng(5).uniform(0, 10, pairs.count) * (pairs.home != pairs.residence)


def test_kernel_equals_the_specification(
    jiangsu: Case, prepared: Prepared, expected: FloatArray, register: FloatArray
) -> None:
    terms = terms_of(jiangsu, prepared, 2025)
    draw = np.random.default_rng(6)
    terms = terms.at_level(draw.uniform(0.5, 1.5, terms.level.shape))
    # every status holds people, so that every branch counts
    some = expected + draw.uniform(0, 1, expected.shape)
    readable = claims.claims_of_year(some, terms, register)
    compiled = claims_kernel.claims_of_year(some, terms, register)
    for field in fields(YearClaims):
        one, other = getattr(readable, field.name), getattr(compiled, field.name)
        assert np.abs(one - other).max() <= 1e-12 * np.abs(one).max(), field.name


@pytest.mark.parametrize("level", [0, 1, 2])
def test_any_territory_is_recorded(
    jiangsu: Case, prepared: Prepared, expected: FloatArray, register: FloatArray, level: int
) -> None:
    """Settled anew in the territory of a level, each county pays what was recorded for it."""
    terms = terms_of(jiangsu, prepared, 2025)
    some = expected + np.random.default_rng(7).uniform(0, 1, expected.shape)
    recorded = claims_kernel.claims_of_year(some, terms, register).by_distance
    where = terms.regions[level]
    anew = claims_kernel.claims_of_year(some, replace(terms, territory=where), register)
    levels = np.full(recorded.shape[:2], level)
    near, away = near_and_away(recorded, levels, levels)
    inside = where[:, None] == where[None, :]
    for found, want in ((near, anew.settlement * inside), (away, anew.settlement * ~inside)):
        assert found == pytest.approx(want.sum(axis=2), rel=1e-11, abs=1e-9 * want.max())
        assert (found[:, :-1].sum(axis=1) > 0).all()


def test_settlement_margins(
    jiangsu: Case, prepared: Prepared, expected: FloatArray, register: FloatArray
) -> None:
    """What funds pay, by payer and by place, is what people are paid."""
    terms = terms_of(jiangsu, prepared, 2025)
    year = claims_kernel.claims_of_year(expected, terms, register)
    paid = year.paid.sum() + year.paid_second.sum()
    assert year.settlement.sum() == pytest.approx(paid, rel=1e-12)
    by_payer, by_place = year.settlement.sum(axis=2), year.settlement.sum(axis=1)
    assert by_payer.sum() == pytest.approx(by_place.sum(), rel=1e-12)
    assert year.cost_at_place.sum() == pytest.approx(year.cost.sum(), rel=1e-12)
    n = prepared.pairs.counties
    assert (year.settlement[:, n] == 0).all(), "funds outside are not modelled"
    # what is paid for care in a county is no more than that care costs
    assert (by_place.sum(axis=0) <= year.cost_at_place * (1 + 1e-12)).all()


@pytest.mark.parametrize("rule", ["remaining_cost", "non_duplication", "sequential"])
def test_two_funds_never_pay_more_than_the_cost(
    jiangsu: Case, prepared: Prepared, expected: FloatArray, register: FloatArray, rule: str
) -> None:
    home = jiangsu.scheme("resident")
    generous = {
        name: benefit.model_copy(update={"deductible": 0.0, "bands": [(0.0, 0.9)]})
        for name, benefit in home.file.benefits.items()
    }
    file = home.file.model_copy(update={"coordination": rule, "benefits": generous})
    case = replace(jiangsu, schemes=(jiangsu.schemes[0], replace(home, file=file)))
    year = claims_kernel.claims_of_year(expected, terms_of(case, prepared, 2025), register)
    assert (year.paid + year.paid_second <= year.cost * (1 + 1e-12)).all()
    dual = STATUSES.index("dual")
    assert year.paid_second[:, dual].sum() > 0
    others = [k for k in range(K) if k != dual]
    assert (year.paid_second[:, others] == 0).all()


def test_direct_settlement_pays_more_of_what_migrants_need(
    jiangsu: Case, prepared: Prepared, expected: FloatArray, register: FloatArray
) -> None:
    """Where claims away from the pool are settled directly more is claimed, less forgone."""
    direct = claims_kernel.claims_of_year(expected, terms_of(jiangsu, prepared, 2026), register)
    before = jiangsu.with_policies(["manual-claims"])
    manual = claims_kernel.claims_of_year(expected, terms_of(before, prepared, 2026), register)
    between = prepared.pairs.tie == 2
    at_home = STATUSES.index("home_resident")
    assert direct.paid[between, at_home].sum() > 1.2 * manual.paid[between, at_home].sum()
    assert direct.cost[between, at_home].sum() > manual.cost[between, at_home].sum()
    stayer = prepared.pairs.tie == 0
    assert direct.cost[stayer].sum() == pytest.approx(manual.cost[stayer].sum())
