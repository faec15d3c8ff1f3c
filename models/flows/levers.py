"""FlowLevers: what a planner can change without a new projection, as a user states it.

:mod:`fundpool.models.flows.factors` turns levers into factors on recorded flows of counties, and
:mod:`fundpool.models.analysis.what_if` these into factors on the flows of pools in scenarios.
Participation is held: what a rate does to enrolment needs a new projection, as do moves, cover
and rules of payment; :func:`lever_kind` says what a lever needs.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Kind = Literal["linear", "recursion", "flows", "projection"]

LINEAR = ("income_factor", "added_rate", "subsidy_factor", "outgo_factor", "opening_factor",
          "added_opening")  # fmt: skip
"""Factors on pools whose effect on every balance is linear: half of a change, half of the effect
(:class:`fundpool.models.analysis.what_if.PoolLevers`)."""

RECURSION = ("levy", "own_responsibility", "interest")
"""What acts within the balance recursion of pools and is not linear in it."""

FLOWS = ("wage_growth", "medical_inflation", "premium_growth", "care", "rate", "premium",
         "subsidy")  # fmt: skip
"""FlowLevers on the recorded flows of counties (:class:`FlowLevers`)."""

PROJECTION = ("participation", "retirement_age", "deductible", "ceiling", "reimbursement_rate",
              "settlement_regime", "mobility", "portability")  # fmt: skip
"""FlowLevers that change people, cover or claims themselves."""

FORMER = {"claims_factor": "outgo_factor", "interest_shift": "interest"}
"""Former names of factors on pools, which work with a warning until 0.4."""


@dataclass(frozen=True)
class SchemeLevers:
    """Changes to one scheme's income.

    >>> SchemeLevers(rate=0.01).premium
    0.0

    Attributes:
        rate: points added to the contribution rate of a payroll scheme, as a fraction of the base;
            personal accounts take their share of it.
        premium, subsidy: relative change of premium and subsidy of a flat scheme.
    """

    rate: float = 0.0
    premium: float = 0.0
    subsidy: float = 0.0


@dataclass(frozen=True)
class FlowLevers:
    """Changes from a year on.

    >>> FlowLevers(from_year=2025, medical_inflation=0.01).care
    0.0

    Attributes:
        from_year: first year that is changed; None for the first projected year.
        wage_growth, medical_inflation, premium_growth, interest: added to the yearly rate.
        care: relative change of the frequency of care.
        schemes: changes to single schemes' income.

    Raises:
        ValueError: something that is not a number.
    """

    from_year: int | None = None
    wage_growth: float = 0.0
    medical_inflation: float = 0.0
    premium_growth: float = 0.0
    interest: float = 0.0
    care: float = 0.0
    schemes: Mapping[str, SchemeLevers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is not a number."""
        for name in ("wage_growth", "medical_inflation", "premium_growth", "interest", "care"):
            if not np.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be a number")
        for scheme, change in self.schemes.items():
            if not np.isfinite([change.rate, change.premium, change.subsidy]).all():
                raise ValueError(f"levers of {scheme} must be numbers")


def lever_kind(lever: str) -> Kind:
    """What it takes to answer a lever.

    ``linear`` and ``recursion`` are answered from stored flows of pools, ``flows`` from recorded
    flows of counties, all three at once; ``projection`` needs a new projection.

    >>> lever_kind("levy"), lever_kind("care"), lever_kind("deductible")
    ('recursion', 'flows', 'projection')

    Raises:
        ValueError: no such lever.
    """
    if lever in FORMER:
        warnings.warn(f"{lever} is called {FORMER[lever]} now", DeprecationWarning, stacklevel=2)
        lever = FORMER[lever]
    kinds: dict[Kind, tuple[str, ...]] = {
        "linear": LINEAR, "recursion": RECURSION, "flows": FLOWS, "projection": PROJECTION,
    }  # fmt: skip
    for kind, names in kinds.items():
        if lever in names:
            return kind
    known = ", ".join(name for names in kinds.values() for name in names)
    raise ValueError(f"{lever!r} is not a lever: {known}")
