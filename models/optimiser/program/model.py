"""A program of some schemes with the costs of every aim, and its bound by the second statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import Decision
from fundpool.models.optimiser.limits import Aims, Unevenness
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.problem.mergers import netted_together
from fundpool.models.optimiser.program import objectives
from fundpool.models.optimiser.program.acceptance import acceptance
from fundpool.models.optimiser.program.constraints import FundColumns, add_fund
from fundpool.models.optimiser.program.instruments import even_split
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.objectives import Burden, Cost, LorenzGrid
from fundpool.models.optimiser.program.solving import LARGE
from fundpool.models.optimiser.program.tail import TailColumns, TailPairs, add_tail_fund
from fundpool.models.optimiser.statement.prices import prices_of
from fundpool.models.optimiser.statement.program import Held, Statement, stated
from fundpool.models.optimiser.tail.extension import extended

SLACK, LARGE_SLACK = 1e-9, 1e-6
"""Share of an objective by which later objectives may give it up; the second where a program is so
large that it is solved from inside, which needs some room to move in."""


@dataclass(frozen=True)
class Model:
    """A program of one or more schemes with the costs of every aim.

    Attributes:
        program: columns and rows.
        funds, columns: problem and columns of each scheme.
        burdens: burdens that count.
        costs: costs of every aim, and of ``shortfall`` where the floor is elastic.
        scale: what the objective is multiplied by.
        elastic: whether the floor may be missed.
        measure: of unevenness.
        barred: scenarios, years and pools of each scheme that must not pay into the hub.
        grids: points of the Lorenz curves of each burden, where other than even.
    """

    program: LinearProgram
    funds: tuple[FundProblem, ...]
    columns: tuple[FundColumns | TailColumns, ...]
    burdens: tuple[Burden, ...]
    costs: dict[str, list[Cost]]
    scale: float
    elastic: bool
    measure: Unevenness
    barred: tuple[NDArray[np.bool_], ...] | None = None
    grids: tuple[LorenzGrid | None, ...] | None = None

    def stated(self) -> Statement:
        """The same problem by its second statement, which the bound is made from."""
        return stated(self.funds, self.burdens, self.measure, self.elastic, self.barred)

    def bound(
        self,
        statement: Statement,
        duals: FloatArray,
        weights: Mapping[str, float],
        earlier_aims: Sequence[Held] = (),
    ) -> float:
        """No plan within the stated limits has a smaller weighted sum of aims.

        Args:
            statement: of :meth:`stated`.
            duals: of the program's rows.
            weights: of the aims.
            earlier_aims: sums of aims that must not exceed their limits.
        """
        prices = prices_of(
            self.program, self.funds, self.columns, self.burdens, duals / self.scale, earlier_aims,
            self.grids,
        )  # fmt: skip
        return statement.bound(weights, prices, earlier_aims)


def build(
    funds: Sequence[FundProblem],
    aims: Aims,
    elastic: bool = False,
    barred: Sequence[NDArray[np.bool_]] | None = None,
    grids: Sequence[LorenzGrid | None] | None = None,
    pairs: Sequence[TailPairs] | None = None,
) -> Model:
    """The program of some schemes, without an objective yet.

    Args:
        funds: their problems.
        aims: what will be minimised.
        elastic: whether the floor may be missed.
        barred: scenarios, years and pools of each scheme that must not pay into the hub.
        grids: points of the Lorenz curves of each burden, where the Gini counts.
        pairs: of each scheme, where only the pairs in some tail have columns.
    """
    program = LinearProgram()
    columns = tuple(
        add_fund(program, fund, elastic, None if barred is None else barred[number])
        if pairs is None
        else add_tail_fund(program, fund, elastic, pairs[number])
        for number, fund in enumerate(funds)
    )
    for fund, scheme_columns in zip(funds, columns, strict=True):
        if isinstance(scheme_columns, FundColumns):
            acceptance(program, fund, scheme_columns)
    burdens = objectives.burdens(funds, aims)
    wanted = {aim for stage in aims.stages() for aim in stage}
    costs: dict[str, list[Cost]] = {
        "burden": [c for b in burdens for c in objectives.mean_burden(b, columns)]
    }
    if "unevenness" in wanted:
        costs["unevenness"] = [
            cost
            for number, burden in enumerate(burdens)
            for cost in objectives.unevenness(
                program,
                f"unevenness{number}",
                burden,
                columns,
                aims.measure,
                None if grids is None else grids[number],
            )
        ]
    both = list(zip(funds, columns, strict=True))
    costs["movement"] = [c for f, k in both for c in objectives.movement(f, k)]
    costs["swaps"] = [c for f, k in both for c in objectives.swap_volume(f, k)]
    if elastic:
        costs["shortfall"] = [c for f, k in both for c in objectives.shortfall(f, k)]
    scale = float(sum(f.years * max(f.groups, f.pools) for f in funds))
    return Model(
        program, tuple(funds), columns, burdens, costs, scale, elastic, aims.measure,
        None if barred is None else tuple(scheme_barred.copy() for scheme_barred in barred),
        None if grids is None else tuple(grids),
    )  # fmt: skip


def set_objective(model: Model, weights: dict[str, float]) -> None:
    """Minimise a weighted sum of aims, times the scale."""
    model.program.clear_cost()
    for aim, weight in weights.items():
        for columns, cost in model.costs[aim]:
            model.program.add_cost(columns, model.scale * weight * np.asarray(cost, float))


def keep_objective(model: Model, weights: dict[str, float], value: float, name: str) -> Held:
    """From now on the weighted sum must not exceed ``value``; the limit as it is held."""
    slack = SLACK if model.program.height <= LARGE else LARGE_SLACK
    limit = value + slack * max(1.0, abs(value))
    terms = [
        (
            columns.ravel(),
            (weight * np.broadcast_to(np.asarray(cost, float), columns.shape)).ravel(),
        )
        for aim, weight in weights.items()
        for columns, cost in model.costs[aim]
    ]
    model.program.add_rows(name, (), terms, upper=limit)
    return Held(name, dict(weights), limit)


def decisions_of(model: Model, values: FloatArray) -> tuple[Decision, ...]:
    """Rates and swaps in money from the values of the columns, netted."""
    decisions = []
    for fund, columns in zip(model.funds, model.columns, strict=True):
        if isinstance(columns, TailColumns):
            decisions.append(extended(fund, columns, values).decision.netted())
            continue
        nothing = np.zeros(fund.paths.outgo.shape)
        decision = Decision(
            rates=values[columns.rate] * fund.reference,
            grants=nothing if columns.grant is None else values[columns.grant] * fund.unit,
            levies=nothing if columns.levy is None else values[columns.levy] * fund.unit,
        )
        if columns.instruments is not None:
            amounts = even_split(fund, decision.rates, values[columns.instruments])
            decision = replace(decision, amounts=amounts)
        grants, levies = netted_together(fund.paths, decision.grants, decision.levies)
        decision = replace(decision, grants=grants, levies=levies)
        decisions.append(decision.netted())
    return tuple(decisions)
