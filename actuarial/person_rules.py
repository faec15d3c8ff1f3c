"""Rules of payment that look at a person's year: its total cost, or the number of the stay."""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal

from fundpool.actuarial.benefit_layers import layers, summed, with_copayment_limit
from fundpool.actuarial.benefits import BenefitFormula, Payment, PiecewiseLinear, coordinate
from fundpool.actuarial.person_payments import (
    LayerPayment,
    PersonPayment,
    StayPayment,
    YearPayment,
)
from fundpool.actuarial.severity import Severity

OWN_FUND = ""
"""The fund of the scheme whose basic benefit it is."""
SECOND = " second"
"""The fund of the scheme that settles second, which no name of a scheme can be."""


@dataclass(frozen=True)
class PersonLayer:
    """What a fund pays of the cost that the benefits below leave to a person in a year.

    >>> catastrophic = PersonLayer("illness", BenefitFormula(deductible=100.0))
    >>> float(catastrophic.formula(350.0))
    200.0

    Attributes:
        fund: scheme whose fund pays; :data:`OWN_FUND` for that of the basic benefit.
        formula: acts on what is left of the year's cost.
        share: of the persons who have the layer, independent of layers below and of their cost.
    """

    fund: str
    formula: BenefitFormula
    share: float = 1.0


@dataclass(frozen=True)
class PersonRule:
    """How a service is paid where deductible, limit and ceiling are those of a person's year.

    >>> from fundpool.actuarial.severity import Exponential
    >>> half = PersonRule("year", (BenefitFormula(bands=((0, 0.5),)),), dispersion=0.0)
    >>> half.payment(2.0, Exponential(100.0))
    (100.0, 10000.0)

    Attributes:
        per: ``year``: the one formula acts on the year's total cost; ``stay``: the first stay is
            paid by the first formula, the second by the second, later ones by the last;
            ``claim``: every claim is paid by the one formula.
        formulas: the formulas.
        dispersion: variance of the gamma factor between persons, 0 for Poisson counts.
        copayment_limit: what the basic benefit leaves to a person at most in a year; only with
            ``year``.
        layers: above the basic benefit, each on what those before it leave of the year's cost;
            except with ``year`` those of other funds only, and without ``annual_ceiling``.
        annual_ceiling: of what is paid for all stays of a year; only with ``stay``.
    """

    per: Literal["claim", "stay", "year"]
    formulas: tuple[BenefitFormula, ...]
    dispersion: float
    copayment_limit: float | None = None
    layers: tuple[PersonLayer, ...] = ()
    annual_ceiling: float = float("inf")

    def with_offsite_penalty(self, penalty: float) -> "PersonRule":
        """The rule of off-site care: points off every rate of the basic benefit."""
        formulas = tuple(formula.with_offsite_penalty(penalty) for formula in self.formulas)
        return replace(self, formulas=formulas)

    @property
    def basic(self) -> BenefitFormula:
        """The basic benefit of a year."""
        (formula,) = self.formulas
        if self.copayment_limit is None:
            return formula
        return with_copayment_limit(formula, self.copayment_limit)

    @property
    def funds(self) -> frozenset[str]:
        """Other schemes whose funds pay a layer."""
        return frozenset(layer.fund for layer in self.layers) - {OWN_FUND}

    def payment(
        self, count_mean: float, severity: Severity, spread: float = 0.0, fund: str = OWN_FUND
    ) -> tuple[float, float]:
        """Mean and variance of what a fund pays for a person's year.

        Args:
            count_mean: expected claims in the year.
            severity: cost of a claim.
            spread: squared coefficient of variation of expected claims between the persons meant,
                who differ in age and sex, beside ``dispersion``.
            fund: whose payment; default: basic benefit and layers of the scheme's own fund.

        Raises:
            ArithmeticError: as :func:`fundpool.actuarial.person_year.payment`.
        """
        return self.of_fund(fund).payment(count_mean, severity, spread)

    def of_fund(self, fund: str = OWN_FUND) -> PersonPayment:
        """What a fund pays of a person's year."""
        if self.per != "year":
            if fund == OWN_FUND:
                return StayPayment(self.formulas, self.dispersion, self.annual_ceiling)
            return LayerPayment(self.formulas, layers_of(self.layers, fund), self.dispersion)
        above = _with_layers((self.basic,), (OWN_FUND,), self.layers, fund)
        return YearPayment(above, self.dispersion)


def layers_of(
    above: tuple[PersonLayer, ...], fund: str
) -> tuple[tuple[float, PiecewiseLinear], ...]:
    """Chance and formula of what a fund pays of an amount on which only layers act.

    >>> layers_of((PersonLayer("aid", BenefitFormula(bands=((0, 0.5),)), 0.25),), "aid")[1]
    (0.25, PiecewiseLinear(knots=(0.0,), slopes=(0.5,)))
    """
    return _with_layers((), (), above, fund)


