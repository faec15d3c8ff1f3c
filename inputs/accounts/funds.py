"""Whose row of a statement it is: names of funds and schemes as a case knows them."""

from collections.abc import Callable
from functools import cached_property

from fundpool.inputs.accounts.mapping import Mapping
from fundpool.inputs.case import Case
from fundpool.inputs.files.table_words import plain
from fundpool.inputs.format.findings import did_you_mean
from fundpool.inputs.format.messages import Listed, Message

Report = Callable[[str, Message, Message], None]


class Names:
    """Regions and schemes of a case by code, name and local name, and those of a mapping."""

    def __init__(self, case: Case, mapping: Mapping) -> None:
        """Keep both."""
        self.case = case
        self.mapping = mapping

    @cached_property
    def _regions(self) -> dict[str, set[str]]:
        """Codes by name."""
        result: dict[str, set[str]] = {}
        for row in self.case.tables["regions"].to_dict("records"):
            for column in ("region", "name", "name_local"):
                name = plain(str(row.get(column) or ""))
                if name:
                    result.setdefault(name, set()).add(str(row["region"]))
        return result | {plain(str(code)): {str(code)} for code in self._codes}

    @cached_property
    def _codes(self) -> list[str]:
        return [str(code) for code in self.case.tables["regions"]["region"]]

    @cached_property
    def _schemes(self) -> dict[str, str]:
        result = {}
        for scheme in self.case.schemes:
            for name in (scheme.file.title_local, scheme.file.title, scheme.name):
                if name:
                    result[plain(name)] = scheme.name
        return result

    @property
    def only_scheme(self) -> str:
        """The scheme of a case with one; empty in any other."""
        return self.case.schemes[0].name if len(self.case.schemes) == 1 else ""

    def scheme_in(self, text: str) -> str:
        """The scheme whose title or name stands in a text; empty unless it is one alone."""
        line = plain(text)
        named = {code for name, code in self._schemes.items() if name in line}
        return named.pop() if len(named) == 1 else ""

    def region(self, text: str, report: Report) -> str | None:
        """Code of the region that a fund is of; None, reported, where there is not one alone."""
        name = self.mapping.funds.get(text, text)
        codes = self._regions.get(plain(name), set())
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            report(text, Message("a fund that only one region can be"),
                   Message("Write the code in its place: one of %(words)s.",
                           words=Listed.of(sorted(codes))))  # fmt: skip
        else:
            report(text, Message("the code or name of a region of the case"),
                   did_you_mean(name, self._regions))  # fmt: skip
        return None

    def scheme(self, text: str, report: Report) -> str | None:
        """Name of a scheme of the case; None, reported, where it is not known."""
        name = self._schemes.get(plain(self.mapping.schemes.get(text, text)))
        if name is None:
            report(text, Message("a scheme of the case"),
                   did_you_mean(text, [scheme.name for scheme in self.case.schemes]))  # fmt: skip
        return name
