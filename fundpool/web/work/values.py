"""Assumptions of a case as the page lists and changes them, one by one, as ``--set`` does."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fundpool.inputs.case import Case
from fundpool.inputs.case.assumptions import parameters
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.settings.parameters import Parameter
from fundpool.models.flows.record import CountyFlows
from fundpool.web.work.jobs import in_both

HORIZON = "solvency.horizon"
OUTSIDE_FLOWS = ("optimiser.", "scenarios.", "solvency.", "pooling.")
"""Beginnings of paths that act on funds, scenarios and plans, not on the projected flows."""
FLOWS = ("persons", "contributions", "subsidies", "claims_incurred")


def with_checked_values(case: Case, values: Mapping[str, float], policies: Sequence[str]) -> Case:
    """A case with other assumptions, levers from the first projected year on.

    Args:
        case: the case.
        values: new value by path.
        policies: policies that will be laid over it.

    Raises:
        CaseError: a value that :meth:`fundpool.inputs.case.case.Case.with_values` refuses, or one
            without effect since a policy sets it again or the page has its own.
    """
    changed = case.with_values(values, levers_since=case.base_year + 1)
    before, after = dict(parameters(changed)), dict(parameters(changed.with_policies(policies)))
    findings = []
    for path, value in values.items():
        if path == HORIZON:
            expected = Message("an assumption that the page follows")
            mend = Message("The years shown are those of `fundpool serve --years`.")
        elif path in before and _figures(before[path]) != _figures(after.get(path)):
            expected = Message("an assumption that no policy of the plan sets")
            mend = Message("It has no effect: take the policy or the value out.")
        else:
            continue
        findings.append(Finding.of_setting("--set", path, f"{value:g}", expected, mend))
    if findings:
        raise CaseError(findings)
    return changed


def _figures(item: Any) -> Any:
    return (item.value, item.by_year) if isinstance(item, Parameter) else item


def changes_nothing(values: Mapping[str, float], flows: CountyFlows, before: CountyFlows) -> bool:
    """Whether values leave every projected flow as it was and act on nothing else.

    Args:
        values: changed assumptions by path.
        flows: flows with them.
        before: flows of the same plan without.
    """
    if any(path.startswith(OUTSIDE_FLOWS) for path in values):
        return False
    return all(np.array_equal(getattr(flows, name), getattr(before, name)) for name in FLOWS)


def assumption_records(case: Case) -> list[dict[str, Any]]:
    """Every assumption with mark, source, range and weight, those that matter most first.

    Ranges are those of ``ranges.toml`` of the case; where it has none, a step of the sensitivity
    table to either side. Inputs that only a new build of the case changes stand among them,
    without a path.
    """
    ranges = {entry.path: entry for entry in case.ranges if entry.path}
    year = case.base_year + 1
    changeable = set(case.paths())
    items = dict(parameters(case))
    rows: list[dict[str, Any]] = []
    for row in case.assumptions().to_dict("records"):
        path = str(row["path"])
        if path.endswith(")") and path.rpartition(" (")[0] in items:
            continue  # the value of a single year, which its assumption counts
        item, entry = items.get(path), ranges.get(path)
        now, step = _now(item, path, year), case.settings.sensitivity.get(path)
        low, high, weight, source = None, None, None, ""
        if entry is not None:
            low, high, weight, source = entry.low, entry.high, entry.weight, entry.source
        elif step is not None and now is not None:
            low, high, source = now - step.step, now + step.step, step.source
        rows.append(
            {
                "path": path, "name": "" if entry is None else entry.name, "now": now,
                **(in_both("words", row["value"]) if now is None else {"words": ""}),
                "unit": str(row["unit"]), "mark": str(row["status"]), "source": str(row["source"]),
                "note": str(row["note"]), "low": low, "high": high, "range_source": source,
                "weight": weight, "changeable": path in changeable and now is not None,
                "years": len(item.by_year) if isinstance(item, Parameter) else 0,
            }
        )  # fmt: skip
    rows += [
        {
            "path": "", "name": entry.name, "now": None, "words": "", "unit": "",
            "mark": entry.mark, "source": entry.source, "note": "", "low": entry.low,
            "high": entry.high, "range_source": entry.source, "weight": entry.weight,
            "changeable": False, "years": 0,
        }
        for entry in case.ranges
        if not entry.path
    ]  # fmt: skip
    main = case.settings.sensitivity
    rows.sort(key=lambda row: (-(row["weight"] or 0.0), row["path"] not in main))
    return rows


def _now(item: Any, path: str, year: int) -> float | None:
    """The value in force in a year; None where it is no number."""
    if isinstance(item, Parameter):
        item = item.since(year) if path.startswith("schemes.") else item.at(year)
    if isinstance(item, bool) or not isinstance(item, int | float) or not math.isfinite(item):
        return None
    return float(item)
