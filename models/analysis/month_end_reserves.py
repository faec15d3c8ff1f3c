"""Months of outgo that funds hold at the end of each month of their accounts."""

import numpy as np
import pandas as pd

from fundpool.actuarial.seasonality import MONTHS

RESERVE_COLUMNS = [
    "scheme", "region", "name", "level", "year", "month", "balance", "outgo", "outgo_months",
    "reserve_months",
]  # fmt: skip


def month_end_reserves(months: pd.DataFrame) -> pd.DataFrame:
    """Balance over a twelfth of the outgo of the twelve months that end with each month.

    Twelve months hold every season once. In the first eleven months of accounts there are fewer
    (``outgo_months``), and no full year to take a season from: equal months are assumed. Blank
    where there was no outgo.

    Args:
        months: accounts (:class:`fundpool.inputs.accounts.Accounts`), months of a fund in order.

    Returns:
        columns :data:`RESERVE_COLUMNS`; ``outgo`` is that of twelve months.
    """
    table = months.copy()
    funds = table.groupby(["scheme", "region"], sort=False)["outgo"]
    table["outgo_months"] = np.minimum(funds.cumcount() + 1, MONTHS)
    summed = funds.transform(lambda outgo: outgo.rolling(MONTHS, min_periods=1).sum())
    table["outgo"] = summed * MONTHS / table["outgo_months"]
    table["reserve_months"] = (MONTHS * table["balance"] / table["outgo"]).where(table["outgo"] > 0)
    return table[RESERVE_COLUMNS]
