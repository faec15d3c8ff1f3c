"""What a fund pays for a claim: expected payments by rule, place of treatment and severity.

Benefit rules differ by insuring county, prices by place of treatment, costs by service and age
class. Counties that share a rule share a number here, so that each distinct combination is
evaluated once, in closed form through limited expected values.

Rules and prices are both indexed by medical inflation, so that these payments hold in base-year
money for every year in which the rules stay the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from fundpool.actuarial import severity as families
from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.benefits import coordinate
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.severity import Severity
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import CELLS, OUTSIDE
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.claims.person_years import payments_for_a_claim
from fundpool.models.population.care import care_weights, class_starts
from fundpool.models.terms.schemes import SchemeRules

FAMILIES: dict[str, Callable[[float, float], Severity]] = {
    "lognormal": families.Lognormal.from_mean_cv,
    "gamma": families.Gamma.from_mean_cv,
    "pareto": families.Pareto.from_mean_cv,
    "weibull": families.Weibull.from_mean_cv,
}


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


def mean_costs(costs: tuple[tuple[Severity, ...], ...]) -> FloatArray:
    """Mean cost of a claim by service and age class, ``(C, J)``, in base-year money."""
    return np.array([[cost.mean() for cost in row] for row in costs])


def class_frequency(case: Case) -> FloatArray:
    """Expected claims of a person by service and severity class, ``(2, C, J)``.

    The mean over the residents of the base year, and its squared coefficient of variation between
    their ages and sexes.
    """
    care, people = care_weights(case), case.tables["population"]
    people = people[people["region"] != OUTSIDE]
    cells = cell_index(people["sex"].to_numpy(), people["age"].to_numpy())
    residents = np.bincount(cells, people["persons"].to_numpy(dtype=float), CELLS)
    result = np.zeros((2, len(care.frequency), care.classes))
    for place in range(care.classes):
        inside = care.severity_class == place
        weights = residents[inside] if residents[inside].sum() > 0 else np.ones(inside.sum())
        weights = weights / weights.sum()
        mean = care.frequency[:, inside] @ weights
        square = care.frequency[:, inside] ** 2 @ weights
        result[:, :, place] = mean, np.maximum(ratio(square, mean**2, 1.0) - 1.0, 0.0)
    return result


def expected_payments(
    rules: SchemeRules,
    costs: tuple[tuple[Severity, ...], ...],
    prices: FloatArray,
    offsite_penalty: float,
    frequency: FloatArray,
    order: int = 1,
) -> FloatArray:
    """Expected payment for a claim, ``(F, 2, C, J, n + 1)``; or its second or third moment.

    Axes: formula set; on-site or off-site (rates less ``offsite_penalty``); service; age class;
    place of treatment, whose relative price is ``prices[place]``, ``(n + 1,)``. Rules that look at
    a person's year give its payment over its expected claims, ``frequency`` of
    :func:`class_frequency` (:mod:`fundpool.models.claims.person_years`).

    >>> from fundpool import examples
    >>> from fundpool.actuarial.severity import Exponential
    >>> case = examples.case()
    >>> rules = examples.year_terms().schemes[0].benefits
    >>> costs = ((Exponential(10_000.0),),) * len(case.services)
    >>> paid = expected_payments(rules, costs, np.ones(5), 0.1, class_frequency(case))
    >>> bool((paid[:, 1] <= paid[:, 0]).all())  # less off-site
    True
    """
    result = np.zeros((len(rules.formulas), 2, len(costs), len(costs[0]), prices.size))
    for number, formulas in enumerate(rules.formulas):
        for service, formula in enumerate(formulas):
            for offsite, form in enumerate(
                (formula, formula.with_offsite_penalty(offsite_penalty))
            ):
                person = rules.person_rules[number][service]
                if person is not None and offsite:
                    person = person.with_offsite_penalty(offsite_penalty)
                for age, cost in enumerate(costs[service]):
                    place = (number, offsite, service, age)
                    if person is None:
                        result[place] = payment_moment_grid(form, cost, prices, order)
                        continue
                    count, spread = frequency[:, service, age].tolist()
                    result[place] = payments_for_a_claim(
                        person, (count, spread), cost, prices, order
                    )
    return result


@dataclass(frozen=True)
class Coordination:
    """How two schemes settle the claims of people with double cover.

    Attributes:
        rule: what the second pays (:func:`fundpool.actuarial.benefits.coordinate`).
        home_first: whether the home fund settles first; else the fund where the person works.
        quota: share of the cost up to which the second fund adds to the first.
        local_penalty, home_penalty: points off the rates of each scheme's off-site care.
    """

    rule: str
    home_first: bool
    quota: float
    local_penalty: float
    home_penalty: float


def coordinated_payments(
    local: SchemeRules,
    home: SchemeRules,
    costs: tuple[tuple[Severity, ...], ...],
    prices: FloatArray,
    terms: Coordination,
    order: int = 1,
) -> FloatArray:
    """What the two funds of a doubly covered person pay for a claim made to both.

    ``(2, F1, F2, 2, 2, C, J, n + 1)``: local fund and home fund; their formula sets; the care on-
    or off-site for the local fund and for the home fund; service; age class; place of treatment.
    Rules that look at a person's year act on the claim here. Whatever the rule and the order, both
    together never pay more than the cost. ``order`` 2 or 3
    gives the second or third moment instead of the mean.

    >>> from fundpool import examples
    >>> from fundpool.actuarial.severity import Exponential
    >>> from fundpool.models.claims.terms import coordination_of
    >>> employee, resident = examples.year_terms().schemes
    >>> costs = ((Exponential(10_000.0),),) * len(examples.case().services)
    >>> terms = coordination_of(employee, resident)
    >>> local, home = employee.benefits, resident.benefits
    >>> paid = coordinated_payments(local, home, costs, np.ones(5), terms)
    >>> bool((paid.sum(axis=0) <= 10_000.0).all())
    True
    """
    sets = (len(local.formulas), len(home.formulas))
    result = np.zeros((2, *sets, 2, 2, len(costs), len(costs[0]), prices.size))
    for i, j, a, b in product(range(sets[0]), range(sets[1]), range(2), range(2)):
        for service, (one, other) in enumerate(
            zip(local.formulas[i], home.formulas[j], strict=True)
        ):
            here = one.with_offsite_penalty(terms.local_penalty) if a else one
            there = other.with_offsite_penalty(terms.home_penalty) if b else other
            if terms.home_first:
                second, first = coordinate(there, here, terms.rule, terms.quota)
            else:
                first, second = coordinate(here, there, terms.rule, terms.quota)
            for age, cost in enumerate(costs[service]):
                place = (i, j, a, b, service, age)
                result[(0, *place)] = payment_moment_grid(first, cost, prices, order)
                result[(1, *place)] = payment_moment_grid(second, cost, prices, order)
    return result
