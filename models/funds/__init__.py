"""Balances of every pool by year, and the measures of its solvency.

``books`` runs a scheme's claims off by county, ``table`` and ``recursion`` follow the balances of
pools, ``measures``, ``evenness`` and ``summary`` judge them, ``paths`` holds flows by scenario.
"""

from fundpool.models.funds.books import CountyBook, county_book, run_off
from fundpool.models.funds.evenness import evenness_indices, evenness_of, evenness_overall
from fundpool.models.funds.measures import pool_measures
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.funds.recursion import PoolRun, pool_run, scheme_run
from fundpool.models.funds.summary import PoolSummary, pool_summary
from fundpool.models.funds.table import (
    TakenOver,
    fund_table,
    members,
    stage_at,
    year_after,
)

__all__ = [
    "CountyBook",
    "PoolPaths",
    "PoolRun",
    "PoolSummary",
    "TakenOver",
    "county_book",
    "evenness_indices",
    "evenness_of",
    "evenness_overall",
    "fund_table",
    "members",
    "pool_measures",
    "pool_run",
    "pool_summary",
    "run_off",
    "scheme_run",
    "stage_at",
    "year_after",
]
