"""Higher moments of what a fund pays for a claim.

``LEV_k(u) = E[min(X, u)^k]`` in closed form (Klugman, Panjer and Willmot, *Loss Models*, 4th ed.,
appendix A), and from it the moments of a piecewise-linear payment ``b``:

``E[b(X)^k] = integral of k b(x)^(k-1) b'(x) S(x) dx``, with ``S`` the survival function; between
two knots ``b(x) = a + s x``, so that each piece is a sum of differences of ``LEV_1 ... LEV_k``.
"""

from math import comb
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma as gamma_function
from scipy.special import gammainc, ndtr

from fundpool.actuarial.arrays import FloatArray, not_negative
from fundpool.actuarial.benefits import Payment
from fundpool.actuarial.mixed_severity import MixedSeverity
from fundpool.actuarial.severity import (
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    Severity,
    Weibull,
)

HIGHEST_ORDER = 3


@runtime_checkable
class OwnMoments(Protocol):
    """A distribution that gives its limited moments itself."""

    def limited_moment(self, limit: ArrayLike, order: int) -> FloatArray:
        """``E[min(X, limit)^order]``."""


def limited_moment(severity: Severity, limit: ArrayLike, order: int) -> FloatArray:
    """``E[min(X, limit)^order]``; infinite where it does not exist.

    >>> limited_moment(Exponential(100.0), np.inf, order=2).round(2).tolist()  # 2 * 100^2
    20000.0

    Args:
        severity: cost of a claim.
        limit: limits, not negative; infinity for the moment itself.
        order: 1, 2 or 3.

    Raises:
        ValueError: another order, a negative limit, or a severity of an unknown family.
    """
    if order not in range(1, HIGHEST_ORDER + 1):
        raise ValueError(f"the order must be 1, 2 or 3, not {order}")
    u = not_negative(limit, "the limit")
    if order == 1:
        return np.asarray(severity.limited_expected_value(u), dtype=float)
    if isinstance(severity, MixedSeverity):
        kinds = zip(severity.weights, severity.severities, strict=True)
        return sum(
            (weight * limited_moment(kind, u, order) for weight, kind in kinds),
            start=np.zeros(u.shape),
        )
    if isinstance(severity, Empirical):
        capped = np.minimum(severity.values, u[..., None])
        return np.asarray((capped**order) @ severity.weights)
    if isinstance(severity, Exponential):
        return _gamma(1.0, severity.scale, u, order)
    if isinstance(severity, Gamma):
        return _gamma(severity.shape, severity.scale, u, order)
    if isinstance(severity, Lognormal):
        return _lognormal(severity, u, order)
    if isinstance(severity, Weibull):
        return _weibull(severity, u, order)
    if isinstance(severity, Pareto):
        return _pareto(severity, u, order)
    if isinstance(severity, OwnMoments):
        return severity.limited_moment(u, order)
    raise ValueError(f"no limited moments are known for {type(severity).__name__}")


