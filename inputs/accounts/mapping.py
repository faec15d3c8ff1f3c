"""The mapping file of a statement whose layout is not known: which column is what.

.. code-block:: toml

    unit = "万元"                    # or a number: money that one of its figures stands for
    basis = "cumulative"             # income and outgo since January; "monthly" unless given
    scheme = "employee"              # where no column says so; likewise fund and issued
    encoding = "gb18030"             # of a CSV file; UTF-8 unless given
    [columns]
    fund = "统筹区代码"
    month = "报表期"
    income = "收入"
    [funds]                          # fund of the statement = region of the case
    "市本级" = "320101"
    [schemes]
    "职工" = "employee"
    [items]                          # of a statement with a row for every item
    "收入合计" = "income"
"""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fundpool.inputs.accounts.words import ITEMS, ROLES, date_of, unit_of
from fundpool.inputs.files.table_words import MONEY_UNITS
from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.sources import toml_contents

TEXTS = ("basis", "scheme", "fund", "issued", "encoding")
TABLES = ("columns", "funds", "schemes", "items")
BASES = ("monthly", "cumulative")
ENCODINGS = ("utf-8", "utf-16", "gb18030", "gbk", "big5", "latin-1")


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says of a statement; nothing by default.

    Attributes:
        columns: role by heading; None: the layout is a known one.
        unit: money that one figure stands for; None: what the statement says, else 1.
        cumulative: whether income and outgo are those since January.
        scheme, fund, issued: of all rows, where no column says so.
        encoding: of CSV files.
        funds, schemes: code by the name in the statement.
        items: item by the word in the statement.
    """

    columns: dict[str, str] | None = None
    unit: float | None = None
    cumulative: bool = False
    scheme: str = ""
    fund: str = ""
    issued: str = ""
    encoding: str = "utf-8-sig"
    funds: Map[str, str] = field(default_factory=dict)
    schemes: Map[str, str] = field(default_factory=dict)
    items: Map[str, str] = field(default_factory=dict)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        CaseError: it cannot be read, or says something that cannot be; all findings.
    """
    raw = RawCase(path.name)
    contents = toml_contents(raw, path, path.name)
    if contents is None:
        raise CaseError(raw.findings)
    findings = _findings(path.name, contents)
    if findings:
        raise CaseError(findings)
    columns = contents.get("columns")
    unit, encoding = contents.get("unit"), contents.get("encoding", "utf-8")
    return Mapping(
        columns=None if columns is None else {text: role for role, text in columns.items()},
        unit=unit_of(unit) if isinstance(unit, str) else unit,
        cumulative=contents.get("basis") == "cumulative",
        scheme=contents.get("scheme", ""),
        fund=contents.get("fund", ""),
        issued=date_of(contents.get("issued", "")) or "",
        encoding={"utf-8": "utf-8-sig"}.get(encoding, encoding),
        funds=contents.get("funds", {}),
        schemes=contents.get("schemes", {}),
        items=contents.get("items", {}),
    )


def _findings(file: str, contents: dict[str, Any]) -> list[Finding]:
    findings = []

    def wrong(path: str, value: object, expected: Message, mend: Message) -> None:
        findings.append(Finding.of_setting(file, path, str(value), expected, mend))

    known = ("unit", *TEXTS, *TABLES)
    for key, value in contents.items():
        if key not in known:
            wrong(key, value, Message("a setting of a mapping file"), did_you_mean(key, known))
        elif key in TEXTS and not isinstance(value, str):
            wrong(key, value, Message("a text"), Message("Put it in quotes."))
        elif key in TABLES and not (
            isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
        ):
            wrong(key, value, Message("a section with texts"), Message("Put them in quotes."))
    if findings:
        return findings
    unit = contents.get("unit")
    number = isinstance(unit, int | float) and not isinstance(unit, bool) and 0 < unit < 1e12
    if unit is not None and not number and not (isinstance(unit, str) and unit_of(unit)):
        wrong("unit", unit, Message("a positive number, or one of %(words)s",
                                    words=Listed.of(MONEY_UNITS)),
              Message("Correct it."))  # fmt: skip
    if contents.get("basis", "monthly") not in BASES:
        wrong("basis", contents["basis"], Message("one of %(words)s", words=Listed.of(BASES)),
              did_you_mean(contents["basis"], BASES))  # fmt: skip
    if "issued" in contents and date_of(contents["issued"]) is None:
        wrong("issued", contents["issued"], Message("a date such as 2024-04-09"),
              Message("Correct it."))  # fmt: skip
    if contents.get("encoding", "utf-8") not in ENCODINGS:
        wrong("encoding", contents["encoding"], Message("one of %(words)s",
                                                        words=Listed.of(ENCODINGS)),
              did_you_mean(contents["encoding"], ENCODINGS))  # fmt: skip
    for role in contents.get("columns", {}):
        if role not in ROLES:
            wrong(f"columns.{role}", role, Message("one of %(words)s", words=Listed.of(ROLES)),
                  did_you_mean(role, ROLES))  # fmt: skip
    headings = list(contents.get("columns", {}).values())
    for heading in sorted({text for text in headings if headings.count(text) > 1}):
        wrong("columns", heading, Message("each column once"), Message("Remove one of them."))
    for word, item in contents.get("items", {}).items():
        if item not in ITEMS:
            wrong(f"items.{word}", item, Message("one of %(words)s", words=Listed.of(ITEMS)),
                  did_you_mean(item, ITEMS))  # fmt: skip
    return findings
