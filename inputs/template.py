"""What the declaration of tables is turned into: a workbook, a page, a copy of a case."""

import argparse
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from inputs.building.files import write_parquet
from inputs.bundled import bundled_cases, case_path, case_root
from inputs.disk import move
from inputs.findings import CaseError, Finding, did_you_mean
from inputs.sources import RawCase, read_raw
from inputs.tables import PROVENANCE, TABLES, Column, Table
from inputs.writing import DRAFT, whole_folder

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Creation time written into workbooks, so that the same case gives the same bytes."""

LARGEST_SHEET = 1_048_575
"""Rows that fit under a header on one sheet."""


def copy_case(name: str, target: Path) -> None:
    """Copy a bundled case into a new folder.

    Raises:
        CaseError: no such case, or the folder exists and holds something.
        OSError: the folder cannot be written to.
    """
    if name not in bundled_cases():
        raise CaseError(
            [Finding("--case", None, None, name, "the name of a bundled case",
                     did_you_mean(name, bundled_cases()))]
        )  # fmt: skip
    check_new(target)
    with whole_folder(target) as draft:
        _fill(name, draft)


def _fill(name: str, draft: Path) -> None:
    """A bundled case's files; tables that are not carried along are derived."""
    source = case_root(name)
    shutil.copyfile(source / "case.toml", draft / "case.toml")
    for part in ("schemes", "policies"):
        if (source / part).is_dir():
            shutil.copytree(source / part, draft / part)
    if (source / "tables").is_dir():
        shutil.copytree(source / "tables", draft / "tables")
        return
    (draft / "tables").mkdir()
    build = import_module(f"inputs.{name}.build")
    write_parquet(build.tables(), draft / "tables")


def synthesise_case(target: Path, counties: int, seed: int) -> None:
    """Write a synthetic case into a new folder.

    Raises:
        CaseError: the folder exists and holds something.
        ValueError: a number of counties or a seed that cannot be.
        OSError: the folder cannot be written to.
    """
    from inputs.synthetic import synthetic_settings, synthetic_tables

    check_new(target)
    tables = synthetic_tables(counties, seed)
    with whole_folder(target) as draft:
        settings = synthetic_settings(counties, seed)
        (draft / "case.toml").write_text(settings, encoding="utf-8", newline="\n")
        shutil.copytree(case_root("nation") / "schemes", draft / "schemes")
        (draft / "tables").mkdir()
        write_parquet(tables, draft / "tables")


def check_new(target: Path) -> None:
    """Refuse a folder that holds something; what a killed command left unfinished does not count.

    Raises:
        CaseError: it does, or it is a file.
    """
    if not target.exists():
        return
    if not target.is_dir() or any(not p.name.startswith(DRAFT) for p in target.iterdir()):
        raise CaseError(
            [Finding(str(target), None, None, None, "a folder that does not exist yet",
                     "Choose another name; nothing is overwritten.")]
        )  # fmt: skip


def write_case_workbook(case: str | Path, file: Path) -> None:
    """Write a case folder as one workbook, a sheet per table.

    Raises:
        CaseError: the case cannot be opened, or a table is too long for a sheet.
    """
    raw = read_raw(case_path(case))
    if raw.findings or raw.settings is None:
        raise CaseError(raw.findings)
    for name, table in raw.tables.items():
        if len(table.cells) > LARGEST_SHEET:
            raise CaseError(
                [Finding(table.file, None, None, f"{len(table.cells)} rows",
                         f"at most {LARGEST_SHEET} rows on a sheet",
                         f"Keep {name} in a case folder.")]
            )  # fmt: skip
    _write_workbook(raw, file)


def write_empty_workbook(file: Path) -> None:
    """Write a workbook with every sheet's header and what each column holds, but no rows."""
    _write_workbook(RawCase("template", settings={}), file)


