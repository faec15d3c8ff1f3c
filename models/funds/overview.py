"""Headline figures of a scheme under a pooling plan, for tables and the page alike."""

from collections.abc import Mapping
from typing import TypedDict

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.flows.record import CountyFlows
from fundpool.models.funds.evenness import weighted_mean
from fundpool.models.funds.recursion import PoolRun
from fundpool.models.funds.summary import NEVER, PoolSummary, evenness_between, exhausted_share


class Headline(TypedDict):
    """Headline figures of a scheme's pools; a figure that does not exist is NaN.

    Attributes:
        pools, pools_exhausted, short_range_failed: numbers of pools of all stages.
        persons_exhausted_share: share of the insured whose fund ran dry while they were in it.
        first_exhaustion: None if no pool runs dry.
        min_reserve_months: of any pool in any year; NaN where none has outgo.
        closing_balance: of all pools and adjustment funds at the end of the projection, central
            path; nil for a scheme that another has taken in.
        level_rate_mean, income_rate_mean, level_rate_range, gini, theil: means and spread weighted
            by the present value of pools' bases; NaN where no pool has a level rate.
    """

    pools: int
    pools_exhausted: int
    persons_exhausted_share: float
    first_exhaustion: int | None
    short_range_failed: int
    min_reserve_months: float
    closing_balance: float
    level_rate_mean: float
    income_rate_mean: float
    level_rate_range: float
    gini: float
    theil: float


def headline_of(
    case: Case, run: PoolRun, summary: PoolSummary, persons: FloatArray, last_year: int
) -> Headline:
    """Headline figures of a scheme.

    Args:
        case: the case.
        run: the paths of its pools.
        summary: their measures.
        persons: insured by projected year and county, ``(T, n)``.
        last_year: last projected year.
    """
    dry = summary.exhaustion_year[summary.exhaustion_year != NEVER]
    spread = evenness_between(case, summary)
    return {
        "pools": len(summary.codes),
        "pools_exhausted": dry.size,
        "persons_exhausted_share": exhausted_share(summary, persons),
        "first_exhaustion": int(dry.min()) if dry.size else None,
        "short_range_failed": int((~summary.short_range_test).sum()),
        "min_reserve_months": float(np.fmin.reduce(summary.min_reserve_months)),
        "closing_balance": float(run.total[0, -1]) if run.years[-1] == last_year else 0.0,
        "level_rate_mean": weighted_mean(summary.level_rate, summary.worth),
        "income_rate_mean": weighted_mean(summary.income_rate, summary.worth),
        "level_rate_range": spread["range"],
        "gini": spread["gini"],
        "theil": spread["theil"],
    }


def scheme_overview(
    case: Case, flows: CountyFlows, summaries: Mapping[str, tuple[PoolRun, PoolSummary]]
) -> pd.DataFrame:
    """One row per scheme: its name and the figures of :class:`Headline`."""
    rows = []
    for name, (run, summary) in summaries.items():
        persons = flows.persons[case.scheme_number(name), 1:, :-1]
        headline = headline_of(case, run, summary, persons, int(flows.years[-1]))
        rows.append({"scheme": name, **headline})
    result = pd.DataFrame(rows)
    result["first_exhaustion"] = result["first_exhaustion"].astype("Int64")
    return result