def _tail(u: FloatArray, survival: FloatArray, order: int) -> FloatArray:
    """``u^order * P(X > u)``, zero at infinity for these families."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(u), 0.0, np.where(np.isinf(u), 0.0, u) ** order * survival)


def _gamma(shape: float, scale: float, u: FloatArray, order: int) -> FloatArray:
    raised = scale**order * gamma_function(shape + order) / gamma_function(shape)
    z = u / scale
    survival = np.asarray(1.0 - gammainc(shape, z), dtype=np.float64)
    return np.asarray(raised * gammainc(shape + order, z) + _tail(u, survival, order))


def _lognormal(severity: Lognormal, u: FloatArray, order: int) -> FloatArray:
    mu, sigma = severity.mu, severity.sigma
    with np.errstate(divide="ignore"):
        z = (np.log(u) - mu) / sigma
    raised = np.exp(order * mu + 0.5 * (order * sigma) ** 2)
    return np.asarray(raised * ndtr(z - order * sigma) + _tail(u, ndtr(-z), order))


def _weibull(severity: Weibull, u: FloatArray, order: int) -> FloatArray:
    power = (u / severity.scale) ** severity.shape
    a = 1.0 + order / severity.shape
    raised = severity.scale**order * gamma_function(a)
    return np.asarray(raised * gammainc(a, power) + _tail(u, np.exp(-power), order))


def _pareto(severity: Pareto, u: FloatArray, order: int) -> FloatArray:
    """``integral from 0 to u of order x^(order-1) S(x) dx`` with ``x = y - scale`` expanded."""
    shape, scale = severity.shape, severity.scale
    total = np.zeros(u.shape)
    finite = np.isfinite(u)
    y = np.where(finite, u, 0.0) + scale
    for j in range(order):
        # y^(order-1-j) (-scale)^j (scale/y)^shape integrates to a power or a logarithm
        power = order - 1 - j - shape + 1.0
        factor = order * comb(order - 1, j) * (-scale) ** j * scale**shape
        if abs(power) < 1e-12:
            total += factor * np.log(y / scale)
        else:
            total += factor * (y**power - scale**power) / power
    if not finite.all():
        whole = np.inf
        if shape > order:
            whole = scale**order
            for i in range(1, order + 1):
                whole *= i / (shape - i)
        total = np.where(finite, total, whole)
    return np.asarray(total)


def payment_moment_grid(
    formula: Payment, severity: Severity, scales: ArrayLike, order: int
) -> FloatArray:
    """``E[b(s X)^order]`` for every ``s`` in ``scales``, by ``LEV_k(sX, u) = s^k LEV_k(X, u/s)``.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> half = BenefitFormula(bands=((0, 0.5),))
    >>> float(payment_moment_grid(half, Exponential(100.0), 1.0, 2))  # 0.25 * 2 * 100^2
    5000.0

    Raises:
        ValueError: a scale is not positive, or an order outside 1 to 3.
    """
    s = not_negative(scales, "the scales")
    if (s <= 0).any():
        raise ValueError("scales must be positive")
    form = formula.breakpoints()
    knots, slopes = np.array(form.knots), np.array(form.slopes)
    paid = np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(knots))])
    start = paid - slopes * knots  # b(x) = start + slope x from each knot on
    limits = np.append(knots, np.inf)
    flat = slopes == 0
    total = np.zeros(s.shape)
    for k in range(1, order + 1):
        lev = s[..., None] ** k * limited_moment(severity, limits / s[..., None], k)
        # order * comb(order-1, k-1) start^(order-k) slope^k / k, the integral of x^(k-1) S
        weight = order * comb(order - 1, k - 1) * start ** (order - k) * slopes**k / k
        with np.errstate(invalid="ignore"):
            pieces = np.where(flat, 0.0, np.diff(lev, axis=-1))
        with np.errstate(invalid="ignore"):
            total = total + np.where(flat, 0.0, pieces * weight).sum(axis=-1)
    return np.asarray(total)


def moments_of_pieces(pieces: FloatArray, limited: FloatArray) -> FloatArray:
    """Moments of several formulas, ``(F, 2, r, p)``, from limited moments at their knots.

    To the same bits as :func:`fundpool.actuarial.person_year.payment_moments` one by one.

    >>> half, limited = np.array([[[0.0]], [[0.5]], [[0.0]]]), [[[0.0, 0.0], [200.0, 8e4]]]
    >>> moments_of_pieces(half, np.array(limited)[..., None, None]).ravel().tolist()
    [100.0, 20000.0]

    Args:
        pieces: knots, slopes and widths, ``(3, F, K)``;
            flat ones of no width where a formula has fewer.
        limited: limited moments at the ends of pieces, ``(F, K + 1, 2, r, p)``.
    """
    first, second = np.zeros((2, *limited[:, 0, 0].shape))
    paid = np.zeros((pieces.shape[1], 1, 1))
    for number in range(pieces.shape[2]):
        knot, slope, width = pieces[:, :, number, None, None]
        (low, low_square), (high, high_square) = (
            (limited[:, end, 0], limited[:, end, 1]) for end in (number, number + 1)
        )
        with np.errstate(invalid="ignore"):
            layer = high - low
            layer_square = high_square - low_square - 2.0 * knot * layer
            square = 2.0 * slope * paid * layer + slope**2 * layer_square
        first += np.where(slope == 0.0, 0.0, slope * layer)
        second += np.where(slope == 0.0, 0.0, square)
        paid += slope * width
    return np.stack([first, second], axis=1)
