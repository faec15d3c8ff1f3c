"""Names of the sheets that stand for the files of a case folder."""

import re

from fundpool.inputs.format.tables import TABLE_OF

LONGEST = 31
"""Characters that the name of a sheet may have."""

_PART = re.compile(r"case\.toml|(scheme|polic)\w+/([^/\s]+)\.toml|tables/(\w+)(?:\.\w+)*")
_PREFIX = {"scheme": "scheme_", "polic": "policy_"}


def sheet_of(kind: str, name: str) -> str:
    """The sheet of a scheme (``scheme``) or policy (``policy``); long names are cut."""
    return f"{kind}_{name}"[:LONGEST]


def in_sheets(text: str) -> str:
    """A text in which files of a case folder are named by the sheets that stand for them.

    >>> in_sheets("tables/economy.csv"), in_sheets("policies/staged-pooling.toml")
    ('economy', 'policy_staged-pooling')
    """
    return _PART.sub(_sheet, text)


def _sheet(part: re.Match[str]) -> str:
    kind, name, table = part.groups()
    return f"{_PREFIX[kind]}{name}"[:LONGEST] if kind else str(table or "case")


def kind_of(sheet: str) -> str:
    """What a sheet holds: ``case``, ``scheme``, ``policy``, ``table``, or nothing of a case.

    A table whose name begins like that of a scheme file (``scheme_rules``) is a table.
    """
    if sheet == "case":
        return "case"
    if sheet in TABLE_OF:
        return "table"
    kind = sheet.partition("_")[0]
    return kind if kind in ("scheme", "policy") and "_" in sheet else ""
