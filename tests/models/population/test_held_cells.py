"""A packed state keeps everybody: what can be reached, spans, and packed against whole."""

from dataclasses import fields, replace

import numpy as np
import pytest

from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import CELLS, STATUSES
from fundpool.models.axes.arrays import BoolArray, FloatArray
from fundpool.models.coverage import chain as coverage
from fundpool.models.coverage import leaving
from fundpool.models.economy import economic_paths
from fundpool.models.flows.record import no_multipliers
from fundpool.models.flows.years import CountyFlows, county_flows, opening_year
from fundpool.models.population import held_cells, preparation, shocks
from fundpool.models.population import moving as moving_people
from fundpool.models.population import year as population
from fundpool.models.population.compiled import in_place
from fundpool.models.population.held_cells import (
    LANES,
    HeldCells,
    every_cell,
    reached_in,
    with_room_for,
)
from fundpool.models.population.holdings import CONTRIBUTING
from fundpool.models.population.preparation import Prepared, prepare
from fundpool.models.population.rates import YearCount, YearRates
from fundpool.models.terms.years import YearTerms, year_terms
from tests.models.random_years import RandomYear, random_year

K = len(STATUSES)


def sparse_year(seed: int) -> tuple[RandomYear, BoolArray]:
    """A random year in which few changes of status are possible and few cells are held."""
    year = random_year(5, seed, dense=seed % 2 == 0)
    draw = np.random.default_rng(seed)

    def thinned(matrices: FloatArray, axes: tuple[int, ...]) -> FloatArray:
        kept = draw.random(tuple(matrices.shape[a] for a in axes)) < 0.03
        kept |= np.eye(K, dtype=bool)
        whole = matrices * kept
        return np.asarray(whole / whole.sum(axis=-1, keepdims=True))

    rates = year.rates
    cover = np.zeros_like(rates.home_cover)
    cover[:, 1] = 1.0
    rates = replace(
        rates,
        transition=thinned(rates.transition, (1, 2, 3)),
        move_out=thinned(rates.move_out, (1, 2)),
        move_onward=thinned(rates.move_onward, (1, 2)),
        move_return=thinned(rates.move_return, (1, 2)),
        home_cover=cover,
    )
    reach = np.zeros((K, CELLS), dtype=bool)
    for status in range(K):
        for _ in range(draw.integers(0, 3)):
            first = draw.integers(0, CELLS)
            reach[status, first : first + draw.integers(1, 40)] = True
    people = year.people * reach
    contributing = reach[list(CONTRIBUTING)].any(axis=0)
    return RandomYear(people, year.holdings * contributing, year.pairs, rates, year.care), reach


def outcome(people: FloatArray, inside: BoolArray) -> BoolArray:
    return np.asarray((people[inside] != 0).any(axis=0))


@pytest.mark.parametrize("seed", range(8))
def test_nobody_leaves_what_can_be_reached(seed: int) -> None:
    """Two years by the specification: everybody is in a cell that was foretold, and kept."""
    year, reach = sparse_year(seed)
    cells = with_room_for(reach, year.rates.changes)
    inside = np.arange(year.pairs.count) != year.pairs.reservoir
    people, holdings = year.people, year.holdings
    for _ in range(2):
        during, settled, end = reached_in(reach, year.rates.changes)
        people, holdings, _ = population.step(people, holdings, *year[2:])
        found = outcome(people, inside)
        assert not (found & ~end).any()
        assert not (during & ~cells.reach).any()
        assert not (settled & ~cells.settled).any()
        assert cells.has_room_for(during, settled)
        reach = end | reach  # the reservoir stays as it is
    assert not cells.reach.all(), "there must be something left out"


@pytest.mark.parametrize("seed", range(8))
def test_packed_equals_whole(seed: int) -> None:
    year, reach = sparse_year(seed)
    cells = with_room_for(reach, year.rates.changes)
    after, held, count = population.step(*year)
    people, holdings = cells.packed(year.people), cells.packed_amounts(year.holdings)
    assert people.shape[1] < K * CELLS
    fast = in_place.step_in_place(people, holdings, *year[2:], cells=cells)
    largest = max(after.max(), 1.0)
    assert np.abs(cells.spread(people) - after).max() <= 1e-12 * largest
    apart = np.abs(cells.spread_amounts(holdings) - held).max(axis=(0, 2))
    assert (apart <= 1e-12 * np.maximum(held.max(axis=(0, 2)), 1.0)).all()
    for name in YearCount._fields:
        one, other = getattr(count, name), getattr(fast, name)
        assert np.abs(one - other).max() <= 1e-12 * max(1.0, np.abs(one).max()), name


def test_single_precision_too() -> None:
    year, reach = sparse_year(3)
    cells = with_room_for(reach, year.rates.changes)
    after, _, count = population.step(*year)
    people = cells.packed(year.people).astype(np.float32)
    holdings = cells.packed_amounts(year.holdings).astype(np.float32)
    fast = in_place.step_in_place(people, holdings, *year[2:], cells=cells)
    assert np.abs(cells.spread(people) - after).max() <= 1e-5 * after.max()
    assert fast.persons.sum() == pytest.approx(count.persons.sum(), rel=1e-6)
    assert fast.expected_claims.sum() == pytest.approx(count.expected_claims.sum(), rel=1e-5)


