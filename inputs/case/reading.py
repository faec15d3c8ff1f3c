"""Reading a case: its files checked, and put together."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.inputs.case.assembly import regional_schemes, scheme_files, with_provenance
from fundpool.inputs.case.bundled import case_path
from fundpool.inputs.case.case import Case
from fundpool.inputs.case.policies import reported_findings
from fundpool.inputs.checks import tables as checks
from fundpool.inputs.checks.across import cross_findings
from fundpool.inputs.checks.boundaries import read_boundaries
from fundpool.inputs.checks.years import year_findings
from fundpool.inputs.format.columns import typed_table
from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.digest import content_digest
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.format.tables import TABLE_OF
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.inputs.regions import region_tree
from fundpool.inputs.rules.rule_findings import base_findings
from fundpool.inputs.settings.ranges import range_findings, read_ranges
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings, read_settings, unknown_paths
from fundpool.inputs.settings.starting import starting_findings
from fundpool.inputs.settings.statuses import names_of_cover


def read_case(name: str | Path) -> Case:
    """Read a case and check it.

    Args:
        name: a case folder, a workbook (.xlsx), or the name of a bundled case.

    Raises:
        CaseError: anything is wrong; all findings at once.

    >>> import fundpool
    >>> case = fundpool.read_case("jiangsu")
    >>> case.levels
    ('county', 'city', 'province')
    """
    case, findings = assembled(read_raw(case_path(name)), str(name))
    if case is None:
        raise CaseError(findings)
    return case


def check_case(name: str | Path) -> tuple[Finding, ...]:
    """Everything that is wrong with a case; empty if nothing is."""
    try:
        _, findings = assembled(read_raw(case_path(name)), str(name))
    except CaseError as error:
        return error.findings
    return tuple(findings)


STATUS_COLUMN = {"coverage": "cover", "relativities": "level"}
"""The column of a table that may say what the case calls its statuses."""


def _declared(name: str, settings: Settings | None, contents: Mapping[str, Any]) -> Table:
    """The declaration of a table; ``cover`` and relativities may say what the case calls statuses.

    Where the settings are refused, it may say any name that their contents have: what is wrong
    with these is a finding of its own.
    """
    table = TABLE_OF[name]
    named = contents.get("statuses")
    if name not in STATUS_COLUMN or not isinstance(named, Mapping) or not named:
        return table
    column_of_statuses = STATUS_COLUMN[name]
    if settings is None or name == "relativities":
        allowed = (*STATUSES, *(str(status) for status in named))
    else:
        allowed = names_of_cover(settings.statuses)
    columns = tuple(
        replace(column, allowed=tuple(dict.fromkeys((*others, *allowed))))
        if column.name == column_of_statuses
        else column
        for column in table.columns
        for others in [tuple(word for word in column.allowed or () if word not in STATUSES)]
    )
    return replace(table, columns=columns)


def assembled(raw: RawCase, origin: str) -> tuple[Case | None, list[Finding]]:
    """The case made of what was read, None where something is wrong, and all findings.

    Args:
        raw: a case as found.
        origin: where it came from.
    """
    findings = list(raw.findings)
    settings: Settings | None = None
    if raw.settings is not None:
        settings, problems = read_settings(raw.settings)
        findings += problems
    unread = {finding.file for finding in raw.findings}
    findings += [
        finding
        for finding in raw.placed(checks.presence_findings(settings, raw.tables))
        if not any(name.startswith((finding.file + ".", finding.file)) for name in unread)
    ]
    tables: dict[str, pd.DataFrame] = {}
    for name, table in raw.tables.items():
        frame, problems = typed_table(table, _declared(name, settings, raw.settings or {}))
        findings += problems
        if frame is not None and not frame.empty:
            tables[name] = frame
    ranges, problems = read_ranges(raw.ranges or {})
    findings += problems
    schemes: dict[str, SchemeFile] = {}
    if settings is not None:
        schemes, optional, problems = scheme_files(raw, settings)
        findings += problems
        findings += year_findings(settings, schemes)
        findings += starting_findings(raw.settings or {}, raw.schemes)
        if "regions" in tables:
            findings += cross_findings(settings, tables, raw, schemes, optional)
    if settings is None or any(finding.severity == "error" for finding in findings):
        return None, raw.placed(findings)
    tree = region_tree(tables["regions"], settings.levels)
    case = Case(
        settings=settings,
        schemes=regional_schemes(settings, schemes, tables, tree),
        tables=with_provenance(tables, settings),
        regions=tree,
        inputs_sha256=content_digest(raw.settings or {}, raw.schemes, raw.policies, tables),
        origin=origin,
        input_digests=dict(raw.digests),
        _settings_text=raw.settings or {},
        _scheme_texts=raw.schemes,
        policy_texts=raw.policies,
        ranges=ranges,
    )
    if raw.boundaries is not None:
        codes = [code for level in tree.levels for code in tree.codes_at(level)]
        boundaries, problems = read_boundaries(raw.boundaries, codes)
        case, findings = replace(case, boundaries=boundaries), [*findings, *problems]
    findings += base_findings(case.schemes, case.base_year, case.tables["economy"])
    findings += unknown_paths("sensitivity", settings.sensitivity, case.paths())
    findings += range_findings(ranges, case.paths())
    findings += reported_findings(settings, raw.policies)
    for policy, contents in sorted(raw.policies.items()):
        try:
            case.with_policy_text(f"policies/{policy}.toml", contents)
        except CaseError as error:
            findings += error.findings
    findings = raw.placed(findings)
    failed = any(finding.severity == "error" for finding in findings)
    return (None if failed else replace(case, warnings=tuple(findings))), findings
