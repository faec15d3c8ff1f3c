"""Benefit formulas: what a fund pays for a cost, in expectation, and beside another fund.

A formula is a continuous piecewise-linear function ``b(x)`` of the cost ``x`` with
``0 <= b(x) <= x``: deductible, reimbursement rate by cost band, ceiling. Its expectation needs no
simulation: ``E[b(X)] = sum_j slope_j (LEV(x[j+1]) - LEV(x[j]))`` (*Loss Models*, chapter 8).
Two coordinated formulas are again piecewise linear, so the same closed form serves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from fundpool.actuarial.arrays import FloatArray, not_negative, same_kind
from fundpool.actuarial.severity import Severity

RULES = ("remaining_cost", "non_duplication", "sequential")


@dataclass(frozen=True)
class PiecewiseLinear:
    """A continuous piecewise-linear payment, zero at zero cost.

    >>> half_above_100 = PiecewiseLinear(knots=(0.0, 100.0), slopes=(0.0, 0.5))
    >>> half_above_100([50.0, 300.0]).tolist()
    [0.0, 100.0]

    Attributes:
        knots: costs at which the slope changes, ascending from 0, ``(J,)``.
        slopes: slope from each knot on, ``(J,)``; the last one to infinity.
    """

    knots: tuple[float, ...]
    slopes: tuple[float, ...]

    def __call__(self, cost: ArrayLike) -> float | FloatArray:
        """Payment for each cost.

        Raises:
            ValueError: a cost is negative.
        """
        x = not_negative(cost, "the cost")
        knots, slopes, at_knots = self._arrays
        place = np.searchsorted(knots, x, side="right") - 1
        with np.errstate(invalid="ignore"):
            beyond = np.where(slopes[place] == 0, 0.0, slopes[place] * (x - knots[place]))
        return same_kind(np.asarray(at_knots[place] + beyond), cost)

    @cached_property
    def _arrays(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Knots, slopes and what is paid at the knots, ``(J,)`` each."""
        knots, slopes = np.array(self.knots), np.array(self.slopes)
        return knots, slopes, np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(knots))])

    def expected_payment(self, severity: Severity) -> float:
        """``E[b(X)]`` in closed form."""
        return float(expected_payment_grid(self, severity, 1.0))

    def breakpoints(self) -> "PiecewiseLinear":
        """Itself: a payment function is its own piecewise-linear form."""
        return self

    def merged(self) -> "PiecewiseLinear":
        """The same function without knots at which the slope does not change."""
        knots, slopes = [self.knots[0]], [self.slopes[0]]
        for knot, slope in zip(self.knots[1:], self.slopes[1:], strict=True):
            if slope != slopes[-1]:
                knots.append(knot)
                slopes.append(slope)
        return PiecewiseLinear(tuple(knots), tuple(slopes))


