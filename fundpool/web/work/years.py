"""How funds stand at the end of one year: for the maps, tables and spread of a chosen year."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.funds.recursion import PoolRun
from fundpool.models.funds.summary import NEVER
from fundpool.web.work.sides import Side, number


@dataclass(frozen=True)
class YearView:
    """A side's funds in one year, central path; ``P`` funds of all stages, ``n`` counties.

    Attributes:
        of_county: fund of each county in the year, ``(n,)``.
        balance: at the end of the year, ``(P,)``; NaN for a fund that does not stand then.
        months: reserve in months of outgo, ``(P,)``.
        rate: pay-as-you-go rate, outgo less other income over the contribution base, ``(P,)``.
        dry: whether each county's fund has run dry by then, ``(n,)``.
        standing: fund of this year by its place in the summary.
    """

    of_county: IntArray
    balance: FloatArray
    months: FloatArray
    rate: FloatArray
    dry: Any
    standing: dict[int, int]

    def county(self, place: int) -> dict[str, Any]:
        """A county's fund as plain data."""
        fund = int(self.of_county[place])
        return {"dry": bool(self.dry[place]), "months": number(self.months[fund]),
                "rate": number(self.rate[fund])}  # fmt: skip

    def fund(self, place: int) -> dict[str, Any] | None:
        """A fund of the summary as plain data; None if it does not stand in the year."""
        fund = self.standing.get(place)
        if fund is None:
            return None
        return {"balance": number(self.balance[fund]), "months": number(self.months[fund]),
                "rate": number(self.rate[fund])}  # fmt: skip


def year_view(side: Side | None, year: int | None) -> YearView | None:
    """A side in a year; None where no year is asked for or the scheme does not stand then.

    Raises:
        ValueError: a year that is not projected.
    """
    if side is None or year is None:
        return None
    run: PoolRun = side.run
    first, last = side.case.base_year + 1, int(run.years[-1])
    if not first <= year <= last:
        raise ValueError(
            Message("%(year)s is not projected, only %(first)s to %(last)s", year=str(year),
                    first=str(first), last=str(last))
        )  # fmt: skip
    t = year - int(run.years[0])
    if t < 0:
        return None
    money, balance = run.money, run.balance[0, t]
    outgo = money["outgo"][t] - money["other_income"][t]
    places, dry = side.summary.place_of, side.summary.county_dry
    in_force = np.flatnonzero(~np.isnan(balance) & (places >= 0))
    return YearView(
        of_county=run.layout.of_county()[t],
        balance=balance,
        months=run.reserve_months[t],
        rate=ratio(outgo, money["contribution_base"][t], np.nan),
        dry=(dry != NEVER) & (dry <= year),
        standing={int(places[fund]): int(fund) for fund in in_force},
    )
