"""People by home, residence, coverage status, sex and age, from one year to the next.

``preparation`` lays a case out as arrays, with ``opening`` (the base year), ``demography`` and
``care``; ``rates`` declares what a year does to people; ``year`` is the readable specification of
a year and ``compiled`` the same in one pass; ``holdings`` and ``credited_years`` carry what people
bring along, ``held_cells`` packs the state, ``waiting`` counts who joined and may not claim yet,
``shocks`` and ``moving`` run it through the years.
"""

from fundpool.models.population.moving import MovingPeople, YearMoved
from fundpool.models.population.opening import case_pairs, opening_people
from fundpool.models.population.preparation import Prepared, prepare, year_rates
from fundpool.models.population.rates import (
    CareWeights,
    Changes,
    MovementRates,
    YearCount,
    YearRates,
)
from fundpool.models.population.year import (
    band_runs,
    births_by_pair,
    by_residence,
    change_cover,
    expected_claims,
    lapsed_in_transition,
    lapsed_on_move,
    move_home,
    retire,
    step,
    survive_and_age,
    without_reservoir,
)

__all__ = [
    "CareWeights",
    "Changes",
    "MovementRates",
    "MovingPeople",
    "Prepared",
    "YearCount",
    "YearMoved",
    "YearRates",
    "band_runs",
    "births_by_pair",
    "by_residence",
    "case_pairs",
    "change_cover",
    "expected_claims",
    "lapsed_in_transition",
    "lapsed_on_move",
    "move_home",
    "opening_people",
    "prepare",
    "retire",
    "step",
    "survive_and_age",
    "without_reservoir",
    "year_rates",
]
