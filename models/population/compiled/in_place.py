"""A population and what it holds carried through one year, in place, on all processors."""

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.axes.threads import CHUNKS, side_by_side
from fundpool.models.population.compiled.blocks import (
    K,
    claim_runs,
)
from fundpool.models.population.compiled.tables import (
    CellLayout,
    State,
    empty_counts,
    home_pairs,
    rate_tables,
)
from fundpool.models.population.compiled.year import year_of_homes
from fundpool.models.population.held_cells import HeldCells, every_cell
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
    if claims is None:
        services = care.frequency.shape[0]
        claims = np.empty((count, K, services, care.classes), people.dtype)
    counts = empty_counts(count, claims, rates.retiring_groups.share.size)
    kind = people.dtype.type
    tables = (
        State(people.reshape(count, -1), holdings.reshape(count, -1)),
        CellLayout(cells.spans, cells.layers, cells.amounts),
        home_pairs(pairs, rates, kind),
        rate_tables(rates, cells, kind),
        claim_runs(care, cells, people.dtype),
        counts,
    )
    side_by_side(lambda chunk: year_of_homes(chunk, *tables), range(CHUNKS), threads)
    lost = lapsed_on_move(counts.onward, counts.returned, pairs, rates)
    return counts._replace(lapsed=counts.lapsed + lost)
