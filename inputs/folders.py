"""A case written as a folder of files: settings as TOML, tables as CSV."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fundpool.inputs.case import case_path
from fundpool.inputs.files.disk import RESERVED
from fundpool.inputs.files.writing import whole_folder
from fundpool.inputs.format.declaration import Table
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase, RawTable, as_text
from fundpool.inputs.format.sources import read_raw
from fundpool.inputs.format.tables import TABLES
from fundpool.inputs.template import check_new, check_readable

UNFIT_FOR_FILES = frozenset('<>:"/\\|?*')
"""Characters that Windows takes in no file's name."""


def write_case_folder(case: str | Path, target: Path) -> list[Finding]:
    """Write a case as a folder; reading it gives the same digest.

    Settings become TOML and tables CSV, with every text and number of the case. Comments of TOML
    files, and files that are not read (notes, published sources), are not carried over.

    Args:
        case: a workbook, a folder or the name of a bundled case.
        target: a folder that does not exist yet, or is empty.

    Returns:
        warnings about what was not carried over.

    Raises:
        CaseError: the case cannot be opened, a name cannot be that of a file, or the folder holds
            something.
        OSError: the folder cannot be written to.
    """
    raw = read_raw(case_path(case))
    check_readable(raw)
    check_new(target)
    findings = _unfit_names(raw)
    if findings:
        raise CaseError(findings)
    write_folder(raw, target)
    return [finding for finding in raw.findings if finding.severity == "warning"]


def _unfit_names(raw: RawCase) -> list[Finding]:
    """Schemes and policies whose name no file can have on some system."""
    return [
        Finding.of_setting(f"{folder}/{name}.toml", "name", name,
                           Message("a name that a file can have on every system"),
                           Message('Rename it; none of <>:"/\\|?* and no name of a device of '
                                   "Windows can be kept."))
        for folder, contents in (("schemes", raw.schemes), ("policies", raw.policies))
        for name in contents
        if UNFIT_FOR_FILES & set(name) or name.split(".")[0].lower() in RESERVED
        or name.startswith((".", "~$")) or name.endswith((".", " ", "~"))
    ]  # fmt: skip


def write_folder(raw: RawCase, target: Path) -> None:
    """Write contents of a case as a folder; tables that it lacks as headers alone.

    Raises:
        OSError: the folder cannot be written to.
    """
    import tomli_w

    def write_settings(file: Path, contents: Mapping[str, Any]) -> None:
        file.write_text(tomli_w.dumps(contents), encoding="utf-8", newline="\n")

    with whole_folder(target) as draft:
        for folder, documents in (("schemes", raw.schemes), ("policies", raw.policies)):
            if documents:
                (draft / folder).mkdir()
            for name, contents in documents.items():
                write_settings(draft / folder / f"{name}.toml", contents)
        (draft / "tables").mkdir()
        for table in TABLES:
            cells = raw.tables.get(table.name)
            if cells is not None or (table.required and not raw.tables):
                (draft / "tables" / f"{table.name}.csv").write_bytes(_table_csv(table, cells))
        write_settings(draft / "case.toml", raw.settings or {})


def _table_csv(table: Table, rows: RawTable | None) -> bytes:
    """A table as the bytes of its CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if rows is None:
        writer.writerow(table.column_names)
    else:
        writer.writerow(rows.cells.columns)
        writer.writerows(
            ["" if cell != cell else as_text(cell) for cell in row]
            for row in rows.cells.itertuples(index=False, name=None)
        )
    return text.getvalue().encode("utf-8")
