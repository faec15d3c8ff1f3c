"""A year's claims: the readable specification against the compiled kernel."""

from dataclasses import fields

import numpy as np

from benchmarks.province import prepared_province
from benchmarks.table import Row
from benchmarks.timing import best_in_turn
from fundpool.models.claims import compiled as claims_kernel
from fundpool.models.claims import year as claims
from fundpool.models.claims.year import YearClaims
from fundpool.models.flows.years import opening_year


def measure() -> list[Row]:
    """Seconds and ratio for the base year of the case, and how far the two agree."""
    opening = opening_year(prepared_province())
    asked = (opening.people.exposure, opening.terms, opening.people.register)
    fast, slow = claims_kernel.claims_of_year(*asked), claims.claims_of_year(*asked)
    compared = [(getattr(slow, f.name), getattr(fast, f.name)) for f in fields(YearClaims)]
    worst = max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in compared)
    best = best_in_turn(
        {
            "readable": lambda: claims.claims_of_year(*asked),
            "compiled": lambda: claims_kernel.claims_of_year(*asked),
        },
        rounds=5,
    )
    return [
        Row("claims: readable numpy", best["readable"], "s a year"),
        Row("claims: compiled", best["compiled"], "s a year"),
        Row("claims: readable over compiled", best["readable"] / best["compiled"], "times"),
        Row("claims: compiled against readable, largest difference", worst, "", 1e-12, "at most"),
    ]
