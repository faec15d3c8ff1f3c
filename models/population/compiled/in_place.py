"""A population and what it holds carried through one year, in place, on all processors."""

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.population.compiled.blocks import (
    ClaimBlocks,
    K,
    claim_blocks,
    cover_plan,
    moves_plan,
    with_lapses,
)
from fundpool.models.population.compiled.year import year_of_homes
from fundpool.models.population.held_cells import HeldCells, every_cell
from fundpool.models.population.holdings import share_elsewhere_in_territory, staying_by_cell
from fundpool.models.population.rates import CareWeights, YearCount, YearRates
from fundpool.models.population.year import lapsed_on_move


def step_in_place(
    people: FloatArray,
    holdings: FloatArray,
    pairs: PairIndex,
    rates: YearRates,
    care: CareWeights,
    threads: int | None = None,
    cells: HeldCells | None = None,
    claims: FloatArray | None = None,
) -> YearCount:
    """One year of the population; ``people`` and ``holdings`` become those at the year's end.

    Args:
        people: ``(P, K, 202)``, C-contiguous; changed in place. Worked on in the precision that
            it comes in, which is that of expected claims too; counts are double. Packed rows
            ``(P, M)`` if ``cells`` says which cells they are.
        holdings: ``(P, 3, 202)``, C-contiguous, or packed ``(P, 3, H)``; changed in place.
        pairs: the pairs of the case.
        rates: the year's rates.
        care: claim frequencies.
        threads: how many chunks run at once; default: one a processor.
        cells: the cells of packed rows, with room for the year
            (:func:`fundpool.models.population.held_cells.reached_in`); default: every cell.
        claims: room for the expected claims, ``(P, K, C, J)``, as precise as people; new unless
            given.

    Returns:
        what :func:`fundpool.models.population.year.step` counts.
    """
    count = people.shape[0]
    cells = cells or every_cell()
    changes = rates.changes
    services = care.frequency.shape[0]
    persons, onward, returned = (np.zeros((count, K)) for _ in range(3))
    if claims is None:
        claims = np.empty((count, K, services, care.classes), people.dtype)
    births, deaths, arrivals, lapsed, released = (np.empty(count) for _ in range(5))
    money_out, money_in = (np.empty((count, 2)) for _ in range(2))
    groups = rates.retiring_groups
    retiring = np.empty((count, groups.share.size))
    movement = rates.movement
    blocks = claim_blocks(care, cells)

    def same_kind(values: FloatArray) -> FloatArray:
        """In the precision of people."""
        return np.ascontiguousarray(values, people.dtype)

    arguments = (
        people.reshape(count, -1),
        holdings.reshape(count, -1),
        cells.spans,
        cells.layers,
        cells.amounts,
        pairs.start,
        pairs.own,
        pairs.residence,
        pairs.territory,
        pairs.own_territory,
        int(pairs.territory.max()) + 1,
        share_elsewhere_in_territory(pairs, rates.destination),
        same_kind(rates.survival),
        same_kind(rates.fertility),
        rates.newborn_survival,
        rates.newborn_sex,
        rates.newborn_status,
        rates.child_accompanies,
        same_kind(movement.home_stay),
        same_kind(movement.home_to_away),
        same_kind(movement.away_to_home),
        same_kind(movement.onward),
        same_kind(movement.persistence),
        same_kind(rates.destination),
        same_kind(rates.move_out),
        same_kind(rates.move_onward),
        same_kind(rates.move_return),
        (groups.cells, groups.share),
        rates.retired_share,
        rates.home_cover,
        same_kind(rates.carry),
        people.dtype.type(rates.prior_credit),
        same_kind(with_lapses(rates.transition)),
        rates.transition_row,
        same_kind(staying_by_cell(rates, cells.amount_index)),
        cover_plan(changes.of_cover, rates.band, cells),
        moves_plan(changes.on_move),
        np.argwhere(changes.of_status),
        ClaimBlocks(same_kind(blocks.frequency), *blocks[1:]),
        persons,
        claims,
        births,
        deaths,
        arrivals,
        onward,
        returned,
        retiring,
        lapsed,
        money_out,
        money_in,
        released,
    )
    side_by_side(lambda chunk: year_of_homes(chunk, *arguments), range(CHUNKS), threads)
    return YearCount(
        persons=persons,
        expected_claims=claims,
        births=births,
        deaths=deaths,
        arrivals=arrivals,
        onward=onward,
        returned=returned,
        retiring=retiring,
        lapsed=lapsed + lapsed_on_move(onward, returned, pairs, rates),
        money_out=money_out,
        money_in=money_in,
        money_released=released,
    )
