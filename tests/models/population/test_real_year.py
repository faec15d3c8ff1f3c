"""One year of Jiangsu: compiled kernels against their specifications, any number of threads."""

import os
from dataclasses import fields

import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims import compiled as claims_kernel
from fundpool.models.claims import year as claims
from fundpool.models.claims.register import next_register
from fundpool.models.claims.terms import claim_tables, claim_terms
from fundpool.models.claims.year import YearClaims
from fundpool.models.contributions.books import AccountBooks
from fundpool.models.coverage import chain as coverage
from fundpool.models.coverage import leaving
from fundpool.models.economy import economic_paths
from fundpool.models.flows.record import CountyFlows, empty_record
from fundpool.models.flows.years import OpeningYear, opening_year
from fundpool.models.population import year as population
from fundpool.models.population.compiled import in_place
from fundpool.models.population.credited_years import retirement_cover
from fundpool.models.population.preparation import Prepared, prepare, year_rates
from fundpool.models.population.rates import YearCount, YearRates
from fundpool.models.projection.study import Projection, project
from fundpool.models.terms.years import year_terms


@pytest.fixture(scope="module")
def prepared(jiangsu: Case) -> Prepared:
    return prepare(jiangsu)


@pytest.fixture(scope="module")
def opening(prepared: Prepared) -> OpeningYear:
    return opening_year(prepared)


@pytest.fixture(scope="module")
def holdings(jiangsu: Case, prepared: Prepared, opening: OpeningYear) -> FloatArray:
    counties = prepared.pairs.counties
    store = empty_record(len(jiangsu.schemes), 1, counties, int(prepared.region[-1]) + 1, 3)
    books = AccountBooks(prepared, store, economic_paths(jiangsu, 1))
    return books.opening_holdings(opening.people.persons)


@pytest.fixture(scope="module")
def rates(jiangsu: Case, prepared: Prepared, holdings: FloatArray) -> YearRates:
    terms = year_terms(jiangsu, jiangsu.base_year + 1)
    earned = retirement_cover(terms, prepared.people, holdings, prepared.cells, prepared.pairs)
    transition = coverage.yearly_transition(prepared.cover, leaving.coverage_hazards(terms))
    return year_rates(prepared, terms, transition, earned.share)


def _largest_difference(one: FloatArray, other: FloatArray) -> float:
    return float(np.abs(one - other).max() / max(1.0, np.abs(one).max()))


def test_population_step(prepared: Prepared, holdings: FloatArray, rates: YearRates) -> None:
    asked, cells = (prepared.pairs, rates, prepared.care), prepared.cells
    after, held, count = population.step(
        cells.spread(prepared.people), cells.spread_amounts(holdings), *asked
    )
    people, amounts = prepared.people.copy(), holdings.copy()
    fast = in_place.step_in_place(people, amounts, *asked, cells=cells)
    assert people.shape[1] < 0.6 * after[0].size, "half the cells are not kept"
    people, amounts = cells.spread(people), cells.spread_amounts(amounts)
    assert after.sum() > 8e7
    assert _largest_difference(after, people) <= 1e-12
    for layer in range(held.shape[1]):
        assert held[:, layer].sum() > 1e7
        assert _largest_difference(held[:, layer], amounts[:, layer]) <= 1e-12
    for name in YearCount._fields:
        pair = getattr(count, name), getattr(fast, name)
        assert np.abs(pair[0]).max() > 0, f"{name}: nothing to compare"
        assert _largest_difference(*pair) <= 1e-12, name
    # pair by pair: relative to each pair's own people, so that small pairs count too
    inside = np.arange(prepared.pairs.count) != prepared.pairs.reservoir
    size = after[inside].sum(axis=(1, 2))
    apart = np.abs(after - people)[inside].max(axis=(1, 2))
    assert (apart <= 1e-12 * np.maximum(size, 1e-300)).all()


def test_claims(
    jiangsu: Case,
    prepared: Prepared,
    opening: OpeningYear,
    holdings: FloatArray,
    rates: YearRates,
) -> None:
    """A year on, when some retired members have left the pool that pays for them."""
    people, amounts = prepared.people.copy(), holdings.copy()
    count = in_place.step_in_place(
        people, amounts, prepared.pairs, rates, prepared.care, cells=prepared.cells
    )
    register = next_register(opening.people.register, prepared.pairs, count)
    terms = claim_terms(
        claim_tables(jiangsu), prepared.pairs, year_terms(jiangsu, jiangsu.base_year + 2)
    )  # direct settlement
    asked = (count.expected_claims, terms, register)
    readable, compiled = claims.claims_of_year(*asked), claims_kernel.claims_of_year(*asked)
    assert readable.paid[:, STATUSES.index("retired_elsewhere")].sum() > 0
    for field in fields(YearClaims):
        one, other = getattr(readable, field.name), getattr(compiled, field.name)
        assert np.abs(one).max() > 0, field.name
        assert np.abs(one - other).max() <= 1e-12 * np.abs(one).max(), field.name
    apart = np.abs(readable.settlement - compiled.settlement)
    assert (apart <= 1e-11 * readable.settlement).all(), "every payer and place, small ones too"


def test_any_number_of_threads_gives_the_same_bits(
    prepared: Prepared, holdings: FloatArray, rates: YearRates
) -> None:
    asked = prepared.pairs, rates, prepared.care
    states, counts = [], []
    for threads in (1, 2, 7):
        people, amounts = prepared.people.copy(), holdings.copy()
        counts.append(in_place.step_in_place(people, amounts, *asked, threads, prepared.cells))
        states.append((people, amounts))
    for (people, amounts), count in zip(states[1:], counts[1:], strict=True):
        assert people.tobytes() == states[0][0].tobytes()
        assert amounts.tobytes() == states[0][1].tobytes()
        for name in YearCount._fields:
            assert getattr(count, name).tobytes() == getattr(counts[0], name).tobytes()


@pytest.fixture
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)


@pytest.fixture(scope="module")
def on_all_cores(jiangsu: Case) -> Projection:
    return project(jiangsu, "city", years=2)


@pytest.mark.usefixtures("one_core")
def test_the_projection_too(jiangsu: Case, on_all_cores: Projection) -> None:
    alone = project(jiangsu, "city", years=2)
    for field in fields(CountyFlows):
        one, other = (getattr(p.flows, field.name) for p in (alone, on_all_cores))
        if isinstance(one, np.ndarray):
            assert one.tobytes() == other.tobytes(), field.name
    assert alone.funds.equals(on_all_cores.funds)
