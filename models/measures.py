"""Solvency of every pool and evenness between pools, as tables.

Rates are those of the pooled fund: what goes to personal accounts is taken off contributions. In
a flat scheme the base is disposable income, so that premiums of rich and poor counties compare.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fundpool.inputs.case import Case
from fundpool.models.evenness import INDICES, evenness_indices
from fundpool.models.flow_record import CountyFlows
from fundpool.models.pool_layout import layout
from fundpool.models.pool_recursion import PoolRun, scheme_run, standing_runs
from fundpool.models.pool_summary import NEVER, PoolSummary, pool_summary
from fundpool.models.pooling import PoolingPlan

COLUMNS = ("first_year", "last_year", "opening_balance", "closing_balance", "exhaustion_year",
           "min_reserve_months", "final_reserve_months", "payg_rate_first", "payg_rate_last",
           "income_rate_first", "income_rate_last", "income_rate", "level_rate",
           "actuarial_balance", "short_range_test", "cost_per_person", "persons",
           "contribution_base", "worth")  # fmt: skip


def scheme_summaries(
    case: Case, flows: CountyFlows, plan: PoolingPlan, since: int = 0
) -> dict[str, tuple[PoolRun, PoolSummary]]:
    """Paths and measures of the pools of every scheme that stands in a projected year.

    Args:
        case: the case.
        flows: its flows.
        plan: the pooling plan.
        since: number of projected years left out at the start.
    """
    target = case.value("solvency.target_reserve_months")
    summaries = {}
    for scheme in case.schemes:
        if layout(case, plan, scheme.name, flows.years[1:]).stage_of.size <= since:
            continue
        run = scheme_run(case, flows, plan, scheme.name)
        standing = standing_runs(case, flows, plan, run)
        summaries[scheme.name] = run, pool_summary(run, target, standing, since)
    return summaries


def pool_measures(summaries: Mapping[str, PoolSummary]) -> pd.DataFrame:
    """Solvency measures of every pool of every stage; adjustment funds are no pools.

    Columns: scheme, pool, name, level, and those of ``COLUMNS``, whose meaning
    :class:`fundpool.models.pool_summary.PoolSummary` gives; ``base_present_value`` is its
    ``worth``, the weight of a level rate in means. ``exhaustion_year`` is blank if there is none.
    """
    frames = [
        pd.DataFrame(
            {
                "scheme": scheme,
                "pool": summary.codes,
                "name": summary.names,
                "level": summary.levels,
                **{column: getattr(summary, column) for column in COLUMNS},
            }
        )
        for scheme, summary in summaries.items()
    ]
    result = pd.concat(frames, ignore_index=True).rename(columns={"worth": "base_present_value"})
    year = result["exhaustion_year"].astype("Int64")
    result["exhaustion_year"] = year.mask(year == NEVER)
    return result


def evenness_of(case: Case, measures: pd.DataFrame) -> pd.DataFrame:
    """Evenness of the level rate between pools of each scheme, by present value of their bases.

    Columns: scheme, pools, mean, range, cv, gini, theil, theil_within, theil_between; within and
    between the regions of the second level (cities). A plan whose pools lie above that level has
    no within part. A scheme without a level rate has no row.
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
