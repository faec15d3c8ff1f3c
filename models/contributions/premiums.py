"""Premiums by age: what people pay in premiums of an age with factor one."""

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import CELLS, SEXES, STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.terms.schemes import SchemeTerms

Premiums = tuple[FloatArray | None, ...]
"""By scheme, ``(P, K)``; None where every age pays the same."""


def premiums_paid(
    people: FloatArray, cells: HeldCells, pairs: PairIndex, schemes: tuple[SchemeTerms, ...]
) -> Premiums:
    """People by pair and status, each times the factor of their age, ``sum_a f[a] N[a]``.

    Args:
        people: packed, ``(P, M)``.
        cells: the cells of packed rows.
        pairs: the pairs; nobody in the reservoir pays.
        schemes: terms of the schemes.
    """
    result: list[FloatArray | None] = []
    status, cell = cells.index // CELLS, cells.index % CELLS
    inside = (pairs.home != pairs.counties) | (pairs.residence != pairs.counties)
    for scheme in schemes:
        if scheme.flat is None or scheme.flat.by_age is None:
            result.append(None)
            continue
        weights = np.zeros((cells.width, len(STATUSES)))
        weights[np.arange(cells.width), status] = np.tile(scheme.flat.by_age, len(SEXES))[cell]
        result.append((people @ weights) * inside[:, None])
    return tuple(result)


def mean_premiums(start: Premiums, end: Premiums) -> Premiums:
    """Mean of a year from those at its ends."""
    return tuple(
        None if before is None or after is None else 0.5 * (before + after)
        for before, after in zip(start, end, strict=True)
    )


def premiums_after(shock: FloatArray, before: FloatArray, premiums: Premiums) -> Premiums:
    """Premiums once a shock at the start of a year has changed numbers of people.

    The mean factor of a pair and status stays.

    Args:
        shock: people after it by pair and status, ``(P, K)``.
        before: people before it, ``(P, K)``.
        premiums: those before it.
    """
    return tuple(None if paid is None else shock * ratio(paid, before, 1.0) for paid in premiums)
