"""How far payment by claim is from payment by a person's year, and persons drawn one by one."""

import numpy as np
import pandas as pd

from fundpool.actuarial.person_rules import PersonRule
from fundpool.actuarial.severity import Lognormal
from fundpool.inputs.case import Case, read_case
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims.benefits import class_frequency, severities
from fundpool.models.population.care import class_starts
from validation.part import Check, Part, checks_table, markdown_table

DISPERSIONS = (0.0, 1.0)
"""Variance of a person's frequency about that of age and sex, relative to it."""

PERSONS = 200_000


def rules_of(case: Case, scheme: int) -> list[PersonRule]:
    """A scheme's rules of the base year by service, as if their amounts were those of a year."""
    named = case.schemes[scheme]
    region = case.regions.codes[0]
    return [
        PersonRule("year", (named.benefit(service, region, case.base_year),), 0.0)
        for service in case.services
    ]


def by_year_over_by_claim(case: Case) -> pd.DataFrame:
    """Expected payments of a year by scheme and ages: by claim, and by year relative to it."""
    costs, often = severities(case), class_frequency(case)
    starts = class_starts(case)
    rows = []
    for number, scheme in enumerate(case.schemes):
        rules = rules_of(case, number)
        for place, start in enumerate(starts):
            by_claim, by_year = 0.0, np.zeros(len(DISPERSIONS))
            for service, rule in enumerate(rules):
                (count, spread), cost = often.of([service], place), costs[service][place]
                by_claim += count * rule.formulas[0].expected_payment(cost)
                by_year += [
                    PersonRule("year", rule.formulas, dispersion).payment(count, cost, spread)[0]
                    for dispersion in DISPERSIONS
                ]
            last = starts[place + 1] - 1 if place + 1 < len(starts) else None
            row = {"scheme": scheme.name, "ages": f"{start} to {last}" if last else f"{start} on",
                   "by claim": f"{by_claim:,.0f}"}  # fmt: skip
            for dispersion, paid in zip(DISPERSIONS, by_year, strict=True):
                row[f"by year, dispersion {dispersion:g}"] = f"{100 * (paid / by_claim - 1):+.1f} %"
            rows.append(row)
    return pd.DataFrame(rows)


def drawn(
    rule: PersonRule, expected: float, severity: Lognormal, rng: np.random.Generator
) -> FloatArray:
    """What a rule pays for each of many persons drawn one by one, ``(persons,)``.

    Args:
        rule: of payment, without a limit of what a person bears.
        expected: stays a person.
        severity: cost of a stay.
        rng: of the draws.
    """
    factor = np.ones(PERSONS)
    if rule.dispersion > 0:
        factor = rng.gamma(1.0 / rule.dispersion, rule.dispersion, PERSONS)
    stays = rng.poisson(expected * factor)
    person = np.repeat(np.arange(PERSONS), stays)
    costs = rng.lognormal(severity.mu, severity.sigma, person.size)
    if rule.per == "year":
        return np.asarray(rule.formulas[0](np.bincount(person, costs, PERSONS)))
    first = np.concatenate([[0], np.cumsum(stays)[:-1]])
    number = np.minimum(np.arange(person.size) - first[person], len(rule.formulas) - 1)
    each = np.choose(number, [formula(costs) for formula in rule.formulas])
    return np.asarray(np.bincount(person, each, PERSONS), dtype=np.float64)


def drawn_checks(case: Case) -> list[Check]:
    """Persons of the oldest class in hospitals of the highest tier, by year and by stay."""
    costs, means = severities(case), class_frequency(case).mean
    rng, checks = np.random.default_rng(17), []
    severity, expected = costs[-1][-1], float(means[-1, -1])
    assert isinstance(severity, Lognormal)
    for number, scheme in enumerate(case.schemes):
        (formula,) = rules_of(case, number)[-1].formulas
        falling = tuple(
            type(formula)(formula.deductible * part, formula.bands, formula.ceiling)
            for part in (1.0, 0.5, 0.25)
        )
        for rule in (PersonRule("year", (formula,), 1.0), PersonRule("stay", falling, 1.0)):
            mean, variance = rule.payment(expected, severity)
            error = np.sqrt(variance / PERSONS)
            off = (float(drawn(rule, expected, severity, rng).mean()) - mean) / error
            checks.append(
                Check(
                    f"{scheme.name}, payment by {rule.per}: the mean of {PERSONS:,} persons drawn "
                    "within three standard errors of the expected payment",
                    f"{off:+.1f} standard errors", bool(abs(off) <= 3.0),
                )
            )  # fmt: skip
    return checks


def person_years() -> Part:
    """Payment by claim and by year in the Jiangsu case; persons drawn one by one."""
    case = read_case("jiangsu")
    checks = drawn_checks(case)
    text = (
        "The bundled cases pay by claim. Were the deductibles and ceilings of the Jiangsu case "
        "those of a person's year instead, each service by itself, its schemes would expect to "
        "pay, in yuan a person and relative to it (dispersion: how much persons of an age differ "
        "in how often they need care). The resident scheme pays less for the old by year, as its "
        "ceiling of an outpatient claim would hold for all of the year's:\n\n"
        f"{markdown_table(by_year_over_by_claim(case))}\n\n{checks_table(checks)}"
    )
    return Part(text, tuple(checks))
