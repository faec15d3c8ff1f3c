"""Solvency alerts: funds that miss their target, and those that break a rule of the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.inputs.settings.sections import AlertRule

if TYPE_CHECKING:  # records are written without the compiler
    from fundpool.inputs.case import Case
    from fundpool.models.projection.study import Projection

TARGET = "target"
"""Name of the rule that always holds: the target reserve over the alert horizon."""

OF_ACCOUNTS = "month_end_reserve"
"""Measure of the rules that are held against accounts, not against a projection."""

Ruin = Mapping[tuple[str, str], Mapping[int, float]]
"""By scheme and pool: probability of a negative balance at any year end up to a year."""


SEVERITIES = ("critical", "warning", "notice")
"""How grave an alert is, the gravest first."""
_SEVERITY = {"exhausted": "critical", "exhaustion": "critical", "actual_to_expected": "notice"}


def severity_of(kind: str) -> str:
    """How grave an alert of a kind is: a negative balance is critical, experience off expectation
    a notice, anything else a warning.

    >>> severity_of("exhausted"), severity_of("below_target"), severity_of("actual_to_expected")
    ('critical', 'warning', 'notice')
    """
    return _SEVERITY.get(kind, "warning")


@dataclass(frozen=True)
class Evidence:
    """What rules are held against, beside the projection itself.

    Attributes:
        experience: actual against expected
            (:func:`fundpool.models.calibration.experience.experience`), if there is.
        ruin: ruin probabilities, if scenarios were run.
    """

    experience: pd.DataFrame | None = None
    ruin: Ruin | None = None


def solvency_alerts(
    projection: "Projection", evidence: Evidence | None = None
) -> list[dict[str, Any]]:
    """Every alert, those of the target reserve first, then rule by rule in the case's order.

    One entry a fund and rule: rule, scheme, pool, name, level, kind, year, what was found, and
    severity.
    The target's kind is ``exhausted`` if the balance turns negative within the alert horizon,
    else ``below_target``; its year and reserve_months are those of the first year under it.
    Other kinds are the rule's measure; ``value`` is what broke ``limit``.
    """
    alerts = _target_alerts(projection)
    for name, rule in _rules(projection.case, of_accounts=False).items():
        alerts += _rule_alerts(name, rule, projection, evidence or Evidence())
    return [alert | {"severity": severity_of(alert["kind"])} for alert in alerts]


def rules_judged(
    projection: "Projection", alerts: list[dict[str, Any]], evidence: Evidence | None = None
) -> list[dict[str, Any]]:
    """Every rule with the number of alerts it raised; None where it could not be judged."""
    given = evidence or Evidence()
    rules = [{"rule": TARGET, "raised": sum(a["rule"] == TARGET for a in alerts)}]
    for name, rule in _rules(projection.case, of_accounts=False).items():
        missing = (rule.measure == "ruin_probability" and given.ruin is None) or (
            rule.measure == "actual_to_expected"
            and (given.experience is None or given.experience.empty)
        )
        raised = None if missing else sum(alert["rule"] == name for alert in alerts)
        rules.append({"rule": name, "raised": raised})
    return rules


def _rules(case: "Case", of_accounts: bool) -> dict[str, AlertRule]:
    """Rules of a case that are held against accounts, or against a projection."""
    return {
        name: rule
        for name, rule in case.settings.alerts.items()
        if (rule.measure == OF_ACCOUNTS) == of_accounts
    }


def account_alerts(case: "Case", reserves: pd.DataFrame) -> dict[str, Any]:
    """Alerts of funds whose reserve at the last month end of their accounts is under a band.

    Args:
        case: the case, whose rules of the measure ``month_end_reserve`` are the bands.
        reserves: reserves at month ends
            (:func:`fundpool.models.analysis.month_end_reserves.month_end_reserves`).

    Returns:
        ``alerts``, as those of :func:`solvency_alerts` with the month; ``alert_rules``, how many
        each band raised; ``alert_plan``, which is the same for all accounts.
    """
    last = reserves.groupby(["scheme", "region"], sort=False).tail(1)
    rules = _rules(case, of_accounts=True)
    alerts = [
        {
            "rule": name, "scheme": row["scheme"], "pool": row["region"], "name": row["name"],
            "level": row["level"], "kind": rule.measure, "year": int(row["year"]),
            "month": int(row["month"]), "value": float(row["reserve_months"]),
            "limit": rule.limit, "severity": severity_of(rule.measure),
        }
        for name, rule in rules.items()
        for row in last.to_dict("records")
        if (not rule.schemes or row["scheme"] in rule.schemes)
        and row["reserve_months"] < rule.limit
    ]  # fmt: skip
    raised = {name: sum(alert["rule"] == name for alert in alerts) for name in rules}
    return {
        "alert_plan": "accounts",
        "alerts": alerts,
        "alert_rules": [{"rule": name, "raised": number} for name, number in raised.items()],
    }


def _near(projection: "Projection", years: int) -> pd.DataFrame:
    """Funds over the first years, hubs of adjustment funds left out."""
    funds = projection.funds
    last = projection.case.base_year + years
    return funds[(funds["year"] <= last) & funds["reserve_months"].notna()]


def _alert_years(projection: "Projection") -> int:
    return round(projection.case.value("solvency.alert_years"))


def _target_alerts(projection: "Projection") -> list[dict[str, Any]]:
    target = projection.case.value("solvency.target_reserve_months")
    alerts: list[dict[str, Any]] = []
    near = _near(projection, _alert_years(projection))
    for (scheme, pool), table in near.groupby(["scheme", "pool"], sort=False):
        under = table[table["reserve_months"] < target]
        if under.empty:
            continue
        negative = table[table["balance"] < 0]
        first: pd.Series = (under if negative.empty else negative).iloc[0]
        alerts.append(
            {
                "rule": TARGET,
                "scheme": scheme,
                "pool": pool,
                "name": first["name"],
                "level": first["level"],
                "kind": "below_target" if negative.empty else "exhausted",
                "year": int(first["year"]),
                "reserve_months": float(first["reserve_months"]),
            }
        )
    return alerts


def _rule_alerts(
    name: str, rule: AlertRule, projection: "Projection", evidence: Evidence
) -> list[dict[str, Any]]:
    if rule.measure == "actual_to_expected":
        return _experience_alerts(name, rule, evidence.experience)
    near = _near(projection, rule.within or _alert_years(projection))
    alerts = []
    for (scheme, pool), table in near.groupby(["scheme", "pool"], sort=False):
        if rule.schemes and scheme not in rule.schemes:
            continue
        broken = _broken(rule, table, (evidence.ruin or {}).get((str(scheme), str(pool)), {}))
        if broken is not None:
            row, value = broken
            alerts.append(
                {
                    "rule": name,
                    "scheme": scheme,
                    "pool": pool,
                    "name": row["name"],
                    "level": row["level"],
                    "kind": rule.measure,
                    "year": int(row["year"]),
                    "value": value,
                    "limit": rule.limit,
                }
            )
    return alerts


def _broken(
    rule: AlertRule, table: pd.DataFrame, ruin: Mapping[int, float]
) -> tuple[pd.Series, float] | None:
    """The first year in which a fund breaks a rule, and the value that does."""
    if rule.measure == "reserve_months":
        wrong = table[table["reserve_months"] < rule.limit]
        column = "reserve_months"
    elif rule.measure == "exhaustion":
        wrong = table[table["balance"] < 0]
        column = "balance"
    else:
        with_ruin = table.assign(ruin=[ruin.get(int(year), float("nan")) for year in table["year"]])
        wrong = with_ruin[with_ruin["ruin"] > rule.limit]
        column = "ruin"
    if wrong.empty:
        return None
    return wrong.iloc[0], float(wrong.iloc[0][column])


def _experience_alerts(
    name: str, rule: AlertRule, experience: pd.DataFrame | None
) -> list[dict[str, Any]]:
    if experience is None:
        return []
    return [
        {
            "rule": name,
            "scheme": row["scheme"],
            "pool": row["region"],
            "name": row["name"],
            "level": row["level"],
            "kind": rule.measure,
            "measure": row["measure"],
            "year": int(row["last_year"]),
            "value": float(row["credible_ratio"]),
            "limit": rule.limit,
        }
        for row in experience.to_dict("records")
        if (not rule.schemes or row["scheme"] in rule.schemes)
        and abs(row["credible_ratio"] - 1.0) > rule.limit
    ]
