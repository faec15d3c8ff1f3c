"""A plan as data and tables for other programs: ``plan.json`` and what lies beside it."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from fundpool.models.optimiser.explain.comparison import compared
from fundpool.models.optimiser.explain.industries import industry_burdens
from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
from fundpool.models.optimiser.plan import Plan

if TYPE_CHECKING:
    from fundpool.inputs.case import Case
    from fundpool.models.optimiser.partition import Partition


TABLES = ("rates", "swaps", "transfers", "reserves", "hub", "comparison", "shadow_prices",
          "industries")  # fmt: skip
"""Names of a plan's tables."""


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
        "parts": partition.parts,
        "cost_of_solver": partition.reported,
        "bound": partition.bound,
        "bound_from": partition.bound_from,
        "relative_gap": partition.relative_gap,
        "uniform_plans": partition.alternatives,
    }


def _written(rules: object) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(rules).items()
        if name != "margins"  # the floors of the table of reserves contain them
    }
