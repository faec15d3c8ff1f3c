"""Flows of a scheme's pools by scenario: what a balance recursion, a what-if or a program needs.

For fixed people, cover and scenario every flow is linear in the levers, so these arrays are the
coefficients: income is ``rate * contribution_base``, and

``B[t] = B[t-1] * (1+i[t]) + (rate[t] * contribution_base[t] + subsidies[t] + swaps in - swaps out
- outgo[t]) * (1+i[t])^0.5``.
"""

from dataclasses import dataclass

from fundpool.actuarial.aggregate_check import AggregateCheck
from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray, IntArray


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
        subsidies: paid in by the state, what comes from personal accounts, and balances of schemes
            taken in on the way.
        outgo: claims paid, administration and benefits in cash.
        outstanding: claims incurred and not yet paid at the end of the year.
        outgo_next_year: outgo of the year after.
        interest: yearly rate, ``(s, T)``.
        opening_balance: at the start of the first year, ``(p,)``.
        persons, contributors: central mean numbers in the year, ``(T, p)``.
        aggregate: check of the aggregate losses that the scenarios draw from; None on the central
            path.
        merged: number of the fund that each pool belongs to in each year, ``(T, p)``, where pools
            merge on the way; flows of a merged fund stand in shares by its pools. None where they
            stay the same.
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
    aggregate: AggregateCheck | None = None
    merged: IntArray | None = None

    @property
    def rate(self) -> FloatArray:
        """Rate of the pooled fund in force, ``(s, T, p)``; zero where there is no base."""
        return ratio(self.income, self.contribution_base)
