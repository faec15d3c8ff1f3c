"""``summary.json``: the contract with programs that read the results."""

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.alerts import Evidence, Ruin, rules_judged, solvency_alerts
from fundpool.version import __version__

if TYPE_CHECKING:  # records are written without the compiler
    from fundpool.models.projection.study import Projection
    from fundpool.models.risk.solvency import SolvencyRisk

SCHEMA_VERSION = 1


def summary(
    projections: Mapping[str, "Projection"],
    alert_plan: str,
    risk: "SolvencyRisk | None" = None,
    experience: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Everything a scheduler or a script asks for, as plain data.

    Args:
        projections: one a pooling plan, all of the same study.
        alert_plan: the plan that alerts are raised for.
        risk: what scenarios say of the same plans.
        experience: actual against expected, for the case's alert rules.
    """
    from fundpool.decision import decision
    from fundpool.formal_parts import formal_parts
    from fundpool.models.analysis.behaviour import behaviour_range

    any_one = projections[alert_plan]
    evidence = Evidence(experience, ruin_by_year(risk, alert_plan))
    alerts = solvency_alerts(any_one, evidence)
    case = any_one.case
    return {
        "schema_version": SCHEMA_VERSION,
        "case": case.name,
        "title": case.title,
        "currency": case.currency,
        "base_year": case.base_year,
        "years": len(any_one.years),
        "seed": None if risk is None else risk.run.seed,
        "scenarios": 0 if risk is None else risk.run.scenarios,
        "code_version": __version__,
        "inputs_sha256": case.inputs_sha256,
        "alert_plan": alert_plan,
        "pooling": {
            name: _plan(projection, _ruin(risk, name)) for name, projection in projections.items()
        },
        "decision": decision(projections, risk),
        "behaviour": behaviour_range(projections).records,
        "formal": formal_parts(next(iter(projections.values()))),
        "plan": None,
        "alert_rules": rules_judged(any_one, alerts, evidence),
        "alerts": alerts,
        "failed_outputs": [],
    } | _statuses(any_one)


def ruin_by_year(risk: "SolvencyRisk | None", plan: str) -> Ruin | None:
    """A plan's ruin probabilities by scheme and pool, then year, for alert rules."""
    if risk is None:
        return None
    table = risk.ruin[risk.ruin["plan"] == plan]
    return {
        (str(scheme), str(pool)): dict(
            zip(of_pool["year"].astype(int), of_pool["ruin_probability"].astype(float), strict=True)
        )
        for (scheme, pool), of_pool in table.groupby(["scheme", "pool"], sort=False)
    }


def as_json(data: Any) -> str:
    """JSON text with a stable order; numbers that do not exist become null."""
    return json.dumps(_plain(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _statuses(projection: "Projection") -> dict[str, Any]:
    """Statuses that the case names, with their residents by year; nothing where it names none."""
    named = projection.case.settings.statuses
    if not named:
        return {}
    persons = projection.people.groupby("year")[list(named)].sum()
    return {
        "statuses": {
            name: {
                "title": status.title,
                "title_local": status.title_local,
                "kind": status.kind,
                "pays": status.payment,
                "dependant_of": status.dependant_of or None,
                "outside": status.outside,
                "persons": {str(year): float(number) for year, number in persons[name].items()},
            }
            for name, status in named.items()
        }
    }


def _ruin(risk: "SolvencyRisk | None", plan: str) -> dict[tuple[str, str], dict[str, float]]:
    """What scenarios say of a plan's pools, by scheme and pool."""
    if risk is None:
        return {}
    table = risk.risk[risk.risk["plan"] == plan]
    rows = table.to_dict("records")
    return {(row["scheme"], row["pool"]): {str(k): v for k, v in row.items()} for row in rows}


def _plan(
    projection: "Projection", ruin: Mapping[tuple[str, str], Mapping[str, float]]
) -> dict[str, Any]:
    pools = []
    for row in projection.measures.to_dict("records"):
        chances = ruin.get((row["scheme"], row["pool"]), {})
        pools.append(
            {
                "scheme": row["scheme"],
                "pool": row["pool"],
                "name": row["name"],
                "level": row["level"],
                "first_year": row["first_year"],
                "last_year": row["last_year"],
                "opening_balance": row["opening_balance"],
                "exhaustion_year": row["exhaustion_year"],
                "min_reserve_months": row["min_reserve_months"],
                "payg_rate": {"first": row["payg_rate_first"], "last": row["payg_rate_last"]},
                "level_rate": row["level_rate"],
                "actuarial_balance": row["actuarial_balance"],
                "short_range_test": bool(row["short_range_test"]),
                "ruin_probability": chances.get("ruin_probability"),
                "ruin_probability_error": chances.get("ruin_probability_error"),
                "required_reserve": chances.get("required_reserve"),
                "required_reserve_error": chances.get("required_reserve_error"),
            }
        )
    keys = ("range", "cv", "gini", "theil", "theil_within", "theil_between")
    evenness: dict[str, Any] = {key: projection.evenness_overall[key] for key in keys}
    evenness["by_scheme"] = {
        row["scheme"]: {key: row[key] for key in keys}
        for row in projection.evenness.to_dict("records")
    }
    from fundpool.models.funds.totals import COLUMNS, detail_columns, flow_totals

    by_scheme = flow_totals(projection.funds)
    flow_columns = [*COLUMNS, *detail_columns(by_scheme)]
    yearly = by_scheme.groupby("year")[flow_columns].sum()
    return {
        "pools": pools,
        "evenness": evenness,
        # claims and swaps are the names under which programs have read the two columns before
        "totals": {
            str(year): {"claims": row["claims_paid"], "swaps": row["swaps_in"], **row}
            for year, row in yearly.to_dict("index").items()
        },
        "totals_by_scheme": {
            str(scheme): {
                str(year): row
                for year, row in table.set_index("year")[flow_columns].to_dict("index").items()
            }
            for scheme, table in by_scheme.groupby("scheme", sort=False)
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or value is pd.NA:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
