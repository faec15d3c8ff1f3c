"""case.toml: what a case is called, its levels and services, and its assumptions.

Every assumption is a parameter with a value, a unit, a source and a status.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from inputs.findings import Finding, did_you_mean
from inputs.vocabulary import DRIVERS

Status = Literal["published", "derived", "assumed"]


class Part(BaseModel):
    """A part of a settings file: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)


class Parameter(Part):
    """One assumption.

    Attributes:
        value: what holds unless a year is listed.
        by_year: values of single years.
        unit, source, status, note: where it comes from.
    """

    value: float
    by_year: dict[int, float] = Field(default_factory=dict)
    unit: str = ""
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def at(self, year: int | None) -> float:
        """The value of a year: the year's own if listed, else ``value``."""
        return self.value if year is None else self.by_year.get(year, self.value)

    def since(self, year: int | None) -> float:
        """The value in force: that of the latest listed year not after ``year``."""
        begun = [listed for listed in self.by_year if year is not None and listed <= year]
        return self.by_year[max(begun)] if begun else self.value


def _between(least: float, most: float) -> Callable[[Parameter], Parameter]:
    def check(parameter: Parameter) -> Parameter:
        for number in (parameter.value, *parameter.by_year.values()):
            if not least <= number <= most:
                raise ValueError(f"{number:g} is not a number from {least:g} to {most:g}")
        return parameter

    return check


Growth = Annotated[Parameter, AfterValidator(_between(-0.5, 1.0))]
Share = Annotated[Parameter, AfterValidator(_between(0.0, 1.0))]
Hazard = Annotated[Parameter, AfterValidator(_between(0.0, 20.0))]
Years = Annotated[Parameter, AfterValidator(_between(0.01, 100.0))]
Count = Annotated[Parameter, AfterValidator(_between(0.0, 1200.0))]


class Economy(Part):
    """Growth of wages, prices and premiums, and what a fund's money earns."""

    wage_growth: Growth
    medical_inflation: Growth
    interest: Growth
    consumer_inflation: Growth
    premium_growth: Growth


class Schedule(Part):
    """Model migration schedule (Rogers and Castro, 1981), seven parameters."""

    a1: float = Field(ge=0)
    alpha1: float = Field(ge=0)
    a2: float = Field(ge=0)
    mu2: float = Field(ge=0, le=100)
    alpha2: float = Field(ge=0)
    lambda2: float = Field(gt=0)
    c: float = Field(ge=0)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Mobility(Part):
    """How people move."""

    schedule: Schedule
    child_accompanies: Share
    out_migration_growth: Growth
    in_migration_growth: Growth
    slack_season_share: Share


class Coverage(Part):
    """How people change their cover."""

    turnover_share_remaining: Annotated[Parameter, AfterValidator(_between(0.001, 1.0))]
    turnover_years: Years
    stayer_turnover_relativity: Hazard
    resident_lapse_rate: Hazard
    local_resident_lapse_rate: Hazard
    dual_lapse_rate: Hazard
    employee_enrolment_growth: Growth
    newborn_enrolment: Share
    working_age_from: Annotated[Parameter, AfterValidator(_between(10, 30))]
    employee_kept_on_move: Share
    fallback_resident: Share
    credited_density: Share
    credited_cv: Annotated[Parameter, AfterValidator(_between(0.0, 5.0))]
    prior_credit_share: Share


class Solvency(Part):
    """What counts as solvent."""

    target_reserve_months: Count
    alert_years: Years
    horizon: Years


class ByLevel(Part):
    """A number for some levels of the region tree."""

    values: dict[str, float]
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def value_of(self, level: str) -> float:
        """The number of a level; 0 where none is given."""
        return self.values.get(level, 0.0)


class Pooling(Part):
    """What pooling itself changes."""

    moral_hazard: ByLevel
    moral_hazard_published: ByLevel


