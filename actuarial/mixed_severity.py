"""Cost of a claim of one of several kinds: claims of several services as one compound sum."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.severity import Severity, Value


@dataclass(frozen=True)
class MixedSeverity:
    """Cost of a claim that is of kind ``i`` with probability ``weights[i]``.

    Claims of several services whose numbers share one gamma factor of the person are one compound
    negative binomial sum of such claims: given the factor, independent Poisson streams add up.

    >>> from fundpool.actuarial.severity import Exponential
    >>> mixed = MixedSeverity((3.0, 1.0), (Exponential(100.0), Exponential(500.0)))
    >>> mixed.mean(), mixed.variance()
    (200.0, 100000.0)

    Attributes:
        weights: expected claims of each kind, ``(k,)``; scaled to one.
        severities: their costs.
    """

    weights: tuple[float, ...]
    severities: tuple[Severity, ...]

    def __post_init__(self) -> None:
        """Check the weights and scale them."""
        weights = np.asarray(self.weights, dtype=float)
        if weights.shape != (len(self.severities),) or not np.isfinite(weights).all():
            raise ValueError("a mixture needs a weight for every severity")
        if (weights < 0).any() or not weights.sum() > 0:
            raise ValueError("weights of a mixture must not be negative, nor all zero")
        object.__setattr__(self, "weights", tuple((weights / weights.sum()).tolist()))

    def _mixed(self, values: Sequence[Value]) -> Value:
        total = sum(
            (weight * np.asarray(value) for weight, value in zip(self.weights, values, strict=True)
             if weight > 0), start=np.zeros(np.shape(values[0]))
        )  # fmt: skip
        return float(total) if np.ndim(total) == 0 else np.asarray(total)

    def mean(self) -> float:
        """``E[X]``."""
        return float(self._mixed([severity.mean() for severity in self.severities]))

    def variance(self) -> float:
        """``Var X``."""
        squares = [severity.variance() + severity.mean() ** 2 for severity in self.severities]
        return float(self._mixed(squares)) - self.mean() ** 2

    def scaled(self, factor: float) -> "MixedSeverity":
        """The distribution of ``factor X``."""
        return MixedSeverity(self.weights, tuple(each.scaled(factor) for each in self.severities))

    def limited_expected_value(self, limit: ArrayLike) -> Value:
        """``E[min(X, limit)]``."""
        return self._mixed([severity.limited_expected_value(limit) for severity in self.severities])
