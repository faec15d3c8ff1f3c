"""Payments of a person's year by many formulas and at many prices, from lattices that they share.

:func:`fundpool.actuarial.person_year.payment` is the specification: it puts a lattice under every
knot of every formula at every price. Nearly all of them look at the same sum ``S``, as a claim at
price ``p`` costs ``p X``, so that ``E[p S ^ t] = p E[S ^ (t / p)]``: two functions of one amount.
Here they stand on lattices of ``X / E[X]``, whose steps are powers of four; years in which a claim
costs more, and schemes that it costs more in, share them (:mod:`fundpool.actuarial.mean_one`). Each
serves every amount between a quarter and the whole of its length; those of the next two coarser
steps give the extrapolation to step zero and its error, which is measured in every payment.
Between lattice points stands the polynomial of degree five through the nearest six.

A payment whose error is above :data:`SETTLED` is taken from finer lattices, and in the end by the
specification, which refuses what it cannot settle. So means and squares are known to 1e-6 of
themselves, or 1e-12 of the largest knot (squared) where that is more, which the specification takes
for rounding; they agree with it to the same, as far as it is as exact
(tests/actuarial/test_year_lattices.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from fundpool.actuarial.aggregate_loss import aggregated, beyond_lattice, lattice_mass
from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.benefits import Payment, PiecewiseLinear
from fundpool.actuarial.limited_moments import limited_moment, moments_of_pieces
from fundpool.actuarial.mean_one import at_mean_one
from fundpool.actuarial.mixed_severity import MixedSeverity
from fundpool.actuarial.payment_severity import PaymentSeverity
from fundpool.actuarial.person_year import (
    EXTRAPOLATED,
    RESOLVED,
    ROUNDING,
    SETTLED,
    payment,
    total_moments,
)
from fundpool.actuarial.severity import Empirical, Severity

RESOLUTIONS = tuple(2**power for power in (8, 10, 12, 14, 16))
"""Most steps from zero to an amount, coarse to fine; there are more than a quarter of them."""
ALWAYS = 3
"""Resolutions always used: the least that show the error of an extrapolation."""
SMALL = ROUNDING / SETTLED
"""Of the largest knot (squared, for the square), a payment that is settled when it is known to
``ROUNDING`` of that knot."""
LEFT = 0.5
"""Of the change between two extrapolations, the error of the finer at most: each step is a quarter
of the one before, so that half is left even where costs far below the step still matter."""
TRANSFORMED = 4
"""Lengths of a lattice that its transform has, so that the tilt back blows up rounding less."""
STENCIL = 6
"""Lattice points that an amount between them is interpolated from."""
FIRST = tuple(range(ALWAYS))
"""Numbers of the resolutions always used."""
MIDDLE = (STENCIL - 1) / 2
"""Of the stencil, in steps from its first point."""
LAGRANGE = np.linalg.inv(np.vander(np.arange(STENCIL) - MIDDLE))
"""Coefficients of Lagrange's polynomial of each point of the stencil, highest power first, by the
distance from its middle, ``(STENCIL, STENCIL)``: power, point."""


@dataclass(frozen=True)
class YearCost:
    """Total cost of a person's year, a compound sum of claims.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Exponential
    >>> year = YearCost(2.0, 0.0, Exponential(100.0))
    >>> half = BenefitFormula(bands=((0, 0.5),))
    >>> payments(year, (1.0, 1.1), half).round(6).tolist()  # means, variances
    [[100.0, 110.0], [10000.0, 12100.0]]

    Attributes:
        count_mean: expected claims in the year, not negative.
        dispersion: variance of the gamma factor between persons, not negative.
        severity: cost of a claim at price one.
    """

    count_mean: float
    dispersion: float
    severity: Severity

    @property
    def has_density(self) -> bool:
        """Whether limited moments are smooth, so that they can be interpolated."""
        return _has_density(self.severity)


def _has_density(severity: Severity | PaymentSeverity) -> bool:
    if isinstance(severity, PaymentSeverity):
        slopes = [slope for form in severity.formulas for slope in form.breakpoints().slopes]
        return min(slopes) > 0 and all(_has_density(kind) for kind in severity.severities)
    if isinstance(severity, MixedSeverity):
        return all(_has_density(kind) for kind in severity.severities)
    return not isinstance(severity, Empirical)


def payments(cost: YearCost, prices: tuple[float, ...], formula: Payment) -> FloatArray:
    """Mean and variance of what a formula on the year's total pays at each price, ``(2, p)``.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Exponential
    >>> year = YearCost(1.0, 0.0, Exponential(100.0))
    >>> payments(year, (1.0, 2.0), BenefitFormula(bands=((0, 1.0),))).round(6).tolist()
    [[100.0, 200.0], [20000.0, 80000.0]]

    Args:
        cost: at price one.
        prices: of a claim, positive.
        formula: acts on the year's total.

    Raises:
        ArithmeticError: as :func:`fundpool.actuarial.person_year.payment`.
    """
    return payments_together(cost, prices, [formula])[0]


def payments_together(
    cost: YearCost, prices: tuple[float, ...], formulas: Sequence[Payment]
) -> list[FloatArray]:
    """:func:`payments` of several formulas, which look at the lattices together, ``(2, p)`` each.

    >>> from fundpool.actuarial.benefits import BenefitFormula
    >>> from fundpool.actuarial.severity import Exponential
    >>> year = YearCost(1.0, 0.0, Exponential(100.0))
    >>> whole, half = (BenefitFormula(bands=((0, rate),)) for rate in (1.0, 0.5))
    >>> [paid[0].round(6).tolist() for paid in payments_together(year, (1.0,), [whole, half])]
    [[100.0], [50.0]]
    """
    forms = [formula.breakpoints().merged() for formula in formulas]
    kept = _payments(cost, prices)
    new = [form for form in dict.fromkeys(forms) if form not in kept]
    if new:
        kept.update(zip(new, _new_payments(cost, prices, new), strict=True))
    return [kept[form].copy() for form in forms]


@lru_cache(maxsize=2_048)
def _payments(_cost: YearCost, _prices: tuple[float, ...]) -> dict[PiecewiseLinear, FloatArray]:
    """Payments by the formulas asked for so far, ``(2, p)``; by their knots, as rules of several
    funds share them. :func:`payments_together` fills it."""
    return {}


def _new_payments(
    cost: YearCost, prices: tuple[float, ...], forms: Sequence[PiecewiseLinear]
) -> list[FloatArray]:
    """As :func:`payments_together`; what is paid by one formula does not depend on the others."""
    total = _total(cost)
    if not (cost.has_density and np.isfinite(total[0]) and total[0] > 0):
        return [_one_by_one(cost, prices, form) for form in forms]
    unit, mean_cost = at_mean_one(cost.severity)
    of_unit = YearCost(cost.count_mean, cost.dispersion, unit)
    amounts = tuple(price * mean_cost for price in prices)
    with_knots = [form for form in forms if len(form.knots) > 1]
    paid = dict(zip(with_knots, _of_forms(cost, prices, with_knots, (of_unit, amounts)),
                    strict=True))  # fmt: skip
    return [
        paid[form] if form in paid else _one_by_one(cost, prices, form) for form in forms
    ]  # fmt: skip


def _of_forms(
    cost: YearCost,
    prices: tuple[float, ...],
    forms: Sequence[PiecewiseLinear],
    at_unit: tuple[YearCost, tuple[float, ...]],
) -> list[FloatArray]:
    """Payments by formulas with knots, ``(2, p)`` each; ``at_unit`` as :func:`_refined` has it."""
    if not forms:
        return []
    first = _moments(*at_unit, forms, FIRST)
    coarse, middle, fine = first[:, 0], first[:, 1], first[:, 2]
    before, moments = _extrapolated(coarse, middle), _extrapolated(middle, fine)
    largest = np.array([form.knots[-1] for form in forms])
    settled = np.asarray(_settled(before, moments, largest).all(axis=-1))
    return [
        _payment_of(moments[place])
        if settled[place]
        else _refined(cost, prices, form, first[place], at_unit)
        for place, form in enumerate(forms)
    ]


def _payment_of(moments: FloatArray) -> FloatArray:
    """Mean and variance from mean and square, ``(2, p)``."""
    mean, square = np.maximum(moments, 0.0)
    with np.errstate(invalid="ignore"):
        return np.array([mean, np.maximum(square - mean**2, 0.0)])


def _refined(
    cost: YearCost,
    prices: tuple[float, ...],
    form: PiecewiseLinear,
    first: FloatArray,
    at_unit: tuple[YearCost, tuple[float, ...]],
) -> FloatArray:
    """Payments by one formula, ``(2, p)``, from finer lattices where the first do not settle them.

    Args:
        cost: at price one.
        prices: of a claim.
        form: the formula.
        first: moments on the resolutions always used, ``(r, 2, p)``.
        at_unit: the cost of mean one, and the prices of a claim of that.
    """
    coarse, middle, fine = first
    before, moments = _extrapolated(coarse, middle), _extrapolated(middle, fine)
    largest = np.array(form.knots[-1])
    settled = _settled(before, moments, largest)
    for number in range(ALWAYS, len(RESOLUTIONS)):
        if settled.all():
            break
        ((finer,),) = _moments(*at_unit, [form], (number,))
        before, next_moments = moments, _extrapolated(fine, finer)
        moments = np.where(settled, moments, next_moments)
        settled, fine = settled | _settled(before, next_moments, largest), finer
    result = _payment_of(moments)
    if not settled.all():
        rest = np.flatnonzero(~settled)
        result[:, rest] = _one_by_one(cost, tuple(prices[place] for place in rest), form)
    return result


def _one_by_one(cost: YearCost, prices: tuple[float, ...], form: PiecewiseLinear) -> FloatArray:
    """By the specification, ``(2, p)``."""
    results = [
        payment(cost.count_mean, cost.dispersion, cost.severity.scaled(price), form)
        for price in prices
    ]
    return np.array(results).T


def _extrapolated(coarse: FloatArray, fine: FloatArray) -> FloatArray:
    """To step zero, as the error falls as the square of the step; infinite moments stay."""
    finite = np.isfinite(fine)
    change = np.subtract(fine, coarse, where=finite, out=np.zeros_like(fine))
    return fine + EXTRAPOLATED * change


def _settled(before: FloatArray, after: FloatArray, largest: FloatArray) -> NDArray[np.bool_]:
    """Whether mean and square at each price are known to :data:`SETTLED`, ``(..., p)``.

    Args:
        before, after: extrapolated moments, ``(..., 2, p)``.
        largest: largest knot of the formula, ``(...)``.
    """
    least = SMALL * largest[..., None, None] ** np.array([[1.0], [2.0]])
    finite = np.isfinite(after)
    change = np.abs(np.subtract(after, before, where=finite, out=np.zeros_like(after)))
    return np.asarray((LEFT * change <= SETTLED * np.maximum(np.abs(after), least)).all(axis=-2))


@lru_cache(maxsize=2_048)
def _total(cost: YearCost) -> tuple[float, float]:
    """``E[S]`` and ``E[S^2]``."""
    return total_moments(cost.count_mean, cost.dispersion, cost.severity)


def _moments(
    cost: YearCost,
    prices: tuple[float, ...],
    forms: Sequence[PiecewiseLinear],
    resolutions: tuple[int, ...],
) -> FloatArray:
    """``E[b]`` and ``E[b^2]`` at each price on the lattices of resolutions, ``(F, r, 2, p)``."""
    level = np.array(prices)
    scales = np.array([level, level**2])[:, None]
    knots = list(dict.fromkeys(knot for form in forms for knot in form.knots[1:]))
    amounts = (np.array(knots)[:, None] / level).ravel()
    of_amounts = _of_amounts(cost, amounts, resolutions)
    limited = np.zeros((len(knots) + 2, 2, len(resolutions), len(prices)))
    by_knot = of_amounts.reshape(2, len(resolutions), len(knots), len(prices))
    limited[1:-1] = np.moveaxis(by_knot, 2, 0) * scales
    limited[-1] = scales * np.array(_total(cost))[:, None, None]
    place = {knot: number for number, knot in enumerate(knots, start=1)}
    most = max(len(form.knots) for form in forms)
    ends = np.full((len(forms), most + 1), len(limited) - 1)
    pieces = np.zeros((3, len(forms), most))  # knots, slopes and widths; those not there are flat
    for number, form in enumerate(forms):
        count = len(form.knots)
        ends[number, :count] = [0, *(place[knot] for knot in form.knots[1:])]
        pieces[0, number, :count] = form.knots
        pieces[1, number, :count] = form.slopes
        pieces[2, number, : count - 1] = np.diff(form.knots)
    return moments_of_pieces(pieces, limited[ends]).swapaxes(1, 2)


def _of_amounts(cost: YearCost, amounts: FloatArray, resolutions: tuple[int, ...]) -> FloatArray:
    """``E[S ^ t]`` and ``E[(S ^ t)^2]`` at amounts ``t``, ``(2, r, p)``.

    What lies beyond the last lattice comes from a single large claim, as in the specification.
    """
    unit = cost.severity.mean()
    end = unit * max(RESOLVED, 64.0 * cost.count_mean)
    within = np.minimum(amounts, end)
    steps = np.array([RESOLUTIONS[resolution] for resolution in resolutions])[:, None]
    exponents = np.ceil(np.log(within / (unit * steps)) / log(4.0))
    places = within / (unit * 4.0**exponents)
    # lattices of the resolutions always used are as long as the finest of these
    lengths = np.maximum(steps, RESOLUTIONS[ALWAYS - 1])
    result = np.empty((2, *exponents.shape))
    for length in dict.fromkeys(lengths[:, 0].tolist()):
        of_length = (lengths == length)[:, 0]
        first, weights = _stencil(places[of_length], length + 1)
        part = np.empty((2, *first.shape))
        for exponent in dict.fromkeys(exponents[of_length].ravel().tolist()):
            here = exponents[of_length] == exponent
            lattice = _lattice(cost, unit * 4.0**exponent, length)
            points = first[here] + np.arange(STENCIL)[:, None]
            part[:, here] = (lattice[:, points] * weights[:, here]).sum(axis=1)
        result[:, of_length] = part
    far = amounts > end
    if far.any():
        beyond = beyond_lattice(cost.count_mean, cost.dispersion, cost.severity, end, amounts[far])
        result[:, :, far] += beyond[:, None]
    return result


@lru_cache(maxsize=2_048)
def _lattice(cost: YearCost, step: float, points: int) -> FloatArray:
    """``E[S ^ t]`` and ``E[(S ^ t)^2]`` at every lattice point ``t``, ``(2, points + 1)``.

    ``E[S ^ j h] = h sum_(i<j) P(S > i h)``, likewise with ``(2 i + 1) h^2`` for the square.

    Raises:
        ArithmeticError: probabilities do not add up.
    """
    mass = lattice_mass(cost.severity, step, points)
    change = aggregated(
        mass, cost.count_mean, cost.dispersion, less_one_at_zero=True, lengths=TRANSFORMED
    )
    beyond = -np.cumsum(change)
    if not -1e-6 < beyond[-1] <= 1.0:
        raise ArithmeticError(f"probabilities of a person's year add up to {1 - beyond[-1]:.9f}")
    odd = 2.0 * np.arange(points) + 1.0
    result = np.zeros((2, points + 1))
    result[0, 1:] = step * np.cumsum(beyond)
    result[1, 1:] = step**2 * np.cumsum(odd * beyond)
    # claims on the lattice have the mean of the cost, but a larger square: by the trapezoid rule
    # for 2 E[(X - x)+], whose error beyond the lattice is step^2 P(X > end) / 6
    above = 1.0 - np.cumsum(mass)
    square = float(limited_moment(cost.severity, points * step, 2))
    result[1] -= cost.count_mean * (step**2 * (odd @ above + above[-1] / 6.0) - square)
    return result


def forget() -> None:
    """Drop lattices kept in this process.

    >>> forget()
    """
    for kept in (_payments, _total):
        kept.cache_clear()
    _lattice.cache_clear()


def _stencil(places: FloatArray, points: int) -> tuple[NDArray[np.int64], FloatArray]:
    """Lagrange's formula for values between the points of a lattice.

    Args:
        places: in steps, any shape.
        points: of the lattice.

    Returns:
        first of the :data:`STENCIL` points of each place, and their weights, ``(STENCIL, ...)``.
    """
    first = np.clip(np.floor(places).astype(int) - STENCIL // 2 + 1, 0, points - STENCIL)
    from_middle = places - first - MIDDLE
    # by Horner's rule, so that no place depends on how many there are
    weights = np.zeros((STENCIL, *places.shape))
    for coefficients in LAGRANGE:
        weights *= from_middle
        weights += coefficients.reshape(-1, *[1] * places.ndim)
    return first, weights
