"""Aggregate loss: the distribution of a year's total claims.

Compound Poisson and negative binomial by the fast Fourier transform (*Loss Models*, chapter 9;
Embrechts and Frei 2009 for the exponential tilting that keeps the tail from wrapping round).
"""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.limited_moments import limited_moment
from fundpool.actuarial.severity import Severity

ComplexArray = NDArray[np.complex128]
NEARLY_POISSON = 1e-3
"""Dispersion times claims below which rounding would count for more than the series leaves out."""


class Limited(Protocol):
    """Anything on zero and above whose limited expected value is known."""

    def limited_expected_value(self, limit: ArrayLike) -> float | FloatArray:
        """``E[min(X, limit)]``."""


def discretised(severity: Limited, step: float, points: int) -> FloatArray:
    """Severity on the lattice ``0, step, 2 step, ...`` with its mean kept, ``(points,)``.

    Mass is dispersed to the two neighbouring points so that the mean is preserved:
    ``f[0] = 1 - LEV(h)/h``, ``f[j] = (2 LEV(jh) - LEV((j-1)h) - LEV((j+1)h)) / h``. What lies
    beyond the last point is left out.

    >>> from fundpool.actuarial.severity import Exponential
    >>> discretised(Exponential(1.0), step=1.0, points=4).round(4).tolist()
    [0.3679, 0.3996, 0.147, 0.0541]

    Raises:
        ValueError: a step that is not positive or fewer than two points.
    """
    return np.clip(lattice_mass(severity, step, points), 0.0, None)


def check_count(rate: float, dispersion: float = 0.0) -> None:
    """Refuse an expected number of claims, or a dispersion, that cannot be.

    >>> check_count(-1.0)
    Traceback (most recent call last):
        ...
    ValueError: the expected number of claims must be a number of at least 0

    Raises:
        ValueError: it is negative or not a number.
    """
    if not (np.isfinite(rate) and rate >= 0):
        raise ValueError("the expected number of claims must be a number of at least 0")
    if not (np.isfinite(dispersion) and dispersion >= 0):
        raise ValueError("the dispersion must be a number of at least 0")


def lattice_mass(severity: Limited, step: float, points: int) -> FloatArray:
    """As :func:`discretised`, rounding left in: what is slightly below zero cancels in sums.

    >>> from fundpool.actuarial.severity import Empirical
    >>> lattice_mass(Empirical([100.0, 200.0]), step=100.0, points=4).tolist()
    [0.0, 0.5, 0.5, 0.0]

    Raises:
        ValueError: a step that is not positive or fewer than two points.
    """
    if not (np.isfinite(step) and step > 0):
        raise ValueError("the step must be a positive number")
    if points < 2:
        raise ValueError("the lattice needs at least two points")
    lev = np.asarray(severity.limited_expected_value(step * np.arange(points + 1)))
    mass = np.empty(points)
    mass[0] = 1.0 - lev[1] / step
    mass[1:] = (2.0 * lev[1:-1] - lev[:-2] - lev[2:]) / step
    return mass


def compound_poisson(rate: float, severity: Severity, step: float, points: int) -> FloatArray:
    """Probabilities of the aggregate at ``0, step, 2 step, ...``, ``(points,)``.

    >>> from fundpool.actuarial.severity import Empirical
    >>> compound_poisson(1.0, Empirical([1.0]), step=1.0, points=4).round(4).tolist()  # Poisson(1)
    [0.3679, 0.3679, 0.1839, 0.0613]

    Args:
        rate: expected number of claims.
        severity: cost of a claim.
        step: width of the lattice.
        points: number of lattice points; the probability beyond them is left out, not wrapped.

    Raises:
        ValueError: a negative rate, a step that is not positive, or fewer than two points.
    """
    check_count(rate)
    return np.clip(aggregated(discretised(severity, step, points), rate, 0.0), 0.0, None)


def compound_negative_binomial(
    rate: float, dispersion: float, severity: Limited, step: float, points: int
) -> FloatArray:
    """As :func:`compound_poisson` with a Poisson rate that itself varies by a gamma factor.

    The number of claims has mean ``rate`` and variance ``rate + dispersion * rate^2``; its
    probability generating function is ``(1 - dispersion rate (z - 1))^(-1/dispersion)``.

    >>> from fundpool.actuarial.severity import Empirical
    >>> unit = Empirical([1.0])  # dispersion 1: the number of claims is geometric
    >>> compound_negative_binomial(1.0, 1.0, unit, step=1.0, points=4).round(4).tolist()
    [0.5, 0.25, 0.125, 0.0625]

    Args:
        rate: expected number of claims.
        dispersion: variance of the gamma factor; 0 is compound Poisson.
        severity: cost of a claim.
        step: width of the lattice.
        points: number of lattice points.

    Raises:
        ValueError: a negative rate or dispersion, a bad step, or fewer than two points.
    """
    check_count(rate, dispersion)
    return np.clip(aggregated(discretised(severity, step, points), rate, dispersion), 0.0, None)


