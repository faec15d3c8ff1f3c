"""The optimiser: contribution rates and swaps that keep funds solvent and even out costs.

Read in this order:

* ``policy``: what a plan must respect and what it aims at
* ``fund_problem``: a scheme's flows, floors and corridors in units near one
* ``linear_program``: a program in families of columns and rows, built in PuLP
* ``constraints``: one function a family of constraints
* ``objectives``: one function an aim
* ``bounds``, ``solving``: solve it, and bound its optimum without believing the solver
* ``certificate``: the independent check
* ``optimisation``: from problem to certified decision
* ``plan``, ``planning``: tables; a projection in, a plan out
* ``scenario_reduction``, ``swap_rule``: plans under uncertainty
* ``transfers``: who pays whom
* ``naive``, ``comparison``: simpler policies, by the same certificate
* ``explanations``, ``industries``, ``sensitivity``: why, and for whom
* ``frontier``: efficient plans between the cheapest and the most even
* ``partition``: at which level to pool, and when
"""

from fundpool.models.optimiser.certificate import Certificate
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.planning import Choices, Sample, optimise, optimise_where_possible
from fundpool.models.optimiser.policy import Aims, Policy

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
