"""From problem to decision: build, solve stage by stage, net, certify."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.certificate import (
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
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program import objectives
from fundpool.models.optimiser.program.bounds import trusted_bounds
from fundpool.models.optimiser.program.constraints import FundColumns, add_fund
from fundpool.models.optimiser.program.linear import Arrays, LinearProgram
from fundpool.models.optimiser.program.objectives import Burden, Cost, LorenzGrid
from fundpool.models.optimiser.program.solving import LARGE, Solution, dual_bound, solve
from fundpool.models.optimiser.program.tail import TailColumns, TailPairs, add_tail_fund
from fundpool.models.optimiser.tail.extension import extended

SLACK, LARGE_SLACK = 1e-9, 1e-6
"""Share of an objective by which later objectives may give it up; the second where a program is so
large that it is solved from inside, which needs some room to move in."""


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
    columns: tuple[FundColumns | TailColumns, ...]
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
    return Model(program, tuple(funds), columns, burdens, costs, scale, elastic)


def optimised(
    funds: Sequence[FundProblem],
    aims: Aims,
    solver: str | None = None,
    time_limit: float | None = None,
    stated_gap: float = TOLERANCE,
) -> Outcome:
    """The best rates and swaps.

    The floor is hard first. If no plan keeps it, the shortfall is made as small as can be, and
    the aims follow among the plans with that shortfall.

    Args:
        funds: problems of the schemes.
        aims: what is minimised.
        solver: any PuLP knows; HiGHS unless given.
        time_limit: seconds for each solve.
        stated_gap: relative gap that is small enough for a large program.
    """
    outcome = _staged(build(funds, aims), aims.stages(), aims, solver, time_limit, stated_gap)
    if outcome.status == "optimal" and aims.measure == "gini":
        return _refined(outcome, aims, solver, time_limit)
    if outcome.status != "infeasible":
        return outcome
    stages = ({"shortfall": 1.0}, *aims.stages())
    return _within_rules(funds, stages, aims, solver, time_limit, stated_gap)


def _staged(
    model: Model,
    stages: Sequence[dict[str, float]],
    aims: Aims,
    solver: str | None,
    time_limit: float | None,
    stated_gap: float = TOLERANCE,
) -> Outcome:
    tolerance = None
    if stated_gap > TOLERANCE and model.program.height > LARGE:
        tolerance = stated_gap / 10.0
    solved = solved_stages(model, stages, solver, time_limit, tolerance)
    return outcome_of(model, solved, aims, stated_gap=stated_gap)


@dataclass(frozen=True)
class Solved:
    """Stages of a program, solved one after the other.

    Attributes:
        solutions: of each stage, up to one that has none.
        gaps: relative gap of each stage but the last.
        weights: aims of the last stage solved.
        arrays: the program of that stage.
    """

    solutions: tuple[Solution, ...]
    gaps: tuple[float, ...]
    weights: dict[str, float]
    arrays: Arrays


def solved_stages(
    model: Model,
    stages: Sequence[dict[str, float]],
    solver: str | None = None,
    time_limit: float | None = None,
    tolerance: float | None = None,
) -> Solved:
    """Minimise each stage, and hold its value from then on."""
    solutions: list[Solution] = []
    gaps: list[float] = []
    for number, weights in enumerate(stages):
        set_objective(model, weights)
        solution, arrays = solve(model.program, solver, time_limit, tolerance)
        solutions.append(solution)
        if solution.status != "optimal":
            break
        if number < len(stages) - 1:
            low, high = trusted_bounds(model.program, model.funds, model.columns, model.burdens)
            bound = dual_bound(arrays, solution.duals, low, high) / model.scale
            value = solution.objective / model.scale
            gaps.append(relative_gap(value, bound))
            keep_objective(model, weights, value, f"stage{number}")
    return Solved(tuple(solutions), tuple(gaps), dict(stages[len(solutions) - 1]), arrays)


def set_objective(model: Model, weights: dict[str, float]) -> None:
    """Minimise a weighted sum of aims, times the scale."""
    model.program.clear_cost()
    for aim, weight in weights.items():
        for columns, cost in model.costs[aim]:
            model.program.add_cost(columns, model.scale * weight * np.asarray(cost, float))


def keep_objective(model: Model, weights: dict[str, float], value: float, name: str) -> None:
    """From now on the weighted sum must not exceed ``value``."""
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


def decisions_of(model: Model, values: FloatArray) -> tuple[Decision, ...]:
    """Rates and swaps in money from the values of the columns, netted."""
    found = []
    for fund, columns in zip(model.funds, model.columns, strict=True):
        if isinstance(columns, TailColumns):
            found.append(extended(fund, columns, values).decision.netted())
            continue
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
    stated_gap: float,
) -> Outcome:
    """Elastic plans in which a pool that misses its floor pays nothing into the hub that year.

    Whether a pool pays while short is not a linear condition. Where the program would have it,
    the payment is ruled out and the program solved again; few rounds are needed, as paying while
    short only moves a shortfall about.
    """
    barred = tuple(np.zeros(fund.paths.outgo.shape, dtype=bool) for fund in funds)
    for _ in range(ROUNDS):
        model = build(funds, aims, True, barred)
        outcome = _staged(model, stages, aims, solver, time_limit, stated_gap)
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


def outcome_of(
    model: Model,
    solved: Solved,
    aims: Aims,
    decisions: Sequence[Decision] | None = None,
    stated_gap: float = TOLERANCE,
) -> Outcome:
    """The decision with its certificate.

    Args:
        model: the program.
        solved: its solutions.
        aims: what is minimised.
        decisions: of each scheme; those of the last solution unless given.
        stated_gap: relative gap up to which the plan counts as certified.
    """
    last, arrays = solved.solutions[-1], solved.arrays
    decisions = tuple(decisions or decisions_of(model, last.values))
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
        objective=sum(weight * terms[aim] for aim, weight in solved.weights.items()
                      if aim in terms),
        reported=last.objective / model.scale,
        bound=dual_bound(arrays, last.duals, low, high) / model.scale,
        stages=solved.gaps,
        stated_gap=stated_gap,
    )  # fmt: skip
    return Outcome(
        model, last.status, decisions, runs, terms, certificate, solved.solutions, arrays
    )
