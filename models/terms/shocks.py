"""What shocks multiply in a year, and what strikes people at its beginning, by county."""

from dataclasses import dataclass

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.case.policies import Shock
from fundpool.models.axes.arrays import FloatArray


@dataclass(frozen=True)
class Blow:
    """What a shock does to people at the beginning of a year, by county, ``(n + 1,)`` each.

    Attributes:
        jobs_lost: share of those in work-based cover who lose their jobs.
        migrants_return: share of the migrants living there who go home.
    """

    jobs_lost: FloatArray
    migrants_return: FloatArray


@dataclass(frozen=True)
class ShockTerms:
    """Shocks of a year, by county, ``(n + 1,)``; one, or no blow, without any.

    Attributes:
        care: factor of claims by county of residence and service, ``(n + 1, C)``.
        price: factor of the price of care by place; it stays from the shock's year on.
        wages: factor of wages.
        hiring: factor of the hazards of entering work-based cover.
        blows: shocks that strike people at the beginning of the year.
    """

    care: FloatArray
    price: FloatArray
    wages: FloatArray
    hiring: FloatArray
    blows: tuple[Blow, ...]


def shock_terms(case: Case, year: int) -> ShockTerms:
    """Shocks of a case in a year.

    >>> from fundpool import examples
    >>> shock_terms(examples.case(), 2021).price.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    size = len(case.regions.codes) + 1
    care = np.ones((size, len(case.services)))
    price, wages, hiring = np.ones((3, size))
    blows = []
    for shock in case.shocks:
        if shock.year > year:
            continue
        struck = counties_struck(case, shock)
        price *= 1.0 + (shock.price - 1.0) * struck
        if not shock.during(year):
            continue
        wages *= 1.0 + (shock.wages - 1.0) * struck
        hiring *= 1.0 + (shock.hiring - 1.0) * struck
        for number, service in enumerate(case.services):
            size_of_care = shock.care.get(service, shock.care.get("all", 1.0))
            care[:, number] *= 1.0 + (size_of_care - 1.0) * struck
        if shock.year == year and (shock.jobs_lost or shock.migrants_return):
            blows.append(Blow(shock.jobs_lost * struck, shock.migrants_return * struck))
    return ShockTerms(care, price, wages, hiring, tuple(blows))


def counties_struck(case: Case, shock: Shock) -> FloatArray:
    """One for the counties in which a shock is felt, ``(n + 1,)``; outside zero."""
    struck = np.zeros(len(case.regions.codes) + 1)
    if not shock.regions:
        struck[:-1] = 1.0
    for level in case.levels:
        codes = list(case.regions.codes_at(level))
        ancestor = np.array(case.regions.ancestor_index(level))
        for code in shock.regions:
            if code in codes:
                struck[:-1][ancestor == codes.index(code)] = 1.0
    return struck
