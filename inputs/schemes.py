"""Schemes: who is covered, what is paid in, what is paid out, by region and year.

A scheme file gives rules for the whole case; the table ``scheme_rules`` overrides them for a
region, and all that lies in it, from a year on. The nearest region up the tree wins.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationError

from actuarial.benefits import BenefitFormula
from inputs.findings import Finding, did_you_mean
from inputs.regions import RegionTree
from inputs.settings import Parameter, Part, Status, findings_of
from inputs.vocabulary import REGIMES, STATUSES

PAYROLL_RULES = {
    "employer_rate": (0.0, 1.0),
    "employee_rate": (0.0, 1.0),
    "base_floor": (0.0, 10.0),
    "base_ceiling": (0.0, 100.0),
    "compliance": (0.0, 1.0),
    "account_share": (0.0, 1.0),
    "retiree_account_credit": (0.0, 1e9),
    "retirement_age_male": (30.0, 99.0),
    "retirement_age_female": (30.0, 99.0),
    "min_credited_years_male": (0.0, 60.0),
    "min_credited_years_female": (0.0, 60.0),
    "administration": (0.0, 1.0),
    "account_spending": (0.0, 1.0),
}
FLAT_RULES = {"premium": (0.0, 1e9), "subsidy": (0.0, 1e9), "administration": (0.0, 1.0)}
BENEFIT_RULES = {"deductible": (0.0, 1e12), "ceiling": (0.0, float("inf")), "rate": (0.0, 1.0)}
RULES_OF = {"payroll": PAYROLL_RULES, "flat": FLAT_RULES}
"""Rules that a scheme of each kind must have, with their range."""


class Benefit(Part):
    """Benefit formula of one service, per claim, in base-year money."""

    deductible: float = Field(ge=0)
    bands: list[tuple[float, float]] = Field(min_length=1)
    ceiling: float = Field(ge=0)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Regime(Part):
    """Settlement regime for care away from the insuring pool."""

    value: Literal["territorial", "manual", "direct"]
    by_year: dict[int, Literal["territorial", "manual", "direct"]] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


def _one_each(values: dict[str, float]) -> dict[str, float]:
    missing = [regime for regime in REGIMES if regime not in values]
    if missing:
        raise ValueError(f"there is no value for {', '.join(missing)}")
    if any(not 0.0 <= value <= 1.0 for value in values.values()):
        raise ValueError("shares lie between 0 and 1")
    return values


def _lags(values: dict[str, list[float]]) -> dict[str, list[float]]:
    missing = [regime for regime in REGIMES if regime not in values]
    if missing:
        raise ValueError(f"there is no lag pattern for {', '.join(missing)}")
    for regime, shares in values.items():
        if not shares or min(shares) < 0 or abs(sum(shares) - 1.0) > 1e-9:
            raise ValueError(f"the shares paid by year under {regime} must sum to 1")
    return values


class ByRegime(Part):
    """A share for every settlement regime."""

    values: Annotated[dict[str, float], AfterValidator(_one_each)]
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Lags(Part):
    """Shares of a year's claims paid in that year, the next, ... for every regime."""

    values: Annotated[dict[str, list[float]], AfterValidator(_lags)]
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Settlement(Part):
    """How care away from the insuring pool is settled."""

    regime: Regime
    share_claimed: ByRegime
    offsite_penalty: Parameter
    lag: Lags