def aggregated(
    mass: FloatArray,
    rate: float,
    dispersion: float,
    less_one_at_zero: bool = False,
    lengths: int = 2,
) -> FloatArray:
    """Probabilities of the aggregate from those of a claim on the same lattice, ``(points,)``.

    Rounding may leave some slightly below zero; left as they are, it cancels in sums over them.

    >>> aggregated(np.array([0.0, 1.0, 0.0, 0.0]), rate=1.0, dispersion=0.0).round(4).tolist()
    [0.3679, 0.3679, 0.1839, 0.0613]

    Args:
        mass: probabilities of a claim at ``0, step, 2 step, ...``, ``(points,)``.
        rate: expected number of claims.
        dispersion: variance of the gamma factor; 0 is compound Poisson.
        less_one_at_zero: take 1 off the first, before rounding, so that the others keep their
            digits where hardly anybody has a claim.
        lengths: how many times as long as the lattice the transform is at least; the longer, the
            less the tilt back blows up rounding.
    """
    points = mass.size
    size = int(2 ** np.ceil(np.log2(lengths * points)))
    weights = np.exp(-20.0 / size * np.arange(points))
    transform = np.fft.rfft(mass * weights, size)
    logarithm = log_generating(rate * (transform - 1.0), dispersion)
    generated = _less_one(logarithm) if less_one_at_zero else np.exp(logarithm)
    aggregate = np.fft.irfft(generated, size)
    return np.asarray(aggregate[:points] / weights)


def _less_one(exponent: ComplexArray) -> ComplexArray:
    """``exp(x + i y) - 1``, as ``np.expm1`` gives it, in real functions, which run much faster."""
    growth, half = np.expm1(exponent.real), np.sin(0.5 * exponent.imag)
    result = np.empty(exponent.shape, dtype=np.complex128)
    # cos y - 1 = -2 sin(y / 2)^2
    result.real = growth - 2.0 * half**2 * (growth + 1.0)
    result.imag = (growth + 1.0) * np.sin(exponent.imag)
    return result


def log_generating(exponent: ComplexArray, dispersion: float) -> ComplexArray:
    """``-ln(1 - dispersion x) / dispersion``; its series where the quotient would be rounding.

    >>> [log_generating(np.array([-1.0 + 0j]), d).real.tolist() for d in (0.0, 1e-16)]
    [[-1.0], [-1.0]]

    Args:
        exponent: ``rate (z - 1)``, any shape; no real part above zero, as ``|z| <= 1``.
        dispersion: variance of the gamma factor; 0 gives ``exponent``.
    """
    scaled = dispersion * exponent
    square = scaled.real**2 + scaled.imag**2
    if square.max(initial=0.0) < NEARLY_POISSON**2:
        return np.asarray(exponent * (1.0 + scaled / 2.0 + scaled**2 / 3.0 + scaled**3 / 4.0))
    # -ln(1 - x) in real functions, which run much faster: |1 - x|^2 = 1 + (|x|^2 - 2 Re x)
    result = np.empty(exponent.shape, dtype=np.complex128)
    result.real = np.log1p(square - 2.0 * scaled.real) * (-0.5 / dispersion)
    result.imag = np.arctan(scaled.imag / (1.0 - scaled.real)) / dispersion
    return result


def beyond_lattice(
    count_mean: float, dispersion: float, severity: Severity, end: float, limits: FloatArray
) -> FloatArray:
    """What one large claim adds to both moments from the end of a lattice to limits, ``(2, p)``.

    On top of the mean of the others, ``P(S > s) = m P(X > s - c)``: exact in the limit for heavy
    tails, nothing for others. A person seen with one claim has ``m (1 + dispersion)`` others.

    >>> from fundpool.actuarial.severity import Exponential
    >>> far = beyond_lattice(1e-6, 0.0, Exponential(1.0), 0.0, np.array([np.inf]))
    >>> far.round(9).tolist()
    [[1e-06], [2e-06]]

    Args:
        count_mean: expected claims in the year.
        dispersion: variance of the gamma factor between persons.
        severity: cost of a claim.
        end: of the lattice.
        limits: beyond it, ``(p,)``.
    """
    others_mean = count_mean * (1.0 + dispersion)
    others = others_mean * float(severity.limited_expected_value(end))
    edges = np.append(limits, end) - others
    layer = np.asarray(severity.limited_expected_value(edges))
    squares = limited_moment(severity, edges, 2)
    layer, squares = (count_mean * (each[:-1] - each[-1]) for each in (layer, squares))
    return np.array([layer, squares + 2.0 * others * layer])


def compound_poisson_moments(rate: float, severity: Severity) -> tuple[float, float]:
    """Mean ``rate E[X]`` and variance ``rate E[X^2]`` of the aggregate.

    >>> from fundpool.actuarial.severity import Exponential
    >>> compound_poisson_moments(2.0, Exponential(100.0))
    (200.0, 40000.0)
    """
    check_count(rate)
    mean = severity.mean()
    return rate * mean, rate * (severity.variance() + mean**2)
