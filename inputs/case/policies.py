"""Policies: differences laid over a case, one TOML file each, that may be stacked.

A policy changes assumptions (``[case...]``, as in case.toml), rules of schemes
(``[schemes.NAME...]``, as in a scheme file), adds schemes that the case keeps ready
(``add_schemes``), says how funds are pooled (``pooling``), and lets shocks happen (``[[shocks]]``).
Whatever it does not name stays. Everything is checked as if it stood in the case itself.
"""

import copy
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from fundpool.inputs.case.bundled import is_there
from fundpool.inputs.checks.years import year_findings
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.library_words import library_words
from fundpool.inputs.format.messages import Message
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.settings.mistakes import findings_of
from fundpool.inputs.settings.parameters import Part, Status
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings


class Shock(Part):
    """Something that happens in one year, or from it on, in some regions.

    Attributes:
        title: what happens.
        year: first year.
        years: how many years it lasts; what changes prices lasts.
        regions: regions of any level; everywhere if empty.
        care: factor of claims by service; ``all`` for every service.
        jobs_lost: share of those in work-based cover who lose their jobs at the start of the year.
        migrants_return: share of the migrants living there who go home at the start of the year.
        price: factor of the price of care there, from the year on.
        wages: factor of wages there while it lasts.
        hiring: factor of the hazards of entering work-based cover there while it lasts.
    """

    title: str = Field(min_length=1)
    year: int = Field(ge=1900, le=2300)
    years: int = Field(default=1, ge=1, le=100)
    regions: list[str] = Field(default_factory=list)
    care: dict[str, float] = Field(default_factory=dict)
    jobs_lost: float = Field(default=0.0, ge=0, le=1)
    migrants_return: float = Field(default=0.0, ge=0, le=1)
    price: float = Field(default=1.0, gt=0, le=100)
    wages: float = Field(default=1.0, gt=0, le=100)
    hiring: float = Field(default=1.0, ge=0, le=100)
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    def during(self, year: int) -> bool:
        """Whether a year lies in it."""
        return self.year <= year < self.year + self.years


class Policy(Part):
    """All of a policy file.

    Attributes:
        about, about_local: what it does, in English and in the language of the case.
        against: policy of the case to measure it against, where the case without policies already
            holds what it brings about; the case itself if empty.
    """

    schema_version: Literal[1]
    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_local: str = ""
    about: str = Field(min_length=1)
    about_local: str = ""
    source: str = Field(min_length=1)
    status: Status
    pooling: str | None = None
    against: str = ""
    add_schemes: list[str] = Field(default_factory=list)
    case: dict[str, Any] = Field(default_factory=dict)
    schemes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    shocks: list[Shock] = Field(default_factory=list)


def policy_contents(
    name: str | Path, known: Mapping[str, Mapping[str, Any]]
) -> tuple[str, Mapping[str, Any]]:
    """A policy's file name and contents: one that comes with the case, or a file.

    Raises:
        CaseError: neither, or the file cannot be read.
    """
    if str(name) in known:
        return f"policies/{name}.toml", known[str(name)]
    path = Path(name)
    if path.suffix != ".toml" or not is_there(path) or not path.is_file():
        raise CaseError(
            [Finding.of_setting("--policy", None, str(name),
                                Message("a policy of the case or a policy file"),
                                did_you_mean(str(name), known) if known
                                else Message("The case has no policies."))]
        )  # fmt: skip
    try:
        return path.name, tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(
            [
                Finding.of_file(
                    path.name,
                    Message("TOML in UTF-8"),
                    Message("It cannot be read: %(error)s.", error=library_words(error)),
                )
            ]
        ) from None


def read_policy(file: str, contents: Mapping[str, Any]) -> Policy:
    """A policy file.

    Raises:
        CaseError: anything is wrong with it; all findings at once.
    """
    try:
        policy = Policy.model_validate(contents)
    except ValidationError as error:
        raise CaseError(findings_of(error, file, Policy)) from None
    stem = Path(file).stem
    if policy.name != stem:
        raise CaseError(
            [Finding.of_setting(file, "name", policy.name,
                                Message("%(stem)s, as the file is called", stem=repr(stem)),
                                Message("Rename one of them."))]
        )  # fmt: skip
    return policy


