"""Cells of a laid-out table as the format writes them; every conversion becomes a finding."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from fundpool.inputs.files.table_words import is_total, plain, sex_of
from fundpool.inputs.format.declaration import Column, Table
from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import ERROR_CELL, error_cell_mend
from fundpool.inputs.tidy.ages import age_band
from fundpool.inputs.tidy.layout import LINE
from fundpool.inputs.tidy.mapping import TableMapping
from fundpool.inputs.tidy.numbers import (
    bare,
    decimal_of_whole,
    has_no_value,
    last_digit,
    number_of,
    style_of,
)
from fundpool.inputs.tidy.places import Places

TOTAL = "(total)"
"""Stands in a key of a row that is a total of others."""

MOST_SHOWN = 10
"""Findings of one kind shown for one column; the rest is counted."""

REGIONS = ("region", "county", "county_or_outside")
"""What a column refers to that names a region."""


@dataclass
class Remarks:
    """What was done to cells, and what is wrong with them, each kind once for a column.

    Attributes:
        place: file or sheet.
        done: first cell, what the format expects, what was done, and how many cells, by column
            and kind.
        wrong: findings of cells that cannot be read.
    """

    place: str
    done: dict[tuple[str, str], tuple[int, str, Message, Message, int]] = field(
        default_factory=dict
    )
    wrong: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    def convert(
        self, line: int, column: str, text: str, expected: Message, done: Message
    ) -> None:  # fmt: skip
        """Note that a cell was converted."""
        first = self.done.get((column, done), (line, text, expected, done, 0))
        self.done[column, done] = (*first[:4], first[4] + 1)

    def refuse(self, line: int, column: str, text: str, expected: Message, mend: Message) -> None:
        """Note that a cell cannot be read."""
        self.wrong[column].append(Finding(self.place, line, column, text, expected, mend))

    def findings(self) -> list[Finding]:
        """All of them: a sentence for each kind of conversion with the number of its cells."""
        conversions = [
            Finding(self.place, line, column, text, expected,
                    Message("%(done)s Cells: %(cells)s.", done=done, cells=cells),
                    severity="warning")
            for (column, _), (line, text, expected, done, cells) in self.done.items()
        ]  # fmt: skip
        refused = []
        for column, findings in self.wrong.items():
            refused += findings[:MOST_SHOWN]
            if len(findings) > MOST_SHOWN:
                refused.append(
                    Finding.of_setting(self.place, column, None, findings[0].expected,
                                       Message("And %(left)s more cells of this column.",
                                               left=len(findings) - MOST_SHOWN))
                )  # fmt: skip
        return conversions + refused


def convert_cells(
    cells: pd.DataFrame, table: Table, mapping: TableMapping, units: Mapping[str, float],
    places: Places, remarks: Remarks,
) -> tuple[pd.DataFrame, dict[str, float]]:  # fmt: skip
    """Each column of a table as the format writes it.

    Args:
        cells: text by column and :data:`LINE`.
        table: what the columns are.
        mapping: codes, scales and the sign before decimals, where stated.
        units: what the headings say that numbers are multiplied by.
        places: regions of the case.
        remarks: takes what is done and what is wrong.

    Returns:
        text of keys, :data:`TOTAL` in those of totals, ages as bands (:class:`AgeBand`), numbers
        as floats, None where a cell holds none; the step of the last digit written, by column.
    """
    lines = cells[LINE].astype(int).tolist()
    converted: dict[str, object] = {LINE: lines}
    steps: dict[str, float] = {}
    for column in table.columns:
        if column.name not in cells:
            continue
        texts = _coded(cells[column.name].tolist(), lines, column, mapping, remarks)
        is_key = column.name in table.key
        if column.name in ("age", "age_from", "age_to"):
            converted[column.name] = _each(texts, lines, _age_reader(column, is_key, remarks))
        elif column.kind != "text" and column.name != "year":
            factor = mapping.scale.get(column.name, units.get(column.name, 1.0))
            converted[column.name], steps[column.name] = _numbers(
                texts, lines, column, mapping, factor, remarks
            )
        elif column.name == "year":
            converted[column.name] = _each(texts, lines, _year_reader(column, remarks))
        elif column.refers in REGIONS:
            converted[column.name] = _each(texts, lines, _place_reader(column, places, remarks))
        else:
            converted[column.name] = _each(texts, lines, _word_reader(column, is_key, remarks))
    for name in cells.columns:
        if name not in converted:
            converted[name] = cells[name].tolist()  # source, status and note
    frame = pd.DataFrame({name: pd.Series(values, dtype=None if name == LINE else object)
                          for name, values in converted.items()})  # fmt: skip
    return frame, steps


Reader = Callable[[str, int], object]


def _each(texts: list[str], lines: list[int], reader: Reader) -> list[object]:
    return [reader(text, line) for text, line in zip(texts, lines, strict=True)]


def _coded(
    texts: list[str], lines: list[int], column: Column, mapping: TableMapping, remarks: Remarks
) -> list[str]:  # fmt: skip
    """Words of the file exchanged for those that the mapping states."""
    codes = mapping.codes.get(column.name)
    if not codes:
        return texts
    for text, line in zip(texts, lines, strict=True):
        if text in codes:
            remarks.convert(line, column.name, text, Message("a word of the format"),
                            Message("Exchanged as the mapping states."))  # fmt: skip
    return [codes.get(text, text) for text in texts]


def _age_reader(column: Column, is_key: bool, remarks: Remarks) -> Reader:
    def read(text: str, line: int) -> object:
        if is_key and is_total(text):
            return TOTAL
        band = age_band(text)
        if band is None:
            remarks.refuse(line, column.name, text, Message("an age or ages, as in 10-14 or 85+"),
                           Message("Correct the cell, or state the word under codes."))  # fmt: skip
            return None
        if text != str(band.first):
            remarks.convert(line, column.name, text, Message("single years of age"),
                            Message("Read as ages."))  # fmt: skip
        return band

    return read


def _year_reader(column: Column, remarks: Remarks) -> Reader:
    def read(text: str, line: int) -> object:
        year = plain(text).removesuffix("年").removesuffix(".0")
        if not (year.isdecimal() and len(year) == 4):
            if text or not column.blank:
                remarks.refuse(line, column.name, text, Message("a calendar year"),
                               Message("Correct the cell."))  # fmt: skip
            return ""
        if year != text:
            remarks.convert(line, column.name, text, Message("a calendar year"),
                            Message("Read as the year."))  # fmt: skip
        return year

    return read


def _place_reader(column: Column, places: Places, remarks: Remarks) -> Reader:
    def read(text: str, line: int) -> object:
        if is_total(text):
            return TOTAL
        if places.is_code(text):
            return text
        codes = places.codes_of(text)
        if len(codes) == 1:
            remarks.convert(line, column.name, text, Message("code of the region"),
                            Message("Exchanged for the code of the region."))  # fmt: skip
            return codes[0]
        if codes:
            mend = Message("Several bear this name: %(codes)s; write the code.",
                           codes=Listed.of(codes))  # fmt: skip
        else:
            mend = did_you_mean(text, places.known)
        remarks.refuse(line, column.name, text, Message("code or name of a region"), mend)
        return ""

    return read


def _word_reader(column: Column, is_key: bool, remarks: Remarks) -> Reader:
    allowed = {plain(word): word for word in column.allowed}

    def read(text: str, line: int) -> object:
        if is_key and is_total(text):
            return TOTAL
        if not column.allowed or text in column.allowed or (text == "" and column.blank):
            return text
        word = sex_of(text) if column.allowed == ("male", "female") else allowed.get(plain(text))
        if word is None:
            remarks.refuse(line, column.name, text,
                           Message("one of %(words)s", words=Listed.of(column.allowed)),
                           Message("Correct the cell, or state the word under codes."))  # fmt: skip
            return ""
        remarks.convert(line, column.name, text,
                        Message("one of %(words)s", words=Listed.of(column.allowed)),
                        Message("Exchanged for the word of the format."))  # fmt: skip
        return word

    return read


def _numbers(
    texts: list[str], lines: list[int], column: Column, mapping: TableMapping, factor: float,
    remarks: Remarks,
) -> tuple[list[object], float]:  # fmt: skip
    """A column of numbers, and the step of its last digit.

    A column is written in one way, which all its cells show together.
    """
    written = [
        text for text in texts
        if not has_no_value(text) and not ERROR_CELL.fullmatch(text)
        and (number_of(text, ".") or number_of(text, ","))
    ]  # fmt: skip
    style = style_of(written)
    decimal = style.decimal or mapping.decimal
    if not decimal and column.unit == "persons" and factor == 1.0:
        decimal = decimal_of_whole(written)
    if not decimal:
        place = next(
            place for place, text in enumerate(texts) if {",", "."} & set(text) and text in written
        )
        remarks.refuse(lines[place], column.name, texts[place],
                       Message("numbers that can be read in one way only"),
                       Message("A sign in it may stand before decimals or between thousands: "
                               "state decimal in a mapping file."))  # fmt: skip
        return [None] * len(texts), 0.0
    step = factor * min((last_digit(text, decimal) for text in written), default=1.0)
    numbers: list[object] = []
    for text, line in zip(texts, lines, strict=True):
        numbers.append(_number(text, line, column, decimal, remarks))
    if factor != 1.0:
        if column.name in mapping.scale:
            remarks.convert(lines[0], column.name, texts[0],
                            Message("numbers in %(unit)s", unit=column.unit or "1"),
                            Message("Multiplied by %(factor)s, as the mapping states.",
                                    factor=f"{factor:g}"))  # fmt: skip
        divisor = round(1.0 / factor) if factor < 1.0 else 1
        numbers = [
            value if not isinstance(value, float)
            else value / divisor if abs(divisor * factor - 1.0) < 1e-12 else value * factor
            for value in numbers
        ]  # fmt: skip
    return numbers, step


def _number(text: str, line: int, column: Column, decimal: str, remarks: Remarks) -> float | None:
    expected = Message("a plain number, as in 1234.5")
    if ERROR_CELL.fullmatch(text):
        remarks.refuse(line, column.name, text, expected, error_cell_mend(text))
        return None
    if has_no_value(text):
        if not column.blank and text:
            remarks.convert(line, column.name, text, expected, Message("Read as no number."))
        return None
    number = number_of(text, decimal)
    if number is None:
        remarks.refuse(line, column.name, text, expected, Message("Write a plain number."))
        return None
    value, ending = number
    if ending != 1.0:
        remarks.convert(line, column.name, text, Message("a fraction"),
                        Message("Divided by %(divisor)s.",
                                divisor=round(1.0 / ending)))  # fmt: skip
    elif bare(text)[0] != text or "," in text or (decimal == "," and "." in text):
        remarks.convert(line, column.name, text, expected,
                        Message("Signs between thousands and before decimals read."))  # fmt: skip
    return value
