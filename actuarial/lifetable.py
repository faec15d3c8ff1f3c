"""Life tables.

Notation of Bowers et al., *Actuarial Mathematics*, and of Preston, Heuveline and Guillot,
*Demography*: ``q[x]`` probability of dying within the year, ``l[x]`` survivors, ``d[x]`` deaths,
``L[x]`` person-years lived, ``T[x]`` person-years to come, ``e[x]`` expectation of life.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, one_row, ratio


@dataclass(frozen=True, eq=False)
class LifeTable:
    """A complete life table by single years of age; the last age is open.

    >>> table = LifeTable([0.1, 0.5, 1.0])
    >>> table.lx.tolist()
    [1.0, 0.9, 0.45]
    >>> table.Lx.round(3).tolist()
    [0.95, 0.675, 0.225]

    Attributes:
        probabilities: ``q[x]``, ``(A,)``, each in [0, 1]. The open interval's is taken as 1.
        radix: survivors at age 0.
        infant_share: ``a[0]``, mean part of the year lived by those who die at age 0.
        open_interval_life: mean years lived in the open interval; 0.5 where nothing is known.

    Raises:
        ValueError: a probability lies outside [0, 1], or there is none.
    """

    probabilities: ArrayLike
    radix: float = 1.0
    infant_share: float = 0.5
    open_interval_life: float = 0.5

    def __post_init__(self) -> None:
        """Check and keep the probabilities as an array."""
        q = one_row(self.probabilities, "qx").copy()
        if (q < 0).any() or (q > 1).any():
            raise ValueError("qx must lie between 0 and 1")
        if not self.radix > 0:
            raise ValueError("the radix must be positive")
        if not 0 <= self.infant_share <= 1:
            raise ValueError("the infant share of the year lived must lie between 0 and 1")
        if not self.open_interval_life > 0:
            raise ValueError("the life in the open interval must be positive")
        q[-1] = 1.0
        object.__setattr__(self, "probabilities", q)

    @classmethod
    def from_death_rates(cls, mx: ArrayLike, infant_share: float = 0.5) -> "LifeTable":
        """From central death rates: ``q = m / (1 + (1 - a) m)``; the open interval lasts ``1/m``.

        Raises:
            ValueError: a rate is negative, or the open interval's is zero.
        """
        m = not_negative(one_row(mx, "mx"), "mx")
        if m[-1] == 0:
            raise ValueError("the death rate of the open age interval must be positive")
        a = np.full(m.size, 0.5)
        a[0] = infant_share
        q = np.minimum(m / (1.0 + (1.0 - a) * m), 1.0)
        return cls(q, infant_share=infant_share, open_interval_life=1.0 / m[-1])

    @property
    def qx(self) -> FloatArray:
        """Probability of dying within the year, ``(A,)``; 1 in the open interval."""
        return np.asarray(self.probabilities, dtype=np.float64)

    @cached_property
    def lx(self) -> FloatArray:
        """Survivors to exact age ``x``: ``l[x+1] = l[x] (1 - q[x])``."""
        return self.radix * np.concatenate([[1.0], np.cumprod(1.0 - self.qx[:-1])])

    @cached_property
    def dx(self) -> FloatArray:
        """Deaths at age ``x``: ``d[x] = l[x] q[x]``; they sum to the radix."""
        return np.asarray(self.lx * self.qx)

    @cached_property
    def Lx(self) -> FloatArray:  # noqa: N802 - the field's notation
        """Person-years lived at age ``x``: ``l[x+1] + a[x] d[x]``; open: ``l * life``."""
        survivors = np.append(self.lx[1:], 0.0)
        lived = survivors + 0.5 * self.dx
        if lived.size > 1:
            lived[0] = survivors[0] + self.infant_share * self.dx[0]
        lived[-1] = self.lx[-1] * self.open_interval_life
        return np.asarray(lived)

    @cached_property
    def Tx(self) -> FloatArray:  # noqa: N802 - the field's notation
        """Person-years to be lived from age ``x`` on: ``sum of L``."""
        return np.asarray(np.cumsum(self.Lx[::-1])[::-1])

    @cached_property
    def ex(self) -> FloatArray:
        """Expectation of life at age ``x``: ``T[x] / l[x]``; 0 where nobody survives."""
        return ratio(self.Tx, self.lx)

    def survivorship_ratios(self) -> FloatArray:
        """Share of those aged ``x`` last birthday alive a year later, ``(A,)``.

        ``S[x] = L[x+1] / L[x]``; the last closed age and the open interval share
        ``T[w] / T[w-1]``, so that
        ``N[x+1] = N[x] S[x]`` and ``N[w] = (N[w-1] + N[w]) S[w]``.
        """
        if self.Lx.size == 1:
            return np.zeros(1)
        surviving = ratio(self.Lx[1:], self.Lx[:-1])
        last = self.Tx[-1] / self.Tx[-2] if self.Tx[-2] > 0 else 0.0
        return np.concatenate([surviving[:-1], [last, last]])


USUAL_INFANT_SHARES = {
    "male": ((0.0, 0.14929, -1.99545), (0.0230, 0.02832, 3.26021), (0.08307, 0.29915, 0.0)),
    "female": ((0.0, 0.14903, -2.05527), (0.01724, 0.04667, 3.88089), (0.06891, 0.31411, 0.0)),
}
"""By sex: death rate from which a line holds, its value at no mortality, its slope."""


def usual_infant_share(rate: float, sex: str) -> float:
    """``a[0]`` that goes with a central death rate at age 0, by sex.

    Most infants who die do so soon after birth: at low mortality they live 0.14 of the year. Lines
    of Andreev and Kingkade (*Average age at death in infancy and infant mortality level*,
    Demographic Research 33, 2015) in the form of the Human Mortality Database's methods protocol,
    version 6.

    >>> round(usual_infant_share(0.005, "male"), 4), round(usual_infant_share(0.1, "female"), 4)
    (0.1393, 0.3141)

    Args:
        rate: central death rate ``m[0]``.
        sex: ``male`` or ``female``.

    Raises:
        ValueError: the rate is negative or not a number.
        KeyError: another sex.
    """
    if not rate >= 0:
        raise ValueError("the death rate must not be negative")
    begun = [line for line in USUAL_INFANT_SHARES[sex] if rate >= line[0]]
    _, at_zero, slope = begun[-1]
    return at_zero + slope * rate


def graduate_abridged(starts: ArrayLike, mx: ArrayLike, ages: int = 101) -> FloatArray:
    """Single-year death rates from abridged ones (0, 1-4, 5-9, ..., open).

    Monotone cubic interpolation (Fritsch and Carlson 1980) of the log rates at the middle of each
    age group; the infant rate and the open interval's are kept as they are, and each group is
    scaled so that the plain mean of its single-year rates is the abridged rate.

    >>> single = graduate_abridged([0, 1, 5, 10], [0.01, 0.001, 0.0005, 0.002], ages=12)
    >>> single[[0, 10, 11]].tolist(), round(float(single[1:5].mean()), 6)
    ([0.01, 0.002, 0.002], 0.001)

    Args:
        starts: first age of each group, ascending from 0; the last group is open.
        mx: central death rate of each group, positive.
        ages: number of single ages wanted; the last one is open.

    Raises:
        ValueError: lengths differ, ages do not ascend, or a rate is not positive.
    """
    from scipy.interpolate import PchipInterpolator

    first = one_row(starts, "starts")
    rates = one_row(mx, "mx")
    if first.size != rates.size or first.size < 3:
        raise ValueError("starts and mx must be of one length, at least three groups")
    if first[0] != 0 or (np.diff(first) <= 0).any():
        raise ValueError("age groups must ascend from 0")
    if (rates <= 0).any():
        raise ValueError("death rates must be positive")
    ends = np.append(first[1:], first[-1] + 1)
    middle = 0.5 * (first + ends - 1)
    curve = PchipInterpolator(middle, np.log(rates), extrapolate=True)
    single = np.exp(curve(np.arange(ages, dtype=float)))
    for start, end, rate in zip(first.astype(int), ends.astype(int), rates, strict=True):
        inside = slice(min(start, ages - 1), min(end, ages))
        single[inside] *= rate / single[inside].mean()
    single[int(first[-1]) :] = rates[-1]
    return np.asarray(single)
