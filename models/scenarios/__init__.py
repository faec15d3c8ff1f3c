"""Stochastic drivers, and the balances of every pool in many scenarios.

``model`` declares the drivers, ``fit`` estimates them, ``draws`` are the random numbers; ``terms``
and ``flows`` turn draws into money by county, with ``claims_noise``; ``compiled`` and ``pools`` are
the compiled parts; ``run`` runs scenarios on one of the ``engines``; ``county_money`` and
``pool_paths`` keep what was drawn.
"""

from fundpool.models.scenarios.county_money import county_chance
from fundpool.models.scenarios.engines import Engine, EngineError, engine_for
from fundpool.models.scenarios.fit import fit_drivers
from fundpool.models.scenarios.model import (
    DriverModel,
    EventKind,
    ScenarioModel,
    driver_model,
    not_in_scenarios,
    scenario_model,
    scenario_settings,
)
from fundpool.models.scenarios.pool_paths import sampled_paths
from fundpool.models.scenarios.run import Outcomes, StochasticRun, run_scenarios
from fundpool.models.scenarios.terms import ScenarioTerms, scenario_terms

__all__ = [
    "DriverModel",
    "Engine",
    "EngineError",
    "EventKind",
    "Outcomes",
    "ScenarioModel",
    "ScenarioTerms",
    "StochasticRun",
    "county_chance",
    "driver_model",
    "engine_for",
    "fit_drivers",
    "not_in_scenarios",
    "run_scenarios",
    "sampled_paths",
    "scenario_model",
    "scenario_settings",
    "scenario_terms",
]
