"""Cost of a claim: severity distributions with limited expected values in closed form.

Klugman, Panjer and Willmot, *Loss Models*, 4th ed., appendix A; ``LEV(u) = E[min(X, u)]``.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import gamma as gamma_function
from scipy.special import gammainc, gammaincinv, gammaln, ndtr, ndtri

from fundpool.actuarial.arrays import FloatArray, not_negative, numbers, one_row, same_kind

Value = float | FloatArray


class Severity(Protocol):
    """A distribution of the cost of a claim, on zero and above."""

    def mean(self) -> float:
        """Mean cost."""

    def variance(self) -> float:
        """Variance of the cost."""

    def cdf(self, x: ArrayLike) -> Value:
        """Probability of a cost of at most ``x``."""

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``E[min(X, limit)]``."""

    def quantile(self, p: ArrayLike) -> Value:
        """Smallest cost whose probability not to be exceeded is at least ``p``."""

    def scaled(self, factor: float) -> "Severity":
        """The distribution of ``factor * X``."""

    def sample(self, generator: np.random.Generator, size: int) -> FloatArray:
        """Random costs."""


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive number, not {value}")


def _moments(mean: float, cv: float) -> None:
    _positive(mean=mean)
    if not (np.isfinite(cv) and cv > 0):
        raise ValueError(f"the coefficient of variation must be a positive number, not {cv}")


def _probabilities(p: ArrayLike) -> FloatArray:
    q = numbers(p, "probabilities")
    if (q < 0).any() or (q > 1).any():
        raise ValueError("probabilities must lie between 0 and 1")
    return q


def lognormal_limited_expected_value(
    mu: ArrayLike, sigma: ArrayLike, limit: ArrayLike
) -> FloatArray:
    """``exp(mu + sigma^2/2) Phi((ln u - mu - sigma^2)/sigma) + u (1 - Phi((ln u - mu)/sigma))``.

    All arguments broadcast; ``sigma`` 0 is a fixed cost, a limit of 0 gives 0, infinity the mean.

    >>> lognormal_limited_expected_value(0.0, 1.0, [0.0, 1.0, np.inf]).round(4).tolist()
    [0.0, 0.7616, 1.6487]
    """
    m, s = numbers(mu, "mu"), not_negative(sigma, "sigma")
    u = not_negative(limit, "the limit")
    m, s, u = np.broadcast_arrays(m, s, u)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (np.log(u) - m) / s
        body = np.exp(m + 0.5 * s**2) * ndtr(z - s)
        tail = np.where(np.isinf(u), 0.0, u) * ndtr(-z)
    result = np.where(s > 0, body + tail, np.minimum(np.exp(m), u))
    return np.asarray(np.where(u == 0, 0.0, result))


class _Continuous:
    """What the continuous families share."""

    def sample(self, generator: np.random.Generator, size: int) -> FloatArray:
        """Random costs by inversion, ``(size,)``."""
        return np.asarray(self.quantile(generator.random(size)))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Lognormal(_Continuous):
    """Lognormal: ``ln X`` is normal with mean ``mu`` and standard deviation ``sigma``.

    >>> cost = Lognormal.from_mean_cv(9_000.0, 1.5)
    >>> round(cost.mean(), 6), round(cost.limited_expected_value(20_000.0), 2)
    (9000.0, 7198.86)
    """

    mu: float
    sigma: float

    def __post_init__(self) -> None:
        """Refuse parameters that make no distribution."""
        _positive(sigma=self.sigma)
        numbers(self.mu, "mu")

    @classmethod
    def from_mean_cv(cls, mean: float, cv: float) -> Self:
        """``sigma^2 = ln(1 + cv^2)``, ``mu = ln mean - sigma^2 / 2``."""
        _moments(mean, cv)
        sigma = float(np.sqrt(np.log1p(cv**2)))
        return cls(float(np.log(mean)) - 0.5 * sigma**2, sigma)

    def mean(self) -> float:
        """``exp(mu + sigma^2 / 2)``."""
        return float(np.exp(self.mu + 0.5 * self.sigma**2))

    def variance(self) -> float:
        """``(exp(sigma^2) - 1) mean^2``."""
        return float(np.expm1(self.sigma**2) * self.mean() ** 2)

    def cdf(self, x: ArrayLike) -> Value:
        """``Phi((ln x - mu) / sigma)``."""
        cost = np.maximum(numbers(x, "x"), 0.0)
        with np.errstate(divide="ignore"):
            return same_kind(ndtr((np.log(cost) - self.mu) / self.sigma), x)

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """See :func:`lognormal_limited_expected_value`."""
        return same_kind(lognormal_limited_expected_value(self.mu, self.sigma, limit), limit)

    def quantile(self, p: ArrayLike) -> Value:
        """``exp(mu + sigma Phi^-1(p))``."""
        return same_kind(np.exp(self.mu + self.sigma * ndtri(_probabilities(p))), p)

    def scaled(self, factor: float) -> "Lognormal":
        """``mu + ln factor``."""
        _positive(factor=factor)
        return Lognormal(self.mu + float(np.log(factor)), self.sigma)


