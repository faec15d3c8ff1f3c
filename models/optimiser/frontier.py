"""The Pareto frontier of mean burden, unevenness and swaps, by the epsilon-constraint method.

Unevenness is made as small as can be under ceilings on the mean burden and on the volume of swaps;
a small price on both keeps every point efficient (the augmented epsilon-constraint method,
Mavrotas 2009). One program is built and loaded once; from point to point only the two ceilings
change, and the simplex method starts from the basis it ended at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fundpool.models.optimiser.certificate import (
    Decision,
    recursion,
    relative_gap,
    terms_of,
    violations,
)
from fundpool.models.optimiser.choices import Choices
from fundpool.models.optimiser.explain.prices import obstacle
from fundpool.models.optimiser.limits import Aims, aims_of, policy_of
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.planning import lasting_schemes
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.program.highs import HighsResult, loaded, run
from fundpool.models.optimiser.program.model import Model, build, decisions_of, set_objective
from fundpool.models.optimiser.stages import optimised
from fundpool.models.optimiser.statement.program import Held
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection

PRICE = 1e-3
"""Price of burden and swaps while unevenness is minimised."""

MOST_ITERATIONS = 20_000
"""Simplex iterations of a point before it is solved afresh."""
WARM_OPTIONS: dict[str, Any] = {"solver": "simplex", "simplex_iteration_limit": MOST_ITERATIONS}
"""Options of HiGHS for one point after another."""

Progress = Callable[[int, int], None]
"""Called with the points done and all points."""


@dataclass(frozen=True)
class Frontier:
    """Efficient plans of one scheme, from the cheapest to the most even.

    Attributes:
        scheme: name.
        points: one row a plan: swap_ceiling, burden_ceiling, mean_rate, burden, unevenness,
            swaps (share of outgo), relative_gap, largest_violation, iterations.
    """

    scheme: str
    points: pd.DataFrame

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Frontier of {self.scheme}: {len(self.points)} points>"


def frontier(
    projection: Projection,
    points: int = 6,
    reserve_months: float | None = None,
    progress: Progress | None = None,
    choices: Choices | None = None,
) -> tuple[Frontier, ...]:
    """Frontier of every scheme.

    Args:
        projection: projected funds.
        points: steps of each of the two ceilings.
        reserve_months: reserve floor.
        progress: called after every point.
        choices: limits and schemes other than the case's.

    Raises:
        ValueError: a scheme has no plan that keeps its floors.
    """
    choices = choices or Choices()
    case = projection.case
    policy = choices.policy or policy_of(case, reserve_months)
    aims = choices.aims or aims_of(case)
    names = choices.schemes or lasting_schemes(projection)
    total = len(names) * points * points
    traced = []
    for number, name in enumerate(names):
        fund = fund_problem(central_paths(projection, name), policy, case.regions)

        def step(done: int, before: int = number * points * points) -> None:
            if progress is not None:
                progress(before + done, total)

        traced.append(Frontier(name, scheme_frontier(fund, aims, points, step)))
    return tuple(traced)


def scheme_frontier(
    fund: FundProblem, aims: Aims, points: int, step: Callable[[int], None]
) -> pd.DataFrame:
    """Efficient plans of one scheme."""
    cheap = optimised([fund], _only(aims, ("burden", "unevenness", "swaps")))
    even = optimised([fund], _only(aims, ("unevenness", "burden", "swaps")))
    if cheap.model.elastic:
        why = obstacle(Plan(fund.policy, aims, (cheap,)))
        raise ValueError(
            " ".join([f"{fund.paths.scheme} has no plan that keeps every floor.",
                      *why.sentences[:1], *why.remedies])
        )  # fmt: skip
    spread = np.linspace(0.0, 1.0, points)
    burden = cheap.terms["burden"] + spread * (even.terms["burden"] - cheap.terms["burden"])
    most = max(cheap.terms["swaps"], even.terms["swaps"])
    warm = _Warm(fund, aims)
    known: list[tuple[float, float, dict[str, float] | None]] = []
    for swaps in most * spread[::-1]:
        for ceiling in burden[::-1]:
            row, settled = _settled(float(ceiling), float(swaps), known)
            if not settled:
                row = warm.point(float(ceiling), float(swaps))
            known.append((float(ceiling), float(swaps), row))
            step(len(known))
    return efficient(pd.DataFrame([row for _, _, row in known if row is not None]))


def _settled(
    burden: float, swaps: float, known: list[tuple[float, float, dict[str, float] | None]]
) -> tuple[dict[str, float] | None, bool]:
    """A point that follows from known ones, and whether it does.

    Under tighter ceilings there is no plan where looser ones have none, and the plan of looser
    ceilings is still the best where it keeps the tighter ones.
    """
    for loose_burden, loose_swaps, row in known:
        if loose_burden >= burden and loose_swaps >= swaps:
            if row is None:
                return None, True
            if row["burden"] <= burden + 1e-9 and row["swaps"] <= swaps + 1e-9:
                return row, True
    return None, False


def plan_under_ceilings(
    fund: FundProblem, aims: Aims, burden: float, swaps: float
) -> tuple[Decision, dict[str, float]]:
    """The most even plan under ceilings on burden and swaps: a point of the frontier, with its row.

    Raises:
        ValueError: no plan keeps every floor under the ceilings.
    """
    warm = _Warm(fund, aims)
    row = warm.point(burden, swaps)
    if row is None or warm.decision is None:
        raise ValueError(f"{fund.paths.scheme} has no plan that keeps every floor so cheaply")
    return warm.decision, row


def efficient(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that no other row beats in burden, unevenness and swaps together, by burden."""
    values = table[["burden", "unevenness", "swaps"]].to_numpy(float).round(9)
    kept = []
    seen: set[tuple[float, ...]] = set()
    for number, point_values in enumerate(values):
        beaten = ((values <= point_values).all(axis=1) & (values < point_values).any(axis=1)).any()
        key = tuple(point_values)
        if not beaten and key not in seen:
            kept.append(number)
            seen.add(key)
    chosen = table.iloc[kept]
    return chosen.sort_values(["burden", "swaps"], kind="stable").reset_index(drop=True)


