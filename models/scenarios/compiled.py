"""One scenario's flows by county, compiled.

Everything is done scenario by scenario and element by element, so that a scenario has the same
bits in whatever block, thread or process it is computed. The readable version of the flows is
:func:`fundpool.models.scenarios.flows.readable_flows`.
"""

from typing import NamedTuple

import numpy as np

from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.compiling import FAST, compiled

GRID_STEP = 0.05
GRID_HALF = 120
"""Quantile tables of small pools: standard normals from -6 to 6 in steps of 0.05."""


class KernelTerms(NamedTuple):
    """Coefficients of the flows: ``S`` schemes, ``T`` years, ``n`` counties, ``L`` lags.

    Attributes:
        payroll: 1 where a scheme's income follows wages, 0 where it follows premiums, ``(S,)``.
        income, subsidies: central flows, ``(S, T, n)``.
        outgo_by_lag: central outgo of year ``t`` for care of ``l`` years before, ``(S, L, T, n)``.
        claims_following: per cent by which claims paid for rise for one per cent more of claims,
            ``(S, T, n)``; no rows where all is paid by claim.
        fixed_outgo: outgo that does not follow claims, ``(S, T, n)``; no rows without such.
        outgo_share: share of outgo that subsidies bear, ``(S, T, n)``; no rows without such.
        respond_income, respond_subsidies, respond_claims: relative responses to moving and
            enrolment, ``(2, S, T, n)``.
        spread, skew: claims are multiplied by ``1 + spread z + skew (z^2 - 1)``, ``(S, T, n)``.
        tabled: counties whose noise comes from a table, ``(m, 2)`` scheme and county.
        tables: standardised quantiles of these at normals from -6 to 6, ``(m, 241)``.
        table_spread: their coefficient of variation, ``(m, T)``; ``spread`` is zero there.
    """

    payroll: np.ndarray
    income: FloatArray
    subsidies: FloatArray
    outgo_by_lag: FloatArray
    claims_following: FloatArray
    fixed_outgo: FloatArray
    outgo_share: FloatArray
    respond_income: FloatArray
    respond_subsidies: FloatArray
    respond_claims: FloatArray
    spread: FloatArray
    skew: FloatArray
    tabled: np.ndarray
    tables: FloatArray
    table_spread: FloatArray


class EventTerms(NamedTuple):
    """Kinds of events; the counties of each region stand side by side in ``members``.

    Attributes:
        means: expected events a year in all regions together, ``(kinds,)``.
        regions: number of regions, ``(kinds,)``.
        start: first member of each region, ``(kinds, most regions + 1)``.
        members: counties in order of their region, ``(kinds, n)``.
        lasting: years an event lasts, ``(kinds,)``.
        effects: mean relative change of claims, wages, participation, ``(kinds, 3)``.
        spread: standard deviation of the logarithm of the size, ``(kinds,)``.
    """

    means: FloatArray
    regions: np.ndarray
    start: np.ndarray
    members: np.ndarray
    lasting: np.ndarray
    effects: FloatArray
    spread: FloatArray


class Draw(NamedTuple):
    """What chance does to a scenario; with an axis of ``N`` before each, to a row of scenarios.

    Attributes:
        drivers: wage index, premium index, price and morbidity, moving and enrolment
            deviations built up, interest, ``(T, 6)``.
        noise: standard normals of the claims, ``(T, S, n)``; of size one without noise.
        struck: 1 in years with an event, ``(T,)``.
        factors: effects of events on claims, wages and participation, ``(3, T, n)``.
    """

    drivers: FloatArray
    noise: FloatArray
    struck: IntArray
    factors: FloatArray


class CountyScratch(NamedTuple):
    """Arrays that one scenario's flows are written to, ``(S, T, n)`` each.

    Attributes:
        income, subsidies, outgo: money.
        claims: the factor on central claims.
    """

    income: FloatArray
    subsidies: FloatArray
    claims: FloatArray
    outgo: FloatArray


@compiled()
def autoregression(normals, persistence, scale):  # type: ignore[no-untyped-def]
    """``x[t] = A x[t-1] + L z[t]`` for every scenario, ``(N, T, d)``; ``x[0]`` is zero."""
    count, years, size = normals.shape
    result = np.zeros(normals.shape)
    for k in range(count):
        for t in range(years):
            for i in range(size):
                value = 0.0
                for j in range(size):
                    value += scale[i, j] * normals[k, t, j]
                if t > 0:
                    for j in range(size):
                        value += persistence[i, j] * result[k, t - 1, j]
                result[k, t, i] = value
    return result


