"""Levers changed from outside: from a year on, for a region; and changes that reach nobody.

A rule of a scheme file holds where no row of the table ``scheme_rules`` sets it. Where every
county has its own, a new value in the scheme file would be in force nowhere: it is refused, and
the path of a region, ``schemes.SCHEME.rules.RULE.REGION``, changes the rows themselves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.rules.rule_findings import override_findings
from fundpool.inputs.rules.schemes import Scheme
from fundpool.inputs.settings.scheme_file import SchemeFile

RuleOfRegion = tuple[str, str, str]
"""Scheme, rule and region."""


def rule_of_region(path: str, known: Iterable[str]) -> RuleOfRegion | None:
    """Scheme, rule and region of a path that ends in a region; None for any other path.

    Args:
        path: a path asked for.
        known: paths of all assumptions.

    >>> rule_of_region("schemes.resident.rules.premium.320100", ["schemes.resident.rules.premium"])
    ('resident', 'premium', '320100')
    """
    lead, _, region = path.rpartition(".")
    keys = lead.split(".")
    if lead not in known or len(keys) != 4 or keys[2] != "rules":
        return None
    return keys[1], keys[3], region


def with_rule_of_region(
    table: pd.DataFrame, regions: RegionTree, rule: RuleOfRegion, value: float, year: int
) -> pd.DataFrame:
    """``scheme_rules`` with one rule of a region, and of all that lies in it, from a year on.

    Regions in it that have rows of their own, which would win over the region's, get one each.
    Rows of these regions that begin in the year or later are dropped.
    """
    scheme, name, region = rule
    inside = pd.Series([region in regions.lineage(str(code)) for code in table["region"]],
                       table.index, dtype=bool)  # fmt: skip
    overriding = (table["scheme"] == scheme) & (table["rule"] == name) & inside
    rows = [
        {"scheme": scheme, "region": code, "year": year, "rule": name, "service": "",
         "value": float(value), "source": "set by the user", "status": "assumed", "note": ""}
        for code in dict.fromkeys([region, *table.loc[overriding, "region"].astype(str)])
    ]  # fmt: skip
    kept = table[~(overriding & (table["year"] >= year))]
    new = pd.DataFrame(rows, columns=list(table.columns))
    return new if kept.empty else pd.concat([kept, new], ignore_index=True)


def is_lever(path: str) -> bool:
    """Whether an assumption is something that people decide: a scheme's rule, or participation."""
    return path.startswith("participation.") or (
        path.startswith("schemes.") and (".rules." in path or path.endswith("offsite_penalty"))
    )


def set_value(
    contents: dict[str, Any],
    path: str,
    value: float,
    stated: dict[str, Any] | None,
    since: int | None,
) -> None:
    """Set an assumption in the contents of a file, in place.

    Args:
        contents: of case.toml, or of a scheme file.
        path: of the assumption, with ``schemes.NAME`` before it where it is of a scheme file.
        value: the new value.
        stated: the assumption as it stands, where the file leaves it at its default.
        since: first year in which it holds; None is throughout.
    """
    keys = path.split(".")[2 if path.startswith("schemes.") else 0 :]
    here: Any = contents
    for part in keys[:-1]:
        here = here.setdefault(part, {})
    last = here.get(keys[-1])
    if last is None and stated is not None:
        last = here[keys[-1]] = stated
    if not isinstance(last, dict):
        here[keys[-1]] = value
    elif since is not None:
        set_from(path, last, value, since)
    else:
        last.pop("by_year", None)
        last.update(value=value, source="set by the user", status="assumed")


def set_from(path: str, lever: dict[str, Any], value: float, year: int) -> None:
    """Let a lever hold a value from a year on; what held before stays.

    The years listed for a rule hold until the next one listed; those of other assumptions for
    themselves alone (:class:`fundpool.inputs.settings.parameters.Parameter`).
    """
    earlier = {
        int(since): value_since
        for since, value_since in lever.get("by_year", {}).items()
        if int(since) < year
    }
    if path.startswith("schemes."):
        lever["by_year"] = earlier | {year: value}
    else:
        lever["by_year"] = {year - 1: lever["value"]} | earlier
        lever["value"] = value
    lever["source"] = f"set by the user from {year}; before: {lever['source']}"
    lever["status"] = "assumed"


def rule_of_region_findings(
    rule: RuleOfRegion, value: float, regions: RegionTree, files: Mapping[str, SchemeFile]
) -> list[Finding]:
    """What is wrong with a rule set for a region: no such region, or out of range."""
    scheme, name, region = rule
    path = f"schemes.{scheme}.rules.{name}.{region}"
    known = [code for level in regions.levels for code in regions.codes_at(level)]
    if region not in known:
        return [
            Finding.of_setting("--set", path, region, Message("a region of the case"),
                               did_you_mean(region, known))
        ]  # fmt: skip
    row = pd.DataFrame([{"scheme": scheme, "rule": name, "service": "", "value": value}])
    return [
        replace(finding, row=None, column=path)
        for finding in override_findings(row, files, "--set")
    ]


def idle_findings(
    schemes: Iterable[Scheme], paths: Mapping[str, float | None], year: int, file: str
) -> list[Finding]:
    """Changed rules that no county follows, as every one has its own in ``scheme_rules``.

    Args:
        schemes: schemes of the case.
        paths: path of a changed rule and its new value, ``schemes.SCHEME.rules.RULE``.
        year: base year; rows from it or before hold in every projected year.
        file: where the change stands.
    """
    findings = []
    for scheme in schemes:
        lead = f"schemes.{scheme.name}.rules."
        for path, value in paths.items():
            rule = path.removeprefix(lead)
            if rule == path or not scheme.set_by_every_region(rule, year):
                continue
            rows = scheme.overrides[rule, ""].values()
            amounts = [value for steps in rows for _, value in steps]
            top = scheme.regions.codes_at(scheme.regions.levels[-1])[0]
            findings.append(
                Finding.of_setting(file, path, None if value is None else f"{value:g}",
                                   Message("a rule that some region follows: scheme_rules sets "
                                           "%(rule)s for every region (%(rows)s rows, %(least)s "
                                           "to %(most)s), so this changes nothing", rule=rule,
                                           rows=len(amounts), least=f"{min(amounts):g}",
                                           most=f"{max(amounts):g}"),
                                   Message("Set it for a region and all that lies in it, as in "
                                           "--set %(path)s.%(top)s=%(value)s, or change the table "
                                           "scheme_rules.", path=path, top=top,
                                           value=f"{amounts[0] if value is None else value:g}"))
            )  # fmt: skip
    return findings
