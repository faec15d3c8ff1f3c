"""Contributions, subsidies and claims of every county and year, before any pooling.

``years`` computes them and ``record`` keeps them; ``levers``, ``repricing`` and ``responses`` say
how they answer to changes without another projection.
"""

from fundpool.models.flows.levers import FlowLevers, SchemeLevers, with_levers
from fundpool.models.flows.record import CountyFlows, Multipliers
from fundpool.models.flows.repricing import can_be_repriced, repriced
from fundpool.models.flows.years import OpeningYear, county_flows, opening_year

__all__ = [
    "CountyFlows",
    "FlowLevers",
    "Multipliers",
    "OpeningYear",
    "SchemeLevers",
    "can_be_repriced",
    "county_flows",
    "opening_year",
    "repriced",
    "with_levers",
]
