"""What a fund pays for a claim: expected payments by rule, place of treatment and severity.

Benefit rules differ by insuring county, prices by place of treatment, costs by service and age
class. Counties that share a rule share a number here, so that each distinct combination is
evaluated once, in closed form through limited expected values.

Rules and prices are both indexed by medical inflation, so that these payments hold in base-year
money for every year in which the rules stay the same.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from actuarial import severity as families
from actuarial.benefits import BenefitFormula, coordinate
from actuarial.limited_moments import payment_moment_grid
from actuarial.severity import Severity
from inputs.case import Case
from inputs.schemes import Scheme
from models.pairs import IntArray
from models.rates import FloatArray
from models.treatment import class_starts

FAMILIES: dict[str, Callable[[float, float], Severity]] = {
    "lognormal": families.Lognormal.from_mean_cv,
    "gamma": families.Gamma.from_mean_cv,
    "pareto": families.Pareto.from_mean_cv,
    "weibull": families.Weibull.from_mean_cv,
}


@dataclass(frozen=True)
class SchemeRules:
    """The benefit rules of one scheme in one year.

    Attributes:
        formulas: distinct sets of formulas, one formula a service.
        formula_of: which set each county uses, ``(n + 1,)``; outside uses set 0, unpaid.
    """

    formulas: tuple[tuple[BenefitFormula, ...], ...]
    formula_of: IntArray


def severities(case: Case) -> tuple[tuple[Severity, ...], ...]:
    """Cost of a claim by service and age class, in base-year money at the case's mean price."""
    table = case.tables["severity"].set_index(["service", "age_from"])
    result = []
    for service in case.services:
        row: list[Severity] = []
        for age in class_starts(case):
            entry = table.loc[(service, age)]
            if entry["family"] == "exponential":
                row.append(families.Exponential(float(entry["mean"])))
            else:
                row.append(FAMILIES[entry["family"]](float(entry["mean"]), float(entry["cv"])))
        result.append(tuple(row))
    return tuple(result)


def scheme_rules(case: Case, scheme: Scheme, year: int) -> SchemeRules:
    """Benefit rules of a scheme by county in a year."""
    sets: dict[tuple[BenefitFormula, ...], int] = {}
    formula_of = np.zeros(len(case.regions.codes) + 1, dtype=np.int64)
    for county, code in enumerate(case.regions.codes):
        formulas = tuple(scheme.benefit(service, code, year) for service in case.services)
        formula_of[county] = sets.setdefault(formulas, len(sets))
    return SchemeRules(tuple(sets), formula_of)


def expected_payments(
    rules: SchemeRules,
    costs: tuple[tuple[Severity, ...], ...],
    prices: FloatArray,
    offsite_penalty: float,
    order: int = 1,
) -> FloatArray:
    """Expected payment for a claim, ``(F, 2, C, J, n + 1)``; or its second or third moment.

    Axes: formula set; on-site or off-site (rates less ``offsite_penalty``); service; age class;
    place of treatment, whose relative price is ``prices[place]``, ``(n + 1,)``.
    """
    result = np.zeros((len(rules.formulas), 2, len(costs), len(costs[0]), prices.size))
    for number, formulas in enumerate(rules.formulas):
        for service, formula in enumerate(formulas):
            for offsite, form in enumerate(
                (formula, formula.with_offsite_penalty(offsite_penalty))
            ):
                for age, cost in enumerate(costs[service]):
                    result[number, offsite, service, age] = payment_moment_grid(
                        form, cost, prices, order
                    )
    return result


def coordinated_payments(
    first: SchemeRules,
    second: SchemeRules,
    costs: tuple[tuple[Severity, ...], ...],
    prices: FloatArray,
    offsite_penalty: float,
    rule: str,
    order: int = 1,
) -> FloatArray:
    """What the second fund adds for a claim that the first has paid, ``(F1, F2, 2, C, J, n + 1)``.

    ``rule`` names the coordination of :func:`actuarial.benefits.coordinate`; the off-site axis is
    the second fund's. Whatever the rule, both together never pay more than the cost.
    ``order`` 2 or 3 gives the second or third moment instead of the mean.
    """
    result = np.zeros(
        (len(first.formulas), len(second.formulas), 2, len(costs), len(costs[0]), prices.size)
    )
    for i, one in enumerate(first.formulas):
        for j, other in enumerate(second.formulas):
            for service, (before, after) in enumerate(zip(one, other, strict=True)):
                for offsite, form in enumerate(
                    (after, after.with_offsite_penalty(offsite_penalty))
                ):
                    _, added = coordinate(before, form, rule=rule)
                    for age, cost in enumerate(costs[service]):
                        result[i, j, offsite, service, age] = payment_moment_grid(
                            added, cost, prices, order
                        )
    return result
