"""A plan in the terms of a statute: rates of employers and members, premiums, subsidies a head.

A plan decides the rate of the pooled fund. Of a payroll scheme members' rate and what goes to
accounts stay as they are in force, so that the employers' rate rises and falls with the pooled one;
of a flat scheme the premium a contributor does. Subsidies are those in force, by payer.
"""

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import sum_by
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.funds.totals import PAYER_COLUMN
from fundpool.models.optimiser.plan import Plan
from fundpool.models.projection.study import Projection


def instruments(projection: Projection, plan: Plan) -> pd.DataFrame:
    """What members, employers and the state pay under a plan, by scheme, pool and year.

    Columns: scheme, pool, name, year, employer_rate_in_force, employer_rate, employee_rate,
    account_rate (shares of the base; payroll schemes), premium_in_force, premium (money a
    contributor and year; flat schemes), subsidy (money an insured person and year), and a column
    ``subsidy_PAYER`` for each payer that the case names.

    Args:
        projection: that the plan was made for.
        plan: the plan.
    """
    keys = ["scheme", "pool", "year"]
    rates = plan.rates[[*keys, "name", "rate_in_force", "rate"]]
    table = rates.merge(projection.funds.drop(columns="name"), on=keys, how="left")
    case = projection.case
    base = table["contribution_base"].to_numpy()
    change = (table["rate"] - table["rate_in_force"]).to_numpy()
    payroll = table["scheme"].map({one.name: one.kind == "payroll" for one in case.schemes})
    member = np.zeros(len(table))
    for fund, _, _ in plan.schemes:
        if case.scheme(fund.paths.scheme).kind == "payroll":
            rows = (table["scheme"] == fund.paths.scheme).to_numpy()
            member[rows] = _employee_rates(case, projection, fund.paths).T.ravel()
    gross = ratio(table["contributions"], base)
    heads = table["contributors"].to_numpy()
    result = table[[*keys[:2], "name", "year"]].copy()
    in_force = gross - member
    columns: dict[str, tuple[FloatArray, bool]] = {
        "employer_rate_in_force": (in_force, True),
        "employer_rate": (in_force + change, True),
        "employee_rate": (member, True),
        "account_rate": (ratio(table["account_credits"], base), True),
        "premium_in_force": (ratio(table["contributions"], heads), False),
        "premium": (ratio(table["contributions"] + change * base, heads), False),
    }
    for name, (values, of_payroll) in columns.items():
        result[name] = np.where(payroll == of_payroll, values, np.nan)
    persons = table["persons"].to_numpy()
    result["subsidy"] = ratio(table["subsidies"], persons)
    for column in (name for name in table.columns if str(name).startswith(PAYER_COLUMN)):
        payer = str(column).removeprefix(PAYER_COLUMN)
        result[f"subsidy_{payer}"] = ratio(table[column], persons)
    return result


def _employee_rates(case: Case, projection: Projection, paths: PoolPaths) -> FloatArray:
    """Members' rate in force; where counties of a pool differ by insured persons, ``(T, p)``."""
    scheme, number = case.scheme(paths.scheme), case.scheme_number(paths.scheme)
    count = paths.of_county.size
    rates = np.empty((paths.years.size, len(paths.pools)))
    for t, year in enumerate(paths.years):
        persons = projection.flows.persons[number, t + 1, :count]
        of_county = scheme.rule_array("employee_rate", case.regions, int(year))[:count]
        total, weighted = (
            sum_by(paths.of_county, values, minlength=len(paths.pools))
            for values in (persons, persons * of_county)
        )
        rates[t] = ratio(weighted, total)
    return rates
