"""The settlement of a year's swaps as a workbook that works itself out from its inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from fundpool.languages import Language
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.settlement import QUARTERS, SettlementTerms, cents, in_parts

TERMS = "terms"
FIRST_ROW = 4
"""Row of the first region, counted from 0."""

COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVW"
LEVY, GRANT = 2, 3
"""Columns of the year's amounts: what is paid into the hub, and drawn from it."""
LEVY_PARTS, GRANT_PARTS, NET, LATE, INTEREST, LEFT = 4, 9, 14, 15, 20, 21
"""Columns of their parts (four quarters and the year's end), of what is received less what is paid,
of days late by part, of interest on them, and of what the parts lack of the year."""


@dataclass(frozen=True)
class SettlementBook:
    """What goes into the workbook.

    Attributes:
        year: that is settled.
        currency: of the money.
        annual: of each scheme, as :func:`fundpool.models.optimiser.settlement.annual_swaps` says.
        terms: shares of quarters, advances and interest; cells that may be changed.
    """

    year: int
    currency: str
    annual: Mapping[str, pd.DataFrame]
    terms: SettlementTerms


def write_settlement(file: Path, book: SettlementBook, language: Language) -> None:
    """Write the workbook: a sheet of terms, and one a scheme with formulas alone.

    Args:
        file: to write.
        book: contents.
        language: of the words.

    Raises:
        OSError: the disk does not take it.
    """
    workbook = xlsxwriter.Workbook(str(file), {"nan_inf_to_errors": False})
    dated = datetime(book.year, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    workbook.set_properties({"title": f"{book.year}", "author": "fundpool", "created": dated})
    forms = {
        "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "money": workbook.add_format({"num_format": "#,##0.00"}),
        "input": workbook.add_format({"num_format": "0.00%", "bg_color": "#fff2cc"}),
        "days": workbook.add_format({"num_format": "0", "bg_color": "#fff2cc"}),
    }
    for scheme, annual in book.annual.items():
        _scheme(workbook, scheme, annual, book, language, forms)
    _terms(workbook, book, language, forms)
    workbook.close()


def _terms(workbook: Any, book: SettlementBook, language: Language, forms: Any) -> None:
    sheet = workbook.add_worksheet(TERMS)
    sheet.set_column(0, 0, 50)
    sheet.write(0, 0, language("Cells with a colour may be changed; everything follows."))
    rows = [
        (language("Collected in quarter %(n)s") % {"n": n + 1}, book.terms.collected[n])
        for n in range(QUARTERS)
    ]
    rows += [
        (language("Paid in quarter %(n)s") % {"n": n + 1}, book.terms.paid[n])
        for n in range(QUARTERS)
    ]
    rows += [
        (language("Share of a quarter's amount that is advanced"), book.terms.advance),
        (language("Interest a year on what is late, over 365 days"), book.terms.late_interest),
    ]
    for number, (words, value) in enumerate(rows, start=1):
        sheet.write(number, 0, words)
        sheet.write_number(number, 1, value, forms["input"])
    sheet.write(len(rows) + 1, 0, language("Shares of quarters sum to one (both 0)"))
    for column, cells in ((1, "B2:B5"), (2, "B6:B9")):
        sheet.write_formula(len(rows) + 1, column, f"=ROUND(SUM({cells})-1,9)", None, 0)


def _scheme(
    workbook: Any, scheme: str, annual: pd.DataFrame, book: SettlementBook, language: Language,
    forms: Any,
) -> None:  # fmt: skip
    """A sheet: regions, all of them, the hub, and what must be zero."""
    sheet = workbook.add_worksheet(scheme[:31])
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, len(COLUMNS) - 1, 17)
    sheet.freeze_panes(FIRST_ROW, 2)
    title = language("Settlement of swaps %(year)s, %(scheme)s, %(currency)s")
    sheet.write(0, 0, title % {"year": book.year, "scheme": language(scheme),
                               "currency": book.currency})  # fmt: skip
    for column, words in enumerate(_heads(language)):
        sheet.write(FIRST_ROW - 1, column, words, forms["head"])
    count, values = len(annual), _values(annual, book.terms)
    sums = cents(values.sum(axis=0))
    for number, region in enumerate(annual.to_dict("records")):
        row = FIRST_ROW + number
        sheet.write(row, 0, region["pool"])
        sheet.write(row, 1, region["name"])
        sheet.write_number(row, LEVY, region["paid"], forms["money"])
        sheet.write_number(row, GRANT, region["received"], forms["money"])
        for column in range(LATE, LATE + QUARTERS + 1):
            sheet.write_number(row, column, 0, forms["days"])
        for column, formula in _formulas(row + 1).items():
            sheet.write_formula(row, column, formula, forms["money"], values[number, column])
    whole, hub, check = FIRST_ROW + count, FIRST_ROW + count + 1, FIRST_ROW + count + 2
    sheet.write(whole, 1, language("all regions"), forms["head"])
    sheet.write(hub, 1, language("hub"))
    sheet.write(check, 1, language("regions and hub, must be 0"))
    for column in range(LEVY, LEFT + 1):
        name = COLUMNS[column]
        if LATE <= column < INTEREST:
            continue
        cells = f"{name}{FIRST_ROW + 1}:{name}{whole}"
        for row, formula, value in (
            (whole, f"=ROUND(SUM({cells}),2)", sums[column]),
            (hub, f"=ROUND(-{name}{whole + 1},2)", -sums[column]),
            (check, f"=ROUND({name}{whole + 1}+{name}{hub + 1},2)", 0.0),
        ):
            sheet.write_formula(row, column, formula, forms["money"], value)


