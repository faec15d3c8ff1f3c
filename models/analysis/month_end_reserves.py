"""Months of outgo that funds hold at the end of each month of their accounts."""

import numpy as np
import pandas as pd

from fundpool.actuarial.seasonality import MONTHS
from fundpool.models.analysis.account_experience import season

RESERVE_COLUMNS = [
    "scheme", "region", "name", "level", "year", "month", "balance", "outgo", "outgo_months",
    "pattern_years", "reserve_months",
]  # fmt: skip


def month_end_reserves(months: pd.DataFrame) -> pd.DataFrame:
    """Balance over a twelfth of the outgo of the twelve months that end with each month.

    Twelve months hold every season once. Where the accounts have fewer (``outgo_months``), their
    outgo is divided by the share of a year that these months have in the fund's earlier full
    years; there are none at the beginning of accounts, and equal months are assumed
    (``pattern_years`` is 0). Blank where there was no outgo.

    Args:
        months: accounts (:class:`fundpool.inputs.accounts.Accounts`).

    Returns:
        columns :data:`RESERVE_COLUMNS`; ``outgo`` is that of twelve months.
    """
    rows = []
    for _, fund in months.groupby(["scheme", "region"], sort=False):
        fund = fund.sort_values(["year", "month"])
        outgo = fund["outgo"].to_numpy(dtype=float)
        for place, row in enumerate(fund.to_dict("records")):
            window = slice(max(0, place - MONTHS + 1), place + 1)
            known = outgo[window].size
            shares, pattern_years = season(fund, "outgo", int(row["year"]))
            share = 1.0
            if known < MONTHS:
                share = float(shares[fund["month"].to_numpy()[window] - 1].sum())
            yearly = float(outgo[window].sum()) / share if share > 0 else np.nan
            rows.append(
                {name: row[name] for name in RESERVE_COLUMNS[:7]}
                | {
                    "outgo": yearly, "outgo_months": known, "pattern_years": pattern_years,
                    "reserve_months": MONTHS * row["balance"] / yearly if yearly > 0 else np.nan,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=RESERVE_COLUMNS)
