"""Rules of payment that look at a person's year: its total cost, or the number of the stay."""

from dataclasses import dataclass, replace
from typing import Literal

from fundpool.actuarial.benefit_layers import with_copayment_limit
from fundpool.actuarial.benefits import BenefitFormula
from fundpool.actuarial.person_year import payment, payment_by_stay
from fundpool.actuarial.severity import Severity


@dataclass(frozen=True)
class PersonRule:
    """How a service is paid where deductible, limit and ceiling are those of a person's year.

    >>> from fundpool.actuarial.severity import Exponential
    >>> half = PersonRule("year", (BenefitFormula(bands=((0, 0.5),)),), dispersion=0.0)
    >>> half.payment(2.0, Exponential(100.0))
    (100.0, 10000.0)

    Attributes:
        per: ``year``: the one formula acts on the year's total cost; ``stay``: the first stay is
            paid by the first formula, the second by the second, later ones by the last.
        formulas: the formulas.
        dispersion: variance of the gamma factor between persons, 0 for Poisson counts.
        copayment_limit: what a person bears at most in a year; only with ``year``.
    """

    per: Literal["year", "stay"]
    formulas: tuple[BenefitFormula, ...]
    dispersion: float
    copayment_limit: float | None = None

    def with_offsite_penalty(self, penalty: float) -> "PersonRule":
        """The rule of off-site care: points off every rate; the limit of co-payments stays."""
        formulas = tuple(formula.with_offsite_penalty(penalty) for formula in self.formulas)
        return replace(self, formulas=formulas)

    def payment(
        self, count_mean: float, severity: Severity, spread: float = 0.0
    ) -> tuple[float, float]:
        """Mean and variance of what is paid for a person's year.

        Args:
            count_mean: expected claims in the year.
            severity: cost of a claim.
            spread: squared coefficient of variation of expected claims between the persons meant,
                who differ in age and sex, beside ``dispersion``.

        Raises:
            ArithmeticError: as :func:`fundpool.actuarial.person_year.payment`.
        """
        dispersion = (1.0 + self.dispersion) * (1.0 + spread) - 1.0
        if self.per == "stay":
            return payment_by_stay(count_mean, dispersion, severity, self.formulas)
        (formula,) = self.formulas
        if self.copayment_limit is not None:
            formula = with_copayment_limit(formula, self.copayment_limit)
        return payment(count_mean, dispersion, severity, formula)
