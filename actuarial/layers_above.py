"""What a layer pays on a person's year of what a benefit by claim or by stay leaves.

A benefit that acts on each claim leaves ``r_k(X_k) = X_k - b_k(X_k)`` of the ``k``-th one, and the
person ``R = r_1(X_1) + ... + r_N(X_N)`` in the year. A layer pays a piecewise-linear function of
``R``, whose mean and variance follow from the limited moments of ``R``
(:func:`fundpool.actuarial.person_year.payment_moments`). Where every claim is paid alike ``R`` is
a compound sum of costs ``r(X)``; where the benefit goes by the number of the stay its transform is
nested (:mod:`fundpool.actuarial.limited_stays`).
"""

from collections.abc import Sequence

import numpy as np

from fundpool.actuarial.aggregate_loss import check_count
from fundpool.actuarial.benefit_layers import left_by
from fundpool.actuarial.benefits import Payment, PiecewiseLinear
from fundpool.actuarial.limited_stays import limited_moments_by_stay
from fundpool.actuarial.payment_severity import PaymentSeverity
from fundpool.actuarial.person_year import (
    ACCEPTED,
    EXTRAPOLATED,
    RARE,
    ROUNDING,
    SETTLED,
    chances_of_counts,
    payment_moments,
    payments_by_stay,
    relative_change,
)
from fundpool.actuarial.severity import Empirical, Severity
from fundpool.actuarial.year_lattices import YearCost, payments

POINTS = (2**10, 2**12, 2**14, 2**16)
"""Lattice points tried where the benefit goes by the number of the stay, coarse to fine."""


def layer_payment(
    count_mean: float,
    dispersion: float,
    severity: Severity,
    basic: Sequence[Payment],
    layer: Payment,
) -> tuple[float, float]:
    """Mean and variance of what a layer pays for a person's year.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Exponential
    >>> half = BenefitFormula(bands=((0, 0.5),))
    >>> all_left = BenefitFormula(bands=((0, 1.0),))
    >>> mean, variance = layer_payment(2.0, 0.0, Exponential(100.0), [half], all_left)
    >>> round(mean, 6), round(variance, 6)  # half of a compound Poisson sum
    (100.0, 10000.0)

    Args:
        count_mean: expected claims in the year.
        dispersion: variance of the gamma factor between persons; 0 for a Poisson count.
        severity: cost of a claim.
        basic: what the benefit pays by number of the claim; the last one holds for all later ones.
        layer: acts on the year's sum of what that leaves.

    Returns:
        mean and variance, in money and money squared.

    Raises:
        ValueError: a negative mean or dispersion, or no basic benefit.
        ArithmeticError: the finest lattice does not settle the result.
    """
    check_count(count_mean, dispersion)
    if not basic:
        raise ValueError("at least one formula is needed")
    left = [left_by([formula]) for formula in basic]
    if len(basic) > 1:
        return _by_stay(count_mean, dispersion, severity, left, layer)
    cost = YearCost(count_mean, dispersion, _distribution(left[0], severity))
    mean, variance = payments(cost, (1.0,), layer)[:, 0].tolist()
    return mean, variance


def _distribution(left: PiecewiseLinear, severity: Severity) -> Severity:
    """Of what is left of a claim; fixed costs stay fixed costs."""
    if isinstance(severity, Empirical):
        return Empirical(np.asarray(left(severity.values)), severity.weights)
    # it has what payment by year asks of a severity
    return PaymentSeverity((1.0,), (left,), (severity,))  # type: ignore[return-value]


def _by_stay(
    count_mean: float,
    dispersion: float,
    severity: Severity,
    left: Sequence[PiecewiseLinear],
    layer: Payment,
) -> tuple[float, float]:
    """As :func:`layer_payment`, for what is left of the first stay, the second, ..."""
    form = layer.breakpoints().merged()
    total, spread = payments_by_stay(count_mean, dispersion, severity, np.ones(1), left)[:, 0]
    if total == 0.0:
        return 0.0, 0.0
    if form.slopes[-1] > 0 and not np.isfinite(total):
        return np.inf, np.inf
    whole, limits = (float(total), float(spread + total**2)), form.knots[1:]
    if not limits:
        mean, square = payment_moments(form, [(0.0, 0.0), whole])
        return float(mean), float(square - mean**2)
    chances = chances_of_counts(count_mean, dispersion, len(left) + 1)
    kinds = [PaymentSeverity((1.0,), (each,), (severity,)) for each in left]
    amounts = np.array([limits[-1], limits[-1] ** 2])
    coarse = before = np.full(2, np.nan)
    change = np.inf
    for points in POINTS:
        limited = limited_moments_by_stay(chances, kinds, limits, points)
        fine = payment_moments(form, np.concatenate([np.zeros((1, 2)), limited, [whole]]))
        moments = fine + EXTRAPOLATED * np.nan_to_num(fine - coarse, nan=0.0, posinf=0.0)
        change = relative_change(before, moments, ROUNDING * amounts)
        if change <= SETTLED:
            break
        rare = relative_change(before, moments, RARE * amounts)
        coarse, before = fine, moments
    else:
        change = min(change, rare)
    if not change <= ACCEPTED:
        raise ArithmeticError(
            f"a layer above a benefit by stay is not settled on {POINTS[-1]:,} lattice points "
            f"(relative change {change:.1e})"
        )
    mean, square = np.maximum(moments, 0.0)
    return float(mean), float(max(square - mean**2, 0.0))