@compiled()
def rotated(points, rotation):  # type: ignore[no-untyped-def]
    """``rotation @ point`` for every row of ``points``, summed in one fixed order."""
    count, size = points.shape
    result = np.zeros((count, size))
    for k in range(count):
        for j in range(size):
            value = points[k, j]
            for i in range(size):
                result[k, i] += rotation[i, j] * value
    return result


@compiled()
def event_numbers(uniforms, means):  # type: ignore[no-untyped-def]
    """Poisson numbers by inversion, ``(N, T, kinds)``, and how many each scenario has in all."""
    count, years, kinds = uniforms.shape
    numbers = np.zeros((count, years, kinds), dtype=np.int64)
    totals = np.zeros(count, dtype=np.int64)
    for k in range(count):
        for t in range(years):
            for kind in range(kinds):
                mass = np.exp(-means[kind])
                reached = mass
                number = 0
                while uniforms[k, t, kind] > reached:
                    number += 1
                    mass *= means[kind] / number
                    if mass < 1e-18 and number > means[kind]:
                        break
                    reached += mass
                numbers[k, t, kind] = number
                totals[k] += number
    return numbers, totals


@compiled()
def apply_events(numbers, places, sizes, kinds, struck, factors):  # type: ignore[no-untyped-def]
    """Multiply the effects of one scenario's events into ``factors``, ``(3, T, n)``.

    ``numbers`` are events by year and kind; ``places`` (0 to 1) says which region, ``sizes``
    (standard normals) how large. Effects: on claims, wages, participation.
    """
    years = numbers.shape[0]
    event = 0
    for t in range(years):
        for kind in range(numbers.shape[1]):
            for _ in range(numbers[t, kind]):
                region = min(int(places[event] * kinds.regions[kind]), kinds.regions[kind] - 1)
                spread = kinds.spread[kind]
                size = np.exp(spread * sizes[event] - 0.5 * spread**2)
                event += 1
                first, last = kinds.start[kind, region], kinds.start[kind, region + 1]
                for u in range(t, min(t + kinds.lasting[kind], years)):
                    struck[u] = 1
                    for effect in range(3):
                        rise = kinds.effects[kind, effect]
                        if rise != 0.0:
                            factor = max(1.0 + rise * size, 0.0)
                            for place in range(first, last):
                                factors[effect, u, kinds.members[kind, place]] *= factor


@compiled()
def drivers_at_work(deviations, interest, premium_share, floor, memory):  # type: ignore[no-untyped-def]
    """What the flows see of the deviations ``(N, T, 6)``.

    Returns ``(N, T, 6)``: wage index, premium index, price and morbidity together, the moving and
    the enrolment deviation as they have built up (:mod:`fundpool.models.flows.responses`), interest
    rate.
    """
    count, years, _ = deviations.shape
    result = np.empty((count, years, 6))
    for k in range(count):
        wage = price = 0.0
        for t in range(years):
            wage += deviations[k, t, 0]
            price += deviations[k, t, 1]
            moving = enrolling = 0.0
            for u in range(t + 1):
                moving += memory[0, t, u] * deviations[k, u, 4]
                enrolling += memory[1, t, u] * deviations[k, u, 5]
            result[k, t, 0] = np.exp(wage)
            result[k, t, 1] = np.exp(premium_share * wage)
            result[k, t, 2] = np.exp(price + deviations[k, t, 3])
            result[k, t, 3] = moving
            result[k, t, 4] = enrolling
            result[k, t, 5] = max(interest[t] + deviations[k, t, 2], floor)
    return result


@compiled(FAST)
def _follow(target, central, respond, payroll, drivers):  # type: ignore[no-untyped-def]
    """``central * index * (1 + responses)`` for every scheme, year and county."""
    for m in range(target.shape[0]):
        for t in range(target.shape[1]):
            index = drivers[t, 0] if payroll[m] == 1 else drivers[t, 1]
            moving, enrolling = drivers[t, 3], drivers[t, 4]
            for c in range(target.shape[2]):
                target[m, t, c] = (
                    central[m, t, c]
                    * index
                    * (1.0 + respond[0, m, t, c] * moving + respond[1, m, t, c] * enrolling)
                )


