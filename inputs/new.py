"""A new case: levels, schemes, services and statuses as asked for, tables with headers alone."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fundpool.inputs.folders import write_folder
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.format.vocabulary import STATUSES
from fundpool.inputs.settings.scheme_file import read_scheme
from fundpool.inputs.settings.scheme_rules import RETIREMENT_RULES
from fundpool.inputs.settings.sections import read_settings
from fundpool.inputs.settings.starting import STARTING
from fundpool.inputs.template import check_new, check_new_file, write_workbook

_START = Path(__file__).parent / "settings" / "starting.toml"

STATUSES_OF: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "payroll": (("employee", "retired", "retired_elsewhere", "dual"), ("migrant",)),
    "flat": (("home_resident", "local_resident", "dual"), ("rural_resident",)),
}
"""Statuses that the first and the second scheme of a kind cover unless others are asked for."""
NOT_PAYING = frozenset({"retired", "retired_elsewhere"})
"""Covered without a contribution."""


@dataclass(frozen=True)
class NewCase:
    """What a new case is made of.

    Attributes:
        name: of the case, one word.
        title: as reports call it.
        levels: of the region tree, from the lowest.
        schemes: kind of each scheme, ``payroll`` or ``flat``, by its name.
        statuses: coverage statuses in use beside ``none``; those of the schemes if empty.
            ``NAME=KIND`` is one of the case's own name, a part of the people of the status KIND.
        services: service classes.
        base_year: year at whose end the case is valued.
        years: projected unless a command says otherwise.
        currency: of all money.
    """

    name: str
    title: str
    levels: Sequence[str] = ("county", "city", "province")
    schemes: Mapping[str, str] | None = None
    statuses: Sequence[str] = ()
    services: Sequence[str] = ("outpatient", "inpatient")
    base_year: int = 2025
    years: int = 30
    currency: str = "CNY"


DEFAULT_SCHEMES = {"employee": "payroll", "resident": "flat"}


def write_new_case(new: NewCase, target: Path) -> None:
    """Write a case without rows, as a folder or, if the name ends in ``.xlsx``, a workbook.

    It passes ``fundpool check`` once its tables are filled; values that nobody has replaced are
    reported as warnings.

    Raises:
        CaseError: something asked for cannot be, or the target exists.
        OSError: the target cannot be written to.
    """
    raw = new_case(new)
    if target.suffix.lower() == ".xlsx":
        check_new_file(target)
        write_workbook(raw, target)
    else:
        check_new(target)
        write_folder(raw, target)


def new_case(new: NewCase) -> RawCase:
    """Contents of a new case.

    Raises:
        CaseError: something asked for cannot be.
    """
    schemes = dict(new.schemes or DEFAULT_SCHEMES)
    named = dict(word.split("=", 1) for word in new.statuses if "=" in word)
    covered = _statuses_by_scheme(schemes, list(dict.fromkeys(_kind(s) for s in new.statuses)))
    start = tomllib.loads(_START.read_text(encoding="utf-8"))
    mark = {"source": STARTING, "status": "assumed"}
    settings: dict[str, Any] = {
        "schema_version": 1,
        "name": new.name,
        "title": new.title,
        "base_year": new.base_year,
        "currency": new.currency,
        "levels": list(new.levels),
        "schemes": list(schemes),
        "services": list(new.services),
        "statuses": {
            name: {"kind": kind, "title": _title(name), **mark} for name, kind in named.items()
        },
        **_marked(start["case"], mark),
        "tables": {table.name: dict(mark) for table in TABLES},
    }
    settings["solvency"]["horizon"] = {"value": new.years, "unit": "years", **mark}
    contents = {
        name: {
            "name": name,
            "title": _title(name),
            "kind": kind,
            "statuses_paying": _words([s for s in covered[name] if s not in NOT_PAYING], named),
            "statuses_covered": _words(covered[name], named),
            "settlement_pool": "residence" if kind == "payroll" else "home",
            "rules": _marked(_rules(start[kind]["rules"], covered[name]), mark),
            "benefits": {service: {**start["benefit"], **mark} for service in new.services},
            "settlement": _marked(start["settlement"], mark),
        }
        for name, kind in schemes.items()
    }
    if not named:
        del settings["statuses"]
    read, findings = read_settings(settings)
    for name, scheme in contents.items():
        statuses = {} if read is None else read.statuses
        findings += read_scheme(name, scheme, tuple(new.services), statuses)[1]
    if findings:
        raise CaseError(findings)
    return RawCase(new.name, settings=settings, schemes=contents)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _kind(word: str) -> str:
    """The coverage status of ``KIND`` or ``NAME=KIND``."""
    return word.rpartition("=")[2]


def _words(kinds: Sequence[str], named: Mapping[str, str]) -> list[str]:
    """What a scheme file calls coverage statuses: by the names of their people, where they have."""
    return [
        word
        for kind in kinds
        for word in [name for name, of_name in named.items() if of_name == kind] or [kind]
    ]


def _statuses_by_scheme(
    schemes: Mapping[str, str], asked: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Statuses that each scheme covers.

    Raises:
        CaseError: an unknown kind or status, a status without a scheme, a scheme without one.
    """
    findings = [
        Finding.of_setting("--statuses", None, status, Message("a coverage status"),
                           did_you_mean(status, STATUSES[1:]))
        for status in asked
        if status not in STATUSES[1:]
    ]  # fmt: skip
    number_of_kind = dict.fromkeys(STATUSES_OF, 0)
    covered: dict[str, tuple[str, ...]] = {}
    for name, kind in schemes.items():
        if kind not in STATUSES_OF:
            findings.append(
                Finding.of_setting("--schemes", None, f"{name}={kind}",
                                   Message("payroll or flat as the kind"),
                                   did_you_mean(kind, STATUSES_OF))
            )  # fmt: skip
            continue
        number = number_of_kind[kind]
        number_of_kind[kind] += 1
        if number >= len(STATUSES_OF[kind]):
            findings.append(
                Finding.of_setting("--schemes", None, name,
                                   Message("at most two %(kind)s schemes", kind=kind),
                                   Message("Add further ones to the case that is written, with "
                                           "their statuses."))
            )  # fmt: skip
            continue
        covered[name] = STATUSES_OF[kind][number]
    if len(set(schemes.values())) < 2:  # cover by two schemes at once needs one of each kind
        covered = {n: tuple(s for s in statuses if s != "dual") for n, statuses in covered.items()}
    if asked:
        covered = {n: tuple(s for s in statuses if s in asked) for n, statuses in covered.items()}
        findings += [
            Finding.of_setting("--statuses", None, status,
                               Message("a status that one of the schemes covers"),
                               Message("Leave it out, or add a scheme."))
            for status in asked
            if status in STATUSES[1:]
            and not any(status in statuses for statuses in covered.values())
        ]  # fmt: skip
        findings += [
            Finding.of_setting("--schemes", None, name, Message("a scheme that somebody pays into"),
                               Message("Add one of %(words)s to the statuses.",
                                       words=Listed.of(STATUSES_OF[schemes[name]][0])))
            for name, statuses in covered.items()
            if not set(statuses) - NOT_PAYING
        ]  # fmt: skip
    if findings:
        raise CaseError(findings)
    return covered


def _rules(rules: Mapping[str, Any], covered: Sequence[str]) -> dict[str, Any]:
    """Rules of a scheme; those on retirement only where retired members are covered."""
    retired = bool(NOT_PAYING & set(covered))
    return {name: rule for name, rule in rules.items() if retired or name not in RETIREMENT_RULES}


def _marked(section: Mapping[str, Any], mark: Mapping[str, str]) -> dict[str, Any]:
    """Assumptions with the source and status of a starting value where they name none."""
    return {
        name: part if "source" in part
        else {**part, **mark} if "value" in part or "values" in part
        else _marked(part, mark)
        for name, part in section.items()
    }  # fmt: skip