@dataclass(frozen=True)
class BenefitFormula:
    """Deductible, reimbursement rates by band, ceiling.

    >>> formula = BenefitFormula(deductible=500, bands=((0, 0.7), (10_000, 0.8)), ceiling=50_000)
    >>> formula([400, 1_500, 20_500]).tolist()
    [0.0, 700.0, 15000.0]

    Attributes:
        deductible: cost borne by the patient first.
        bands: (cost above the deductible from which the rate applies, rate), ascending.
        ceiling: largest payment.

    Raises:
        ValueError: a negative amount, a rate outside [0, 1], bands that do not ascend, or none.
    """

    deductible: float = 0.0
    bands: tuple[tuple[float, float], ...] = ((0.0, 0.8),)
    ceiling: float = float("inf")

    def __post_init__(self) -> None:
        """Check the amounts and keep the bands as a tuple of pairs."""
        not_negative(self.deductible, "the deductible")
        not_negative(self.ceiling, "the ceiling")
        if not np.isfinite(self.deductible):
            raise ValueError("the deductible must be finite")
        try:
            bands = tuple((float(start), float(rate)) for start, rate in self.bands)
        except (TypeError, ValueError):
            raise ValueError("bands must be pairs of (cost from which, rate)") from None
        if not bands:
            raise ValueError("a benefit formula needs at least one band")
        starts = not_negative([start for start, _ in bands], "the start of a band")
        rates = not_negative([rate for _, rate in bands], "a reimbursement rate")
        if (np.diff(starts) <= 0).any() or not np.isfinite(starts).all():
            raise ValueError("bands must ascend by the cost from which their rate applies")
        if (rates > 1).any():
            raise ValueError("a reimbursement rate must not exceed 1")
        object.__setattr__(self, "bands", bands)

    def __call__(self, cost: ArrayLike) -> float | FloatArray:
        """Payment for each cost; see :class:`PiecewiseLinear`."""
        return self._payment(cost)

    @cached_property
    def _payment(self) -> PiecewiseLinear:
        knots, slopes = [0.0], [0.0]
        for start, rate in self.bands:
            knots.append(self.deductible + start)
            slopes.append(rate)
        if knots[1] == 0.0:
            knots, slopes = knots[1:], slopes[1:]
        paid = 0.0
        for piece, (knot, slope) in enumerate(zip(knots, slopes, strict=True)):
            following = knots[piece + 1] if piece + 1 < len(knots) else float("inf")
            if slope > 0 and paid + slope * (following - knot) > self.ceiling:
                full = knot + (self.ceiling - paid) / slope
                # a slope that ends where it begins pays nothing
                kept = piece if full <= knot else piece + 1
                knots, slopes = [*knots[:kept], full], [*slopes[:kept], 0.0]
                break
            if np.isfinite(following):
                paid += slope * (following - knot)
        return PiecewiseLinear(tuple(knots), tuple(slopes)).merged()

    def breakpoints(self) -> PiecewiseLinear:
        """The formula as knots and slopes."""
        return self._payment

    def expected_payment(self, severity: Severity) -> float:
        """``E[b(X)]`` in closed form."""
        return self._payment.expected_payment(severity)

    def with_offsite_penalty(self, points: float) -> "BenefitFormula":
        """Every rate less ``points`` (0.1 is ten percentage points), not below zero."""
        if not 0 <= points <= 1:
            raise ValueError("an off-site penalty must lie between 0 and 1")
        bands = tuple((start, max(rate - points, 0.0)) for start, rate in self.bands)
        return replace(self, bands=bands)

    def with_rate(self, rate: float) -> "BenefitFormula":
        """The same with one rate in every band."""
        return replace(self, bands=((self.bands[0][0], rate),))

    def indexed(self, factor: float) -> "BenefitFormula":
        """Every amount of money times ``factor``."""
        if not (np.isfinite(factor) and factor > 0):
            raise ValueError("an index must be a positive number")
        bands = tuple((start * factor, rate) for start, rate in self.bands)
        return BenefitFormula(self.deductible * factor, bands, self.ceiling * factor)


Payment = BenefitFormula | PiecewiseLinear


def expected_payment_grid(
    formula: Payment, severity: Severity, scales: ArrayLike
) -> float | FloatArray:
    """``E[b(s X)]`` for every ``s`` in ``scales``, by ``LEV`` of ``s X`` at ``u`` = ``s LEV(u/s)``.

    >>> from fundpool.actuarial.severity import Exponential
    >>> formula = BenefitFormula(bands=((0, 0.5),), ceiling=100)
    >>> expected_payment_grid(formula, Exponential(100.0), [1.0, 2.0]).round(4).tolist()
    [43.2332, 63.2121]

    Raises:
        ValueError: a scale is not positive.
    """
    s = not_negative(scales, "the scales")
    if (s <= 0).any():
        raise ValueError("scales must be positive")
    form = formula.breakpoints()
    knots, slopes = np.array(form.knots), np.array(form.slopes)
    limits = np.append(knots, np.inf)
    lev = s[..., None] * np.asarray(severity.limited_expected_value(limits / s[..., None]))
    # an infinite mean times a slope of nothing is nothing, not undefined
    paid = np.where(slopes == 0, 0.0, np.diff(lev, axis=-1)) * slopes
    return same_kind(np.asarray(paid.sum(axis=-1)), scales)


def _slopes_between(function: Payment, knots: Sequence[float]) -> list[float]:
    """Slope of a function in each interval that begins at ``knots``."""
    form = function.breakpoints()
    place = np.searchsorted(np.array(form.knots), np.array(knots), side="right") - 1
    return [form.slopes[i] for i in place]


