"""Numbers of the report's first page: as it writes them, and where the workbook works them out.

The page writes a number by asking :class:`Shown` for it, which keeps what was asked for: the
workbook's list of the first page is what the page shows, no more and no less.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fundpool.decision import SOON
from fundpool.languages import Language
from fundpool.models.axes.records import plain_records
from fundpool.report.words.numbers import points, signed

if TYPE_CHECKING:
    from fundpool.models.risk.solvency import SolvencyRisk

ABSENT = "–"
"""Stands for a figure that does not exist."""

Form = Callable[[Language, Any], str]
Record = Mapping[str, Any]


@dataclass(frozen=True)
class PageFigure:
    """A number of the first page.

    Attributes:
        sheet: of the workbook that it is worked out on.
        row: of the table on that sheet, from 0; None for a figure with a formula of its own.
        figure: column of the table, or what the number is.
        shown: as the page writes it.
        value: number behind it.
        formula: over ``table[column]``, of a figure without a row.
    """

    sheet: str
    row: int | None
    figure: str
    shown: str
    value: float
    formula: str = ""


def _plain(_: Language, value: Any) -> str:
    return str(value)


def _money(language: Language, value: Any) -> str:
    return language.money(value)


def _size_of_money(language: Language, value: Any) -> str:
    return language.money(abs(value))


def _number(language: Language, value: Any) -> str:
    return language.number(value)


def _whole(language: Language, value: Any) -> str:
    return language.number(value, 0)


def _size(language: Language, value: Any) -> str:
    return language.number(abs(value), 0)


def _share(language: Language, value: Any) -> str:
    return language.percent(value, 1)


def _rate(language: Language, value: Any) -> str:
    return language.percent(value)


def _off(language: Language, value: Any) -> str:
    """A standard error in per cent."""
    return f"±\N{NO-BREAK SPACE}{language.percent(value, 1)}"


def _points_off(language: Language, value: Any) -> str:
    """A standard error of a rate in percentage points."""
    size = f"±\N{NO-BREAK SPACE}{language.number(100 * value, 2)}"
    return language("%(n)s percentage points") % {"n": size}


FORMS: Mapping[str, Mapping[str, Form]] = {
    "funds_now": {
        **dict.fromkeys(("opening_balance", "income", "outgo", "net"), _money),
        **dict.fromkeys(("months_of_outgo", "contributors_per_retired"), _number),
    },
    "decision": {
        **dict.fromkeys(("funds", "first_dry"), _plain),
        **dict.fromkeys((*(f"dry_within_{n}" for n in SOON), "dry_by_end"), _share),
        **dict.fromkeys(("all_last_probability", "paying_less", "paying_more"), _share),
        **dict.fromkeys(("income_rate", "level_rate"), _rate),
        **dict.fromkeys(("collected_each", "needed_each", "income_less", "income_more"), _whole),
        "more_money": _size_of_money,
        "more_each": _size,
        "rate_change": points,
    },
    "money_lacking": {
        **dict.fromkeys(("year", "funds", "funds_below_zero"), _plain), "lacking": _money,
    },
    "government": {"amount": _money, "outgo_share": _share},
    "rate_errors": {"rate_error": _points_off},
    "scenario_shares": {"any_ruin_error": _off, "scenarios": _whole},
    "behaviour": {
        "level_rate": _rate, **dict.fromkeys(("claims_change", "income_change"), signed),
    },
}  # fmt: skip
"""How the page writes the columns of each sheet."""


def _rows(summary: Record, risk: "SolvencyRisk | None") -> dict[str, Sequence[Record]]:
    """Rows of each sheet, in its order."""
    decision = summary.get("decision", {})
    shares: Sequence[Record] = ()
    if risk is not None:
        shares = plain_records(risk.overview.assign(scenarios=risk.run.scenarios))
    return {
        "funds_now": decision.get("now", ()), "decision": decision.get("plans", ()),
        "money_lacking": decision.get("next_years", ()),
        "government": decision.get("government", ()),
        "rate_errors": summary.get("formal", {}).get("rate_errors", ()),
        "behaviour": summary.get("behaviour", {}).get("results", ()),
        "scenario_shares": shares,
    }  # fmt: skip


class Shown:
    """Writes numbers of the first page and keeps each with its place in the workbook.

    >>> from fundpool.languages import language
    >>> found = {"decision": {"plans": [{"plan": "city", "dry_by_end": 0.25}]}}
    >>> shown = Shown(found, language("en"))
    >>> shown.cell("decision", shown.rows["decision"][0], "dry_by_end").split()
    ['25.0', '%']
    >>> [(figure.sheet, figure.row, figure.figure) for figure in shown.figures]
    [('decision', 0, 'dry_by_end')]

    Attributes:
        rows: of each sheet of the workbook that the page takes numbers from.
    """

    def __init__(
        self,
        summary: Record,
        language: Language,
        risk: "SolvencyRisk | None" = None,
        first_year: int = 0,
    ) -> None:
        """Nothing is shown yet.

        Args:
            summary: what :func:`fundpool.summary.summary` says.
            language: of words and numbers.
            risk: what scenarios say of the same plans.
            first_year: the first projected year, from which :meth:`year` counts.
        """
        self.first_year = first_year
        self.language = language
        self.rows = _rows(summary, risk)
        self._figures: dict[PageFigure, None] = {}

    @property
    def figures(self) -> tuple[PageFigure, ...]:
        """Numbers shown so far, each once, in the order in which they were first shown."""
        return tuple(self._figures)

    def cell(self, sheet: str, record: Record, column: str) -> str:
        """A number of a row of a sheet's table; a dash where there is none.

        Args:
            sheet: of :attr:`rows`.
            record: one of its rows, the very one.
            column: of :data:`FORMS`.
        """
        value = record[column]
        if value is None or value != value:
            return ABSENT
        words = FORMS[sheet][column](self.language, value)
        row = next(n for n, other in enumerate(self.rows[sheet]) if other is record)
        self._figures[PageFigure(sheet, row, column, words, float(value))] = None
        return words

    def counted(
        self, sheet: str, figure: str, value: float, formula: str, form: Form | None = None
    ) -> str:
        """A number with a formula of its own.

        Args:
            sheet: that it is worked out on.
            figure: what the number is.
            value: the number.
            formula: over ``table[column]``.
            form: how the page writes it; the shortest form unless given.
        """
        words = form(self.language, value) if form else f"{value:g}"
        self._figures[PageFigure(sheet, None, figure, words, float(value), formula)] = None
        return words

    def year(self, figure: str, year: int) -> str:
        """A year from the first projected one on.

        Args:
            figure: which year it is.
            year: the year.
        """
        ahead = year - self.first_year
        formula = "MAX(totals[year])" if figure == "last year" else f"MIN(totals[year])+{ahead}"
        return self.counted("totals", figure, year, formula)

    def by_definition(self, figure: str, value: float, form: Form | None = None) -> str:
        """A number that a measure of the page is defined by, such as a horizon in years."""
        return self.counted("decision", figure, value, f"{value!r}", form)
