"""Members who pay in their own way: income classes, and those who choose for themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import AGES
from fundpool.inputs.settings.scheme_file import SchemeFile

OWN_RULES = ("own_rate", "own_base")
"""Rules that say what members pay who choose rate and base themselves."""


@dataclass(frozen=True)
class IncomeClass:
    """A class of the members of a flat scheme.

    Attributes:
        share: share of the members who pay.
        premium, subsidy: over the premium and the subsidy of the scheme.
        income: mean income over disposable income a head.
    """

    share: float
    premium: float
    subsidy: float
    income: float


IncomeClasses = Mapping[str, tuple[tuple[int, tuple[IncomeClass, ...]], ...]]
"""Region -> year from which, and the classes, ascending."""

OwnChoice = Mapping[str, tuple[float, ...]]
"""Region -> share of paying members by age, ``(101,)``, who choose rate and base themselves."""


def income_classes_of(table: pd.DataFrame | None, scheme: str) -> IncomeClasses:
    """Income classes of a scheme from the table ``income_classes``."""
    if table is None or table.empty:
        return {}
    result: dict[str, list[tuple[int, tuple[IncomeClass, ...]]]] = {}
    rows = table[table["scheme"] == scheme].sort_values("year", kind="stable")
    for key, listed in rows.groupby(["region", "year"], sort=False):
        region, year = str(key[0]), int(listed["year"].iloc[0])
        columns = (listed[name].astype(float) for name in ("share", "premium", "subsidy"))
        income = listed["income"].astype(float).fillna(1.0)
        classes = tuple(IncomeClass(*each) for each in zip(*columns, income, strict=True))
        result.setdefault(region, []).append((year, classes))
    return {region: tuple(steps) for region, steps in result.items()}


def classes_in_force(
    classes: IncomeClasses, lineage: tuple[str, ...], year: int
) -> tuple[IncomeClass, ...]:
    """Classes of a region in a year, given with all that it lies in; none where none are listed."""
    for code in lineage:
        begun = [step for step in classes.get(code, ()) if step[0] <= year]
        if begun:
            return begun[-1][1]
    return ()


def own_choice_of(table: pd.DataFrame | None, scheme: str) -> OwnChoice:
    """Who chooses rate and base for themselves, from the table ``own_choice``."""
    if table is None or table.empty:
        return {}
    shares: dict[str, NDArray[np.float64]] = {}
    rows = table[table["scheme"] == scheme]
    columns = (rows[name] for name in ("region", "age_from", "age_to", "share"))
    for region, first, last, share in zip(*columns, strict=True):
        shares.setdefault(str(region), np.zeros(AGES))[int(first) : int(last) + 1] = share
    return {region: tuple(by_age.tolist()) for region, by_age in shares.items()}


def income_class_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str, first: int
) -> Iterator[Finding]:
    """Classes of a scheme without premium, and factors of what the scheme does not have."""
    columns = (table[name] for name in ("scheme", "subsidy", "income"))
    for row, (name, subsidy, income) in enumerate(zip(*columns, strict=True), start=first):
        if name not in schemes:
            continue
        scheme = schemes[name]
        if scheme.kind != "flat":
            yield Finding(file, row, "scheme", str(name),
                          Message("a flat scheme, which has premiums"),
                          Message("Take the row out."))  # fmt: skip
            continue
        if pd.notna(income) and "premium_income_limit" not in scheme.rules:
            yield Finding(file, row, "income", f"{income:g}",
                          Message("the rule %(rule)s, which it is for",
                                  rule="premium_income_limit"),
                          Message("It has no effect. Add the rule to the scheme file, or empty the "
                                  "cell."), severity="warning")  # fmt: skip
        rule = scheme.rules["subsidy"]
        if subsidy != 1.0 and not rule.value and not any(rule.by_year.values()):
            yield Finding(file, row, "subsidy", f"{subsidy:g}",
                          Message("a subsidy of the scheme that it multiplies"),
                          Message("The scheme's subsidy is 0. Give it one that the classes share, "
                                  "or write 1."), severity="warning")  # fmt: skip


def own_choice_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str, first: int
) -> Iterator[Finding]:
    """Bands of ages that are turned round or overlap, and schemes without the rules for them."""
    taken: dict[tuple[str, str], list[tuple[int, int]]] = {}
    columns = (table[name] for name in ("scheme", "region", "age_from", "age_to"))
    for row, (name, region, low, high) in enumerate(zip(*columns, strict=True), start=first):
        if name not in schemes:
            continue
        if schemes[name].kind != "payroll":
            yield Finding(file, row, "scheme", str(name),
                          Message("a payroll scheme, which has a rate and a base"),
                          Message("Take the row out."))  # fmt: skip
            continue
        for rule in OWN_RULES:
            if rule not in schemes[name].rules:
                yield Finding(file, row, "scheme", str(name),
                              Message("the rule %(rule)s in the scheme file", rule=rule),
                              Message("Add it."))  # fmt: skip
        if high < low:
            yield Finding(file, row, "age_to", str(high),
                          Message("at least the first age, %(age)s", age=int(low)),
                          Message("Correct the number."))  # fmt: skip
            continue
        others = taken.setdefault((str(name), str(region)), [])
        if any(low <= other_high and high >= other_low for other_low, other_high in others):
            yield Finding(file, row, "age_from", str(low),
                          Message("an age that no other row covers"),
                          Message("Let every age stand in one band."))  # fmt: skip
        others.append((int(low), int(high)))


def own_rule_findings(
    table: pd.DataFrame | None, schemes: Mapping[str, SchemeFile]
) -> Iterator[Finding]:
    """Rules for members who choose themselves in a scheme in which nobody does."""
    for name, scheme in schemes.items():
        if own_choice_of(table, name):
            continue
        for rule in OWN_RULES:
            if rule in scheme.rules:
                yield Finding.of_setting(f"schemes/{name}.toml", f"rules.{rule}", None,
                                         Message("members in the table %(table)s whom it is for",
                                                 table="own_choice"),
                                         Message("It has no effect. Add them, or take it out."),
                                         severity="warning")  # fmt: skip


def limited_premium_findings(
    premium_ages: pd.DataFrame | None, schemes: Mapping[str, SchemeFile]
) -> Iterator[Finding]:
    """Premiums limited by income in a scheme whose premiums differ by age."""
    by_age = set() if premium_ages is None else set(premium_ages["scheme"])
    for name, scheme in schemes.items():
        if "premium_income_limit" in scheme.rules and name in by_age:
            yield Finding.of_setting(f"schemes/{name}.toml", "rules.premium_income_limit", None,
                                     Message("premiums that are the same at every age"),
                                     Message("Take the scheme out of premium_ages, or the limit "
                                             "out."))  # fmt: skip
