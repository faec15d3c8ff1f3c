"""A workbook under way: its sheets, formats and tables."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from fundpool.report.columns import CALCULATED, FORMATS, SUMMED, TEXTS, kind_of
from fundpool.report.page_one import PageFigure
from fundpool.report.workbook.gathered import GATHERED

LONGEST_SHEET = 1_048_575

MEASURED = ("contribution_base", "opening_balance", "closing_balance", "persons")
"""Columns of ``measures`` whose total stands under the table."""


@dataclass(frozen=True)
class Contents:
    """What goes into a workbook.

    Attributes:
        title: of the report.
        facts: what the run was, as pairs of name and value, for the README sheet.
        notes: sentences for the README sheet.
        parameters: assumptions: path, value, unit, source, status, note.
        inputs: tables of the case with rows, source, status.
        results: result tables by name, one sheet each.
        plans: pooling plans, the first is what holds today.
        page_one: numbers of the report's first page.
        year: the base year, whose last day dates the file.
        words: translation of a label or sentence.
        labels: headings of columns in words of the case.
        titles: of schemes by their names.
        currency: code of the money.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    parameters: pd.DataFrame
    inputs: pd.DataFrame
    results: Mapping[str, pd.DataFrame]
    plans: tuple[str, ...]
    year: int
    page_one: tuple[PageFigure, ...] = ()
    words: Any = field(default=str)
    labels: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""


