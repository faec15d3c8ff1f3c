"""Solvency of every pool, as tables.

Rates are those of the pooled fund: what goes to personal accounts is taken off contributions. In
a flat scheme the base is disposable income, so that premiums of rich and poor counties compare.
"""

from collections.abc import Mapping

import pandas as pd

from fundpool.inputs.case import Case
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.recursion import PoolRun, scheme_run, standing_runs
from fundpool.models.funds.summary import NEVER, PoolSummary, pool_summary
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.timeline import layout

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
    :class:`fundpool.models.funds.summary.PoolSummary` gives; ``base_present_value`` is its
    ``worth``, the weight of a level rate in means. ``exhaustion_year`` is blank if there is none.

    >>> from fundpool import examples
    >>> summaries = examples.projection("city").summaries
    >>> measures = pool_measures({name: summary for name, (_, summary) in summaries.items()})
    >>> measures["pool"].tolist()
    ['C00000', 'C00001', 'C00000', 'C00001']
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
