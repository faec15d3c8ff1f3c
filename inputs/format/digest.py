"""What a case says as one digest: alike for a folder and a workbook that say the same."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from fundpool.inputs.format.tables import PROVENANCE, TABLES


def content_digest(
    settings: Mapping[str, Any],
    schemes: Mapping[str, Mapping[str, Any]],
    policies: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, pd.DataFrame],
) -> str:
    """SHA-256 of the contents of a case.

    How a number is written (``1.5``, ``1.50``), the order of columns, blank optional columns and
    the kind of file leave it as it is; the order of rows and every text and number count.

    Args:
        settings: contents of case.toml.
        schemes, policies: contents of their files by name.
        tables: typed tables by name.
    """
    digest = hashlib.sha256()
    texts = {"case": settings, "schemes": schemes, "policies": policies}
    digest.update(json.dumps(_plain(texts), sort_keys=True, ensure_ascii=False).encode())
    for table in TABLES:
        frame = tables.get(table.name)
        if frame is None or frame.empty:
            continue
        digest.update(f"\n{table.name} {len(frame)}".encode())
        for column in (*table.columns, *PROVENANCE):
            cells = frame[column.name]
            if column.kind == "text":
                if (cells != "").any():
                    words = json.dumps([str(cell) for cell in cells], ensure_ascii=False)
                    digest.update(f"\n{column.name} {words}".encode("utf-8", "surrogatepass"))
            elif cells.notna().any():
                digest.update(f"\n{column.name} ".encode())
                # + 0.0: a zero written -0 is a zero
                digest.update((cells.to_numpy(dtype=float) + 0.0).astype("<f8").tobytes())
    return digest.hexdigest()


def _plain(item: Any) -> Any:
    """Settings with numbers written in one way."""
    if isinstance(item, Mapping):
        return {str(key): _plain(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(value) for value in item]
    if isinstance(item, bool) or item is None or isinstance(item, str):
        return item
    return repr(float(item)) if isinstance(item, float | int) else str(item)
