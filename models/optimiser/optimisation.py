"""From problem to decision: build, solve stage by stage, net, certify."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.optimiser import objectives
from models.optimiser.bounds import trusted_bounds
from models.optimiser.certificate import (
    TOLERANCE,
    Certificate,
    Decision,
    Recursion,
    missing,
    recursion,
    relative_gap,
    shortfall_of,
    terms_of,
    violations,
)
from models.optimiser.constraints import FundColumns, add_fund
from models.optimiser.fund_problem import FundProblem
from models.optimiser.linear_program import Arrays, LinearProgram
from models.optimiser.objectives import Burden, Cost, LorenzGrid
from models.optimiser.policy import Aims
from models.optimiser.solving import Solution, dual_bound, solve
from models.rates import FloatArray

SLACK = 1e-9
"""Share of an objective by which later objectives may give it up."""


ROUNDS = 8
"""Most often that payments of pools that are short are ruled out."""


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
    """

    program: LinearProgram
    funds: tuple[FundProblem, ...]
    columns: tuple[FundColumns, ...]
    burdens: tuple[Burden, ...]
    costs: dict[str, list[Cost]]
    scale: float
    elastic: bool


@dataclass(frozen=True)
class Outcome:
    """A solved problem.

    Attributes:
        model: the program, as it stood in the last stage.
        status: ``optimal``, or what else the solver said.
        decisions: rates and swaps of each scheme.
        runs: balances they lead to.
        terms: every aim.
        certificate: what the independent check found.
        solutions: of each stage.
        arrays: the program of the last stage.
    """

    model: Model
    status: str
    decisions: tuple[Decision, ...]
    runs: tuple[Recursion, ...]
    terms: dict[str, float]
    certificate: Certificate
    solutions: tuple[Solution, ...]
    arrays: Arrays


def build(
    funds: Sequence[FundProblem],
    aims: Aims,
    elastic: bool = False,
    barred: Sequence[NDArray[np.bool_]] | None = None,
    grids: Sequence[LorenzGrid | None] | None = None,
) -> Model:
    """The program of some schemes, without an objective yet.

    Args:
        funds: their problems.
        aims: what will be minimised.
        elastic: whether the floor may be missed.
        barred: scenarios, years and pools of each scheme that must not pay into the hub.
        grids: points of the Lorenz curves of each burden, where the Gini counts.
    """
    program = LinearProgram()
    columns = tuple(
        add_fund(program, fund, elastic, None if barred is None else barred[number])
        for number, fund in enumerate(funds)
    )
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
    pairs = list(zip(funds, columns, strict=True))
    costs["movement"] = [c for f, k in pairs for c in objectives.movement(f, k)]
    costs["swaps"] = [c for f, k in pairs for c in objectives.swap_volume(f, k)]
    if elastic:
        costs["shortfall"] = [c for f, k in pairs for c in objectives.shortfall(f, k)]
    scale = float(sum(f.years * max(f.groups, f.pools) for f in funds))
    return Model(program, tuple(funds), columns, burdens, costs, scale, elastic)


def optimised(
    funds: Sequence[FundProblem],
    aims: Aims,
    solver: str | None = None,
    time_limit: float | None = None,
) -> Outcome:
    """The best rates and swaps.

    The floor is hard first. If no plan keeps it, the shortfall is made as small as can be, and
    the aims follow among the plans with that shortfall.
    """
    outcome = _staged(build(funds, aims), aims.stages(), aims, solver, time_limit)
    if outcome.status == "optimal" and aims.measure == "gini":
        return _refined(outcome, aims, solver, time_limit)
    if outcome.status != "infeasible":
        return outcome
    stages = ({"shortfall": 1.0}, *aims.stages())
    return _within_rules(funds, stages, aims, solver, time_limit)


def _staged(
    model: Model,
    stages: Sequence[dict[str, float]],
    aims: Aims,
    solver: str | None,
    time_limit: float | None,
) -> Outcome:
    solutions: list[Solution] = []
    gaps: list[float] = []
    for number, weights in enumerate(stages):
        set_objective(model, weights)
        solution, arrays = solve(model.program, solver, time_limit)
        solutions.append(solution)
        if solution.status != "optimal":
            break
        if number < len(stages) - 1:
            low, high = trusted_bounds(model.program, model.funds, model.columns, model.burdens)
            bound = dual_bound(arrays, solution.duals, low, high) / model.scale
            value = solution.objective / model.scale
            gaps.append(relative_gap(value, bound))
            keep_objective(model, weights, value, f"stage{number}")
    return _outcome(model, solutions, gaps, dict(stages[len(solutions) - 1]), aims, arrays)


