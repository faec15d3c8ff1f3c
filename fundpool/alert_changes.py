"""Alerts against those of an earlier run: new, worse, the same, better, cleared."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fundpool.alerts import severity_of

if TYPE_CHECKING:
    import pandas as pd

NEW, WORSE, SAME, BETTER = "new", "worse", "same", "better"
TOLERANCE = 1e-6
"""Relative difference of a figure up to which it counts as the same: machines round differently."""
Key = tuple[str, str, str, str]


def alert_changes(
    summary: Mapping[str, Any], earlier: Mapping[str, Any] | None, run: str | None
) -> dict[str, Any]:
    """Entries of summary.json on how alerts changed since an earlier run.

    An alert is the same if rule, scheme, fund and measure are. It is worse if its kind or year is
    (a negative balance instead of a low one, an earlier year), or in the same year the figure that
    breaks the rule; of experience, if the ratio is further from one; of accounts, if the reserve at
    the last month end is lower, whichever month that is. An alert of a rule that the
    earlier run could not judge has no change, and one that this run cannot judge is not cleared.

    Args:
        summary: of the run at hand.
        earlier: of the run to compare with; None without one.
        run: id of that run.

    Returns:
        ``alerts`` with ``change`` in each; ``alerts_since``, the run compared with; and
        ``cleared_alerts``, those of that run that are no longer raised, as they were. Without an
        earlier run every alert is new. Where it looked at another plan, ``change`` is None
        and ``alerts_since`` too.
    """
    if earlier is None:
        return _entries(summary, dict.fromkeys(map(_key, summary["alerts"]), NEW), None, [])
    if earlier.get("alert_plan") != summary["alert_plan"]:
        return unknown_changes(summary)
    before = {_key(alert): alert for alert in earlier["alerts"]}
    not_judged_then, _ = _judged(earlier)
    _, judged_now = _judged(summary)
    changes: dict[Key, str | None] = {}
    for alert in summary["alerts"]:
        was = before.get(_key(alert))
        if was is not None:
            changes[_key(alert)] = _change(was, alert)
        else:
            changes[_key(alert)] = None if alert["rule"] in not_judged_then else NEW
    cleared = [
        dict(alert) | {"severity": severity_of(str(alert["kind"]))}
        for key, alert in before.items()
        if key not in changes and alert["rule"] in judged_now
    ]
    return _entries(summary, changes, run, cleared)


def unknown_changes(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The same where the earlier run says nothing on the alerts at hand."""
    return _entries(summary, dict.fromkeys(map(_key, summary["alerts"])), None, [])


def counted_changes(summary: Mapping[str, Any]) -> dict[str, int]:
    """How many alerts are new, worse, the same, better and cleared."""
    changes = [alert.get("change") for alert in summary["alerts"]]
    counts = {change: changes.count(change) for change in (NEW, WORSE, SAME, BETTER)}
    return counts | {"cleared": len(summary.get("cleared_alerts", ()))}


def insured_of(measures: "pd.DataFrame") -> dict[tuple[str, str], float]:
    """Insured of the first year of each fund by scheme and fund, from ``projection.measures``."""
    return {
        (str(row["scheme"]), str(row["pool"])): float(row["persons"])
        for row in measures.to_dict("records")
    }


def insured_by_change(
    summary: Mapping[str, Any], insured: Mapping[tuple[str, str], float]
) -> list[dict[str, Any]]:
    """Alerts and the insured of the funds that they are about, by how they changed.

    >>> alerts = [{"scheme": "a", "pool": "P", "change": "new"},
    ...           {"scheme": "a", "pool": "P", "change": "new"}]
    >>> insured_by_change({"alerts": alerts}, {("a", "P"): 10.0})
    [{'change': 'new', 'alerts': 2, 'funds': 1, 'insured': 10.0}]

    Args:
        summary: with changes of alerts.
        insured: persons by scheme and fund; a fund that is not there counts nobody.

    Returns:
        rows: change (``new``, ``worse``, ``cleared``, ``same``, ``better``; those with any),
        alerts, funds, insured. A fund with several alerts of one change counts once.
    """
    alerts = [(alert.get("change"), alert) for alert in summary["alerts"]]
    alerts += [("cleared", alert) for alert in summary.get("cleared_alerts", ())]
    rows = []
    for change in (NEW, WORSE, "cleared", SAME, BETTER):
        those = [alert for kind, alert in alerts if kind == change]
        funds = dict.fromkeys((str(alert["scheme"]), str(alert["pool"])) for alert in those)
        if those:
            persons = sum(insured.get(fund, 0.0) for fund in funds)
            rows.append(
                {"change": change, "alerts": len(those), "funds": len(funds), "insured": persons}
            )
    return rows


def _entries(
    summary: Mapping[str, Any],
    changes: Mapping[Key, str | None],
    since: str | None,
    cleared: list[dict[str, Any]],
) -> dict[str, Any]:
    alerts = [dict(alert) | {"change": changes[_key(alert)]} for alert in summary["alerts"]]
    return {"alerts": alerts, "alerts_since": since, "cleared_alerts": cleared}


def _key(alert: Mapping[str, Any]) -> Key:
    rule, scheme, pool = str(alert["rule"]), str(alert["scheme"]), str(alert["pool"])
    return rule, scheme, pool, str(alert.get("measure", ""))


def _judged(summary: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Rules of a run that could not be judged, and those that were."""
    rules = summary.get("alert_rules", ())
    missing = {rule["rule"] for rule in rules if rule["raised"] is None}
    return missing, {rule["rule"] for rule in rules} - missing


def _change(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    for before, after in zip(_badness(was), _badness(now), strict=True):
        if not math.isclose(before, after, rel_tol=TOLERANCE, abs_tol=1e-9):
            return WORSE if after > before else BETTER
    return SAME


def _badness(alert: Mapping[str, Any]) -> tuple[float, float, float]:
    """Figures of an alert, the most telling first; greater is worse."""
    kind = alert["kind"]
    if kind == "actual_to_expected":
        return 0.0, 0.0, abs(float(alert["value"]) - 1.0)
    if kind == "month_end_reserve":  # of the last month end, which moves on
        return 0.0, 0.0, -float(alert["value"])
    value = float(alert["reserve_months"] if "reserve_months" in alert else alert["value"])
    value = value if kind == "ruin_probability" else -value
    return float(kind == "exhausted"), -float(alert["year"]), value
