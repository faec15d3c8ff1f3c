"""Files that appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from inputs.disk import move


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to fill; its files move to ``target`` together when the block ends well.

    Files of the same names are replaced, others are left alone. On an error nothing is moved.

    Raises:
        inputs.disk.FileInUseError: another program has a file of that name open.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        target.mkdir(exist_ok=True)
        for path in sorted(draft.iterdir()):
            move(path, target / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_table(frame: pd.DataFrame, path: Path, file_format: str) -> Path:
    """Write a table as ``parquet`` or ``csv`` beside ``path`` (given without ending)."""
    if file_format == "csv":
        file = path.with_suffix(".csv")
        frame.to_csv(file, index=False, lineterminator="\n")
        return file
    import duckdb

    file = path.with_suffix(".parquet")
    quoted = str(file).replace("'", "''")
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY frame TO '{quoted}' (FORMAT parquet)")
    return file
