"""Sensitivity: each assumption up and down by a step that the case gives, one at a time.

Economic assumptions act through :mod:`fundpool.models.flows.factors` where flows can be
re-priced; others need a projection each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from fundpool.inputs.case import Case
from fundpool.inputs.case.variation import shifted, value_at
from fundpool.models.economy import economic_paths
from fundpool.models.flows.factors import can_be_repriced, repriced
from fundpool.models.projection.study import Projection, Study, study

DIRECTIONS = (("down", -1.0), ("up", 1.0))


@dataclass(frozen=True)
class Step:
    """An assumption and how far it is moved.

    Attributes:
        path: of the assumption.
        size: added and taken off.
    """

    path: str
    size: float


def steps_of(case: Case, every: bool = False) -> list[Step]:
    """The steps that a case lists: its main assumptions, or every one.

    >>> from fundpool import examples
    >>> steps_of(examples.case(), every=True)  # it lists none
    []
    """
    return [
        Step(path, item.step)
        for path, item in case.settings.sensitivity.items()
        if every or item.main
    ]


def sensitivity(
    base: Study,
    plan: str,
    steps: Sequence[Step],
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Results of a case with each assumption moved down and up.

    Args:
        base: the case as projected.
        plan: the pooling plan under which funds are judged.
        steps: what to move.
        progress: called with each finished path.

    Returns:
        one row per assumption, direction (``down``, ``base``, ``up``) and scheme: path, step,
        direction, value (of the assumption), scheme, pools, pools_exhausted,
        persons_exhausted_share, first_exhaustion, min_reserve_months, closing_balance,
        level_rate_mean, level_rate_change; as in the overview.
    """
    case = base.case
    plain = scheme_results(base.pooled(plan))
    rows = []
    for step in steps:
        moved = {name: _moved(base, step, sign) for name, sign in DIRECTIONS}
        values = {name: value_at(one.case, step.path) for name, one in moved.items()}
        values["base"] = value_at(case, step.path)
        results = {name: scheme_results(one.pooled(plan)) for name, one in moved.items()}
        results["base"] = plain
        for direction in ("down", "base", "up"):
            for scheme, measured in results[direction].items():
                rows.append(
                    {"path": step.path, "step": step.size, "direction": direction,
                     "value": values[direction], "scheme": scheme}
                    | measured
                    | {"level_rate_change": _level(measured) - _level(plain[scheme])}
                )  # fmt: skip
        if progress is not None:
            progress(step.path)
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["first_exhaustion"] = table["first_exhaustion"].astype("Int64")
    return table


RESULTS = ("pools", "pools_exhausted", "persons_exhausted_share", "first_exhaustion",
           "min_reserve_months", "closing_balance", "level_rate_mean")  # fmt: skip
COLUMNS = ["path", "step", "direction", "value", "scheme", *RESULTS, "level_rate_change"]


def _level(measured: dict[str, float | None]) -> float:
    rate = measured["level_rate_mean"]
    assert rate is not None
    return rate


def _moved(base: Study, step: Step, sign: float) -> Study:
    return restudied(base, shifted(base.case, step.path, sign * step.size), step.path)


def restudied(base: Study, case: Case, path: str) -> Study:
    """The study of a case that differs from a studied one in one assumption.

    Flows do not follow from rules of the optimiser; they are re-priced for the economy where they
    can be, and projected anew for all else.

    >>> from fundpool import examples
    >>> dearer = examples.case().with_values({"economy.medical_inflation": 0.2})
    >>> anew = restudied(examples.study(), dearer, "economy.medical_inflation")
    >>> before, after = examples.study().flows.claims_incurred, anew.flows.claims_incurred
    >>> bool(after[:, -1].sum() > before[:, -1].sum())  # in the last year
    True
    """
    years = int(base.flows.years.size - 1)
    if path.startswith("optimiser."):
        return replace(base, case=case)
    if path.startswith("economy.") and can_be_repriced(base.flows):
        flows = repriced(base.case, base.flows, economic_paths(case, years))
        return replace(base, case=case, flows=flows)
    return study(case, years)


def scheme_results(projection: Projection) -> dict[str, dict[str, float | None]]:
    """What a projection says of each scheme as a whole."""
    return {
        str(row["scheme"]): {name: row[name] for name in RESULTS}
        for row in projection.overview.astype({"first_exhaustion": object}).to_dict("records")
    }