@lru_cache(maxsize=10_000)
def _with_layers(
    basic: tuple[Payment, ...],
    payers: tuple[str, ...],
    above: tuple[PersonLayer, ...],
    fund: str,
) -> tuple[tuple[float, PiecewiseLinear], ...]:
    """Chance and formula of one fund, by which of the layers above a person has.

    Args:
        basic: payments that act on the cost side by side, together no more than the cost.
        payers: fund of each.
        above: layers, lowest first.
        fund: whose payment.
    """
    whole = summed(basic)
    choices: list[tuple[bool, ...]] = [
        (True,) if layer.share == 1.0 else (False, True) for layer in above
    ]
    result = []
    for has in product(*choices):
        chance = 1.0
        for layer, holds in zip(above, has, strict=True):
            chance *= layer.share if holds else 1.0 - layer.share
        mine = [layer for layer, holds in zip(above, has, strict=True) if holds]
        _, *paid = _paid_above(whole, tuple(layer.formula for layer in mine))
        by_fund: list[Payment] = [
            form for form, payer in zip(basic, payers, strict=True) if payer == fund
        ]
        by_fund += [form for form, layer in zip(paid, mine, strict=True) if layer.fund == fund]
        result.append((chance, summed(by_fund)))
    return tuple(result)


@lru_cache(maxsize=10_000)
def _paid_above(basic: PiecewiseLinear, above: tuple[BenefitFormula, ...]) -> list[PiecewiseLinear]:
    """:func:`fundpool.actuarial.benefit_layers.layers`, once for the funds that share them."""
    return layers([basic, *above])


def together(
    local: PersonRule,
    home: PersonRule,
    rule: str,
    quota: float,
    home_first: bool,
) -> "TwoFunds":
    """Two schemes that settle a doubly covered person's year: coordination of the year's cost.

    The layers that a person has are those of the scheme that settles first, on what both leave.

    >>> half = PersonRule("year", (BenefitFormula(bands=((0, 0.5),)),), dispersion=0.0)
    >>> both = together(half, half, "remaining_cost", 1.0, home_first=False)
    >>> both.of_schemes()[0].formulas[0][1].slopes
    (0.5,)

    Args:
        local: rule by year of the scheme where people work.
        home: rule by year of the scheme at home, of the same dispersion.
        rule: as :func:`fundpool.actuarial.benefits.coordinate` has it.
        quota: likewise.
        home_first: whether the home scheme settles first.

    Raises:
        ValueError: a rule by stay, or two dispersions of the same people.
    """
    if {local.per, home.per} != {"year"} or local.dispersion != home.dispersion:
        raise ValueError("two schemes settle a person's year only by rules per year of one "
                         "dispersion")  # fmt: skip
    if home_first:
        there, here = coordinate(home.basic, local.basic, rule, quota)
        above, first = home.layers, False
    else:
        here, there = coordinate(local.basic, home.basic, rule, quota)
        above, first = local.layers, True
    return TwoFunds(here, there, above, first, local.dispersion)


@dataclass(frozen=True)
class TwoFunds:
    """What is paid for a doubly covered person's year; see :func:`together`.

    >>> half = PersonRule("year", (BenefitFormula(bands=((0, 0.5),)),), dispersion=0.0)
    >>> both = together(half, half, "remaining_cost", 1.0, home_first=True)
    >>> both.layers_of_local, both.dispersion
    (False, 0.0)

    Attributes:
        local: basic payment of the local scheme.
        home: basic payment of the scheme at home.
        layers: above both.
        layers_of_local: whether they are those of the local scheme.
        dispersion: variance of the gamma factor between persons.
    """

    local: PiecewiseLinear
    home: PiecewiseLinear
    layers: tuple[PersonLayer, ...]
    layers_of_local: bool
    dispersion: float

    def of_schemes(self, fund: str = OWN_FUND) -> tuple[YearPayment, YearPayment]:
        """What the funds of the local and of the home scheme pay, their own layers included.

        Where ``fund`` is another that layers name, what it pays, and nothing.
        """
        basic = (self.local, self.home)
        if fund != OWN_FUND:
            above = _with_layers(basic, (OWN_FUND, OWN_FUND), self.layers, fund)
            return YearPayment(above, self.dispersion), YearPayment((), self.dispersion)
        # layers of the own fund are those of the scheme that settles first
        payers = (OWN_FUND, SECOND) if self.layers_of_local else (SECOND, OWN_FUND)
        local, home = (
            YearPayment(_with_layers(basic, payers, self.layers, payer), self.dispersion)
            for payer in payers
        )
        return local, home
