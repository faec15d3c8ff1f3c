"""Settings, schemes and tables of a case put together from their contents."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from fundpool.inputs.checks.years import LONGEST
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Message, sentences
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.cash_benefits import cash_benefits_of
from fundpool.inputs.rules.member_groups import income_classes_of, own_choice_of
from fundpool.inputs.rules.provider_payments import payment_methods_of
from fundpool.inputs.rules.schemes import MONEY_RULES, Scheme, scheme_overrides
from fundpool.inputs.rules.subsidies import premium_by_age, subsidies_of
from fundpool.inputs.settings.parameters import Parameter
from fundpool.inputs.settings.scheme_file import SchemeFile, read_scheme
from fundpool.inputs.settings.sections import Merger, Settings, read_settings


def settings_and_schemes(
    settings_text: Mapping[str, Any],
    scheme_texts: Mapping[str, Mapping[str, Any]],
    source: str = "case.toml",
) -> tuple[Settings, dict[str, SchemeFile]]:
    """Settings and scheme files from their contents, checked again after a change.

    Raises:
        CaseError: anything is wrong with them.
    """
    settings, findings = read_settings(settings_text, source)
    files = {}
    if settings is not None:
        for name in settings.schemes:
            if name not in scheme_texts:
                findings.append(
                    Finding.of_setting(source, "add_schemes", name, Message("a scheme of the case"),
                                       did_you_mean(name, scheme_texts))
                )  # fmt: skip
                continue
            file, problems = read_scheme(
                name, scheme_texts[name], tuple(settings.services), settings.statuses
            )
            findings += problems
            if file is not None:
                files[name] = file
    if settings is None or any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    return settings, files


def regional_schemes(
    settings: Settings,
    files: Mapping[str, SchemeFile],
    tables: Mapping[str, pd.DataFrame],
    regions: RegionTree,
) -> tuple[Scheme, ...]:
    """Schemes with their regional rules and mergers."""
    away = {merger.scheme: merger.year for merger in settings.mergers}
    growth = {
        name: _growth(
            getattr(settings.economy, name) or settings.economy.wage_growth, settings.base_year
        )
        for name in dict.fromkeys(MONEY_RULES.values())
    }
    return tuple(
        Scheme(
            files[name],
            scheme_overrides(tables.get("scheme_rules"), name),
            regions,
            growth,
            away.get(name),
            tuple((year, files[other]) for year, other in _taken_in_by(settings.mergers, name)),
            subsidies_of(tables.get("subsidies"), name),
            premium_by_age(tables.get("premium_ages"), name),
            income_classes_of(tables.get("income_classes"), name),
            own_choice_of(tables.get("own_choice"), name),
            cash_benefits_of(tables.get("cash_benefits"), name),
            payment_methods_of(tables.get("provider_payments"), name),
        )
        for name in settings.schemes
    )


def _taken_in_by(mergers: Sequence[Merger], name: str) -> list[tuple[int, str]]:
    """Schemes that one takes in, with what these have taken in or would take in later."""
    taken_in = []
    for merger in mergers:
        if merger.into == name:
            taken_in.append((merger.year, merger.scheme))
            taken_in += [
                (max(year, merger.year), other)
                for year, other in _taken_in_by(mergers, merger.scheme)
            ]
    return taken_in


def _growth(parameter: Parameter, base_year: int) -> dict[int, float]:
    """Index of a growth by year, one in the base year."""
    index = {base_year: 1.0}
    for year in range(base_year + 1, base_year + LONGEST + 1):
        index[year] = index[year - 1] * (1.0 + parameter.at(year))
    return index


def with_provenance(tables: dict[str, pd.DataFrame], settings: Settings) -> dict[str, pd.DataFrame]:
    """Tables whose blank sources and statuses are filled from case.toml; optional ones empty."""
    names = ("source", "status", "note")
    filled = {
        table.name: pd.DataFrame(columns=[*table.column_names, *names], dtype=object)
        for table in TABLES
        if table.name not in tables
    }
    for name, frame in tables.items():
        defaults = settings.tables[name]
        filled[name] = frame.assign(
            source=frame["source"].replace("", defaults.source),
            status=frame["status"].replace("", defaults.status),
        )
    return filled


def scheme_files(
    raw: RawCase, settings: Settings
) -> tuple[dict[str, SchemeFile], dict[str, SchemeFile], list[Finding]]:
    """Scheme files of the case, those that a policy may add, and what is wrong with them."""
    files, findings = {}, []
    for name in (*settings.schemes, *settings.optional_schemes):
        if name not in raw.schemes:
            if not any(finding.file == f"schemes/{name}.toml" for finding in raw.findings):
                findings.append(
                    Finding.of_file(f"schemes/{name}.toml", Message("this scheme file"),
                                    sentences(Message("%(file)s lists the scheme; add the file.",
                                                      file="case.toml"),
                                              did_you_mean(name, raw.schemes)))
                )  # fmt: skip
            continue
        file, problems = read_scheme(
            name, raw.schemes[name], tuple(settings.services), settings.statuses
        )
        # what does nothing in a scheme kept ready is left to the policy that adds it
        findings += [p for p in problems if name in settings.schemes or p.severity == "error"]
        if file is not None:
            files[name] = file
    for name in raw.schemes:
        if name not in (*settings.schemes, *settings.optional_schemes):
            findings.append(
                Finding.of_file(f"schemes/{name}.toml", Message("a scheme of case.toml"),
                                Message("List it under schemes or optional_schemes, or remove the "
                                        "file."), severity="warning")
            )  # fmt: skip
    optional = {
        name: files.pop(name)
        for name in settings.optional_schemes
        if name in files and name not in settings.schemes
    }
    return files, optional, findings
