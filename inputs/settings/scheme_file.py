"""The scheme file: rules, benefits, settlement, portability and packages of a scheme, declared."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationError

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.vocabulary import OLDEST_AGE, REGIMES, STATUSES
from fundpool.inputs.settings.benefits import Benefit, benefit_findings
from fundpool.inputs.settings.mistakes import findings_of
from fundpool.inputs.settings.parameters import (
    FixedShare,
    Hazard,
    Parameter,
    Part,
    Share,
    Status,
    single,
)
from fundpool.inputs.settings.retirement import (
    RetirementByBirth,
    by_birth_findings,
    with_ages_by_year,
)
from fundpool.inputs.settings.scheme_rules import (
    LIMITS_IN_MONEY,
    OPTIONAL_RULES,
    RETIREMENT_RULES,
    RULES_OF,
    optional_rules,
)
from fundpool.inputs.settings.statuses import NamedStatus, kinds_meant


class Regime(Part):
    """Settlement regime for care away from the insuring pool."""

    value: Literal["territorial", "manual", "direct"]
    by_year: dict[int, Literal["territorial", "manual", "direct"]] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


def _known_regimes(values: Mapping[str, Any], what: Message) -> None:
    missing = [regime for regime in REGIMES if regime not in values]
    if missing:
        raise ValueError(
            Message("there is no %(what)s for %(words)s", what=what, words=Listed.of(missing))
        )
    for name in values:
        if name not in REGIMES:
            raise ValueError(
                Message("%(name)s is not one of %(words)s",
                        name=repr(name), words=Listed.of(REGIMES))
            )  # fmt: skip


def _one_each(values: dict[str, float]) -> dict[str, float]:
    _known_regimes(values, Message("value"))
    if any(not 0.0 <= value <= 1.0 for value in values.values()):
        raise ValueError(Message("shares lie between 0 and 1"))
    return values


def _lags(values: dict[str, list[float]]) -> dict[str, list[float]]:
    _known_regimes(values, Message("lag pattern"))
    for regime, shares in values.items():
        if not shares or not min(shares) >= 0 or not abs(sum(shares) - 1.0) <= 1e-9:
            raise ValueError(
                Message("the shares paid by year under %(regime)s must sum to 1", regime=regime)
            )
        if len(shares) > 100:
            raise ValueError(
                Message("claims under %(regime)s are paid over more than 100 years", regime=regime)
            )
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
    offsite_penalty: Share
    lag: Lags


class Choice(Part):
    """A rule that is a word, by year from which it holds."""

    value: str
    by_year: dict[int, str] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def since(self, year: int) -> str:
        """The word in force in a year."""
        begun = [listed for listed in self.by_year if listed <= year]
        return self.by_year[max(begun)] if begun else self.value


def _one_of(words: tuple[str, ...]) -> Callable[[Choice], Choice]:
    def check(choice: Choice) -> Choice:
        for word in (choice.value, *choice.by_year.values()):
            if word not in words:
                raise ValueError(
                    Message("%(name)s is not one of %(words)s",
                            name=repr(word), words=Listed.of(words))
                )  # fmt: skip
        return choice

    return check


class Portability(Part):
    """What happens to accounts and insured time when a member moves to another territory.

    ``account``: ``transfer`` (converted by the rule ``account_conversion`` of the destination),
    ``forfeit`` (to the pooled fund left) or ``surrender`` (paid out to the member).
    ``insured_time``: ``recognised`` or ``restarts``.
    """

    account: Annotated[Choice, AfterValidator(_one_of(("transfer", "forfeit", "surrender")))]
    insured_time: Annotated[Choice, AfterValidator(_one_of(("recognised", "restarts")))]


class Enrolment(Part):
    """How people enter a scheme of its own for migrant workers.

    ``eligibility``: ``contract`` (workers with a labour contract) or ``workers`` (also those
    without an employer). ``intensity``: yearly hazard at which an eligible worker who wants the
    cover is enrolled.
    """

    eligibility: Literal["contract", "workers"]
    from_year: int = Field(ge=1900, le=2300)
    intensity: Hazard
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Package(Part):
    """A package of a tiered scheme.

    Attributes:
        services: services that it covers.
        contribution: its contribution relative to the scheme's rates.
        uptake: share of eligible workers who choose it by industry; ``other`` for those not listed.
        uptake_by_age: factor of uptake from an age on; 1 below the first.
    """

    services: list[str] = Field(min_length=1)
    contribution: Annotated[Parameter, AfterValidator(single(0.0, 100.0))]
    uptake: dict[str, float] = Field(min_length=1)
    uptake_by_age: dict[int, float] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def uptake_of(self, industries: list[str]) -> NDArray[np.float64]:
        """Uptake of each industry, ``(I,)``."""
        other = self.uptake.get("other", 0.0)
        return np.array([self.uptake.get(name, other) for name in industries])

    def age_factor(self, age: int) -> float:
        """Factor of uptake at an age."""
        begun = [first for first in self.uptake_by_age if first <= age]
        return self.uptake_by_age[max(begun)] if begun else 1.0


class SchemeFile(Part):
    """All of a scheme file."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_local: str = ""
    kind: Literal["payroll", "flat"]
    statuses_paying: list[str]
    statuses_covered: list[str]
    settlement_pool: Literal["residence", "home"]
    coordination: Literal["remaining_cost", "non_duplication", "sequential"] = "remaining_cost"
    coordination_order: Literal["local_first", "home_first"] = "local_first"
    reimbursement_quota: FixedShare | None = None
    rules: dict[str, Parameter]
    benefits: dict[str, Benefit]
    settlement: Settlement
    portability: Portability | None = None
    enrolment: Enrolment | None = None
    packages: dict[str, Package] = Field(default_factory=dict)
    retirement_age_by_birth_year: RetirementByBirth | None = None


