"""Balances of every pool by year, and the measures of its solvency.

``books`` runs a scheme's claims off by county, ``pool_money`` sums its flows over pools,
``recursion`` computes the balance of each from year to year and ``table`` lists them; ``measures``,
``evenness`` and ``summary`` judge them, ``paths`` holds flows by scenario.
"""

from fundpool.models.funds.books import CountyBook, county_book, run_off, year_after
from fundpool.models.funds.evenness import evenness_indices, evenness_of, evenness_overall
from fundpool.models.funds.measures import pool_measures
from fundpool.models.funds.paths import PoolPaths
from fundpool.models.funds.recursion import PoolRun, pool_run, scheme_run
from fundpool.models.funds.summary import PoolSummary, pool_summary
from fundpool.models.funds.table import fund_table

__all__ = [
    "CountyBook",
    "PoolPaths",
    "PoolRun",
    "PoolSummary",
    "county_book",
    "evenness_indices",
    "evenness_of",
    "evenness_overall",
    "fund_table",
    "pool_measures",
    "pool_run",
    "pool_summary",
    "run_off",
    "scheme_run",
    "year_after",
]