def set_objective(model: Model, weights: dict[str, float]) -> None:
    """Minimise a weighted sum of aims, times the scale."""
    model.program.clear_cost()
    for aim, weight in weights.items():
        for columns, cost in model.costs[aim]:
            model.program.add_cost(columns, model.scale * weight * np.asarray(cost, float))


def keep_objective(model: Model, weights: dict[str, float], value: float, name: str) -> None:
    """From now on the weighted sum must not exceed ``value``."""
    limit = value + SLACK * max(1.0, abs(value))
    terms = [
        (
            columns.ravel(),
            (weight * np.broadcast_to(np.asarray(cost, float), columns.shape)).ravel(),
        )
        for aim, weight in weights.items()
        for columns, cost in model.costs[aim]
    ]
    model.program.add_rows(name, (), terms, upper=limit)


def decisions_of(model: Model, values: FloatArray) -> tuple[Decision, ...]:
    """Rates and swaps in money from the values of the columns, netted."""
    found = []
    for fund, columns in zip(model.funds, model.columns, strict=True):
        nothing = np.zeros(fund.paths.outgo.shape)
        decision = Decision(
            rates=values[columns.rate] * fund.reference,
            grants=nothing if columns.grant is None else values[columns.grant] * fund.unit,
            levies=nothing if columns.levy is None else values[columns.levy] * fund.unit,
        )
        found.append(decision.netted())
    return tuple(found)


def _refined(outcome: Outcome, aims: Aims, solver: str | None, time_limit: float | None) -> Outcome:
    """Add the kinks of the solution's Lorenz curves as points until the Gini is exact."""
    funds, burdens = outcome.model.funds, outcome.model.burdens
    grids = [objectives.even_grid(burden.share.shape[0]) for burden in burdens]
    for _ in range(ROUNDS):
        if outcome.certificate.relative_gap <= TOLERANCE:
            break
        rates = [d.rates / f.reference for d, f in zip(outcome.decisions, funds, strict=True)]
        grids = [
            objectives.kinks(grid, burden.of(rates), burden.share)
            for grid, burden in zip(grids, burdens, strict=True)
        ]
        model = build(funds, aims, grids=grids)
        outcome = _staged(model, aims.stages(), aims, solver, time_limit)
    return outcome


def _within_rules(
    funds: Sequence[FundProblem],
    stages: Sequence[dict[str, float]],
    aims: Aims,
    solver: str | None,
    time_limit: float | None,
) -> Outcome:
    """Elastic plans in which a pool that misses its floor pays nothing into the hub that year.

    Whether a pool pays while short is not a linear condition. Where the program would have it,
    the payment is ruled out and the program solved again; few rounds are needed, as paying while
    short only moves a shortfall about.
    """
    barred = tuple(np.zeros(fund.paths.outgo.shape, dtype=bool) for fund in funds)
    for _ in range(ROUNDS):
        outcome = _staged(build(funds, aims, True, barred), stages, aims, solver, time_limit)
        if outcome.status != "optimal":
            break
        again = False
        if any(fund.policy.floor != "every" for fund in funds):
            break  # a floor in expectation or in the tail is no pool's in any one scenario
        for fund, decision, run, closed in zip(
            funds, outcome.decisions, outcome.runs, barred, strict=True
        ):
            short = missing(fund, run.balance) > TOLERANCE * fund.unit
            paying = short & (decision.levies > TOLERANCE * fund.unit)
            again = again or bool(paying.any())
            closed |= paying
        if not again:
            break
    return outcome


def _outcome(
    model: Model,
    solutions: list[Solution],
    gaps: list[float],
    weights: dict[str, float],
    aims: Aims,
    arrays: Arrays,
) -> Outcome:
    last = solutions[-1]
    decisions = decisions_of(model, last.values)
    runs = tuple(recursion(f, d) for f, d in zip(model.funds, decisions, strict=True))
    terms = terms_of(model.funds, model.burdens, decisions, aims)
    found: dict[str, float] = {}
    missed = 0.0
    for fund, decision, run in zip(model.funds, decisions, runs, strict=True):
        missed += shortfall_of(fund, run.balance)
        for name, value in violations(fund, decision, run, model.elastic).items():
            found[name] = max(found.get(name, 0.0), value)
    low, high = trusted_bounds(model.program, model.funds, model.columns, model.burdens)
    certificate = Certificate(
        violations=found,
        shortfall=missed,
        objective=sum(weight * terms[aim] for aim, weight in weights.items() if aim in terms),
        reported=last.objective / model.scale,
        bound=dual_bound(arrays, last.duals, low, high) / model.scale,
        stages=tuple(gaps),
    )
    return Outcome(
        model, last.status, decisions, runs, terms, certificate, tuple(solutions), arrays
    )
