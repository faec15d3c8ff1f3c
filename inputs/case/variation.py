"""A case varied: one assumption moved as a whole, or parts taken from another case."""

import copy
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from fundpool.inputs.case.assembly import regional_schemes, settings_and_schemes
from fundpool.inputs.case.case import Case
from fundpool.inputs.format.findings import CaseError
from fundpool.inputs.format.scheme_tables import SCHEME_TABLES


def shifted(case: Case, path: str, change: float) -> Case:
    """The same case with an assumption moved, values of single years with it.

    A share that would leave 0 to 1 stops there.

    Args:
        case: the case.
        path: of the assumption, as in :meth:`fundpool.inputs.case.case.Case.paths`.
        change: added to the value and to the value of every listed year.

    Raises:
        KeyError: no such assumption.
        CaseError: the moved value is out of range and is no share.
    """
    try:
        return _moved(case, path, lambda value: value + change)
    except CaseError:
        return _moved(case, path, lambda value: min(max(value + change, 0.0), 1.0))


def scaled(case: Case, path: str, factor: float) -> Case:
    """The same case with an assumption multiplied, values of single years with it.

    A share that would exceed 1 stops there.

    Args:
        case: the case.
        path: of the assumption, as in :meth:`fundpool.inputs.case.case.Case.paths`.
        factor: of the value and of the value of every listed year.

    Raises:
        KeyError: no such assumption.
        CaseError: the value is out of range and is no share.
    """
    try:
        return _moved(case, path, lambda value: value * factor)
    except CaseError:
        return _moved(case, path, lambda value: min(value * factor, 1.0))


def value_at(case: Case, path: str) -> float:
    """The value of an assumption, single years left aside.

    Raises:
        KeyError: no such assumption.
    """
    holder, key = _place(*_texts(case), path)
    item = holder[key]
    return float(item["value"] if isinstance(item, dict) else item)


