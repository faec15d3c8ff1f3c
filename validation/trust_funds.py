"""Solvency functions against the published tables of a fund: OASDI of the United States.

``published/oasdi_2026.csv`` carries the trustees' 75 years under three sets of assumptions: income
without interest, cost, taxable payroll and the compound interest factor (1 at the start of 2026,
each year's value at mid-year), in billions of US dollars; interest income and reserves to the year
before depletion. Source: Social Security Administration, 2026 OASDI Trustees Report, single-year
tables VI.G1 to VI.G3; the depletion years and the balance are those of its Highlights.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from fundpool.actuarial.solvency import (
    actuarial_balance,
    balance_recursion,
    exhaustion_year,
    level_rate,
    reserve_months,
    short_range_test,
)
from fundpool.models.axes.arrays import FloatArray
from validation.part import Check, Part, checks_table

TABLE = Path(__file__).parent / "published" / "oasdi_2026.csv"
SOURCE = "2026 OASDI Trustees Report"
FIRST_YEAR = 2026
DEPLETION = {"intermediate": 2034, "high-cost": 2032, "low-cost": 2048}
BALANCE = -4.42
"""Per cent of taxable payroll, 75 years, intermediate, with a year's cost as the target."""
RATE_NEEDED, RATE_NOW = 16.65, 12.4
"""Payroll tax rates in per cent: needed at once for 75 years (no target), and in force."""


def yearly_interest(factor: FloatArray) -> FloatArray:
    """Interest by year from compound factors at mid-year.

    ``F[t] = prod_{s<t} (1+i[s]) * (1+i[t])^0.5``, solved year by year. The factors carry four
    digits, so a year's rate is known to some 0.001 and its neighbour errs the other way.
    """
    growth = np.empty_like(factor)
    start = 1.0
    for t, value in enumerate(factor):
        growth[t] = (value / start) ** 2
        start *= growth[t]
    return growth - 1.0


def earned_interest(opening: float, net: float, income: float) -> float:
    """Rate at which a balance and mid-year flows earn an income: ``B i + f ((1+i)^0.5 - 1)``."""

    def surplus(rate: float) -> float:
        return opening * rate + net * (np.sqrt(1.0 + rate) - 1.0) - income

    return float(brentq(surplus, -0.5, 1.0))


def closing_balances(table: pd.DataFrame, opening: float) -> FloatArray:
    """Reserves by the recursion; interest as published, by the factors once that ends."""
    net = (table["non_interest_income"] - table["cost"]).to_numpy(float)
    interest = yearly_interest(table["interest_factor"].to_numpy(float))
    balance = opening
    for t, income in enumerate(table["interest_income"].to_numpy(float)):
        if np.isnan(income):
            break
        interest[t] = earned_interest(balance, net[t], income)
        balance = balance + net[t] + income
    return balance_recursion(opening, net, interest)


def trust_funds() -> Part:
    """Recompute balance, rate, depletion and short-range test of OASDI."""
    data = pd.read_csv(TABLE)
    opening = float(data.loc[data["scenario"] == "actual", "reserves"].iloc[0])
    checks: list[Check] = []
    for scenario, year in DEPLETION.items():
        table = data[data["scenario"] == scenario].reset_index(drop=True)
        balances = closing_balances(table, opening)
        published = table["reserves"].to_numpy(float)
        known = ~np.isnan(published)
        difference = float(np.abs(balances[known] - published[known]).max())
        checks.append(
            Check(
                f"{scenario}: reserves to {FIRST_YEAR + int(known.sum()) - 1} within 3 bn",
                f"largest difference {difference:.1f} bn", difference < 3.0, SOURCE,
            )
        )  # fmt: skip
        depleted = exhaustion_year(balances, FIRST_YEAR)
        checks.append(
            Check(f"{scenario}: depleted in {year}", str(depleted), depleted == year, SOURCE)
        )
        cost = table["cost"].to_numpy(float)
        months = reserve_months(balances[:-1], cost[1:])
        start = float(reserve_months(opening, cost[0]))
        passed = short_range_test(months, 12.0, opening=start)
        checks.append(
            Check(
                f"{scenario}: a year's cost in reserve is not met over ten years",
                "passed" if passed else "not passed", not passed, SOURCE,
            )
        )  # fmt: skip
    table = data[data["scenario"] == "intermediate"]
    income, cost, payroll, factor = (
        table[name].to_numpy(float)
        for name in ("non_interest_income", "cost", "taxable_payroll", "interest_factor")
    )
    interest = yearly_interest(factor)
    level_income = float((income / factor).sum() / (payroll / factor).sum())
    none = np.zeros_like(cost)
    balance = 100 * float(
        actuarial_balance(level_income, cost, none, payroll, opening, interest, cost[-1])
    )
    checks.append(
        Check(
            "actuarial balance over 75 years, a year's cost as target, within 0.02 points",
            f"{balance:.2f} against {BALANCE:.2f} % of payroll", abs(balance - BALANCE) < 0.02,
            SOURCE,
        )
    )  # fmt: skip
    needed = level_rate(cost, none, payroll, opening, interest)
    rise = 100 * (float(needed) - level_income)
    checks.append(
        Check(
            "rise of the rate that leaves nothing after 75 years, within 0.05 points",
            f"{rise:.2f} against {RATE_NEEDED - RATE_NOW:.2f} points",
            abs(rise - (RATE_NEEDED - RATE_NOW)) < 0.05,
            SOURCE,
        )
    )
    text = (
        "The trustees of the United States' old-age and disability funds publish 75 years of "
        "income, cost, payroll and interest under three sets of assumptions, with what follows "
        "from them. The same figures go through the project's own solvency functions. Interest "
        "by year is what the published interest income implies, and after depletion what the "
        "published interest factors imply. Income and cost are published in whole billions, so "
        "reserves may differ by a few.\n\n"
    )
    return Part(text + checks_table(checks), tuple(checks))
