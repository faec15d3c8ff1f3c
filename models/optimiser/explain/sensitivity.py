"""How the plan answers to each assumption: projected and optimised anew, up and down."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from fundpool.inputs.case import Case
from fundpool.inputs.case.variation import scaled
from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.sensitivity import restudied
from fundpool.models.optimiser.choices import Choices
from fundpool.models.optimiser.planning import optimise
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.projection.study import Study, study

SECTIONS = ("economy.", "mobility.", "coverage.", "schemes.", "optimiser.")
"""Assumptions that are tried unless others are named."""


def plan_sensitivity(
    case: Case,
    pooling: str | PoolingPlan,
    years: int,
    *,
    paths: Sequence[str] | None = None,
    share: float = 0.1,
    choices: Choices | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Change of the plan with every assumption, one at a time.

    Args:
        case: the case.
        pooling: pools of the plan.
        years: projected years.
        paths: assumptions to change; those of :data:`SECTIONS` that are not zero unless given.
        share: relative change up and down, of the values of single years too; a share of people
            or money stops at 1.
        choices: how to optimise.
        progress: called with assumptions done and all.

    Returns:
        One row an assumption: path, value, and for ``up`` and ``down`` the objective, mean_rate
        of each scheme less the plan's, and the plan's status; the widest first. An assumption
        that may not take a value is left blank there.
    """
    tried = [
        path for path in (paths or case.paths()) if paths is not None or path.startswith(SECTIONS)
    ]
    plain = study(case, years)
    base = _figures(plain, pooling, choices)
    rows = []
    for number, path in enumerate(tried):
        value = _value(case, path)
        if value:
            row: dict[str, object] = {"path": path, "value": value}
            for side, factor in (("down", 1.0 - share), ("up", 1.0 + share)):
                changed = _changed(plain, path, value, factor, base, (pooling, choices))
                row |= {f"{name}_{side}": change for name, change in changed.items()}
            rows.append(row)
        if progress is not None:
            progress(number + 1, len(tried))
    frame = pd.DataFrame(rows)
    if frame.empty:
        return frame
    width = frame[["objective_down", "objective_up"]].astype(float).abs().max(axis=1)
    order = width.sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _value(case: Case, path: str) -> float:
    table = case.assumptions()
    path_values = table.loc[table["path"] == path, "value"]
    value = path_values.iloc[0] if len(path_values) else 0.0
    return float(value) if isinstance(value, int | float) else 0.0


def _figures(
    flows: Study, pooling: str | PoolingPlan, choices: Choices | None
) -> dict[str, object]:
    plan = optimise(flows.pooled(pooling), choices=choices)
    figures: dict[str, object] = {"objective": plan.certificate.objective, "status": plan.status}
    for scheme, table in plan.rates.groupby("scheme", sort=False):
        paid = (table["rate"] * table["contribution_base"]).sum()
        figures[f"rate_{scheme}"] = float(paid / table["contribution_base"].sum())
    return figures


def _changed(
    plain: Study,
    path: str,
    value: float,
    factor: float,
    base: dict[str, object],
    run: tuple[str | PoolingPlan, Choices | None],
) -> dict[str, object]:
    pooling, choices = run
    if path.startswith("optimiser.") and choices is not None:
        choices = replace(choices, policy=None, aims=None)  # the changed rules are to count
    try:
        try:
            case = scaled(plain.case, path, factor)
        except KeyError:  # left at its default, which no file lists
            case = plain.case.with_values({path: value * factor})
        figures = _figures(restudied(plain, case, path), pooling, choices)
    except CaseError:
        return dict.fromkeys(base)
    return {
        name: figure if name == "status" else float(figure) - float(base[name])  # type: ignore[arg-type]
        for name, figure in figures.items()
    }
