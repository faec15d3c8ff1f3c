"""What is wrong with the rules of schemes by region: names, ranges, limits of the base."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.rules.schemes import Scheme
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.scheme_rules import (
    BENEFIT_RULES,
    LIMITS_IN_MONEY,
    OWN_CHOICE_RULES,
    PREMIUM_LIMIT,
    RULES_OF,
    optional_rules,
)


def override_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str
) -> list[Finding]:
    """Rows of ``scheme_rules`` that name no rule or lie out of its range."""
    findings = []
    rows = zip(table["scheme"], table["rule"], table["service"], table["value"], strict=True)
    for row, (scheme, rule, service, value) in enumerate(rows, start=2):
        if scheme not in schemes:
            continue
        ranges = RULES_OF[schemes[scheme].kind]
        known = {**ranges, **BENEFIT_RULES, **optional_rules(schemes[scheme].kind)}
        if rule not in known:
            findings.append(
                Finding(file, row, "rule", rule, Message("a rule of %(scheme)s", scheme=scheme),
                        did_you_mean(rule, known))
            )  # fmt: skip
            continue
        if (rule in BENEFIT_RULES) != bool(service):
            expected = (
                Message("a service for the rule %(rule)s", rule=rule) if rule in BENEFIT_RULES
                else Message("no service for the rule %(rule)s", rule=rule)
            )  # fmt: skip
            findings.append(
                Finding(file, row, "service", service, expected,
                        Message("Fill the cell.") if rule in BENEFIT_RULES
                        else Message("Empty the cell."))
            )  # fmt: skip
        benefit = schemes[scheme].benefits.get(service)
        if benefit is not None and benefit.shared_with:
            findings.append(
                Finding(file, row, "service", service,
                        Message("%(service)s, with which it shares a year's rule",
                                service=benefit.shared_with), Message("Correct the cell."))
            )  # fmt: skip
        least, most = known[rule]
        if not least <= value <= most:
            findings.append(
                Finding(file, row, "value", f"{value:g}",
                        Message("a number from %(least)s to %(most)s", least=f"{least:g}",
                                most=f"{most:g}"), Message("Correct the number."))
            )  # fmt: skip
        if asked := _given_otherwise(rule, schemes[scheme]):
            findings.append(
                Finding(file, row, "rule", rule,
                        Message("%(rule)s, as in the scheme file", rule=asked),
                        Message("Give the rule in the same terms in both."))
            )  # fmt: skip
        if rule.startswith("retirement_age"):
            findings.append(
                Finding(file, row, "rule", rule, Message("a rule that may differ between regions"),
                        Message("Set retirement ages in the scheme file, with by_year where they "
                                "change."))
            )  # fmt: skip
    return findings


def _given_otherwise(rule: str, scheme: SchemeFile) -> str:
    """What the scheme file gives in place of a rule that takes two forms; "" if it gives that."""
    if rule in ("pension", "pension_rate_share") and "pension" not in scheme.rules:
        return "pension"
    if rule in (*OWN_CHOICE_RULES, *PREMIUM_LIMIT) and rule not in scheme.rules:
        return rule
    for money, (multiple, _) in LIMITS_IN_MONEY.items():
        given = money if money in scheme.rules else multiple
        if rule in (money, multiple) and rule != given:
            return given
    return ""


def base_findings(
    schemes: Iterable[Scheme], base_year: int, economy: pd.DataFrame, file: str = ""
) -> list[Finding]:
    """Contribution bases whose floor lies above their ceiling, in a region and year.

    Args:
        schemes: the schemes with their regional rules.
        base_year: first year looked at; later ones are those from which a rule changes, and all
            that a projection may have where a limit is in money.
        economy: the table of that name, for mean wages.
        file: where the change stands; the scheme file unless given.
    """
    findings = []
    limits = ("base_floor", "base_ceiling")
    for scheme in schemes:
        if scheme.kind != "payroll":
            continue
        order = [scheme.regions.index(code) for code in economy["region"]]
        wages = np.ones(len(scheme.regions.codes))
        wages[order] = economy["contribution_wage"].to_numpy(dtype=float)
        years = {base_year}
        for rule in limits:
            if rule not in scheme.file.rules:
                years |= set(scheme.growth["base_limit_growth"])
                continue
            years |= {year for year in scheme.file.rules[rule].by_year if year > base_year}
            for steps in scheme.overrides.get((rule, ""), {}).values():
                years |= {year for year, _ in steps if year > base_year}
        for year in sorted(years):
            floor, ceiling = (
                scheme.base_limit(rule, scheme.regions, year, wages) for rule in limits
            )
            wrong = np.flatnonzero(floor > ceiling)
            if wrong.size:
                code = scheme.regions.codes[int(wrong[0])]
                given = limits[0] if limits[0] in scheme.file.rules else f"{limits[0]}_money"
                findings.append(
                    Finding.of_setting(file or f"schemes/{scheme.name}.toml",
                                       f"rules.{given}",
                                       f"{floor[wrong[0]]:g}",
                                       Message("at most the ceiling, %(ceiling)s in %(code)s in "
                                               "%(year)s", ceiling=f"{ceiling[wrong[0]]:g}",
                                               code=code, year=year),
                                       Message("Lower the floor or raise the ceiling, here or in "
                                               "scheme_rules."))
                )  # fmt: skip
                break
    return findings
