"""The region tree: counties in cities in a province, or whatever the levels are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.vocabulary import OUTSIDE
from fundpool.inputs.region_names import region_names


@dataclass(frozen=True)
class RegionTree:
    """Regions of all levels, the lowest first.

    Attributes:
        levels: names of the levels, lowest first.
        members: codes of each level in the order of the table ``regions``.
        names: name by code (:func:`region_names`).
        plain_names: name by code as in the table, which several regions may share.
        parents: parent by code; the top level has none.
        coordinates: latitude and longitude of the lowest level, ``(n, 2)``; NaN where not given.
    """

    levels: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    names: dict[str, str]
    plain_names: dict[str, str]
    parents: dict[str, str]
    coordinates: NDArray[np.float64]

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the lowest level: the counties, in order."""
        return self.members[0]

    @property
    def second_level(self) -> str:
        """The level above the counties', within which most things that concern moves are counted;
        that of the counties where it is the only one."""
        return self.levels[min(1, len(self.levels) - 1)]

    @cached_property
    def _number(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.codes)} | {
            OUTSIDE: len(self.codes)
        }

    @cached_property
    def _level_of(self) -> dict[str, str]:
        return {
            code: level
            for level, codes in zip(self.levels, self.members, strict=True)
            for code in codes
        }

    def codes_at(self, level: str) -> tuple[str, ...]:
        """Codes of a level.

        Raises:
            ValueError: no such level.
        """
        if level not in self.levels:
            raise ValueError(f"{level!r} is not one of the levels {', '.join(self.levels)}")
        return self.members[self.levels.index(level)]

    def level_of(self, code: str) -> str:
        """Level of a region."""
        return self._level_of[code]

    def has(self, code: str) -> bool:
        """Whether a region bears the code."""
        return code in self._level_of

    def level_around(self, counties: Sequence[str]) -> str:
        """The lowest level with one region around all counties; the highest where none has."""
        for level in self.levels:
            ancestor = self.ancestor_index(level)
            if len({int(ancestor[self.index(code)]) for code in counties}) == 1:
                return level
        return self.levels[-1]

    def name(self, code: str) -> str:
        """Name of a region; ``outside`` is its own."""
        return self.names.get(code, code)

    def codes_named(self, name: str) -> list[str]:
        """Codes of the regions of a name, with that of the parent or without."""
        return [
            code for code, plain in self.plain_names.items() if name in (plain, self.names[code])
        ]

    def parent(self, code: str) -> str | None:
        """The region that a region lies in; None at the top."""
        return self.parents.get(code)

    def lineage(self, code: str) -> tuple[str, ...]:
        """A region and all that it lies in, from the bottom up."""
        known = self._lineages.get(code)
        if known is None:
            above = self.parents.get(code)
            known = (code,) if above is None else (code, *self.lineage(above))
            self._lineages[code] = known
        return known

    def index(self, code: str) -> int:
        """Number of a county; the number of counties for ``outside``.

        Raises:
            KeyError: not a region of the lowest level.
        """
        return self._number[code]

    def ancestor_index(self, level: str) -> NDArray[np.int64]:
        """For each county the number of the region of ``level`` that it lies in, ``(n,)``.

        Raises:
            ValueError: no such level.
        """
        self.codes_at(level)
        row: NDArray[np.int64] = self._ancestors[self.levels.index(level)]
        return row.copy()

    @cached_property
    def _lineages(self) -> dict[str, tuple[str, ...]]:
        """Lineages that were asked for."""
        return {}

    @cached_property
    def _ancestors(self) -> NDArray[np.int64]:
        """For each level and county the number of the region that it lies in, ``(L, n)``."""
        lineages = [self.lineage(code) for code in self.codes]
        rows = []
        for rank, codes in enumerate(self.members):
            place = {code: position for position, code in enumerate(codes)}
            rows.append([place[lineage[rank]] for lineage in lineages])
        return np.array(rows, dtype=np.int64)


def region_tree(table: pd.DataFrame, levels: Sequence[str]) -> RegionTree:
    """The tree of a table that :func:`tree_findings` has nothing against."""
    by_level = {
        level: tuple(str(code) for code in table.loc[table["level"] == level, "region"])
        for level in levels
    }
    lowest = table[table["level"] == levels[0]]
    return RegionTree(
        levels=tuple(levels),
        members=tuple(by_level[level] for level in levels),
        names=region_names(table),
        plain_names=dict(zip(table["region"], table["name"], strict=True)),
        parents={
            code: parent
            for code, parent in zip(table["region"], table["parent"], strict=True)
            if parent
        },
        coordinates=lowest[["latitude", "longitude"]].to_numpy(dtype=float),
    )


