"""The mapping file: what a layout does not say of itself, stated by whoever knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.sources import toml_contents
from fundpool.inputs.format.tables import TABLE_OF

OPEN_BANDS = ("", "evenly", "survivors")
DECIMALS = ("", ".", ",")


@dataclass(frozen=True)
class TableMapping:
    """How one table is laid out.

    Attributes:
        file: the file that holds it.
        sheet: the sheet, if the file has several.
        header_row: line of the headings; 0 where they are looked for.
        columns: column of the table by its heading in the file.
        scale: what the numbers of a column are multiplied by.
        codes: word of the format by word of the file, by column.
        decimal: sign before decimals, ``.`` or ``,``.
        fill_down: columns whose blank cells repeat the cell above (merged cells).
        left_out: headings that are not taken.
        open_band: how people of the open age band are shared among its years: ``evenly``, or as
            the ``survivors`` of the case's life table.
        constants: cells of columns that the file lacks.
    """

    file: str = ""
    sheet: str = ""
    header_row: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decimal: str = ""
    fill_down: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    open_band: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)


NAMES = tuple(item.name for item in fields(TableMapping))
NAMING_COLUMNS = ("columns", "scale", "codes", "fill_down", "constants")
"""Settings that name columns of the table."""


def read_mapping(
    file: Path | None, tables: Mapping[str, Table] = TABLE_OF
) -> dict[str, TableMapping]:
    """The mapping of each table that a file has one of.

    Args:
        file: TOML with a table of settings for each table; None for no mapping.
        tables: the tables that there may be, by name.

    Raises:
        CaseError: it cannot be read, or says something that has no meaning.
        OSError: the file cannot be opened.
    """
    if file is None:
        return {}
    if not file.is_file():
        raise CaseError(
            [Finding.of_file(file.name, Message("an existing file or folder"),
                             Message("Check the name."))]
        )  # fmt: skip
    raw = RawCase(file.name)
    contents = toml_contents(raw, file, file.name)
    if contents is None:
        raise CaseError(raw.findings)
    findings: list[Finding] = []
    mappings = {}
    for name, settings in contents.items():
        if name not in tables:
            findings.append(
                Finding.of_setting(file.name, name, None, Message("the name of a table"),
                                   did_you_mean(name, tables))
            )  # fmt: skip
        elif not isinstance(settings, dict):
            findings.append(
                Finding.of_setting(file.name, name, repr(settings), Message("a table of settings"),
                                   Message("Write it as [%(name)s].", name=name))
            )  # fmt: skip
        else:
            problems = _problems(file.name, tables[name], settings)
            findings += problems
            if not problems:
                mappings[name] = TableMapping(**_typed(settings))
    if findings:
        raise CaseError(findings)
    return mappings


def _typed(settings: dict[str, Any]) -> dict[str, Any]:
    typed = dict(settings)
    for name in ("fill_down", "left_out"):
        if name in typed:
            typed[name] = tuple(typed[name])
    if "scale" in typed:
        typed["scale"] = {column: float(value) for column, value in typed["scale"].items()}
    return typed


def _problems(file: str, table: Table, settings: dict[str, Any]) -> list[Finding]:
    """What is wrong with the settings of one table."""
    findings = []

    def wrong(setting: str, value: object, expected: Message, mend: Message) -> None:
        findings.append(
            Finding.of_setting(file, f"{table.name}.{setting}", str(value), expected, mend)
        )

    for name, value in settings.items():
        if name not in NAMES:
            findings.append(
                Finding.of_setting(file, f"{table.name}.{name}", None, Message("a known setting"),
                                   did_you_mean(name, NAMES))
            )  # fmt: skip
        elif not _fits(name, value):
            wrong(name, value, _expected(name), Message("Correct the setting."))
        elif name in NAMING_COLUMNS:
            named = value.values() if name == "columns" else value
            known = table.column_names
            for column in named:
                if column not in known:
                    wrong(f"{name}.{column}", column,
                          Message("a column of %(name)s", name=table.name),
                          did_you_mean(column, known))  # fmt: skip
    return findings


def _fits(name: str, value: object) -> bool:
    texts = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    if name in ("columns", "constants"):
        return texts
    if name == "scale":
        return isinstance(value, dict) and all(
            isinstance(item, int | float) and not isinstance(item, bool) and item > 0
            for item in value.values()
        )
    if name == "codes":
        return isinstance(value, dict) and all(
            isinstance(item, dict) and all(isinstance(word, str) for word in item.values())
            for item in value.values()
        )
    if name in ("fill_down", "left_out"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name == "header_row":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if name == "decimal":
        return value in DECIMALS
    if name == "open_band":
        return value in OPEN_BANDS
    return isinstance(value, str)


def _expected(name: str) -> Message:
    if name in ("columns", "constants"):
        return Message("texts by name")
    if name == "scale":
        return Message("numbers above 0 by column")
    if name == "codes":
        return Message("words by column")
    if name in ("fill_down", "left_out"):
        return Message("a list of texts")
    if name == "header_row":
        return Message("the number of a line")
    if name in ("decimal", "open_band"):
        choices = DECIMALS if name == "decimal" else OPEN_BANDS
        return Message("one of %(words)s", words=Listed.of(choices[1:]))
    return Message("a text")
