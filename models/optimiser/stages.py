"""From problem to decision: build, solve stage by stage, net, certify."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fundpool.models.optimiser.certificate import (
    TOLERANCE,
    Certificate,
    Decision,
    Recursion,
    missing,
    recursion,
    relative_gap,
    shortfall_of,
    shortfall_share,
    terms_of,
    violations,
)
from fundpool.models.optimiser.limits import Aims
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program import objectives
from fundpool.models.optimiser.program.highs import WarmStart
from fundpool.models.optimiser.program.linear import Arrays
from fundpool.models.optimiser.program.model import (
    Model,
    build,
    decisions_of,
    keep_objective,
    set_objective,
)
from fundpool.models.optimiser.program.solving import (
    BLOCKS,
    BLOCKS_GAP,
    LARGE,
    Solution,
    solve,
)
from fundpool.models.optimiser.statement.program import Held, Statement

ROUNDS = 8
"""Most often that payments of pools that are short are ruled out."""


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


def solved_funds(
    outcomes: Sequence[Outcome],
) -> tuple[tuple[FundProblem, Decision, Recursion], ...]:
    """Problem, decision and balances of every scheme of some programs."""
    return tuple(
        item
        for outcome in outcomes
        for item in zip(outcome.model.funds, outcome.decisions, outcome.runs, strict=True)
    )


def solved_by_scheme(
    outcomes: Sequence[Outcome],
) -> dict[str, tuple[FundProblem, Decision, Recursion]]:
    """The same by the name of the scheme."""
    return {solved[0].paths.scheme: solved for solved in solved_funds(outcomes)}


def optimised(
    funds: Sequence[FundProblem],
    aims: Aims,
    solver: str | None = None,
    time_limit: float | None = None,
    stated_gap: float = TOLERANCE,
    warm: WarmStart | None = None,
    may_miss: bool = True,
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
        warm: plan before this one, which the program is started from where it can be.
        may_miss: whether floors may be missed where no plan keeps them; else the status is then
            ``infeasible``.
    """
    outcome = _staged(build(funds, aims), aims.stages(), aims, solver, time_limit, stated_gap, warm)
    if outcome.status == "optimal" and aims.measure == "gini":
        return _refined(outcome, aims, solver, time_limit)
    if outcome.status != "infeasible" or not may_miss:
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
    warm: WarmStart | None = None,
) -> Outcome:
    tolerance = None
    if stated_gap > TOLERANCE and model.program.height > LARGE:
        tolerance = stated_gap / 10.0
    solved = solved_stages(model, stages, solver, time_limit, tolerance, warm)
    if any(solution.solver == BLOCKS for solution in solved.solutions):
        stated_gap = max(stated_gap, BLOCKS_GAP)
    return outcome_of(model, solved, aims, stated_gap=stated_gap)


@dataclass(frozen=True)
class Solved:
    """Stages of a program, solved one after the other.

    Attributes:
        solutions: of each stage, up to one that has none.
        gaps: relative gap of each stage but the last.
        weights: aims of the last stage solved.
        arrays: the program of that stage.
        statement: the problem by its second statement.
        kept: values of earlier stages that are held in that stage.
    """

    solutions: tuple[Solution, ...]
    gaps: tuple[float, ...]
    weights: dict[str, float]
    arrays: Arrays
    statement: Statement
    kept: tuple[Held, ...]


def solved_stages(
    model: Model,
    stages: Sequence[dict[str, float]],
    solver: str | None = None,
    time_limit: float | None = None,
    tolerance: float | None = None,
    warm: WarmStart | None = None,
) -> Solved:
    """Minimise each stage, and hold its value from then on; only one stage starts warm."""
    solutions: list[Solution] = []
    gaps: list[float] = []
    earlier_aims: list[Held] = []
    statement = model.stated()
    start = warm if len(stages) == 1 else None
    for number, weights in enumerate(stages):
        set_objective(model, weights)
        solution, arrays = solve(model.program, solver, time_limit, tolerance, start)
        solutions.append(solution)
        if solution.status != "optimal":
            break
        if number < len(stages) - 1:
            bound = model.bound(statement, solution.duals, weights, earlier_aims)
            value = solution.objective / model.scale
            gaps.append(relative_gap(value, bound))
            earlier_aims.append(keep_objective(model, weights, value, f"stage{number}"))
    return Solved(
        tuple(solutions), tuple(gaps), dict(stages[len(solutions) - 1]), arrays, statement,
        tuple(earlier_aims),
    )  # fmt: skip


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
    short only moves a shortfall about. The bound of the plan is that of the last program, with
    these payments ruled out; that some floor must be missed is certified by the first, without.
    """
    barred = tuple(np.zeros(fund.paths.outgo.shape, dtype=bool) for fund in funds)
    unrestricted: float | None = None
    for _ in range(ROUNDS):
        model = build(funds, aims, True, barred)
        outcome = _staged(model, stages, aims, solver, time_limit, stated_gap)
        if outcome.status != "optimal":
            break
        if unrestricted is None:
            # balances of pools that pay while short may lie below what the bound takes for the
            # least, so that only a shortfall above the bound says something here
            unrestricted = max(outcome.certificate.stages[0], 0.0)
        again = False
        for fund, decision, run, closed in zip(
            funds, outcome.decisions, outcome.runs, barred, strict=True
        ):
            short = missing(fund, run.balance) > TOLERANCE * fund.unit
            paying = short & (decision.levies > TOLERANCE * fund.unit)
            again = again or bool(paying.any())
            # a floor in expectation or in the tail is missed in all scenarios together
            closed |= paying if fund.policy.floor == "every" else paying.any(axis=0)
        if not again:
            break
    if unrestricted is None:
        return outcome
    stages_checked = (*outcome.certificate.stages, unrestricted)
    return replace(outcome, certificate=replace(outcome.certificate, stages=stages_checked))


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
    largest: dict[str, float] = {}
    missed = share = 0.0
    for fund, decision, run in zip(model.funds, decisions, runs, strict=True):
        missed += shortfall_of(fund, run.balance)
        share += shortfall_share(fund, run.balance) if model.elastic else 0.0
        for name, value in violations(fund, decision, run, model.elastic).items():
            largest[name] = max(largest.get(name, 0.0), value)
    certificate = Certificate(
        violations=largest,
        shortfall=missed,
        objective=sum(weight * terms[aim] for aim, weight in solved.weights.items()
                      if aim in terms),
        reported=last.objective / model.scale,
        bound=model.bound(solved.statement, last.duals, solved.weights, solved.kept),
        stages=solved.gaps,
        stated_gap=stated_gap,
        shortfall_share=share,
        reported_share=sum(
            float((last.values[columns] * np.asarray(cost, float)).sum())
            for columns, cost in model.costs.get("shortfall", ())
        ),
        aggregate=model.funds[0].paths.aggregate,
    )  # fmt: skip
    return Outcome(
        model, last.status, decisions, runs, terms, certificate, solved.solutions, arrays
    )
