"""The balance recursion worked by hand, schemes taken in one after another, and moral hazard."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.models.funds.recursion import TakenIn, pool_balances, scheme_run
from fundpool.models.pooling.adjustment import PoolFlow
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import layout
from fundpool.models.projection.study import study
from tests.cases.policies import SOURCE, case_with, policy

pytestmark = pytest.mark.plain


def test_a_stage_with_an_adjustment_fund_and_a_merger_by_hand(small: Case) -> None:
    """Interest of 21 %, half a year 10 %; the second scenario has twice the money of the first.

    Year 0: levies of a tenth of 100 and 40, 14 together. The first pool lacks 2, with its levy 12,
    and is granted them; 2 are left, 2.2 at the end of the year. Balances 100 x 1.21 + 0 = 121 and
    50 x 1.21 + (10 - 4) x 1.1 = 67.1. Year 1: one pool with 121 + 67.1 + 2.2, and 9.7 of a scheme
    that is taken in, 200; less 20, so 200 x 1.21 - 20 x 1.1 = 220.
    """
    laid = layout(small, plan_for(small, "county+province:0.1:0,province@2022"), "employee",
                  np.array([2021, 2022]))  # fmt: skip
    twice = np.array([[1.0], [2.0]])
    flows = [
        PoolFlow(twice * [100.0, 40.0], twice * [-2.0, 10.0], np.zeros(2)),
        PoolFlow(twice * [140.0], twice * [-20.0], np.zeros(1)),
    ]
    other = TakenIn(1, twice * [4.7, 5.0])
    opening, interest = twice * [100.0, 50.0], np.full((2, 2), 0.21)
    found = pool_balances(laid, opening, interest, flows.__getitem__, [other])
    nan = np.nan
    for row, scale in enumerate((1.0, 2.0)):
        expected = [[121.0, 67.1, nan], [nan, nan, 220.0]]
        assert found.balance[row] / scale == pytest.approx(np.array(expected), nan_ok=True)
        assert found.hub[row] / scale == pytest.approx([2.2, 0.0])
        assert found.total[row] / scale == pytest.approx([190.3, 220.0])
    assert found.opening == pytest.approx(np.array([[100, 50, nan], [nan, nan, 200]]), nan_ok=True)
    assert found.taken_over[1, 2] == pytest.approx(9.7)
    assert found.paid[0, :2].tolist() == [10.0, 4.0]
    assert found.received[0, :2] == pytest.approx([12.0, 0.0])
    (hub,) = found.hub_years
    assert (hub.opening, hub.levies, hub.grants) == ([0.0], [14.0], [12.0])
    assert hub.balance == pytest.approx([2.2])


def test_a_scheme_hands_on_what_it_took_in(tmp_path: Path) -> None:
    """Rural into resident in 2022, resident into employee in 2023: nothing is lost on the way."""
    mergers = [
        {"scheme": "rural", "into": "resident", "year": 2022, **SOURCE},
        {"scheme": "resident", "into": "employee", "year": 2023, **SOURCE},
    ]
    statuses = ["home_resident", "local_resident"]
    changes = policy(
        add_schemes=["rural"], case={"mergers": mergers},
        schemes={"resident": {"statuses_paying": statuses, "statuses_covered": statuses}},
    )  # fmt: skip
    done = study(case_with(tmp_path, changes), 3)
    funds = done.pooled("county").funds.set_index(["scheme", "year"])
    for scheme, into, year in (("rural", "resident", 2022), ("resident", "employee", 2023)):
        handed_over = funds.loc[(scheme, year - 1), "balance"].to_numpy()
        assert funds.loc[(into, year), "taken_over"].to_numpy() == pytest.approx(handed_over)
    taken_over = funds.loc[("resident", 2022), "taken_over"].to_numpy()
    before = funds.loc[("resident", 2021), "balance"].to_numpy()
    assert (taken_over != 0.0).any()
    opening = funds.loc[("resident", 2022), "opening_balance"].to_numpy()
    assert opening == pytest.approx(before + taken_over)


def test_moral_hazard_raises_what_is_paid_and_what_is_owed(small: Case) -> None:
    """Ash's residents are owed 16,903.755 at the end of 2021 (tests/models/funds/test_paths.py).

    In city pools a tenth more is claimed, so a tenth more is paid, owed and due next year; the
    fund table says the same of every pool and year.
    """
    case = small.with_values({"pooling.moral_hazard.values.city": 0.1})
    done = study(case, 3)
    table = done.pooled("city").funds
    for scheme in ("employee", "resident"):
        run = scheme_run(case, done.flows, plan_for(case, "city"), scheme)
        own = table[table["scheme"] == scheme]
        arrays = run.money | {"reserve_months": run.reserve_months}
        for name in ("outstanding", "outgo_next_year", "reserve_months"):
            wide = own.pivot(index="year", columns="pool", values=name)
            expected = wide[list(run.layout.codes)].to_numpy()
            assert arrays[name] == pytest.approx(expected), name
        balance = own.pivot(index="year", columns="pool", values="balance")
        expected = balance[list(run.layout.codes)].to_numpy()
        assert run.balance[0] == pytest.approx(expected, rel=1e-12)
        if scheme == "resident":
            assert run.money["outstanding"][0] == pytest.approx([1.1 * 16_903.755, 0.0])
