"""Flows of every scenario by county: draws turned into money.

:func:`readable_flows` is the specification in plain numpy; the kernel of
:mod:`models.scenario_kernel` is what runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from models.draws import EVENT_SIZES_STREAM, EVENTS_STREAM, NOISE_STREAM, Stream
from models.rates import FloatArray
from models.scenario_kernel import (
    GRID_HALF,
    GRID_STEP,
    apply_events,
    county_flows_of_scenario,
    drivers_at_work,
    event_numbers,
)
from models.scenario_terms import ScenarioTerms


@dataclass(frozen=True)
class Draw:
    """What chance does to one scenario.

    Attributes:
        number: number of the scenario.
        drivers: wage index, premium index, price and morbidity, mean moving and enrolment
            deviations, interest, ``(T, 6)``.
        noise: standard normals of the claims, ``(T, S, n)``; empty without noise.
        struck: 1 in years with an event, ``(T,)``.
        factors: effects of events on claims, wages and participation, ``(3, T, n)``.
    """

    number: int
    drivers: FloatArray
    noise: FloatArray
    struck: np.ndarray
    factors: FloatArray


def draws(terms: ScenarioTerms, seed: int, first: int, count: int) -> Iterator[Draw]:
    """The draws of scenarios ``first ... first + count - 1``; arrays are reused from one to next.

    Raises:
        ValueError: a seed that is not a whole number of at least 0.
    """
    model = terms.model
    schemes, years, counties = terms.shape
    deviations = model.deviations(seed, first, count, years)
    kinds = model.events
    means = np.array([kind.yearly_rate * kind.regions for kind in kinds])
    region_of = np.array([kind.region_of for kind in kinds]).reshape(len(kinds), counties)
    regions = np.array([kind.regions for kind in kinds], dtype=np.int64)
    lasting = np.array([kind.years for kind in kinds], dtype=np.int64)
    effects = np.array([(kind.claims, kind.wages, kind.participation) for kind in kinds])
    spread = np.array([kind.spread for kind in kinds])
    happen, sizes = Stream(seed, EVENTS_STREAM), Stream(seed, EVENT_SIZES_STREAM)
    chance = Stream(seed, NOISE_STREAM)
    noise = np.zeros((years, schemes, counties) if model.noise else (0, 0, 0))
    factors = np.ones((3, years, counties))
    struck = np.zeros(years, dtype=np.int64)
    for row in range(count):
        number = first + row
        if struck.any():
            factors[:] = 1.0
            struck[:] = 0
        if kinds:
            generator = happen.at(number)
            numbers, events = event_numbers(generator.random((years, len(kinds))), means)
            if events:
                pairs = sizes.at(number).standard_normal((events, 2))
                apply_events(
                    numbers, ndtr(pairs[:, 0]), pairs[:, 1], region_of, regions, lasting, effects,
                    spread, struck, factors,
                )  # fmt: skip
        if model.noise:
            chance.at(number).standard_normal(out=noise)
        working = drivers_at_work(
            deviations[row], terms.interest, model.premium_follows_wages, model.interest_floor
        )
        yield Draw(number, working, noise, struck, factors)


@dataclass
class CountyScratch:
    """Arrays that one scenario's flows are written to, ``(S, T, n)`` each."""

    income: FloatArray
    subsidies: FloatArray
    claims: FloatArray
    outgo: FloatArray

    @classmethod
    def of(cls, terms: ScenarioTerms) -> "CountyScratch":
        """Room for a scenario of these terms."""
        return cls(*(np.empty(terms.shape) for _ in range(4)))

    def fill(self, terms: ScenarioTerms, draw: Draw) -> None:
        """Compute the flows of a draw; ``claims`` is the factor on central claims."""
        county_flows_of_scenario(
            terms.kernel, draw.drivers, draw.noise, terms.model.noise, draw.struck, draw.factors,
            self.income, self.subsidies, self.claims, self.outgo,
        )  # fmt: skip


def readable_flows(terms: ScenarioTerms, draw: Draw) -> tuple[FloatArray, ...]:
    """Income, subsidies, claims factor and outgo by county, ``(S, T, n)`` each.

    ``income = central * wage index * (1 + response * mean deviation) * events`` (premium index in
    a flat scheme); ``claims = price * morbidity * (1 + response * mean deviation) * noise *
    events``; ``outgo[t] = sum over l of claims[t - l] * part[l, t]``, claims before the first
    year being as they were.
    """
    kernel = terms.kernel
    schemes, years, _ = terms.shape
    wage, premium, price, moving, enrolling, _ = draw.drivers.T
    follows = np.where(kernel.payroll[:, None] == 1, wage, premium)[..., None]
    mean = np.stack([moving, enrolling])[:, None, :, None]
    paying = draw.factors[2] * np.where(kernel.payroll[:, None, None] == 1, draw.factors[1], 1.0)
    income = kernel.income * follows * (1.0 + (kernel.respond_income * mean).sum(axis=0)) * paying
    subsidies = (
        kernel.subsidies
        * follows
        * (1.0 + (kernel.respond_subsidies * mean).sum(axis=0))
        * draw.factors[2]
    )
    claims = price[:, None] * (1.0 + (kernel.respond_claims * mean).sum(axis=0)) * draw.factors[0]
    if terms.model.noise:
        z = draw.noise.transpose(1, 0, 2)
        claims = claims * np.maximum(1.0 + kernel.spread * z + kernel.skew * (z**2 - 1.0), 0.0)
        grid = GRID_STEP * np.arange(-GRID_HALF, GRID_HALF + 1)
        for row, (scheme, county) in enumerate(kernel.tabled):
            value = np.interp(z[scheme, :, county], grid, kernel.tables[row])
            claims[scheme, :, county] *= np.maximum(1.0 + kernel.table_spread[row] * value, 0.0)
    outgo = np.zeros(terms.shape)
    for late in range(kernel.parts.shape[1]):
        factor = np.ones((schemes, years, claims.shape[2]))
        factor[:, late:] = claims[:, : years - late]
        outgo += factor * kernel.parts[:, late]
    return income, subsidies, claims, outgo
