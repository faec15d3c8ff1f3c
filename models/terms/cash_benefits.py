"""Benefits in cash in force in a year, by county, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.terms.subsidies import INTO, funds_paid_into

DAYS = 365.0
"""Days that a year's wage is paid for."""


@dataclass(frozen=True)
class CashBenefitTerms:
    """What a scheme pays in cash in a year, ``(B, n)`` each, ``B`` benefits of the case.

    Attributes:
        a_birth: money for a birth to an insured mother, base-year money.
        a_head: money an insured person, base-year money.
        wage_share: over the contribution base: days a member, over those of a year, times the share
            of the daily wage.
    """

    a_birth: FloatArray
    a_head: FloatArray
    wage_share: FloatArray


def benefits_of(schemes: Sequence[Scheme]) -> tuple[str, ...]:
    """Names of the benefits in cash of the schemes of a case, in the order of their table.

    What funds pay into others (:func:`fundpool.models.terms.subsidies.funds_paid_into`) follows.

    >>> from fundpool import examples
    >>> benefits_of(examples.case().schemes)
    ()
    """
    named = (benefit.name for scheme in schemes for benefit in scheme.cash_benefits)
    into = (f"{INTO}{name}" for name in funds_paid_into(schemes))
    return tuple(dict.fromkeys((*named, *into)))


def cash_benefit_terms(
    scheme: Scheme, regions: RegionTree, year: int, benefits: tuple[str, ...]
) -> CashBenefitTerms | None:
    """Benefits in cash of a scheme in a year; None if the case has none for it.

    A benefit of a county, by its basis, is that of the nearest region up the tree.

    Args:
        scheme: the scheme.
        regions: the region tree.
        year: the year.
        benefits: of the case (:func:`benefits_of`).
    """
    if not scheme.cash_benefits or not scheme.in_force(year):
        return None
    terms = {
        basis: np.zeros((len(benefits), len(regions.codes))) for basis in ("birth", "head", "day")
    }
    for county, code in enumerate(regions.codes):
        for region in reversed(regions.lineage(code)):
            for benefit in scheme.cash_benefits:
                step = benefit.in_force(year) if benefit.region == region else None
                if step is None:
                    continue
                since, amount, share = step
                if benefit.basis == "day":
                    value = amount / DAYS * share
                else:
                    value = amount / scheme.paid_in_index(since)
                terms[benefit.basis][benefits.index(benefit.name), county] = value
    return CashBenefitTerms(terms["birth"], terms["head"], terms["day"])
