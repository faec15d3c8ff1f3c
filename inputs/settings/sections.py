"""case.toml: what a case is called, its levels and services, and its assumptions.

Every assumption is a parameter with a value, a unit, a source and a status.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
)

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.inputs.settings.mistakes import findings_of
from fundpool.inputs.settings.optimiser import Optimiser, optimiser_findings
from fundpool.inputs.settings.parameters import (
    Count,
    FixedShare,
    Growth,
    Hazard,
    Parameter,
    Part,
    Share,
    Status,
    WholeYears,
    Years,
    between,
    single,
    whole,
)
from fundpool.inputs.settings.pooling import Pooling, pooling_findings
from fundpool.inputs.settings.report import FormalParts
from fundpool.inputs.settings.scenarios import Scenarios, scenario_findings
from fundpool.inputs.settings.statuses import NamedStatus, named_status_findings


class Economy(Part):
    """Growth of wages, prices and premiums, and what a fund's money earns.

    ``base_limit_growth``: indexation of a floor or ceiling of the contribution base that is given
    as money; with wages where it is left out.
    """

    wage_growth: Growth
    medical_inflation: Growth
    interest: Growth
    consumer_inflation: Growth
    premium_growth: Growth
    base_limit_growth: Growth | None = None


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

    turnover_share_remaining: Annotated[Parameter, AfterValidator(between(0.001, 1.0))]
    turnover_years: Years
    stayer_turnover_relativity: Hazard
    resident_lapse_rate: Hazard
    local_resident_lapse_rate: Hazard
    dual_lapse_rate: Hazard
    employee_enrolment_growth: Growth
    newborn_enrolment: Share
    working_age_from: Annotated[Parameter, AfterValidator(whole(10, 30))]
    employee_kept_on_move: Share
    fallback_resident: Share
    credited_density: FixedShare
    credited_cv: Annotated[Parameter, AfterValidator(single(0.0, 5.0))]
    prior_credit_share: Share


class Participation(Part):
    """What moves participation in work-based cover (:mod:`fundpool.models.coverage.participation`).

    Awareness, contracts and compliance count relative to the base year for the payroll scheme,
    and as they stand for a scheme of its own for migrant workers.
    """

    awareness: Share
    contract_coverage: Annotated[Parameter, AfterValidator(between(0.01, 10.0))]
    voluntary_compliance: Share
    mandate_enforced: Share
    premium_elasticity: Annotated[Parameter, AfterValidator(between(0.0, 5.0))]
    portability_effect: Annotated[Parameter, AfterValidator(between(0.0, 5.0))]
    direct_settlement_effect: Share


class Solvency(Part):
    """What counts as solvent, and how many years are projected unless a command says otherwise."""

    target_reserve_months: Count
    alert_years: WholeYears
    horizon: WholeYears


class Merger(Part):
    """A scheme that another takes in: balances, members and rules, from a year on."""

    scheme: str = Field(min_length=1)
    into: str = Field(min_length=1)
    year: int = Field(ge=1900, le=2300)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class TableSource(Part):
    """Where a table comes from unless its rows say otherwise."""

    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class SensitivityStep(Part):
    """How far an assumption is moved, up and down, to see what hangs on it.

    Attributes:
        step: added to and taken off the value and the values of single years.
        main: whether a report moves it by default.
        source, status, note: why this step.
    """

    step: float = Field(gt=0)
    main: bool = False
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


class AlertRule(Part):
    """When a fund raises an alert, beside falling short of the target reserve.

    Attributes:
        measure: ``reserve_months`` (fewer than ``limit`` at the end of a year), ``exhaustion``
            (a negative balance; ``limit`` is not used), ``ruin_probability`` (more than
            ``limit``), ``actual_to_expected`` (credible ratio further than ``limit`` from one),
            ``month_end_reserve`` (fewer months of outgo than ``limit`` at the last month end of
            the accounts; a warning band, judged by ``fundpool accounts`` alone).
        limit: the bound.
        within: projected years looked at; those of ``solvency.alert_years`` unless given.
        schemes: schemes looked at; all unless given.
        title_local: name of the rule in the local language.
        source, status, note: why this rule.
    """

    measure: Literal[
        "reserve_months", "exhaustion", "ruin_probability", "actual_to_expected",
        "month_end_reserve",
    ]  # fmt: skip
    limit: float = Field(default=0.0, ge=0)
    within: int | None = Field(default=None, ge=1, le=100)
    schemes: list[str] = Field(default_factory=list)
    title_local: str = ""
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


Name = Annotated[str, Field(min_length=1)]


class Settings(Part):
    """All of case.toml.

    ``plurals`` states the plural of a level, as in ``plurals = {Land = "Länder"}``; without it an
    English word follows the English rule and any other stays as it is. ``status_titles`` names
    people of a coverage status, as in ``status_titles = {home_resident = "Mitversicherte"}``;
    without it they are named by the scheme that covers them. ``statuses`` divides people of a
    coverage status into named ones.
    """

    schema_version: Literal[1]
    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_local: str = ""
    base_year: int = Field(ge=1900, le=2200)
    currency: str = Field(min_length=1)
    levels: list[str] = Field(min_length=1)
    plurals: dict[str, Name] = Field(default_factory=dict)
    status_titles: dict[str, Name] = Field(default_factory=dict)
    statuses: dict[str, NamedStatus] = Field(default_factory=dict)
    schemes: list[str] = Field(min_length=1)
    optional_schemes: list[str] = Field(default_factory=list)
    services: list[str] = Field(min_length=1)
    economy: Economy
    mobility: Mobility
    coverage: Coverage
    solvency: Solvency
    pooling: Pooling
    optimiser: Optimiser | None = None
    participation: Participation | None = None
    mergers: list[Merger] = Field(default_factory=list)
    report_policies: list[str] = Field(default_factory=list)
    scenarios: Scenarios | None = None
    tables: dict[str, TableSource]
    sensitivity: dict[str, SensitivityStep] = Field(default_factory=dict)
    alerts: dict[str, AlertRule] = Field(default_factory=dict)
    report: FormalParts = FormalParts()

    @property
    def has_dependants(self) -> bool:
        """Whether a named status is that of dependants of members."""
        return any(status.dependant_of for status in self.statuses.values())


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
            findings.append(
                Finding.of_setting(
                    file, key, word, Message("each name once"), Message("Remove one.")
                )
            )
    for level in settings.plurals:
        if level not in settings.levels:
            findings.append(
                Finding.of_setting(file, f"plurals.{level}", level, Message("a level of the case"),
                                   did_you_mean(level, settings.levels))
            )  # fmt: skip
    findings += named_status_findings(settings.statuses, file)
    titles = [
        *settings.status_titles.values(), *(named.title for named in settings.statuses.values()),
    ]  # fmt: skip
    for status, title in settings.status_titles.items():
        if status not in STATUSES:
            findings.append(
                Finding.of_setting(file, f"status_titles.{status}", status,
                                   Message("a coverage status"), did_you_mean(status, STATUSES))
            )  # fmt: skip
        elif status in {named.kind for named in settings.statuses.values()}:
            findings.append(
                Finding.of_setting(file, f"status_titles.{status}", title,
                                   Message("no title, as named statuses divide this one"),
                                   Message("Give titles to these, and take it out."))
            )  # fmt: skip
        elif titles.count(title) > 1:
            findings.append(
                Finding.of_setting(file, f"status_titles.{status}", title,
                                   Message("each name once"), Message("Rename one of them."))
            )  # fmt: skip
    findings += pooling_findings(
        settings.pooling, settings.levels, [*settings.schemes, *settings.optional_schemes], file
    )
    for rule, alert in settings.alerts.items():
        for word in alert.schemes:
            if word not in settings.schemes:
                findings.append(
                    Finding.of_setting(file, f"alerts.{rule}.schemes", word,
                                       Message("a scheme of the case"),
                                       did_you_mean(word, settings.schemes))
                )  # fmt: skip
    for part in ("backtest", "budgets"):
        for word in getattr(settings.report, part):
            if word not in settings.schemes:
                findings.append(
                    Finding.of_setting(file, f"report.{part}.{word}", word,
                                       Message("a scheme of the case"),
                                       did_you_mean(word, settings.schemes))
                )  # fmt: skip
    findings += merger_findings(settings, file)
    findings += optimiser_findings(
        settings.optimiser, [*settings.schemes, *settings.optional_schemes], file
    )
    if settings.scenarios is not None:
        findings += scenario_findings(settings.scenarios, settings.levels, file)
    return (None if findings else settings), findings


def merger_findings(settings: Settings, file: str) -> list[Finding]:
    """Mergers of unknown schemes, with themselves, before the first year, or one scheme's second.

    A scheme that has been taken in by one may not be taken in by another: its money, its members
    and its claims would go to both.
    """
    findings = []
    into: dict[str, str] = {}
    for merger_index, merger in enumerate(settings.mergers):
        lead = f"mergers.{merger_index}"
        for key in ("scheme", "into"):
            if getattr(merger, key) not in settings.schemes:
                findings.append(
                    Finding.of_setting(file, f"{lead}.{key}", getattr(merger, key),
                                       Message("a scheme of the case"),
                                       did_you_mean(getattr(merger, key), settings.schemes))
                )  # fmt: skip
        if merger.year <= settings.base_year:
            findings.append(
                Finding.of_setting(file, f"{lead}.year", str(merger.year),
                                   Message("a year from %(first)s on",
                                           first=settings.base_year + 1),
                                   Message("Correct the year."))
            )  # fmt: skip
        if merger.scheme in into:
            findings.append(
                Finding.of_setting(file, f"{lead}.scheme", merger.scheme,
                                   Message("a scheme that is taken in once"),
                                   Message("Remove one of them."))
            )  # fmt: skip
            continue
        into[merger.scheme] = merger.into
        end, steps = merger.into, 0
        while end in into and steps < len(into):
            end, steps = into[end], steps + 1
        if end == merger.scheme or end in into:
            findings.append(
                Finding.of_setting(file, f"{lead}.into", merger.into,
                                   Message("another scheme"),
                                   Message("Name the scheme that takes the first one in."))
            )  # fmt: skip
    return findings


def unknown_paths(
    section: str, listed: Mapping[str, Any], known: tuple[str, ...], file: str = "case.toml"
) -> list[Finding]:
    """Keys of a section of case.toml that should be paths of assumptions and are not."""
    return [
        Finding.of_setting(file, f"{section}.{path}", path, Message("the path of an assumption"),
                           did_you_mean(path, known))
        for path in listed
        if path not in known
    ]  # fmt: skip
