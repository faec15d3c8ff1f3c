"""Contributions, subsidies and claims of every county and year, before any pooling.

``years`` computes them and ``record`` keeps them; ``territory`` settles the claims in the territory
of any pool. How they answer to changes without another projection: ``levers`` states changes,
``factors`` is what these multiply flows by, ``responses`` what moving and enrolment do to flows.
"""

from fundpool.models.flows.factors import can_be_repriced, repriced, with_levers
from fundpool.models.flows.levers import FlowLevers, SchemeLevers, lever_kind
from fundpool.models.flows.record import CountyFlows, Multipliers
from fundpool.models.flows.years import OpeningYear, county_flows, opening_year

__all__ = [
    "CountyFlows",
    "FlowLevers",
    "Multipliers",
    "OpeningYear",
    "SchemeLevers",
    "can_be_repriced",
    "county_flows",
    "lever_kind",
    "opening_year",
    "repriced",
    "with_levers",
]
