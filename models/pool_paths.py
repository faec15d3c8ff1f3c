"""Flows of a scheme's pools by scenario: what a balance recursion, a what-if or a program needs.

For fixed people, cover and scenario every flow is linear in the levers, so these arrays are the
coefficients: income is ``rate * contribution_base``, and

``B[t] = B[t-1] * (1+i[t]) + (rate[t] * contribution_base[t] + subsidies[t] + swaps in - swaps out
- outgo[t]) * (1+i[t])^0.5``.
"""

from dataclasses import dataclass

import numpy as np

from fundpool.models.pairs import IntArray
from fundpool.models.pooling import pools_of
from fundpool.models.projection import Projection
from fundpool.models.rates import FloatArray


@dataclass(frozen=True)
class PoolPaths:
    """One scheme's pools: ``s`` scenarios, ``T`` years, ``p`` pools. Nominal money.

    Attributes:
        scheme: name of the scheme.
        pools, names, levels: code, name and level of each pool.
        of_county: pool of each county, ``(n,)``.
        years: projected years, ``(T,)``.
        contribution_base: what a rate of the pooled fund is a share of, ``(s, T, p)``.
        income: pooled contributions (account credits taken off) at the rates in force.
        subsidies: paid in by the state, and what comes from personal accounts.
        outgo: claims paid and administration.
        outstanding: claims incurred and not yet paid at the end of the year.
        outgo_next_year: outgo of the year after.
        interest: yearly rate, ``(s, T)``.
        opening_balance: at the start of the first year, ``(p,)``.
        persons, contributors: central mean numbers in the year, ``(T, p)``.
    """

    scheme: str
    pools: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    of_county: IntArray
    years: IntArray
    contribution_base: FloatArray
    income: FloatArray
    subsidies: FloatArray
    outgo: FloatArray
    outstanding: FloatArray
    outgo_next_year: FloatArray
    interest: FloatArray
    opening_balance: FloatArray
    persons: FloatArray
    contributors: FloatArray

    @property
    def rate(self) -> FloatArray:
        """Rate of the pooled fund in force, ``(s, T, p)``; zero where there is no base."""
        return np.divide(
            self.income,
            self.contribution_base,
            out=np.zeros_like(self.income),
            where=self.contribution_base > 0,
        )


def central_paths(projection: Projection, scheme: str) -> PoolPaths:
    """The projection's own path of a scheme as a single scenario.

    Raises:
        ValueError: the plan changes its pools on the way, or has an adjustment fund, whose swaps
            are not part of these flows.
    """
    years = projection.years
    stages = {projection.plan.stage(scheme, int(year)) for year in years}
    if len(stages) > 1 or any(stage.adjustment is not None for stage in stages):
        raise ValueError(
            f"plan {projection.plan.name} changes its pools or swaps money between them; take one "
            "with the same pools throughout"
        )
    pools = pools_of(projection.case, next(iter(stages)))
    table = projection.funds[projection.funds["scheme"] == scheme]

    def by_pool(name: str) -> FloatArray:
        wide = table.pivot(index="year", columns="pool", values=name)
        return wide[list(pools.codes)].to_numpy(dtype=float)

    return PoolPaths(
        scheme=scheme,
        pools=pools.codes,
        names=pools.names,
        levels=pools.levels,
        of_county=pools.of_county,
        years=years,
        contribution_base=by_pool("contribution_base")[None],
        income=(by_pool("contributions") - by_pool("account_credits"))[None],
        subsidies=(by_pool("subsidies") + by_pool("from_accounts"))[None],
        outgo=(by_pool("claims_paid") + by_pool("administration"))[None],
        outstanding=by_pool("outstanding")[None],
        outgo_next_year=by_pool("outgo_next_year")[None],
        interest=projection.flows.paths.interest[None],
        opening_balance=by_pool("opening_balance")[0],
        persons=by_pool("persons"),
        contributors=by_pool("contributors"),
    )
