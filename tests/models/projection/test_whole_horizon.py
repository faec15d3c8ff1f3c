"""Thirty years of Jiangsu: people and money are conserved every year, at every pooling level."""

from itertools import pairwise

import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.models.flows.record import CountyFlows
from fundpool.models.projection.comparison import Comparison, compare

YEARS = 30
FLOWS = ["persons", "contributors", "contribution_base", "contributions", "account_credits",
         "from_accounts", "missing_years_paid", "subsidies", "administration"]  # fmt: skip


@pytest.fixture(scope="module")
def comparison(jiangsu: Case) -> Comparison:
    return compare(jiangsu, ["county", "city", "province"], years=YEARS)


@pytest.fixture(scope="module")
def flows(comparison: Comparison) -> CountyFlows:
    return comparison.study.flows


def test_levels_hold_the_same_money(comparison: Comparison) -> None:
    """Every scheme, every year: pools together take in the same at county, city and province level.

    The larger the pool, the more care is given in its territory and paid in full; nothing else
    differs.
    """
    assert list(comparison.projections) == ["county", "city", "province"]
    totals = [
        p.funds.groupby(["scheme", "year"]).sum(numeric_only=True)
        for p in comparison.projections.values()
    ]
    assert len(totals[0]) == 2 * YEARS
    for smaller, larger in pairwise(totals):
        assert larger[FLOWS].to_numpy() == pytest.approx(smaller[FLOWS].to_numpy(), rel=1e-12)
        assert (larger["claims_incurred"] > 1.002 * smaller["claims_incurred"]).all()
        assert (larger["balance"] < smaller["balance"]).all()


def test_swaps_are_nothing_without_a_fund_above(comparison: Comparison) -> None:
    for projection in comparison.projections.values():
        assert (projection.funds[["swaps_in", "swaps_out"]] == 0).all(axis=None)


def test_people(flows: CountyFlows) -> None:
    """End = start + births - deaths + in - out, in each county; moves inside sum to nothing."""
    change = np.diff(flows.residents, axis=0)
    events = (flows.births - flows.deaths + flows.moved_in - flows.moved_out)[1:]
    n = flows.residents.shape[1] - 1
    assert change[:, :n] == pytest.approx(events[:, :n], rel=1e-9, abs=1e-5)
    assert flows.by_status.sum(axis=2) == pytest.approx(flows.residents, rel=1e-12)
    # everybody who lives in the case or is registered in it is counted once either way
    assert flows.registered.sum(axis=1) == pytest.approx(flows.residents.sum(axis=1), rel=1e-12)
    assert flows.by_cell.sum(axis=2) == pytest.approx(flows.residents, rel=1e-12)
    for name in ("residents", "births", "deaths", "moved_in", "moved_out"):
        assert (getattr(flows, name) >= 0).all(), name


def test_claims_by_payer_and_by_place(flows: CountyFlows) -> None:
    """Margins of the settlement matrix: what funds pay, and what migrants are said to draw."""
    by_payer = flows.settlement.sum(axis=3)
    assert by_payer == pytest.approx(flows.claims_incurred, rel=1e-12)
    by_place = flows.settlement.sum(axis=2)
    assert by_place.sum(axis=2) == pytest.approx(by_payer.sum(axis=2), rel=1e-12)
    assert (flows.claims_offsite <= flows.claims_incurred * (1 + 1e-12)).all()
    drawn = flows.migrants[:, 2] + flows.migrants[:, 3]
    assert (drawn.sum(axis=(1, 2)) < by_payer.sum(axis=(0, 2))).all()
    assert (drawn <= flows.migrants[:, 4] * (1 + 1e-12)).all(), "no more than their care costs"


def test_accounts(flows: CountyFlows) -> None:
    """What leaves a county's accounts enters another's, the pooled fund, or is paid out in cash."""
    into, out = flows.accounts_in.sum(axis=2), flows.accounts_out.sum(axis=2)
    elsewhere = flows.accounts_to_pool.sum(axis=2) + flows.accounts_surrendered.sum(axis=2)
    assert into[0, 1:].min() > 0
    assert into + elsewhere == pytest.approx(out, rel=1e-12)
    closing = (
        flows.accounts_opening + flows.account_credits + flows.accounts_interest
        - flows.accounts_spending + flows.accounts_in - flows.accounts_out
    )  # fmt: skip
    payroll = 0
    assert flows.accounts_closing[payroll, 1:] == pytest.approx(closing[payroll, 1:], rel=1e-12)
    assert (flows.accounts_opening[payroll, 1:] == flows.accounts_closing[payroll, :-1]).all()


def test_everything_is_a_number(flows: CountyFlows, comparison: Comparison) -> None:
    for name, values in vars(flows).items():
        if isinstance(values, np.ndarray):
            assert np.isfinite(values).all(), name
    for projection in comparison.projections.values():
        assert np.isfinite(projection.funds.select_dtypes("number").to_numpy()).all()