@dataclass(frozen=True)
class Gamma(_Continuous):
    """Gamma with ``shape`` and ``scale``.

    >>> cost = Gamma.from_mean_cv(100.0, 0.5)
    >>> cost.shape, cost.scale, cost.variance()
    (4.0, 25.0, 2500.0)
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse parameters that make no distribution."""
        _positive(shape=self.shape, scale=self.scale)

    @classmethod
    def from_mean_cv(cls, mean: float, cv: float) -> Self:
        """``shape = 1 / cv^2``."""
        _moments(mean, cv)
        return cls(1.0 / cv**2, mean * cv**2)

    def mean(self) -> float:
        """``shape * scale``."""
        return self.shape * self.scale

    def variance(self) -> float:
        """``shape * scale^2``."""
        return self.shape * self.scale**2

    def cdf(self, x: ArrayLike) -> Value:
        """Regularised incomplete gamma function."""
        cost = np.maximum(numbers(x, "x"), 0.0)
        return same_kind(np.asarray(gammainc(self.shape, cost / self.scale), dtype=float), x)

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``mean * P(shape + 1, u/scale) + u (1 - P(shape, u/scale))``."""
        u = not_negative(limit, "the limit")
        z = u / self.scale
        tail = np.where(np.isinf(u), 0.0, u) * (1.0 - gammainc(self.shape, z))
        return same_kind(self.mean() * gammainc(self.shape + 1.0, z) + tail, limit)

    def quantile(self, p: ArrayLike) -> Value:
        """Inverse of the incomplete gamma function."""
        value = self.scale * gammaincinv(self.shape, _probabilities(p))
        return same_kind(np.asarray(value, dtype=float), p)

    def scaled(self, factor: float) -> "Gamma":
        """``scale * factor``."""
        _positive(factor=factor)
        return Gamma(self.shape, self.scale * factor)


@dataclass(frozen=True)
class Pareto(_Continuous):
    """Pareto of the second type (Lomax): ``P(X > x) = (scale / (x + scale))^shape``.

    >>> cost = Pareto(shape=3.0, scale=200.0)
    >>> cost.mean(), cost.limited_expected_value(200.0)
    (100.0, 75.0)
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse parameters that make no distribution."""
        _positive(shape=self.shape, scale=self.scale)

    @classmethod
    def from_mean_cv(cls, mean: float, cv: float) -> Self:
        """``shape = 2 cv^2 / (cv^2 - 1)``; only for a coefficient of variation above 1."""
        _moments(mean, cv)
        if cv <= 1:
            raise ValueError("a Pareto severity needs a coefficient of variation above 1")
        shape = 2.0 * cv**2 / (cv**2 - 1.0)
        return cls(shape, mean * (shape - 1.0))

    def mean(self) -> float:
        """``scale / (shape - 1)``; infinite for a shape of at most 1."""
        return self.scale / (self.shape - 1.0) if self.shape > 1 else float("inf")

    def variance(self) -> float:
        """``shape scale^2 / ((shape-1)^2 (shape-2))``; infinite for a shape of at most 2."""
        if self.shape <= 2:
            return float("inf")
        return self.shape * self.scale**2 / ((self.shape - 1.0) ** 2 * (self.shape - 2.0))

    def cdf(self, x: ArrayLike) -> Value:
        """``1 - (scale / (x + scale))^shape``."""
        cost = np.maximum(numbers(x, "x"), 0.0)
        return same_kind(-np.expm1(-self.shape * np.log1p(cost / self.scale)), x)

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``scale/(shape-1) (1 - (scale/(u+scale))^(shape-1))``; ``scale ln(1+u/scale)`` at 1."""
        z = np.log1p(not_negative(limit, "the limit") / self.scale)
        power = self.shape - 1.0
        if abs(power) < 1e-12:
            return same_kind(self.scale * z, limit)
        return same_kind(-self.scale / power * np.expm1(-power * z), limit)

    def quantile(self, p: ArrayLike) -> Value:
        """``scale ((1-p)^(-1/shape) - 1)``."""
        with np.errstate(divide="ignore"):
            return same_kind(self.scale * np.expm1(-np.log1p(-_probabilities(p)) / self.shape), p)

    def scaled(self, factor: float) -> "Pareto":
        """``scale * factor``."""
        _positive(factor=factor)
        return Pareto(self.shape, self.scale * factor)


