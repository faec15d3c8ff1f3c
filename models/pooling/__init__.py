"""Which counties share a fund, by scheme and year, and how pools that stay apart help one another.

``plans`` declares plans and their pools, ``short_form`` reads plans as typed, ``timeline`` lays the
pools of all stages side by side, ``effects`` says what pooling itself changes, ``adjustment`` moves
levies and grants between pools.
"""

from fundpool.models.pooling.adjustment import PoolFlow, swaps_of_year
from fundpool.models.pooling.effects import (
    PooledCare,
    care_by_pool,
    claims_factor,
    collection_effort,
    moral_hazard,
)
from fundpool.models.pooling.plans import AdjustmentFund, PoolingPlan, Pools, Stage, pools_of
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.pooling.timeline import HubMoves, Layout, hub_moves, layout

__all__ = [
    "AdjustmentFund",
    "HubMoves",
    "Layout",
    "PoolFlow",
    "PooledCare",
    "PoolingPlan",
    "Pools",
    "Stage",
    "care_by_pool",
    "claims_factor",
    "collection_effort",
    "hub_moves",
    "layout",
    "moral_hazard",
    "plan_for",
    "pools_of",
    "swaps_of_year",
]
