"""Personal accounts, a book apart from the pooled fund.

``A[t] = A[t-1] + credits + interest - spending + transfers in - transfers out``, where members
spend a share of the opening balance and the year's credits.
A member who moves and keeps work-based cover takes the mean balance of the county along; what
leaves one county's accounts enters another's, so transfers sum to zero over all places.
"""

from dataclasses import dataclass

import numpy as np

from models.pairs import PairIndex, sum_by
from models.population import CONTRIBUTING
from models.rates import FloatArray, YearCount, YearRates


@dataclass(frozen=True)
class AccountYear:
    """Personal accounts of a year by county, ``(n + 1,)`` each; the last entry is outside.

    ``closing = opening + interest + credits - spending + transfers_in - transfers_out``.
    """

    opening: FloatArray
    credits: FloatArray
    interest: FloatArray
    spending: FloatArray
    transfers_in: FloatArray
    transfers_out: FloatArray

    @property
    def closing(self) -> FloatArray:
        """Balance at the end of the year."""
        return (
            self.opening
            + self.credits
            + self.interest
            - self.spending
            + self.transfers_in
            - self.transfers_out
        )


def transfers(
    count: YearCount, pairs: PairIndex, rates: YearRates, balance_per_member: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Account money that movers take along: into and out of each county, ``(n + 1,)``.

    Movers of a pair go to the other destinations of their home in proportion to the destination
    shares, so the money does too. The two sums are equal.
    """
    is_own = np.zeros(pairs.count, dtype=bool)
    is_own[pairs.own] = True
    contributing = list(CONTRIBUTING)
    kept_out = rates.move_out[np.ix_(contributing, contributing)].sum(axis=1)
    kept_onward = rates.move_onward[np.ix_(contributing, contributing)].sum(axis=1)
    kept_return = rates.move_return[np.ix_(contributing, contributing)].sum(axis=1)
    onward_movers = np.where(
        is_own,
        count.onward[:, contributing] @ kept_out,
        count.onward[:, contributing] @ kept_onward,
    )
    balance = balance_per_member[pairs.residence]
    onward = onward_movers * balance
    returned = (count.returned[:, contributing] @ kept_return) * balance

    elsewhere = np.where(is_own, 1.0, 1.0 - rates.destination)
    onward = np.where(elsewhere > 0, onward, 0.0)
    spread = np.divide(onward, elsewhere, out=np.zeros_like(onward), where=elsewhere > 0)
    by_home = np.add.reduceat(spread, pairs.start[:-1])[pairs.home]
    arriving = rates.destination * (by_home - np.where(is_own, 0.0, spread))
    arriving[pairs.own] += np.add.reduceat(returned, pairs.start[:-1])
    size = pairs.counties + 1
    into = sum_by(pairs.residence, arriving, minlength=size)
    out = sum_by(pairs.residence, onward + returned, minlength=size)
    return into, out


def account_year(
    opening: FloatArray,
    credits: FloatArray,
    interest: float,
    spending_share: FloatArray,
    moved: tuple[FloatArray, FloatArray],
) -> AccountYear:
    """One year of the accounts.

    Args:
        opening: balances at the end of the year before, ``(n + 1,)``.
        credits: credited in the year.
        interest: yearly rate; credits earn half a year's.
        spending_share: share of balance and credits spent in the year, ``(n + 1,)``.
        moved: money transferred in and out.
    """
    spending = spending_share * (opening + credits)
    earned = opening * interest + (credits - spending) * ((1.0 + interest) ** 0.5 - 1.0)
    return AccountYear(opening, credits, earned, spending, *moved)


def balance_per_member(balance: FloatArray, members: FloatArray) -> FloatArray:
    """Mean balance of a member, ``(n + 1,)``; zero where there is none."""
    return np.divide(balance, members, out=np.zeros_like(balance), where=members > 0)
