"""Tables in common layouts as the tables of a case."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from fundpool.inputs.folders import write_folder
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase, RawTable
from fundpool.inputs.format.tables import PROVENANCE, TABLE_OF
from fundpool.inputs.template import check_new, check_readable
from fundpool.inputs.tidy.cells import Remarks, convert_cells
from fundpool.inputs.tidy.grids import Grid, read_grids
from fundpool.inputs.tidy.layout import lay_out
from fundpool.inputs.tidy.mapping import TableMapping, read_mapping
from fundpool.inputs.tidy.places import Places, places_of
from fundpool.inputs.tidy.single_ages import Survivors, single_ages, survivors_of
from fundpool.inputs.tidy.totals import without_totals

FIRST = ("regions", "mortality")
"""Tables that others are read with."""


@dataclass(frozen=True)
class Account:
    """What became of the lines of a file.

    Attributes:
        table: what it was read as.
        file: the file or sheet.
        lines: lines that hold something.
        around: headings, titles and notes among them.
        totals: rows of totals, one for each line or, where a key is written across, cell.
        cells: rows read, before bands of ages became single years.
        rows: rows of the table written.
    """

    table: str
    file: str
    lines: int
    around: int
    totals: int
    cells: int
    rows: int


@dataclass(frozen=True)
class Tidied:
    """Tables as the format wants them.

    Attributes:
        tables: text by name.
        accounts: what became of each file's lines.
        findings: every conversion, as a warning.
    """

    tables: dict[str, pd.DataFrame]
    accounts: tuple[Account, ...]
    findings: tuple[Finding, ...]


def tidy_tables(source: Path, case: RawCase, mapping: Path | None = None) -> Tidied:
    """Read tables in common layouts.

    Args:
        source: a file or a folder of files, each table named as the format names it.
        case: whose regions and life table the tables are read with.
        mapping: file that states what the layouts do not say.

    Raises:
        CaseError: a table cannot be read, or can be read in more than one way.
        OSError: a file cannot be opened.
    """
    if not source.exists():
        raise CaseError(
            [Finding.of_file(source.name, Message("an existing file or folder"),
                             Message("Check the name."))]
        )  # fmt: skip
    mappings = read_mapping(mapping)
    grids, findings = read_grids(source)
    chosen, problems = _chosen(grids, mappings)
    findings += problems
    tables: dict[str, pd.DataFrame] = {}
    accounts: list[Account] = []
    for name in sorted(chosen, key=lambda name: (name not in FIRST, name)):
        regions = tables.get("regions", _cells(case, "regions"))
        lowest = _lowest(case)
        # names in regions itself are new, so that there is nothing to compare them with
        places = Places() if name == "regions" else places_of(regions, lowest)
        survivors = survivors_of(tables.get("mortality", _cells(case, "mortality")))
        setting = mappings.get(name, TableMapping())
        table, account, problems = _table(name, chosen[name], setting, places, survivors)
        findings += problems
        if table is not None and account is not None:
            tables[name] = table
            accounts.append(account)
    if not chosen and not findings:
        findings.append(
            Finding.of_file(source.name, Message("at least one table"),
                            Message("There is no file to be read."))
        )  # fmt: skip
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    return Tidied(tables, tuple(accounts), tuple(findings))


def tidy_case(source: Path, target: Path, case: RawCase, mapping: Path | None = None) -> Tidied:
    """Write a case folder with tables in common layouts in place of its own.

    Args:
        source, case, mapping: as :func:`tidy_tables` has them.
        target: a folder that does not exist yet, or is empty.

    Raises:
        CaseError: a table cannot be read, or the folder holds something.
        OSError: a file cannot be opened, or the folder not written to.
    """
    check_readable(case)
    check_new(target)
    tidied = tidy_tables(source, case, mapping)
    tables = dict(case.tables)
    for name, cells in tidied.tables.items():
        tables[name] = RawTable(f"tables/{name}.csv", cells)
    write_folder(replace(case, tables=tables), target)
    return tidied


def _chosen(
    grids: list[Grid], mappings: dict[str, TableMapping]
) -> tuple[dict[str, Grid], list[Finding]]:
    """The grid of each table; files that are none, and tables that a mapping names in vain."""
    chosen: dict[str, Grid] = {}
    findings: list[Finding] = []
    for table, setting in mappings.items():
        if not setting.file:
            continue
        fitting = [grid for grid in grids if grid.file == setting.file
                   and setting.sheet in ("", grid.sheet)]  # fmt: skip
        if len(fitting) == 1:
            chosen[table] = fitting[0]
            continue
        findings.append(
            Finding.of_setting(setting.file, f"{table}.file", setting.sheet or None,
                               Message("one file and sheet that can be read"),
                               Message("Name its sheet.") if fitting else
                               did_you_mean(setting.file, [grid.file for grid in grids]))
        )  # fmt: skip
    taken = {grid.place for grid in chosen.values()}
    for grid in grids:
        if grid.place in taken:
            continue
        name = grid.name if grid.name in TABLE_OF else Path(grid.file).stem
        if name in TABLE_OF and name not in chosen:
            chosen[name] = grid
        elif name in chosen:
            findings.append(
                Finding.of_file(grid.place, Message("each table once"),
                                Message("Remove this file or %(name)s.",
                                        name=chosen[name].place))
            )  # fmt: skip
        else:
            findings.append(
                Finding.of_file(grid.place, Message("the name of a table"),
                                Message("It is not read. Rename it, or name it as the file of a "
                                        "table in a mapping file."), severity="warning")
            )  # fmt: skip
    findings += [
        Finding.of_setting(table, "file", None, Message("a file for this table"),
                           Message("Name the file in the mapping file, or call it as the table."))
        for table, setting in mappings.items() if table not in chosen and not setting.file
    ]  # fmt: skip
    return chosen, findings


def _table(
    name: str, grid: Grid, setting: TableMapping, places: Places, survivors: Survivors
) -> tuple[pd.DataFrame | None, Account | None, list[Finding]]:
    """One table from its grid."""
    table = TABLE_OF[name]
    laid_out, findings = lay_out(grid, table, setting)
    if laid_out is None or any(finding.severity == "error" for finding in findings):
        return None, None, findings
    if not len(laid_out.cells):
        return None, None, [
            *findings,
            Finding.of_file(grid.place, Message("at least one row"),
                            Message("There is only a header; fill it.")),
        ]  # fmt: skip
    remarks = Remarks(grid.place)
    cells, steps = convert_cells(
        laid_out.cells, table, setting, laid_out.units, places, remarks
    )  # fmt: skip
    findings += remarks.findings()
    if any(finding.severity == "error" for finding in findings):
        return None, None, findings
    rows, problems, totals = without_totals(cells, table, places, steps, grid.place)
    findings += problems
    single, problems = single_ages(rows, table, setting.open_band, survivors, grid.place)
    findings += problems
    known = (*table.column_names, *(column.name for column in PROVENANCE))
    written = single[[column for column in known if column in single]]
    account = Account(name, grid.place, laid_out.lines, laid_out.left_out, totals, len(cells),
                      len(written))  # fmt: skip
    return written.map(_text), account, findings


def _text(value: object) -> str:
    """A cell as the format writes it."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    first = getattr(value, "first", None)  # an age in another column than age
    if first is not None:
        return str(first)
    return str(value)


def _cells(case: RawCase, name: str) -> pd.DataFrame | None:
    table = case.tables.get(name)
    return None if table is None else table.cells


def _lowest(case: RawCase) -> str:
    """Name of the lowest level, empty where the settings do not say."""
    levels = (case.settings or {}).get("levels")
    if isinstance(levels, list) and levels and isinstance(levels[0], str):
        return levels[0]
    return ""