class SchemeFile(Part):
    """All of a scheme file."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_local: str = ""
    kind: Literal["payroll", "flat"]
    statuses_paying: list[str] = Field(min_length=1)
    statuses_covered: list[str] = Field(min_length=1)
    settlement_pool: Literal["residence", "home"]
    coordination: Literal["remaining_cost", "non_duplication", "sequential"] = "remaining_cost"
    rules: dict[str, Parameter]
    benefits: dict[str, Benefit]
    settlement: Settlement


Overrides = dict[tuple[str, str], dict[str, list[tuple[int, float]]]]
"""(rule, service) -> region -> (year, value), ascending."""


@dataclass(frozen=True)
class Scheme:
    """A scheme with its regional rules.

    Attributes:
        file: contents of the scheme file.
        overrides: rules of regions, from the table ``scheme_rules``.
        regions: the region tree.
    """

    file: SchemeFile
    overrides: Overrides = field(repr=False)
    regions: RegionTree = field(repr=False)

    @property
    def name(self) -> str:
        """Short name."""
        return self.file.name

    @property
    def title(self) -> str:
        """Name for readers."""
        return self.file.title

    @property
    def kind(self) -> str:
        """``payroll`` or ``flat``."""
        return self.file.kind

    @property
    def statuses_paying(self) -> tuple[str, ...]:
        """Coverage statuses that pay contributions."""
        return tuple(self.file.statuses_paying)

    @property
    def statuses_covered(self) -> tuple[str, ...]:
        """Coverage statuses whose care the scheme pays."""
        return tuple(self.file.statuses_covered)

    @property
    def settlement_pool(self) -> str:
        """Pool that holds dual members: ``residence`` pays first, ``home`` second."""
        return self.file.settlement_pool

    @property
    def coordination(self) -> str:
        """How it pays beside another scheme."""
        return self.file.coordination

    def rule(self, rule: str, region: str | None, year: int, service: str | None = None) -> float:
        """A rule in force in a region (None: the scheme's own) and year.

        Raises:
            KeyError: the scheme has no such rule.
        """
        found = self._override(rule, region, year, service)
        return self.file.rules[rule].since(year) if found is None else found

    def _override(
        self, rule: str, region: str | None, year: int, service: str | None
    ) -> float | None:
        listed = self.overrides.get((rule, service or ""))
        if not listed or region is None:
            return None
        for code in self.regions.lineage(region):
            begun = [value for since, value in listed.get(code, []) if since <= year]
            if begun:
                return begun[-1]
        return None

    def rule_array(self, rule: str, regions: RegionTree, year: int) -> NDArray[np.float64]:
        """A rule by county, ``(n,)``."""
        if (rule, "") not in self.overrides:
            return np.full(len(regions.codes), self.rule(rule, None, year))
        return np.array([self.rule(rule, code, year) for code in regions.codes])

    def benefit(self, service: str, region: str, year: int) -> BenefitFormula:
        """Benefit formula of a service in a region and year, in base-year money."""
        own = self.file.benefits[service]
        values = {rule: self._override(rule, region, year, service) for rule in BENEFIT_RULES}
        formula = BenefitFormula(
            deductible=own.deductible if values["deductible"] is None else values["deductible"],
            bands=tuple((start, rate) for start, rate in own.bands),
            ceiling=own.ceiling if values["ceiling"] is None else values["ceiling"],
        )
        return formula if values["rate"] is None else formula.with_rate(values["rate"])

    def benefit_signature(self, year: int) -> Hashable:
        """Something that changes exactly when a rule of paying for care changes."""
        in_force = tuple(
            (key, region, begun[-1])
            for key, listed in sorted(self.overrides.items())
            if key[0] in BENEFIT_RULES
            for region, steps in sorted(listed.items())
            if (begun := [value for since, value in steps if since <= year])
        )
        return (self.regime(year), self.offsite_penalty(year), in_force)

    def regime(self, year: int) -> str:
        """Settlement regime in force in a year."""
        regime = self.file.settlement.regime
        begun = [listed for listed in regime.by_year if listed <= year]
        return regime.by_year[max(begun)] if begun else regime.value

    def share_claimed(self, regime: str) -> float:
        """Share of payments for off-site care that is ever claimed."""
        return self.file.settlement.share_claimed.values[regime]

    def offsite_penalty(self, year: int) -> float:
        """Points off the reimbursement rate of off-site care."""
        return self.file.settlement.offsite_penalty.since(year)

    def lag(self, regime: str) -> tuple[float, ...]:
        """Shares of claims paid in the year of care, the next, ..."""
        return tuple(self.file.settlement.lag.values[regime])


def read_scheme(
    name: str, contents: Mapping[str, Any], services: tuple[str, ...]
) -> tuple[SchemeFile | None, list[Finding]]:
    """A scheme file, or what is wrong with it."""
    file = f"schemes/{name}.toml"
    try:
        scheme = SchemeFile.model_validate(contents)
    except ValidationError as error:
        return None, findings_of(error, file, SchemeFile)
    findings: list[Finding] = []

    def report(path: str, value: object, expected: str, mend: str) -> None:
        shown = None if value is None else str(value)
        findings.append(Finding(file, None, path, shown, expected, mend))

    if scheme.name != name:
        report("name", scheme.name, f"{name!r}, as the file is called", "Rename one of them.")
    for key in ("statuses_paying", "statuses_covered"):
        for status in getattr(scheme, key):
            if status not in STATUSES or status == "none":
                report(key, status, "a coverage status", did_you_mean(status, STATUSES[1:]))
    for status in scheme.statuses_paying:
        if status not in scheme.statuses_covered:
            report("statuses_paying", status, "a status that the scheme covers",
                   "Add it to statuses_covered.")  # fmt: skip
    ranges = RULES_OF[scheme.kind]
    for rule, (least, most) in ranges.items():
        if rule not in scheme.rules:
            report(f"rules.{rule}", None, f"this rule of a {scheme.kind} scheme", "Add it.")
            continue
        parameter = scheme.rules[rule]
        for value in (parameter.value, *parameter.by_year.values()):
            if not least <= value <= most:
                report(f"rules.{rule}", f"{value:g}", f"a number from {least:g} to {most:g}",
                       "Correct the number.")  # fmt: skip
    for rule in scheme.rules:
        if rule not in ranges:
            report(f"rules.{rule}", rule, f"a rule of a {scheme.kind} scheme",
                   did_you_mean(rule, ranges))  # fmt: skip
    for service in services:
        if service not in scheme.benefits:
            report(f"benefits.{service}", None, "the benefits of this service", "Add them.")
    for service, benefit in scheme.benefits.items():
        if service not in services:
            report(f"benefits.{service}", service, "a service of case.toml",
                   did_you_mean(service, services))  # fmt: skip
        try:
            BenefitFormula(benefit.deductible, tuple(benefit.bands), benefit.ceiling)
        except ValueError as error:
            report(f"benefits.{service}", None, "a benefit formula", f"{error}.".capitalize())
    return (None if findings else scheme), findings


def scheme_overrides(table: pd.DataFrame | None, scheme: str) -> Overrides:
    """Regional rules of a scheme from the table ``scheme_rules``."""
    result: Overrides = {}
    if table is None:
        return result
    own = table[table["scheme"] == scheme].sort_values("year", kind="stable")
    for rule, service, region, year, value in zip(
        own["rule"], own["service"], own["region"], own["year"], own["value"], strict=True
    ):
        steps = result.setdefault((rule, service), {}).setdefault(region, [])
        steps.append((int(year), float(value)))
    return result


def override_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str
) -> list[Finding]:
    """Rows of ``scheme_rules`` that name no rule or lie out of its range."""
    findings = []
    rows = zip(table["scheme"], table["rule"], table["service"], table["value"], strict=True)
    for number, (scheme, rule, service, value) in enumerate(rows, start=2):
        if scheme not in schemes:
            continue
        ranges = RULES_OF[schemes[scheme].kind]
        known = {**ranges, **BENEFIT_RULES}
        if rule not in known:
            findings.append(
                Finding(file, number, "rule", rule, f"a rule of {scheme}",
                        did_you_mean(rule, known))
            )  # fmt: skip
            continue
        if (rule in BENEFIT_RULES) != bool(service):
            expected = "a service" if rule in BENEFIT_RULES else "no service"
            findings.append(
                Finding(file, number, "service", service, f"{expected} for the rule {rule}",
                        "Fill the cell." if rule in BENEFIT_RULES else "Empty the cell.")
            )  # fmt: skip
        least, most = known[rule]
        if not least <= value <= most:
            findings.append(
                Finding(file, number, "value", f"{value:g}",
                        f"a number from {least:g} to {most:g}", "Correct the number.")
            )  # fmt: skip
        if rule.startswith("retirement_age"):
            findings.append(
                Finding(file, number, "rule", rule, "a rule that may differ between regions",
                        "Set retirement ages in the scheme file, with by_year where they change.")
            )  # fmt: skip
    return findings
