"""Flows under other economic paths, without projecting anew.

People and cover do not depend on wages and prices, and flows are proportional to an index each:
payroll bases, contributions, what is paid for missing years, credits and the income of those who
pay flat premiums to wages; flat premiums and subsidies to their own index; claims to the price of
care. Another path multiplies each year's flow by the ratio of the indices. Personal
accounts feed on their own interest and are not carried over; where pooled funds gain from them
(forfeiture, conversion) flows cannot be re-priced.
"""

from dataclasses import replace

import numpy as np

from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.economy import EconomicPaths
from fundpool.models.flows.record import CountyFlows


def can_be_repriced(flows: CountyFlows) -> bool:
    """Whether no pooled fund gains from personal accounts.

    >>> from fundpool import examples
    >>> can_be_repriced(examples.study().flows)
    True
    """
    return not flows.accounts_to_pool.any()


def repriced(case: Case, flows: CountyFlows, paths: EconomicPaths) -> CountyFlows:
    """Flows of the same people under other economic paths.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> same = repriced(study.case, study.flows, study.flows.paths)
    >>> bool(np.allclose(same.claims_incurred, study.flows.claims_incurred))
    True

    Args:
        case: the case that the flows come from.
        flows: its flows.
        paths: other paths over the same years.

    Raises:
        ValueError: the paths run over another number of years, or pooled funds gain from accounts.
    """
    if not can_be_repriced(flows):
        raise ValueError("pooled funds gain from personal accounts; project anew")
    if paths.wage.shape != flows.paths.wage.shape:
        raise ValueError("paths and flows must run over the same years")
    wage = paths.wage / flows.paths.wage
    premium = paths.premium / flows.paths.premium
    price = paths.medical_price / flows.paths.medical_price
    paid = np.stack([wage if scheme.kind == "payroll" else premium for scheme in case.schemes])

    def times(values: FloatArray, ratio: FloatArray) -> FloatArray:
        return values * ratio.reshape(ratio.shape + (1,) * (values.ndim - ratio.ndim))

    return replace(
        flows,
        contribution_base=flows.contribution_base * wage[None, :, None],
        contributions=times(flows.contributions, paid),
        subsidies=times(flows.subsidies, paid),
        account_credits=times(flows.account_credits, paid),
        missing_years_paid=times(flows.missing_years_paid, paid),
        claims_incurred=flows.claims_incurred * price[None, :, None],
        claims_offsite=flows.claims_offsite * price[None, :, None],
        claims_by_distance=times(flows.claims_by_distance, price[None]),
        settlement=flows.settlement * price[None, :, None, None],
        cost_of_care=times(flows.cost_of_care, price),
        expected_cost=flows.expected_cost * price[None, :, None],
        duplicate_avoided=times(flows.duplicate_avoided, price),
        paths=paths,
    )
