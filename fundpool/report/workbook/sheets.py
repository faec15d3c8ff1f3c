"""Sheets of the workbook that are not one table: README, comparison, charts."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.languages.numbers import money_unit
from fundpool.languages.wording import marked
from fundpool.report.workbook.book import spelt_columns

if TYPE_CHECKING:
    from fundpool.report.workbook.book import Book

COMPARED = {
    "pools_exhausted": "count",
    "persons_exhausted_share": "share",
    "min_reserve_months": "plain",
    "closing_balance": "money",
    "level_rate_mean": "share",
    "level_rate_range": "share",
}
"""Measures set side by side, with their format."""

AXIS_UNITS = (marked("million"), marked("billion"), marked("trillion"))
"""Words of units that a number format divides by, thousands at a time."""

DASHES = ("solid", "dash", "round_dot", "long_dash_dot")
GREYS = ("#0b5394", "#b45309", "#4b5563", "#7f0000")


def front_sheet(book: "Book", sheet: Any) -> None:
    """The README sheet: what this is, what the run was, what stands on which sheet."""
    contents = book.contents
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, contents.title, book.title)
    row = 2
    for name, value in contents.facts:
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value, book.wrapped)
        row += 1
    row += 1
    for note in contents.notes:
        sheet.merge_range(row, 0, row, 1, note, book.wrapped)
        sheet.set_row(row, 15 * (1 + len(note) // 95))
        row += 1
    row += 1
    sheet.write_row(row, 0, [book.word("sheet"), book.word("rows")], book.head)
    others = [
        sheet.name for sheet in book.book.worksheets() if sheet.name not in ("README", *book.places)
    ]
    names = ["comparison", *book.places, *(name for name in others if name != "comparison")]
    for name in names:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", book.link, name)
        if name in book.places:
            sheet.write_number(row, 1, book.places[name]["rows"], book.formats["count"])
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 84)


def page_one_sheet(book: "Book") -> None:
    """Every number of the report's first page: where it is worked out, and as the page shows it."""
    sheet = book.book.add_worksheet("page_one")
    heads = ("sheet", "figure", "value", "shown")
    sheet.write_row(0, 0, [book.word(head) for head in heads], book.head)
    for line, figure in enumerate(book.contents.page_one, start=1):
        place = book.places[figure.sheet]
        if figure.row is None:
            formula = spelt_columns(figure.formula, book.places)
        else:
            letter = column_letters(place["columns"].index(figure.figure))
            formula = f"{figure.sheet}!{letter}{figure.row + 2}"
        sheet.write_url(line, 0, f"internal:'{figure.sheet}'!A1", book.link, figure.sheet)
        sheet.write_string(line, 1, book.word(figure.figure))
        sheet.write_formula(line, 2, f"={formula}", None, figure.value)
        sheet.write_string(line, 3, figure.shown)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 3, 26)
    sheet.freeze_panes(1, 0)


def comparison_sheet(book: "Book", sheet: Any, overview: pd.DataFrame) -> None:
    """Plans side by side: A (the first), B, and B - A as formulas on the table ``overview``."""
    place = book.places["overview"]
    letters = {name: column_letters(n) for n, name in enumerate(place["columns"])}
    plans = list(dict.fromkeys(overview["plan"]))
    heads = [book.word("scheme"), book.word("measure"), f"A: {plans[0]}"]
    for plan_index, plan in enumerate(plans[1:], start=1):
        other = chr(ord("A") + plan_index)
        heads += [f"{other}: {plan}", f"{other} - A"]
    sheet.write_row(0, 0, heads, book.head)
    row = 1
    values = {(r["plan"], r["scheme"]): r for r in overview.to_dict("records")}
    lines = {(r["plan"], r["scheme"]): n + 2 for n, r in enumerate(overview.to_dict("records"))}
    for scheme in dict.fromkeys(overview["scheme"]):
        for measure, kind in COMPARED.items():
            form = book.formats[kind]
            sheet.write_string(row, 0, str(scheme))
            sheet.write_string(row, 1, book.word(measure))
            base = float(values[plans[0], scheme][measure])
            sheet.write_formula(
                row, 2, f"=overview!{letters[measure]}{lines[plans[0], scheme]}", form, base
            )
            for plan_index, plan in enumerate(plans[1:]):
                column = 3 + 2 * plan_index
                value = float(values[plan, scheme][measure])
                sheet.write_formula(
                    row, column, f"=overview!{letters[measure]}{lines[plan, scheme]}", form, value
                )
                sheet.write_formula(
                    row,
                    column + 1,
                    f"={column_letters(column)}{row + 1}-C{row + 1}",
                    form,
                    value - base,
                )
            row += 1
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, len(heads), 18)
    sheet.freeze_panes(1, 2)


