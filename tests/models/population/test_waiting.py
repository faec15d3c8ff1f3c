"""Waiting periods by hand: joiners pay from the first day and claim nothing for a while."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fundpool import examples
from fundpool.inputs.case import check_case, read_case
from fundpool.models.flows.record import CountyFlows
from fundpool.models.population.waiting import Joined, on_move, still_waiting
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


def test_who_moves_is_who_arrives() -> None:
    """Seen from a scheme that nobody was in, everyone who arrives somewhere joins."""
    prepared, rates, people = examples.prepared(), examples.rates(), examples.whole_people()
    holdings = np.zeros((people.shape[0], 3, people.shape[2]))
    _, _, count = step(people, holdings, prepared.pairs, rates, prepared.care)
    inbound = prepared.pairs.home == prepared.pairs.counties  # leavers of the reservoir: uncounted
    moves = on_move(count, prepared.pairs, rates, np.zeros(people.shape[1], dtype=bool))
    np.testing.assert_allclose(moves.sum(axis=1)[~inbound], count.arrivals[~inbound], rtol=1e-9)
