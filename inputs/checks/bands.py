"""Age bands of a case: whole, the same everywhere, and fitting the rules."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from fundpool.inputs.checks.tables import Raw, Tables, missing_rows
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import RawTable
from fundpool.inputs.format.vocabulary import OLDEST_AGE, OUTSIDE, SEXES, TIES
from fundpool.inputs.regions import RegionTree
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings
from fundpool.inputs.settings.statuses import NamedStatus


def band_findings(
    settings: Settings, tree: RegionTree, tables: Tables, raw: Raw,
    schemes: Mapping[str, SchemeFile],
) -> list[Finding]:  # fmt: skip
    """Age bands of ``coverage`` and ``severity``: whole, the same everywhere, fitting."""
    findings: list[Finding] = []
    cover = tables["coverage"]
    for sex in SEXES:
        of_sex = cover[cover["sex"] == sex]
        bands = of_sex[["age_from", "age_to"]].drop_duplicates().sort_values("age_from")
        findings += _contiguous(
            raw["coverage"].file, Message("the bands of %(sex)s", sex=sex), bands
        )
        starts = set(bands["age_from"])
        for name, scheme in schemes.items():
            rule = scheme.rules.get(f"retirement_age_{sex}")
            covered = "retired" in scheme.statuses_covered
            if covered and rule is not None and math.floor(rule.value) not in starts:
                findings.append(
                    Finding.of_setting(raw["coverage"].file, "age_from", None,
                                       Message("a band of %(sex)s that begins at %(age)s", sex=sex,
                                               age=math.floor(rule.value)),
                                       Message("It is the retirement age of %(name)s; split the "
                                               "band there.", name=name))
                )  # fmt: skip
        wanted: list[tuple[object, ...]] = [
            (code, tie, sex, start)
            for code in tree.codes
            for tie in TIES
            for start in sorted(starts)
        ]
        if (cover["region"] == OUTSIDE).any():
            wanted += [(OUTSIDE, "stayer", sex, start) for start in sorted(starts)]
        findings += missing_rows(
            raw["coverage"].file, "region + tie + sex + age_from", wanted, cover,
            ["region", "tie", "sex", "age_from"], Message("Add the shares."),
        )  # fmt: skip
    findings += _outside_findings(cover, raw["coverage"], settings.statuses)
    severity = tables["severity"]
    for service in settings.services:
        bands = severity[severity["service"] == service][["age_from", "age_to"]]
        if not bands.empty:
            findings += _contiguous(
                raw["severity"].file, Message("the classes of %(service)s", service=service),
                bands.sort_values("age_from"),
            )  # fmt: skip
    classes = {
        service: tuple(sorted(set(group["age_from"])))
        for service, group in severity.groupby("service")
    }
    if len(set(classes.values())) > 1:
        findings.append(
            Finding.of_setting(raw["severity"].file, "age_from", None,
                               Message("the same age classes for every service"),
                               Message("Split classes where they differ."))
        )  # fmt: skip
    return findings


def _outside_findings(
    cover: pd.DataFrame, file: RawTable, statuses: Mapping[str, NamedStatus]
) -> list[Finding]:
    """People outside are stayers there, insured at home or not at all."""
    outside = cover["region"] == OUTSIDE
    findings = []
    at_home = [name for name, status in statuses.items() if status.kind == "home_resident"]
    dependants = [name for name, status in statuses.items() if status.dependant_of]
    covers = ["none", *(at_home or ["home_resident"]), *dependants]
    for column, allowed in (("tie", ["stayer"]), ("cover", covers)):
        wrong = np.flatnonzero(outside & ~cover[column].isin(allowed))
        if wrong.size:
            either = Listed(tuple(allowed), Message(" or "))
            findings.append(
                Finding(file.file, int(wrong[0]) + file.first_row, column,
                        str(cover[column].iloc[wrong[0]]),
                        Message("%(words)s for outside", words=either),
                        Message("%(rows)s rows: no other cover comes along into the case.",
                                rows=wrong.size))
            )  # fmt: skip
    return findings


def _contiguous(file: str, what: Message, bands: pd.DataFrame) -> list[Finding]:
    expected = 0
    for start, end in zip(bands["age_from"], bands["age_to"], strict=True):
        if start != expected or end < start:
            return [
                Finding.of_setting(file, "age_from + age_to", f"{start} to {end}",
                                   Message("%(what)s without gap or overlap: one from %(age)s",
                                           what=what, age=expected),
                                   Message("Correct the ages."))
            ]  # fmt: skip
        expected = end + 1
    if expected != OLDEST_AGE + 1:
        return [
            Finding.of_setting(file, "age_to", str(expected - 1),
                               Message("%(what)s to reach %(oldest)s", what=what,
                                       oldest=OLDEST_AGE), Message("Extend the last one."))
        ]  # fmt: skip
    return []
