"""Own shares: cost of care and what funds pay of it agree with what is recorded elsewhere."""

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.analysis.own_shares import ALL, HALVES, care_by_place, own_shares
from fundpool.models.flows.factors import with_levers
from fundpool.models.flows.levers import FlowLevers
from fundpool.models.flows.record import MIGRANT_MEASURES
from fundpool.models.projection.study import Study, study
from tests.cases.rich import rich_case


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A case with every kind of migrant."""
    return study(read_case(rich_case().write(tmp_path_factory.mktemp("rich") / "case")), 2)


@pytest.fixture(scope="module")
def year(base: Study) -> int:
    return int(base.flows.years[1])


def test_cost_and_payments_are_those_of_the_flows(base: Study, year: int) -> None:
    """Migrants within the case as by home and residence; the rest of what funds pay is locals'.

    Funds also pay for people who live outside the case or come from there.
    """
    shares = own_shares(care_by_place(base, year)).set_index(["half", "people"])
    recorded = dict(zip(MIGRANT_MEASURES, base.flows.migrants[1], strict=True))
    inside = {name: table[:-1, :-1].sum() for name, table in recorded.items()}
    migrants = shares.loc[(ALL, "migrants")]
    assert migrants["persons"] == pytest.approx(inside["persons"])
    assert migrants["cost"] == pytest.approx(inside["cost"])
    assert migrants["paid"] == pytest.approx(inside["from_host"] + inside["from_home"])
    paid = base.flows.claims_incurred[:, 1].sum()
    paid_away = recorded["from_host"].sum() + recorded["from_home"].sum()
    assert shares.loc[(ALL, "locals"), "paid"] == pytest.approx(paid - paid_away)
    cost = base.flows.cost_of_care[1, :-1].sum() - recorded["cost"][:, :-1].sum()
    assert shares.loc[(ALL, "locals"), "cost"] == pytest.approx(cost)


def test_halves_and_groups_add_up(base: Study, year: int) -> None:
    places = care_by_place(base, year)
    shares = own_shares(places).set_index(["half", "people"])
    whole = shares.loc[(ALL, ALL)]
    for measure in ("persons", "cost", "paid"):
        halves = sum(shares.loc[(half, ALL), measure] for half in HALVES)
        groups = sum(shares.loc[(ALL, people), measure] for people in ("locals", "migrants"))
        assert halves == pytest.approx(whole[measure])
        assert groups == pytest.approx(whole[measure])
    assert (shares["own_share"] > 0).all()
    assert (shares["own_share"] < 1).all()
    assert shares["own_share"].to_numpy() == pytest.approx(
        (1 - shares["paid"] / shares["cost"]).to_numpy()
    )
    income = places.groupby("half")["disposable_income"]
    assert income.max()["poorer"] <= income.min()["richer"]


def test_money_follows_prices_and_people_do_not(base: Study) -> None:
    moved = with_levers(base.case, base.flows, FlowLevers(care=0.2)).care
    np.testing.assert_allclose(moved[1:, :, 1:], 1.2 * base.flows.care[1:, :, 1:], rtol=1e-12)
    np.testing.assert_array_equal(moved[:, :, 0], base.flows.care[:, :, 0])
