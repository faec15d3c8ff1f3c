"""Stochastic drivers: how wages, prices, interest, morbidity, moving and enrolment vary.

Deviations from the central path follow a vector autoregression of order one,

``x[t] = A x[t-1] + L z[t]``,  ``x[0] = 0``,  ``L L' = D R D``,

with ``A`` the persistence, ``D`` the volatilities and ``R`` the correlations of case.toml, ``z``
independent standard normals. Catastrophes come beside it: in every region of the level that an
event reaches their yearly number is Poisson, their size lognormal (a compound Poisson process).

Growth rates deviate in logs: an index is its central path times ``exp`` of the summed
deviations, so the central path is the median of the drivers. Moving and enrolment work through
linear coefficients (:mod:`fundpool.models.flows.responses`).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import DRIVERS
from fundpool.inputs.settings.scenarios import Scenarios, correlation_matrix, persistence_matrix
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.scenarios.compiled import autoregression, rotated
from fundpool.models.scenarios.draws import METHODS, pseudo_normals, sobol_normals

D = len(DRIVERS)
ACCUMULATED = (True, True, False, False, True, True)
"""Drivers whose effect builds up over the years: an index, or people who stay moved."""


@dataclass(frozen=True)
class DriverModel:
    """A vector autoregression of the drivers' deviations.

    Attributes:
        persistence: ``A``, ``(6, 6)``.
        scale: ``L``, lower triangular, ``(6, 6)``.
    """

    persistence: FloatArray
    scale: FloatArray

    @property
    def volatility(self) -> FloatArray:
        """Standard deviation of each innovation, ``(6,)``."""
        return np.asarray(np.sqrt((self.scale**2).sum(axis=1)))

    def stationary_covariance(self) -> FloatArray:
        """Covariance of the deviations after many years: ``V = A V A' + L L'``."""
        identity = np.eye(D * D)
        flat = np.linalg.solve(
            identity - np.kron(self.persistence, self.persistence),
            (self.scale @ self.scale.T).ravel(),
        )
        return np.asarray(flat.reshape(D, D), dtype=np.float64)

    def response(self, years: int) -> FloatArray:
        """Deviations as a linear map of the normals, ``(6 T, 6 T)``, years outermost."""
        block = self.scale
        result = np.zeros((years, D, years, D))
        for late in range(years):
            for t in range(late, years):
                result[t, :, t - late, :] = block
            block = self.persistence @ block
        return result.reshape(years * D, years * D)

    def rotation(self, years: int) -> FloatArray:
        """Orthogonal map that puts the principal components first, ``(6 T, 6 T)``.

        Components of what moves balances: deviations summed over the years for drivers whose
        effect builds up, else the deviations themselves. ``normals = rotation @ points``.
        """
        weights = np.zeros((years, D, years, D))
        for t in range(years):
            for driver in range(D):
                weights[t, driver, slice(0 if ACCUMULATED[driver] else t, t + 1), driver] = 1.0
        moved = weights.reshape(years * D, years * D) @ self.response(years)
        _, _, components = np.linalg.svd(moved)
        # the sign of a component is free; fixed here so that all machines agree
        largest = np.argmax(np.abs(components), axis=1)
        signs = np.sign(components[np.arange(components.shape[0]), largest])
        return np.ascontiguousarray((components * signs[:, None]).T)


@dataclass(frozen=True)
class EventKind:
    """A kind of catastrophe.

    Attributes:
        name: its name.
        yearly_rate: expected events a year in each region.
        region_of: region that each county lies in, ``(n,)``.
        regions: number of regions.
        years: years that an event lasts.
        claims, wages, participation: mean relative change.
        spread: standard deviation of the logarithm of an event's size, whose mean is one.
    """

    name: str
    yearly_rate: float
    region_of: IntArray
    regions: int
    years: int
    claims: float
    wages: float
    participation: float
    spread: float


@dataclass(frozen=True)
class ScenarioModel:
    """Everything random about a case.

    Attributes:
        drivers: the vector autoregression.
        events: kinds of catastrophes.
        premium_follows_wages: share of a wage deviation that premiums follow.
        interest_floor: lowest interest.
        overdispersion: variance of a county's yearly claim frequency beyond Poisson.
        method: ``pseudo`` or ``sobol`` for the drivers.
        noise: whether claims vary within the year beyond the drivers.
    """

    drivers: DriverModel
    events: tuple[EventKind, ...]
    premium_follows_wages: float
    interest_floor: float
    overdispersion: float
    method: str = "pseudo"
    noise: bool = True

    def __post_init__(self) -> None:
        """Refuse an unknown method."""
        if self.method not in METHODS:
            raise ValueError(f"{self.method!r} is not a method: {', '.join(METHODS)}")

    @cached_property
    def _rotations(self) -> dict[int, FloatArray]:
        return {}

    def deviations(self, seed: int, first: int, count: int, years: int) -> FloatArray:
        """Driver deviations of scenarios ``first ... first + count - 1``, ``(count, T, 6)``."""
        if self.method == "sobol":
            points = sobol_normals(seed, first, count, years * D)
            if years not in self._rotations:
                self._rotations[years] = self.drivers.rotation(years)
            normals = rotated(points, self._rotations[years]).reshape(count, years, D)
        else:
            normals = pseudo_normals(seed, first, count, (years, D))
        return np.asarray(autoregression(normals, self.drivers.persistence, self.drivers.scale))


def driver_model(scenarios: Scenarios) -> DriverModel:
    """The drivers of case.toml.

    >>> from fundpool import examples
    >>> from fundpool.models.scenarios import scenario_settings
    >>> driver_model(scenario_settings(examples.case())).persistence.shape
    (6, 6)
    """
    volatility = np.array([scenarios.volatility.values.get(name, 0.0) for name in DRIVERS])
    factor = np.linalg.cholesky(correlation_matrix(scenarios))
    return DriverModel(persistence_matrix(scenarios), volatility[:, None] * factor)


def scenario_settings(case: Case) -> Scenarios:
    """The section ``scenarios`` of a case.

    >>> from fundpool import examples
    >>> scenario_settings(examples.case()).volatility.values["interest"] > 0.0
    True

    Raises:
        CaseError: the case has none.
    """
    if case.settings.scenarios is None:
        raise CaseError(
            [
                Finding.of_setting("case.toml", "scenarios", None,
                                   Message("volatilities, correlations and catastrophes of the "
                                           "drivers"),
                                   Message("Add the section [scenarios] (docs/stochastic.md says "
                                           "what belongs in it), or ask for no scenarios."))
            ]
        )  # fmt: skip
    return case.settings.scenarios


def not_in_scenarios(case: Case) -> str:
    """What of a case the scenarios cannot follow, in words; empty if nothing.

    A scenario runs every scheme by itself, in all projected years: money and claims that one scheme
    takes over from another are not there.

    >>> from fundpool import examples
    >>> not_in_scenarios(examples.case())
    ''
    """
    return "schemes that merge" if case.settings.mergers else ""


def refuse_beyond_scenarios(case: Case) -> None:
    """Refuse a case that the scenarios cannot follow.

    Raises:
        ValueError: schemes that merge.
    """
    beyond = not_in_scenarios(case)
    if beyond:
        raise ValueError(f"scenarios cannot follow {beyond}")


def scenario_model(case: Case, method: str = "pseudo", noise: bool = True) -> ScenarioModel:
    """The random part of a case.

    >>> from fundpool import examples
    >>> scenario_model(examples.case()).method
    'pseudo'

    Args:
        case: a case with a section ``scenarios``.
        method: ``pseudo`` or ``sobol``.
        noise: whether claims vary within the year beyond the drivers.

    Raises:
        CaseError: the case has no such section.
        ValueError: an unknown method.
    """
    settings = scenario_settings(case)
    events = tuple(
        EventKind(
            name=name,
            yearly_rate=kind.yearly_rate,
            region_of=np.asarray(case.regions.ancestor_index(kind.reach), dtype=np.int64),
            regions=len(case.regions.codes_at(kind.reach)),
            years=kind.years,
            claims=kind.claims,
            wages=kind.wages,
            participation=kind.participation,
            spread=float(np.sqrt(np.log1p(kind.variation**2))),
        )
        for name, kind in settings.catastrophes.items()
    )
    return ScenarioModel(
        drivers=driver_model(settings),
        events=events,
        premium_follows_wages=settings.premium_follows_wages.value,
        interest_floor=settings.interest_floor.value,
        overdispersion=settings.claims_overdispersion.value,
        method=method,
        noise=noise,
    )
