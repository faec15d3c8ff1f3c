"""Short- and long-range tests of solvency."""

from typing import Any

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.report.document.making import bad_if, left, paragraph, right, row, table
from fundpool.report.document.model import Section
from fundpool.report.sections.context import Context


def tests_section(context: Context) -> Section:
    """How many funds of every scheme and plan pass, and the weakest of them."""
    _ = context.language
    lead = _(
        "Short range: a fund holds %(months)s months of outgo, net of claims owed, in each of the "
        "first ten years, or reaches it within five and keeps it. Long range: the rate collected "
        "is at least the level rate, so that the actuarial balance is not negative over all "
        "projected years."
    ) % {"months": context.target_months}
    columns = (
        left(_("scheme")), left(_("pooled by")), right(_("funds")), right(_("pass short range")),
        right(_("pass long range")), right(_("income rate")), right(_("cost rate")),
        right(_("actuarial balance")), left(_("weakest fund")), right(_("its balance")),
    )  # fmt: skip
    rows = [
        row(
            test["title"],
            context.worded(test["plan"]),
            *(test[key] for key in ("pools", "short", "long")),
            _.percent(test["income"]),
            _.percent(test["cost"]),
            bad_if(test["balance"] < 0, _.percent(test["balance"])),
            context.name(test["weakest"]),
            _.percent(test["weakest_balance"]),
        )
        for test in tests_of_solvency(context)
    ]
    note = _(
        "Income rate, cost rate and actuarial balance are means over funds, weighted by "
        "contribution base; the cost rate is the level rate, target reserve included, less what "
        "the opening balance is worth."
    )
    blocks = (paragraph(lead), table(columns, rows), paragraph(note, soft=True))
    return Section("tests", _("Short- and long-range tests"), _("Tests"), blocks)


def tests_of_solvency(context: Context) -> list[dict[str, Any]]:
    """Short- and long-range tests by scheme and plan: how many funds pass, and the weakest."""
    rows = []
    measures = context.comparison.measures
    for scheme, title in context.titles.items():
        for plan in context.plans:
            tested = measures[(measures["scheme"] == scheme) & (measures["plan"] == plan)]
            if tested.empty:
                continue
            rated = tested[tested["actuarial_balance"].notna()]
            balance = rated["actuarial_balance"].to_numpy(dtype=float)
            level = rated["level_rate"].to_numpy(dtype=float)
            base = rated["base_present_value"].to_numpy(dtype=float)
            weakest = int(balance.argmin()) if balance.size else None
            rows.append(
                {
                    "title": title,
                    "plan": plan,
                    "pools": len(tested),
                    "short": int(tested["short_range_test"].sum()),
                    "long": int((balance >= 0).sum()),
                    "income": _mean(level + balance, base),
                    "cost": _mean(level, base),
                    "balance": _mean(balance, base),
                    "weakest": "" if weakest is None else str(rated["name"].iloc[weakest]),
                    "weakest_balance": float("nan") if weakest is None else float(balance[weakest]),
                }
            )
    return rows


def _mean(values: FloatArray, weights: FloatArray) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else float("nan")
