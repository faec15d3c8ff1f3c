"""Benefits in cash that a fund pays beside care, as for maternity or sickness."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.scheme_file import SchemeFile


@dataclass(frozen=True)
class CashBenefit:
    """A benefit of a scheme in a region.

    Attributes:
        region: code of a region of any level; it holds below, unless a nearer one has its own.
        name: of the benefit.
        basis: ``birth``, ``day`` or ``head``.
        steps: year from which, amount, and share of the daily wage, ascending.
    """

    region: str
    name: str
    basis: str
    steps: tuple[tuple[int, float, float], ...]

    def in_force(self, year: int) -> tuple[int, float, float] | None:
        """The step of a year; None before the first."""
        begun = [step for step in self.steps if step[0] <= year]
        return begun[-1] if begun else None


def cash_benefits_of(table: pd.DataFrame | None, scheme: str) -> tuple[CashBenefit, ...]:
    """Benefits in cash of a scheme from the table ``cash_benefits``."""
    if table is None or table.empty:
        return ()
    rows = table[table["scheme"] == scheme].sort_values("year", kind="stable")
    steps: dict[tuple[str, str, str], list[tuple[int, float, float]]] = {}
    names = ("region", "benefit", "basis", "year", "amount", "wage_share")
    columns = (rows[name] for name in names)
    for region, benefit, basis, year, amount, share in zip(*columns, strict=True):
        key = (str(region), str(benefit), str(basis))
        replaced = 1.0 if pd.isna(share) else float(share)
        steps.setdefault(key, []).append((int(year), float(amount), replaced))
    return tuple(CashBenefit(*key, tuple(listed)) for key, listed in steps.items())


def cash_benefit_findings(
    table: pd.DataFrame, schemes: Mapping[str, SchemeFile], file: str, first: int
) -> Iterator[Finding]:
    """Days of a scheme without wages, and shares of a wage that no day is paid by."""
    columns = (table[name] for name in ("scheme", "basis", "amount", "wage_share"))
    for row, (name, basis, amount, share) in enumerate(zip(*columns, strict=True), start=first):
        if basis == "day" and name in schemes and schemes[name].kind != "payroll":
            yield Finding(file, row, "basis", "day",
                          Message("birth or head in a scheme without wages"),
                          Message("Correct the word, or take the row out."))  # fmt: skip
        if basis == "day" and amount > 366:
            yield Finding(file, row, "amount", f"{amount:g}",
                          Message("at most the days of a year"),
                          Message("Give the days of a member and year, all members "
                                  "counted."))  # fmt: skip
        if basis == "day" and pd.isna(share):
            yield Finding(file, row, "wage_share", None,
                          Message("the share of the daily wage that is paid"),
                          Message("Fill the cell."))  # fmt: skip
        if basis != "day" and pd.notna(share):
            yield Finding(file, row, "wage_share", f"{share:g}",
                          Message("an empty cell, as the benefit is a sum of money"),
                          Message("It has no effect. Empty the cell."),
                          severity="warning")  # fmt: skip
