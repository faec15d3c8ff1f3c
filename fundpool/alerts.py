"""Solvency alerts: pools that miss their target within the alert horizon."""

import pandas as pd

from models.projection import Projection


def solvency_alerts(projection: Projection) -> list[dict[str, object]]:
    """Pools whose reserve falls under the target within the alert horizon.

    One entry a pool: scheme, pool, name, level, kind (``exhausted`` if the balance turns negative,
    else ``below_target``), year and reserve_months of the first year under the target.
    """
    case = projection.case
    target = case.value("solvency.target_reserve_months")
    last = case.base_year + round(case.value("solvency.alert_years"))
    funds = projection.funds
    near = funds[(funds["year"] <= last) & funds["reserve_months"].notna()]
    alerts: list[dict[str, object]] = []
    for (scheme, pool), table in near.groupby(["scheme", "pool"], sort=False):
        under = table[table["reserve_months"] < target]
        if under.empty:
            continue
        negative = table[table["balance"] < 0]
        first: pd.Series = (under if negative.empty else negative).iloc[0]
        alerts.append(
            {
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