def column_letters(column: int) -> str:
    """A column's letters.

    >>> column_letters(0), column_letters(26)
    ('A', 'AA')
    """
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _axis_format(size: float, word: Callable[[str], str]) -> str:
    """Number format of an axis of money in the unit that fits the largest amount."""
    unit, name, _, _ = money_unit(size)
    if size < unit:
        return "#,##0"
    thousands = "," * round(math.log10(unit) / 3)
    return f'#,##0{thousands}" {word(name)}"'


def total_charts(book: "Book", totals: pd.DataFrame) -> None:
    """Balances and claims by year on the comparison sheet, one chart a scheme."""
    place = book.places["totals"]
    sheet = book.book.get_worksheet_by_name("comparison")
    columns = place["columns"]
    top = 3 + len(COMPARED) * totals["scheme"].nunique()
    plan = totals["plan"].iloc[0]
    for chart_index, scheme in enumerate(dict.fromkeys(totals["scheme"])):
        rows = [n for n, (p, s) in enumerate(zip(totals["plan"], totals["scheme"], strict=True), 1)
                if p == plan and s == scheme]  # fmt: skip
        chart = book.book.add_chart({"type": "line"})
        for line, name in enumerate(("contributions", "claims_paid", "balance")):
            column = columns.index(name)
            chart.add_series(
                {
                    "name": book.word(name),
                    "categories": ["totals", rows[0], columns.index("year"), rows[-1],
                                   columns.index("year")],
                    "values": ["totals", rows[0], column, rows[-1], column],
                    "line": {"color": GREYS[line], "width": 2, "dash_type": DASHES[line]},
                }
            )  # fmt: skip
        chart.set_title({"name": str(scheme), "name_font": {"size": 11}})
        size = float(totals["balance"].abs().max())
        money = _axis_format(size, book.word)
        chart.set_y_axis({"num_format": money, "major_gridlines": {"visible": True,
                          "line": {"color": "#d9dee4"}}})  # fmt: skip
        chart.set_x_axis({"label_position": "low", "interval_unit": 5})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 560, "height": 300})
        sheet.insert_chart(top, 0 if chart_index == 0 else 4 * chart_index, chart)


def waterfall_charts(book: "Book", change: pd.DataFrame) -> None:
    """Steps between two runs as floating columns on the sheet ``change``, one chart a measure."""
    sheet = book.places["change"]["sheet"]
    side = len(book.places["change"]["columns"]) + 1
    whole = change[change["pool"] == ""]
    for chart_index, ((scheme, measure), table) in enumerate(
        whole.groupby(["scheme", "measure"], sort=False)
    ):
        steps = table[table["kind"] == "step"]
        if not (steps["change"] != 0).any():
            continue
        rows = [int(i) + 1 for i in steps.index]
        column = book.places["change"]["columns"].index("change")
        label = book.places["change"]["columns"].index("step")
        chart = book.book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": book.word("change"),
                "categories": ["change", rows[0], label, rows[-1], label],
                "values": ["change", rows[0], column, rows[-1], column],
                "fill": {"color": "#0b5394"},
                "invert_if_negative": True,
                "invert_if_negative_color": "#d7301f",
            }
        )
        chart.set_title({"name": f"{scheme}: {book.word(str(measure))}", "name_font": {"size": 11}})
        chart.set_x_axis({"label_position": "low"})
        chart.set_legend({"none": True})
        chart.set_size({"width": 520, "height": 280})
        sheet.insert_chart(1 + 15 * chart_index, side, chart)
