"""What one fund pays of a person's year, by the kind of rule, at one price of care or several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.actuarial.arrays import FloatArray
from fundpool.actuarial.benefit_layers import composed, left_by
from fundpool.actuarial.benefits import BenefitFormula, Payment, PiecewiseLinear
from fundpool.actuarial.layers_above import layer_payment
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.person_year import payment, payment_by_stay, payments_by_stay
from fundpool.actuarial.severity import Severity
from fundpool.actuarial.year_lattices import YearCost, payments_together

ByChance = tuple[tuple[float, PiecewiseLinear], ...]
"""Formulas, of which one holds, each with its chance."""


@dataclass(frozen=True)
class YearPayment:
    """What one fund pays of a person's year: one of several formulas, each with its chance.

    >>> from fundpool.actuarial.severity import Exponential
    >>> half = YearPayment(((1.0, PiecewiseLinear((0.0,), (0.5,))),), dispersion=0.0)
    >>> half.payment(2.0, Exponential(100.0))
    (100.0, 10000.0)

    Attributes:
        formulas: chance and formula on the year's total cost.
        dispersion: variance of the gamma factor between persons.
    """

    formulas: ByChance
    dispersion: float

    def payment(
        self, count_mean: float, severity: Severity, spread: float = 0.0
    ) -> tuple[float, float]:
        """Mean and variance of what is paid; arguments as
        :meth:`fundpool.actuarial.person_rules.PersonRule.payment` has them."""
        dispersion = dispersion_with(self.dispersion, spread)
        return _by_chance(
            self.formulas, lambda formula: payment(count_mean, dispersion, severity, formula)
        )

    def payments(
        self, count_mean: float, severity: Severity, spread: float, prices: tuple[float, ...]
    ) -> FloatArray:
        """:meth:`payment` at each price of a claim, ``(2, p)``, from shared lattices.

        Agrees with it as :mod:`fundpool.actuarial.year_lattices` says.
        """
        cost = YearCost(count_mean, dispersion_with(self.dispersion, spread), severity)
        mean, square = np.zeros((2, len(prices)))
        paying = [(chance, formula) for chance, formula in self.formulas if any(formula.slopes)]
        at_prices = payments_together(cost, prices, [formula for _, formula in paying])
        for (chance, _), (paid, variance) in zip(paying, at_prices, strict=True):
            mean += chance * paid
            square += chance * (variance + paid**2)
        return np.array([mean, np.maximum(square - mean**2, 0.0)])

    def of_one_claim(self, severity: Severity, prices: FloatArray, order: int) -> FloatArray:
        """``E[b^order]`` of a year with one claim at each price, ``(p,)``."""
        return _moments_by_chance(self.formulas, severity, prices, order)


@dataclass(frozen=True)
class StayPayment:
    """What a fund pays of a person's year by the number of the stay.

    >>> from fundpool.actuarial.severity import Exponential
    >>> half = StayPayment((BenefitFormula(bands=((0, 0.5),)),), dispersion=0.0)
    >>> round(half.payment(2.0, Exponential(100.0))[0], 6)
    100.0

    Attributes:
        formulas: by number of the stay; the last one holds for all later ones.
        dispersion: variance of the gamma factor between persons.
        ceiling: of all payments of the year.
    """

    formulas: tuple[BenefitFormula, ...]
    dispersion: float
    ceiling: float = float("inf")

    def payment(
        self, count_mean: float, severity: Severity, spread: float = 0.0
    ) -> tuple[float, float]:
        """Mean and variance of what is paid; arguments as
        :meth:`fundpool.actuarial.person_rules.PersonRule.payment` has them."""
        dispersion = dispersion_with(self.dispersion, spread)
        return payment_by_stay(count_mean, dispersion, severity, self.formulas, self.ceiling)

    def payments(
        self, count_mean: float, severity: Severity, spread: float, prices: tuple[float, ...]
    ) -> FloatArray:
        """:meth:`payment` at each price of a claim, ``(2, p)``."""
        dispersion = dispersion_with(self.dispersion, spread)
        return payments_by_stay(
            count_mean, dispersion, severity, np.array(prices), self.formulas, self.ceiling
        )

    def of_one_claim(self, severity: Severity, prices: FloatArray, order: int) -> FloatArray:
        """``E[b^order]`` of a year with one claim at each price, ``(p,)``."""
        first = replace(self.formulas[0], ceiling=min(self.formulas[0].ceiling, self.ceiling))
        return payment_moment_grid(first, severity, prices, order)


@dataclass(frozen=True)
class LayerPayment:
    """What a fund pays above a benefit by claim or by stay: of the year's sum of what it leaves.

    >>> from fundpool.actuarial.severity import Exponential
    >>> half = BenefitFormula(bands=((0, 0.5),))
    >>> above = LayerPayment((half,), ((1.0, half.breakpoints()),), dispersion=0.0)
    >>> round(above.payment(2.0, Exponential(100.0))[0], 6)
    50.0

    Attributes:
        basic: what the benefit pays by number of the claim; the last one holds for all later ones.
        formulas: chance and formula on what is left in the year.
        dispersion: variance of the gamma factor between persons.
    """

    basic: tuple[Payment, ...]
    formulas: ByChance
    dispersion: float

    def payment(
        self, count_mean: float, severity: Severity, spread: float = 0.0
    ) -> tuple[float, float]:
        """Mean and variance of what is paid; arguments as
        :meth:`fundpool.actuarial.person_rules.PersonRule.payment` has them."""
        dispersion = dispersion_with(self.dispersion, spread)
        return _by_chance(
            self.formulas,
            lambda formula: layer_payment(count_mean, dispersion, severity, self.basic, formula),
        )

    def payments(
        self, count_mean: float, severity: Severity, spread: float, prices: tuple[float, ...]
    ) -> FloatArray:
        """:meth:`payment` at each price of a claim, ``(2, p)``."""
        at_prices = [self.payment(count_mean, severity.scaled(p), spread) for p in prices]
        return np.array(at_prices).T

    def of_one_claim(self, severity: Severity, prices: FloatArray, order: int) -> FloatArray:
        """``E[b^order]`` of a year with one claim at each price, ``(p,)``."""
        left = left_by([self.basic[0]])
        of_claim = tuple((chance, composed(formula, left)) for chance, formula in self.formulas)
        return _moments_by_chance(of_claim, severity, prices, order)


def _by_chance(
    formulas: ByChance, paid_by: Callable[[PiecewiseLinear], tuple[float, float]]
) -> tuple[float, float]:
    """Mean and variance where one of several formulas holds, from those under each."""
    mean = square = 0.0
    for chance, formula in formulas:
        if any(formula.slopes):
            paid, variance = paid_by(formula)
            mean += chance * paid
            square += chance * (variance + paid**2)
    return mean, max(square - mean**2, 0.0)


def _moments_by_chance(
    formulas: ByChance, severity: Severity, prices: FloatArray, order: int
) -> FloatArray:
    """``E[b^order]`` of one claim at each price where one of several formulas holds, ``(p,)``."""
    moments = [
        chance * payment_moment_grid(formula, severity, prices, order)
        for chance, formula in formulas
    ]
    return sum(moments, start=np.zeros(prices.shape))


PersonPayment = YearPayment | StayPayment | LayerPayment


def payments_of_rules(
    rules: Sequence[PersonPayment],
    count_mean: float,
    severity: Severity,
    spread: float,
    prices: tuple[float, ...],
) -> list[FloatArray]:
    """``payments`` of several rules at each price of a claim, ``(2, p)`` each.

    Those on the year's total cost look at its lattices together.

    >>> from fundpool.actuarial.severity import Exponential
    >>> half = YearPayment(((1.0, PiecewiseLinear((0.0,), (0.5,))),), dispersion=0.0)
    >>> (paid,) = payments_of_rules([half], 2.0, Exponential(100.0), 0.0, (1.0,))
    >>> paid.tolist()
    [[100.0], [10000.0]]
    """
    by_dispersion: dict[float, list[PiecewiseLinear]] = {}
    for rule in rules:
        if isinstance(rule, YearPayment):
            asked = by_dispersion.setdefault(rule.dispersion, [])
            asked += [formula for _, formula in rule.formulas if any(formula.slopes)]
    for dispersion, formulas in by_dispersion.items():
        cost = YearCost(count_mean, dispersion_with(dispersion, spread), severity)
        payments_together(cost, prices, formulas)
    return [rule.payments(count_mean, severity, spread, prices) for rule in rules]


def dispersion_with(dispersion: float, spread: float) -> float:
    """Variance of a person's factor together with that between the ages and sexes of a class.

    >>> round(dispersion_with(0.5, 0.2), 3)  # 1.5 * 1.2 - 1
    0.8
    """
    return (1.0 + dispersion) * (1.0 + spread) - 1.0