def _values(annual: pd.DataFrame, terms: SettlementTerms) -> FloatArray:
    """What a spreadsheet makes of the formulas, for readers that do not, ``(p, columns)``."""
    values = np.zeros((len(annual), len(COLUMNS)))
    values[:, LEVY], values[:, GRANT] = annual["paid"], annual["received"]
    for first, year, shares in (
        (LEVY_PARTS, LEVY, terms.collected), (GRANT_PARTS, GRANT, terms.paid),
    ):  # fmt: skip
        values[:, first : first + QUARTERS + 1] = in_parts(values[:, year], shares, terms.advance)
    values[:, NET] = cents(values[:, GRANT] - values[:, LEVY])
    return values


def _formulas(row: int) -> dict[int, str]:
    """Formulas of a region by column; rows count from 1 there."""
    formulas = {}
    for first, year, terms_row in ((LEVY_PARTS, LEVY, 2), (GRANT_PARTS, GRANT, 2 + QUARTERS)):
        amount = f"${COLUMNS[year]}{row}"
        for quarter in range(QUARTERS):
            share = f"{TERMS}!$B${terms_row + quarter}"
            formulas[first + quarter] = f"=ROUND({amount}*{share}*{TERMS}!$B$10,2)"
        quarters = f"{COLUMNS[first]}{row}:{COLUMNS[first + QUARTERS - 1]}{row}"
        formulas[first + QUARTERS] = f"=ROUND({amount}-SUM({quarters}),2)"
    formulas[NET] = f"=ROUND({COLUMNS[GRANT]}{row}-{COLUMNS[LEVY]}{row},2)"
    late = "+".join(
        f"{COLUMNS[LEVY_PARTS + part]}{row}*{COLUMNS[LATE + part]}{row}"
        for part in range(QUARTERS + 1)
    )
    formulas[INTEREST] = f"=ROUND(({late})*{TERMS}!$B$11/365,2)"
    grant_cells = f"{COLUMNS[GRANT_PARTS]}{row}:{COLUMNS[GRANT_PARTS + QUARTERS]}{row}"
    levy_cells = f"{COLUMNS[LEVY_PARTS]}{row}:{COLUMNS[LEVY_PARTS + QUARTERS]}{row}"
    formulas[LEFT] = f"=ROUND({COLUMNS[NET]}{row}-SUM({grant_cells})+SUM({levy_cells}),2)"
    return formulas


def _heads(language: Language) -> list[str]:
    quarters = [language("quarter %(n)s") % {"n": n + 1} for n in range(QUARTERS)]
    named = [*quarters, language("year's end")]
    paid, drawn = language("paid into the hub"), language("drawn from the hub")
    late = language("days late")
    return [
        language("region"), language("name"), paid, drawn,
        *(f"{paid}{language(', ')}{part}" for part in named),
        *(f"{drawn}{language(', ')}{part}" for part in named),
        language("drawn less paid"), *(f"{late}{language(', ')}{part}" for part in named),
        language("interest on lateness"), language("missing to the year, must be 0"),
    ]  # fmt: skip