def _texts(case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    settings = copy.deepcopy(dict(case._settings_text))
    return settings, {n: copy.deepcopy(dict(text)) for n, text in case._scheme_texts.items()}


def _place(settings: dict[str, Any], schemes: dict[str, Any], path: str) -> tuple[Any, str]:
    keys = path.split(".")
    here: Any = settings
    if keys[0] == "schemes":
        here, keys = schemes[keys[1]], keys[2:]
    for part in keys[:-1]:
        here = here[part]
    if keys[-1] not in here:
        raise KeyError(f"no assumption {path!r}")
    return here, keys[-1]


def _moved(case: Case, path: str, move: Callable[[float], float]) -> Case:
    settings, texts = _texts(case)
    holder, key = _place(settings, texts, path)
    item = holder[key]
    if isinstance(item, dict):
        item["value"] = move(float(item["value"]))
        if "by_year" in item:
            item["by_year"] = {year: move(float(v)) for year, v in item["by_year"].items()}
    else:
        holder[key] = move(float(item))
    digest = hashlib.sha256(
        f"{case.inputs_sha256};{path} moved to {value_of(holder[key])!r}".encode()
    ).hexdigest()
    return _rebuilt(case, settings, texts, digest)


def value_of(item: Any) -> Any:
    """What an item of a settings file says, source and status left aside."""
    return (item["value"], item.get("by_year")) if isinstance(item, dict) else item


def _rebuilt(case: Case, settings: dict[str, Any], texts: dict[str, Any], digest: str) -> Case:
    made, files = settings_and_schemes(settings, texts)
    schemes = regional_schemes(made, files, case.tables, case.regions)
    return replace(
        case, settings=made, schemes=schemes, inputs_sha256=digest,
        _settings_text=settings, _scheme_texts=texts,
    )  # fmt: skip


@dataclass(frozen=True)
class CasePart:
    """A part of a case that can be exchanged by itself.

    Attributes:
        name: its name.
        sections: sections of case.toml.
        tables: tables.
        rules: whether the scheme files belong to it.
        policies: whether shocks and the names of policies laid over the case belong to it.
        valuation: whether the base year belongs to it.
    """

    name: str
    sections: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    rules: bool = False
    policies: bool = False
    valuation: bool = False


PEOPLE = ("population", "migrants", "migrant_ages", "mobility", "mortality", "fertility",
          "sex_ratio_at_birth", "demography", "net_migration")  # fmt: skip
COVER = ("coverage", "employment", "industries")
CARE = (
    "morbidity",
    "severity",
    "scheme_costs",
    "relativities",
    "treatment",
    "referral",
    "industry_factors",
)
MONEY = ("economy", "fund_balances", "fund_totals")

DATA_PARTS = (
    CasePart("data: people", tables=PEOPLE),
    CasePart("data: cover", tables=COVER),
    CasePart("data: care", tables=CARE),
    CasePart("data: money", tables=MONEY),
)
"""Data by subject, where both cases stand at the same base year."""

ALL_DATA = CasePart("data", tables=(*PEOPLE, *COVER, *CARE, *MONEY), valuation=True)
"""All data at once, where the base year moves."""

ASSUMPTION_PARTS = (
    CasePart("assumptions: economy", sections=("economy",), tables=("service_trends",)),
    CasePart("assumptions: mobility", sections=("mobility",)),
    CasePart("assumptions: coverage", sections=("coverage",)),
    CasePart("assumptions: solvency", sections=("solvency",)),
    CasePart("assumptions: pooling", sections=("pooling",)),
)
RULES = CasePart(
    "rules", sections=("mergers",), tables=tuple(table.name for table in SCHEME_TABLES), rules=True
)
RESPONSES = CasePart("responses and shocks", sections=("participation",), policies=True)


def same_frame(first: Case, second: Case) -> bool:
    """Whether parts of the cases can be exchanged: the same regions, levels, schemes, services."""
    return (
        first.levels == second.levels
        and first.services == second.services
        and [s.name for s in first.schemes] == [s.name for s in second.schemes]
        and first.regions.members == second.regions.members
        and first.regions.parents == second.regions.parents
    )


def differs(first: Case, second: Case, part: CasePart) -> bool:
    """Whether two cases differ in a part in a way that can change a figure."""
    one, two = first._settings_text, second._settings_text
    if any(_values(one.get(s)) != _values(two.get(s)) for s in part.sections):
        return True
    if part.valuation and first.base_year != second.base_year:
        return True
    if part.rules and _values(first._scheme_texts) != _values(second._scheme_texts):
        return True
    if part.policies and _happening(first) != _happening(second):
        return True
    if second.before is not None or first.before is not None:
        here, there = first.reference, second.reference
        if (here is not first or there is not second) and differs(here, there, part):
            return True
    provenance = ["source", "status", "note"]
    return any(
        not first.tables[name]
        .drop(columns=provenance, errors="ignore")
        .equals(second.tables[name].drop(columns=provenance, errors="ignore"))
        for name in part.tables
        if name in first.tables
    )


def _happening(case: Case) -> list[dict[str, Any]]:
    """Shocks of a case, sources left aside."""
    return [shock.model_dump(exclude={"source", "status", "note"}) for shock in case.shocks]


def _values(item: Any) -> Any:
    """Settings without what only says where they come from."""
    if isinstance(item, dict) or hasattr(item, "items"):
        return {
            key: _values(value)
            for key, value in item.items()
            if key not in ("source", "status", "note", "unit")
        }
    return item


def exchanged(case: Case, other: Case, taken: Collection[CasePart]) -> Case:
    """A case with some parts taken from another of the same frame.

    Raises:
        CaseError: the parts do not fit together.
    """
    settings, texts = _texts(case)
    theirs, their_texts = _texts(other)
    tables = dict(case.tables)
    changed = replace(case, tables=tables)
    for part in taken:
        for section in part.sections:
            if section in theirs:
                settings[section] = theirs[section]
            else:
                settings.pop(section, None)
        if part.valuation:
            settings["base_year"] = theirs["base_year"]
        for name in part.tables:
            if name in other.tables:
                tables[name] = other.tables[name]
        if part.rules:
            texts = their_texts
        if part.policies:
            changed = replace(
                changed, shocks=other.shocks, policies=other.policies, pooling=other.pooling
            )
    names = ",".join(sorted(part.name for part in taken))
    digest = hashlib.sha256(
        f"{case.inputs_sha256};{names} of {other.inputs_sha256}".encode()
    ).hexdigest()
    if case.before is not None or other.before is not None:
        # the base year is observed without policies: it is exchanged alike
        changed = replace(changed, before=exchanged(case.reference, other.reference, taken))
    return _rebuilt(changed, settings, texts, digest)
