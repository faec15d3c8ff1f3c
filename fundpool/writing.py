"""Tables as files."""

from pathlib import Path

import pandas as pd


def write_table(frame: pd.DataFrame, path: Path, file_format: str) -> Path:
    """Write a table as ``parquet`` or ``csv`` beside ``path`` (given without ending).

    Raises:
        OSError: the disk does not take it.
    """
    if file_format == "csv":
        file = path.with_suffix(".csv")
        frame.to_csv(file, index=False, lineterminator="\n")
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
