"""Funds as a table: the runs of :mod:`fundpool.models.funds.recursion`, a row a pool and year."""

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.books import benefit_column, payer_column
from fundpool.models.funds.recursion import HubYear, PoolRun, scheme_run
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.terms.cash_benefits import benefits_of
from fundpool.models.terms.subsidies import payers_of

BOOK_COLUMNS = (
    "persons",
    "contributors",
    "contribution_base",
    "contributions",
    "account_credits",
    "from_accounts",
    "missing_years_paid",
    "subsidies",
    "claims_incurred",
    "claims_paid",
    "outstanding",
    "administration",
    "cash_benefits",
)


def fund_table(case: Case, flows: CountyFlows, plan: PoolingPlan) -> pd.DataFrame:
    """Balances of every scheme and pool by year, one row each.

    Money in nominal currency; stocks (balance, outstanding) at the end of the year.
    ``opening_balance`` holds what is taken over from merged schemes in the year (``taken_over``).
    ``from_accounts`` is what the pooled fund gains when accounts are forfeited or converted on a
    move, ``missing_years_paid`` what contributors pay at retirement for credited years that they
    are short of. Where the case has a table ``subsidies``, a column ``subsidies_<payer>`` each says
    who paid them; they add up to ``subsidies``. Benefits in cash stand alike in columns
    ``cash_benefits_<benefit>``. The hub of an adjustment fund is a row of its own,
    level ``<level> adjustment fund``; one whose stage is over hands its money on or keeps it at
    interest.

    >>> from fundpool import examples
    >>> from fundpool.models.pooling import plan_for
    >>> study = examples.study()
    >>> table = fund_table(study.case, study.flows, plan_for(study.case, "city"))
    >>> table.groupby("scheme")["year"].agg(["min", "max"]).to_numpy().tolist()
    [[2021, 2023], [2021, 2023]]
    """
    frames = []
    detail = tuple(map(payer_column, payers_of(case.schemes)))
    detail += tuple(map(benefit_column, benefits_of(case.schemes)))
    for scheme in case.schemes:
        if scheme.in_force(int(flows.years[1])):
            frames += _rows_of_run(scheme_run(case, flows, plan, scheme.name), detail)
    return pd.concat(frames, ignore_index=True)


def _rows_of_run(run: PoolRun, detail: tuple[str, ...]) -> list[pd.DataFrame]:
    hubs = {hub.year: hub for hub in run.hub_years}
    frames = []
    for t in range(run.years.size):
        if t in hubs:
            frames.append(_rows_of_hubs(run, hubs[t]))
        frames.append(_rows_of_pools(run, t, detail))
    return frames


def _rows_of_pools(run: PoolRun, t: int, detail: tuple[str, ...]) -> pd.DataFrame:
    """Rows of the pools of a year, counted from 0."""
    laid, here = run.layout, (t, run.layout.in_force(t))
    pools = laid.pools[laid.stage_of[t]]
    income, other_income, outgo, base = (
        run.money[name][here] for name in ("income", "other_income", "outgo", "contribution_base")
    )
    opening, balance = run.opening_balance[here], run.balance[0]
    swaps_in, swaps_out = run.received[here], run.paid[here]
    interest = float(run.interest[t])
    net = income + other_income - outgo + swaps_in - swaps_out
    return pd.DataFrame(
        {
            "scheme": laid.scheme,
            "pool": pools.codes,
            "name": pools.names,
            "level": pools.levels,
            "year": int(run.years[t]),
            **{name: run.money[name][here] for name in BOOK_COLUMNS},
            **{name: run.money[name][here] for name in detail},
            "swaps_in": swaps_in,
            "swaps_out": swaps_out,
            "interest": opening * interest + net * (np.sqrt(1.0 + interest) - 1.0),
            "opening_balance": opening,
            "taken_over": run.taken_over[here],
            "balance": balance[here],
            "outgo_next_year": run.money["outgo_next_year"][here],
            "reserve_months": run.reserve_months[here],
            "payg_rate": ratio(outgo - other_income, base),
            "income_rate": ratio(income, base),
            "funding_ratio": ratio(opening, outgo),
        }
    )


def _rows_of_hubs(run: PoolRun, hub: HubYear) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scheme": run.layout.scheme,
            "pool": [f"{code}-adjustment" for code in hub.hubs.codes],
            "name": hub.hubs.names,
            "level": [f"{level} adjustment fund" for level in hub.hubs.levels],
            "year": int(run.years[hub.year]),
            "swaps_in": hub.levies,
            "swaps_out": hub.grants,
            "interest": hub.balance - hub.opening - hub.levies + hub.grants,
            "opening_balance": hub.opening,
            "balance": hub.balance,
        }
    )
