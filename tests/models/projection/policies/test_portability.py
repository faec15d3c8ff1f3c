"""Accounts and insured time of people who move, by the rules of portability."""

from pathlib import Path

import numpy as np
import pytest

from fundpool.models.population.compiled.in_place import step_in_place
from fundpool.models.population.holdings import YEARS
from fundpool.models.population.preparation import prepare, year_rates
from fundpool.models.projection.study import Projection, study
from fundpool.models.terms.years import year_terms
from tests.cases.policies import SOURCE, case_with, policy, policy_case, projected, row
from tests.cases.small import given


def portability(account: str = "transfer", time: str = "recognised") -> dict[str, object]:
    return {
        "portability": {
            "account": {"value": account, **SOURCE},
            "insured_time": {"value": time, **SOURCE},
        }
    }


def test_accounts_are_converted_forfeited_or_surrendered(base: Projection, tmp_path: Path) -> None:
    """5,880 leaves Ash with 58.8 movers, 2,744 comes back with 13.72.

    Converted at one half the other half joins the pooled fund of the destination; forfeited it
    joins the fund left; surrendered it leaves the books. In all cases books and funds balance.
    """
    unchanged = row(base, "employee", "birch")
    for account, factor in (("transfer", 0.5), ("forfeit", 1.0), ("surrender", 1.0)):
        rules = portability(account)
        rules["rules"] = {"account_conversion": given(factor)}
        tried = projected(case_with(tmp_path / account, policy(schemes={"employee": rules})))
        books = tried.accounts.set_index("region")
        assert books.loc["ash", "transfers_out"] == pytest.approx(5_880)
        arrives = 0.5 * 5_880 if account == "transfer" else 0.0
        assert books.loc["birch", "transfers_in"] == pytest.approx(arrives)
        gained = {"transfer": 0.5 * 5_880, "forfeit": 2_744, "surrender": 0.0}[account]
        assert row(tried, "employee", "birch")["from_accounts"] == pytest.approx(gained)
        assert row(tried, "employee", "birch")["balance"] == pytest.approx(
            unchanged["balance"] + gained * 1.1
        )
        cash = books["surrendered"].sum()
        assert cash == pytest.approx(8_624 if account == "surrender" else 0.0)
        assert books["transfers_out"].sum() == pytest.approx(
            books["transfers_in"].sum() + books["to_pool"].sum() + cash
        )


def test_insured_time_follows_the_mover_or_starts_again(tmp_path: Path) -> None:
    """Men of 31 with 0.5 x 14 = 7 years: 58.8 bring them to Birch and gain one, or have a half.

    In Birch those from Ash who stay, 98 employees and 39.2 with both less the tenth that goes
    home, gain a year whatever the rule.
    """
    years = {}
    for time in ("recognised", "restarts"):
        case = case_with(tmp_path / time, policy(schemes={"employee": portability(time=time)}))
        held = prepare(case)
        people = held.people.copy()
        from fundpool.models.population.credited_years import opening_holdings

        holdings = opening_holdings(held.base.coverage, held.pairs, people, held.cells, np.zeros(3))
        from fundpool.models.coverage.chain import yearly_transition
        from fundpool.models.coverage.leaving import coverage_hazards

        terms = year_terms(case, 2021)
        rates = year_rates(
            held, terms, yearly_transition(held.cover, coverage_hazards(terms)),
            np.zeros((held.pairs.count, 2)),
        )  # fmt: skip
        step_in_place(people, holdings, held.pairs, rates, held.care, cells=held.cells)
        pair = (held.pairs.home == 0) & (held.pairs.residence == 1)
        years[time] = float(holdings[pair, YEARS].sum())
    stayed = (98 + 39.2) * 0.9 * 8
    assert years["recognised"] == pytest.approx(stayed + 58.8 * 8)
    assert years["restarts"] == pytest.approx(stayed + 58.8 * 0.5)


def test_recognised_time_lets_more_movers_earn_retiree_cover(tmp_path: Path) -> None:
    """Men of 58 with 21 years: movers of 2021 who retire in 2022 have 22.5 years or one.

    None with about one year reaches the 20 required; so only those who stayed do, and the pool
    they retire in pays for fewer.
    """
    earned = {}
    for time in ("recognised", "restarts"):
        case = policy_case()
        case.schemes["employee"]["rules"]["min_credited_years_male"] = given(20)
        case.settings["coverage"]["credited_cv"] = given(0.05)
        for table in ("population", "migrant_ages"):
            moved = case.tables[table]
            column = "persons" if table == "population" else "share"
            moved[column] = moved.groupby([moved.columns[0], "sex"])[column].shift(28).fillna(0.0)
        changed = policy(schemes={"employee": portability(time=time)})
        done = study(case_with(tmp_path / time, changed, case), 2)
        earned[time] = done.flows.retiring[2, :, 0, 1]
    reaching = earned["recognised"][0]
    assert earned["restarts"][0] == pytest.approx(reaching)
    assert earned["recognised"][1] == pytest.approx(reaching, rel=0.01)
    assert earned["restarts"][1] < 0.8 * reaching
