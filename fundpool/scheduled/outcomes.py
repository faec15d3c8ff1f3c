"""How reports of cases ended: one status for all, and a table of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from fundpool.archive.requests import case_name
from fundpool.inputs.files.disk import portable_name

PRECEDENCE = (2, 1, 4, 3)
"""Exit statuses in the order in which they come first, if several apply; then 0."""
DONE = (0, 3)
"""Exit statuses of a report that did its work."""


@dataclass(frozen=True)
class Outcome:
    """How the report of one case ended.

    Attributes:
        case: its name, as of its folder.
        status: exit status.
        seconds: how long it took.
        summary: contents of summary.json; None if there is no report.
        run: id of the run in the archive; None if it was not kept.
        errors: what went wrong, a sentence each.
        folder: where its files lie.
    """

    case: str
    status: int
    seconds: float
    summary: Mapping[str, Any] | None = None
    run: str | None = None
    errors: tuple[str, ...] = ()
    folder: str = ""


def first_status(statuses: Iterable[int]) -> int:
    """The exit status that comes first; an unknown one, as of a killed process, counts as 1.

    >>> first_status([0, 3, 4]), first_status([1, 2]), first_status([-9, 3]), first_status([])
    (4, 2, 1, 0)
    """
    known = {status if status in (0, *PRECEDENCE) else 1 for status in statuses}
    return next((status for status in PRECEDENCE if status in known), 0)


def short_name(case: str) -> str:
    """What a case is called: its folder or workbook, on any system, without ending."""
    return portable_name(case_name(case).removesuffix(".xlsx"))


def unreported(case: str, status: int, errors: Iterable[str]) -> Outcome:
    """How a case ended whose report did not come to an end of its own."""
    return Outcome(short_name(case), status, 0.0, errors=tuple(errors))


def outcome_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row a case: status, alerts, first year in which a fund runs dry, files that failed.

    Figures of a case without a report are missing.
    """
    return pd.DataFrame(
        {
            "case": [outcome.case for outcome in outcomes],
            "status": [outcome.status for outcome in outcomes],
            "alerts": pd.array([_alerts(outcome) for outcome in outcomes], dtype="Int64"),
            "first_exhaustion": pd.array(
                [first_exhaustion(outcome.summary) for outcome in outcomes], dtype="Int64"
            ),
            "failed_outputs": pd.array(
                [_number(outcome.summary, "failed_outputs") for outcome in outcomes], dtype="Int64"
            ),
            "run": [outcome.run for outcome in outcomes],
        }
    )


def outcome_records(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What ``--json`` prints of several cases: the status of all, and each with its summary."""
    return {
        "schema_version": 1,
        "status": first_status(outcome.status for outcome in outcomes),
        "cases": [
            {
                "case": outcome.case,
                "status": outcome.status,
                "seconds": round(outcome.seconds, 3),
                "folder": outcome.folder,
                "run": outcome.run,
                "errors": list(outcome.errors),
                "summary": outcome.summary,
            }
            for outcome in outcomes
        ],
    }


def first_exhaustion(summary: Mapping[str, Any] | None) -> int | None:
    """First year in which a fund of the plan that raises alerts runs dry; None if none does."""
    if summary is None:
        return None
    pools = summary["pooling"][summary["alert_plan"]]["pools"]
    years = [pool["exhaustion_year"] for pool in pools if pool["exhaustion_year"] is not None]
    return min(years, default=None)


def _alerts(outcome: Outcome) -> int | None:
    return _number(outcome.summary, "alerts")


def _number(summary: Mapping[str, Any] | None, key: str) -> int | None:
    return None if summary is None else len(summary[key])
