"""Personal accounts, a book apart from the pooled fund.

``A[t] = A[t-1] + interest + credits - spending + transfers in - transfers out``, where members
spend a share of the opening balance and the year's credits. The money of contributors is carried
with them (:mod:`fundpool.models.population.holdings`); the rest of a county's book is that of
retired and former members.

A contributor who moves within a territory takes the account along. Between territories the rule in
force decides: it is *transferred*, converted by the destination's factor (what the conversion takes
away or adds, the destination's pooled fund gains or gives); *forfeited* to the pooled fund left; or
*surrendered*, paid out in cash. What leaves one book enters another, whatever the rule.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.compiling import compiled
from fundpool.models.axes.pairs import PairIndex, slices, sum_by
from fundpool.models.axes.threads import side_by_side
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.population.holdings import CONTRIBUTING, MONEY
from fundpool.models.population.rates import YearCount


@dataclass(frozen=True)
class AccountYear:
    """Personal accounts of a year by county, ``(n + 1,)`` each; the last entry is outside.

    ``closing = opening + interest + credits - spending + transfers_in - transfers_out``;
    ``sum(transfers_out) = sum(transfers_in + to_pool + surrendered)``.

    Attributes:
        opening, credits, interest, spending: money.
        transfers_in: what movers brought, after conversion.
        transfers_out: what movers held when they left.
        to_pool: what the county's pooled fund gains by forfeiture and conversion.
        surrendered: paid out to members on leaving.
    """

    opening: FloatArray
    credits: FloatArray
    interest: FloatArray
    spending: FloatArray
    transfers_in: FloatArray
    transfers_out: FloatArray
    to_pool: FloatArray
    surrendered: FloatArray

    @property
    def closing(self) -> FloatArray:
        """Balance at the end of the year."""
        return (
            self.opening
            + self.interest
            + self.credits
            - self.spending
            + self.transfers_in
            - self.transfers_out
        )


def account_year(
    opening: FloatArray,
    credits: FloatArray,
    interest: float,
    spending_share: FloatArray,
    moves: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
) -> AccountYear:
    """One year of the accounts.

    >>> nothing = np.zeros(1)
    >>> moves = (nothing, nothing, nothing, nothing)
    >>> year = account_year(np.array([100.0]), np.array([20.0]), 0.05, np.array([0.0]), moves)
    >>> year.interest.round(2).tolist()  # a year of the opening, half a year of the credits
    [5.49]

    Args:
        opening: balances at the end of the year before, ``(n + 1,)``.
        credits: credited in the year.
        interest: yearly rate; credits earn half a year's.
        spending_share: share of balance and credits spent in the year, ``(n + 1,)``.
        moves: transfers in, transfers out, to the pooled fund, surrendered.
    """
    spending = spending_share * (opening + credits)
    earned = opening * interest + (credits - spending) * ((1.0 + interest) ** 0.5 - 1.0)
    return AccountYear(opening, credits, earned, spending, *moves)


def account_moves(
    count: YearCount, pairs: PairIndex, carry: FloatArray, rule: str
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Account money moved in a year by county: in, out, to the pooled fund, surrendered.

    Args:
        count: the year's count.
        pairs: the pairs.
        carry: factor of money from another territory, ``(n + 1,)``.
        rule: ``transfer``, ``forfeit`` or ``surrender``.
    """

    def by_residence(values: FloatArray) -> FloatArray:
        return sum_by(pairs.residence, values, minlength=pairs.counties + 1)

    near_in, far_in = by_residence(count.money_in[:, 0]), by_residence(count.money_in[:, 1])
    near_out, far_out = by_residence(count.money_out[:, 0]), by_residence(count.money_out[:, 1])
    nothing = np.zeros_like(far_in)
    to_pool = {"transfer": (1.0 - carry) * far_in, "forfeit": far_out}.get(rule, nothing)
    surrendered = far_out if rule == "surrender" else nothing
    return near_in + carry * far_in, near_out + far_out, to_pool, surrendered


def credit_holdings(
    holdings: FloatArray,
    people: FloatArray,
    cells: HeldCells,
    persons: FloatArray,
    pairs: PairIndex,
    year: AccountYear,
    interest: float,
    spending_share: FloatArray,
    contributor_credits: FloatArray,
) -> None:
    """Interest, spending and the year's credits of contributors, entered in their holdings.

    Interest and spending of a county's opening balance fall on what its book holds after the
    year's moves, in proportion; credits go to the contributors of the year's end, a head.

    Args:
        holdings: after the year's moves, packed ``(P, 3, H)``; changed in place.
        people: at the end of the year, packed ``(P, M)``.
        cells: the cells of packed rows.
        persons: the same by pair and status, ``(P, K)``.
        pairs: the pairs.
        year: the county books.
        interest: yearly rate.
        spending_share: share of balance and credits spent, ``(n + 1,)``.
        contributor_credits: credits of contributors, ``(n + 1,)``.
    """
    half = (1.0 + interest) ** 0.5
    after = year.opening + year.transfers_in - year.transfers_out
    relative = np.divide(year.opening, after, out=np.zeros_like(after), where=after > 0)
    growth = 1.0 + (interest - spending_share * half) * relative
    number = sum_by(
        pairs.residence, persons[:, list(CONTRIBUTING)].sum(axis=1), minlength=pairs.counties + 1
    )
    each = np.divide(
        contributor_credits * (1.0 - spending_share) * half,
        number,
        out=np.zeros_like(number),
        where=number > 0,
    )
    growth, each = growth.astype(people.dtype), each.astype(people.dtype)
    employees, dual = cells.contributors_from

    def enter(part: slice) -> None:
        _enter(
            part.start, part.stop, holdings, people, employees, dual, pairs.residence, growth, each
        )

    side_by_side(enter, slices(pairs.count))


@compiled()
def _enter(  # type: ignore[no-untyped-def]
    first, last, holdings, people, employees, dual, residence, growth, each
):
    """``money = growth * money + each * contributors`` by pair and cell, compiled."""
    employees, dual = np.uint64(employees), np.uint64(dual)
    for p in range(first, last):
        place = residence[p]
        for i in range(holdings.shape[2]):
            number = people[p, employees + np.uint64(i)] + people[p, dual + np.uint64(i)]
            holdings[p, MONEY, i] = growth[place] * holdings[p, MONEY, i] + each[place] * number


def balance_per_member(balance: FloatArray, members: FloatArray) -> FloatArray:
    """Mean balance of a member, ``(n + 1,)``; zero where there is none."""
    return np.divide(balance, members, out=np.zeros_like(balance), where=members > 0)
