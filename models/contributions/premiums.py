"""Who pays otherwise than others of the pair and status: premiums by age, members who choose.

In a flat scheme with premiums by age, what people pay in premiums of an age with factor one; in a
payroll scheme, how many of its members choose rate and base themselves.
"""

import numpy as np

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.vocabulary import CELLS, SEXES, STATUSES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex
from fundpool.models.population.compiled.sums import CellSum, sums_together
from fundpool.models.population.held_cells import HeldCells
from fundpool.models.terms.schemes import SchemeTerms

Premiums = tuple[FloatArray | None, ...]
"""By scheme, ``(P, K)``; None where all of a pair and status pay the same."""


def premium_sums(
    cells: HeldCells, pairs: PairIndex, schemes: tuple[SchemeTerms, ...]
) -> dict[int, CellSum]:
    """People by pair and status, each times the factor of their age, ``sum_a f[a] N[a]``.

    Zero in statuses that the scheme charges in no year.

    The factor is that of the premium, or the share who choose rate and base themselves.

    Args:
        cells: the cells of packed rows.
        pairs: the pairs; nobody in the reservoir pays.
        schemes: terms of the schemes.

    Returns:
        what is to be added up, by number of the scheme; those left out charge all alike.
    """
    status, cell = cells.index // CELLS, cells.index % CELLS
    inside = (pairs.home != pairs.counties) | (pairs.residence != pairs.counties)
    result: dict[int, CellSum] = {}
    for number, scheme in enumerate(schemes):
        if scheme.flat is not None and scheme.flat.by_age is not None:
            by_age = scheme.flat.by_age[None]
            row = np.zeros(pairs.count, dtype=np.int64)
        elif scheme.payroll is not None and scheme.payroll.own_choice is not None:
            shares = scheme.payroll.own_choice.share
            by_age, place = np.unique(shares, axis=0, return_inverse=True)
            row = np.append(place.ravel(), -1)[pairs.residence]  # nobody outside pays
        else:
            continue
        pays = np.array([name in scheme.charges_in_some_year for name in STATUSES])
        result[number] = CellSum(
            weights=np.tile(by_age, len(SEXES))[:, cell],
            row=np.where(inside, row, -1),
            group=np.where(pays[status], status, -1),
            groups=len(STATUSES),
        )
    return result


def premiums_paid(
    people: FloatArray, cells: HeldCells, pairs: PairIndex, schemes: tuple[SchemeTerms, ...]
) -> Premiums:
    """The sums that :func:`premium_sums` says, of packed people ``(P, M)``, by scheme."""
    asked = premium_sums(cells, pairs, schemes)
    sums = dict(zip(asked, sums_together(people, list(asked.values())), strict=True))
    return tuple(sums.get(number) for number in range(len(schemes)))


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
