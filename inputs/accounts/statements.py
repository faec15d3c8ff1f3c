"""Statements read as a whole: corrections laid over, months reconciled, every row accounted for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fundpool.inputs.accounts.amounts import Amount, Key, TableRead, read_table
from fundpool.inputs.accounts.funds import Names
from fundpool.inputs.accounts.mapping import Mapping, read_mapping
from fundpool.inputs.accounts.months import fund_months
from fundpool.inputs.accounts.sheets import read_sheets
from fundpool.inputs.case import Case
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message

ROW_COLUMNS = ["file", "row", "fate"]
CORRECTION_COLUMNS = [
    "scheme", "region", "year", "month", "item", "value", "issued", "file", "row",
    "new_value", "new_issued", "new_file", "new_row",
]  # fmt: skip


@dataclass(frozen=True)
class Accounts:
    """Reconciled accounts of funds by month.

    Attributes:
        months: a row a scheme, fund and month
            (:data:`fundpool.inputs.accounts.months.MONTH_COLUMNS`).
        corrections: figures that a later issue replaced, beside those that stand.
        rows: every row of every file and what became of it: ``used``, ``replaced``, ``repeated``
            or why it holds no figures.
        unread: headings of columns that are not read, by file.
    """

    months: pd.DataFrame
    corrections: pd.DataFrame
    rows: pd.DataFrame
    unread: dict[str, list[str]]


def read_statements(
    case: Case, statements: Sequence[Path], mapping_file: Path | None = None
) -> Accounts:
    """Read statements of the funds of a case.

    Args:
        case: the case.
        statements: CSV files or workbooks.
        mapping_file: what the columns are, where the layout is not known.

    Raises:
        CaseError: something cannot be read, is contradicted or does not reconcile; all findings.
    """
    mapping = Mapping() if mapping_file is None else read_mapping(mapping_file)
    names = Names(case, mapping)
    findings: list[Finding] = []
    tables: dict[str, TableRead] = {}
    for path in statements:
        sheets, problems = read_sheets(path, mapping.encoding)
        findings += problems
        for sheet in sheets:
            if sheet.place in tables:
                findings.append(
                    Finding.of_file(sheet.place, Message("each file once"),
                                    Message("Rename one of the files of this name."))
                )  # fmt: skip
                continue
            tables[sheet.place] = read_table(sheet, names, mapping)
            findings += tables[sheet.place].findings
    amounts = [amount for table in tables.values() for amount in table.amounts]
    if not amounts and not findings:
        files = ", ".join(path.name for path in statements)
        findings.append(
            Finding.of_file(files, Message("at least one row with figures"),
                            Message("There is only a header; fill it."))
        )  # fmt: skip
    standing, replaced, contradictions = _corrected(amounts)
    months, problems = fund_months(case, standing) if not findings else (pd.DataFrame(), [])
    findings += [*contradictions, *problems]
    if findings:
        raise CaseError(findings)
    return Accounts(
        months, _corrections(replaced), _rows(tables, standing, replaced),
        {place: table.unread for place, table in tables.items() if table.unread},
    )  # fmt: skip


Replaced = list[tuple[Amount, Amount]]


def _corrected(amounts: Sequence[Amount]) -> tuple[dict[Key, Amount], Replaced, list[Finding]]:
    """Figures that stand, those that a later issue replaced, and contradictions."""
    standing: dict[Key, Amount] = {}
    replaced: Replaced = []
    findings = []
    for amount in sorted(amounts, key=lambda one: one.issued):
        before = standing.get(amount.key)
        if before is not None and before.issued == amount.issued and before.value != amount.value:
            findings.append(
                Finding(amount.place, amount.row, amount.column, amount.text,
                        Message("the figure of %(file)s, row %(row)s: %(value)s", file=before.place,
                                row=before.row, value=before.text),
                        Message("%(month)s of %(fund)s has two figures of one issue; remove one, "
                                "or give the later one a later date of issue.",
                                month=f"{amount.year}-{amount.month:02}", fund=amount.region))
            )  # fmt: skip
            continue
        if before is not None:
            replaced.append((before, amount))
        standing[amount.key] = amount
    return standing, [(old, standing[old.key]) for old, _ in replaced], findings


def _corrections(replaced: Replaced) -> pd.DataFrame:
    rows = [
        (*old.key, old.value, old.issued, old.place, old.row, new.value, new.issued, new.place,
         new.row)
        for old, new in replaced
        if old.value != new.value
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=CORRECTION_COLUMNS)


def _rows(
    tables: dict[str, TableRead], standing: dict[Key, Amount], replaced: Replaced
) -> pd.DataFrame:
    """Every row read, with what became of it."""
    stand = {(amount.place, amount.row) for amount in standing.values()}
    changed = {(old.place, old.row) for old, new in replaced if old.value != new.value}
    rows = []
    for place, table in tables.items():
        for row, fate in table.fates.items():
            if fate == "used" and (place, row) not in stand:
                fate = "replaced" if (place, row) in changed else "repeated"
            rows.append((place, row, fate))
    return pd.DataFrame(rows, columns=ROW_COLUMNS)
