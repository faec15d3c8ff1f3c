"""Tables of a case as Parquet or CSV files, written or compared."""

import argparse
import io
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd


def write_parquet(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write every table as ``<name>.parquet`` into a folder that exists."""
    import duckdb

    with duckdb.connect() as connection:
        for name, table in tables.items():
            file = str(folder / f"{name}.parquet").replace("'", "''")
            connection.register("source", table)
            connection.execute(f"COPY source TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            connection.unregister("source")


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as the bytes of its file."""
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode("utf-8")


def differing(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[str]:
    """Names of the tables whose file is missing, or not what is derived."""
    return [
        name
        for name, table in tables.items()
        if not (folder / f"{name}.csv").is_file()
        or (folder / f"{name}.csv").read_bytes() != as_csv(table)
    ]


def build_command(
    about: str, tables: Callable[[], Mapping[str, pd.DataFrame]], folder: Path
) -> int:
    """The command of a build script: write the tables, or with ``--check`` compare them.

    Returns:
        the exit status: 1 if a compared table differs.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    only_compare = parser.parse_args().check
    derived = tables()
    if only_compare:
        names = differing(derived, folder)
        for name in names:
            print(f"{name}.csv differs from what build.py derives", file=sys.stderr)
        return 1 if names else 0
    folder.mkdir(exist_ok=True)
    for name, table in derived.items():
        (folder / f"{name}.csv").write_bytes(as_csv(table))
    return 0
