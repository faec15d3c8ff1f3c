"""Waiting periods by hand: joiners pay from the first day and claim nothing for a while."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool import examples
from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import check_case, read_case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.statuses import NONE, K
from fundpool.models.flows.record import CountyFlows
from fundpool.models.population.rates import YearCount
from fundpool.models.population.waiting import (
    Joined,
    care_not_paid,
    joining_by_cover,
    on_move,
    still_waiting,
)
from fundpool.models.population.year import step
from fundpool.models.projection.study import study
from tests.cases.small import SmallCase, given, small_case

pytestmark = pytest.mark.plain

LAPSE = 0.2
SHARE = {"home_resident": 0.3, "none": 0.1}


def with_lapses(months: float | None, scheme: str = "resident") -> SmallCase:
    """Nobody moves; of 1,000 people of Ash 300 are insured at home and 100 nowhere.

    0.2 a year drop out at home; 0.6 a year of the uninsured come back (detailed balance).
    """
    made = small_case()
    made.tables["migrants"]["persons"] = 0.0
    made.tables["mobility"][["gross_migraproduction_rate", "return_rate"]] = 0.0
    cover = made.tables["coverage"]
    working = (cover["tie"] == "stayer") & (cover["age_from"] == 16)
    rows = cover[working & (cover["cover"] == "home_resident")]
    made.tables["coverage"].loc[rows.index, "share"] = SHARE["home_resident"]
    added = rows.assign(cover="none", share=SHARE["none"])
    made.tables["coverage"] = pd.concat([cover, added], ignore_index=True)
    made.settings["coverage"]["resident_lapse_rate"] = given(LAPSE)
    if months is not None:
        made.schemes[scheme]["rules"]["waiting_months"] = given(months)
    return made


def projected(made: SmallCase, folder: Path, years: int = 2) -> CountyFlows:
    return study(read_case(made.write(folder / "case")), years).flows


def joining_chance() -> float:
    """Chance of the uninsured to be insured a year later, in a chain of two states."""
    back = LAPSE * SHARE["home_resident"] / SHARE["none"]
    return back / (LAPSE + back) * float(1.0 - np.exp(-(LAPSE + back)))


@pytest.mark.parametrize("months", [6.0, 12.0])
def test_joiners_pay_and_claim_nothing_for_months(months: float, tmp_path: Path) -> None:
    """Of each year's joiners ``J`` wait ``w - w^2/2`` years in it and ``w^2/2`` in the next."""
    flows = projected(with_lapses(months), tmp_path / "waiting")
    plain = projected(with_lapses(None), tmp_path / "plain")
    w, alive = months / 12.0, 0.98
    uninsured = 100.0 * alive ** np.arange(3)  # the chain holds its shares
    joiners = np.concatenate([[uninsured[1]], uninsured[1:]]) * joining_chance()
    waiting = joiners * (w - 0.5 * w**2) + np.concatenate([joiners[:1], joiners[:-1]]) * 0.5 * w**2
    a_head = 2.0 * 1000.0 * 0.6 * 1.1 ** np.arange(3)
    lost = (plain.claims_incurred - flows.claims_incurred)[1, :, 0]
    assert lost == pytest.approx(waiting * a_head, rel=1e-6)
    for name in ("persons", "contributors", "contributions", "subsidies"):
        np.testing.assert_allclose(getattr(flows, name), getattr(plain, name))
    # their care is given all the same, and the other scheme does not see them
    np.testing.assert_allclose(flows.cost_of_care, plain.cost_of_care, rtol=1e-6)
    np.testing.assert_allclose(flows.claims_incurred[0], plain.claims_incurred[0])


def test_a_waiting_period_from_a_year_on(tmp_path: Path) -> None:
    made = with_lapses(0.0)
    made.schemes["resident"]["rules"]["waiting_months"]["by_year"] = {2022: 12.0}
    flows = projected(made, tmp_path / "waiting")
    plain = projected(with_lapses(None), tmp_path / "plain")
    lost = (plain.claims_incurred - flows.claims_incurred)[1, :, 0]
    waiting = 0.5 * 100.0 * 0.98**2 * joining_chance()
    assert lost == pytest.approx([0.0, 0.0, waiting * 2.0 * 600.0 * 1.21], rel=1e-6)


def test_who_has_two_schemes_is_paid_by_the_other(tmp_path: Path) -> None:
    """Members of 600 who move between the employer's scheme and both: only the second waits."""
    made = small_case()
    made.settings["coverage"]["dual_lapse_rate"] = given(0.3)
    plain = projected(made, tmp_path / "plain")
    made.schemes["resident"]["rules"]["waiting_months"] = given(6.0)
    flows = projected(made, tmp_path / "waiting")
    lost = (plain.claims_incurred - flows.claims_incurred)[:, :, :2].sum(axis=2)
    assert (lost[1] > 0).all()  # the resident scheme pays less
    np.testing.assert_allclose(
        lost[0], 0.0, atol=1e-6
    )  # the employer's, which pays first, does not
    np.testing.assert_allclose(flows.cost_of_care, plain.cost_of_care, rtol=1e-6)


