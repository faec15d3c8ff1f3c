"""The register of retired members who live outside the pool that last insured them.

The population carries them by home and residence; which pool pays for them is kept here, by home
and paying county. Entries join when a retired member leaves the county and die out at the rate
of the home's retirees elsewhere, so the register's rows add up to the population's count.
"""

import numpy as np

from inputs.vocabulary import STATUSES
from models.pairs import PairIndex
from models.rates import FloatArray, YearCount

RETIRED, ELSEWHERE = STATUSES.index("retired"), STATUSES.index("retired_elsewhere")


def opening_register(pairs: PairIndex, persons: FloatArray, destination: FloatArray) -> FloatArray:
    """Retired members away from their pool in the base year, by home and paying county.

    The pool is not recorded; it is spread as the home's migrants are.
    """
    n = pairs.counties
    register = np.zeros((n + 1, n + 1))
    by_home = np.add.reduceat(persons[:, ELSEWHERE], pairs.start[:-1])
    register[pairs.home, pairs.residence] = by_home[pairs.home] * destination
    return register


def next_register(register: FloatArray, pairs: PairIndex, count: YearCount) -> FloatArray:
    """The register a year on: survivors of the old entries and this year's leavers.

    Args:
        register: by home and paying county, ``(n + 1, n + 1)``.
        pairs: the pairs.
        count: the year's count.
    """
    joined = count.onward[:, RETIRED] + count.returned[:, RETIRED]
    new = np.zeros_like(register)
    np.add.at(new, (pairs.home, pairs.residence), joined)
    total = np.add.reduceat(count.persons[:, ELSEWHERE], pairs.start[:-1])
    old = register.sum(axis=1)
    survivors = np.maximum(total - new.sum(axis=1), 0.0)
    kept: FloatArray = np.zeros_like(old)
    np.divide(survivors, old, out=kept, where=old > 0)
    return register * kept[:, None] + new
