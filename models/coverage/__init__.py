"""Who is insured, and by which scheme: a Markov chain between coverage statuses.

``base_year`` holds the observed cover, ``leaving`` the hazards of leaving it, ``participation``
what moves people into work-based cover, ``chain`` the yearly transitions, ``on_move``
what a move does to cover, ``renewal`` the entry hazards that hold the pattern by age,
``retirement`` who reaches the retirement ages and so retires.
"""

from fundpool.models.coverage.base_year import (
    BaseCoverage,
    base_coverage,
    entry_factor,
    pair_rows,
    rural_shares,
    rural_shares_by_row,
)
from fundpool.models.coverage.chain import Transition, coverage_generator, yearly_transition
from fundpool.models.coverage.leaving import CoverageHazards, coverage_hazards
from fundpool.models.coverage.on_move import (
    cover_on_job_loss,
    cover_on_move,
    cover_on_return,
    home_cover,
)
from fundpool.models.coverage.participation import compliance, entry_hazard, insured_share
from fundpool.models.coverage.retirement import (
    RetiringGroups,
    retiring_groups,
)
from fundpool.models.terms.coverage import retirement_ages
from fundpool.models.terms.packages import package_cover, package_rate

__all__ = [
    "BaseCoverage",
    "CoverageHazards",
    "RetiringGroups",
    "Transition",
    "base_coverage",
    "compliance",
    "cover_on_job_loss",
    "cover_on_move",
    "cover_on_return",
    "coverage_generator",
    "coverage_hazards",
    "entry_factor",
    "entry_hazard",
    "home_cover",
    "insured_share",
    "package_cover",
    "package_rate",
    "pair_rows",
    "retirement_ages",
    "retiring_groups",
    "rural_shares",
    "rural_shares_by_row",
    "yearly_transition",
]
