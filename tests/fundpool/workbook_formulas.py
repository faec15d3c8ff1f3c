"""A workbook's formulas worked out anew: table references, sums by criteria, counts, products."""

import html
import operator
import re
import zipfile
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineWorkbook

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip


class Text(str):
    """A text that ``&`` joins with others, as in a spreadsheet."""

    def __and__(self, other: object) -> "Text":
        return Text(f"{self}{other}")


class Formulas:
    """Formulas of a workbook, and what they come to from the cells they point to."""

    def __init__(self, file: Path) -> None:
        self.names = CalamineWorkbook.from_path(file).sheet_names
        book = CalamineWorkbook.from_path(file)
        self.cells = {name: book.get_sheet_by_name(name).to_python() for name in self.names}
        self.tables: dict[str, tuple[str, int]] = {}
        self.formulas: dict[tuple[str, str], str] = {}
        with zipfile.ZipFile(file) as packed:
            read = {n: packed.read(n).decode() for n in packed.namelist() if n.endswith(".xml")}
        for text in (text for name, text in read.items() if name.startswith("xl/tables/")):
            name = re.search(r' name="t_(\w+)"', text)[1]  # type: ignore[index]
            totals = 'totalsRowCount="1"' in text
            self.tables[name] = (name[:31], len(self.cells[name[:31]]) - totals)
        for number, name in enumerate(self.names, start=1):
            text = read[f"xl/worksheets/sheet{number}.xml"]
            for place, formula in re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>(.*?)</f>', text):
                self.formulas[name, place] = html.unescape(formula)

    @cached_property
    def _columns(self) -> dict[tuple[str, str], np.ndarray]:
        return {}

    def column(self, table: str, head: str) -> np.ndarray:
        """Cells of a table's column; blank ones are nothing among numbers."""
        if (table, head) not in self._columns:
            sheet, end = self.tables[table]
            rows = self.cells[sheet]
            place = rows[0].index(head)
            cells = [row[place] for row in rows[1:end]]
            numbers = all(isinstance(cell, int | float) or cell == "" for cell in cells)
            values = (
                np.array([cell or 0.0 for cell in cells], dtype=float)
                if numbers and any(cell != "" for cell in cells)
                else np.array([str(cell) for cell in cells], dtype=object)
            )
            self._columns[table, head] = values
        return self._columns[table, head]

    def cell(self, sheet: str, place: str) -> Any:
        """A cell's number or text."""
        letters, row = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
        column = 0
        for letter in letters:
            column = 26 * column + ord(letter) - ord("A") + 1
        value = self.cells[sheet][int(row) - 1][column - 1]
        return Text(value) if isinstance(value, str) else float(value)

    def result(self, sheet: str, place: str) -> float:
        """What the formula in a cell comes to."""
        row = int(re.sub("[A-Z]", "", place)) - 2
        names: dict[str, Any] = {
            "T": self.column, "R": lambda table, head: self.column(table, head)[row],
            "C": self.cell, "S": Text, "SUMIFS": sumifs, "COUNTIFS": countifs, "MINIFS": minifs,
            "SUMPRODUCT": lambda values: float(np.sum(values)), "SQRT": np.sqrt, "MIN": np.min,
            "MAX": np.max, "COUNTA": lambda values: sum(value != "" for value in values),
            "INDEX": lambda values, number: values[number - 1],
            "IF": lambda condition, met, otherwise: met if condition else otherwise,
        }  # fmt: skip
        return float(eval(as_python(self.formulas[sheet, place]), {"__builtins__": {}}, names))


def as_python(formula: str) -> str:
    """A formula in Python: texts, tables and cells as calls."""
    pieces = re.split(
        r'("[^"]*"|t_\w+\[\[\#This Row\],\[[^\]]+\]\]|t_\w+\[[^\]]+\]|\b\w+![A-Z]+\d+)', formula
    )
    made = []
    for piece in pieces:
        if piece.startswith('"'):
            made.append(f"S({piece})")
        elif found := re.fullmatch(r"t_(\w+)\[\[#This Row\],\[(.+)\]\]", piece):
            made.append(f"R({found[1]!r}, {found[2]!r})")
        elif found := re.fullmatch(r"t_(\w+)\[(.+)\]", piece):
            made.append(f"T({found[1]!r}, {found[2]!r})")
        elif found := re.fullmatch(r"(\w+)!([A-Z]+\d+)", piece):
            made.append(f"C({found[1]!r}, {found[2]!r})")
        else:
            plain = piece.replace("_xlfn.", "").replace("^", "**")
            made.append(re.sub(r"(?<![<>])=", "==", plain))
    return "".join(made)


def chosen(criteria: Sequence[Any]) -> np.ndarray:
    """Rows that meet pairs of a column and what it must be."""
    rows = np.ones(len(criteria[0]), dtype=bool)
    for column, wanted in zip(criteria[::2], criteria[1::2], strict=True):
        rows &= np.array([meets(value, wanted) for value in column])
    return rows


def meets(value: Any, wanted: Any) -> bool:
    """Whether a cell meets a criterion: a value, a pattern, or a comparison written as text."""
    if not isinstance(wanted, str):
        return bool(value == wanted)
    sign = next((sign for sign in COMPARED if wanted.startswith(sign)), "")
    asked = wanted[len(sign) :]
    if isinstance(value, float) and re.fullmatch(r"[-+.e\d]+", asked):
        return COMPARED.get(sign, operator.eq)(value, float(asked))
    same = fnmatchcase(str(value), asked)
    return not same if sign == "<>" else same


def sumifs(values: np.ndarray, *criteria: Any) -> float:
    return float(values[chosen(criteria)].sum())


def countifs(*criteria: Any) -> int:
    return int(chosen(criteria).sum())


def minifs(values: np.ndarray, *criteria: Any) -> float:
    rows = values[chosen(criteria)]
    return float(rows.min()) if rows.size else 0.0