def _combined(
    knots: set[float], value: "np.ufunc | object", *functions: Payment
) -> PiecewiseLinear:
    """Piecewise-linear ``value(x, f(x), g(x))``, exact once every kink is among the knots."""
    ordered = sorted(knots)
    probe = [*ordered, ordered[-1] + max(1.0, abs(ordered[-1]))]
    x = np.array(probe)
    y = value(x, *(np.asarray(f(x)) for f in functions))  # type: ignore[operator]
    slopes = np.diff(y) / np.diff(x)
    return PiecewiseLinear(tuple(ordered), tuple(float(slope) for slope in slopes)).merged()


def _crossings(knots: set[float], gap: "object", *functions: Payment) -> set[float]:
    """Costs between neighbouring knots, and beyond the last, at which ``gap`` changes sign."""
    ordered = sorted(knots)
    probe = np.array([*ordered, ordered[-1] + max(1.0, abs(ordered[-1]))])
    height = gap(probe, *(np.asarray(f(probe)) for f in functions))  # type: ignore[operator]
    crossings = set()
    for piece in range(len(ordered)):
        x0, x1 = probe[piece], probe[piece + 1]
        y0, y1 = height[piece], height[piece + 1]
        if y0 == y1:
            continue
        root = x0 - (x1 - x0) * (y0 / (y1 - y0))
        last = piece == len(ordered) - 1
        if root > x0 and (root < x1 or last):
            crossings.add(float(root))
    return crossings


def coordinate(
    first: Payment, second: Payment, rule: str = "remaining_cost", quota: float = 1.0
) -> tuple[PiecewiseLinear, PiecewiseLinear]:
    """The payments of two funds for the same cost, the first one settled before the second.

    * ``remaining_cost``: the second pays ``min(b2(x), x - b1(x))``;
    * ``non_duplication``: ``max(0, b2(x) - b1(x))``;
    * ``sequential``: ``b2(x - b1(x))``.

    Under a reimbursement quota below one the second pays at most ``max(quota * x - b1(x), 0)``.
    Whatever the rule, the quota and the order, both together never pay more than the cost.

    >>> home = BenefitFormula(deductible=100, bands=((0, 0.5),))
    >>> first, second = coordinate(BenefitFormula(bands=((0, 0.7),)), home)
    >>> first(1_000.0), second(1_000.0)  # by its own rule the second would pay 450
    (700.0, 300.0)

    Raises:
        ValueError: another rule is named, or the quota does not lie between 0 and 1.
    """
    if rule not in RULES:
        raise ValueError(f"{rule!r} is not a rule of coordination: {', '.join(RULES)}")
    if not 0.0 <= quota <= 1.0:
        raise ValueError("a reimbursement quota must lie between 0 and 1")
    one, two = first.breakpoints(), second.breakpoints()
    knots = set(one.knots) | set(two.knots)
    if rule == "remaining_cost":
        knots |= _crossings(knots, lambda x, f, g: g - (x - f), one, two)
        paid = _combined(knots, lambda x, f, g: np.minimum(g, x - f), one, two)
    elif rule == "non_duplication":
        knots |= _crossings(knots, lambda _x, f, g: g - f, one, two)
        paid = _combined(knots, lambda _x, f, g: np.maximum(g - f, 0.0), one, two)
    else:
        knots = set(one.knots)
        for level in two.knots:
            knots |= _crossings(set(one.knots), lambda x, f, y=level: (x - f) - y, one)
        paid = _combined(knots, lambda x, f: np.asarray(two(np.maximum(x - f, 0.0))), one)
    return one, (paid if quota == 1.0 else _within_quota(one, paid, quota))


def _within_quota(first: PiecewiseLinear, second: PiecewiseLinear, quota: float) -> PiecewiseLinear:
    """``min(b2(x), max(quota * x - b1(x), 0))``."""
    knots = set(first.knots) | set(second.knots)
    knots |= _crossings(knots, lambda x, f: quota * x - f, first)
    knots |= _crossings(knots, lambda x, f, g: g - (quota * x - f), first, second)
    return _combined(
        knots, lambda x, f, g: np.minimum(g, np.maximum(quota * x - f, 0.0)), first, second
    )
