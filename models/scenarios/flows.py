"""Flows of every scenario by county: draws turned into money.

:func:`readable_flows` is the specification in plain numpy; the kernel of
:mod:`fundpool.models.scenarios.compiled` is what runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.scenarios.compiled import (
    GRID_HALF,
    GRID_STEP,
    CountyScratch,
    Draw,
    EventTerms,
    apply_events,
    county_flows_of_scenario,
    drivers_at_work,
    event_numbers,
)
from fundpool.models.scenarios.draws import EVENT_SIZES_STREAM, EVENTS_STREAM, NOISE_STREAM, Stream
from fundpool.models.scenarios.model import ScenarioModel
from fundpool.models.scenarios.terms import ScenarioTerms

CHUNK_BYTES = 400_000
"""Size of the normals drawn before they are used."""


@dataclass(frozen=True)
class Draws:
    """What chance does to ``N`` scenarios that follow one another.

    Attributes:
        first: number of the first scenario.
        rows: of each scenario, ``(N, ...)``; noise of size one without noise.
    """

    first: int
    rows: Draw

    def __len__(self) -> int:
        """Number of scenarios."""
        return int(self.rows.drivers.shape[0])

    def __iter__(self) -> Iterator[Draw]:
        """The scenarios one by one."""
        drivers, noise, struck, factors = self.rows
        for row in range(len(self)):
            own_noise = noise[row] if noise.shape[0] == len(self) else noise[0]
            yield Draw(drivers[row], own_noise, struck[row], factors[row])


def event_terms(model: ScenarioModel, counties: int) -> EventTerms:
    """The kinds of events as arrays."""
    kinds = model.events
    most = max((kind.regions for kind in kinds), default=0)
    start = np.zeros((len(kinds), most + 1), dtype=np.int64)
    members = np.zeros((len(kinds), counties), dtype=np.int64)
    for row, kind in enumerate(kinds):
        members[row] = np.argsort(kind.region_of, kind="stable")
        edges = np.cumsum(np.bincount(kind.region_of, minlength=kind.regions))
        start[row, 1 : kind.regions + 1] = edges
    return EventTerms(
        means=np.array([kind.yearly_rate * kind.regions for kind in kinds], dtype=np.float64),
        regions=np.array([kind.regions for kind in kinds], dtype=np.int64),
        start=start,
        members=members,
        lasting=np.array([kind.years for kind in kinds], dtype=np.int64),
        effects=np.array(
            [(kind.claims, kind.wages, kind.participation) for kind in kinds], dtype=np.float64
        ).reshape(len(kinds), 3),
        spread=np.array([kind.spread for kind in kinds], dtype=np.float64),
    )


def chunks(terms: ScenarioTerms, seed: int, first: int, count: int) -> Iterator[Draws]:
    """The draws of scenarios ``first ... first + count - 1``, a few at a time.

    A chunk's normals fit a core's cache, so that they are used before they are pushed out. The
    arrays are reused from one chunk to the next.

    Raises:
        ValueError: a seed that is not a whole number of at least 0.
    """
    model = terms.model
    schemes, years, counties = terms.shape
    working = drivers_at_work(
        model.deviations(seed, first, count, years), terms.interest, model.premium_follows_wages,
        model.interest_floor, terms.memory,
    )  # fmt: skip
    kinds = event_terms(model, counties)
    happen, sizes = Stream(seed, EVENTS_STREAM), Stream(seed, EVENT_SIZES_STREAM)
    chance = Stream(seed, NOISE_STREAM)
    size = int(np.clip(CHUNK_BYTES // (8 * schemes * years * counties), 1, count))
    noise = np.zeros((size, years, schemes, counties) if model.noise else (1, 1, 1, 1))
    factors = np.ones((size, 3, years, counties))
    struck = np.zeros((size, years), dtype=np.int64)
    uniforms = np.empty((size, years, len(model.events)))
    for begin in range(0, count, size):
        rows = min(size, count - begin)
        struck_before = np.flatnonzero(struck.any(axis=1))
        factors[struck_before] = 1.0
        struck[struck_before] = 0
        if model.events:
            for row in range(rows):
                happen.at(first + begin + row).random(out=uniforms[row])
            numbers, totals = event_numbers(uniforms[:rows], kinds.means)
            for row in np.flatnonzero(totals).tolist():
                detail = sizes.at(first + begin + row).standard_normal((int(totals[row]), 2))
                apply_events(
                    numbers[row], ndtr(detail[:, 0]), np.ascontiguousarray(detail[:, 1]), kinds,
                    struck[row], factors[row],
                )  # fmt: skip
        if model.noise:
            for row in range(rows):
                chance.at(first + begin + row).standard_normal(out=noise[row])
        drawn = Draw(working[begin : begin + rows], noise[:rows], struck[:rows], factors[:rows])
        yield Draws(first + begin, drawn)


def draws(terms: ScenarioTerms, seed: int, first: int, count: int) -> Iterator[Draw]:
    """As :func:`chunks`, one scenario at a time."""
    for chunk in chunks(terms, seed, first, count):
        yield from chunk


def county_scratch(terms: ScenarioTerms) -> CountyScratch:
    """Room for the flows of a scenario of these terms."""
    return CountyScratch(*(np.empty(terms.shape) for _ in range(4)))


def fill(scratch: CountyScratch, terms: ScenarioTerms, draw: Draw) -> None:
    """Compute the flows of a draw."""
    county_flows_of_scenario(terms.kernel, draw, terms.model.noise, scratch)


def readable_flows(terms: ScenarioTerms, draw: Draw) -> tuple[FloatArray, ...]:
    """Income, subsidies, claims factor and outgo by county, ``(S, T, n)`` each.

    ``income = central * wage index * (1 + response * mean deviation) * events`` (premium index in
    a flat scheme), subsidies alike and with their share of outgo; ``claims = price * morbidity *
    (1 + response * mean deviation) * noise * events``, of which what is paid follows
    ``1 + following * (claims - 1)``; ``outgo[t] = sum over l of claims[t - l] *
    part[l, t]``, claims before the first year being as they were, and what does not follow claims.
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
    if kernel.claims_following.size:
        claims = 1.0 + kernel.claims_following * (claims - 1.0)
    outgo = np.zeros(terms.shape)
    for late in range(kernel.outgo_by_lag.shape[1]):
        factor = np.ones((schemes, years, claims.shape[2]))
        factor[:, late:] = claims[:, : years - late]
        outgo += factor * kernel.outgo_by_lag[:, late]
    if kernel.fixed_outgo.size:
        outgo += kernel.fixed_outgo
    if kernel.outgo_share.size:
        subsidies = subsidies + kernel.outgo_share * outgo
    return income, subsidies, claims, outgo
