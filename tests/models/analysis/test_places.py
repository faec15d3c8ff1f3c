"""A place's distance from the mean of its parent, taken apart by hand and by all orders."""

from itertools import permutations

import numpy as np
import pytest

from fundpool import examples
from fundpool.models.analysis.places import (
    FACTORS,
    contributions,
    place_profile,
    result_per_person,
)
from fundpool.models.projection.study import Projection

MEAN = np.array([0.5, 100.0, 0.1, 1.0, 4.0, 0.8, 1.25, -0.2])
PLACE = np.array([0.6, 120.0, 0.1, 0.5, 5.0, 0.9, 1.20, -0.3])


def test_by_hand() -> None:
    """Products of three factors: a third of either end, a sixth of either mixture."""
    found = dict(zip(FACTORS, contributions(PLACE, MEAN), strict=True))
    assert found["participation"] == pytest.approx(0.1 * 0.1 * 110)
    assert found["wages"] == pytest.approx(20 * 0.1 * 0.55)
    assert found["collection"] == pytest.approx(0.0)
    assert found["subsidy"] == pytest.approx(-0.5)
    assert found["other"] == pytest.approx(-0.1)
    # mean 4 * 0.8 * 1.25 = 4, place 5 * 0.9 * 1.2 = 5.4: costs more by 1.4
    ages = 1.0 * (0.8 * 1.25 / 3 + 0.9 * 1.25 / 6 + 0.8 * 1.2 / 6 + 0.9 * 1.2 / 3)
    claims = 0.1 * (4 * 1.25 / 3 + 5 * 1.25 / 6 + 4 * 1.2 / 6 + 5 * 1.2 / 3)
    away = -0.05 * (4 * 0.8 / 3 + 5 * 0.8 / 6 + 4 * 0.9 / 6 + 5 * 0.9 / 3)
    assert ages + claims + away == pytest.approx(1.4)
    assert found["ages"] == pytest.approx(-ages)
    assert found["claims"] == pytest.approx(-claims)
    assert found["care_away"] == pytest.approx(-away)
    assert sum(found.values()) == pytest.approx(2.2 - 0.5 - 1.4 - 0.1)


def test_the_mean_over_all_orders_of_changing_one_factor_after_the_other() -> None:
    total = np.zeros(len(FACTORS))
    orders = list(permutations((0, 1, 2, 4, 5, 6)))  # the others are terms of a sum
    for order in orders:
        at = MEAN.copy()
        for factor in (*order, 3, 7):
            before = result_per_person(at)
            at[factor] = PLACE[factor]
            total[factor] += result_per_person(at) - before
    np.testing.assert_allclose(contributions(PLACE, MEAN), total / len(orders), rtol=1e-9)


@pytest.mark.parametrize("scheme", ["employee", "resident"])
def test_contributions_add_up_and_the_parent_is_the_mean_of_its_places(scheme: str) -> None:
    projection = examples.projection("county")
    study = projection.study
    run = Projection(study, projection.plan, projection.funds).summaries[scheme][0]
    regions = study.case.regions
    found = {code: place_profile(study, code, scheme) for code in regions.codes}
    discount = np.cumprod(1 / (1 + run.interest)) * np.sqrt(1 + run.interest)
    for place, (code, profile) in enumerate(found.items()):
        assert profile.factors["contribution"].sum() == pytest.approx(profile.distance, abs=1e-6)
        net = run.money["income"] + run.money["other_income"] - run.money["outgo"]
        by_hand = (net[:, place] @ discount) / (run.money["persons"][:, place] @ discount)
        assert profile.result == pytest.approx(by_hand, rel=1e-9)
        assert profile.parent == regions.parent(code)
        beside_claims = run.money["from_accounts"] + run.money["missing_years_paid"]
        beside_claims = beside_claims - run.money["administration"]
        rest = (beside_claims[:, place] @ discount) / (run.money["persons"][:, place] @ discount)
        assert profile.factors.loc["other", "place"] == pytest.approx(rest, rel=1e-6, abs=1e-6)
        assert profile.factors.loc["care_away", "place"] >= 1.0
    for parent in {profile.parent for profile in found.values()}:
        beside = [profile for profile in found.values() if profile.parent == parent]
        places = [regions.index(profile.region) for profile in beside]
        weights = discount @ run.money["persons"][:, places]
        mean = sum(w * p.result for w, p in zip(weights, beside, strict=True)) / weights.sum()
        assert {round(profile.mean, 6) for profile in beside} == {round(mean, 6)}


def test_a_region_of_any_level_has_a_profile() -> None:
    study = examples.study()
    for level in study.case.levels:
        code = study.case.regions.codes_at(level)[0]
        profile = place_profile(study, code)
        assert profile.factors["contribution"].sum() == pytest.approx(profile.distance, abs=1e-6)
    assert profile.parent == code
    assert profile.distance == 0.0


def test_what_is_not_there_is_refused() -> None:
    for region, scheme, words in (("nowhere", None, "region"), ("000000", "none", "scheme")):
        with pytest.raises(ValueError, match=words):
            place_profile(examples.study(), region, scheme)
