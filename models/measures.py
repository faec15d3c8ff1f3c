"""Solvency of every pool and evenness between pools, from the fund table.

Rates are those of the pooled fund: what goes to personal accounts is taken off contributions. In
a flat scheme the base is disposable income, so that premiums of rich and poor counties compare.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from actuarial import evenness as even
from actuarial import solvency
from inputs.case import Case
from models.economy import EconomicPaths


def pool_measures(case: Case, funds: pd.DataFrame, paths: EconomicPaths) -> pd.DataFrame:
    """Solvency measures of every pool that lasts to the end of the projection.

    Columns: scheme, pool, name, level, opening_balance, closing_balance, exhaustion_year (blank
    if never), min_reserve_months, final_reserve_months, payg_rate_first, payg_rate_last,
    income_rate_first, income_rate_last, level_rate, actuarial_balance, short_range_test,
    cost_per_person, burden.
    """
    target_months = case.value("solvency.target_reserve_months")
    rows = []
    last_year = int(funds["year"].max())
    for (scheme, pool), table in funds.groupby(["scheme", "pool"], sort=False):
        table = table.sort_values("year")
        if int(table["year"].iloc[-1]) != last_year or table["contribution_base"].isna().any():
            continue
        span = len(table)
        interest = paths.interest[-span:]
        outgo = (table["claims_paid"] + table["administration"]).to_numpy(float)
        net_income = (table["contributions"] - table["account_credits"]).to_numpy(float)
        subsidies = (table["subsidies"] + table["from_accounts"]).to_numpy(float)
        base = table["contribution_base"].to_numpy(float)
        opening = float(table["opening_balance"].iloc[0])
        last = table.iloc[-1]
        target = target_months / 12.0 * float(last["outgo_next_year"]) + float(last["outstanding"])
        rated = bool((base > 0).all())
        level = balance = np.nan
        if rated:
            level = float(solvency.level_rate(outgo, subsidies, base, opening, interest, target))
            rate = float(
                (net_income * _discount(interest)).sum() / (base * _discount(interest)).sum()
            )
            balance = float(
                solvency.actuarial_balance(rate, outgo, subsidies, base, opening, interest, target)
            )
        months = table["reserve_months"].to_numpy(float)
        persons = table["persons"].to_numpy(float)
        rows.append(
            {
                "scheme": scheme,
                "pool": pool,
                "name": table["name"].iloc[0],
                "level": table["level"].iloc[0],
                "opening_balance": opening,
                "closing_balance": float(last["balance"]),
                "exhaustion_year": solvency.exhaustion_year(
                    table["balance"].to_numpy(float), int(table["year"].iloc[0])
                ),
                "min_reserve_months": float(np.fmin.reduce(months)),
                "final_reserve_months": float(months[-1]),
                "payg_rate_first": float(table["payg_rate"].iloc[0]),
                "payg_rate_last": float(table["payg_rate"].iloc[-1]),
                "income_rate_first": float(table["income_rate"].iloc[0]),
                "income_rate_last": float(table["income_rate"].iloc[-1]),
                "level_rate": level,
                "actuarial_balance": balance,
                "short_range_test": solvency.short_range_test(
                    np.where(np.isnan(months), target_months, months), target_months
                ),
                "cost_per_person": float(outgo.sum() / persons.sum()) if persons.sum() else np.nan,
                "persons": float(persons[0]),
                "contribution_base": float(base[0]),
            }
        )
    result = pd.DataFrame(rows)
    result["exhaustion_year"] = result["exhaustion_year"].astype("Int64")
    return result


def _discount(interest: np.ndarray) -> np.ndarray:
    return np.asarray(solvency.discount_factors(interest, interest.size))


INDICES = ("mean", "range", "cv", "gini", "theil", "theil_within", "theil_between")


def evenness_of(case: Case, measures: pd.DataFrame) -> pd.DataFrame:
    """Evenness of the level rate between pools of each scheme, weighted by contribution base.

    Columns: scheme, pools, mean, range, cv, gini, theil, theil_within, theil_between; within and
    between the regions of the second level (cities). A plan whose pools lie above that level has
    no within part.
    """
    rows = []
    for scheme, table in measures.groupby("scheme", sort=False):
        rated = table[table["level_rate"].notna()]
        if not rated.empty:
            rows.append({"scheme": scheme, "pools": len(rated)} | _indices(case, rated))
    return pd.DataFrame(rows, columns=["scheme", "pools", *INDICES])


def evenness_overall(case: Case, measures: pd.DataFrame) -> dict[str, float]:
    """The same over all schemes together: each pool's level rates, weighted by its bases."""
    rated = measures[measures["level_rate"].notna()]
    money = rated.assign(money=rated["level_rate"] * rated["contribution_base"])
    pooled = money.groupby("pool", sort=False)[["money", "contribution_base"]].sum().reset_index()
    pooled["level_rate"] = pooled["money"] / pooled["contribution_base"]
    return _indices(case, pooled)


def _indices(case: Case, table: pd.DataFrame) -> dict[str, float]:
    """Evenness of ``level_rate`` between the funds of a table."""
    return evenness_indices(
        case,
        list(table["pool"]),
        table["level_rate"].to_numpy(float),
        table["contribution_base"].to_numpy(float),
    )


def evenness_indices(
    case: Case, pools: Sequence[str], rates: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[str, float]:
    """Evenness of rates between pools, floored at zero for the inequality indices.

    Args:
        case: the case.
        pools: code of each pool, ``(p,)``.
        rates: rate of each, ``(p,)``.
        weight: its contribution base, ``(p,)``.
    """
    grouping = case.levels[min(1, len(case.levels) - 1)]
    ancestors = case.regions.ancestor_index(grouping)
    codes = list(case.regions.codes_at(grouping))
    parents = {
        code: codes[int(city)] for code, city in zip(case.regions.codes, ancestors, strict=True)
    }
    rate = np.maximum(rates, 0.0)
    if not rate.sum() > 0:
        return dict.fromkeys(INDICES, 0.0)
    groups = np.array([parents.get(code, code) for code in pools])
    within, between = even.theil_decomposition(rate, weight, groups)
    return {
        "mean": float(np.average(rate, weights=weight)),
        "range": float(rate.max() - rate.min()),
        "cv": float(even.coefficient_of_variation(rate, weight)),
        "gini": float(even.gini(rate, weight)),
        "theil": float(even.theil(rate, weight)),
        "theil_within": float(within),
        "theil_between": float(between),
    }


def weighted_mean(values: ArrayLike, weights: ArrayLike) -> float:
    """Weighted mean; nil where nobody is there to be weighed, as in a scheme not joined yet."""
    weight = np.asarray(weights, dtype=float)
    if not weight.sum() > 0:
        return 0.0
    return float(np.average(np.asarray(values, dtype=float), weights=weight))
