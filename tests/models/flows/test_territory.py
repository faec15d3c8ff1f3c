"""Care in the territory of a pool: what is recorded by distance against claims settled anew."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.statuses import DUAL
from fundpool.models.claims import compiled
from fundpool.models.claims.terms import ClaimTerms, places_of_care
from fundpool.models.claims.year import YearClaims, paid_together
from fundpool.models.flows import years
from fundpool.models.flows.territory import near_and_away, paid_by_distance
from fundpool.models.pooling.effects import care_by_pool
from fundpool.models.pooling.plans import PoolingPlan, Stage
from fundpool.models.population.preparation import prepare
from fundpool.models.projection.study import Study, study
from tests.cases.rich import rich_case

YEARS = 3


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The case with everything, without moral hazard."""
    made = rich_case()
    made.settings["pooling"]["moral_hazard"]["values"] = {"city": 0.0}
    folder: Path = tmp_path_factory.mktemp("territory") / "case"
    return study(read_case(made.write(folder)), YEARS)


@pytest.mark.parametrize(
    ("level", "near", "away"), [(0, 1.0, 20 + 200 + 2000), (1, 11.0, 200 + 2000), (2, 111.0, 2000)]
)
def test_the_edge_of_a_territory_is_within_it(level: int, near: float, away: float) -> None:
    """Each distance has its own decimal place: 1, 10, ... as if on-site, 2, 20, ... off-site."""
    places = np.array([1.0, 10.0, 100.0, 1000.0])
    care = np.zeros((1, 4, 2, 3))
    care[0, :, 0], care[0, :, 1] = places[:, None], 2 * places[:, None]
    levels, first = np.array([level]), np.array([0])
    assert near_and_away(care, levels, first) == (np.array([near]), np.array([away]))
    assert paid_by_distance(care, levels, first).sum() == near + away


def test_the_territory_of_the_base_year_is_the_second_level(done: Study) -> None:
    flows = done.flows
    level = np.ones(flows.claims_incurred.shape, dtype=np.int64)
    near, away = near_and_away(flows.claims_by_distance, level, level)
    assert near + away == pytest.approx(flows.claims_incurred, rel=1e-12)
    assert away == pytest.approx(flows.claims_offsite, rel=1e-12, abs=1e-9)
    funds = done.pooled("city").funds.groupby(["scheme", "year"])["claims_incurred"].sum()
    for number, scheme in enumerate(done.case.schemes):
        if scheme.name in funds.index:
            paid = flows.claims_incurred[number, 1:, :-1].sum(axis=1)
            assert funds[scheme.name].to_numpy() == pytest.approx(paid, rel=1e-12)


def test_a_plan_pays_what_a_projection_in_its_territory_does(
    done: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every status, dual cover and retired members elsewhere, with the calibration held."""

    def in_the_province(expected: FloatArray, terms: ClaimTerms, *more: Any) -> YearClaims:
        return compiled.claims_of_year(expected, replace(terms, territory=terms.regions[2]), *more)

    monkeypatch.setattr(years, "claims_of_year", in_the_province)
    anew = study(done.case, YEARS, calibration=done.calibration).flows
    funds = done.pooled("province").funds.groupby(["scheme", "year"])
    incurred = funds["claims_incurred"].sum()
    settled = done.pooled("province").settlement.groupby(["scheme", "year"])["amount"].sum()
    assert settled[incurred.index].to_numpy() == pytest.approx(incurred.to_numpy(), rel=1e-11)
    for number, scheme in enumerate(done.case.schemes):
        want = anew.claims_incurred[number, 1:, :-1].sum(axis=1)
        before = done.flows.claims_incurred[number, 1:, :-1].sum(axis=1)
        if scheme.name in ("employee", "resident"):
            assert (want > 1.001 * before).all(), scheme.name
        if scheme.name in incurred.index:
            own = want[-len(incurred[scheme.name]) :]
            assert incurred[scheme.name].to_numpy() == pytest.approx(own, rel=1e-11)


@pytest.mark.parametrize(("level", "other"), [(0, 2), (2, 0), (1, 2)])
def test_two_funds_with_territories_of_their_own(done: Study, level: int, other: int) -> None:
    """Doubly covered people: each fund by its own territory, beside the other's."""
    opening = years.opening_year(prepare(done.case))
    terms, pairs = opening.terms, opening.terms.pairs
    expected = np.zeros_like(opening.people.exposure)
    expected[:, DUAL] = np.random.default_rng(3).uniform(0, 5, expected[:, DUAL].shape)
    found = compiled.claims_of_year(expected, terms, opening.people.register).by_distance
    scheme, second = int(terms.scheme_of[DUAL]), terms.second_scheme
    want = np.zeros((2, pairs.counties + 1))
    for kind, place, share in places_of_care(terms):
        often = terms.relativity[terms.row, DUAL] * terms.places[pairs.tie, DUAL, :, kind]
        often = often * (share * terms.level[scheme, pairs.residence])[:, None]
        claims = expected[:, DUAL] * often[..., None]
        for fund, payer, levels in (
            (0, pairs.residence, (level, other)),  # of the local and of the home fund
            (1, pairs.home, (other, level)),
        ):
            near, far = (
                (terms.regions[at, who] != terms.regions[at, place]).astype(np.int64)
                for at, who in zip(levels, (pairs.residence, pairs.home), strict=True)
            )
            paid = (claims * paid_together(terms, scheme, place, near, far)[fund]).sum(axis=(1, 2))
            np.add.at(want[fund], payer, paid)
    shape = found.shape[1:2]
    for fund, number in enumerate((scheme, second)):
        own_level = np.full(shape, level)
        beside = np.full(shape, other)
        got = sum(near_and_away(found[number], own_level, beside))
        assert got == pytest.approx(want[fund], rel=1e-12)
    assert (want.sum(axis=1) > 0).all()


def test_the_territory_follows_stage_scheme_and_group(done: Study) -> None:
    projected = np.arange(2021, 2024)
    plan = PoolingPlan(
        "mixed",
        (
            Stage("county"),
            Stage("province", from_year=2022, schemes=("employee",)),
            Stage("county", from_year=2023, groups=(("ash", "X"), ("birch", "X")),
                  schemes=("resident",)),
        ),
    )  # fmt: skip
    employee = care_by_pool(done.case, plan, "employee", projected)
    resident = care_by_pool(done.case, plan, "resident", projected)
    assert employee.territory[:, 0].tolist() == [1, 0, 2, 2]
    assert resident.territory[:, 0].tolist() == [1, 0, 0, 2]
    assert (employee.other == resident.territory).all()
    assert (resident.other == employee.territory).all()
