"""Account and budget of the funds of a scheme as sheets, in the form that fund budgets take.

Income, outgo, the year's balance and the balance carried on, a line an item, as Chinese budgets of
social-insurance funds have them. Every amount is a formula on the sheet ``totals``, divided by the
unit of money that the reader chooses in the cell ``B1``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.languages.wording import marked
from fundpool.report.workbook.book import spelt_columns
from fundpool.report.workbook.sheets import column_letters

if TYPE_CHECKING:
    from fundpool.report.workbook.book import Book

UNITS = (
    (1.0, marked("%(currency)s")),
    (1e4, marked("ten thousand %(currency)s")),
    (1e6, marked("million %(currency)s")),
    (1e8, marked("hundred million %(currency)s")),
    (1e9, marked("billion %(currency)s")),
)
"""Units of money that amounts can be shown in."""
LARGEST_UNIT = (1e12, marked("trillion %(currency)s"))
"""One more where amounts are huge, as in rupiah."""
HUGE = 1e13
"""Size of an amount from which they are."""
USUAL_UNIT = {"zh": 1e4}
"""Unit at first by language; a million elsewhere."""
UNIT_OF_HUGE = {"zh": 1e8}
"""Unit at first where amounts are huge; a billion elsewhere."""
HEAD_ROWS = 3
"""Rows above the first scheme: the unit, what it divides by, nothing."""


@dataclass(frozen=True)
class Item:
    """A line of an account.

    Attributes:
        words: its name.
        terms: columns of the totals and their signs, of an amount; or names of other lines and
            their signs, of a sum.
        name: by which sums refer to it.
        is_sum: whether the terms are other lines.
    """

    words: str
    terms: Mapping[str, int]
    name: str = ""
    is_sum: bool = False


ITEMS = (
    Item(marked("contributions"), {"contributions": 1}, "contributions"),
    Item(marked("less: credited to personal accounts"), {"account_credits": -1}, "credits"),
    Item(marked("paid from personal accounts"), {"from_accounts": 1}, "from_accounts"),
    Item(marked("missing years paid"), {"missing_years_paid": 1}, "missing_years"),
    Item(marked("fiscal subsidies"), {"subsidies": 1}, "subsidies"),
    Item(marked("interest"), {"interest": 1}, "interest"),
    Item(marked("balances taken over"), {"taken_over": 1}, "taken_over"),
    Item(
        marked("income of the year, subtotal"),
        dict.fromkeys(
            ("contributions", "credits", "from_accounts", "missing_years", "subsidies", "interest",
             "taken_over"), 1
        ),
        "income", True,
    ),
    Item(marked("received from other funds"), {"swaps_in": 1}, "received"),
    Item(marked("income of the year, total"), {"income": 1, "received": 1}, "all_income", True),
    Item(marked("benefits paid"), {"claims_paid": 1}, "claims"),
    Item(marked("benefits in cash"), {"cash_benefits": 1}, "cash"),
    Item(marked("administration"), {"administration": 1}, "administration"),
    Item(
        marked("outgo of the year, subtotal"), {"claims": 1, "cash": 1, "administration": 1},
        "outgo", True,
    ),
    Item(marked("paid to other funds"), {"swaps_out": 1}, "paid"),
    Item(marked("outgo of the year, total"), {"outgo": 1, "paid": 1}, "all_outgo", True),
    Item(marked("balance of the year"), {"all_income": 1, "all_outgo": -1}, "year", True),
    Item(marked("balance brought forward"), {"opening_balance": 1}, "opening"),
    Item(marked("balance carried forward"), {"opening": 1, "year": 1}, "closing", True),
)  # fmt: skip
"""Lines of the account of a year."""
MONTHS = marked("months of outgo that the balance pays")
CHOOSE, DIVIDED = marked("unit of money (choose)"), marked("amounts are divided by")
CHANGES = (marked("change"), marked("change, share"))


def units_for(totals: pd.DataFrame, code: str) -> tuple[tuple[tuple[float, str], ...], float]:
    """Units that amounts of totals can be shown in, and the one at first, in a language.

    >>> small, large = (pd.DataFrame({"claims_paid": [size]}) for size in (9e12, 7e13))
    >>> [units_for(totals, "en")[1] for totals in (small, large)], units_for(large, "zh")[1]
    ([1000000.0, 1000000000.0], 100000000.0)
    """
    flows = totals[[name for item in ITEMS for name in item.terms if name in totals]]
    if flows.abs().to_numpy().max(initial=0.0) < HUGE:
        return UNITS, USUAL_UNIT.get(code, 1e6)
    return (*UNITS, LARGEST_UNIT), UNIT_OF_HUGE.get(code, 1e9)


def account_sheet(book: "Book", totals: pd.DataFrame) -> None:
    """Sheet ``fund_account``: the account of every scheme and year under the plan of today."""
    _Tables(book, "fund_account", _of_today(totals)).write(None)


def budget_sheet(book: "Book", totals: pd.DataFrame) -> None:
    """Sheet ``year_budget``: the first two years beside one another, and the change between."""
    today = _of_today(totals)
    years = sorted(today["year"].unique())[:2]
    if len(years) == 2:
        _Tables(book, "year_budget", today).write(years)


def _of_today(totals: pd.DataFrame) -> pd.DataFrame:
    today: pd.DataFrame = totals[totals["plan"] == totals["plan"].iloc[0]]
    return today


class _Tables:
    """The tables of one sheet.

    Args:
        book: the workbook.
        name: of the sheet.
        totals: rows of one plan.
    """

    def __init__(self, book: "Book", name: str, totals: pd.DataFrame) -> None:
        self.book, self.name, self.totals = book, name, totals
        self.sheet = book.book.add_worksheet(name)
        self.money = book.book.add_format({"num_format": "#,##0.00;−#,##0.00"})
        self.sum = book.book.add_format({"num_format": "#,##0.00;−#,##0.00", "bold": True})
        self.bold = book.book.add_format({"bold": True})

    def write(self, budget_years: Sequence[int] | None) -> None:
        """The unit and a table a scheme; of two years with their change where years are given."""
        unit = self._unit()
        row = HEAD_ROWS
        for scheme, flows in self.totals.groupby("scheme", sort=False):
            years = [int(year) for year in budget_years or flows["year"]]
            by_year = flows.set_index("year").loc[years]
            row = self._scheme(str(scheme), by_year, row, unit, budget_years is not None) + 2
        self.sheet.set_column(0, 0, 40)
        self.sheet.set_column(1, 1 + self.totals["year"].nunique(), 17)
        self.sheet.freeze_panes(HEAD_ROWS, 1)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def _unit(self) -> float:
        """The cell to choose the unit in, and what amounts are divided by."""
        words = self.book.contents.words
        currency = words(self.book.contents.currency)
        units, usual = units_for(self.totals, getattr(words, "code", "en"))
        names = [words(text) % {"currency": currency} for _, text in units]
        chosen = next(n for n, (size, _) in enumerate(units) if size == usual)
        self.sheet.write_string(0, 0, words(CHOOSE), self.bold)
        self.sheet.write_string(0, 1, names[chosen], self.bold)
        self.sheet.data_validation(0, 1, 0, 1, {"validate": "list", "source": names})
        formula = "1"
        for (size, _), name in zip(units[1:], names[1:], strict=True):
            formula = f'IF({self.name}!B1="{name}",{size:.0f},{formula})'
        self.sheet.write_string(1, 0, words(DIVIDED))
        self.sheet.write_formula(1, 1, f"={formula}", self.book.formats["count"], usual)
        return usual

    def _scheme(
        self, scheme: str, flows: pd.DataFrame, top: int, unit: float, compared: bool
    ) -> int:
        """A scheme's table; the row after it."""
        words, years = self.book.contents.words, list(flows.index)
        title = self.book.contents.titles.get(scheme, scheme)
        heads = [title, *(str(year) for year in years)]
        if compared:
            heads += map(words, CHANGES)
        self.sheet.write_row(top, 0, heads, self.book.head)
        lines = {item.name: top + 1 + place for place, item in enumerate(ITEMS)}
        amounts: dict[str, list[float]] = {}
        for item in ITEMS:
            row, form = lines[item.name], self.sum if item.is_sum else self.money
            self.sheet.write_string(row, 0, words(item.words), self.bold if item.is_sum else None)
            amounts[item.name] = []
            for place, year in enumerate(years):
                letter = column_letters(1 + place)
                if item.is_sum:
                    formula = "".join(
                        f"{'-' if sign < 0 else '+'}{self.name}!{letter}{lines[name] + 1}"
                        for name, sign in item.terms.items()
                    ).removeprefix("+")
                    value = sum(s * amounts[name][place] for name, s in item.terms.items())
                else:
                    formula = self._amount(scheme, int(year), item.terms)
                    value = sum(
                        s * float(flows[name].iloc[place]) for name, s in item.terms.items()
                    )
                    value /= unit
                amounts[item.name].append(float(value))
                self.sheet.write_formula(row, 1 + place, f"={formula}", form, float(value))
            if compared:
                self._change(row, form, amounts[item.name])
        return self._months(top + 1 + len(ITEMS), lines, amounts)

    def _amount(self, scheme: str, year: int, terms: Mapping[str, int]) -> str:
        where = f'totals[scheme],"{scheme}",totals[year],{year},totals[plan],INDEX(totals[plan],1)'
        summed = "".join(
            f"{'-' if sign < 0 else '+'}SUMIFS(totals[{name}],{where})"
            for name, sign in terms.items()
        ).removeprefix("+")
        return spelt_columns(f"({summed})/{self.name}!B2", self.book.places)

    def _change(self, row: int, form: Any, values: Sequence[float]) -> None:
        """The second year less the first, and its share of the first."""
        first, second = (f"{self.name}!{letter}{row + 1}" for letter in "BC")
        self.sheet.write_formula(row, 3, f"={second}-{first}", form, values[1] - values[0])
        share = (values[1] - values[0]) / values[0] if values[0] else 0.0
        formula = f"=IF({first}=0,0,({second}-{first})/IF({first}=0,1,{first}))"
        self.sheet.write_formula(row, 4, formula, self.book.formats["share"], share)

    def _months(
        self, row: int, lines: Mapping[str, int], amounts: Mapping[str, Sequence[float]]
    ) -> int:
        """Months of the year's outgo that the balance carried forward pays; the row after."""
        self.sheet.write_string(row, 0, self.book.contents.words(MONTHS))
        for place, outgo in enumerate(amounts["outgo"]):
            letter = column_letters(1 + place)
            closing = f"{self.name}!{letter}{lines['closing'] + 1}"
            spent = f"{self.name}!{letter}{lines['outgo'] + 1}"
            months = 12.0 * amounts["closing"][place] / outgo if outgo else 0.0
            self.sheet.write_formula(
                row, 1 + place, f"=IF({spent}=0,0,12*{closing}/IF({spent}=0,1,{spent}))",
                self.book.formats["plain"], months,
            )  # fmt: skip
        return row + 1
