"""Retirement ages by year of birth, as most laws that raise them have it, turned into ages by year.

Those born in year ``b`` retire at the age ``A(b)``, in years and parts of a year. With birthdays
spread evenly, of those who turn ``floor(A)`` in a year the part of a year in ``A`` decides who
retires in it and who in the next (:mod:`fundpool.models.coverage.retirement`). So in year ``t`` the
age in force is ``A(b)`` of the latest birth year with ``b + floor(A(b)) = t``; in a year in which
no birth year begins to retire it is the age that those turn who are the last to have retired.
"""

import math
from collections.abc import Mapping

from pydantic import Field

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import SEXES
from fundpool.inputs.settings.parameters import Parameter, Part, Status
from fundpool.inputs.settings.scheme_rules import PAYROLL_RULES


class RetirementByBirth(Part):
    """Retirement ages by year of birth, each from that birth year on.

    Attributes:
        male, female: year of birth -> age in years; those born before the first have the age of
            the rule ``retirement_age_male`` or ``retirement_age_female``.
        source, status, note: where they come from.
    """

    male: dict[int, float] = Field(default_factory=dict)
    female: dict[int, float] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def of(self, sex: str) -> dict[int, float]:
        """Ages of a sex by year of birth."""
        return self.male if sex == "male" else self.female


def ages_by_year(before: float, by_birth: Mapping[int, float]) -> dict[int, float]:
    """Retirement age from a year on that ages by year of birth come to.

    >>> ages_by_year(60.0, {1965: 60.5, 1966: 61.0})
    {2025: 60.5, 2026: 61.0}

    Args:
        before: age of those born before the first birth year listed.
        by_birth: age from a birth year on, never falling.
    """
    births = sorted(by_birth)
    first, last = births[0], births[-1]

    def age(birth: int) -> float:
        begun = [listed for listed in births if listed <= birth]
        return by_birth[begun[-1]] if begun else before

    result: dict[int, float] = {}
    in_force = before
    for year in range(first + math.floor(before), last + math.floor(by_birth[last]) + 1):
        youngest = max(b for b in range(first - 100, last + 1) if b + math.floor(age(b)) <= year)
        turned = year - youngest
        reached = age(youngest) if turned == math.floor(age(youngest)) else float(turned)
        if reached != in_force:
            result[year] = in_force = reached
    return result


def by_birth_findings(
    file: str,
    by_birth: RetirementByBirth | None,
    rules: Mapping[str, Parameter],
    followed: bool,
) -> list[Finding]:
    """Ages by year of birth that fall, lie out of range or are stated by year as well.

    Args:
        file: the scheme file.
        by_birth: what it says.
        rules: its rules.
        followed: whether retirement is followed for the scheme.
    """
    if by_birth is None:
        return []
    lead = "retirement_age_by_birth_year"
    if not followed:
        return [
            Finding.of_setting(file, lead, None,
                               Message("no such ages, as the scheme does not cover retired"),
                               Message("They have no effect. Take them out."), severity="warning")
        ]  # fmt: skip
    findings = []
    for sex in SEXES:
        rule = f"retirement_age_{sex}"
        ages = by_birth.of(sex)
        if not ages or rule not in rules:
            continue
        if rules[rule].by_year:
            findings.append(
                Finding.of_setting(file, f"rules.{rule}.by_year", None,
                                   Message("ages either by year or by year of birth"),
                                   Message("Take one of them out."))
            )  # fmt: skip
        least, most = PAYROLL_RULES[rule]
        earlier = rules[rule].value
        for birth in sorted(ages):
            if not max(least, earlier) <= ages[birth] <= most:
                findings.append(
                    Finding.of_setting(file, f"{lead}.{sex}.{birth}", f"{ages[birth]:g}",
                                       Message("an age from %(least)s, that of those born before, "
                                               "to %(most)s", least=f"{max(least, earlier):g}",
                                               most=f"{most:g}"),
                                       Message("Correct the number."))
                )  # fmt: skip
            earlier = max(earlier, ages[birth])
    return findings


def with_ages_by_year(
    by_birth: RetirementByBirth | None, rules: Mapping[str, Parameter]
) -> dict[str, Parameter]:
    """Rules whose retirement ages stand by year, where they are given by year of birth."""
    result = dict(rules)
    for sex in SEXES if by_birth is not None else ():
        rule = f"retirement_age_{sex}"
        ages = by_birth.of(sex) if by_birth is not None else {}
        if ages and rule in result:
            by_year = ages_by_year(result[rule].value, ages)
            result[rule] = result[rule].model_copy(update={"by_year": by_year})
    return result