def laid_over(
    policy: Policy,
    settings: Mapping[str, Any],
    schemes: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Contents of case.toml and of the scheme files with the policy's differences laid over them.

    Tables are merged key by key; a value given without its years drops the years that the case
    listed. Mergers are added to those of the case. A changed assumption takes the policy's source
    and status unless it gives its own.
    """
    merged = _merged(settings, policy.case, policy)
    merged["schemes"] = [
        *merged["schemes"],
        *(name for name in policy.add_schemes if name not in merged["schemes"]),
    ]
    texts = {name: copy.deepcopy(dict(text)) for name, text in schemes.items()}
    for name, difference in policy.schemes.items():
        texts[name] = _merged(texts.get(name, {}), difference, policy)
    return merged, texts


def _merged(base: Mapping[str, Any], change: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    result = copy.deepcopy(dict(base))
    for key, value in change.items():
        if isinstance(value, Mapping):
            here = result.get(key)
            result[key] = _merged(here if isinstance(here, Mapping) else {}, value, policy)
        elif key == "mergers":
            result[key] = [*result.get(key, []), *value]
        else:
            result[key] = copy.deepcopy(value)
    assumed = {"value", "values", "by_year", "bands", "deductible", "ceiling"} & change.keys()
    if assumed:
        if "value" in change and "by_year" not in change:
            result.pop("by_year", None)
        if "source" not in change:
            result["source"] = f"policy {policy.name}: {policy.source}"
            result["status"] = change.get("status", policy.status)
    return result


def changed_rules(policy: Policy) -> dict[str, float | None]:
    """Path of every rule of a scheme that a policy changes, with its value where it gives one."""
    return {
        f"schemes.{scheme}.rules.{rule}": change.get("value")
        for scheme, difference in policy.schemes.items()
        for rule, change in difference.get("rules", {}).items()
        if isinstance(change, Mapping)
    }


def shock_findings(
    shocks: tuple[Shock, ...], regions: RegionTree, settings: Settings, file: str
) -> list[Finding]:
    """Shocks that name unknown regions or services, or do nothing."""
    known = [code for level in settings.levels for code in regions.codes_at(level)]
    findings = []
    for shock_index, shock in enumerate(shocks):
        lead = f"shocks.{shock_index}"
        for code in shock.regions:
            if code not in known:
                findings.append(
                    Finding.of_setting(file, f"{lead}.regions", code,
                                       Message("a region of the case"), did_you_mean(code, known))
                )  # fmt: skip
        for service, factor in shock.care.items():
            if service not in ("all", *settings.services):
                findings.append(
                    Finding.of_setting(file, f"{lead}.care", service,
                                       Message("a service of case.toml, or all"),
                                       did_you_mean(service, ("all", *settings.services)))
                )  # fmt: skip
            if not 0.0 <= factor <= 100.0:
                findings.append(
                    Finding.of_setting(file, f"{lead}.care.{service}", f"{factor:g}",
                                       Message("a factor from 0 to 100"),
                                       Message("Correct the number."))
                )  # fmt: skip
        still = (shock.price, shock.wages, shock.jobs_lost, shock.migrants_return) == (1, 1, 0, 0)
        if still and not shock.care:
            findings.append(
                Finding.of_setting(file, lead, shock.title,
                                   Message("a shock that changes something"),
                                   Message("Give care, jobs_lost, migrants_return, price or "
                                           "wages."))
            )  # fmt: skip
    return findings


def against_findings(policy: Policy, known: Iterable[str], file: str) -> list[Finding]:
    """A policy to be measured against one that does not come with the case, or against itself."""
    others = [name for name in known if name != policy.name]
    if not policy.against or policy.against in others:
        return []
    return [
        Finding.of_setting(file, "against", policy.against, Message("another policy of the case"),
                           did_you_mean(policy.against, others) if others
                           else Message("Take it out: the case has no other policies."))
    ]  # fmt: skip


def plan_findings(policy: Policy, settings: Settings, file: str) -> list[Finding]:
    """A pooling plan that names levels or schemes which the case does not have."""
    if policy.pooling is None:
        return []
    stages = [
        part.partition("@")[0].partition("+")[0].partition("[")[0].rpartition(":")
        for part in policy.pooling.split(",")
    ]
    levels = [level.strip() for _, _, level in stages]
    schemes = [scheme.strip() for scheme, of_one, _ in stages if of_one]
    known = [*settings.schemes, *settings.optional_schemes]
    return [
        Finding.of_setting(file, "pooling", policy.pooling, Message("schemes of the case"),
                           did_you_mean(scheme, known))
        for scheme in schemes
        if scheme not in known
    ] + [
        Finding.of_setting(file, "pooling", policy.pooling, Message("levels of the case"),
                           did_you_mean(level, settings.levels))
        for level in levels
        if level not in settings.levels
    ]  # fmt: skip


def reported_findings(settings: Settings, policies: Mapping[str, object]) -> list[Finding]:
    """Policies that the report is to compare and that the case does not have."""
    return [
        Finding.of_setting("case.toml", "report_policies", name, Message("a policy of the case"),
                           did_you_mean(name, policies))
        for name in settings.report_policies
        if name not in policies
    ]  # fmt: skip


def year_findings_of_policy(
    settings: Settings, schemes: Mapping[str, SchemeFile], file: str
) -> list[Finding]:
    """Listed years that no projection with the policy of a file reaches."""
    return [
        replace(finding, file=file, column=f"{Path(finding.file).stem}: {finding.column}")
        for finding in year_findings(settings, schemes)
        if finding.severity == "error"
    ]
