"""Evenness of rates between pools: inequality indices that need no case table but its regions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fundpool.actuarial import evenness as even
from fundpool.inputs.case import Case

INDICES = ("mean", "range", "cv", "gini", "theil", "theil_within", "theil_between")


def evenness_indices(
    case: Case, pools: Sequence[str], rates: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[str, float]:
    """Evenness of rates between pools, floored at zero for the inequality indices.

    NaN without any pool; zero where no rate lies above zero.

    >>> from fundpool import examples
    >>> rates, weight = np.array([0.06, 0.06, 0.1, 0.1]), np.ones(4)
    >>> pools = ["000000", "000001", "000002", "000003"]
    >>> indices = evenness_indices(examples.case(), pools, rates, weight)
    >>> round(indices["gini"], 6)
    0.125

    Args:
        case: the case.
        pools: code of each pool, ``(p,)``.
        rates: rate of each, ``(p,)``.
        weight: present value of its contribution base, ``(p,)``.
    """
    grouping = case.second_level
    ancestors = case.regions.ancestor_index(grouping)
    codes = list(case.regions.codes_at(grouping))
    parents = {
        code: codes[int(city)] for code, city in zip(case.regions.codes, ancestors, strict=True)
    }
    if not len(pools):
        return dict.fromkeys(INDICES, float("nan"))
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


def evenness_of(case: Case, measures: pd.DataFrame) -> pd.DataFrame:
    """Evenness of the level rate between pools of each scheme, by present value of their bases.

    Columns: scheme, pools, mean, range, cv, gini, theil, theil_within, theil_between; within and
    between the regions of the second level (cities). A plan whose pools lie above that level has
    no within part. A scheme without a level rate has no row.

    >>> from fundpool import examples
    >>> projection = examples.projection("county")
    >>> evenness_of(projection.case, projection.measures)["scheme"].tolist()
    ['employee', 'resident']
    """
    rows = []
    for scheme, table in measures.groupby("scheme", sort=False):
        rated = table[table["level_rate"].notna()]
        if not rated.empty:
            rows.append({"scheme": scheme, "pools": len(rated)} | _indices(case, rated))
    return pd.DataFrame(rows, columns=["scheme", "pools", *INDICES])


def evenness_overall(case: Case, measures: pd.DataFrame) -> dict[str, float]:
    """The same over all schemes together: each pool's level rates, weighted by its bases.

    >>> from fundpool import examples
    >>> projection = examples.projection("county")
    >>> sorted(evenness_overall(projection.case, projection.measures))
    ['cv', 'gini', 'mean', 'range', 'theil', 'theil_between', 'theil_within']
    """
    rated = measures[measures["level_rate"].notna()]
    money = rated.assign(money=rated["level_rate"] * rated["base_present_value"])
    pooled = money.groupby("pool", sort=False)[["money", "base_present_value"]].sum().reset_index()
    pooled["level_rate"] = pooled["money"] / pooled["base_present_value"]
    return _indices(case, pooled)


def _indices(case: Case, table: pd.DataFrame) -> dict[str, float]:
    """Evenness of ``level_rate`` between the funds of a table."""
    return evenness_indices(
        case,
        list(table["pool"]),
        table["level_rate"].to_numpy(float),
        table["base_present_value"].to_numpy(float),
    )


def weighted_mean(values: ArrayLike, weights: ArrayLike) -> float:
    """Weighted mean of the values that exist; NaN where none does or none has weight."""
    value, weight = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    known = ~np.isnan(value)
    if not weight[known].sum() > 0:
        return float("nan")
    return float(np.average(value[known], weights=weight[known]))
