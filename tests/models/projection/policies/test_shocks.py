"""Epidemics, closures, sudden returns and jumps in prices in the worked example."""

from pathlib import Path

import pytest

from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.projection.study import Projection
from tests.cases.policies import (
    case_with,
    paid,
    projected,
    row,
    shock,
)


def test_epidemic(base: Projection, tmp_path: Path) -> None:
    """Half as much care again for all who live in the city South, one tenth less wages there."""
    tried = projected(case_with(tmp_path, shock(regions=["south"], care={"all": 1.5}, wages=0.9)))
    for pair in (("employee", "birch", "birch"), ("resident", "ash", "birch")):
        assert paid(tried, *pair) == pytest.approx(1.5 * paid(base, *pair))
    assert row(tried, "employee", "ash")["claims_incurred"] == pytest.approx(
        row(base, "employee", "ash")["claims_incurred"]
    )
    assert row(tried, "employee", "birch")["contributions"] == pytest.approx(0.9 * 8_306_540)


def test_plant_closures(tmp_path: Path) -> None:
    """A fifth of the 600 employees of Ash fall back on home cover before the year begins.

    Of the 480 left 2 % die and a tenth leaves; those who come back are unchanged.
    """
    tried = projected(case_with(tmp_path, shock(regions=["ash"], jobs_lost=0.2)))
    employees = 480 * 0.98 * 0.9 + 9.8 + 3.92
    home = (400 + 120) * 0.98 * 0.9 + 5.88
    assert tried.flows.by_status[1, 0, STATUSES.index("employee")] == pytest.approx(employees)
    assert tried.flows.by_status[1, 0, STATUSES.index("home_resident")] == pytest.approx(home)
    assert tried.flows.residents[1, 0] == pytest.approx(901.6)


def test_sudden_return(tmp_path: Path) -> None:
    """Half of the 200 from Ash in Birch go home first; then the year goes on as ever."""
    tried = projected(case_with(tmp_path, shock(regions=["birch"], migrants_return=0.5)))
    away, home = 100 * 0.98, 1_100 * 0.98
    assert tried.flows.residents[1, 0] == pytest.approx(home * 0.9 + away * 0.1)
    assert tried.flows.residents[1, 1] == pytest.approx(980 + away * 0.9 + home * 0.1)
    people = tried.people.set_index(["region", "year"])
    for region, deaths in (("ash", 22.0), ("birch", 22.0)):
        end, start = people.loc[(region, 2021)], people.loc[(region, 2020)]
        assert end["deaths"] == pytest.approx(deaths)
        assert end["persons"] == pytest.approx(
            start["persons"] - deaths + end["moved_in"] - end["moved_out"]
        )
    # the accounts of the 50 + 20 of those who contribute, 200 each, came along
    books = tried.accounts.set_index("region")
    assert books["transfers_in"].sum() == pytest.approx(books["transfers_out"].sum())
    assert books.loc["birch", "transfers_out"] > 70 * 200


def test_price_jump(base: Projection, tmp_path: Path) -> None:
    """Prices in Birch 15 % higher from 2021; rules in shares of the cost follow in proportion."""
    tried = projected(case_with(tmp_path, shock(regions=["birch"], price=1.15)), years=2)
    assert paid(tried, "employee", "birch", "birch") == pytest.approx(
        1.15 * paid(base, "employee", "birch", "birch")
    )
    assert paid(tried, "employee", "ash", "ash") == pytest.approx(
        paid(base, "employee", "ash", "ash")
    )