@compiled(FAST)
def _claims_factor(claims, respond, drivers):  # type: ignore[no-untyped-def]
    """``price * morbidity * (1 + responses)``."""
    for m in range(claims.shape[0]):
        for t in range(claims.shape[1]):
            price, moving, enrolling = drivers[t, 2], drivers[t, 3], drivers[t, 4]
            for c in range(claims.shape[2]):
                claims[m, t, c] = price * (
                    1.0 + respond[0, m, t, c] * moving + respond[1, m, t, c] * enrolling
                )


@compiled(FAST)
def _stray(claims, noise, spread, skew):  # type: ignore[no-untyped-def]
    """Multiply claims by their noise, never below zero."""
    for m in range(claims.shape[0]):
        for t in range(claims.shape[1]):
            for c in range(claims.shape[2]):
                z = noise[t, m, c]
                claims[m, t, c] *= max(
                    1.0 + z * spread[m, t, c] + skew[m, t, c] * (z * z - 1.0), 0.0
                )


@compiled(FAST)
def _outgo(outgo, claims, by_lag):  # type: ignore[no-untyped-def]
    """Claims paid in each year by the year of care; care before the first year is as it was."""
    schemes, lags, years, counties = by_lag.shape
    for m in range(schemes):
        for t in range(years):
            for c in range(counties):
                outgo[m, t, c] = claims[m, t, c] * by_lag[m, 0, t, c]
        for late in range(1, lags):
            for t in range(years):
                if t >= late:
                    for c in range(counties):
                        outgo[m, t, c] += claims[m, t - late, c] * by_lag[m, late, t, c]
                else:
                    for c in range(counties):
                        outgo[m, t, c] += by_lag[m, late, t, c]


@compiled(FAST)
def county_flows_of_scenario(terms, draw, noisy, flows):  # type: ignore[no-untyped-def]
    """Fill the ``flows``, a :class:`CountyScratch`, of a scenario's :class:`Draw`.

    One short loop an output, over counties that lie side by side, so that each is vectorised.
    """
    schemes, years, counties = terms.income.shape
    income, subsidies, claims = flows.income, flows.subsidies, flows.claims
    drivers, noise, struck, factors = draw.drivers, draw.noise, draw.struck, draw.factors
    _follow(income, terms.income, terms.respond_income, terms.payroll, drivers)
    _follow(subsidies, terms.subsidies, terms.respond_subsidies, terms.payroll, drivers)
    _claims_factor(claims, terms.respond_claims, drivers)
    if noisy:
        _stray(claims, noise, terms.spread, terms.skew)
        _from_tables(terms, noise, claims)
    for t in range(years):
        if struck[t] == 1:
            for m in range(schemes):
                for c in range(counties):
                    claims[m, t, c] *= factors[0, t, c]
                    paying = factors[2, t, c]
                    subsidies[m, t, c] *= paying
                    if terms.payroll[m] == 1:
                        paying *= factors[1, t, c]
                    income[m, t, c] *= paying
    for m in range(terms.claims_following.shape[0]):
        for t in range(years):
            for c in range(counties):
                claims[m, t, c] = 1.0 + terms.claims_following[m, t, c] * (claims[m, t, c] - 1.0)
    _outgo(flows.outgo, claims, terms.outgo_by_lag)
    for m in range(terms.fixed_outgo.shape[0]):
        for t in range(years):
            for c in range(counties):
                flows.outgo[m, t, c] += terms.fixed_outgo[m, t, c]
    for m in range(terms.outgo_share.shape[0]):
        for t in range(years):
            for c in range(counties):
                subsidies[m, t, c] += terms.outgo_share[m, t, c] * flows.outgo[m, t, c]


@compiled()
def _from_tables(terms, noise, claims):  # type: ignore[no-untyped-def]
    """Noise of small pools, which the loop above leaves out."""
    for row in range(terms.tabled.shape[0]):
        m, c = terms.tabled[row, 0], terms.tabled[row, 1]
        for t in range(claims.shape[1]):
            place = noise[t, m, c] / GRID_STEP + GRID_HALF
            place = min(max(place, 0.0), 2.0 * GRID_HALF - 1e-9)
            low = int(place)
            part = place - low
            value = (1.0 - part) * terms.tables[row, low] + part * terms.tables[row, low + 1]
            claims[m, t, c] *= max(1.0 + terms.table_spread[row, t] * value, 0.0)
