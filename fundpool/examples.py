"""A small case for the examples of docstrings: four synthetic counties, three years.

>>> from fundpool import examples
>>> examples.case().levels, examples.study().flows.years.tolist()
(('county', 'city', 'province', 'nation'), [2020, 2021, 2022, 2023])
"""

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.models.axes import FloatArray
    from fundpool.models.flows import OpeningYear
    from fundpool.models.population import Prepared, YearRates
    from fundpool.models.projection import Projection, Study
    from fundpool.models.risk import SolvencyRisk
    from fundpool.models.terms import YearTerms

YEARS = 3


@cache
def case() -> "Case":
    """The case: counties ``000000`` to ``000003``, an employee and a resident scheme."""
    from fundpool.building.copies import synthesise_case
    from fundpool.inputs.case import read_case

    with tempfile.TemporaryDirectory() as folder:
        synthesise_case(Path(folder) / "four", 4, seed=1)
        return read_case(Path(folder) / "four")


@cache
def year_terms(year: int = 2021) -> "YearTerms":
    """The terms of a year; default: the first projected one."""
    from fundpool.models.terms import year_terms as resolved

    return resolved(case(), year)


@cache
def prepared() -> "Prepared":
    """The case laid out as arrays."""
    from fundpool.models.population import prepare

    return prepare(case())


@cache
def whole_people() -> "FloatArray":
    """The people of the base year by pair, status and cell, ``(P, K, 202)``."""
    return prepared().cells.spread(prepared().people)


@cache
def rates() -> "YearRates":
    """The rates of the first projected year; nobody has the years for retiree cover."""
    import numpy as np

    from fundpool.models.coverage import coverage_hazards, yearly_transition
    from fundpool.models.population import year_rates

    transition = yearly_transition(prepared().cover, coverage_hazards(year_terms()))
    nobody = np.zeros((prepared().pairs.count, 2))
    return year_rates(prepared(), year_terms(), transition, nobody)


@cache
def opening() -> "OpeningYear":
    """People and rules of the base year."""
    from fundpool.models.flows import opening_year

    return opening_year(prepared())


@cache
def study() -> "Study":
    """The case projected."""
    from fundpool.models.projection.study import study as projected

    return projected(case(), YEARS)


@cache
def projection(pooling: str = "county") -> "Projection":
    """The study pooled."""
    from fundpool.models.pooling import plan_for

    return study().pooled(plan_for(case(), pooling))


@cache
def risk() -> "SolvencyRisk":
    """A hundred scenarios of the study, pooled by county and by city."""
    from fundpool.models.risk import solvency_risk

    return solvency_risk(study(), ["county", "city"], 100)