def _only(aims: Aims, order: tuple[str, ...]) -> Aims:
    return Aims(measure=aims.measure, burden_of=aims.burden_of, order=order)


class _Warm:
    """One loaded program whose two ceilings move."""

    def __init__(self, fund: FundProblem, aims: Aims) -> None:
        """Build and load."""
        self.aims = _only(aims, ("unevenness", "burden", "swaps"))
        self.model: Model = build([fund], self.aims)
        self.weights = {"unevenness": 1.0, "burden": PRICE, "swaps": PRICE}
        set_objective(self.model, self.weights)
        program = self.model.program
        for aim in ("burden", "swaps"):
            terms = [
                (c.ravel(), np.broadcast_to(np.asarray(v, float), c.shape).ravel())
                for c, v in self.model.costs[aim]
            ]
            program.add_rows(f"{aim}_ceiling", (), terms, upper=1e6)
        self.arrays = program.arrays()
        self.highs = loaded(self.arrays, **WARM_OPTIONS)
        self.statement = self.model.stated()
        self.decision: Decision | None = None

    def point(self, burden: float, swaps: float) -> dict[str, float] | None:
        """The most even plan under the ceilings; None where none is feasible."""
        limits = {"burden": burden + 1e-9, "swaps": swaps + 1e-9}
        for aim, limit in limits.items():
            row = int(self.model.program.rows[f"{aim}_ceiling"].flat[0])
            self.arrays.row_upper[row] = limit
            self.highs.changeRowBounds(row, -np.inf, limit)
        result = run(self.highs)
        if result.status == "unsolved":
            # rare: the warm start failed; solve anew by the interior-point method
            self.highs = loaded(self.arrays, solver="ipx")
            result = run(self.highs)
            for name, value in WARM_OPTIONS.items():
                self.highs.setOptionValue(name, value)
        return self._judged(burden, swaps, result) if result.status == "optimal" else None

    def _judged(self, burden: float, swaps: float, result: HighsResult) -> dict[str, float]:
        fund = self.model.funds[0]
        (decision,) = decisions_of(self.model, result.values)
        self.decision = decision
        terms = terms_of(self.model.funds, self.model.burdens, [decision], self.aims)
        broken = violations(fund, decision, recursion(fund, decision), elastic=False)
        objective = sum(weight * terms[aim] for aim, weight in self.weights.items())
        earlier_aims = [
            Held(f"{aim}_ceiling", {aim: 1.0}, limit + 1e-9)
            for aim, limit in (("burden", burden), ("swaps", swaps))
        ]
        bound = self.model.bound(self.statement, result.duals, self.weights, earlier_aims)
        present = fund.base * fund.discount[:, None]
        rate = decision.rates[:, fund.group]
        return {
            "swap_ceiling": swaps, "burden_ceiling": burden,
            "mean_rate": float((rate * present).sum() / present.sum()),
            "burden": terms["burden"], "unevenness": terms["unevenness"], "swaps": terms["swaps"],
            "relative_gap": abs(relative_gap(objective, bound)),
            "largest_violation": max(broken.values()),
            "iterations": float(result.iterations),
        }  # fmt: skip


def frontiers_table(frontiers: Sequence[Frontier]) -> pd.DataFrame:
    """All frontiers in one table, column ``scheme`` first."""
    return pd.concat([f.points.assign(scheme=f.scheme) for f in frontiers], ignore_index=True)[
        ["scheme", *frontiers[0].points.columns]
    ]
