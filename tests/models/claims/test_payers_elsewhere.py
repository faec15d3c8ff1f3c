"""Retired members who live outside the pool that pays for them: each pool pays by its own rule.

Every payer of a home takes its share of the claims of the home's retired members elsewhere, so one
may work out each payer by itself: its share of the claims, at its own rule, on site where care is
given in its own territory. Pools outside the case pay by no rule known, so nobody pays for theirs.
"""

from dataclasses import replace

import numpy as np
import pytest

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import dense_pairs
from fundpool.models.axes.statuses import RETIRED_ELSEWHERE
from fundpool.models.claims import compiled, year
from fundpool.models.claims.terms import ClaimTerms, K
from fundpool.models.claims.treatment import Referral
from fundpool.models.flows.territory import near_and_away

COUNTIES, SERVICES, CLASSES, RULES = 5, 2, 3, 3
CITY = np.array([0, 0, 1, 1, 2])
CLAIMED = 0.7


def random_terms(by_region: bool) -> ClaimTerms:
    """Terms of one scheme whose counties have three rule sets, two of them within one city."""
    draw = np.random.default_rng(11)
    n = COUNTIES
    pairs = dense_pairs(CITY)
    shape = (1, RULES, 2, SERVICES, CLASSES, n + 1)
    return ClaimTerms(
        pairs=pairs,
        row=pairs.tie * (n + 1) + pairs.residence,
        relativity=draw.uniform(0.5, 1.5, (5 * (n + 1), K, SERVICES)),
        places=draw.uniform(0.1, 0.4, (5, K, SERVICES, 3)),
        referral=Referral(
            centre=draw.integers(0, n, (n + 1, 2)), share=draw.uniform(0.3, 0.7, (n + 1, 2))
        ),
        mean_cost=draw.uniform(100, 200, (SERVICES, CLASSES)),
        status_cost=np.ones((K, SERVICES)),
        price=draw.uniform(0.8, 1.2, n + 1),
        payments=draw.uniform(10, 90, shape),
        formula_of=np.array([[0, 1, 2, 0, 1, 0]]),
        together=np.zeros((2, 1, 1, 2, 2, SERVICES, CLASSES, n + 1)),
        cover=np.ones((1, n + 1, SERVICES, CLASSES)),
        scheme_of=np.where(np.arange(K) == RETIRED_ELSEWHERE, 0, -1),
        second_scheme=-1,
        share_claimed=np.array([CLAIMED]),
        territory=np.append(CITY, -1),
        regions=np.array([[0, 1, 2, 3, 4, -1], np.append(CITY, -1), [0, 0, 0, 0, 0, -1]]),
        level=draw.uniform(0.5, 1.5, (1, n + 1)),
        column=np.append(CITY, 3) if by_region else np.arange(n + 1),
    )


def payer_by_payer(
    expected: FloatArray, terms: ClaimTerms, register: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Payments by payer and column, and by pair, one payer, pair and place at a time."""
    pairs, n = terms.pairs, COUNTIES
    settled, paid = np.zeros((n + 1, terms.columns)), np.zeros(pairs.count)
    for p in range(pairs.count):
        home, here = int(pairs.home[p]), int(pairs.residence[p])
        payers = np.flatnonzero(pairs.home == home)
        for kind, place, share in [
            (0, here, 1.0),
            (1, home, 1.0),
            *((2, int(c), float(s)) for c, s in zip(
                terms.referral.centre[here], terms.referral.share[here], strict=True)),
        ]:  # fmt: skip
            often = terms.relativity[terms.row[p], RETIRED_ELSEWHERE]
            often = often * terms.places[pairs.tie[p], RETIRED_ELSEWHERE, :, kind] * share
            claims = expected[p, RETIRED_ELSEWHERE] * often[:, None] * terms.level[0, home]
            for q in payers:
                payer = int(pairs.residence[q])
                if payer == n:
                    continue
                off = int(terms.territory[payer] != terms.territory[place])
                rule = terms.payments[0, terms.formula_of[0, payer], off, :, :, place]
                part = register[q] / register[payers].sum() * (CLAIMED if off else 1.0)
                amount = part * float((claims * rule).sum())
                settled[payer, terms.column[place]] += amount
                paid[p] += amount
    return settled, paid


@pytest.mark.parametrize("by_region", [False, True])
@pytest.mark.parametrize("module", [year, compiled])
def test_each_payer_by_itself(module: object, by_region: bool) -> None:
    terms = random_terms(by_region)
    draw = np.random.default_rng(12)
    expected = draw.uniform(0, 10, (terms.pairs.count, K, SERVICES, CLASSES))
    register = draw.uniform(0, 5, terms.pairs.count)
    found = module.claims_of_year(expected, terms, register)  # type: ignore[attr-defined]
    settled, paid = payer_by_payer(expected, terms, register)
    assert found.settlement[0] == pytest.approx(settled, rel=1e-12, abs=0.0)
    assert found.paid[:, RETIRED_ELSEWHERE] == pytest.approx(paid, rel=1e-12)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("module", [year, compiled])
def test_each_payer_in_any_territory(module: object, level: int) -> None:
    """What is recorded by distance, against payer by payer in the territory of the level."""
    terms = random_terms(by_region=True)
    draw = np.random.default_rng(12)
    expected = draw.uniform(0, 10, (terms.pairs.count, K, SERVICES, CLASSES))
    register = draw.uniform(0, 5, terms.pairs.count)
    found = module.claims_of_year(expected, terms, register)  # type: ignore[attr-defined]
    here = replace(terms, territory=terms.regions[level], column=np.arange(COUNTIES + 1))
    settled, _ = payer_by_payer(expected, here, register)
    levels = np.full(COUNTIES + 1, level)
    near, away = near_and_away(found.by_distance[0], levels, levels)
    inside = here.territory[:, None] == here.territory[None, :]
    assert near == pytest.approx((settled * inside).sum(axis=1), rel=1e-12)
    assert away == pytest.approx((settled * ~inside).sum(axis=1), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("module", [year, compiled])
def test_a_home_without_retired_members_elsewhere(module: object) -> None:
    """Nobody is registered, so nobody pays, whatever is claimed."""
    terms = random_terms(by_region=False)
    expected = np.ones((terms.pairs.count, K, SERVICES, CLASSES))
    register = np.where(terms.pairs.home == 0, 0.0, 1.0)
    found = module.claims_of_year(expected, terms, register)  # type: ignore[attr-defined]
    assert (found.paid[terms.pairs.home == 0, RETIRED_ELSEWHERE] == 0.0).all()
    assert found.settlement[0].sum() == pytest.approx(found.paid[:, RETIRED_ELSEWHERE].sum())


def test_only_the_payer_on_site_sees_its_full_rate() -> None:
    """Where off-site care is never claimed, a place is paid by the pools of its own city alone."""
    terms = random_terms(by_region=False)
    terms = replace(terms, share_claimed=np.array([0.0]))
    expected = np.ones((terms.pairs.count, K, SERVICES, CLASSES))
    found = compiled.claims_of_year(expected, terms, np.ones(terms.pairs.count))
    away = terms.territory[:, None] != terms.territory[None, :]
    assert (found.settlement[0][away] == 0.0).all()
    assert (found.settlement[0][~away][:-1] > 0.0).all()
