"""Payments by payer and place of care as a pooling plan makes them."""

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.claims.terms import distance, regions_by_level
from fundpool.models.flows.record import CountyFlows
from fundpool.models.flows.territory import paid_by_distance
from fundpool.models.pooling.effects import PooledCare, care_by_pool
from fundpool.models.pooling.plans import PoolingPlan


def settled(case: Case, flows: CountyFlows, plan: PoolingPlan, scheme: int) -> FloatArray:
    """Incurred payments of a scheme by year, payer and place under a plan, ``(T + 1, u, u)``.

    Their sums by payer are the claims incurred of the plan's funds. The record holds the places in
    the territory of the base year; what a payer pays at a distance under the plan is spread over
    its places as it is there, or evenly where nothing is paid there.

    Args:
        case: the case.
        flows: its flows.
        plan: the plan.
        scheme: number of the scheme.
    """
    usual = flows.settlement[scheme]
    width = flows.residents.shape[1]
    detailed = usual.shape[1] == width
    level = 0 if detailed else case.levels.index(case.second_level)
    regions = regions_by_level(case)
    unit = regions[level]  # of each county; outside is the last
    units = usual.shape[1]
    unit = np.where(unit < 0, units - 1, unit)
    first = np.unique(unit, return_index=True)[1]
    apart = distance(regions, first[:, None], first[None, :])
    apart = np.maximum(apart, level)
    care = care_by_pool(case, plan, case.schemes[scheme].name, flows.years[1:])
    recorded = flows.claims_by_distance[scheme, :, :-1]
    had = _by_unit(paid_by_distance(recorded, *_usual(case, care)), unit[:-1], units, level)
    have = paid_by_distance(recorded, care.territory, care.other) * care.factor[..., None]
    have = _by_unit(have, unit[:-1], units, level)
    payer = np.arange(units)[:, None]
    places = (apart[:, :, None] == np.arange(had.shape[2])).sum(axis=1)  # (u, L + 1)
    evenly = ratio(have * (had == 0.0), np.broadcast_to(places, have.shape))
    changed = usual * ratio(have, had)[:, payer, apart] + evenly[:, payer, apart]
    return np.asarray(changed)


def _usual(case: Case, care: PooledCare) -> tuple[IntArray, IntArray]:
    """Territories of the base year."""
    level = np.full_like(care.territory, case.levels.index(case.second_level))
    return level, level


def _by_unit(paid: FloatArray, unit: IntArray, units: int, level: int) -> FloatArray:
    """Sum over the counties of a unit, and over distances within it, ``(T + 1, u, L + 1)``."""
    result = np.zeros((paid.shape[0], units, paid.shape[2]))
    np.add.at(result.swapaxes(0, 1), unit, paid.swapaxes(0, 1))
    result[:, :, level] = result[:, :, : level + 1].sum(axis=2)
    result[:, :, :level] = 0.0
    return result
