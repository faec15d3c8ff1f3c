"""Speed and memory: ``python -m benchmarks`` prints one table.

Every module named in ``BENCHMARKS`` has a function ``measure() -> list[Row]``. Whoever adds
something worth measuring adds a module and its name. Absolute times drift with the load of a
machine, ratios taken in one process far less, so what has a goal is a ratio wherever it can be,
with both sides measured in turn.
"""

BENCHMARKS = (
    "machine",
    "population_step",
    "handwritten",
    "claims_year",
    "cohort_fund",
    "projection",
    "year_rules",
    "scenarios",
    "nation",
    "optimiser",
    "commands",
    "planning_page",
)
"""Modules with a function ``measure``, in the order of the table."""
