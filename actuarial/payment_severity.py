"""The distribution of a payment: what a fund pays for a claim drawn from a mixture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, same_kind
from fundpool.actuarial.benefits import Payment, PiecewiseLinear
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.severity import Severity


@dataclass(frozen=True)
class PaymentSeverity:
    """Payment ``b_i(X_i)`` of a claim of kind ``i``, which it is with probability ``w_i``.

    ``E[min(b(X), u)]`` needs no simulation: a payment that stops at ``u`` is the same formula cut
    off where it reaches ``u``.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Exponential
    >>> half = BenefitFormula(bands=((0, 0.5),))
    >>> paid = PaymentSeverity((1.0, 1.0), (half, half), (Exponential(100.0), Exponential(300.0)))
    >>> paid.mean()
    100.0

    Attributes:
        weights: ``(k,)``, not negative; scaled to one.
        formulas: payment functions that do not fall, ``k`` of them.
        severities: costs, ``k`` of them.

    Raises:
        ValueError: lengths differ, or no weight is positive.
    """

    weights: tuple[float, ...]
    formulas: Sequence[Payment]
    severities: Sequence[Severity]

    def __post_init__(self) -> None:
        """Check lengths and scale the weights."""
        weights = not_negative(list(self.weights), "weights")
        if not len(weights) == len(self.formulas) == len(self.severities):
            raise ValueError("weights, formulas and severities must have one length")
        if not weights.sum() > 0:
            raise ValueError("the weights must not all be zero")
        object.__setattr__(self, "weights", tuple((weights / weights.sum()).tolist()))
        object.__setattr__(self, "formulas", tuple(self.formulas))
        object.__setattr__(self, "severities", tuple(self.severities))

    def limited_expected_value(self, limit: ArrayLike) -> float | FloatArray:
        """``E[min(b(X), limit)]`` over the mixture."""
        u = not_negative(limit, "the limit")
        total = np.zeros(u.shape)
        for weight, formula, severity in zip(
            self.weights, self.formulas, self.severities, strict=True
        ):
            if weight > 0:
                total += weight * _limited(formula, severity, u)
        return same_kind(np.asarray(total), limit)

    def mean(self) -> float:
        """``E[b(X)]``."""
        return float(self.limited_expected_value(np.inf))

    def variance(self) -> float:
        """``Var b(X)``; infinite where the cost has none and the payment no ceiling."""
        return float(self.limited_moment(np.inf, 2)) - self.mean() ** 2

    def limited_moment(self, limit: ArrayLike, order: int) -> FloatArray:
        """``E[min(b(X), limit)^order]`` over the mixture.

        Args:
            limit: limits, not negative.
            order: 1, 2 or 3.
        """
        u = not_negative(limit, "the limit")
        total = np.zeros(u.shape)
        for weight, formula, severity in zip(
            self.weights, self.formulas, self.severities, strict=True
        ):
            if weight > 0:
                moments = [
                    float(payment_moment_grid(stopped_at(formula, stop), severity, 1.0, order))
                    for stop in u.ravel().tolist()
                ]
                total += weight * np.reshape(moments, u.shape)
        return total

    def scaled(self, factor: float) -> "PaymentSeverity":
        """The distribution of ``factor b(X)``; the cost ``X`` stays as it is."""
        forms = [formula.breakpoints() for formula in self.formulas]
        times = [
            PiecewiseLinear(form.knots, tuple(factor * slope for slope in form.slopes))
            for form in forms
        ]
        return PaymentSeverity(self.weights, times, self.severities)


def stopped_at(formula: Payment, limit: float) -> PiecewiseLinear:
    """The payment ``min(b(x), limit)`` for a payment that does not fall.

    >>> stopped_at(PiecewiseLinear((0.0,), (0.5,)), 100.0)
    PiecewiseLinear(knots=(0.0, 200.0), slopes=(0.5, 0.0))
    """
    form = formula.breakpoints()
    paid = 0.0
    for number, (knot, slope) in enumerate(zip(form.knots, form.slopes, strict=True)):
        end = form.knots[number + 1] if number + 1 < len(form.knots) else float("inf")
        if slope > 0 and paid + slope * (end - knot) > limit:
            full = knot + (limit - paid) / slope
            kept = number if full <= knot else number + 1
            return PiecewiseLinear((*form.knots[:kept], full), (*form.slopes[:kept], 0.0))
        if np.isfinite(end):
            paid += slope * (end - knot)
    return form


def _limited(formula: Payment, severity: Severity, u: FloatArray) -> FloatArray:
    form = formula.breakpoints()
    knots, slopes = np.array(form.knots), np.array(form.slopes)
    paid = np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(knots))])
    ends = np.append(knots[1:], np.inf)
    total = np.zeros(u.shape)
    for knot, end, slope, before in zip(knots, ends, slopes, paid, strict=True):
        if slope == 0:
            continue
        # within this piece the payment reaches u at knot + (u - before) / slope
        stop = np.clip(knot + (u - before) / slope, knot, end)
        both = np.asarray(severity.limited_expected_value(np.stack([stop, np.full_like(u, knot)])))
        total += slope * (both[0] - both[1])
    return total
