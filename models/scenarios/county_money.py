"""Money of every county in many scenarios, kept: pooled in any way without drawing again.

Memory: three numbers of four bytes a scenario, year and county for each scheme (17 MB for 500
scenarios of 30 years and 95 counties).
"""

from collections.abc import Callable

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.funds.pool_money import Chance
from fundpool.models.scenarios.flows import county_scratch, draws, fill
from fundpool.models.scenarios.terms import ScenarioTerms

REPORTED = 25
"""Scenarios between two calls of ``progress``."""


def county_chance(
    case: Case,
    terms: ScenarioTerms,
    scenarios: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Chance]:
    """Scenarios ``0 ... scenarios - 1`` by scheme.

    >>> from fundpool import examples
    >>> from fundpool.models.scenarios import scenario_terms
    >>> terms = scenario_terms(examples.study())
    >>> sorted(county_chance(examples.case(), terms, scenarios=10, seed=7))
    ['employee', 'resident']

    Args:
        case: the case.
        terms: coefficients of its flows.
        scenarios: how many.
        seed: seed of all draws.
        progress: called with the number of scenarios done.
    """
    schemes, years, counties = terms.shape
    kept = {
        name: np.empty((schemes, scenarios, years, counties), dtype=np.float32)
        for name in ("income", "subsidies", "claims")
    }
    interest = np.empty((scenarios, years))
    scratch = county_scratch(terms)
    for row, draw in enumerate(draws(terms, seed, 0, scenarios)):
        fill(scratch, terms, draw)
        for name, values in kept.items():
            values[:, row] = getattr(scratch, name)
        interest[row] = draw.drivers[:, 5]
        if progress is not None and (row + 1) % REPORTED == 0:
            progress(row + 1)
    return {
        scheme.name: Chance(
            kept["income"][number], kept["subsidies"][number], kept["claims"][number], interest
        )
        for number, scheme in enumerate(case.schemes)
    }
