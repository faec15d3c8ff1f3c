"""The register of retired members who live outside the pool that last insured them.

The population carries them by home and residence; which pool pays for them is kept here, by home
and paying county. A retired member was insured where they lived, so these are pairs too: the entry
of a pair counts those of its home for whom the pool of its residence pays. Entries join when a
retired member leaves the pair and die out at the rate of the home's retirees elsewhere, so the
entries of a home add up to the population's count.
"""

import numpy as np
from scipy import sparse

from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.pairs import PairIndex, sum_by
from fundpool.models.axes.statuses import RETIRED
from fundpool.models.axes.statuses import RETIRED_ELSEWHERE as ELSEWHERE
from fundpool.models.population.rates import YearCount


def opening_register(pairs: PairIndex, persons: FloatArray, destination: FloatArray) -> FloatArray:
    """Retired members away from their pool in the base year, by home and paying county, ``(P,)``.

    The pool is not recorded; it is spread as the home's migrants are.
    """
    by_home = np.add.reduceat(persons[:, ELSEWHERE], pairs.start[:-1])
    return np.asarray(by_home[pairs.home] * destination)


def next_register(register: FloatArray, pairs: PairIndex, count: YearCount) -> FloatArray:
    """The register a year on: survivors of the old entries and this year's leavers.

    Args:
        register: by home and paying county, ``(P,)``.
        pairs: the pairs.
        count: the year's count.
    """
    joined = count.onward[:, RETIRED] + count.returned[:, RETIRED]
    total, new, old = (
        np.add.reduceat(values, pairs.start[:-1])
        for values in (count.persons[:, ELSEWHERE], joined, register)
    )
    survivors = np.maximum(total - new, 0.0)
    return register * ratio(survivors, old)[pairs.home] + joined


def shares_of_payers(register: FloatArray, pairs: PairIndex) -> FloatArray:
    """Share of each home's retirees elsewhere that a paying county has, ``(P,)``.

    The shares of a home add up to one, or are zero where it has none.
    """
    total = np.add.reduceat(register, pairs.start[:-1])[pairs.home]
    return ratio(register, total)


def by_payer(share: FloatArray, pairs: PairIndex, by_home: FloatArray) -> FloatArray:
    """Amounts of homes spread over the paying counties of their retirees elsewhere.

    ``result[payer] = sum over homes of share[home, payer] * by_home[home]``.

    Args:
        share: from :func:`shares_of_payers`, ``(P,)``.
        pairs: the pairs.
        by_home: by home, ``(n + 1,)`` or ``(n + 1, columns)``.
    """
    if by_home.ndim == 1:
        return sum_by(pairs.residence, share * by_home[pairs.home], pairs.counties + 1)
    size = pairs.counties + 1
    payers = sparse.csr_array((share, (pairs.residence, pairs.home)), shape=(size, size))
    return np.asarray(payers @ by_home)