def tree_findings(
    table: pd.DataFrame, levels: Sequence[str], file: str, first_row: int = 2
) -> list[Finding]:
    """What keeps a table of regions from being a tree."""
    findings = _codes_twice(table, file, first_row)
    if findings:
        return findings
    level_of = dict(zip(table["region"], table["level"], strict=True))
    parent_of = dict(zip(table["region"], table["parent"], strict=True))
    in_cycles: set[str] = set()

    def report(row: int, column: str, value: str, expected: Message, mend: Message) -> None:
        findings.append(Finding(file, row, column, value, expected, mend))

    for row_number, (code, level, parent) in enumerate(
        zip(table["region"], table["level"], table["parent"], strict=True), start=first_row
    ):
        if code == OUTSIDE:
            mend = Message("The word stands for everywhere beyond the case; choose another code.")
            report(row_number, "region", code, Message("a code other than outside"), mend)
        if level not in levels:
            report(row_number, "level", level, Message("one of %(words)s", words=Listed.of(levels)),
                   did_you_mean(level, levels))  # fmt: skip
            continue
        rank = list(levels).index(level)
        if rank == len(levels) - 1:
            if parent:
                report(row_number, "parent", parent,
                       Message("no parent at the level %(level)s", level=level),
                       Message("Empty the cell, or name a higher level in %(file)s.",
                               file="case.toml"))  # fmt: skip
            continue
        if not parent:
            report(
                row_number,
                "parent",
                "",
                Message("the %(level)s it lies in", level=levels[rank + 1]),
                Message("Fill the cell."),
            )
        elif parent not in level_of:
            above = [c for c in level_of if level_of[c] == levels[rank + 1]]
            report(
                row_number,
                "parent",
                parent,
                Message("the code of a region"),
                did_you_mean(parent, above),
            )
        elif code in in_cycles:
            continue  # said once a cycle
        elif cycle := _cycle(code, parent_of):
            in_cycles |= cycle
            report(row_number, "parent", parent, Message("parents that lead to the top level"),
                   Message("%(code)s lies in itself; correct one parent on the way.",
                           code=code))  # fmt: skip
        elif level_of[parent] != levels[rank + 1]:
            report(row_number, "parent", parent,
                   Message("a region of the level %(level)s", level=levels[rank + 1]),
                   Message("%(parent)s has the level %(level)s.", parent=parent,
                           level=level_of[parent]))  # fmt: skip
    for level in levels:
        if level not in set(level_of.values()):
            findings.append(
                Finding.of_setting(file, "level", None,
                                   Message("a region of the level %(level)s", level=level),
                                   Message("Add one, or take the level out of %(file)s.",
                                           file="case.toml"))
            )  # fmt: skip
    if findings:
        return findings  # whether a region has members shows only once all parents are right
    for rank, level in enumerate(levels[1:], start=1):
        used = {parent_of[c] for c in level_of if level_of[c] == levels[rank - 1]}
        for row_number, (code, region_level) in enumerate(
            zip(table["region"], table["level"], strict=True), start=first_row
        ):
            if region_level == level and code not in used:
                report(row_number, "region", code,
                       Message("a %(level)s that lies in it", level=levels[rank - 1]),
                       Message("Remove the region, or give it members."))  # fmt: skip
    return findings


def _codes_twice(table: pd.DataFrame, file: str, first_row: int) -> list[Finding]:
    """Codes that two regions bear, of one level or of two."""
    findings = []
    first: dict[str, tuple[int, str]] = {}
    for row_number, (code, level) in enumerate(
        zip(table["region"], table["level"], strict=True), start=first_row
    ):
        if code not in first:
            first[code] = row_number, level
            continue
        row, other = first[code]
        mend = Message("Row %(row)s has it already; remove one of them.", row=row)
        if other != level:
            mend = Message(
                "Row %(row)s has it already, for a %(other)s: give one of them another code; a "
                "region whose only member is itself needs two, such as %(code)s and "
                "%(code)s-%(level)s.",
                row=row, other=other, code=code, level=level,
            )  # fmt: skip
        findings.append(Finding(file, row_number, "region", code, Message("each code once"), mend))
    return findings


def _cycle(code: str, parent_of: dict[str, str]) -> set[str]:
    """The regions on the way up from a region, if that way never ends; else empty."""
    seen = {code}
    here = parent_of.get(code, "")
    while here:
        if here in seen:
            return seen
        seen.add(here)
        here = parent_of.get(here, "")
    return set()
