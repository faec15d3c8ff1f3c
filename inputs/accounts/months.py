"""Months of a fund: flows of each month, balances carried on, and whether they reconcile."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from fundpool.inputs.accounts.amounts import Amount, Key
from fundpool.inputs.accounts.words import ITEMS
from fundpool.inputs.case import Case
from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message

MONTH_COLUMNS = [
    "scheme", "region", "name", "level", "year", "month", "opening", "income", "outgo", "balance",
    "bank", "issued", "file", "row",
]  # fmt: skip
ARITHMETIC = 1e-9
"""Relative difference of sums that is no mistake of the statement."""
WORDS = {"income": Message("income"), "outgo": Message("outgo")}
"""Flows in words."""


@dataclass
class Fund:
    """Figures of one fund by month, counted from year 0.

    Attributes:
        scheme, region: whose they are.
        figures: by month and item.
        rows: rows of its table, filled month by month.
        findings: what does not reconcile.
    """

    scheme: str
    region: str
    figures: dict[int, dict[str, Amount]] = field(default_factory=dict)
    rows: list[dict[str, object]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def report(self, at: Amount, expected: float, what: Message) -> None:
        """A figure that is not what others make it."""
        self.findings.append(
            Finding(at.place, at.row, at.column, at.text,
                    Message("%(amount)s, %(what)s (%(fund)s, %(scheme)s, %(month)s)",
                            amount=f"{expected:,.2f}", what=what, fund=self.region,
                            scheme=self.scheme, month=_month(at.year * 12 + at.month - 1)),
                    Message("It is off by %(difference)s; correct the row, or add a correction "
                            "with a later date of issue.",
                            difference=f"{at.value - expected:,.2f}"))
        )  # fmt: skip

    def missing(self, near: Amount, expected: Message) -> None:
        """A figure that the month of another one lacks."""
        self.findings.append(
            Finding(near.place, near.row, None, None, expected,
                    Message("Add it to the statement, or give the statement that has it as well."))
        )  # fmt: skip


def fund_months(case: Case, amounts: Mapping[Key, Amount]) -> tuple[pd.DataFrame, list[Finding]]:
    """Months of every fund, reconciled.

    For each month ``opening + income - outgo = balance``; the opening balance is the balance of
    the month before; flows since January are the sum of the months; money at the bank is the
    balance. Figures may differ by the rounding that they are written with.

    Returns:
        a row a scheme, fund and month with columns :data:`MONTH_COLUMNS`, and what is missing or
        does not reconcile.
    """
    funds: dict[tuple[str, str], Fund] = {}
    for amount in amounts.values():
        key = amount.scheme, amount.region
        fund = funds.setdefault(key, Fund(*key))
        fund.figures.setdefault(amount.year * 12 + amount.month - 1, {})[amount.item] = amount
    for fund in funds.values():
        _fill(case, fund)
    rows = [row for fund in funds.values() for row in fund.rows]
    table = pd.DataFrame(rows, columns=MONTH_COLUMNS)
    order = {scheme.name: number for number, scheme in enumerate(case.schemes)}
    table = table.sort_values(
        ["scheme", "region", "year", "month"], kind="stable", ignore_index=True,
        key=lambda column: column.map(order) if column.name == "scheme" else column,
    )  # fmt: skip
    return table, [finding for fund in funds.values() for finding in fund.findings]


def _fill(case: Case, fund: Fund) -> None:
    months = sorted(fund.figures)
    first, last = months[0], months[-1]
    for month in months[1:]:
        before = max(other for other in months if other < month)
        near = next(iter(fund.figures[month].values()))
        if month - before > 1:
            fund.missing(
                near,
                Message("the months after %(first)s and before %(last)s of %(fund)s (%(scheme)s)",
                        first=_month(before), last=_month(month), fund=fund.region,
                        scheme=fund.scheme),
            )  # fmt: skip
    if last - first + 1 != len(months):
        return
    flows = {item: _flows(fund, item, months) for item in ("income", "outgo")}
    if any(set(known) != set(months) for known in flows.values()):
        return
    opening = _first_opening(fund, months, flows)
    if opening is None:
        near = next(iter(fund.figures[first].values()))
        fund.missing(near, Message("a balance of %(fund)s (%(scheme)s) in one of its months",
                                   fund=fund.region, scheme=fund.scheme))  # fmt: skip
        return
    for month in months:
        income, outgo = flows["income"][month], flows["outgo"][month]
        balance = _reconciled(fund, month, opening, income - outgo)
        figures = fund.figures[month]
        latest = max(figures.values(), key=lambda amount: amount.issued)
        bank = figures.get("bank")
        fund.rows.append(
            {
                "scheme": fund.scheme, "region": fund.region,
                "name": case.regions.name(fund.region),
                "level": case.regions.level_of(fund.region), "year": month // 12,
                "month": month % 12 + 1, "opening": opening, "income": income, "outgo": outgo,
                "balance": balance, "bank": float("nan") if bank is None else bank.value,
                "issued": latest.issued, "file": latest.place, "row": latest.row,
            }
        )  # fmt: skip
        opening = balance


def _flows(fund: Fund, item: str, months: list[int]) -> dict[int, float]:
    """Flows of each month, from those of the month, or since January where only these are given."""
    result: dict[int, float] = {}
    since, rounding = 0.0, 0.0
    whole_year = False
    for month in months:
        figures = fund.figures[month]
        if month % 12 == 0:
            since, rounding, whole_year = 0.0, 0.0, True
        alone, to_date = figures.get(item), figures.get(f"{item}_to_date")
        if alone is None and (to_date is None or not whole_year):
            near = next(iter(figures.values()))
            if to_date is None:
                missing = Message("%(item)s of %(fund)s (%(scheme)s) in %(month)s",
                                  item=WORDS[item], fund=fund.region, scheme=fund.scheme,
                                  month=_month(month))  # fmt: skip
            else:
                missing = Message("the months of %(year)s before %(month)s of %(fund)s "
                                  "(%(scheme)s): it has only amounts since January",
                                  year=str(month // 12), month=_month(month), fund=fund.region,
                                  scheme=fund.scheme)  # fmt: skip
            fund.missing(near, missing)
            whole_year = False
            continue
        if alone is None and to_date is not None:
            result[month] = to_date.value - since
            since, rounding = to_date.value, to_date.rounding
            continue
        assert alone is not None
        result[month] = alone.value
        since += alone.value
        rounding += alone.rounding
        if to_date is not None and whole_year:
            if not _equal(to_date.value, since, rounding + to_date.rounding):
                fund.report(to_date, since, Message("the sum of the months since January"))
            since, rounding = to_date.value, to_date.rounding
    return result


def _first_opening(
    fund: Fund, months: list[int], flows: dict[str, dict[int, float]]
) -> float | None:
    """Balance at the beginning: as given, or from the first balance that is, backwards."""
    change = 0.0
    for month in months:
        figures = fund.figures[month]
        if "opening" in figures:
            return figures["opening"].value - change
        change += flows["income"][month] - flows["outgo"][month]
        for item in ("closing", "bank"):
            if item in figures:
                return figures[item].value - change
    return None


def _reconciled(fund: Fund, month: int, carried: float, change: float) -> float:
    """Balance at the end of a month; reports what does not agree with it."""
    figures = fund.figures[month]
    stated = figures.get("opening")
    rounding = sum(figures[item].rounding for item in ITEMS if item in figures)
    before = fund.figures.get(month - 1, {}).get("closing")
    opening = carried
    if stated is not None:
        widest = rounding + (before.rounding if before else 0.0)
        if not _equal(stated.value, carried, widest):
            fund.report(stated, carried, Message("the balance at the end of the month before"))
        opening = stated.value
    closing, bank = figures.get("closing"), figures.get("bank")
    balance = opening + change
    if closing is not None:
        if not _equal(closing.value, balance, rounding):
            fund.report(closing, balance, Message("opening balance and income less outgo"))
        balance = closing.value
    if bank is not None and not _equal(bank.value, balance, rounding):
        fund.report(bank, balance, Message("the balance of the fund"))
    return balance


def _equal(first: float, second: float, rounding: float) -> bool:
    return abs(first - second) <= rounding + ARITHMETIC * max(abs(first), abs(second))


def _month(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02}"
