"""Contribution rates and swaps that keep funds solvent and even out costs.

``limits`` is what a plan must respect and what it aims at, ``problem`` a scheme's flows and floors,
``program`` the linear program, ``stages`` solves it aim by aim, ``tail`` with floors in the tail;
``certificate`` checks a plan without believing the solver; ``planning`` turns a projection into a
``plan``, with its ``transfers``; ``beside`` holds simpler policies, ``explain`` says why a plan is
as it is; ``frontier`` and ``partition`` look for other plans.
"""

from fundpool.models.optimiser.certificate import Certificate
from fundpool.models.optimiser.choices import Choices, Sample
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.planning import optimise, optimise_where_possible

__all__ = [
    "Aims",
    "Certificate",
    "Choices",
    "Plan",
    "Policy",
    "Sample",
    "optimise",
    "optimise_where_possible",
]