class Sheet(Worksheet):  # type: ignore[misc]
    """A sheet that reads each formula once: a table's column has the same in every row."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        key = (formula, expand_future_functions)
        known = self.__dict__.setdefault("_known_formulas", {})
        if key not in known:
            known[key] = super()._prepare_formula(formula, expand_future_functions)
        return str(known[key])

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        """A number's attributes are its place and its format's number: nothing to escape."""
        text = "".join([f' {key}="{value}"' for key, value in attributes])
        self.fh.write(f"<c{text}><v>{number:.16G}</v></c>")


class Book:
    """An open workbook with its formats and the places of its tables."""

    def __init__(self, file: Path, contents: Contents) -> None:
        """Open the file; ``close`` writes it."""
        self.contents = contents
        self.book = xlsxwriter.Workbook(str(file), {"nan_inf_to_errors": False})
        dated = datetime(contents.year, 12, 31, tzinfo=UTC).replace(tzinfo=None)
        self.book.set_properties({"title": contents.title, "author": "fundpool", "created": dated})
        add = self.book.add_format
        self.title = add({"bold": True, "font_size": 16})
        self.head = add({"bold": True, "bottom": 1})
        self.link = add({"font_color": "#0b5394", "underline": 1})
        self.wrapped = add({"text_wrap": True, "valign": "top"})
        self.bad = add({"bg_color": "#f4cccc", "bold": True})
        self.formats = {kind: add({"num_format": text}) for kind, text in FORMATS.items()}
        self.places: dict[str, dict[str, Any]] = {}

    def word(self, text: str) -> str:
        """A label in the reader's language."""
        return str(self.contents.words(text.replace("_", " ")))

    def add_table(self, name: str, frame: pd.DataFrame) -> Any:
        """A sheet with a real table; formulas where the table has calculated columns."""
        sheet = self.book.add_worksheet(name[:31], worksheet_class=Sheet)
        frame = frame.head(LONGEST_SHEET)
        calculated = CALCULATED.get(name, {})
        columns = [*frame.columns, *(c for c in calculated if c not in frame.columns)]
        heads = self._heads(columns)
        rows = len(frame)
        total = name in SUMMED
        formulas = {c: _named(calculated[c].formula, heads) for c in columns if c in calculated}
        stored = {c: "=" + _spelt(formula, name) for c, formula in formulas.items()}
        gathered = {
            c: item.formula
            for c, item in GATHERED.get(name, {}).items()
            if c in columns and all(table in self.places for table in item.tables)
        }
        texts = frame["column"].tolist() if "column" in columns else [""] * rows
        settings = []
        for column in columns:
            setting: dict[str, Any] = {"header": heads[column]}
            if column in formulas:
                setting["formula"] = "=" + formulas[column]
            if total and column in MEASURED:
                setting["total_function"] = "sum"
            settings.append(setting)
        if total:
            settings[0]["total_string"] = self.word("total")
        sheet.add_table(
            0, 0, max(rows, 1) + total, len(columns) - 1,
            {
                "name": f"t_{name}", "columns": settings, "total_row": total,
                "style": "Table Style Light 1", "banded_rows": False,
            },
        )  # fmt: skip
        for place, column in enumerate(columns):
            values = calculated[column].values(frame) if column in formulas else frame[column]
            form = self.formats[kind_of(column)]
            text = column in TEXTS
            for row, value in enumerate(np.asarray(values, dtype=object), start=1):
                if column in gathered and not pd.isna(value):
                    filled = gathered[column].replace("{column}", str(texts[row - 1]))
                    text_of_row = spelt_columns(_named(filled, heads), self.places)
                    sheet.write_formula(
                        row, place, "=" + _spelt(text_of_row, name), form, _cached(value)
                    )
                elif column in formulas:
                    sheet.write_formula(row, place, stored[column], form, _cached(value))
                else:
                    _write(sheet, row, place, value, form, text)
            if total and column in MEASURED:
                sheet.write_formula(
                    rows + 1, place, f"=SUBTOTAL(109,t_{name}[{heads[column]}])", form,
                    _cached(float(frame[column].sum())),
                )  # fmt: skip
            width = max(10, min(44, len(heads[column]) + 2, 44))
            if text and rows:
                longest = int(frame[column].astype(str).str.len().max())
                width = max(10, min(44, longest + 2))
            elif kind_of(column) == "money":
                width = max(width, 17)
            sheet.set_column(place, place, width)
        keys = [c for c in columns if c in TEXTS or c == "year"]
        sheet.freeze_panes(1, min(len(keys), 4) if columns[0] in keys else 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        self.places[name] = {"heads": heads, "columns": columns, "rows": rows, "sheet": sheet}
        return sheet

    def _heads(self, columns: list[str]) -> dict[str, str]:
        """Column labels, each once."""
        heads: dict[str, str] = {}
        for column in columns:
            head = self.contents.labels.get(column) or self.word(column)
            while head in heads.values():
                head += " "
            heads[column] = head
        return heads


def _named(formula: str, heads: Mapping[str, str]) -> str:
    """A formula with the columns' labels in place of their names."""
    return re.sub(r"\[@(\w+)\]", lambda m: f"[@[{heads[m.group(1)]}]]", formula)


def _spelt(formula: str, table: str) -> str:
    """A table formula in the form that is stored in a cell: ``t_name[[#This Row],[column]]``."""
    return re.sub(r"\[@\[([^\]]+)\]\]", rf"t_{table}[[#This Row],[\1]]", formula)


def spelt_columns(formula: str, places: Mapping[str, Mapping[str, Any]]) -> str:
    """``table[column]`` with the table's name in the book and the column's label."""
    return re.sub(
        r"\b(\w+)\[(\w+)\]",
        lambda m: f"t_{m.group(1)}[{places[m.group(1)]['heads'][m.group(2)]}]",
        formula,
    )


def _cached(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return 0
    return float(value)


def _write(sheet: Any, row: int, place: int, value: Any, form: Any, text: bool) -> None:
    """A cell: numbers as numbers, absent ones blank."""
    if value is None or value is pd.NA:
        return
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float) and not text:
        if math.isfinite(value):
            sheet.write_number(row, place, value, form)
        elif value == math.inf:
            sheet.write_string(row, place, "unlimited")
    elif str(value) not in ("", "nan", "<NA>"):
        sheet.write_string(row, place, str(value))
