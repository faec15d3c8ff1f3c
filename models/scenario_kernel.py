"""One scenario's flows by county, compiled.

Everything is done scenario by scenario and element by element, so that a scenario has the same
bits in whatever block, thread or process it is computed. The readable version of the flows is
:func:`models.scenario_flows.readable_flows`.
"""

from typing import NamedTuple

import numba
import numpy as np

from models.rates import FloatArray

GRID_STEP = 0.05
GRID_HALF = 120
"""Quantile tables of small pools: standard normals from -6 to 6 in steps of 0.05."""


class KernelTerms(NamedTuple):
    """Coefficients of the flows: ``S`` schemes, ``T`` years, ``n`` counties, ``L`` lags.

    Attributes:
        payroll: 1 where a scheme's income follows wages, 0 where it follows premiums, ``(S,)``.
        income, subsidies: central flows, ``(S, T, n)``.
        parts: central outgo of year ``t`` for care given ``l`` years before, ``(S, L, T, n)``.
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
    parts: FloatArray
    respond_income: FloatArray
    respond_subsidies: FloatArray
    respond_claims: FloatArray
    spread: FloatArray
    skew: FloatArray
    tabled: np.ndarray
    tables: FloatArray
    table_spread: FloatArray


@numba.njit(cache=True, nogil=True)
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


@numba.njit(cache=True, nogil=True)
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


@numba.njit(cache=True, nogil=True)
def event_numbers(uniforms, means):  # type: ignore[no-untyped-def]
    """Poisson numbers by inversion, ``(T, kinds)``, and their sum."""
    years, kinds = uniforms.shape
    numbers = np.zeros((years, kinds), dtype=np.int64)
    total = 0
    for t in range(years):
        for kind in range(kinds):
            mass = np.exp(-means[kind])
            reached = mass
            number = 0
            while uniforms[t, kind] > reached and number < 100_000:
                number += 1
                mass *= means[kind] / number
                reached += mass
                if mass < 1e-300 and number > means[kind]:
                    break
            numbers[t, kind] = number
            total += number
    return numbers, total


@numba.njit(cache=True, nogil=True)
def apply_events(  # type: ignore[no-untyped-def]
    numbers, places, sizes, region_of, regions, lasting, effects, spread, struck, factors
):
    """Multiply the effects of events into ``factors`` (claims, wages, participation), (3, T, n)."""
    years, kinds = numbers.shape
    event = 0
    for t in range(years):
        for kind in range(kinds):
            for _ in range(numbers[t, kind]):
                region = min(int(places[event] * regions[kind]), regions[kind] - 1)
                size = np.exp(spread[kind] * sizes[event] - 0.5 * spread[kind] ** 2)
                event += 1
                for u in range(t, min(t + lasting[kind], years)):
                    struck[u] = 1
                    for effect in range(3):
                        rise = effects[kind, effect]
                        if rise != 0.0:
                            factor = max(1.0 + rise * size, 0.0)
                            for c in range(region_of.shape[1]):
                                if region_of[kind, c] == region:
                                    factors[effect, u, c] *= factor


@numba.njit(cache=True, nogil=True)
def drivers_at_work(deviations, interest, premium_share, floor):  # type: ignore[no-untyped-def]
    """What the flows see of one scenario's deviations ``(T, 6)``.

    Returns ``(T, 6)``: wage index, premium index, price and morbidity together, mean so far of
    the moving and of the enrolment deviation, interest rate.
    """
    years = deviations.shape[0]
    result = np.empty((years, 6))
    wage = price = moving = enrolling = 0.0
    for t in range(years):
        wage += deviations[t, 0]
        price += deviations[t, 1]
        moving += deviations[t, 4]
        enrolling += deviations[t, 5]
        result[t, 0] = np.exp(wage)
        result[t, 1] = np.exp(premium_share * wage)
        result[t, 2] = np.exp(price + deviations[t, 3])
        result[t, 3] = moving / (t + 1)
        result[t, 4] = enrolling / (t + 1)
        result[t, 5] = max(interest[t] + deviations[t, 2], floor)
    return result


@numba.njit(cache=True, nogil=True)
def county_flows_of_scenario(  # type: ignore[no-untyped-def]
    terms, drivers, noise, noisy, struck, factors, income, subsidies, claims, outgo
):
    """Fill income, subsidies, the claims factor and outgo by county, ``(S, T, n)`` each."""
    schemes, years, counties = terms.income.shape
    lags = terms.parts.shape[1]
    for m in range(schemes):
        for t in range(years):
            follows = drivers[t, 0] if terms.payroll[m] == 1 else drivers[t, 1]
            moving, enrolling, price = drivers[t, 3], drivers[t, 4], drivers[t, 2]
            for c in range(counties):
                income[m, t, c] = (
                    terms.income[m, t, c]
                    * follows
                    * (
                        1.0
                        + terms.respond_income[0, m, t, c] * moving
                        + terms.respond_income[1, m, t, c] * enrolling
                    )
                )
                subsidies[m, t, c] = (
                    terms.subsidies[m, t, c]
                    * follows
                    * (
                        1.0
                        + terms.respond_subsidies[0, m, t, c] * moving
                        + terms.respond_subsidies[1, m, t, c] * enrolling
                    )
                )
                claims[m, t, c] = price * (
                    1.0
                    + terms.respond_claims[0, m, t, c] * moving
                    + terms.respond_claims[1, m, t, c] * enrolling
                )
            if noisy:
                for c in range(counties):
                    z = noise[t, m, c]
                    claims[m, t, c] *= max(
                        1.0 + terms.spread[m, t, c] * z + terms.skew[m, t, c] * (z * z - 1.0), 0.0
                    )
            if struck[t] == 1:
                for c in range(counties):
                    claims[m, t, c] *= factors[0, t, c]
                    paying = factors[2, t, c]
                    subsidies[m, t, c] *= paying
                    if terms.payroll[m] == 1:
                        paying *= factors[1, t, c]
                    income[m, t, c] *= paying
    if noisy:
        _from_tables(terms, noise, claims)
    for m in range(schemes):
        for t in range(years):
            for c in range(counties):
                outgo[m, t, c] = claims[m, t, c] * terms.parts[m, 0, t, c]
            for late in range(1, lags):
                if t >= late:
                    for c in range(counties):
                        outgo[m, t, c] += claims[m, t - late, c] * terms.parts[m, late, t, c]
                else:  # care of the base year and before, which happened as it did
                    for c in range(counties):
                        outgo[m, t, c] += terms.parts[m, late, t, c]


@numba.njit(cache=True, nogil=True)
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