def _write_workbook(raw: RawCase, file: Path) -> None:
    import xlsxwriter

    draft = file.with_name(f".{file.name}.draft")
    with xlsxwriter.Workbook(str(draft), {"strings_to_numbers": False}) as book:
        book.set_properties({"created": _EPOCH})
        bold = book.add_format({"bold": True, "bg_color": "#e4e7eb"})
        sheets: list[tuple[str, Mapping[str, Any]]] = [("case", raw.settings or {})]
        sheets += [(f"scheme_{name}", scheme) for name, scheme in raw.schemes.items()]
        sheets += [(f"policy_{name}", policy) for name, policy in raw.policies.items()]
        for name, contents in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["path", "value"], bold)
            for row, (path, value) in enumerate(_flat(contents), start=1):
                sheet.write_string(row, 0, "|".join(path))
                sheet.write_string(row, 1, value)
            sheet.set_column(0, 0, 48)
            sheet.set_column(1, 1, 60)
        for table in TABLES:
            if raw.tables and table.name not in raw.tables:
                continue
            _write_sheet(book, bold, table, raw)
    move(draft, file)


def _write_sheet(book: Any, bold: Any, table: Table, raw: RawCase) -> None:
    sheet = book.add_worksheet(table.name)
    columns = [*table.columns, *PROVENANCE]
    held = raw.tables.get(table.name)
    if held is not None:
        columns = [column for column in columns if column.name in held.cells.columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, bold)
        sheet.write_comment(0, place, _about(column))
        if column.allowed:
            sheet.data_validation(
                1, place, LARGEST_SHEET, place, {"validate": "list", "source": list(column.allowed)}
            )
        if held is not None:
            for row, text in enumerate(held.cells[column.name], start=1):
                if text == "":
                    continue
                if column.kind == "text":
                    sheet.write_string(row, place, text)
                else:
                    sheet.write_number(row, place, float(text))
    sheet.freeze_panes(1, 0)


def _flat(contents: Mapping[str, Any], lead: tuple[str, ...] = ()) -> list[tuple[Any, str]]:
    rows: list[tuple[Any, str]] = []
    for key, value in contents.items():
        path = (*lead, str(key))
        if isinstance(value, Mapping):
            rows += _flat(value, path)
        else:
            rows.append((path, _toml(value)))
    return rows


def _toml(value: Any) -> str:
    """A value as it is written in TOML."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)


def _range(column: Column) -> str:
    if column.allowed:
        return "one of " + ", ".join(f"`{word}`" for word in column.allowed)
    if column.kind == "text":
        return "text"
    noun = "whole number" if column.kind == "integer" else "number"
    if column.least is None and column.most is None:
        return noun
    low = "" if column.least is None else f"{column.least:g}"
    if column.most is None:
        return f"{noun} above {low}" if column.above else f"{noun} of at least {low}"
    return f"{noun}, {'above ' if column.above else ''}{low} to {column.most:g}"


def _about(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    blank = " May be blank." if column.blank else ""
    return f"{column.about}{unit}: {_range(column).replace('`', '')}.{blank}"


def case_format_page() -> str:
    """The page of the documentation that describes every table, as Markdown."""
    lines = [
        "# Tables of a case",
        "",
        "This page is written by `python -m inputs.template` from the declaration in "
        "`inputs/tables.py`.",
        "",
        "Every table may also have the columns "
        + ", ".join(f"`{column.name}`" for column in PROVENANCE)
        + "; where they are missing or blank a row inherits from `[tables.<name>]` in `case.toml`.",
    ]
    for table in TABLES:
        lines += ["", f"## {table.name}", "", table.about]
        lines += ["", "Required." if table.required else "Optional."]
        lines[-1] += f" Key: {', '.join(f'`{name}`' for name in table.key)}."
        for group, shares in table.sums_to_one:
            within = ", ".join(f"`{name}`" for name in group)
            lines[-1] += f" `{shares}` sums to one within {within}."
        if table.row_sum:
            lines[-1] += f" {', '.join(f'`{name}`' for name in table.row_sum)} sum to one."
        lines += ["", "| column | holds | unit | allowed |", "| --- | --- | --- | --- |"]
        for column in table.columns:
            blank = "; may be blank" if column.blank else ""
            lines.append(
                f"| `{column.name}` | {column.about} | {column.unit} | {_range(column)}{blank} |"
            )
    return "\n".join(lines) + "\n"


def main(words: list[str] | None = None) -> None:
    """Write docs/case-format.md beside the package."""
    argparse.ArgumentParser("python -m inputs.template", description=main.__doc__).parse_args(words)
    page = Path(__file__).parent.parent / "docs" / "case-format.md"
    page.write_text(case_format_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
