"""The Jiangsu case with one of its inputs moved: a setting, an assumption or a table."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from fundpool.building.jiangsu.build import rolled_people, tables
from fundpool.building.jiangsu.census_case import case_of_tables
from fundpool.building.jiangsu.published import HERE, Published
from fundpool.building.jiangsu.rolled import Rolled
from fundpool.inputs.case import Case, read_case
from fundpool.inputs.case.variation import shifted, value_at
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.sources import read_raw

DESCRIPTIONS = ("starts", "source", "status", "note")
"""Entries of an assumption that are not its values."""
OF_PEOPLE = ("distance_power", "return_rate", "onward_rate", "migrant_ages_mix", "residents_2023")
"""Assumptions and published tables from which the people of 2024 follow."""


@dataclass(frozen=True)
class Input:
    """An input and how far it may be off, as ``inputs/jiangsu/ranges.toml`` has it.

    Attributes:
        name: in words.
        low: value, factor or power of the low case.
        high: that of the high case.
        mark: published, derived or assumed.
        source: of the value and its range.
        entry: what is moved, as in the file.
    """

    name: str
    low: float
    high: float
    mark: str
    source: str
    entry: Mapping[str, Any]


@dataclass(frozen=True)
class MovedFigures(Published):
    """Published figures and assumptions of which one is moved.

    Attributes:
        entry: what is moved.
        by: value, factor or power.
    """

    entry: Mapping[str, Any] = field(default_factory=dict)
    by: float = 1.0

    def table(self, name: str) -> pd.DataFrame:
        """A published table, its rows moved if it is the one."""
        plain = super().table(name)
        if self.entry.get("published") != name:
            return plain
        return with_rows_moved(plain, "value", self.entry, self.by)

    def of_nation(self, name: str) -> pd.DataFrame:
        """A national table, its rows moved if it is the one."""
        plain = super().of_nation(name)
        if self.entry.get("published") != name:
            return plain
        return with_rows_moved(plain, "value", self.entry, self.by)

    @property
    def assumptions(self) -> dict[str, Any]:
        """Assumptions, moved if it is one of them."""
        known = dict(super().assumptions)
        name = self.entry.get("assumption")
        if name is not None:
            known[name] = moved_assumption(known[name], self.entry, self.by)
        return known


def inputs_of_weight() -> list[Input]:
    """Every input whose range is known."""
    listed = tomllib.loads((HERE / "ranges.toml").read_text("utf-8"))["input"]
    return [
        Input(entry["name"], entry["low"], entry["high"], entry["mark"], entry["source"], entry)
        for entry in listed
    ]


def with_rows_moved(
    table: pd.DataFrame, column: str, entry: Mapping[str, Any], by: float
) -> pd.DataFrame:
    """A table with a column of the rows ``where`` times a factor, or raised to a power.

    A power keeps the mean of the rows.
    """
    chosen = pd.Series(True, index=table.index)
    for name, wanted in entry.get("where", {}).items():
        chosen &= table[name].isin(wanted if isinstance(wanted, list) else [wanted])
    if not chosen.any():
        raise ValueError(f"{entry['name']}: no such rows")
    old = table.loc[chosen, column].astype(float)
    new = old**by if entry.get("power") else old * by
    if entry.get("power"):
        new *= old.mean() / new.mean()
    values = table[column].astype(float)
    values[chosen] = new
    return table.assign(**{column: values})


def moved_assumption(known: Any, entry: Mapping[str, Any], by: float) -> Any:
    """An assumption with its value, or every value in it, moved.

    >>> moved_assumption({"value": 2.0, "source": "x"}, {}, 3.0)
    {'value': 3.0, 'source': 'x'}
    >>> moved_assumption({"male": [1.0, 2.0], "starts": [0, 5]}, {"power": True}, 2.0)
    {'male': [1.0, 4.0], 'starts': [0, 5]}
    >>> moved_assumption({"a": {"x": 0.5}, "b": 1.0}, {"key": "a", "factor": True}, 3.0)
    {'a': {'x': 1.0}, 'b': 1.0}
    """
    share = isinstance(known, Mapping) and "factor" in entry

    def moved(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                name: inside if name in DESCRIPTIONS else moved(inside)
                for name, inside in value.items()
            }
        if isinstance(value, list):
            return [moved(item) for item in value]
        if entry.get("power"):
            return value**by
        if entry.get("factor"):
            return min(value * by, 1.0) if share and value <= 1.0 else value * by
        return by

    key = entry.get("key")
    if key is None:
        return moved(known)
    return dict(deepcopy(known)) | {key: moved(known[key])}


@cache
def people_of_2024() -> Rolled:
    """The people of the case as it is."""
    return rolled_people(Published())


@cache
def plain_files() -> RawCase:
    """The files of the case as it is."""
    return read_raw(HERE)


@cache
def plain_case() -> Case:
    """The case as it is."""
    return read_case("jiangsu")


def case_with(entry: Mapping[str, Any], by: float) -> Case:
    """The case with an input moved, or as it is where ``entry`` is empty.

    Raises:
        CaseError: the moved tables do not make a case.
    """
    case = plain_case()
    if not entry:
        return case
    if "path" in entry:
        return shifted(case, entry["path"], by - value_at(case, entry["path"]))
    figures = MovedFigures(entry=entry, by=by)
    moves_people = any(entry.get(kind) in OF_PEOPLE for kind in ("assumption", "published"))
    built = tables(figures, None if moves_people else people_of_2024())
    if "table" in entry:
        name = entry["table"]
        built[name] = with_rows_moved(built[name], entry["column"], entry, by)
    raw = plain_files()
    schemes = raw.schemes
    if "rates" in entry:
        scheme, service = entry["rates"]
        schemes = schemes | {scheme: with_rates(schemes[scheme], service, by)}
    settings = dict(raw.settings or {}) | {"report_policies": []}
    return case_of_tables(built, settings, schemes, "jiangsu with an input moved")


def with_rates(scheme: Mapping[str, Any], service: str, points: float) -> dict[str, Any]:
    """A scheme file with so many points on every rate it pays of services so named."""
    benefits = dict(scheme["benefits"])
    for name, benefit in benefits.items():
        if name.startswith(service):
            bands = [
                [start, float(np.clip(rate + points, 0.0, 1.0))] for start, rate in benefit["bands"]
            ]
            benefits[name] = benefit | {"bands": bands}
    return dict(scheme) | {"benefits": benefits}
