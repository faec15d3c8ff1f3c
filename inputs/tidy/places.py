"""Regions by code or by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from fundpool.inputs.files.table_words import plain
from fundpool.inputs.format.vocabulary import OUTSIDE


@dataclass(frozen=True)
class Places:
    """The regions of a case.

    Attributes:
        level: level by code.
        parent: code of the region above, by code; empty at the top.
        names: codes of each name, in plain writing.
        lowest: the level of the counties.
    """

    level: Mapping[str, str] = field(default_factory=dict)
    parent: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lowest: str = ""

    @property
    def known(self) -> list[str]:
        """Names and codes of all regions, as they are compared."""
        return [*self.names, *self.level]

    def is_code(self, text: str) -> bool:
        """Whether a text is a code, or there are no regions to compare it with."""
        return not self.level or text in self.level or text == OUTSIDE

    def codes_of(self, text: str) -> tuple[str, ...]:
        """Codes that a text may stand for: a name, a code with zeros behind it, a code as a number.

        >>> table = pd.DataFrame({"region": ["320102"], "name": ["Xuanwu"], "level": ["county"]})
        >>> [places_of(table, "county").codes_of(text) for text in ("xuanwu", "320102000000", "1")]
        [('320102',), ('320102',), ()]
        """
        word = plain(text)
        if word in self.names:
            return self.names[word]
        code = word.removesuffix(".0")
        if code in self.level:
            return (code,)
        if code.isdecimal() and code.endswith("000"):
            # statistical codes go on below the county: its own has zeros there
            shorter = [known for known in self.level if code.rstrip("0") == known.rstrip("0")
                       and len(known) < len(code)]  # fmt: skip
            return tuple(shorter)
        return ()

    def counties_below(self, code: str) -> list[str]:
        """Codes of the lowest level that lie in a region."""
        return [
            region for region, level in self.level.items()
            if level == self.lowest and code in self._line(region)
        ]  # fmt: skip

    def _line(self, code: str) -> list[str]:
        line = [code]
        while (above := self.parent.get(line[-1], "")) and above not in line:
            line.append(above)
        return line


def places_of(regions: pd.DataFrame | None, lowest: str) -> Places:
    """The regions of a table ``regions``; none where there is no table."""
    if regions is None or "region" not in regions:
        return Places()
    codes = regions["region"].astype(str).tolist()
    blank = [""] * len(codes)

    def column(name: str) -> list[str]:
        return regions[name].fillna("").astype(str).tolist() if name in regions else blank

    names: dict[str, tuple[str, ...]] = {}
    for label in ("name", "name_local"):
        for code, name in zip(codes, column(label), strict=True):
            word = plain(name)
            if word and code not in names.get(word, ()):
                names[word] = (*names.get(word, ()), code)
    return Places(
        dict(zip(codes, column("level"), strict=True)),
        dict(zip(codes, column("parent"), strict=True)), names, lowest,
    )  # fmt: skip
