"""Rows of a table as plain data, for files in JSON."""

from typing import Any

import pandas as pd


def plain_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as mappings, None where there is no figure.

    >>> plain_records(pd.DataFrame({"plan": ["city"], "year": pd.array([None], dtype="Int64")}))
    [{'plan': 'city', 'year': None}]

    Args:
        table: its columns named by words.
    """
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]