def test_spans_cover_what_is_held_once() -> None:
    draw = np.random.default_rng(4)
    for _ in range(300):
        reach = np.zeros((K, CELLS), dtype=bool)
        for status in range(K):
            for _ in range(draw.integers(0, 4)):
                first = draw.integers(0, CELLS)
                reach[status, first : first + draw.integers(1, 60)] = True
        cells = held_cells.held_cells(reach, reach)
        kept = np.bincount(cells.index, minlength=K * CELLS).reshape(K, CELLS)
        assert kept.max(initial=0) <= 1
        assert (kept[reach] == 1).all()
        assert all(count % LANES == 0 or count == CELLS for count in cells.spans[:, 2])
        for status in CONTRIBUTING:
            own = cells.index[cells.index // CELLS == status] - status * CELLS
            assert np.array_equal(own, cells.amount_index), "amounts belong to their contributors"
        people = draw.random((3, K, CELLS)) * reach
        assert np.array_equal(cells.spread(cells.packed(people)), people)


def test_people_who_would_be_lost_are_refused() -> None:
    reach = np.zeros((K, CELLS), dtype=bool)
    reach[0, :20] = True
    cells = held_cells.held_cells(reach, reach)
    people = np.zeros((2, K, CELLS))
    people[1, 0, 60] = 1.0
    with pytest.raises(ValueError, match="does not keep"):
        cells.packed(people)


def packed_and_whole(case: Case) -> tuple[Prepared, Prepared]:
    """A case laid out packed, and with room for every cell."""
    packed = prepare(case)
    people = packed.cells.spread(packed.people).reshape(packed.pairs.count, -1)
    return packed, replace(packed, cells=every_cell(), people=people)


@pytest.mark.parametrize(
    "policies",
    [[], ["migrant-comprehensive"], ["shock-return", "shock-plant-closures"]],
    ids=["as it is", "a scheme for migrants", "shocks"],
)
def test_packed_and_whole_give_the_same_flows(
    jiangsu: Case, policies: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statuses that a policy opens later are given room when they come."""
    case = jiangsu.with_policies(policies) if policies else jiangsu
    laid_out: list[HeldCells] = []
    wider = moving_people.packed_anew

    def watched(
        people: FloatArray,
        holdings: FloatArray,
        ends: BoolArray,
        before: HeldCells,
        after: HeldCells,
    ) -> tuple[FloatArray, FloatArray]:
        laid_out.append(after)
        return wider(people, holdings, ends, before, after)

    monkeypatch.setattr(moving_people, "packed_anew", watched)
    packed, whole = packed_and_whole(case)
    assert packed.people.shape[1] < 0.6 * whole.people.shape[1]
    results = [county_flows(p, opening_year(p), 6, no_multipliers(case)) for p in (packed, whole)]
    for field in fields(CountyFlows):
        one, other = (getattr(r, field.name) for r in results)
        if isinstance(one, np.ndarray):
            size = max(1.0, np.abs(one).max(initial=0.0))
            assert np.abs(one - other).max(initial=0.0) <= 1e-10 * size, field.name
    assert bool(laid_out) == bool(policies), "a new layout where a policy asks for one"


def test_shocks_that_strike_one_after_another(jiangsu: Case) -> None:
    """The doubly insured who return are employees, whose jobs the next shock takes: uninsured."""
    prepared = prepare(jiangsu)
    terms = year_terms(jiangsu, 2028)
    hazards = leaving.coverage_hazards(terms)
    transition = coverage.yearly_transition(prepared.cover, hazards)
    nobody = np.zeros((prepared.pairs.count, 2))
    rates = preparation.year_rates(prepared, terms, transition, nobody)
    dual, none, cell = STATUSES.index("dual"), STATUSES.index("none"), 30
    ends = np.zeros((K, CELLS), dtype=bool)
    ends[dual, cell] = True
    for policies, uninsured in ((["shock-plant-closures"], False),
                                (["shock-plant-closures", "shock-return"], True)):  # fmt: skip
        found = shocks.reached(ends, year_terms(jiangsu.with_policies(policies), 2028), rates)
        assert found[none, cell] == uninsured
        assert found[:, cell].sum() == found.sum() > 1
    assert np.array_equal(shocks.reached(ends, terms, rates), ends)


def test_a_later_retirement_age_is_given_room(
    jiangsu: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Men at work at 60 to 62 are kept once they may be."""
    years = economic_paths(jiangsu, 4).wage.size - 1
    age = {1: 60, 2: 61, 3: 63, 4: 63}
    rates = moving_people.year_rates

    def later(prepared: object, terms: YearTerms, *rest: object) -> YearRates:
        own = rates(prepared, terms, *rest)  # type: ignore[arg-type]
        return replace(own, retirement_age=np.array([age[terms.elapsed], 55]))

    monkeypatch.setattr(moving_people, "year_rates", later)
    results = [
        county_flows(p, opening_year(p), years, no_multipliers(jiangsu))
        for p in packed_and_whole(jiangsu)
    ]
    assert results[0].by_status == pytest.approx(results[1].by_status, rel=1e-11)
    assert results[0].accounts_closing == pytest.approx(results[1].accounts_closing, rel=1e-11)
