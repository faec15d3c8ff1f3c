"""Income classes and members who choose for themselves, in a year, by county, as arrays."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.format.vocabulary import AGES
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.member_groups import IncomeClass, classes_in_force
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray

EVERYBODY = (IncomeClass(1.0, 1.0, 1.0, 1.0),)
"""One class, where a case has none."""


@dataclass(frozen=True)
class ClassTerms:
    """Income classes of a flat scheme in a year, ``(n, I)`` each; shares of a county sum to one.

    Attributes:
        share: share of the members who pay.
        premium, subsidy: over the premium and subsidy of the scheme.
        income: mean income over disposable income a head.
        limit: share of income that a premium takes at most, ``(n,)``; None without a limit.
    """

    share: FloatArray
    premium: FloatArray
    subsidy: FloatArray
    income: FloatArray
    limit: FloatArray | None

    def charged(
        self, premium: FloatArray, subsidy: FloatArray, income: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """What a member pays, and what the state pays for one, ``(n,)`` each.

        ``min(p f, limit * income)`` of each class, and ``s g`` with what is above the limit.

        Args:
            premium, subsidy: of the scheme, ``(n,)``.
            income: disposable income a head, ``(n,)``.
        """
        due = premium[:, None] * self.premium
        paid = due
        if self.limit is not None:
            paid = np.minimum(due, (self.limit * income)[:, None] * self.income)
        granted = subsidy[:, None] * self.subsidy + due - paid
        return (self.share * paid).sum(axis=1), (self.share * granted).sum(axis=1)


@dataclass(frozen=True)
class OwnChoiceTerms:
    """Members of a payroll scheme who choose rate and base themselves.

    Attributes:
        share: share of paying members by age, ``(n, 101)``.
        rate: their rate, ``(n,)``.
        base: their base over the local mean wage of the year, ``(n,)``.
    """

    share: FloatArray
    rate: FloatArray
    base: FloatArray


def class_terms(scheme: Scheme, regions: RegionTree, year: int) -> ClassTerms | None:
    """Income classes of a scheme in a year; None if all pay alike and no premium is limited."""
    limited = "premium_income_limit" in scheme.file.rules
    if not scheme.income_classes and not limited:
        return None
    by_county = [
        classes_in_force(scheme.income_classes, regions.lineage(code), year) or EVERYBODY
        for code in regions.codes
    ]
    most = max(len(classes) for classes in by_county)
    values = np.zeros((4, len(by_county), most))
    for county, classes in enumerate(by_county):
        for place, each in enumerate(classes):
            values[:, county, place] = each.share, each.premium, each.subsidy, each.income
    limit = scheme.rule_array("premium_income_limit", regions, year) if limited else None
    share, premium, subsidy, income = values
    return ClassTerms(share, premium, subsidy, income, limit)


def own_choice_terms(
    scheme: Scheme, regions: RegionTree, year: int, floor: FloatArray, ceiling: FloatArray
) -> OwnChoiceTerms | None:
    """Members who choose rate and base in a year; None where nobody does.

    Args:
        scheme: a payroll scheme.
        regions: the region tree.
        year: the year.
        floor, ceiling: limits of the base over the local mean wage, ``(n,)``.
    """
    if not scheme.own_choice:
        return None
    share = np.zeros((len(regions.codes), AGES))
    for county, code in enumerate(regions.codes):
        listed = [region for region in regions.lineage(code) if region in scheme.own_choice]
        if listed:
            share[county] = scheme.own_choice[listed[0]]
    return OwnChoiceTerms(
        share=share,
        rate=scheme.rule_array("own_rate", regions, year),
        base=np.clip(scheme.rule_array("own_base", regions, year), floor, ceiling),
    )
