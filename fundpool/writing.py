"""Tables as files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.summary import as_json

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""Signs at which spreadsheets begin to calculate a cell of a CSV file."""


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write a table as CSV that is safe to open in a spreadsheet.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, which shows it as
    text; numbers are written as they are.

    Raises:
        OSError: the disk does not take it.
    """

    def safe(cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        risky = cell.lstrip(" ").startswith(_FORMULA_SIGNS)
        return ("'" if risky else "") + cell.replace("\r", " ")

    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    frame.assign(**{name: frame[name].astype(object).map(safe) for name in texts}).rename(
        columns=safe
    ).to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def write_table(frame: pd.DataFrame, path: Path, file_format: str) -> Path:
    """Write a table as ``parquet`` or ``csv`` beside ``path`` (given without ending).

    Raises:
        OSError: the disk does not take it.
    """
    if file_format == "csv":
        file = path.with_suffix(".csv")
        write_csv(frame, file)
        return file
    import duckdb

    file = path.with_suffix(".parquet")
    quoted = str(file).replace("'", "''")
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        try:
            connection.execute(f"COPY frame TO '{quoted}' (FORMAT parquet)")
        except duckdb.IOException as error:
            raise OSError(str(error)) from None
    return file


def write_results(
    folder: Path,
    name: str,
    contents: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    table_format: str,
) -> None:
    """Write tables by their names, and a JSON file beside them.

    Args:
        folder: which exists.
        name: of the JSON file.
        contents: of it.
        tables: by name, which is that of the file without its ending.
        table_format: ``parquet`` or ``csv``.

    Raises:
        OSError: the disk does not take them.
    """
    for table_name, table in tables.items():
        write_table(table, folder / table_name, table_format)
    (folder / name).write_text(as_json(contents), encoding="utf-8", newline="\n")