def _by_driver(least: float, most: float) -> Callable[[dict[str, float]], dict[str, float]]:
    def check(values: dict[str, float]) -> dict[str, float]:
        for name, number in values.items():
            for driver in name.split(":"):
                if driver not in DRIVERS:
                    raise ValueError(f"{driver!r} is not a driver: {', '.join(DRIVERS)}")
            if not least <= number <= most:
                raise ValueError(f"{name}: {number:g} is not a number from {least:g} to {most:g}")
        return values

    return check


class _Sourced(Part):
    unit: str = ""
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Volatilities(_Sourced):
    """Standard deviation of the yearly innovation of each driver; 0 where none is given."""

    values: Annotated[dict[str, float], AfterValidator(_by_driver(0.0, 1.0))]


class DriverLinks(_Sourced):
    """A number for single drivers, or for pairs of them written ``one:other``."""

    values: Annotated[dict[str, float], AfterValidator(_by_driver(-0.999, 0.999))]


class Catastrophe(_Sourced):
    """A kind of event that strikes some regions in some years.

    Attributes:
        yearly_rate: expected events a year in each region of the level ``reach``.
        reach: level of the region tree that one event strikes as a whole.
        years: how many years its effects last.
        claims, wages, participation: mean relative change in these years.
        variation: coefficient of variation of an event's size.
    """

    yearly_rate: float = Field(ge=0, le=5)
    reach: str
    years: int = Field(default=1, ge=1, le=30)
    claims: float = Field(default=0.0, ge=0, le=5)
    wages: float = Field(default=0.0, ge=-0.5, le=0.5)
    participation: float = Field(default=0.0, ge=-0.5, le=0.5)
    variation: float = Field(default=0.0, ge=0, le=3)


class Scenarios(Part):
    """How scenarios differ from the central path.

    Attributes:
        volatility: of the drivers' yearly innovations.
        persistence: coefficients of the vector autoregression: ``driver`` on its own value of the
            year before, ``driver:other`` on another's.
        correlation: of the innovations, ``one:other``.
        premium_follows_wages: share of a wage deviation that flat premiums and subsidies follow.
        interest_floor: lowest interest rate.
        claims_overdispersion: variance of a county's yearly claim frequency beyond Poisson.
        ruin_target: ruin probability at which required reserves are stated.
        catastrophes: kinds of events by name.
    """

    volatility: Volatilities
    persistence: DriverLinks
    correlation: DriverLinks
    premium_follows_wages: Share
    interest_floor: Growth
    claims_overdispersion: Share
    ruin_target: Annotated[Parameter, AfterValidator(_between(0.0001, 0.5))]
    catastrophes: dict[str, Catastrophe] = Field(default_factory=dict)


def persistence_matrix(scenarios: Scenarios) -> np.ndarray:
    """Coefficients of the vector autoregression, ``(6, 6)``; a row is the driver explained."""
    matrix = np.zeros((len(DRIVERS), len(DRIVERS)))
    for name, value in scenarios.persistence.values.items():
        one, _, other = name.partition(":")
        matrix[DRIVERS.index(one), DRIVERS.index(other or one)] = value
    return matrix


def correlation_matrix(scenarios: Scenarios) -> np.ndarray:
    """Correlation of the innovations, ``(6, 6)``; zero where none is given."""
    matrix = np.eye(len(DRIVERS))
    for name, value in scenarios.correlation.values.items():
        one, _, other = name.partition(":")
        i, j = DRIVERS.index(one), DRIVERS.index(other or one)
        if i != j:
            matrix[i, j] = matrix[j, i] = value
    return matrix


class TableSource(Part):
    """Where a table comes from unless its rows say otherwise."""

    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class Settings(Part):
    """All of case.toml."""

    schema_version: Literal[1]
    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_local: str = ""
    base_year: int = Field(ge=1900, le=2200)
    currency: str = Field(min_length=1)
    levels: list[str] = Field(min_length=1)
    schemes: list[str] = Field(min_length=1)
    services: list[str] = Field(min_length=1)
    economy: Economy
    mobility: Mobility
    coverage: Coverage
    solvency: Solvency
    pooling: Pooling
    scenarios: Scenarios | None = None
    tables: dict[str, TableSource]


