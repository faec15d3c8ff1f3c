"""How funds pay for services in a year, by group of counties."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.provider_payments import PaymentMethod
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import BoolArray


@dataclass(frozen=True)
class ProviderPayment:
    """A service that a scheme pays for otherwise than by claim in a group of counties.

    Attributes:
        region: code of the region whose rule it is.
        service: number of the service.
        counties: those that follow it, ``(n + 1,)``; the nearest region up the tree with a rule
            decides.
        rule: the method in force.
        a_head: money an insured person in the year, for capitation.
    """

    region: str
    service: int
    counties: BoolArray
    rule: PaymentMethod
    a_head: float


def provider_payments(
    scheme: Scheme, regions: RegionTree, services: tuple[str, ...], year: int, base_year: int
) -> tuple[ProviderPayment, ...]:
    """Services that a scheme pays for otherwise than by claim in a year."""
    if not scheme.payment_methods or not scheme.in_force(year):
        return ()
    result = []
    for number, service in enumerate(services):
        in_force: dict[str, PaymentMethod] = {}
        for (region, listed_service), listed in scheme.payment_methods.items():
            begun = [method for method in listed if method.year <= year]
            if listed_service == service and begun:
                in_force[region] = begun[-1]
        follows = [
            next((region for region in regions.lineage(code) if region in in_force), "")
            for code in regions.codes
        ]
        for region, rule in in_force.items():
            counties = np.array([*(followed == region for followed in follows), False])
            if rule.method == "fee" or not counties.any():
                continue
            grown = (1.0 + rule.growth) ** (year - max(rule.year, base_year))
            result.append(ProviderPayment(region, number, counties, rule, rule.amount * grown))
    return tuple(result)
