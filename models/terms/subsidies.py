"""Subsidies in force in a year, by county, as arrays."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray


@dataclass(frozen=True)
class SubsidyTerms:
    """What payers other than members and employers add in a year, in money of the base year.

    Attributes:
        a_head: money a person insured, by county, ``(n,)``.
        lump_sums: money by region that has one, ``(r,)``.
        lump_counties: whether a county lies in that region, ``(r, n)``.
        outgo_share: share of claims paid and administration, by county, ``(n,)``.
    """

    a_head: FloatArray
    lump_sums: FloatArray
    lump_counties: FloatArray
    outgo_share: FloatArray

    def granted(self, insured: FloatArray) -> FloatArray:
        """Sums a head and lump sums by county, ``(n + 1,)``, base-year money; outside 0.

        A lump sum is divided as the insured of its counties are, equally where nobody is insured.

        Args:
            insured: persons insured, ``(n + 1,)``.
        """
        inside = insured[:-1]
        result = self.a_head * inside
        for amount, members in zip(self.lump_sums, self.lump_counties, strict=True):
            weights = members * inside if (members * inside).sum() > 0 else members
            result = result + amount * weights / weights.sum()
        return np.append(result, 0.0)


def subsidy_terms(scheme: Scheme, regions: RegionTree, year: int) -> SubsidyTerms | None:
    """Subsidies of a scheme in a year; None if the case has none for it."""
    if not scheme.subsidies or not scheme.in_force(year):
        return None
    n = len(regions.codes)
    a_head, outgo_share = np.zeros((2, n))
    lump_sums, lump_counties = [], []
    for subsidy in scheme.subsidies:
        since, value = subsidy.in_force(year)
        inside = np.array(
            [subsidy.region in regions.lineage(code) for code in regions.codes], float
        )
        if subsidy.basis == "share_of_outgo":
            outgo_share += value * inside
            continue
        value /= scheme.paid_in_index(since)
        if subsidy.basis == "a_head":
            a_head += value * inside
        elif value > 0:
            lump_sums.append(value)
            lump_counties.append(inside)
    return SubsidyTerms(
        a_head, np.array(lump_sums), np.array(lump_counties).reshape(-1, n), outgo_share
    )
