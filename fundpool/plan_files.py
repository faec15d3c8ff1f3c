"""A plan as data and tables for other programs: ``plan.json`` and what lies beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.inputs.files.disk import portable_name
from fundpool.models.optimiser.explain.comparison import compared
from fundpool.models.optimiser.explain.industries import industry_burdens
from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
from fundpool.models.optimiser.plan import Plan
from fundpool.writing import write_table

if TYPE_CHECKING:
    from fundpool.calls.results import Plan as PlannedRates
    from fundpool.inputs.case import Case
    from fundpool.models.optimiser.frontier import Frontier
    from fundpool.models.optimiser.partition import Partition


TABLES = ("rates", "swaps", "transfers", "reserves", "hub", "comparison", "shadow_prices",
          "industries")  # fmt: skip
"""Names of a plan's tables."""


WORKED_OUT = ("margins", "paid_limits", "coalition_limits", "income_lines", "instruments")
"""Limits that follow from others: floors of the table of reserves contain the first, what regions
pay alone the second; the lines are those of the part ``acceptability``; instruments are what the
case states of them, and the table of that name has what they came to."""


def plan_tables(case: "Case", plan: Plan) -> dict[str, pd.DataFrame]:
    """Every table of a plan, by the names in :data:`TABLES`."""
    return {
        "rates": plan.rates,
        "swaps": plan.swaps,
        "transfers": plan.transfers,
        "reserves": plan.reserves,
        "hub": plan.hub,
        "comparison": compared(plan),
        "shadow_prices": shadow_prices(plan),
        "industries": industry_burdens(case, plan),
    }


def plan_record(case: "Case", plan: Plan) -> dict[str, Any]:
    """All of ``plan.json``: the part ``plan`` of summary.json, and what explains it."""
    why = obstacle(plan, case.currency)
    chance = plan.probability
    unsafe = [chance.sentence] if chance is not None and not chance.safe else []
    return plan.record() | {
        "case": case.name,
        "inputs_sha256": case.inputs_sha256,
        "policy": _written(plan.policy),
        "aims": _written(plan.aims),
        "missed": [*unsafe, *why.sentences],
        "remedies": list(why.remedies),
        "shadow_prices": shadow_prices(plan)["sentence"].head(20).tolist(),
    }


def partition_record(partition: "Partition") -> dict[str, Any]:
    """The choice of pools of one scheme."""
    return {
        "scheme": partition.scheme,
        "stages": [
            {"from_year": stage.from_year, "pools": list(pools)}
            for stage, pools in zip(partition.plan.stages, partition.pools, strict=True)
        ],
        "cost": partition.cost,
        "parts": partition.cost_parts,
        "cost_of_solver": partition.reported,
        "bound": partition.bound,
        "bound_from": partition.bound_from,
        "relative_gap": partition.relative_gap,
        "uniform_plans": partition.alternatives,
    }


def plan_contents(
    case: "Case", plan: "PlannedRates | None", partitions: "Sequence[Partition]"
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Contents of ``plan.json``, and the tables beside it.

    Args:
        case: the case.
        plan: rates and swaps; None where only pools were chosen.
        partitions: the chosen pools by scheme; none where pools were given.
    """
    record: dict[str, Any] = {"schema_version": 1}
    if partitions:
        record["pooling"] = [partition_record(partition) for partition in partitions]
    if plan is None:
        return record, {}
    tables = plan_tables(case, plan)
    if not plan.instruments.empty:
        tables["instruments"] = plan.instruments
    if not plan.sensitivity.empty:
        tables["sensitivity"] = plan.sensitivity
    return record | plan_record(case, plan), tables


def write_frontiers(
    frontiers: "Sequence[Frontier]", table: pd.DataFrame, folder: Path, table_format: str
) -> None:
    """The points of all schemes as a table, and a chart a scheme.

    Raises:
        OSError: the disk does not take them.
    """
    from fundpool.report.charts.plans import frontier_chart

    write_table(table, folder / "frontier", table_format)
    for frontier in frontiers:
        file = folder / f"frontier_{portable_name(frontier.scheme)}.svg"
        file.write_text(frontier_chart(frontier), encoding="utf-8", newline="\n")


def _written(rules: object) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(rules).items()
        if name not in WORKED_OUT
    }
