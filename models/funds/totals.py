"""Flows of all funds of a scheme together, from the opening to the closing balance of a year."""

import pandas as pd

INFLOWS = ("taken_over", "contributions", "from_accounts", "missing_years_paid", "subsidies",
           "swaps_in", "interest")  # fmt: skip
OUTFLOWS = ("account_credits", "claims_paid", "administration", "cash_benefits", "swaps_out")
COLUMNS = ("opening_balance", "taken_over", "contributions", "account_credits", "from_accounts",
           "missing_years_paid", "subsidies", "claims_incurred", "claims_paid", "administration",
           "cash_benefits", "swaps_in", "swaps_out", "interest", "balance")  # fmt: skip


PAYER_COLUMN, BENEFIT_COLUMN = "subsidies_", "cash_benefits_"


def detail_columns(table: pd.DataFrame) -> list[str]:
    """Columns of a table of flows that say who paid subsidies, and what cash was paid for.

    >>> detail_columns(pd.DataFrame(columns=["subsidies", "subsidies_province"]))
    ['subsidies_province']
    """
    return [
        str(name) for name in table.columns if str(name).startswith((PAYER_COLUMN, BENEFIT_COLUMN))
    ]


def flow_totals(funds: pd.DataFrame) -> pd.DataFrame:
    """Money of all pools and adjustment funds together, by scheme and year.

    ``opening_balance`` and the ``INFLOWS`` less the ``OUTFLOWS`` give ``balance``; the opening is
    that before balances of merged schemes are taken over. Claims incurred are no flow of money;
    they stand beside those paid.

    Args:
        funds: the table of :func:`fundpool.models.funds.table.fund_table`.

    Returns:
        columns scheme, year, ``COLUMNS``, and those of :func:`detail_columns`.
    """
    names = [*COLUMNS, *detail_columns(funds)]
    table = funds.groupby(["scheme", "year"], sort=False)[names].sum().reset_index()
    table["opening_balance"] -= table["taken_over"]
    return table
