"""Writing a case whose valuation is rolled forward to its accounts."""

import tempfile
from pathlib import Path

import pandas as pd

from fundpool.inputs.case import Case, case_path, read_case
from fundpool.inputs.folders import write_folder
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.raw import RawCase
from fundpool.inputs.format.sources import read_raw
from fundpool.models.analysis.roll_forward import MET, RollForward, largest_distance
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.projection.study import study


def rolled_contents(case: Case, rolled: RollForward, months: pd.DataFrame) -> RawCase:
    """Contents of a case with its opening balances rolled forward; nothing else is changed.

    Raises:
        CaseError: the case no longer lies where it was read from.
    """
    raw = read_raw(case_path(case.origin))
    table = raw.tables["fund_balances"]
    balances = rolled.balances.set_index(["region", "scheme"])["pooled_balance"]
    moved = months[["scheme", "region"]].drop_duplicates().itertuples(index=False, name=None)
    schemes = {str(scheme) for scheme, _ in moved}
    before = case.tables["fund_balances"].set_index(["region", "scheme"])["pooled_balance"]
    changed = balances[balances != before.reindex(balances.index)]
    note = f"rolled forward to the accounts at the end of {rolled.year}"
    cells = table.cells.astype(object).copy()
    for column in ("status", "note"):
        if column not in cells:
            cells[column] = ""
    for place, (region, scheme) in enumerate(zip(cells["region"], cells["scheme"], strict=True)):
        key = str(region), str(scheme)
        if scheme in schemes and key in changed.index:
            row = cells.index[place]
            cells.loc[row, "pooled_balance"] = repr(float(changed[key]))
            cells.loc[row, "status"], cells.loc[row, "note"] = "derived", note
    raw.tables["fund_balances"] = type(table)(table.file, cells, table.first_row)
    return raw


def write_rolled_case(
    raw: RawCase, target: Path, plan: PoolingPlan, rolled: RollForward, months: pd.DataFrame
) -> float:
    """Write a rolled case, once it is checked and its projection passes through the accounts.

    Args:
        raw: its contents.
        target: a new or empty folder.
        plan: pooling of the funds of the accounts.
        rolled: what it was made from.
        months: the accounts.

    Returns:
        how far its projection is from the accounts at the closed year end, relative.

    Raises:
        CaseError: the new case is refused, or its projection does not meet the accounts.
        OSError: the folder cannot be written to.
    """
    with tempfile.TemporaryDirectory(prefix="fundpool-rolled-") as name:
        draft = Path(name) / "case"
        write_folder(raw, draft)
        new = read_case(draft)
        distance = largest_distance(
            study(new, max(1, rolled.year - new.base_year)).pooled(plan), months, rolled.year
        )
    if distance > MET:
        raise CaseError(
            [Finding.of_setting("pooling", None, plan.name,
                                Message("pools whose balance is their own"),
                                Message("Pools share money under this plan; choose the pooling of "
                                        "the accounts with --pooling."))]
        )  # fmt: skip
    write_folder(raw, target)
    return distance
