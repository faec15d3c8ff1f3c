"""The account books of a projection: opened from the case, turned year by year."""

import numpy as np

from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.contributions import accounts
from fundpool.models.contributions.year import SchemeYear
from fundpool.models.economy import EconomicPaths
from fundpool.models.population.credited_years import opening_holdings
from fundpool.models.population.moving import MovingPeople, YearMoved
from fundpool.models.population.preparation import Prepared
from fundpool.models.terms.years import YearTerms

HOLDERS = [STATUSES.index(s) for s in ("employee", "dual", "retired")]
"""Statuses that hold a personal account in the base year."""


class AccountBooks:
    """Personal accounts by county while a projection runs; results go into its record."""

    def __init__(
        self, prepared: Prepared, store: dict[str, FloatArray], paths: EconomicPaths
    ) -> None:
        """Open the books with the balances of the case.

        Args:
            prepared: the case.
            store: the record that the results go into.
            paths: economic paths.
        """
        self._prepared, self._payroll = prepared, prepared.base.payroll
        self._store, self._paths = store, paths
        store["accounts_closing"][:, 0] = prepared.base.counties.account_balance

    def opening_holdings(self, persons: FloatArray) -> FloatArray:
        """What contributors hold at the end of the base year, packed ``(P, 3, H)``.

        Args:
            persons: people of the base year by pair and status, ``(P, K)``.
        """
        prepared, pairs = self._prepared, self._prepared.pairs
        members = sum_by(
            pairs.residence, persons[:, HOLDERS].sum(axis=1), minlength=pairs.counties + 1
        )
        balance = self._store["accounts_closing"][max(self._payroll, 0), 0]
        each = accounts.balance_per_member(balance, members)
        return opening_holdings(
            prepared.base.coverage, pairs, prepared.people, prepared.cells, each
        )

    def turn(
        self, terms: YearTerms, moved: YearMoved, moving: MovingPeople, collected: SchemeYear
    ) -> None:
        """Carry the books through a year.

        Args:
            terms: of the year.
            moved: what the year did to people.
            moving: people and holdings after it; interest, spending and credits are entered in
                place.
            collected: contributions and credits of the year.
        """
        count, carry = moved.count, moved.rates.carry[1]
        pairs, payroll, t = self._prepared.pairs, self._payroll, terms.elapsed
        scheme, store = terms.schemes[payroll], self._store
        assert scheme.payroll is not None
        interest = float(self._paths.interest[t - 1])
        spent = np.append(scheme.payroll.account_spending, 0.0)
        moves = accounts.account_moves(count, pairs, carry, scheme.account_on_move)
        year = accounts.account_year(
            store["accounts_closing"][payroll, t - 1], collected.account_credits, interest, spent,
            moves,
        )  # fmt: skip
        accounts.credit_holdings(
            moving.holdings, moving.people, moving.cells, count.persons, pairs, year,
            accounts.AccountRates(interest, spent, collected.contributor_credits),
        )  # fmt: skip
        for name, values in (
            ("opening", year.opening),
            ("interest", year.interest),
            ("spending", year.spending),
            ("in", year.transfers_in),
            ("out", year.transfers_out),
            ("to_pool", year.to_pool),
            ("surrendered", year.surrendered),
            ("closing", year.closing),
        ):
            store[f"accounts_{name}"][payroll, t] = values
