"""Benefits on top of each other: what several funds pay of one cost, what a person bears at most.

Both are piecewise linear again, so that everything that takes a formula takes them: a claim, or the
year's total (:func:`fundpool.actuarial.person_year.payment`).
"""

from collections.abc import Sequence

import numpy as np

from fundpool.actuarial.benefits import BenefitFormula, Payment, PiecewiseLinear, coordinate


def with_copayment_limit(formula: BenefitFormula, limit: float) -> BenefitFormula:
    """A formula under which a person bears at most ``limit`` a year; the ceiling still holds.

    >>> with_copayment_limit(BenefitFormula(100, ((0, 0.5),)), 300)
    BenefitFormula(deductible=100, bands=((0.0, 0.5), (400.0, 1.0)), ceiling=inf)

    Raises:
        ValueError: a limit that is not a positive number.
    """
    if not (np.isfinite(limit) and limit > 0):
        raise ValueError("the limit of what a person bears must be a positive number")
    if limit <= formula.deductible:
        return BenefitFormula(limit, ((0.0, 1.0),), formula.ceiling)
    if formula.bands[0][0] > 0:  # what lies below the first band is borne in full
        formula = BenefitFormula(formula.deductible, ((0.0, 0.0), *formula.bands), formula.ceiling)
    borne = formula.deductible
    bands: list[tuple[float, float]] = []
    ends = (*(start for start, _ in formula.bands[1:]), np.inf)
    for (start, rate), end in zip(formula.bands, ends, strict=True):
        bands.append((start, rate))
        reached = start + (limit - borne) / (1.0 - rate) if rate < 1.0 else np.inf
        if reached < end:
            kept = bands[:-1] if reached <= start else bands
            return BenefitFormula(formula.deductible, (*kept, (reached, 1.0)), formula.ceiling)
        borne += (1.0 - rate) * (end - start) if np.isfinite(end) else 0.0
    return formula


def layers(formulas: Sequence[Payment]) -> list[PiecewiseLinear]:
    """Payments of several funds, each on what those before it leave of the cost.

    Basic benefit, catastrophic cover (大病保险) and medical assistance, say: the second formula
    acts on the cost less the first payment, the third on what both leave.

    >>> basic = BenefitFormula(deductible=1000, bands=((0, 0.7),), ceiling=70_000)
    >>> catastrophic = BenefitFormula(deductible=15_000, bands=((0, 0.6),))
    >>> [float(layer(201_000)) for layer in layers([basic, catastrophic])]
    [70000.0, 69600.0]

    Raises:
        ValueError: no formula.
    """
    if not formulas:
        raise ValueError("at least one formula is needed")
    paid = [formulas[0].breakpoints()]
    so_far = paid[0]
    for formula in formulas[1:]:
        _, layer = coordinate(so_far, formula, "sequential")
        paid.append(layer)
        so_far = summed([so_far, layer])
    return paid


def left_by(formulas: Sequence[Payment]) -> PiecewiseLinear:
    """What payments for one cost, together no more than it, leave of it: ``r(x) = x - sum b(x)``.

    >>> left_by([BenefitFormula(100, ((0, 0.75),))])
    PiecewiseLinear(knots=(0.0, 100.0), slopes=(1.0, 0.25))
    """
    paid = summed(formulas)
    return PiecewiseLinear(paid.knots, tuple(max(1.0 - slope, 0.0) for slope in paid.slopes))


def composed(outer: Payment, inner: Payment) -> PiecewiseLinear:
    """The payment ``outer(inner(x))``, for an inner one that does not fall.

    >>> composed(BenefitFormula(100, ((0, 0.5),)), PiecewiseLinear((0.0,), (0.25,)))
    PiecewiseLinear(knots=(0.0, 400.0), slopes=(0.0, 0.125))
    """
    above, below = outer.breakpoints(), inner.breakpoints()
    knots, reached = {0.0: 0.0}, 0.0
    for number, (start, slope) in enumerate(zip(below.knots, below.slopes, strict=True)):
        end = below.knots[number + 1] if number + 1 < len(below.knots) else np.inf
        knots[start] = reached
        if slope > 0:
            for level in above.knots:
                cost = start + (level - reached) / slope
                if start < cost < end:
                    knots[cost] = level
        if np.isfinite(end):
            reached += slope * (end - start)
    costs = tuple(sorted(knots))
    slopes = tuple(_slope(above, knots[cost]) * _slope(below, cost) for cost in costs)
    return PiecewiseLinear(costs, slopes).merged()


def summed(formulas: Sequence[Payment]) -> PiecewiseLinear:
    """The sum of payments for one cost; nothing for none.

    >>> half = BenefitFormula(100, ((0, 0.5),))
    >>> summed([half, half])
    PiecewiseLinear(knots=(0.0, 100.0), slopes=(0.0, 1.0))
    """
    forms = [formula.breakpoints() for formula in formulas]
    knots = tuple(sorted({0.0}.union(*(form.knots for form in forms))))
    slopes = tuple(float(sum(_slope(form, knot) for form in forms)) for knot in knots)
    return PiecewiseLinear(knots, slopes).merged()


def _slope(form: PiecewiseLinear, cost: float) -> float:
    return form.slopes[int(np.searchsorted(np.array(form.knots), cost, side="right")) - 1]
