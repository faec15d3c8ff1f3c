"""``accounts`` as a function, which the command calls."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.alert_changes import alert_changes
from fundpool.alerts import account_alerts
from fundpool.calls.arguments import CaseLike, Pooling, checked_pooling, folder, opened
from fundpool.calls.wrong_argument import WrongArgumentError, sentence
from fundpool.inputs.accounts import Accounts, read_statements
from fundpool.inputs.case import Case
from fundpool.inputs.files.writing import UnwritableError, check_folder, whole_folder
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of
from fundpool.inputs.template import check_new
from fundpool.models.analysis.account_experience import EXPERIENCE_COLUMNS, account_experience
from fundpool.models.analysis.month_end_reserves import month_end_reserves
from fundpool.models.analysis.roll_forward import (
    RECONCILIATION_COLUMNS,
    RollForward,
    rolled_forward,
)
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.projection.study import Projection, study
from fundpool.rolled_cases import rolled_contents, write_rolled_case
from fundpool.writing import write_results

SUMMARY = "summary.json"
MOST_YEARS = 100


@dataclass(frozen=True)
class AccountResult:
    """Accounts of a case's funds, and what they say.

    Attributes:
        case: the case.
        months: accounts by scheme, fund and month.
        corrections: figures that a later issue replaced.
        rows: every row of the statements and what became of it.
        experience: actual against expected in the latest year
            (:func:`fundpool.models.analysis.account_experience.account_experience`).
        reserves: months of outgo held at month ends
            (:func:`fundpool.models.analysis.month_end_reserves.month_end_reserves`).
        reconciliation: closed years beside the projection's
            (:func:`fundpool.models.analysis.roll_forward.rolled_forward`); empty unless the
            valuation was rolled forward.
        summary: contents of ``summary.json``.
    """

    case: Case
    months: pd.DataFrame
    corrections: pd.DataFrame
    rows: pd.DataFrame
    experience: pd.DataFrame
    reserves: pd.DataFrame
    reconciliation: pd.DataFrame
    summary: dict[str, Any]

    def __repr__(self) -> str:
        """What it is, in a line."""
        funds, last = self.summary["funds"], self.summary["last_month"]
        return f"<AccountResult of {self.case.name}: {funds} funds to {last}>"

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        names = ("months", "corrections", "rows", "experience", "reserves", "reconciliation")
        return {name: getattr(self, name) for name in names}


def accounts(
    case: CaseLike,
    statement: Path | str | Sequence[Path | str],
    *,
    mapping: Path | str | None = None,
    pooling: Pooling | None = None,
    against: Path | str | None = None,
    roll_forward: Path | str | None = None,
    out: Path | str | None = None,
) -> AccountResult:
    """Monthly accounts of a case's funds: read, reconciled, held against its projection and bands.

    Args:
        case: a case, or its folder, its workbook or the name of a bundled case.
        statement: statements of its funds, CSV files or workbooks.
        mapping: TOML file that says which column is what, where the layout is not a known one
            (:mod:`fundpool.inputs.accounts.mapping`).
        pooling: pooling of the projection that the accounts are held against; default: the plan
            of the policies, or the pooling in force.
        against: ``summary.json`` of an earlier run, which alerts are compared with; default: the
            one in ``out``.
        roll_forward: new folder for the case with opening balances that lead to the accounts.
        out: folder for the tables and ``summary.json``; default: nothing is written.

    Raises:
        CaseError: the case or a statement is refused; all findings.
        TypeError, ValueError: a wrong argument, named with what was expected.

    Examples:
        >>> import fundpool
        >>> case = fundpool.read_case("jiangsu")
        >>> lines = ["scheme,fund,month,opening,income,outgo,closing",
        ...          f"employee,{case.regions.codes[0]},2021-01,900,300,200,1000"]
        >>> written = Path("statement.csv").write_text("\\n".join(lines), encoding="utf-8")
        >>> done = fundpool.accounts(case, "statement.csv")
        >>> done.months["balance"].tolist()
        [1000.0]
    """
    listed = [statement] if isinstance(statement, str | Path) else statement
    if not isinstance(listed, Sequence) or not listed:
        raise TypeError(sentence("statement", statement, "a statement or several in a list"))
    files = [folder("statement", file) for file in listed]
    target = None if out is None else folder("out", out)
    new_case = None if roll_forward is None else folder("roll_forward", roll_forward)
    earlier = _earlier(against, target)
    case_read = opened(case)
    plan = plan_for(case_read, checked_pooling(case_read, pooling or case_read.usual_pooling))
    if new_case is not None:
        check_new(new_case)
        try:
            check_folder(new_case)
        except UnwritableError as error:
            raise WrongArgumentError("roll_forward", str(new_case), message_of(error)) from None
    read = read_statements(
        case_read, files, None if mapping is None else folder("mapping", mapping)
    )
    last = int(read.months["year"].max())
    projection = _projection(case_read, plan.name, last, needed=new_case is not None)
    experience = pd.DataFrame(columns=EXPERIENCE_COLUMNS)
    if projection is not None:
        experience = account_experience(projection, read.months)
    reserves = month_end_reserves(read.months)
    rolled = None
    if new_case is not None and projection is not None:
        rolled = rolled_forward(projection, read.months)
    summary = _summary(case_read, read, reserves, experience, rolled)
    summary |= alert_changes(summary, earlier, earlier["last_month"] if earlier else None)
    result = AccountResult(
        case_read, read.months, read.corrections, read.rows, experience, reserves,
        pd.DataFrame(columns=RECONCILIATION_COLUMNS) if rolled is None else rolled.reconciliation,
        summary,
    )  # fmt: skip
    if rolled is not None and new_case is not None:
        raw = rolled_contents(case_read, rolled, read.months)
        write_rolled_case(raw, new_case, plan, rolled, read.months)
    if target is not None:
        with whole_folder(target) as place:
            write_results(place, SUMMARY, summary, result.tables, "csv")
    return result


def _projection(case: Case, plan: str, last: int, needed: bool) -> Projection | None:
    """The case projected to the last year of the accounts; None where there is nothing to expect.

    Raises:
        CaseError: the accounts go on for longer than a case can be projected.
    """
    if last - case.base_year > MOST_YEARS:
        raise CaseError(
            [Finding.of_setting("accounts", "year", str(last),
                                Message("months up to %(year)s",
                                        year=str(case.base_year + MOST_YEARS)),
                                Message("Correct the year."))]
        )  # fmt: skip
    if last <= case.base_year and not needed:
        return None
    return study(case, max(1, last - case.base_year)).pooled(plan)


def _summary(
    case: Case, read: Accounts, reserves: pd.DataFrame, experience: pd.DataFrame,
    rolled: RollForward | None,
) -> dict[str, Any]:  # fmt: skip
    months = read.months["year"] * 100 + read.months["month"]
    ends = [f"{number // 100}-{number % 100:02}" for number in (months.min(), months.max())]
    return {
        "case": case.name,
        "currency": case.currency,
        "first_month": ends[0],
        "last_month": ends[1],
        "funds": len(read.months[["scheme", "region"]].drop_duplicates()),
        "rows_read": len(read.rows),
        "rows": {str(fate): int(n) for fate, n in read.rows["fate"].value_counts().items()},
        "corrections": len(read.corrections),
        "columns_not_read": read.unread,
        "rolled_to": None if rolled is None else rolled.year,
        **account_alerts(case, reserves),
        "experience": experience.to_dict("records"),
        "reserves": reserves.groupby(["scheme", "region"], sort=False).tail(1).to_dict("records"),
        "failed_outputs": [],
    }


def _earlier(against: object, target: Path | None) -> Mapping[str, Any] | None:
    """The summary of an earlier run; None where there is none.

    Raises:
        ValueError: what is named, or lies in the target, is no such summary.
    """
    if against is None and target is not None and (target / SUMMARY).is_file():
        against = target / SUMMARY
    if against is None:
        return None
    file = folder("against", against)
    try:
        contents = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        contents = None
    if not (
        isinstance(contents, dict)
        and isinstance(contents.get("last_month"), str)
        and all(_is_alerts(contents.get(name)) for name in ("alerts", "alert_rules"))
    ):
        expected = Message("%(file)s of an earlier run of accounts", file=SUMMARY)
        raise WrongArgumentError("against", str(file), expected)
    return contents


def _is_alerts(value: object) -> bool:
    """Whether a value reads as a list of alerts or rules."""
    return isinstance(value, list) and all(
        isinstance(one, dict) and "rule" in one
        and ("raised" in one or {"scheme", "pool", "kind", "value"} <= set(one)) for one in value
    )  # fmt: skip