@dataclass(frozen=True)
class Exponential(_Continuous):
    """Exponential with mean ``scale``.

    >>> round(Exponential(100.0).limited_expected_value(100.0), 4)  # 100 (1 - 1/e)
    63.2121
    """

    scale: float

    def __post_init__(self) -> None:
        """Refuse parameters that make no distribution."""
        _positive(scale=self.scale)

    @classmethod
    def from_mean(cls, mean: float) -> Self:
        """The one with this mean."""
        return cls(mean)

    def mean(self) -> float:
        """``scale``."""
        return self.scale

    def variance(self) -> float:
        """``scale^2``."""
        return self.scale**2

    def cdf(self, x: ArrayLike) -> Value:
        """``1 - exp(-x / scale)``."""
        return same_kind(-np.expm1(-np.maximum(numbers(x, "x"), 0.0) / self.scale), x)

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``scale (1 - exp(-u / scale))``."""
        u = not_negative(limit, "the limit")
        return same_kind(-self.scale * np.expm1(-u / self.scale), limit)

    def quantile(self, p: ArrayLike) -> Value:
        """``-scale ln(1 - p)``."""
        with np.errstate(divide="ignore"):
            return same_kind(-self.scale * np.log1p(-_probabilities(p)), p)

    def scaled(self, factor: float) -> "Exponential":
        """``scale * factor``."""
        _positive(factor=factor)
        return Exponential(self.scale * factor)


@dataclass(frozen=True)
class Weibull(_Continuous):
    """Weibull: ``P(X > x) = exp(-(x / scale)^shape)``.

    >>> round(Weibull(shape=2.0, scale=100.0).cdf(100.0), 4)
    0.6321
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        """Refuse parameters that make no distribution."""
        _positive(shape=self.shape, scale=self.scale)

    @classmethod
    def from_mean_cv(cls, mean: float, cv: float) -> Self:
        """Shape solved from ``1 + cv^2 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2``."""
        _moments(mean, cv)

        def excess(log_shape: float) -> float:
            k = np.exp(log_shape)
            return float(gammaln(1 + 2 / k) - 2 * gammaln(1 + 1 / k) - np.log1p(cv**2))

        low, high = np.log(0.05), np.log(500.0)
        if excess(low) < 0 or excess(high) > 0:
            raise ValueError(f"no Weibull severity has a coefficient of variation of {cv}")
        shape = float(np.exp(brentq(excess, low, high, xtol=1e-14)))
        return cls(shape, mean / float(gamma_function(1 + 1 / shape)))

    def mean(self) -> float:
        """``scale Gamma(1 + 1/shape)``."""
        return self.scale * float(gamma_function(1 + 1 / self.shape))

    def variance(self) -> float:
        """``scale^2 (Gamma(1 + 2/shape) - Gamma(1 + 1/shape)^2)``."""
        return self.scale**2 * float(gamma_function(1 + 2 / self.shape)) - self.mean() ** 2

    def cdf(self, x: ArrayLike) -> Value:
        """``1 - exp(-(x / scale)^shape)``."""
        cost = np.maximum(numbers(x, "x"), 0.0)
        return same_kind(-np.expm1(-((cost / self.scale) ** self.shape)), x)

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``mean P(1 + 1/shape, (u/scale)^shape) + u exp(-(u/scale)^shape)``."""
        u = not_negative(limit, "the limit")
        z = (u / self.scale) ** self.shape
        tail = np.where(np.isinf(u), 0.0, u) * np.exp(-z)
        return same_kind(self.mean() * gammainc(1 + 1 / self.shape, z) + tail, limit)

    def quantile(self, p: ArrayLike) -> Value:
        """``scale (-ln(1 - p))^(1/shape)``."""
        with np.errstate(divide="ignore"):
            return same_kind(self.scale * (-np.log1p(-_probabilities(p))) ** (1 / self.shape), p)

    def scaled(self, factor: float) -> "Weibull":
        """``scale * factor``."""
        _positive(factor=factor)
        return Weibull(self.shape, self.scale * factor)


class Empirical:
    """Observed costs with weights (equal ones unless given).

    >>> cost = Empirical([100.0, 200.0, 600.0])
    >>> cost.mean(), cost.limited_expected_value(300.0), cost.quantile(0.5)
    (300.0, 200.0, 200.0)
    """

    def __init__(self, values: ArrayLike, weights: ArrayLike | None = None) -> None:
        """Sort the values and scale the weights to one.

        Raises:
            ValueError: no value, a negative value or weight, or lengths that differ.
        """
        cost = not_negative(one_row(values, "values"), "values")
        weight = np.ones(cost.size) if weights is None else one_row(weights, "weights")
        not_negative(weight, "weights")
        if weight.size != cost.size:
            raise ValueError("values and weights must have one length")
        if not weight.sum() > 0:
            raise ValueError("the weights must not all be zero")
        order = np.argsort(cost, kind="stable")
        self.values: FloatArray = cost[order]
        self.weights: FloatArray = weight[order] / weight.sum()
        self._reached: FloatArray = np.minimum(np.cumsum(self.weights), 1.0)

    def mean(self) -> float:
        """Weighted mean."""
        return float(self.values @ self.weights)

    def variance(self) -> float:
        """Weighted variance."""
        return float(((self.values - self.mean()) ** 2) @ self.weights)

    def cdf(self, x: ArrayLike) -> Value:
        """Weight of values of at most ``x``."""
        place = np.searchsorted(self.values, numbers(x, "x"), side="right")
        return same_kind(np.concatenate([[0.0], self._reached])[place], x)

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``sum of weight * min(value, limit)``."""
        u = not_negative(limit, "the limit")
        place = np.searchsorted(self.values, u, side="right")
        below = np.concatenate([[0.0], np.cumsum(self.values * self.weights)])[place]
        above = 1.0 - np.concatenate([[0.0], self._reached])[place]
        above = np.where(place == self.values.size, 0.0, above)
        return same_kind(below + np.where(above > 0, u, 0.0) * above, limit)

    def quantile(self, p: ArrayLike) -> Value:
        """Smallest value that weight ``p`` does not exceed."""
        place = np.searchsorted(self._reached, _probabilities(p) - 1e-15)
        return same_kind(self.values[np.minimum(place, self.values.size - 1)], p)

    def scaled(self, factor: float) -> "Empirical":
        """Every value times ``factor``."""
        _positive(factor=factor)
        return Empirical(self.values * factor, self.weights)

    def sample(self, generator: np.random.Generator, size: int) -> FloatArray:
        """Random values."""
        return np.asarray(generator.choice(self.values, size=size, p=self.weights))