def read_settings(
    contents: Mapping[str, Any], file: str = "case.toml"
) -> tuple[Settings | None, list[Finding]]:
    """Settings from the contents of case.toml, or what is wrong with them."""
    try:
        settings = Settings.model_validate(contents)
    except ValidationError as error:
        return None, findings_of(error, file, Settings)
    findings = []
    for key in ("levels", "schemes", "services"):
        words = getattr(settings, key)
        for word in sorted({w for w in words if words.count(w) > 1}):
            findings.append(Finding(file, None, key, word, "each name once", "Remove one."))
    for kind in ("moral_hazard", "moral_hazard_published"):
        for level in getattr(settings.pooling, kind).values:
            if level not in settings.levels:
                findings.append(
                    Finding(file, None, f"pooling.{kind}.values.{level}", level,
                            "a level of the case", did_you_mean(level, settings.levels))
                )  # fmt: skip
    if settings.scenarios is not None:
        findings += _scenario_findings(settings.scenarios, settings.levels, file)
    return (None if findings else settings), findings


def _scenario_findings(scenarios: Scenarios, levels: list[str], file: str) -> list[Finding]:
    findings = []
    if np.linalg.eigvalsh(correlation_matrix(scenarios)).min() <= 0:
        findings.append(
            Finding(file, None, "scenarios.correlation.values", None,
                    "correlations that can hold together (a positive definite matrix)",
                    "Bring them nearer to zero.")
        )  # fmt: skip
    if np.abs(np.linalg.eigvals(persistence_matrix(scenarios))).max() >= 1:
        findings.append(
            Finding(file, None, "scenarios.persistence.values", None,
                    "deviations that die out (every eigenvalue below 1)",
                    "Bring the coefficients nearer to zero.")
        )  # fmt: skip
    for name, kind in scenarios.catastrophes.items():
        if kind.reach not in levels:
            findings.append(
                Finding(file, None, f"scenarios.catastrophes.{name}.reach", kind.reach,
                        "a level of the case", did_you_mean(kind.reach, levels))
            )  # fmt: skip
    return findings


def findings_of(error: ValidationError, file: str, model: type[BaseModel]) -> list[Finding]:
    """The mistakes that a settings model found, as findings."""
    findings = []
    for item in error.errors(include_url=False):
        path = ".".join(str(part) for part in item["loc"])
        kind = item["type"]
        if kind == "missing":
            findings.append(Finding(file, None, path, None, "this setting", "Add it."))
        elif kind == "extra_forbidden":
            known = _known_keys(model, item["loc"][:-1])
            findings.append(
                Finding(file, None, path, str(item["loc"][-1]), "a known setting",
                        did_you_mean(str(item["loc"][-1]), known))
            )  # fmt: skip
        else:
            shown = item["input"]
            value = None if isinstance(shown, dict | list) or "Parameter" in repr(shown) else shown
            words = item["msg"].removeprefix("Value error, ")
            findings.append(
                Finding(file, None, path, None if value is None else str(value),
                        _expectation(kind, item), f"{words[0].upper()}{words[1:]}.")
            )  # fmt: skip
    return findings


def _expectation(kind: str, item: Any) -> str:
    context = item.get("ctx", {})
    if kind == "literal_error":
        return f"one of {context['expected']}"
    if kind.startswith(("float", "int")):
        return "a number"
    if kind == "value_error":
        return "a number in range"
    if kind in ("dict_type", "model_type"):
        return "a table with value, unit, source and status"
    return "a fitting value"


def _known_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Keys that a part of a settings model knows."""
    here: Any = model
    for part in path:
        field = getattr(here, "model_fields", {}).get(part)
        if field is None:
            return []
        here = field.annotation
    return list(getattr(here, "model_fields", {}))