def test_nobody_waits_longer_than_insured() -> None:
    now = Joined(np.full((1, 1, 1), 10.0), np.ones((1, 1, 1)))
    assert still_waiting(now, None, np.full((1, 1), 3.0)).item() == 3.0
    assert still_waiting(now, now, np.full((1, 1), 30.0)).item() == 10.0


def test_waiting_longer_than_a_year_is_refused(tmp_path: Path) -> None:
    found = check_case(with_lapses(13.0).write(tmp_path / "case"))
    assert [finding.column for finding in found] == ["rules.waiting_months"]


def moved() -> YearCount:
    """What a year of the example counts."""
    prepared, rates, people = examples.prepared(), examples.rates(), examples.whole_people()
    holdings = np.zeros((people.shape[0], 3, people.shape[2]))
    _, _, count = step(people, holdings, prepared.pairs, rates, prepared.care)
    return count


def test_who_moves_is_who_arrives() -> None:
    """Seen from a scheme that nobody was in, everyone who arrives somewhere joins."""
    prepared, rates, people = examples.prepared(), examples.rates(), examples.whole_people()
    count = moved()
    inbound = prepared.pairs.home == prepared.pairs.counties  # leavers of the reservoir: uncounted
    moves = on_move(count, prepared.pairs, rates, np.zeros(people.shape[1], dtype=bool))
    np.testing.assert_allclose(moves.sum(axis=1)[~inbound], count.arrivals[~inbound], rtol=1e-9)


def test_who_joins_on_a_move_as_products() -> None:
    """The compiled sums beside numpy's products over all pairs, of a scheme of some statuses."""
    pairs, rates, count = examples.prepared().pairs, examples.rates(), moved()
    inside = np.isin(np.arange(count.onward.shape[1]), [1, 4, 5])
    share, home = rates.destination[:, None], pairs.home
    moving = ratio(count.onward, 1.0 - share, 0.0)
    moving[pairs.own_pair] = 0.0
    elsewhere = np.add.reduceat(moving, pairs.start[:-1])[home] - moving
    leaving = count.onward[pairs.own_pair][home]
    expected = np.einsum("pk,pkj->pj", elsewhere * ~inside, rates.move_onward[home])
    expected += np.einsum("pk,pkj->pj", leaving * ~inside, rates.move_out[home])
    expected *= share
    back = np.add.reduceat(count.returned, pairs.start[:-1]) * ~inside
    expected[pairs.own_pair] = np.einsum("hk,hkj->hj", back, rates.move_return)
    assert expected.sum() > 0.0
    np.testing.assert_allclose(on_move(count, pairs, rates, inside), expected, rtol=1e-12)


def test_who_joins_by_a_change_of_cover_by_the_inverse() -> None:
    """``T^-1 diag(outside) T`` in columns inside, for chains of which some need a pivot."""
    rng = np.random.default_rng(11)
    transition = rng.random((3, 2, K, K)) + np.eye(K)
    transition[0, 0, [0, 1]] = transition[0, 0, [1, 0]]
    transition[1, 1] = np.eye(K)[::-1]
    transition /= transition.sum(axis=-1, keepdims=True)
    inside = rng.random((2, K)) < 0.5
    undone = np.linalg.inv(transition)
    for number, some in enumerate(inside):
        expected = undone @ np.diag(1.0 - some) @ transition * some
        of_scheme = np.argwhere(inside)[:, 0] == number
        got = np.zeros_like(expected)
        got[..., some] = joining_by_cover(transition, inside)[..., of_scheme]
        np.testing.assert_allclose(got, expected, atol=1e-10 * np.abs(expected).max())


def test_care_not_paid_scheme_by_scheme() -> None:
    """Who waits for two schemes is with nobody in the end, whatever is done in one pass."""
    schemes = examples.year_terms().schemes
    rng, shape = np.random.default_rng(2), (4, K, 2, 3)
    exposure, persons = rng.random(shape), 1.0 + rng.random(shape[:2])
    waiting = 0.3 * rng.random((len(schemes), *shape[:2]))

    def alone(claims: FloatArray, number: int) -> FloatArray:
        some = np.zeros_like(waiting)
        some[number] = waiting[number]
        care_not_paid(claims, persons, some, schemes)
        return claims

    together = exposure.copy()
    care_not_paid(together, persons, waiting, schemes)
    one_by_one = alone(alone(exposure.copy(), 0), 1)
    np.testing.assert_allclose(together, one_by_one, rtol=1e-15)
    np.testing.assert_allclose(together.sum(axis=1), exposure.sum(axis=1), rtol=1e-12)
    assert (together[:, NONE] > exposure[:, NONE]).all()
