"""Questions put to projections: each assumption moved, two valuations, shocks, policies,
what-ifs."""

from fundpool.models.analysis.change import NotComparableError, Valuation, analysis_of_change
from fundpool.models.analysis.endurance import endurance_table
from fundpool.models.analysis.places import PlaceProfile, place_profile
from fundpool.models.analysis.policies import PolicyEffects, policy_effects
from fundpool.models.analysis.sensitivity import restudied, steps_of
from fundpool.models.analysis.what_if import Levers, PoolLevers, WhatIf

__all__ = [
    "Levers",
    "NotComparableError",
    "PlaceProfile",
    "PolicyEffects",
    "PoolLevers",
    "Valuation",
    "WhatIf",
    "analysis_of_change",
    "endurance_table",
    "place_profile",
    "policy_effects",
    "restudied",
    "steps_of",
]
