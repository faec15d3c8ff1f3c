"""How funds pay for a service: by claim, by case group under a budget, by budget, by capitation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.scheme_file import SchemeFile

PARTS_OF = {
    "fee": (),
    "case_group": ("growth", "floor", "ceiling", "overspend", "savings"),
    "budget": ("growth",),
    "capitation": ("growth", "amount"),
}
"""Columns that a method uses; the first one or two must be filled."""

LEFT_OUT = {"growth": 0.0, "amount": 0.0, "floor": 0.0, "ceiling": float("inf"), "overspend": 0.0,
            "savings": 0.0}  # fmt: skip
"""What holds where a cell is blank."""


@dataclass(frozen=True)
class PaymentMethod:
    """How a service is paid for in a region from a year on.

    Attributes:
        year: from which.
        method: how; ``fee`` is payment by claim, and ends another.
        growth: of the budget or of the sum a head over the year before.
        amount: money an insured person and year, of that year.
        floor, ceiling: least and largest share of the claims' worth that is paid.
        overspend: share that the fund bears of claims beyond the budget.
        savings: share that the fund keeps of what claims leave of it.
    """

    year: int
    method: str
    growth: float
    amount: float
    floor: float
    ceiling: float
    overspend: float
    savings: float


PaymentMethods = Mapping[tuple[str, str], tuple[PaymentMethod, ...]]
"""(region, service) -> methods, by the year from which they hold, ascending."""


def payment_methods_of(table: pd.DataFrame | None, scheme: str) -> PaymentMethods:
    """How a scheme pays for services, from the table ``provider_payments``."""
    if table is None or table.empty:
        return {}
    result: dict[tuple[str, str], list[PaymentMethod]] = {}
    rows = table[table["scheme"] == scheme].sort_values("year", kind="stable")
    for row in rows.to_dict("records"):
        terms = {
            name: blank if pd.isna(row[name]) else float(row[name])
            for name, blank in LEFT_OUT.items()
        }
        method = PaymentMethod(int(row["year"]), str(row["method"]), **terms)
        result.setdefault((str(row["region"]), str(row["service"])), []).append(method)
    return {key: tuple(listed) for key, listed in result.items()}


def provider_payment_findings(
    table: pd.DataFrame,
    schemes: Mapping[str, SchemeFile],
    file: str,
    first: int,
) -> Iterator[Finding]:
    """Cells that a method needs and lacks, cells that it does not use, and shares turned round."""
    for number, row in enumerate(table.to_dict("records"), start=first):
        method = str(row["method"])
        if row["scheme"] not in schemes or method not in PARTS_OF:
            continue
        used = PARTS_OF[method]
        for name in LEFT_OUT:
            blank = bool(pd.isna(row[name]))
            if blank and name in used[: 1 if method == "case_group" else 2]:
                yield Finding(file, number, name, None,
                              Message("a number, as the method is %(method)s", method=method),
                              Message("Fill the cell."))  # fmt: skip
            elif not blank and name not in used:
                yield Finding(file, number, name, f"{row[name]:g}",
                              Message("an empty cell, as the method is %(method)s", method=method),
                              Message("It has no effect. Empty the cell."),
                              severity="warning")  # fmt: skip
        if pd.notna(row["floor"]) and pd.notna(row["ceiling"]) and row["floor"] > row["ceiling"]:
            yield Finding(file, number, "floor", f"{row['floor']:g}",
                          Message("at most the ceiling, %(ceiling)s",
                                  ceiling=f"{row['ceiling']:g}"),
                          Message("Correct the number."))  # fmt: skip
