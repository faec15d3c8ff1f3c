"""Where the error of projected expenditure comes from: members, use, price, what the fund pays.

With ``N`` members, ``n_k`` claims of a member and ``c_k`` cost of a claim of a kind of care ``k``,
and ``s`` what the fund pays of the cost, expenditure is ``N s sum(n_k c_k)``. Its error, projected
over published, is the product of four:

``N / N'``, ``sum(n_k c'_k) / sum(n'_k c'_k)``, ``sum(n_k c_k) / sum(n_k c'_k)``, ``s / s'``,

those published marked by a dash.
"""

import numpy as np
import pandas as pd

from validation.part import markdown_table, percent

VISITS, STAYS = ("visits a member", "cost of a visit, CNY"), ("stays a member",
                                                              "cost of a stay, CNY")  # fmt: skip
FACTORS = ("members", "use of care", "price of care", "paid of the cost")


def decomposed(table: pd.DataFrame, use: pd.Series, known: pd.Series, scheme: str) -> pd.DataFrame:
    """Relative errors of a scheme's expenditure by year, whole and by factor.

    Args:
        table: of :func:`validation.from_start.compared`.
        use: projected claims a member and costs of a claim, by scheme, measure and year.
        known: published ones.
        scheme: which.

    Returns:
        index: year; columns ``expenditure``, then :data:`FACTORS`; NaN where nothing is published.
    """
    figures = table[table["scheme"] == scheme].set_index(["what", "year"])
    error = figures["now"] / figures["published"] - 1.0
    rows = {}
    for year in figures.loc["members"].index:
        projected, published = (
            {kind: (each[scheme, kind[0], year], each[scheme, kind[1], year])
             for kind in (VISITS, STAYS)}
            for each in (use, known)
        )  # fmt: skip
        mixed = sum(projected[kind][0] * published[kind][1] for kind in projected)
        members = 1.0 + error["members", year]
        used = mixed / sum(number * cost for number, cost in published.values())
        priced = sum(number * cost for number, cost in projected.values()) / mixed
        whole = 1.0 + error.get(("expenditure", year), np.nan)
        rows[year] = np.array([whole, members, used, priced, whole / members / used / priced]) - 1.0
    return pd.DataFrame.from_dict(rows, orient="index", columns=["expenditure", *FACTORS])


def shown(table: pd.DataFrame) -> str:
    """The errors by factor as Markdown."""
    rows = [
        {"year": year}
        | {name: "-" if pd.isna(value) else percent(value) for name, value in row.items()}
        for year, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    return markdown_table(pd.DataFrame(rows))