def read_scheme(
    name: str,
    contents: Mapping[str, Any],
    services: tuple[str, ...],
    statuses: Mapping[str, NamedStatus] = MappingProxyType({}),
) -> tuple[SchemeFile | None, list[Finding]]:
    """A scheme file, or what is wrong with it; its statuses as the kinds that named ones are of."""
    file = f"schemes/{name}.toml"
    try:
        scheme = SchemeFile.model_validate(contents)
    except ValidationError as error:
        return None, findings_of(error, file, SchemeFile)
    findings: list[Finding] = []

    def report(path: str, value: object, expected: Message, mend: Message) -> None:
        shown = None if value is None else str(value)
        findings.append(Finding.of_setting(file, path, shown, expected, mend))

    if scheme.name != name:
        report(
            "name",
            scheme.name,
            Message("%(name)s, as the file is called", name=repr(name)),
            Message("Rename one of them."),
        )
    for key in ("statuses_paying", "statuses_covered"):
        for status in getattr(scheme, key):
            if status not in (*STATUSES[1:], *statuses):
                report(key, status, Message("a coverage status"),
                       did_you_mean(status, (*STATUSES[1:], *statuses)))  # fmt: skip
    scheme = scheme.model_copy(
        update={
            key: kinds_meant(getattr(scheme, key), statuses, key, report)
            for key in ("statuses_paying", "statuses_covered")
        }
    )
    if scheme.statuses_covered and not scheme.statuses_paying:
        report("statuses_paying", None, Message("a coverage status that pays"),
               Message("Add it."))  # fmt: skip
    for status in scheme.statuses_paying:
        if status not in scheme.statuses_covered:
            report("statuses_paying", status, Message("a status that the scheme covers"),
                   Message("Add it to statuses_covered."))  # fmt: skip
    ranges, optional = RULES_OF[scheme.kind], optional_rules(scheme.kind)
    in_money = {
        rule: money for money, (rule, _) in LIMITS_IN_MONEY.items() if money in scheme.rules
    }
    retired = {"retired", "retired_elsewhere"} & set(scheme.statuses_covered)
    for rule in ranges:
        if rule in in_money:
            if rule in scheme.rules:
                report(f"rules.{rule}", rule,
                       Message("one of %(rule)s and %(money)s", rule=rule, money=in_money[rule]),
                       Message("Take one of them out."))  # fmt: skip
        elif rule not in scheme.rules and (retired or rule not in RETIREMENT_RULES):
            report(
                f"rules.{rule}",
                None,
                Message("this rule of a %(kind)s scheme", kind=scheme.kind),
                Message("Add it."),
            )
    for rule, (least, most) in (ranges | optional).items():
        if rule not in scheme.rules:
            continue
        for value in (scheme.rules[rule].value, *scheme.rules[rule].by_year.values()):
            if not least <= value <= most:
                report(f"rules.{rule}", f"{value:g}",
                       Message("a number from %(least)s to %(most)s", least=f"{least:g}",
                               most=f"{most:g}"), Message("Correct the number."))  # fmt: skip
    for rule in scheme.rules:
        if rule not in ranges and rule not in optional:
            report(f"rules.{rule}", rule, Message("a rule of a %(kind)s scheme", kind=scheme.kind),
                   did_you_mean(rule, ranges | optional))  # fmt: skip
    for service in services:
        if service not in scheme.benefits:
            report(
                f"benefits.{service}",
                None,
                Message("the benefits of this service"),
                Message("Add them."),
            )
    findings += benefit_findings(file, scheme.benefits, services)
    for number, package in scheme.packages.items():
        for service in package.services:
            if service not in services:
                report(f"packages.{number}.services", service, Message("a service of case.toml"),
                       did_you_mean(service, services))  # fmt: skip
        for age, factor in package.uptake_by_age.items():
            if not 0 <= age <= OLDEST_AGE or not 0.0 <= factor <= 100.0:
                report(f"packages.{number}.uptake_by_age.{age}", f"{factor:g}",
                       Message("an age from 0 to %(oldest)s and a factor from 0 to 100",
                               oldest=OLDEST_AGE), Message("Correct the number."))  # fmt: skip
        for industry, share in package.uptake.items():
            if not 0.0 <= share <= 1.0:
                report(f"packages.{number}.uptake.{industry}", f"{share:g}",
                       Message("a share from 0 to 1"), Message("Correct the number."))  # fmt: skip
    if scheme.packages and scheme.enrolment is None:
        report("packages", None, Message("packages only in a scheme with enrolment of its own"),
               Message("Add [enrolment], or take the packages out."))  # fmt: skip
    by_birth = scheme.retirement_age_by_birth_year
    findings += by_birth_findings(file, by_birth, scheme.rules, bool(retired))
    wrong = any(finding.severity == "error" for finding in findings)
    for rule in RETIREMENT_RULES if scheme.kind == "payroll" and not retired else ():
        if rule in scheme.rules:
            findings.append(_idle(file, f"rules.{rule}"))
    pension = [f"rules.{rule}" for rule in ("pension", "pension_rate_share")
               if rule in scheme.rules]  # fmt: skip
    if scheme.kind == "flat" or not retired:
        idle = [f"rules.{rule}" for rule in OPTIONAL_RULES if rule in scheme.rules]
        idle += ["portability"] if scheme.portability is not None else []
        findings += [_idle(file, path) for path in idle if path not in pension]
    if not scheme.statuses_covered:
        findings += [
            Finding.of_setting(file, f"rules.{rule}", None,
                               Message("0, as the fund insures nobody"),
                               Message("It has no effect. Set it to 0; what is paid into the fund "
                                       "stands in the table subsidies."), severity="warning")
            for rule in ("premium", "subsidy", "administration_a_head")
            if rule in scheme.rules
            and any((scheme.rules[rule].value, *scheme.rules[rule].by_year.values()))
        ]  # fmt: skip
    if not {"retired", "retired_elsewhere"} & set(scheme.statuses_paying):
        findings += [_without_payers(file, path) for path in pension]
    elif "rules.pension_rate_share" in pension and "pension" not in scheme.rules:
        report("rules.pension", None, Message("the mean pension of those who pay on it"),
               Message("Add it."))  # fmt: skip
        wrong = True
    if wrong:
        return None, findings
    rules = with_ages_by_year(by_birth, scheme.rules)
    return scheme.model_copy(update={"rules": rules}), findings


def _without_payers(file: str, path: str) -> Finding:
    return Finding.of_setting(file, path, None,
                              Message("no such rule, as retired members pay nothing"),
                              Message("Add retired to statuses_paying, or take it out."),
                              severity="warning")  # fmt: skip


def _idle(file: str, path: str) -> Finding:
    return Finding.of_setting(file, path, None,
                              Message("no such rule, as the scheme does not cover retired"),
                              Message("Retirement and accounts are followed for the scheme that "
                                      "does: it has no effect. Take it out."),
                              severity="warning")  # fmt: skip
