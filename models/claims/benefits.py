"""What a fund pays for a claim: expected payments by rule, place of treatment and severity.

Benefit rules differ by insuring county, prices by place of treatment, costs by service and age
class. Counties that share a rule share a number here, so that each distinct combination is
evaluated once, in closed form through limited expected values.

Rules and prices are both indexed by medical inflation, so that these payments hold in base-year
money for every year in which the rules stay the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np

from fundpool.actuarial import severity as families
from fundpool.actuarial.arrays import ratio
from fundpool.actuarial.benefit_layers import summed
from fundpool.actuarial.benefits import BenefitFormula, Payment, coordinate
from fundpool.actuarial.limited_moments import payment_moment_grid
from fundpool.actuarial.mixed_severity import MixedSeverity
from fundpool.actuarial.person_payments import LayerPayment, PersonPayment
from fundpool.actuarial.person_rules import OWN_FUND, PersonRule, layers_of, together
from fundpool.actuarial.severity import Severity
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import CELLS, OUTSIDE
from fundpool.models.axes.arrays import FloatArray, IntArray
from fundpool.models.axes.cells import cell_index
from fundpool.models.claims.person_years import payments_for_a_claim, payments_for_claims
from fundpool.models.population.care import care_weights, class_starts
from fundpool.models.terms.schemes import SchemeRules, SchemeTerms

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


def scheme_costs(case: Case) -> dict[str, FloatArray]:
    """Cost of a claim by service relative to :func:`severities`, ``(C,)``, of the schemes that the
    table ``scheme_costs`` lists."""
    table = case.tables.get("scheme_costs")
    result: dict[str, FloatArray] = {}
    if table is not None:
        for scheme, service, relative in table[["scheme", "service", "relativity"]].itertuples(
            index=False
        ):
            costs = result.setdefault(str(scheme), np.ones(len(case.services)))
            costs[case.services.index(service)] = relative
    return result


def status_costs(
    scheme_cost: Mapping[str, FloatArray], schemes: Sequence[SchemeTerms], scheme_of: IntArray,
    services: int,
) -> FloatArray:  # fmt: skip
    """Cost of a claim of each status over that of all, by the scheme that pays first, ``(K, C)``.

    Args:
        scheme_cost: :func:`scheme_costs`.
        schemes: of a year.
        scheme_of: scheme that pays for each status, ``(K,)``; -1 none.
        services: how many.
    """
    result = np.ones((scheme_of.size, services))
    for status, number in enumerate(scheme_of.tolist()):
        if number >= 0:
            result[status] = scheme_cost.get(schemes[number].name, 1.0)
    return result


@dataclass(frozen=True)
class ClassFrequency:
    """Expected claims of a person by service and severity class, over residents of the base year.

    Attributes:
        mean: ``(C, J)``.
        covariance: of services between the ages and sexes of a class, relative to their means,
            ``(C, C, J)``.
    """

    mean: FloatArray
    covariance: FloatArray

    def of(self, services: Sequence[int], age: int) -> tuple[float, float]:
        """Expected claims of services together, and their squared coefficient of variation."""
        means = self.mean[list(services), age]
        total = float(means.sum())
        if total == 0.0:
            return 0.0, 0.0
        shares = means / total
        spread = shares @ self.covariance[np.ix_(services, services)][..., age] @ shares
        return total, max(float(spread), 0.0)


def class_frequency(case: Case) -> ClassFrequency:
    """Expected claims of a person, and how they vary between the ages and sexes of a class."""
    care, people = care_weights(case), case.tables["population"]
    people = people[people["region"] != OUTSIDE]
    cells = cell_index(people["sex"].to_numpy(), people["age"].to_numpy())
    residents = np.bincount(cells, people["persons"].to_numpy(dtype=float), CELLS)
    services = len(care.frequency)
    means = np.zeros((services, care.classes))
    covariance = np.zeros((services, services, care.classes))
    for place in range(care.classes):
        inside = care.severity_class == place
        weights = residents[inside] if residents[inside].sum() > 0 else np.ones(inside.sum())
        weights = weights / weights.sum()
        frequency = care.frequency[:, inside]
        mean = frequency @ weights
        means[:, place] = mean
        products = (frequency * weights) @ frequency.T
        covariance[..., place] = ratio(products, np.outer(mean, mean), 1.0) - 1.0
    return ClassFrequency(means, covariance)


def claims_under(
    shared: Sequence[int],
    service: int,
    age: int,
    costs: tuple[tuple[Severity, ...], ...],
    frequency: ClassFrequency,
) -> tuple[tuple[float, float], Severity, float]:
    """What the rule of a service looks at: its claims, or those of all services under one limit.

    What is paid for a year under one limit is divided among the claims of its services as their
    mean costs are.

    Args:
        shared: of each service, the one whose limit it is under; itself if its own.
        service, age: service and age class.
        costs: by service and age class.
        frequency: of claims.

    Returns:
        expected claims of a person and their squared coefficient of variation, cost of one of
        them, and mean cost of a claim of the service over that.
    """
    cost = costs[service][age]
    members = [number for number, leader in enumerate(shared) if leader == shared[service]]
    claims = frequency.of(members, age)
    if len(members) == 1 or claims[0] == 0.0:
        return claims, cost, 1.0
    weights = tuple(frequency.mean[members, age].tolist())
    mixed = MixedSeverity(weights, tuple(costs[member][age] for member in members))
    # it has what payment by year asks of a severity
    return claims, cast(Severity, mixed), cost.mean() / mixed.mean()


def expected_payments(
    rules: SchemeRules,
    costs: tuple[tuple[Severity, ...], ...],
    prices: FloatArray,
    offsite_penalty: float,
    frequency: ClassFrequency,
    order: int = 1,
    fund: str = OWN_FUND,
) -> FloatArray:
    """Expected payment for a claim, ``(F, 2, C, J, n + 1)``; or its second or third moment.

    ``fund`` names another scheme whose fund pays layers above the benefits; default: what the
    scheme's own fund pays.

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
    by_person: dict[int, dict[tuple[int, int], PersonPayment]] = {}
    others: dict[int, list[PersonPayment]] = {}  # which will be asked for next
    for number, formulas in enumerate(rules.formulas):
        for service, formula in enumerate(formulas):
            for offsite, form in enumerate(
                (formula, formula.with_offsite_penalty(offsite_penalty))
            ):
                person = rules.person_rules[number][service]
                if person is not None and offsite:
                    person = person.with_offsite_penalty(offsite_penalty)
                if fund != OWN_FUND and (person is None or fund not in person.funds):
                    continue
                if person is None or (fund == OWN_FUND and person.per == "claim"):
                    for age, cost in enumerate(costs[service]):
                        place = (number, offsite, service, age)
                        result[place] = payment_moment_grid(form, cost, prices, order)
                else:
                    by_person.setdefault(service, {})[number, offsite] = person.of_fund(fund)
                    if fund == OWN_FUND:
                        others.setdefault(service, []).extend(
                            map(person.of_fund, _other_funds(person))
                        )
    for service, paid in by_person.items():
        for age in range(len(costs[service])):
            claims, year_cost, part = claims_under(rules.shared, service, age, costs, frequency)
            values = payments_for_claims(
                list(paid.values()), claims, year_cost, prices, order, others.get(service, ())
            )
            for (number, offsite), value in zip(paid, values, strict=True):
                result[number, offsite, service, age] = part * value
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
    frequency: ClassFrequency,
    order: int = 1,
    fund: str = OWN_FUND,
) -> FloatArray:
    """What the two funds of a doubly covered person pay for a claim made to both.

    ``(2, F1, F2, 2, 2, C, J, n + 1)``: local fund and home fund; their formula sets; the care on-
    or off-site for the local fund and for the home fund; service; age class; place of treatment.
    Rules per year are coordinated on the cost of the year
    (:func:`fundpool.actuarial.person_rules.together`), those per claim on each claim; layers are
    those of the scheme that settles first, on what both leave in the year. Whatever the rule and
    the order, both together never pay more than the cost. ``order`` 2 or 3 gives the second or
    third moment instead of the mean; ``fund`` the payments of another fund that a layer names,
    with those for members of the local scheme first.

    >>> from fundpool import examples
    >>> from fundpool.actuarial.severity import Exponential
    >>> from fundpool.models.claims.terms import coordination_of
    >>> employee, resident = examples.year_terms().schemes
    >>> costs = ((Exponential(10_000.0),),) * len(examples.case().services)
    >>> terms = coordination_of(employee, resident)
    >>> local, home = employee.benefits, resident.benefits
    >>> often = class_frequency(examples.case())
    >>> paid = coordinated_payments(local, home, costs, np.ones(5), terms, often)
    >>> bool((paid.sum(axis=0) <= 10_000.0).all())
    True
    """
    sets = (len(local.formulas), len(home.formulas))
    result = np.zeros((2, *sets, 2, 2, len(costs), len(costs[0]), prices.size))
    of_year: dict[int, dict[tuple[int, ...], PersonPayment]] = {}
    others: dict[int, list[PersonPayment]] = {}  # which will be asked for next
    for i, j, a, b in product(range(sets[0]), range(sets[1]), range(2), range(2)):
        here, there = (
            _of_site(local, i, a * terms.local_penalty),
            _of_site(home, j, b * terms.home_penalty),
        )
        for service, (one, other) in enumerate(zip(here, there, strict=True)):
            if isinstance(one, PersonRule) and isinstance(other, PersonRule):
                both = together(one, other, terms.rule, terms.quota, terms.home_first)
                paid = enumerate(both.of_schemes(fund))
                of_year.setdefault(service, {}).update(
                    {(scheme, i, j, a, b): rule for scheme, rule in paid}
                )
                if fund == OWN_FUND:
                    for name in _other_funds(one, other):
                        others.setdefault(service, []).extend(both.of_schemes(name))
                continue
            assert isinstance(one, BenefitFormula)  # checked with the case
            assert isinstance(other, BenefitFormula)
            settled = _coordinated(one, other, terms)
            first, number = (home, j) if terms.home_first else (local, i)
            person = first.person_rules[number][service]
            for age, cost in enumerate(costs[service]):
                place = (i, j, a, b, service, age)
                if fund == OWN_FUND:
                    for scheme, formula in enumerate(settled):
                        result[(scheme, *place)] = payment_moment_grid(formula, cost, prices, order)
                elif person is not None and fund in person.funds:
                    left_to = LayerPayment(
                        (summed(settled),), layers_of(person.layers, fund), person.dispersion
                    )
                    claims = frequency.of([service], age)
                    result[(0, *place)] = payments_for_a_claim(left_to, claims, cost, prices, order)
    for service, rules in of_year.items():
        for age in range(len(costs[service])):
            claims, year_cost, part = claims_under(local.shared, service, age, costs, frequency)
            values = payments_for_claims(
                list(rules.values()), claims, year_cost, prices, order, others.get(service, ())
            )
            for at, value in zip(rules, values, strict=True):
                result[(*at, service, age)] = part * value
    return result


def _other_funds(*rules: PersonRule) -> list[str]:
    """Other schemes whose funds pay layers of rules, in order."""
    return sorted(frozenset[str]().union(*(rule.funds for rule in rules)))


def _of_site(rules: SchemeRules, number: int, penalty: float) -> list[BenefitFormula | PersonRule]:
    """The rule of every service of a formula set, with points off its rates."""
    pairs = zip(rules.formulas[number], rules.person_rules[number], strict=True)
    return [
        (formula if person is None or person.per == "claim" else person).with_offsite_penalty(
            penalty
        )
        for formula, person in pairs
    ]


def _coordinated(
    local: BenefitFormula, home: BenefitFormula, terms: Coordination
) -> tuple[Payment, Payment]:
    """What the local and the home fund pay for one claim."""
    if terms.home_first:
        second, first = coordinate(home, local, terms.rule, terms.quota)
    else:
        first, second = coordinate(local, home, terms.rule, terms.quota)
    return first, second
