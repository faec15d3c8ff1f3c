"""Tables of a case as Parquet files."""

from collections.abc import Mapping
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
