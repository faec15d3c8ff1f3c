"""Checks of a case as a whole, in the order in which they lean on each other."""

import pandas as pd

from fundpool.inputs.checks import money, plausibility
from fundpool.inputs.checks import tables as checks
from fundpool.inputs.checks.bands import band_findings
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.regions import region_tree, tree_findings
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings


def cross_findings(
    settings: Settings, tables: dict[str, pd.DataFrame], raw: RawCase,
    schemes: dict[str, SchemeFile], optional: dict[str, SchemeFile],
) -> list[Finding]:  # fmt: skip
    """What is wrong between the tables, settings and schemes of a case."""
    regions = raw.tables["regions"]
    findings = tree_findings(tables["regions"], settings.levels, regions.file, regions.first_row)
    if findings:
        return findings
    tree = region_tree(tables["regions"], settings.levels)
    findings = checks.reference_findings(settings, tree, tables, raw.tables)
    complete = all(table.name in tables for table in TABLES if table.required)
    # the later checks lean on the earlier ones; their messages would only repeat the cause
    if findings or not complete:
        return findings
    findings += checks.completeness_findings(settings, tree, tables, raw.tables)
    findings += checks.people_findings(tree, tables, raw.tables)
    findings += band_findings(settings, tree, tables, raw.tables, schemes)
    findings += checks.care_findings(settings, tables, raw.tables, schemes)
    findings += money.scheme_findings(settings, tree, tables, raw.tables, schemes)
    findings += plausibility.age_findings(tables, raw.tables)
    findings += plausibility.cost_findings(tables, raw.tables)
    findings += plausibility.relativity_findings(settings, tables, raw.tables)
    findings += plausibility.death_findings(tables, raw.tables)
    findings += plausibility.figure_findings(settings, tree, tables, raw.tables)
    if len(schemes) == len(settings.schemes):
        findings += plausibility.cover_findings(settings, tables, raw.tables, schemes, optional)
        findings += plausibility.industry_findings(tables, (*schemes.values(), *optional.values()))
    if not any(finding.severity == "error" for finding in findings):
        findings += plausibility.placement_findings(tree, tables, raw.tables)
    return findings
